"""``sheetsim run``: Reset and Run pressed on a sheet, epoch by epoch."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from sheetsim.cli.files import (
    Force,
    Raw,
    open_book,
    refuse_early,
    refuse_loss,
    refuse_raw,
    save,
)
from sheetsim.cli.own_data import OwnData, Points
from sheetsim.cli.self_check import SelfCheck, refuse_self_check, with_self_check
from sheetsim.errors import InputError


def run(
    workbook: Annotated[str, typer.Argument(help="A workbook with buttons, such as graddesc.")],
    sheet: Annotated[str, typer.Argument(help="The sheet, such as adam.")],
    epochs: Annotated[
        int | None, typer.Option(min=1, help="How many epochs; default: what one press of Run does, 5.")
    ] = None,
    set_: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="NAME=VALUE", help="After Reset, put a value into a named cell or address."),
    ] = None,
    reset: Annotated[bool, typer.Option(help="Press Reset first, or start from the stored state.")] = True,
    trace: Annotated[bool, typer.Option("--trace", help="Print every epoch row by row.")] = False,
    out: Annotated[Path | None, typer.Option(help="Write the workbook as it is afterwards.")] = None,
    points: Points = None,
    self_check: SelfCheck = False,
    raw: Raw = False,
    force: Force = False,
) -> None:
    """Press Reset and Run on a sheet, and show each epoch.

    After each epoch: the intercept b and the slope a that stand at the head of the sheet, and the root mean square
    error of the predictions on show, each made with the weights of its own row. Reset puts the sheet's own start in
    place (weights of 1; on adam a learning rate of 1); --set comes after it. The stored state is the lecture's.

    \b
    Examples:
        sheetsim run graddesc adam
        sheetsim run graddesc adam --epochs 20 --set lr=0.1
        sheetsim run graddesc basic --trace --out after.xlsx
        sheetsim run graddesc adam --points points.csv
    """
    from sheetsim import writing
    from sheetsim.macros import running
    from sheetsim.macros.settings import setting
    from sheetsim.support import terminal

    settings = [setting(text) for text in set_ or []]
    if self_check:
        if out is None:
            raise InputError("--self-check adds a sheet to the file that --out writes: give --out, too")
        refuse_self_check([workbook], as_csv=writing.is_csv(out))
    refuse_raw(raw, out is not None and writing.is_csv(out))
    own = OwnData(points)
    own.refuse_unused([workbook])
    own.refuse_replaced(out)
    refuse_early(out, force)
    book = open_book(workbook, own.read(workbook))
    if out:
        writing.refuse_suffix(book, out)
    with terminal.progress(f"{sheet}: epochs", epochs) as advance:
        history = running.run(book, sheet, epochs, settings, reset, trace, lambda epoch: advance(epoch > 0))
    if out:
        refuse_loss(book, out, force, raw)
    for turn, frame in enumerate(history.rows):
        terminal.table(f"epoch {turn}", frame.columns, frame.itertuples(index=False), frame.columns)
    terminal.table(f"{book.name}!{book[sheet].title}", history.headings, history.table, history.headings)
    if out:
        if self_check:
            with_self_check(book)
        print(f"written to {save(book, out, raw=raw)}")
