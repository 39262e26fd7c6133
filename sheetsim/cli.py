"""The command line: each command opens, calls the library and prints.

Exit status: 0 done, 1 a difference or a failed check was found, 2 the arguments or the input are unusable.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sheetsim.errors import InputError, SheetsimError

if TYPE_CHECKING:
    from sheetsim.checking import Report
    from sheetsim.sheet import Workbook

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="A numerical engine that mirrors spreadsheets, to the last bit of Excel's arithmetic.",
)

UsageError = typer.BadParameter.__bases__[0]


def main() -> None:
    """Runs the command line; every error that sheetsim knows is one line on standard error."""
    try:
        status = app(standalone_mode=False)
    except SheetsimError as error:
        _fail(str(error))
    except UsageError as error:
        _fail(error.format_message())  # type: ignore[attr-defined]
    except (typer.Abort, KeyboardInterrupt):
        print("sheetsim: stopped", file=sys.stderr)
        sys.exit(130)
    except BrokenPipeError:  # the reader of a pipe has seen enough
        sys.stderr.close()
        sys.exit(0)
    sys.exit(status if isinstance(status, int) else 0)


def _fail(message: str) -> None:
    print(f"sheetsim: {' '.join(message.split())}", file=sys.stderr)
    sys.exit(2)


@app.command("list")
def list_() -> None:
    """List the workbooks and sheets that sheetsim can build.

    \b
    Example:
        sheetsim list
    """
    from sheetsim import registry, terminal

    rows = []
    for name, description in registry.names().items():
        rows.append([name, "", None, "", description])
        for sheet in registry.build(name).sheets:
            rows.append(["", sheet.title, int(sheet.computed().sum()), ", ".join(sheet.buttons), ""])
    terminal.table("", ["workbook", "sheet", "formula cells", "buttons", "about"], rows, ["formula cells"])


@app.command()
def build(
    names: Annotated[list[str] | None, typer.Argument(help="Workbooks, or paths to any .xlsx; all three if none given.")] = None,
    out: Annotated[Path, typer.Option(help="The directory to write to.")] = Path("out"),
    csv: Annotated[bool, typer.Option("--csv", help="Write one .csv file a sheet instead of an .xlsx.")] = False,
) -> None:
    """Recreate workbooks and write them with formulas and values.

    \b
    Examples:
        sheetsim build
        sheetsim build graddesc --out sheets
        sheetsim build entropy_example --csv
    """
    from sheetsim import registry, terminal

    rows = []
    for name in names or list(registry.names()):
        started = time.perf_counter()
        book = _open(name)
        path = out / (book.name if csv else f"{book.name}.xlsx")
        _save(book, path)
        cells = sum(int(sheet.computed().sum()) for sheet in book.sheets)
        rows.append([str(path), len(book.sheets), cells, f"{time.perf_counter() - started:.2f} s"])
    terminal.table("written", ["file", "sheets", "formula cells", "time"], rows, ["sheets", "formula cells", "time"])


@app.command()
def check(
    original: Annotated[Path, typer.Argument(help="An .xlsx or .xlsm with the values that its program stored.")],
    workbook: Annotated[
        str | None, typer.Option(help="The workbook to compare with: a name or a path. Default: by the file's name.")
    ] = None,
    out: Annotated[Path | None, typer.Option(help="Write the original's grid, each cell coloured, to this .xlsx.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the report as JSON.")] = False,
    show: Annotated[int, typer.Option(min=0, help="How many differences to print.")] = 20,
) -> None:
    """Compare every cell with an original: values by bits, formulas by meaning. Exit 1 if any differs.

    A file that sheetsim has no definition of is checked against the recalculation of its own formulas.

    \b
    Examples:
        sheetsim check graddesc.xlsx
        sheetsim check my_copy.xlsx --workbook graddesc --out report.xlsx
        sheetsim check accounts.xlsx --json
    """
    from sheetsim.checking import check as compare

    theirs = _read(original)
    report = compare(theirs, _open(workbook) if workbook else None)
    if out:
        from exporters import report as report_file

        report_file.write(report, theirs, out)
    if as_json:
        print(json.dumps(report.as_dict(), indent=2, ensure_ascii=False, default=str))
    else:
        _print_report(report, show, out)
    raise typer.Exit(0 if report.ok else 1)


def _print_report(report: Report, show: int, out: Path | None) -> None:
    from sheetsim import terminal

    headings = ["sheet", "computed", "equal", "different", "constants", "prose", "volatile", "not checked"]
    rows: list[list[Any]] = [
        [s.title, s.computed, s.equal, len(s.differences), s.constants, s.prose, s.volatile, s.lacking] for s in report.sheets
    ]
    rows.append(["all", *(sum(row[k] for row in rows) for k in range(1, len(headings)))])
    terminal.table(f"{report.original} against {report.against}", headings, rows, headings[1:])
    if report.differences:
        found = [
            [d.sheet, d.cell, d.what, d.formula, d.expected, d.got, d.ulps] for d in report.differences[:show]
        ]
        columns = ["sheet", "cell", "what", "formula", "expected", "got", "ULP"]
        terminal.table(f"differences ({len(found):,} of {len(report.differences):,})", columns, found, ["ULP"])
    for name, cells in report.lacking.items():
        more = f" and {len(cells) - 5} more" if len(cells) > 5 else ""
        print(f"not checked: no function {name}, used in {', '.join(cells[:5])}{more}")
    print(f"{report.equal:,} of {report.computed:,} computed cells equal, bit for bit")
    if out:
        print(f"report written to {out}")


@app.command()
def recalc(
    file: Annotated[Path, typer.Argument(help="Any .xlsx or .xlsm.")],
    out: Annotated[Path, typer.Option(help="Where to write the recalculated copy (.xlsx, .xlsm, or .csv for a folder of them).")],
) -> None:
    """Recompute any workbook from its own formulas, ignoring the values stored in it.

    Everything else in the file (styles, charts, macros) is kept.

    \b
    Example:
        sheetsim recalc accounts.xlsx --out accounts_new.xlsx
    """
    book = _read(file)
    stored = {sheet.title: (sheet.num.copy(order="F"), sheet.kind.copy(order="F")) for sheet in book.sheets}
    started = time.perf_counter()
    _recalculate(book)
    spent = time.perf_counter() - started
    _save(book, out)
    cells, changed = _changed(book, stored)
    print(f"{cells:,} formula cells computed in {spent:.3f} s, {changed:,} of them other than stored; written to {out}")


def _changed(book: Workbook, stored: dict[str, Any]) -> tuple[int, int]:
    """How many formula cells there are, and in how many the value is not the one stored before."""
    import numpy as np

    cells = changed = 0
    for sheet in book.sheets:
        computed = sheet.computed()
        num, kind = (a[: sheet.rows, : sheet.columns] for a in stored[sheet.title])
        now_num, now_kind = sheet.num[: sheet.rows, : sheet.columns], sheet.kind[: sheet.rows, : sheet.columns]
        same = (kind == now_kind) & (num.view(np.int64) == now_num.view(np.int64))
        cells += int(computed.sum())
        changed += int((computed & ~same).sum())
    return cells, changed


@app.command()
def run(
    workbook: Annotated[str, typer.Argument(help="A workbook with buttons, such as graddesc.")],
    sheet: Annotated[str, typer.Argument(help="The sheet, such as adam.")],
    epochs: Annotated[int | None, typer.Option(min=1, help="How many epochs; default: what one press of Run does, 5.")] = None,
    set_: Annotated[
        list[str] | None, typer.Option("--set", metavar="NAME=VALUE", help="After Reset, put a value into a named cell or address.")
    ] = None,
    reset: Annotated[bool, typer.Option(help="Press Reset first, or start from the stored state.")] = True,
    trace: Annotated[bool, typer.Option("--trace", help="Print every epoch row by row.")] = False,
    out: Annotated[Path | None, typer.Option(help="Write the workbook as it is afterwards.")] = None,
) -> None:
    """Press Reset and Run on a sheet, and show what comes of it epoch by epoch.

    \b
    Examples:
        sheetsim run graddesc adam
        sheetsim run graddesc adam --epochs 20 --set lr=0.1
        sheetsim run graddesc basic --trace --out after.xlsx
    """
    from sheetsim import running, terminal

    book = _open(workbook)
    settings = [running.setting(text) for text in set_ or []]
    with terminal.progress(f"{sheet}: epochs", epochs) as advance:
        history = running.run(book, sheet, epochs, settings, reset, trace, lambda _: advance(1))
    for turn, frame in enumerate(history.rows, 1):
        terminal.table(f"epoch {turn}", frame.columns, frame.itertuples(index=False), frame.columns)
    terminal.table(f"{workbook}!{sheet}", history.headings, history.table, history.headings)
    if out:
        _save(book, out)
        print(f"written to {out}")


@app.command()
def explain(
    workbook: Annotated[str, typer.Argument(help="A workbook's name, or a path to any .xlsx.")],
    cell: Annotated[str, typer.Argument(help="The cell, such as 'adam!H4'.")],
) -> None:
    """Explain one cell: its formula, where each number comes from, the NumPy line, who uses it.

    \b
    Examples:
        sheetsim explain graddesc 'adam!H4'
        sheetsim explain accounts.xlsx 'Sheet1!B7'
    """
    from sheetsim import terminal
    from sheetsim.explaining import explain as look

    found = look(_open(workbook), cell)
    print(f"{found.cell} = {found.value!r}" + (f"   under the heading {found.heading!r}" if found.heading else ""))
    print(f"formula   {found.formula}   {found.block}" if found.formula else "an input: no formula")
    if found.parts:
        rows = [[p.written, p.heading, p.value, p.origin] for p in found.parts]
        terminal.table("comes from", ["cells", "heading", "value", "origin"], rows)
    if found.numpy:
        print(f"NumPy     {found.numpy}")
    if found.recurrence:
        print(f"order     {found.recurrence}")
    more = f" and {found.used_by_more:,} more" if found.used_by_more else ""
    print(f"used by   {', '.join(found.used_by) or 'no formula'}{more}")


# --- what the commands share ------------------------------------------------------------------------------------------
def _read(path: Path) -> Workbook:
    from sheetsim import terminal
    from sheetsim.reading import read

    seen = 0

    with terminal.progress(f"reading {path.name}", None) as advance:

        def cells(count: int) -> None:
            nonlocal seen
            advance(count - seen)
            seen = count

        return read(path, cells)


def _open(what: str) -> Workbook:
    """A definition by name, or a file, by path; a file's stored values are kept."""
    from sheetsim import registry

    if what in registry.names():
        return registry.build(what)
    path = Path(what)
    if path.suffix or path.exists():
        return _read(path)
    return registry.build(what)  # says which names there are


def _recalculate(book: Workbook) -> None:
    from sheetsim import terminal

    total = sum(int(sheet.computed().sum()) for sheet in book.sheets)
    with terminal.progress(f"computing {book.name}", total) as advance:
        book.recalculate(advance)


def _save(book: Workbook, path: Path) -> None:
    from sheetsim import registry, terminal

    total = sum(int(sheet.computed().sum()) for sheet in book.sheets)
    with terminal.progress(f"writing {path.name}", total) as advance:
        registry.save(book, path, advance)


__all__ = ["InputError", "app", "main"]
