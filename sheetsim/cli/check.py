"""``sheetsim check``: every cell compared with an original."""

from __future__ import annotations

import json
from glob import glob
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sheetsim.cli.check_many import How, check_many, reference
from sheetsim.cli.files import (
    Force,
    Strict,
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

SHOWN = 20  # differences of one file


def check(
    originals: Annotated[
        list[Path],
        typer.Argument(metavar="ORIGINAL...", help="An .xlsx or .xlsm with the values its program stored, or several."),
    ],
    workbook: Annotated[
        str | None, typer.Option(help="The workbook to compare with: a name or a path. Default: by the file's name.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help="Write the original's grid, each cell coloured by what it is, to this .xlsx.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the report as JSON, of several files as one.")] = False,
    show: Annotated[
        int | None,
        typer.Option(min=0, help="How many differences to print, a line a formula. Default: 20; of several files 0."),
    ] = None,
    tolerance: Annotated[
        float, typer.Option(help="Numbers are equal if they differ by so little, relative to their size: 1e-12.")
    ] = 0.0,
    jobs: Annotated[int, typer.Option(min=1, help="Check so many files at once, each in a process of its own.")] = 1,
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

    Cells that share a formula are one line: how many differ, and the worst of them. "follows from" names the difference
    to look at first. Of several files each gets a line, and all of them a table; one that cannot be used stops no
    other, and the exit status is 2 then.

    \b
    Examples:
        sheetsim check graddesc.xlsx
        sheetsim check my_copy.xlsx --workbook graddesc --out report.xlsx
        sheetsim check accounts.xlsx --json
        sheetsim check accounts.xlsx --tolerance 1e-12
        sheetsim check submissions/*.xlsx --workbook graddesc --jobs 2
        sheetsim check out/graddesc.xlsx --points points.csv
    """
    from sheetsim import library
    from sheetsim.api import check as compare
    from sheetsim.checking import text as check_text
    from sheetsim.checking.comparing import ITS_RECALCULATION, refuse_tolerance

    refuse_tolerance(tolerance)
    own = OwnData(points, ratings, users, movies, factors, rating_range, seed)
    files = list(dict.fromkeys(file for given in originals for file in _meant(given)))
    if len(files) > 1:
        if out:
            raise InputError("--out writes the report on one file: name one only")
        how = How(workbook, own, strict, tolerance)
        raise typer.Exit(check_many(files, how, jobs, show or 0, as_json))
    original = files[0]
    if out and out.suffix.casefold() != ".xlsx":
        raise InputError(f"{out}: the report is an .xlsx file")
    for file in [original, Path(workbook or original)] if out else []:
        refuse_same(out, file)
    own.refuse_replaced(out)
    refuse_early(out, force)
    theirs = read_file(original)
    report = compare(theirs, reference(original, workbook, own), strict, tolerance)
    if out:
        _write_report(report, theirs, out)
    if as_json:
        print(json.dumps(report.as_dict(), indent=2, default=str))
    else:
        check_text.print_report(report, SHOWN if show is None else show, out)
        if report.against == ITS_RECALCULATION and (other := library.other_data(theirs)):
            say(f"it was built with {other} of its own; give them as to build, to compare with the definition")
    raise typer.Exit(0 if report.ok else 1)


def _meant(path: Path) -> list[Path]:
    """The files that a pattern stands for, in shells that leave it to the program."""
    return [path] if path.exists() else [Path(found) for found in sorted(glob(str(path)))] or [path]


def _write_report(report: Report, original: Workbook, path: Path) -> None:
    from sheetsim import writing
    from sheetsim.checking.findings import EMPTY
    from sheetsim.checking.report import report_book
    from sheetsim.support import terminal

    total = sum(int((sheet.states != EMPTY).sum()) for sheet in report.sheets)
    with terminal.progress(f"writing {path.name}", total) as advance:
        writing.save(report_book(report, original), path, advance)
