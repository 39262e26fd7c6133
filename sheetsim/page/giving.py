"""A workbook as one file to give away: the page without its server.

It holds the front end and every answer that a page can ask for: the cells of all sheets, their explanations, charts,
and of sheets with Run what each epoch makes of them. Nothing in it is computed, and nothing is fetched from anywhere.
"""

from __future__ import annotations

import base64
import gzip
import html
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sheetsim import front
from sheetsim.errors import InputError
from sheetsim.model.address import Rect
from sheetsim.model.sheet import Sheet
from sheetsim.page.desk import Desk
from sheetsim.page.explained import explained
from sheetsim.page.looks import beyond
from sheetsim.page.windows import charts, values
from sheetsim.support.atomic import replacing
from sheetsim.workbook import Workbook

EPOCHS = 20
MOST_CELLS = 300_000  # of all sheets: with more, a browser would be slow to open the file
MOST_EXPLAINED = 20_000  # cells with formulas
MOST_EPOCHS = 500
POLICY = "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'"
PAGE = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="generator" content="sheetsim">
<title>{title} – sheetsim</title>
<style>
{style}</style>
<body><noscript>This page needs JavaScript: its own, which is in this file.</noscript>
<script type="text/plain" id="answers">{data}</script>
<script type="module">
{script}</script>
</body>
</html>
"""

Progress = Callable[[int], None]


def give(book: Workbook, path: Path, epochs: int = EPOCHS, progress: Progress | None = None) -> Path:
    """Writes the page of a workbook, with so many epochs after Reset of every sheet that has Run; the workbook is
    afterwards as it was. ``progress`` is told of each sheet. Raises InputError for a workbook that is too large,
    OutputError for a place that cannot be written."""
    if path.suffix.casefold() not in (".html", ".htm"):
        raise InputError(f"{path}: a page is an .html file")
    text = page_of(book, epochs, progress)
    with replacing(path) as temporary:
        temporary.write_text(text, encoding="utf-8")
    return path


def page_of(book: Workbook, epochs: int = EPOCHS, progress: Progress | None = None) -> str:
    """The text of the page; see ``give``."""
    if not 0 <= epochs <= MOST_EPOCHS:
        raise InputError(f"{epochs:,} epochs: a page holds from 0 to {MOST_EPOCHS}")
    cells = sum(sheet.rows * sheet.columns for sheet in book.sheets)
    if cells > MOST_CELLS:
        raise InputError(f"{book.name} has {cells:,} cells; a page holds {MOST_CELLS:,}")
    data = json.dumps(answers(book, epochs, progress), ensure_ascii=False, separators=(",", ":")).encode()
    script = front.bundled("still.js")
    if "</script" in script:
        raise AssertionError("the front end would end the element that it stands in")
    return PAGE.format(
        policy=POLICY,
        title=html.escape(book.name),
        style=front.style(),
        data=base64.b64encode(gzip.compress(data, 9, mtime=0)).decode(),
        script=script,
    )


def answers(book: Workbook, epochs: int, progress: Progress | None = None) -> dict[str, Any]:
    """Everything that the page can ask for, as plain data."""
    desk = Desk(1, book)
    few = sum(int(sheet.computed().sum()) for sheet in book.sheets) <= MOST_EXPLAINED
    sheets, explanations = {}, {}
    for sheet in book.sheets:
        trained = bool(epochs and "run" in sheet.buttons and "reset" in sheet.buttons)
        steps = _trained(desk, sheet, epochs) if trained else []
        sheets[sheet.title] = {**desk.window(sheet.title, [_whole(sheet)]), "steps": steps}
        for row, column in sheet.cells() if few else []:
            where = sheet.where(row, column)
            explanations[where] = explained(book, where)
        if steps:
            desk.history.go(book, sheet.title, 0)
            while desk.history.done:
                desk.undo()
            desk.history.undone.clear()
        if progress:
            progress(1)
    return {"book": desk.description(), "sheets": sheets, "explanations": explanations}


def _whole(sheet: Sheet) -> Rect:
    """All cells of a sheet that there is something to show of."""
    rows, columns = max(sheet.rows, 1), max(sheet.columns, 1)
    styled = beyond(sheet)  # cells without contents have looks, too
    rows = max([rows, *(min(rect.bottom + 1, rows + 20) for rect in styled)])
    columns = max([columns, *(min(rect.right + 1, columns + 20) for rect in styled)])
    return Rect(0, 0, rows - 1, columns - 1)


def _trained(desk: Desk, sheet: Sheet, epochs: int) -> list[dict[str, Any]]:
    """What Reset and each epoch after it make of a sheet: of the start all cells, then those that have changed."""
    desk.press(sheet, "reset", None)
    steps = [desk.window(sheet.title, [_whole(sheet)])]
    known = {tuple(cell["at"]): cell for cell in steps[0]["cells"]}
    for _ in range(epochs):
        desk.press(sheet, "run", 1)
        now = values(sheet, _whole(sheet))
        changed = [[*cell["at"], cell["text"], cell.get("number")] for cell in now if _differs(cell, known)]
        known = {tuple(cell["at"]): cell for cell in now}
        steps.append({"changed": changed, "charts": charts(sheet)})
    return steps


def _differs(cell: dict[str, Any], known: dict[tuple[int, ...], dict[str, Any]]) -> bool:
    before = known.get(tuple(cell["at"]), {})
    return any(cell.get(word) != before.get(word) for word in ("text", "number"))
