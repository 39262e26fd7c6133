"""The command line: each command opens, calls the library and prints.

Exit status: 0 done, 1 a difference or a failed check was found, 2 the arguments or the input are unusable.
"""

from __future__ import annotations

import json
import os
import sys
import time
from io import TextIOWrapper
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer

from sheetsim.cli.compare import compare, lay_out
from sheetsim.cli.files import open_book, read_file, recalculate, refuse_same, save, say
from sheetsim.cli.own_data import Factors, Movies, OwnData, Points, RatingRange, Ratings, Seed, Users
from sheetsim.cli.self_check import SelfCheck, refuse_self_check, with_self_check
from sheetsim.cli.solve import solve
from sheetsim.cli.train.command import app as train
from sheetsim.errors import InputError, SheetsimError

if TYPE_CHECKING:
    from sheetsim.checking.findings import Report
    from sheetsim.model.snapshot import Snapshot
    from sheetsim.workbook import Workbook

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
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):  # a terminal that lacks a sign shows ? in its place
            stream.reconfigure(errors="replace")
    try:
        status = app(args=sys.argv[1:] or ["--help"], prog_name="sheetsim", standalone_mode=False)
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
    pass


@app.command("list")
def list_() -> None:
    """List the workbooks and sheets that sheetsim can build.

    \b
    Example:
        sheetsim list
    """
    from sheetsim import library
    from sheetsim.support import terminal

    for name, description in library.names().items():
        print(f"{name}: {description}")
        sheets = library.build(name).sheets
        rows = [[sheet.title, int(sheet.computed().sum()), ", ".join(sheet.buttons)] for sheet in sheets]
        terminal.table("", ["sheet", "formula cells", "buttons"], rows, ["formula cells"])


@app.command()
def build(
    names: Annotated[
        list[str] | None, typer.Argument(help="Workbooks, or paths to any .xlsx; if none is given, all there are.")
    ] = None,
    out: Annotated[Path, typer.Option(help="The directory to write to.")] = Path("out"),
    csv: Annotated[bool, typer.Option("--csv", help="Write one .csv file a sheet instead of an .xlsx.")] = False,
    points: Points = None,
    ratings: Ratings = None,
    users: Users = None,
    movies: Movies = None,
    factors: Factors = None,
    rating_range: RatingRange = None,
    seed: Seed = None,
    epochs: Annotated[
        int | None,
        typer.Option(min=1, help="graddesc without macros: the start and so many epochs done, as live formulas."),
    ] = None,
    updated: Annotated[
        bool, typer.Option("--updated", help="With --epochs: carry over the updated weights, not those Run carries.")
    ] = False,
    self_check: SelfCheck = False,
) -> None:
    """Recreate workbooks and write them with formulas and values.

    With --points or --ratings a workbook is built from these numbers, in their size. Its weights are those of a fresh
    start: 1 for points, random for ratings (sheetsim solve finds better ones). Users, movies and factors that are not
    asked for are fewer than usual where the file has fewer.

    With --epochs the training of each optimizer, from Reset on, stands in the sheet as formulas: in any spreadsheet
    program a learning rate changed in its one cell changes all of it. N epochs are what sheetsim run --epochs N does:
    N + 1 copies of a sheet stand under one another, the first of them the start.

    With --self-check the file says, once a spreadsheet program has calculated it, how many of its cells differ from
    what sheetsim computed, and where.

    \b
    Examples:
        sheetsim build
        sheetsim build graddesc --epochs 20
        sheetsim build graddesc --out sheets
        sheetsim build entropy_example --csv
        sheetsim build graddesc --points points.csv
        sheetsim build collab_filter --ratings ratings.csv --users 20 --movies 30 --factors 8
        sheetsim build graddesc --self-check
    """
    from sheetsim import library
    from sheetsim.support import terminal

    names = names or list(library.names())
    own = OwnData(points, ratings, users, movies, factors, rating_range, seed)
    own.refuse_unused(names)
    if epochs and names != ["graddesc"]:
        raise InputError(f"--epochs is for graddesc alone, not for {', '.join(names)}")
    if updated and not epochs:
        raise InputError("--updated says what an epoch starts from: give --epochs, too")
    if self_check:
        refuse_self_check(names, csv)
    data = {name: own.read(name) for name in names}  # all that can be wrong with it, before anything is written
    rows = []
    for name in names:
        started = time.perf_counter()
        book = open_book(name, data[name])
        if epochs:
            lay_out(book, epochs, updated)
        if self_check:
            with_self_check(book)
        path = out if csv else out / (book.source.name if book.source else f"{book.name}.xlsx")
        own.refuse_replaced(path, book if csv else None)
        if book.source:
            refuse_same(path, book.source)
            recalculate(book)
        path = save(book, path, csv)
        cells = sum(int(sheet.computed().sum()) for sheet in book.sheets)
        rows.append([str(path), len(book.sheets), cells, f"{time.perf_counter() - started:.2f} s"])
    terminal.table("written", ["file", "sheets", "formula cells", "time"], rows, ["sheets", "formula cells", "time"])


