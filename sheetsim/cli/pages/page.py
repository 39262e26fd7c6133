"""``sheetsim page``: a workbook as a page to give away."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from sheetsim.cli.files import Force, open_book, recalculate, refuse_early, say


def page(
    workbook: Annotated[str, typer.Argument(help="A workbook's name, or a path to any .xlsx.")],
    out: Annotated[Path | None, typer.Option(help="Where to write the page. Default: out/NAME.html.")] = None,
    epochs: Annotated[
        int, typer.Option(min=0, help="Of every sheet with Reset and Run, so many epochs for the page's slider.")
    ] = 20,
    force: Force = False,
) -> None:
    """Write a workbook as one page to give away, without a server.

    The file opens in any browser, without a network. It shows what sheetsim study shows, but for what has to be
    computed: all values, formulas, explanations and charts, and a slider over the epochs of sheets with Run.

    \b
    Examples:
        sheetsim page graddesc --out graddesc.html
        sheetsim page accounts.xlsx --out accounts.html
    """
    from sheetsim.page.giving import give
    from sheetsim.reading.stored import without_value
    from sheetsim.support import terminal

    path = out or Path("out") / f"{Path(workbook).stem}.html"
    refuse_early(path, force)
    book = open_book(workbook)
    if any(without_value(sheet).any() for sheet in book.sheets):
        say(f"{book.name} does not store the values of its formulas: computed by sheetsim")
        recalculate(book)
    with terminal.progress(f"{book.name}: sheets", len(book.sheets)) as advance:
        give(book, path, epochs, advance)
    print(f"written to {path}")
