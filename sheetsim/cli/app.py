"""The command line: each command opens, calls the library and prints.

Exit status: 0 done, 1 a difference or a failed check was found, 2 the arguments or the input are unusable; 70 and 130,
after a mistake of ours and after Ctrl-C, are of ``support/last_resort.py``.
"""

from __future__ import annotations

import atexit
import gc
import os
import sys
from collections.abc import Iterator, Mapping
from functools import cache
from io import TextIOWrapper
from typing import Annotated, Any

import typer

from sheetsim.errors import SheetsimError
from sheetsim.outside import found
from sheetsim.support import last_resort, ownership

#: Every command, in the order of ``sheetsim --help``: its name → the module in this folder, and the function there, or
#: the ``Typer`` of a command that has commands of its own. A module is imported when its command is asked for.
COMMANDS = {
    "list": "listing:list_",
    "build": "build:build",
    "check": "check:check",
    "recalc": "recalc:recalc",
    "run": "run:run",
    "compare": "compare:compare",
    "show": "see.show:show",
    "explain": "see.explain:explain",
    "gradient": "see.gradient:gradient",
    "functions": "functions:functions",
    "solve": "solve:solve",
    "study": "pages.study:study",
    "page": "pages.page:page",
    "train": "train.command:app",
}


class Commands(Mapping[str, Any]):
    """The commands as typer looks at them: all names are there, and behind a name is made what it stands for."""

    def __getitem__(self, name: str) -> Any:
        return _made(name)

    def __iter__(self) -> Iterator[str]:
        return iter(COMMANDS)

    def __len__(self) -> int:
        return len(COMMANDS)


@cache
def _made(name: str) -> Any:
    """What typer makes of a command, for itself."""
    what = found(f"sheetsim.cli.{COMMANDS[name]}")
    if not isinstance(what, typer.Typer):
        alone = typer.Typer(add_completion=False, rich_markup_mode=None)
        alone.command(name)(what)
        what = alone
    command = typer.main.get_command(what)
    command.name = name
    return command


class Group(typer.core.TyperGroup):
    """``sheetsim`` itself, whose commands are made one by one."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        self.commands = Commands()  # type: ignore[assignment]  # it is only read


app = typer.Typer(
    cls=Group,
    add_completion=False,
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="A numerical engine that mirrors spreadsheets, to the last bit of Excel's arithmetic.",
)

UNUSABLE = 2  # the exit status where the arguments or the input are to blame
UsageError: Any = typer.BadParameter.__bases__[0]  # typer gives it no name of its own


def main() -> None:
    """Runs the command line and ends the process, with one line on standard error for all that goes wrong."""
    atexit.register(gc.freeze)  # a large workbook goes with the process: at its end nobody need search it for garbage
    last_resort.run(command_line)


def command_line() -> None:
    """Runs the command line; whatever a user can do wrong comes to one line on standard error."""
    sys.stdout = sys.stdout or open(os.devnull, "w")  # noqa: SIM115 - a closed one is None
    sys.stderr = sys.stderr or open(os.devnull, "w")  # noqa: SIM115
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):  # a terminal that lacks a sign shows ? in its place
            stream.reconfigure(errors="replace")
    try:
        status = _run([word for word in sys.argv[1:] if word != last_resort.DEBUG] or ["--help"])
        sys.stdout.flush()
    except UsageError as error:
        last_resort.say_once(f"{error.format_message()} ({_help_of(error)})")
    except SheetsimError as error:
        last_resort.say_once(str(error))
    except MemoryError:
        last_resort.say("there is not enough memory for that")
    except typer.Abort:
        raise KeyboardInterrupt from None
    except BrokenPipeError:  # the reader of a pipe has seen enough
        last_resort.silence()
        sys.exit(0)
    except OSError as error:
        last_resort.say(f"{error.filename or 'output'}: {error.strerror or error}")
    else:
        sys.exit(status if isinstance(status, int) else 0)
    sys.exit(UNUSABLE)


def _run(arguments: list[str]) -> Any:
    """What the command returns, or its exit status. Typer's own ``main`` would take a closed pipe for an error."""
    command = typer.main.get_command(app)
    try:
        with command.make_context("sheetsim", arguments) as context:
            return command.invoke(context)
    except typer.Exit as done:
        return done.exit_code
    finally:
        ownership.forget()


def _help_of(error: Exception) -> str:
    context = getattr(error, "ctx", None)
    return f"see {context.command_path if context else 'sheetsim'} --help"


def _version(wanted: bool) -> None:
    if wanted:
        from sheetsim import __version__

        print(f"sheetsim {__version__}")
        raise typer.Exit


@app.callback()
def options(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and stop.")
    ] = False,
    debug: Annotated[
        bool, typer.Option("--debug", help="Anywhere: of an internal error, print the whole traceback.")
    ] = False,
) -> None:
    """What stands before the name of a command. ``main`` has seen to ``--debug``, which may also stand behind it."""


__all__ = ["app", "main"]
