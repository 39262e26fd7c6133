"""``sheetsim build``: workbooks recreated and written."""

from __future__ import annotations

import time
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sheetsim.cli.compare import lay_out
from sheetsim.cli.files import (
    Force,
    Raw,
    open_book,
    recalculate,
    refuse_raw,
    refuse_same,
    save,
)
from sheetsim.cli.own_data import Factors, Movies, OwnData, Points, RatingRange, Ratings, Seed, Users
from sheetsim.cli.self_check import SelfCheck, refuse_self_check, with_self_check
from sheetsim.errors import InputError
from sheetsim.support import ownership

if TYPE_CHECKING:
    from sheetsim.workbook import Workbook


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
        typer.Option(min=1, help="Training without macros: the start and so many epochs done, as live formulas."),
    ] = None,
    updated: Annotated[
        bool, typer.Option("--updated", help="With --epochs: carry over the updated weights, not those Run carries.")
    ] = False,
    self_check: SelfCheck = False,
    raw: Raw = False,
    force: Force = False,
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
    from sheetsim import library, writing
    from sheetsim.support import terminal

    names = list(dict.fromkeys(names or library.names()))
    own = OwnData(points, ratings, users, movies, factors, rating_range, seed)
    own.refuse_unused(names)
    if epochs:
        _refuse_epochs(names)
    if updated and not epochs:
        raise InputError("--updated says what an epoch starts from: give --epochs, too")
    if self_check:
        refuse_self_check(names, csv)
    refuse_raw(raw, csv)
    files = [out / _file_name(name, epochs) for name in names]
    _refuse_twice(names, files)
    if not csv:
        for name, file in zip(names, files, strict=True):
            own.refuse_replaced(file)
            refuse_same(file, Path(name))
        ownership.refuse(files, force)
    data = {name: own.read(name) for name in names}  # all that can be wrong with it, before anything is written
    built: Iterable[tuple[Workbook, float]] = (_built(name, data[name], epochs, updated, self_check) for name in names)
    if csv:  # what the files would lose shows when all of them are computed
        built = list(built)
        for book, _ in built:
            own.refuse_replaced(out, book)
        ownership.refuse([path for book, _ in built for path in writing.replaced(book, out, True, raw)], force)
    rows = []
    for (book, spent), file in zip(built, files, strict=True):
        started = time.perf_counter()
        path = save(book, out if csv else file, csv, raw)
        cells = sum(int(sheet.computed().sum()) for sheet in book.sheets)
        rows.append([str(path), len(book.sheets), cells, f"{spent + time.perf_counter() - started:.2f} s"])
    terminal.table("written", ["file", "sheets", "formula cells", "time"], rows, ["sheets", "formula cells", "time"])


def _refuse_epochs(names: list[str]) -> None:
    """Raises InputError for workbooks that have no epochs: those without a sheet with a Run button, and files."""
    from sheetsim import library

    known = library.names()
    without = [
        name for name in names if name not in known or not any(s.buttons.get("run") for s in library.build(name))
    ]
    if without:
        raise InputError(f"--epochs is for workbooks with Reset and Run, not for {', '.join(without)}")


def _file_name(name: str, epochs: int | None) -> str:
    """The file that a workbook, given by name or by path, is built into."""
    from sheetsim import library
    from sheetsim.reading.kind import suffix_of
    from sheetsim.study.comparison.laying_out import with_epochs

    if name in library.names():
        return f"{with_epochs(name, epochs) if epochs else name}.xlsx"
    path = Path(name)
    if not path.is_file():  # of which the reader has more to say
        return path.name
    suffix = suffix_of(path)  # by its contents: it may be called anything
    return path.name if path.suffix.casefold() == suffix else path.stem.removesuffix(suffix) + suffix


def _refuse_twice(names: list[str], files: list[Path]) -> None:
    """Raises InputError for workbooks that would be written over one another."""
    for number, file in enumerate(files):
        if (first := [each.name.casefold() for each in files].index(file.name.casefold())) < number:
            raise InputError(f"{names[first]} and {names[number]} would both be written to {file}")


def _built(
    name: str, data: dict[str, Any], epochs: int | None, updated: bool, self_check: bool
) -> tuple[Workbook, float]:
    """A workbook, calculated, and the seconds that took."""
    started = time.perf_counter()
    book = open_book(name, data)
    if epochs:
        lay_out(book, epochs, updated)
    if self_check:
        with_self_check(book)
    if book.source:
        recalculate(book)
    return book, time.perf_counter() - started
