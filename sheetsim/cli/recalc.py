"""``sheetsim recalc``: any workbook recomputed from its own formulas."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sheetsim.cli.files import (
    INCOMPLETE,
    Force,
    Raw,
    Strict,
    read_file,
    refuse_early,
    refuse_loss,
    refuse_raw,
    save,
    say_unsupported,
)
from sheetsim.cli.what_if import Settings, Watch, WhatIf
from sheetsim.errors import InputError

if TYPE_CHECKING:
    from sheetsim.model.snapshot import Snapshot
    from sheetsim.workbook import Workbook


def recalc(
    file: Annotated[Path, typer.Argument(help="Any .xlsx or .xlsm.")],
    out: Annotated[
        Path | None,
        typer.Option(help="Where to write the recalculated copy (.xlsx, .xlsm, or .csv for a folder of them)."),
    ] = None,
    set_: Settings = None,
    watch: Watch = None,
    raw: Raw = False,
    strict: Strict = False,
    force: Force = False,
) -> None:
    """Recompute any workbook from its own formulas. Exit 3 if some cell cannot be computed.

    The values stored in it are ignored; everything else in the file (styles, charts, macros) is kept. A cell that
    cannot be computed (a function that sheetsim does not have, another file) keeps its stored value, as does what
    depends on it; a table says which and why. --out may name the file itself; if it is not one that sheetsim wrote,
    that wants --force.

    With --set it answers "what if": inputs get other values first, by cell or by name. --watch prints cells before and
    after; with it, nothing need be written. A value is taken as a spreadsheet takes what is typed: 0.1, 5%, TRUE, a
    text; "007" in quotation marks is a text.

    \b
    Examples:
        sheetsim recalc accounts.xlsx --out accounts_new.xlsx
        sheetsim recalc accounts.xlsx --out accounts.xlsx --force
        sheetsim recalc plan.xlsx --set B1=2 --set rate=0.1 --watch 'Sheet1!B9'
    """
    from sheetsim import writing
    from sheetsim.model.snapshot import Snapshot

    if out is None and not watch:
        raise InputError("give --out, to write the result, or --watch, to print cells of it")
    refuse_raw(raw, out is not None and writing.is_csv(out))
    refuse_early(out, force)
    book = read_file(file)
    if out:
        writing.refuse_suffix(book, out)
    what_if = WhatIf(book, set_ or [], watch or [])
    stored = Snapshot.of(book)
    started = time.perf_counter()
    what_if.calculate(strict)
    spent = time.perf_counter() - started
    if watch or set_:
        what_if.print()
    written = ""
    if out:
        refuse_loss(book, out, force, raw)
        written = f"; written to {save(book, out, raw=raw)}"
    cells, changed, volatile = _changed(book, stored)
    uncounted = f" ({volatile:,} volatile ones not counted)" if volatile else ""
    not_computed = say_unsupported(book)
    of_all = f" of {cells:,}" if not_computed else ""
    computed = f"{cells - not_computed:,}{of_all} formula cells computed in {spent:.3f} s"
    print(f"{computed}, {changed:,} other than stored{uncounted}{written}")
    if left := sum(int(sheet.not_computed().sum()) for sheet in book.sheets):
        print(f"{left:,} cells of data tables not computed")
    raise typer.Exit(INCOMPLETE if not_computed else 0)


def _changed(book: Workbook, stored: Snapshot) -> tuple[int, int, int]:
    """How many formula cells there are, in how many the value is not the one stored before, and how many are volatile:
    those change each time."""
    import numpy as np

    from sheetsim.engine.volatility import volatile_cells
    from sheetsim.reading.stored import unsupported_mask

    cells = changed = 0
    volatile = volatile_cells(book)
    for sheet in book.sheets:
        computed = sheet.computed()
        num, kind = (a[: sheet.rows, : sheet.columns] for a in stored.values[sheet.title])
        now_num, now_kind = sheet.num[: sheet.rows, : sheet.columns], sheet.kind[: sheet.rows, : sheet.columns]
        same = (kind == now_kind) & (num.view(np.int64) == now_num.view(np.int64))
        cells += int(computed.sum())
        changed += int((computed & ~same & ~volatile[sheet.title] & ~unsupported_mask(sheet)).sum())
    return cells, changed, sum(int(mask.sum()) for mask in volatile.values())
