"""A workbook opened to be looked at: with the values that its file stores, or computed where it stores none."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from sheetsim.cli.files import open_book, recalculate, say
from sheetsim.cli.what_if import calculate_with

if TYPE_CHECKING:
    from sheetsim.workbook import Workbook

Json = Annotated[bool, typer.Option("--json", help="Print it as JSON, for programs.")]


def opened(workbook: str, settings: list[str] | None, quiet: bool = False, data: Any = None) -> Workbook:
    """The workbook, with what ``--set`` says in its cells; said are both, unless ``quiet``: a program reads it."""
    from sheetsim.reading.stored import without_value

    book = open_book(workbook, data)
    if any(without_value(sheet).any() for sheet in book.sheets):
        if not quiet:
            say(f"{book.name} does not store the values of its formulas: computed by sheetsim")
        recalculate(book)
    calculate_with(book, settings, quiet)
    return book
