"""``sheetsim explain``: one cell explained, or a range."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from sheetsim.cli.files import Strict
from sheetsim.cli.own_data import Factors, Movies, OwnData, Points, RatingRange, Ratings, Seed, Users
from sheetsim.cli.see.opening import Json, opened
from sheetsim.cli.what_if import Settings


def explain(
    workbook: Annotated[str, typer.Argument(help="A workbook's name, or a path to any .xlsx.")],
    cell: Annotated[str, typer.Argument(help="A cell, a name or a range: 'adam!H4', 'adam!lr', 'adam!H4:I32'.")],
    depth: Annotated[
        int,
        typer.Option(min=0, max=100, help="Where the numbers come from, so many levels down; above 1 as a tree."),
    ] = 1,
    set_: Settings = None,
    no_gradients: Annotated[
        bool, typer.Option("--no-gradients", help="Leave the gradients out: it is quicker.")
    ] = False,
    json_: Json = False,
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

    Shown are the formula with its numbers in it and how it is evaluated, step by step; where each number comes from,
    and the gradient of the cell by it, through all formulas in between (by torch; by differences without it); the
    inputs that move it most; where rounding decides; the NumPy line that computes it. Of a cell that cannot be
    computed, why; of a range, how it is filled. A file that stores no values is computed first.

    \b
    Examples:
        sheetsim explain graddesc 'adam!H4'
        sheetsim explain graddesc 'adam!H6' --depth 3 --set 'adam!lr=0.5'
        sheetsim explain graddesc 'adam!H4:I32'
        sheetsim explain graddesc 'adam!H4' --points points.csv
        sheetsim explain accounts.xlsx 'Sheet1!B7' --json
    """
    from sheetsim.cli.see.explained import print_explanation
    from sheetsim.errors import FormulaError
    from sheetsim.study.explanation.explaining import explain as look

    own = OwnData(points, ratings, users, movies, factors, rating_range, seed)
    own.refuse_unused([workbook])
    book = opened(workbook, set_, quiet=json_, data=own.read(workbook))
    found = look(book, cell, depth, not no_gradients)
    if strict and found.unsupported:
        raise FormulaError(f"{found.cell} cannot be computed: {found.unsupported}")
    if json_:
        print(json.dumps(found.to_json(), indent=1, ensure_ascii=False))
        return
    print_explanation(found, depth)
