"""``sheetsim solve``: the Solver that is stored on a sheet, pressed from the command line."""

from __future__ import annotations

import os
from enum import StrEnum
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sheetsim.cli.files import (
    INCOMPLETE,
    Force,
    Raw,
    Strict,
    open_book,
    refuse_early,
    refuse_raw,
    refuse_same,
    save,
    say,
    say_unsupported,
)
from sheetsim.cli.own_data import Factors, Movies, OwnData, Points, RatingRange, Ratings, Users
from sheetsim.errors import InputError
from sheetsim.support import ownership
from sheetsim.support.extras import install

if TYPE_CHECKING:
    from sheetsim.solver.solving import Solution
    from sheetsim.workbook import Workbook


HOW = {"torch": "gradients by torch", "differences": "gradients by differences: a recalculation for each cell"}
NEAR = 1e-6  # a value to reach counts as reached from here on, relative to it, as in Excel
FASTER = f"; by torch it is faster: {install('torch')}"


class Gradients(StrEnum):
    """What gives the gradients."""

    auto = "auto"
    torch = "torch"
    differences = "differences"


def solve(
    workbook: Annotated[str, typer.Argument(help="A workbook's name, or a path to any .xlsx.")],
    sheet: Annotated[str, typer.Argument(help="The sheet that holds a Solver model, such as dotprod.")],
    cells: Annotated[
        str | None, typer.Option(help="The cells to change, such as A1:B2,D4. Default: the model's.")
    ] = None,
    minimise: Annotated[str | None, typer.Option(metavar="CELL", help="Make this cell as small as it can be.")] = None,
    maximise: Annotated[str | None, typer.Option(metavar="CELL", help="Make this cell as large as it can be.")] = None,
    seed: Annotated[
        int | None, typer.Option(min=0, help="Start from random numbers. Default: from the cells as they stand.")
    ] = None,
    starts: Annotated[
        int, typer.Option(min=1, help="So many random starts, each with the next seed; the best is kept.")
    ] = 1,
    iterations: Annotated[int, typer.Option(min=1, help="The most iterations of a start.")] = 1000,
    gradients: Annotated[
        Gradients, typer.Option(help="By torch, or by differences as in Excel; auto: torch if installed.")
    ] = Gradients.auto,
    out: Annotated[
        Path | None, typer.Option(help="Where to write the solved workbook. Default: out/NAME_SHEET_solved.xlsx.")
    ] = None,
    points: Points = None,
    ratings: Ratings = None,
    users: Users = None,
    movies: Movies = None,
    factors: Factors = None,
    rating_range: RatingRange = None,
    raw: Raw = False,
    strict: Strict = False,
    force: Force = False,
) -> None:
    """Change cells until a formula is smallest: Excel's Solver.

    The model is read from the sheet, where Excel's Solver keeps it: the cells to change, and the formula that is to
    become as small or as large as it can. The options replace them. Only a stored model, and no option, can ask for a
    value to be reached. Bounds on the cells to change are kept. Random starts are uniform between 0 and 1, or between a
    cell's bounds. Exit 3 if the workbook is written with cells that cannot be computed, which keep their stored values.

    \b
    Examples:
        sheetsim solve collab_filter dotprod
        sheetsim solve collab_filter bias --seed 0 --starts 5
        sheetsim solve collab_filter dotprod --ratings ratings.csv --factors 8
        sheetsim solve plan.xlsx Sheet1 --cells B2:B9 --maximise B12 --out best.xlsx
    """
    from sheetsim import writing
    from sheetsim.solver.solving import solve as search
    from sheetsim.support import terminal

    own = OwnData(points, ratings, users, movies, factors, rating_range)
    own.refuse_unused([workbook])
    book = open_book(workbook, own.read(workbook))
    path = out or _default(book, book[sheet].title)
    own.refuse_replaced(path)
    writing.refuse_suffix(book, path)
    refuse_raw(raw, writing.is_csv(path))
    _refuse_unwritable(path)
    if book.source:
        refuse_same(path, book.source)
    refuse_early(path, force)
    if writing.is_csv(path):  # the search is to change the numbers: none of the files can stay as it is
        ownership.refuse(writing.csv_files(book, path.with_suffix("")), force)

    def watch(seed: int | None, iteration: int, objective: float) -> None:
        show(f"{_named(seed)}, iteration {iteration:,}, objective {objective:.10g}")

    with terminal.status(f"{book.name}!{sheet}:") as show:
        if strict:
            book.recalculate(strict=True)
        solution = search(book, sheet, cells, minimise, maximise, seed, starts, gradients.value, iterations, watch)
    _print(solution)
    not_computed = say_unsupported(book)
    print(f"written to {save(book, path, raw=raw)}")
    raise typer.Exit(INCOMPLETE if not_computed else 0)


def _default(book: Workbook, sheet: str) -> Path:
    from sheetsim import writing

    return Path("out") / f"{book.name}_{sheet}_solved{writing.suffix_for(book)}"


def _refuse_unwritable(path: Path) -> None:
    """A search may take minutes: where its result could not be written is said before. Folders are made after it."""
    folder = next(folder for folder in path.absolute().parents if folder.exists())
    if not folder.is_dir():
        raise InputError(f"{path}: {folder.name} is a file; --out needs a folder there")
    if not os.access(folder, os.W_OK | os.X_OK):
        raise InputError(f"{path}: {folder} cannot be written to")


def _named(seed: int | None) -> str:
    return "from the stored cells" if seed is None else f"seed {seed}"


def _print(solution: Solution) -> None:
    from sheetsim.support import terminal

    model = solution.model
    say(f"{model.book.name}: {model.task}")
    say(HOW[solution.engine] + (FASTER if find_spec("torch") is None else ""))
    rows = [[_named(f.seed), f.before, f.after, f.iterations] for f in solution.found]
    numbers = ["at the start", "at the end", "iterations"]
    terminal.table("", ["start", *numbers], rows, numbers)
    for line in solution.failed:
        say(line)
    if not solution.best.finished:
        say("that was the last iteration allowed: with more (--iterations) it may go on")
    if model.goal == "reach" and abs(solution.after - model.target) > NEAR * max(1.0, abs(model.target)):
        say(f"{model.target!r} was not reached: nearer than this the search did not come")
    if {"minimise": solution.after > solution.before, "maximise": solution.after < solution.before}.get(model.goal):
        say("that is worse than what the sheet held before")
    say(f"{model.where} = {solution.after!r}, before {solution.before!r}; {solution.seconds:.2f} s")
