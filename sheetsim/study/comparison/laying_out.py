"""A workbook with its training laid out as formulas: so many epochs under one another, and who got where beside."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from sheetsim.errors import InputError
from sheetsim.macros import running, unrolling
from sheetsim.model.sheet import Book, Sheet
from sheetsim.study.comparison import comparing, places
from sheetsim.study.comparison.compare_sheet import add_comparison
from sheetsim.support.collecting import collecting_later

Show = Callable[[str], None]  # told what is being done


@collecting_later()
def lay_out(book: Book, epochs: int, updated: bool = False, show: Show | None = None) -> None:
    """A training from its start, without macros, and a comparison where there is something to compare. The workbook
    gets a name of its own, since it is no copy of its definition. Raises InputError for a workbook without epochs.

    >>> from sheetsim.library import build
    >>> book = build("graddesc")
    >>> lay_out(book, 2)
    >>> book.name, book["compare"]["A1"]
    ('graddesc_2_epochs', 'Optimizers side by side')
    """
    if places.found_optimizers(book):
        lay_out_compared(book, epochs, updated, show=show)
        return
    if not any(sheet.buttons.get("run") for sheet in book.sheets):
        raise InputError(f"{book.name} has no sheet with Reset and Run: epochs are for those that have")
    if show:
        show(f"laying out {epochs:,} epochs")
    for sheet in unrolling.trained(book):
        running.prepare(sheet, [])
    unrolling.unroll(book, epochs, updated)
    book.name = with_epochs(book.name, epochs)


@collecting_later()
def lay_out_compared(
    book: Book,
    epochs: int,
    updated: bool = False,
    settings: Mapping[str, float] | None = None,
    show: Show | None = None,
) -> Sheet:
    """The same of a workbook with optimizers: returns the sheet of their comparison."""
    if show:
        show(f"laying out {epochs:,} epochs")
    comparing.start(book, settings or {})
    unrolling.unroll(book, epochs, updated, calculate=False)  # the comparison does
    if show:
        show(f"computing {epochs:,} epochs")
    compared = add_comparison(book)
    book.name = with_epochs(book.name, epochs)
    return compared


def with_epochs(name: str, epochs: int) -> str:
    """What a workbook of that name is called once its epochs are laid out.

    >>> with_epochs("graddesc", 20)
    'graddesc_20_epochs'
    """
    return f"{name}_{epochs}_epochs"
