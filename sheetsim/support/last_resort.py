"""How a process ends when nothing else has said how: stopped from outside, or by a fault of sheetsim's own.

Ctrl-C and the signals that end a process become an exception, so that files half written are taken back on the way
out; every other exception becomes one line. This module imports next to nothing: it guards the imports, too.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable, Mapping
from contextlib import suppress
from types import FrameType, TracebackType
from typing import Any, NoReturn, Protocol

from sheetsim.support.plain import plain

INTERNAL = 70  # EX_SOFTWARE of sysexits.h
SIGNALED = 128  # and the signal's number: so do shells; 130 after Ctrl-C
ENDING = [number for name in ("SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT") if (number := getattr(signal, name, None))]
DEAF = (OSError, ValueError, AttributeError)  # a pipe nobody reads, a full disk, a closed output, none at all
DEBUG = "--debug"
REPORT = f"that is a mistake in sheetsim; {DEBUG} shows more, which belongs into a report of it, with the file"


def run(work: Callable[[], Any]) -> NoReturn:
    """Does the work of a command and ends the process, with the exit status that ``work`` returns or leaves with.

    Anything else that comes out of it ends in one line on standard error: 128 and its number after a signal, 70 after
    an exception that nobody has foreseen.
    """
    came: list[int] = []

    def stop(number: int, _: FrameType | None) -> None:
        came.append(number)
        raise KeyboardInterrupt

    before = {number: signal.getsignal(number) for number in ENDING}
    try:
        try:
            for number, handler in before.items():
                if handler in (signal.SIG_DFL, signal.default_int_handler):  # nohup has SIGHUP ignored
                    signal.signal(number, stop)
        except ValueError:  # not the main thread: it has no say in signals
            before.clear()
        status = work()
    except BaseException as error:
        for number in before:
            signal.signal(number, signal.SIG_IGN)
        status = _status_of(error, came)
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    sys.exit(status)


def _status_of(error: BaseException, came: list[int]) -> Any:
    """The exit status, once the line is printed."""
    if isinstance(error, SystemExit):
        return error.code
    if came or isinstance(error, KeyboardInterrupt):  # some libraries make another exception of a Ctrl-C
        say_once("stopped")
        return SIGNALED + (came[0] if came else signal.SIGINT)
    if DEBUG in sys.argv:
        import traceback

        traceback.print_exception(error)
    where = _cell(error.__traceback__)
    text = plain(str(error))
    named = type(error).__name__ + (f": {text if len(text) < 300 else text[:300] + '…'}" if text else "")
    say(f"internal error{f' in {where}' if where else ''}: {named} ({REPORT})")
    return INTERNAL


def say(line: str) -> None:
    """A line on standard error, if anybody still listens."""
    try:
        sys.stdout.flush()
    except DEAF:
        silence()
    with suppress(*DEAF):
        print(f"sheetsim: {plain(line)}", file=sys.stderr, flush=True)


def say_once(line: str) -> None:
    """The same where all of torchrun's processes on a machine have met the same: the first of them says it."""
    if os.environ.get("LOCAL_RANK", "0") == "0":
        say(line)


def silence() -> None:
    """What is still to be printed goes nowhere: else Python complains, at the end, that it could not print it."""
    with suppress(*DEAF):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


class Worker(Protocol):
    """What works on cells and can say on which: the last resort asks it, by the name of this method."""

    def at_work(self, at_hand: Mapping[str, Any]) -> str:
        """The cell, as messages name it (``adam!C5``), from the local variables of a function that had this at hand."""


def _cell(traceback: TracebackType | None) -> str:
    """The cell that was worked on, as far as a traceback shows one: that of the innermost ``Worker`` among what its
    functions had at hand."""
    found = ""
    while traceback is not None:
        at_hand = dict(traceback.tb_frame.f_locals)
        for thing in at_hand.values():
            if hasattr(type(thing), Worker.at_work.__name__):
                with suppress(Exception):  # in a state that nobody foresaw, anything may fail
                    found = thing.at_work(at_hand)
        traceback = traceback.tb_next
    return found
