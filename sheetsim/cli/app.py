"""The command line: each command opens, calls the library and prints.

Exit status: 0 done, 1 a difference or a failed check was found, 2 the arguments or the input are unusable; 70 and 130,
after a mistake of ours and after Ctrl-C, are of ``support/last_resort.py``.
"""

from __future__ import annotations

import os
import sys
from io import TextIOWrapper
from typing import Annotated, Any

import typer

from sheetsim.cli.build import build
from sheetsim.cli.check import check
from sheetsim.cli.compare import compare
from sheetsim.cli.functions import functions
from sheetsim.cli.listing import list_
from sheetsim.cli.pages.page import page
from sheetsim.cli.pages.study import study
from sheetsim.cli.recalc import recalc
from sheetsim.cli.run import run
from sheetsim.cli.see.explain import explain
from sheetsim.cli.see.gradient import gradient
from sheetsim.cli.see.show import show
from sheetsim.cli.solve import solve
from sheetsim.cli.train.command import app as train
from sheetsim.errors import SheetsimError
from sheetsim.support import last_resort, ownership

app = typer.Typer(
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


app.command("list")(list_)
for command in (build, check, recalc, run, compare, show, explain, gradient, functions, solve, study, page):
    app.command()(command)
app.add_typer(train, name="train")


__all__ = ["app", "main"]
