"""``sheetsim explain``: one cell explained."""

from __future__ import annotations

from typing import Annotated

import typer

from sheetsim.cli.files import (
    Strict,
    open_book,
    recalculate,
    say,
)
from sheetsim.cli.own_data import Factors, Movies, OwnData, Points, RatingRange, Ratings, Seed, Users


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
    strict: Strict = False,
) -> None:
    """Explain one cell: its formula, its numbers, who uses it.

    Shown are the formula, where each of its numbers comes from, and the NumPy line that computes it; of a cell that
    cannot be computed, why. A file that stores no values is computed first.

    \b
    Examples:
        sheetsim explain graddesc 'adam!H4'
        sheetsim explain graddesc 'adam!H4' --points points.csv
        sheetsim explain accounts.xlsx 'Sheet1!B7'
    """
    from sheetsim.errors import FormulaError
    from sheetsim.model.values import Unsupported
    from sheetsim.reading.stored import without_value
    from sheetsim.study.explanation.explaining import explain as look
    from sheetsim.support import terminal

    own = OwnData(points, ratings, users, movies, factors, rating_range, seed)
    own.refuse_unused([workbook])
    book = open_book(workbook, own.read(workbook))
    if any(without_value(sheet).any() for sheet in book.sheets):
        say(f"{book.name} does not store the values of its formulas: computed by sheetsim")
        recalculate(book)
    found = look(book, cell)
    if strict and found.unsupported:
        raise FormulaError(f"{found.cell} cannot be computed: {found.unsupported}")
    value = "blank" if found.value is None else repr(found.value)
    say(f"{found.cell} = {value}" + (f"   ({found.heading})" if found.heading else ""))
    say(f"formula   {found.formula}   {found.block or ''}" if found.formula else "no formula: an input")
    if found.unsupported:
        stored = not (found.value is None or isinstance(found.value, Unsupported))
        say(f"not computed: {found.unsupported}" + ("; the value is the one stored" if stored else ""))
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
