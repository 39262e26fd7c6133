"""The command line: each command opens, calls the library and prints.

Exit status: 0 done, 1 a difference or a failed check was found, 2 the arguments or the input are unusable.
"""

from __future__ import annotations

import os
import sys
from io import TextIOWrapper
from typing import Annotated, Any, NoReturn

import typer

from sheetsim.cli.build import build
from sheetsim.cli.check import check
from sheetsim.cli.compare import compare
from sheetsim.cli.explain import explain
from sheetsim.cli.listing import list_
from sheetsim.cli.recalc import recalc
from sheetsim.cli.run import run
from sheetsim.cli.solve import solve
from sheetsim.cli.train.command import app as train
from sheetsim.errors import SheetsimError
from sheetsim.support import ownership

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="A numerical engine that mirrors spreadsheets, to the last bit of Excel's arithmetic.",
)

STOPPED = 130  # the exit status after Ctrl-C
UsageError: Any = typer.BadParameter.__bases__[0]  # typer gives it no name of its own


def main() -> None:
    """Runs the command line; whatever a user can do wrong comes to one line on standard error."""
    sys.stdout = sys.stdout or open(os.devnull, "w")  # noqa: SIM115 - a closed one is None
    sys.stderr = sys.stderr or open(os.devnull, "w")  # noqa: SIM115
    ownership.forget()  # what a command before this one, in the same process, asked about
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):  # a terminal that lacks a sign shows ? in its place
            stream.reconfigure(errors="replace")
    try:
        status = _run(sys.argv[1:] or ["--help"])
        sys.stdout.flush()
    except UsageError as error:
        _fail_once(f"{error.format_message()} ({_help_of(error)})")
    except SheetsimError as error:
        _fail_once(str(error))
    except MemoryError:
        _fail("there is not enough memory for that")
    except (typer.Abort, KeyboardInterrupt):
        status = STOPPED
    except BrokenPipeError:  # the reader of a pipe has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # else Python complains of it at exit
        sys.exit(0)
    except OSError as error:
        _fail(f"{error.filename or 'output'}: {error.strerror or error}")
    if status == STOPPED:  # typer may have caught the Ctrl-C
        print("sheetsim: stopped", file=sys.stderr)
    sys.exit(status if isinstance(status, int) else 0)


def _run(arguments: list[str]) -> Any:
    """What the command returns, or its exit status. Typer's own ``main`` would take a closed pipe for an error."""
    command = typer.main.get_command(app)
    try:
        with command.make_context("sheetsim", arguments) as context:
            return command.invoke(context)
    except typer.Exit as done:
        return done.exit_code


def _fail(message: str) -> NoReturn:
    from sheetsim.support.terminal import plain

    print(f"sheetsim: {plain(message)}", file=sys.stderr)
    sys.exit(2)


def _fail_once(message: str) -> NoReturn:
    """Under torchrun a machine's processes all meet the same mistake; the first of them says so."""
    if os.environ.get("LOCAL_RANK", "0") != "0":
        sys.exit(2)
    _fail(message)


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
) -> None:
    """What stands before the name of a command: only ``--version``."""


app.command("list")(list_)
for command in (build, check, recalc, run, compare, explain, solve):
    app.command()(command)
app.add_typer(train, name="train")


__all__ = ["app", "main"]