@app.command()
def check(
    original: Annotated[Path, typer.Argument(help="An .xlsx or .xlsm with the values that its program stored.")],
    workbook: Annotated[
        str | None, typer.Option(help="The workbook to compare with: a name or a path. Default: by the file's name.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help="Write the original's grid, each cell coloured by what it is, to this .xlsx.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the report as JSON.")] = False,
    show: Annotated[int, typer.Option(min=0, help="How many differences to print.")] = 20,
    points: Points = None,
    ratings: Ratings = None,
    users: Users = None,
    movies: Movies = None,
    factors: Factors = None,
    rating_range: RatingRange = None,
    seed: Seed = None,
) -> None:
    """Compare every cell with an original. Exit 1 if any differs.

    Values are compared by bits, formulas by meaning. A file that sheetsim has no definition of is checked against the
    recalculation of its own formulas. So is one that was built with --points or --ratings, unless they are given here,
    too: then against the definition for them.

    \b
    Examples:
        sheetsim check graddesc.xlsx
        sheetsim check my_copy.xlsx --workbook graddesc --out report.xlsx
        sheetsim check accounts.xlsx --json
        sheetsim check out/graddesc.xlsx --points points.csv
    """
    from sheetsim import library
    from sheetsim.api import check as compare
    from sheetsim.checking import text as check_text
    from sheetsim.checking.comparing import ITS_RECALCULATION

    if out and out.suffix.casefold() != ".xlsx":
        raise InputError(f"{out}: the report is an .xlsx file")
    for file in [original, Path(workbook or original)] if out else []:
        refuse_same(out, file)
    own = OwnData(points, ratings, users, movies, factors, rating_range, seed)
    own.refuse_replaced(out)
    theirs = read_file(original)
    report = compare(theirs, _reference(original, workbook, own))
    if out:
        _write_report(report, theirs, out)
    if as_json:
        print(json.dumps(report.as_dict(), indent=2, default=str))
    else:
        check_text.print_report(report, show, out)
        if report.against == ITS_RECALCULATION and (other := library.other_data(theirs)):
            say(f"it was built with {other} of its own; give them as to build, to compare with the definition")
    raise typer.Exit(0 if report.ok else 1)


def _reference(original: Path, workbook: str | None, own: OwnData) -> Workbook | None:
    """What a file is to be compared with, where that was said."""
    from sheetsim import library

    if workbook is None and own != OwnData():
        workbook = library.definition_of(original) or str(original)
    if workbook is None:
        return None
    own.refuse_unused([workbook])
    return open_book(workbook, own.read(workbook))


def _write_report(report: Report, original: Workbook, path: Path) -> None:
    from exporters import report as report_file
    from sheetsim.support import terminal

    with terminal.progress(f"writing {path.name}", sum(sheet.states.size for sheet in report.sheets)) as advance:
        report_file.write(report, original, path, advance)


@app.command()
def recalc(
    file: Annotated[Path, typer.Argument(help="Any .xlsx or .xlsm.")],
    out: Annotated[
        Path, typer.Option(help="Where to write the recalculated copy (.xlsx, .xlsm, or .csv for a folder of them).")
    ],
) -> None:
    """Recompute any workbook from its own formulas.

    The values stored in it are ignored; everything else in the file (styles, charts, macros) is kept.

    \b
    Example:
        sheetsim recalc accounts.xlsx --out accounts_new.xlsx
    """
    from sheetsim import writing
    from sheetsim.model.snapshot import Snapshot
    from sheetsim.study.self_check.building import still_to_calculate

    book = read_file(file)
    writing.refuse_suffix(book, out)
    stored = Snapshot.of(book)
    started = time.perf_counter()
    with still_to_calculate(book):
        recalculate(book)
    spent = time.perf_counter() - started
    path = save(book, out)
    cells, changed, volatile = _changed(book, stored)
    drawn = f" ({volatile:,} volatile ones not counted)" if volatile else ""
    print(f"{cells:,} formula cells computed in {spent:.3f} s, {changed:,} other than stored{drawn}; written to {path}")


def _changed(book: Workbook, stored: Snapshot) -> tuple[int, int, int]:
    """How many formula cells there are, in how many the value is not the one stored before, and how many are volatile:
    those change each time."""
    import numpy as np

    from sheetsim.engine.volatility import volatile_cells

    cells = changed = 0
    volatile = volatile_cells(book)
    for sheet in book.sheets:
        computed = sheet.computed()
        num, kind = (a[: sheet.rows, : sheet.columns] for a in stored.values[sheet.title])
        now_num, now_kind = sheet.num[: sheet.rows, : sheet.columns], sheet.kind[: sheet.rows, : sheet.columns]
        same = (kind == now_kind) & (num.view(np.int64) == now_num.view(np.int64))
        cells += int(computed.sum())
        changed += int((computed & ~same & ~volatile[sheet.title]).sum())
    return cells, changed, sum(int(mask.sum()) for mask in volatile.values())


@app.command()
def run(
    workbook: Annotated[str, typer.Argument(help="A workbook with buttons, such as graddesc.")],
    sheet: Annotated[str, typer.Argument(help="The sheet, such as adam.")],
    epochs: Annotated[
        int | None, typer.Option(min=1, help="How many epochs; default: what one press of Run does, 5.")
    ] = None,
    set_: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="NAME=VALUE", help="After Reset, put a value into a named cell or address."),
    ] = None,
    reset: Annotated[bool, typer.Option(help="Press Reset first, or start from the stored state.")] = True,
    trace: Annotated[bool, typer.Option("--trace", help="Print every epoch row by row.")] = False,
    out: Annotated[Path | None, typer.Option(help="Write the workbook as it is afterwards.")] = None,
    points: Points = None,
    self_check: SelfCheck = False,
) -> None:
    """Press Reset and Run on a sheet, and show each epoch.

    After each epoch: the intercept b and the slope a that stand at the head of the sheet, and the root mean square
    error of the predictions on show, each made with the weights of its own row. Reset puts the sheet's own start in
    place (weights of 1; on adam a learning rate of 1); --set comes after it. The stored state is the lecture's.

    \b
    Examples:
        sheetsim run graddesc adam
        sheetsim run graddesc adam --epochs 20 --set lr=0.1
        sheetsim run graddesc basic --trace --out after.xlsx
        sheetsim run graddesc adam --points points.csv
    """
    from sheetsim import writing
    from sheetsim.macros import running
    from sheetsim.support import terminal

    settings = [running.setting(text) for text in set_ or []]
    if self_check:
        if out is None:
            raise InputError("--self-check adds a sheet to the file that --out writes: give --out, too")
        refuse_self_check([workbook], as_csv=out.suffix.casefold() in writing.CSV)
    own = OwnData(points)
    own.refuse_unused([workbook])
    own.refuse_replaced(out)
    book = open_book(workbook, own.read(workbook))
    if out:
        writing.refuse_suffix(book, out)
    with terminal.progress(f"{sheet}: epochs", epochs) as advance:
        history = running.run(book, sheet, epochs, settings, reset, trace, lambda epoch: advance(epoch > 0))
    for turn, frame in enumerate(history.rows):
        terminal.table(f"epoch {turn}", frame.columns, frame.itertuples(index=False), frame.columns)
    terminal.table(f"{book.name}!{book[sheet].title}", history.headings, history.table, history.headings)
    if out:
        if self_check:
            with_self_check(book)
        print(f"written to {save(book, out)}")


