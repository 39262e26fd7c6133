"""The option ``--self-check``: a workbook is written with a sheet that checks it (``self_check.py``)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from sheetsim.errors import InputError

if TYPE_CHECKING:
    from sheetsim.workbook import Workbook

SelfCheck = Annotated[
    bool,
    typer.Option(
        "--self-check",
        help="With a sheet that compares, by live formulas, what is computed with what sheetsim computed.",
    ),
]


def refuse_self_check(workbooks: Sequence[str], as_csv: bool) -> None:
    """Raises InputError where a check can be of no use: before anything is computed or written."""
    from sheetsim import library

    if as_csv:
        raise InputError("--self-check is for .xlsx files: a .csv has no formulas that could be checked")
    files = [name for name in workbooks if name not in library.names()]
    if files:
        raise InputError(f"--self-check is for the workbooks that sheetsim defines, not for {', '.join(files)}")


def with_self_check(book: Workbook) -> None:
    """Adds the sheet, and says so on the terminal while it works: it recalculates the workbook several times."""
    from sheetsim.study.self_check.building import add_self_check
    from sheetsim.support import terminal

    with terminal.status(f"{book.name}:") as show:
        show("adding its self-check")
        add_self_check(book)
