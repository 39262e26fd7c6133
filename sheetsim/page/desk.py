"""One workbook that lies open: what is done with it on the page, and what can be taken back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import contextmanager
from typing import Any

from sheetsim.engine.numpy_engine import evaluate
from sheetsim.errors import InputError, SheetsimError
from sheetsim.macros.press import press
from sheetsim.model.address import Rect
from sheetsim.model.sheet import Sheet
from sheetsim.model.values import Unsupported
from sheetsim.page import entering
from sheetsim.page.history import Change, History, changing
from sheetsim.page.shading import Shading
from sheetsim.page.windows import address, charts, outline, window
from sheetsim.reading.stored import without_value
from sheetsim.solver.solving import solve
from sheetsim.solver.stored import Stored
from sheetsim.workbook import Workbook

Watch = Callable[[int | None, int, float], None]
Place = tuple[Sheet, Rect]


class Desk:
    """A workbook, its history, and the cell whose gradient shades the others."""

    def __init__(self, number: int, book: Workbook, about: str = ""):
        self.number, self.book, self.about = number, book, about or book.about
        self.history = History()
        self.of: str | None = None
        self._shading: Shading | None = None
        if book.changed or any(without_value(sheet).any() for sheet in book.sheets):
            book.recalculate()

    def description(self) -> dict[str, Any]:
        """The workbook before any of its cells."""
        return {
            "number": self.number,
            "name": self.book.name,
            "about": self.about,
            "file": self.book.source.name if self.book.source else None,
            "warnings": self.book.warnings,
            "sheets": [outline(sheet) | self._solver(sheet) for sheet in self.book.sheets],
            "compares": any("run" in sheet.buttons for sheet in self.book.sheets),
            "state": self.state(),
        }

    def _solver(self, sheet: Sheet) -> dict[str, Any]:
        stored = Stored(sheet)
        if not stored.is_whole():
            return {"solver": None}
        words = {key: stored.text(key) for key in ("adj", "opt")}
        try:
            goal = stored.goal()
        except InputError as error:
            return {"solver": {**words, "goal": str(error)}}
        return {"solver": {**words, "goal": goal}}

    def state(self) -> dict[str, Any]:
        """What a step may have changed beside cells: what can be taken back, and how large the sheets are."""
        done, undone = self.history.done, self.history.undone
        return {
            "undo": done[-1].label if done else None,
            "redo": undone[-1].label if undone else None,
            "extents": {sheet.title: [sheet.rows, sheet.columns] for sheet in self.book.sheets},
            "steps": len(done),
        }

    # --- what is seen -----------------------------------------------------------------------------------------------
    def window(self, title: str, rects: list[Rect], with_charts: bool = True) -> dict[str, Any]:
        """Windows of a sheet with its charts, its epochs, and the shades of the gradient."""
        sheet, fills = self.book.sheet(title), None
        said: dict[str, Any] = {}
        if self.of is not None:
            try:
                shading = self.shading()
                fills, said["gradient"] = shading.fills(sheet), shading.said(sheet)
            except SheetsimError as error:
                said["gradient"] = {"of": self.of, "error": str(error)}
        said |= window(sheet, rects, fills)
        if with_charts:
            said["charts"] = charts(sheet)
        return said | {"epochs": self.epochs(sheet)}

    def epochs(self, sheet: Sheet) -> dict[str, Any] | None:
        """The epochs of a sheet: how many are done, and what was watched at each of them; None if it has none."""
        if "run" not in sheet.buttons:
            return None
        done, changes = self.history.epochs(sheet.title)
        rows = [[number, *change.shown] for number, change in enumerate(changes)]
        return {"done": done, "last": max(0, len(changes) - 1), "headings": ["epoch", *sheet.watch], "rows": rows}

    def shading(self) -> Shading:
        """The derivatives of the chosen cell, computed anew after a change."""
        if self._shading is None or self._shading.of != self.of:
            assert self.of is not None
            self._shading = Shading(self.book, self.of)
        return self._shading

    # --- what is done -----------------------------------------------------------------------------------------------
    @contextmanager
    def _step(self, label: str, places: Sequence[Place] | None = None, **said: Any) -> Any:
        """A step that can be taken back; afterwards the workbook is calculated. After an exception all is as before."""
        self._shading = None
        try:
            with changing(self.book, label, places, **said) as change:
                yield change
                self.book.recalculate()
        except SheetsimError:
            self.book.recalculate()
            raise
        self.history.add(change)

    def type(self, sheet: Sheet, rect: Rect, text: str) -> dict[str, Any]:
        """Types a text into the first cell of some and fills it over the rest, as Ctrl+Enter does."""
        entering.pasted(rect.top, rect.left, rect.rows, rect.columns)
        with self._step(f"typing in {address(sheet, rect)}", [(sheet, rect)]):
            entering.enter(sheet, rect.top, rect.left, text)
            if rect.size > 1:
                first = rect._replace(bottom=rect.top, right=rect.left)
                entering.copy_cells(sheet, first, sheet, rect)
        value = sheet.value(rect.top, rect.left)
        where = sheet.where(rect.top, rect.left)
        return {"note": str(value.reason), "cell": where} if isinstance(value, Unsupported) else {}

    def clear(self, sheet: Sheet, rect: Rect) -> None:
        """Empties cells."""
        used = rect.common(Rect(0, 0, sheet.rows - 1, sheet.columns - 1)) if sheet.rows and sheet.columns else None
        if used is None:
            return
        with self._step(f"emptying {address(sheet, used)}", [(sheet, used)]):
            for cell in used.cells():
                sheet.put(*cell, None)

    def fill(self, sheet: Sheet, rect: Rect, to_the_right: bool) -> None:
        """Fills cells from their first row, or column."""
        entering.pasted(rect.top, rect.left, rect.rows, rect.columns)
        with self._step(f"filling {address(sheet, rect)}", [(sheet, rect)]):
            entering.fill(sheet, rect, to_the_right)

    def paste(self, sheet: Sheet, target: Rect, rows: list[list[str]]) -> Rect:
        """Puts a table of texts into the cells from the first of ``target`` on; returns the cells."""
        rect = entering.pasted(target.top, target.left, len(rows), max(map(len, rows), default=0))
        with self._step(f"pasting into {address(sheet, rect)}", [(sheet, rect)]):
            entering.enter_rows(sheet, rect.top, rect.left, rows)
        return rect

    def copy(self, source: Sheet, cells: Rect, sheet: Sheet, target: Rect) -> Rect:
        """Copies cells of this workbook to others: once, or over all of ``target`` if that is a multiple of them."""
        many = target.rows % cells.rows == 0 and target.columns % cells.columns == 0
        shape = target.shape if many else cells.shape
        rect = entering.pasted(target.top, target.left, *shape)
        with self._step(f"pasting into {address(sheet, rect)}", [(sheet, rect)]):
            entering.copy_cells(source, cells, sheet, rect)
        return rect

    def press(self, sheet: Sheet, button: str, times: int | None, group: int | None = None) -> None:
        """Presses a button. Each epoch of Run is a change of its own; all of one press are taken back together."""
        group = group or self.history.new_group()
        own = "run" in sheet.buttons
        if button == "run":
            for _ in range(times or sheet.buttons["run"].times if "run" in sheet.buttons else 1):
                with self._step(f"run of {sheet.title}", group=group, epoch=sheet.title) as change:
                    press(self.book, sheet.title, button, times=1)
                    change.shown = self._watched(sheet)
        else:
            with self._step(f"{button} of {sheet.title}", group=group) as change:
                press(self.book, sheet.title, button, times)
                if own and button == "reset":
                    change.start, change.shown = sheet.title, self._watched(sheet)

    def _watched(self, sheet: Sheet) -> list[Any]:
        return [evaluate(self.book, sheet.title, formula) for formula in sheet.watch.values()]

    def solve(self, sheet: Sheet, watch: Watch, **options: Any) -> str:
        """Has the Solver change cells until a formula is smallest; says what came of it."""
        with self._step(f"solving {sheet.title}"):
            found = solve(self.book, sheet.title, watch=watch, **options)
        end = "" if found.best.finished else " It was stopped before its end, at the best that it had found."
        how = f"{found.best.iterations:,} iterations, {found.seconds:.1f} s, slopes by {found.engine}"
        return f"{found.model.task}: {found.before!r} → {found.after!r} ({how}).{end}"

    def undo(self) -> Change | None:
        """Takes the last step back."""
        return self._moved(self.history.undo(self.book))

    def redo(self) -> Change | None:
        """Makes it again."""
        return self._moved(self.history.redo(self.book))

    def go(self, sheet: Sheet, epoch: int) -> None:
        """To the state after so many epochs of a sheet."""
        self.history.go(self.book, sheet.title, epoch)
        self._moved()

    def renew(self) -> None:
        """After a change that was made elsewhere: the workbook is calculated."""
        if self.book.changed:
            self._shading = None
            self.book.refresh()

    def _moved(self, change: Change | None = None) -> Change | None:
        self._shading = None
        self.book.recalculate()
        return change