@app.command()
def explain(
    workbook: Annotated[str, typer.Argument(help="A workbook's name, or a path to any .xlsx.")],
    cell: Annotated[str, typer.Argument(help="The cell, such as 'adam!H4'.")],
    points: Points = None,
    ratings: Ratings = None,
    users: Users = None,
    movies: Movies = None,
    factors: Factors = None,
    rating_range: RatingRange = None,
    seed: Seed = None,
) -> None:
    """Explain one cell: its formula, its numbers, who uses it.

    Shown are the formula, where each of its numbers comes from, and the NumPy line that computes it.

    \b
    Examples:
        sheetsim explain graddesc 'adam!H4'
        sheetsim explain graddesc 'adam!H4' --points points.csv
        sheetsim explain accounts.xlsx 'Sheet1!B7'
    """
    from sheetsim.study.explanation.explaining import explain as look
    from sheetsim.support import terminal

    own = OwnData(points, ratings, users, movies, factors, rating_range, seed)
    own.refuse_unused([workbook])
    found = look(open_book(workbook, own.read(workbook)), cell)
    value = "blank" if found.value is None else repr(found.value)
    say(f"{found.cell} = {value}" + (f"   ({found.heading})" if found.heading else ""))
    say(f"formula   {found.formula}   {found.block or ''}" if found.formula else "no formula: an input")
    if found.parts:
        rows = [[p.written, *map(terminal.cut, (p.heading, p.value, p.origin))] for p in found.parts]
        terminal.table("", ["comes from", "name", "value", "origin"], rows)
    if found.numpy:
        say(f"NumPy     {found.numpy}")
    if found.recurrence:
        say(f"order     {found.recurrence}")
    more = f" and {found.used_by_more:,} more" if found.used_by_more else ""
    say(f"used by   {', '.join(found.used_by) or 'no formula directly'}{more}")
    if found.used_at_run_time:
        say(f"          and perhaps by OFFSET in {', '.join(found.used_at_run_time)}")


app.command()(compare)
app.command()(solve)
app.add_typer(train, name="train")


__all__ = ["app", "main"]
