"""``sheetsim check``: every cell compared with an original."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sheetsim.cli.files import (
    Force,
    Strict,
    open_book,
    read_file,
    refuse_early,
    refuse_same,
    say,
)
from sheetsim.cli.own_data import Factors, Movies, OwnData, Points, RatingRange, Ratings, Seed, Users
from sheetsim.errors import InputError

if TYPE_CHECKING:
    from sheetsim.checking.findings import Report
    from sheetsim.workbook import Workbook


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
    strict: Strict = False,
    force: Force = False,
) -> None:
    """Compare every cell with an original. Exit 1 if any differs or cannot be checked.

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
    refuse_early(out, force)
    theirs = read_file(original)
    report = compare(theirs, _reference(original, workbook, own), strict)
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
    from sheetsim import writing
    from sheetsim.checking.findings import EMPTY
    from sheetsim.checking.report import report_book
    from sheetsim.support import terminal

    total = sum(int((sheet.states != EMPTY).sum()) for sheet in report.sheets)
    with terminal.progress(f"writing {path.name}", total) as advance:
        writing.save(report_book(report, original), path, advance)
