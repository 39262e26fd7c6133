"""``sheetsim gradient``: what a small change of some cells does to another."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from sheetsim.cli.files import say
from sheetsim.cli.see.opening import Json, opened
from sheetsim.cli.what_if import Settings
from sheetsim.errors import InputError

MOST = 1_000  # cells that are printed


def gradient(
    workbook: Annotated[str, typer.Argument(help="A workbook's name, or a path to any .xlsx.")],
    cell: Annotated[str, typer.Argument(help="The cell, such as 'basic!F4', or its name.")],
    by: Annotated[str, typer.Option(metavar="RANGE", help="By these cells: C4:D4, a name, 'dotprod!B19:F33'.")],
    set_: Settings = None,
    engine: Annotated[str, typer.Option(help="torch, differences, or auto: torch where it can.")] = "auto",
    json_: Json = False,
) -> None:
    """Print the gradient of a cell by others: how it moves with each.

    It goes through all formulas in between. Of a computed cell it says what a change of its value would do, everything
    before it staying as it is. Addresses without a sheet are on that of the cell.

    \b
    Examples:
        sheetsim gradient graddesc 'basic!F4' --by C4:D4
        sheetsim gradient collab_filter 'dotprod!V41' --by B25:F39
        sheetsim gradient graddesc 'adam!H32' --by lr --set 'adam!lr=0.5' --json
        sheetsim gradient graddesc 'basic!F4' --by C4 --engine differences
    """
    from sheetsim.model.address import column_name, parse_rect
    from sheetsim.study.explanation.gradients import gradient as look
    from sheetsim.support import terminal

    book = opened(workbook, set_, quiet=json_)
    found = look(book, cell, by, engine)
    if json_:
        print(json.dumps(found.to_json(), indent=1))
        return
    rect = parse_rect(found.by.rpartition("!")[2])
    if rect.size > MOST:
        raise InputError(f"--by {found.by}: at most {MOST:,} cells can be printed; --json prints any number")
    say(f"{found.cell} = {found.value!r}; its gradient by {found.by}, by {found.engine}")
    letters = [column_name(column) for column in range(rect.left, rect.right + 1)]
    rows = [[str(rect.top + 1 + number), *map(_shown, line)] for number, line in enumerate(found.values)]
    terminal.table("", ["", *letters], rows, ["", *letters])


def _shown(slope: float | None) -> str:
    """With ten digits: the last ones differ between engines, and between machines. --json has all."""
    return "" if slope is None else f"{slope:.10g}"
