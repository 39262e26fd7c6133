"""One worksheet's XML → the contents of a ``Sheet``, in a single pass.

A sheet may have millions of cells, so nothing is built per cell but five numbers: as ``sheet_walk.py`` goes from cell
to cell, and ``rows/cells.py`` from one lot of plain rows to the next, they pile up in plain arrays, and NumPy scatters
them at the end.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

import numpy as np

from sheetsim.errors import InputError
from sheetsim.model.address import MAX_COLUMNS, cell_name, parse_rect
from sheetsim.model.limits import SMALLEST
from sheetsim.model.sheet import Sheet
from sheetsim.model.values import BLANK, ERROR, ERRORS, LOGICAL, NUMBER, TEXT, TEXTS, VALUE
from sheetsim.reading.package import whole
from sheetsim.reading.sheet_formulas import FormulaReader
from sheetsim.reading.sheet_walk import IN_ROW, SheetWalk

Value = tuple[float, int]  # (num, kind), see values.py
_ESCAPE = re.compile(r"_x([0-9A-Fa-f]{4})_")


def unescape(text: str) -> str:
    """Undoes ``_x000A_``, the way workbooks write characters that XML cannot hold.

    >>> unescape("two_x000A_lines"), unescape("plain_x")
    ('two\\nlines', 'plain_x')
    """
    if "_x" not in text:
        return text
    return _ESCAPE.sub(lambda found: _character(int(found[1], 16)) or found[0], text)


def _character(code: int) -> str:
    return "" if 0xD800 <= code < 0xE000 else chr(code)  # half of a surrogate pair is no character


class SheetReader(SheetWalk):
    """Collects one sheet. ``where`` is how messages call it, ``strings`` the places in ``TEXTS`` of the workbook's
    shared strings, ``epoch`` day 0 of its calendar, ``dynamic`` what its cells say whose array formulas are dynamic
    (``metadata.py``)."""

    def __init__(
        self, sheet: Sheet, where: str, strings: list[int], epoch: datetime, dynamic: frozenset[str] = frozenset()
    ):
        super().__init__(where)
        self.sheet, self.strings, self.epoch, self.dynamic = sheet, strings, epoch, dynamic
        self.formulas = FormulaReader(sheet, where)
        # one entry for each cell that holds something
        self.rows, self.columns, self.numbers = array("i"), array("i"), array("i")
        self.nums, self.kinds = array("d"), array("B")
        self.by_lotus = False  # whether the sheet asks for the rules of Lotus 1-2-3
        self.converters: dict[str, Callable[[str], Value]] = {
            "n": self._plain_number,
            "s": self._shared_string,
            "str": _text,
            "inlineStr": _text,
            "b": self._logical,
            "e": _error,
            "d": self._date,
        }

    def start_other(self, name: str, attributes: dict[str, str]) -> None:
        """Of what stands before the rows: whether the sheet computes as Lotus 1-2-3 does."""
        if name == self.space + "sheetPr":
            self.by_lotus = attributes.get("transitionEvaluation") in ("1", "true")

    def start_row(self, attributes: dict[str, str]) -> None:
        """Notes a hidden row."""
        super().start_row(attributes)
        if attributes.get("hidden") in ("1", "true"):
            self.sheet.hidden_rows.add(self.row)

    def start_after(self, name: str, attributes: dict[str, str]) -> None:
        """Notes which rows are hidden by a filter: the hidden ones of its range."""
        if name == self.space + "autoFilter":
            try:
                rect = parse_rect(attributes.get("ref", ""))
            except InputError:  # a filter of nothing hides nothing
                return
            self.sheet.filtered_rows = {row for row in self.sheet.hidden_rows if rect.top <= row <= rect.bottom}

    def end_cell(self) -> None:
        """Notes what the cell holds."""
        self.depth = IN_ROW
        value, number = self.value, 0
        if self.formula is not None:
            number = self.formulas.number(self.row, self.column, self.formula_text, self.formula)
            if self.attributes.get("cm") in self.dynamic and (self.row, self.column) in self.formulas.arrays:
                self.sheet.dynamic.add((self.row, self.column))
        if value is None:
            if not number:  # only a style
                return
            num, kind = 0.0, BLANK
        elif self.type is None:
            try:
                num, kind = float(value), NUMBER
            except ValueError:
                num, kind = self._plain_number(value)
        else:
            num, kind = self.typed(value)
        self.rows.append(self.row)
        self.columns.append(self.column)
        self.numbers.append(number)
        self.nums.append(num)
        self.kinds.append(kind)

    def at_work(self, _: Mapping[str, Any]) -> str:
        """The cell that is being read, for messages."""
        return self.sheet.where(max(self.row, 0), max(self.column, 0))

    # --- values ---------------------------------------------------------------------------------------------------
    def _plain_number(self, text: str) -> Value:
        try:
            return float(text), NUMBER
        except ValueError:
            if text.strip():
                raise self._fault(f"{text[:20]!r} is not a number") from None
            return 0.0, BLANK

    def typed(self, text: str) -> Value:
        """What a cell of the type at hand holds whose value reads so."""
        convert = self.converters.get(self.type or "n")
        if convert is None:
            raise self._fault(f"no cell has the type {self.type!r}")
        return convert(text)

    def _shared_string(self, text: str) -> Value:
        place = whole(text)
        if place is None or place >= len(self.strings):
            raise self._fault(f"there is no shared string {text[:20]!r} among {len(self.strings):,}")
        return float(self.strings[place]), TEXT

    def _logical(self, text: str) -> Value:
        wanted = {"1": 1.0, "0": 0.0, "true": 1.0, "false": 0.0}.get(text.strip())
        if wanted is None:
            raise self._fault(f"{text[:20]!r} is not a logical value")
        return wanted, LOGICAL

    def _date(self, text: str) -> Value:
        try:
            when = datetime.fromisoformat(text.strip().removesuffix("Z"))
        except ValueError:
            raise self._fault(f"{text[:30]!r} is not a date") from None
        days = (when.replace(tzinfo=None) - self.epoch) / timedelta(days=1)
        before_leap_day = self.epoch.year == 1899 and days < 61  # Excel's 1900 has a 29th of February
        return days - before_leap_day, NUMBER

    def _fault(self, reason: str) -> InputError:
        return InputError(f"{self.where}!{cell_name(self.row, self.column)}: {reason}")

    # --- the end --------------------------------------------------------------------------------------------------
    def finish(self) -> None:
        """Moves what was collected into the sheet."""
        rows, columns, nums = np.asarray(self.rows), np.asarray(self.columns), np.asarray(self.nums)
        self._refuse_infinite(nums)
        areas = [area for area, _ in self.formulas.arrays.values()]
        bottom = max([int(rows.max(initial=-1)), *(area.bottom for area in areas)])
        right = max([int(columns.max(initial=-1)), *(area.right for area in areas)])
        sheet = self.sheet
        self._reserve(bottom + 1, right + 1)
        sheet.rows, sheet.columns = bottom + 1, right + 1
        sheet.num[rows, columns] = nums
        sheet.kind[rows, columns] = np.asarray(self.kinds)
        sheet.formula_numbers[rows, columns] = np.asarray(self.numbers)
        sheet.arrays.update(self.formulas.arrays)
        sheet.data_tables += self.formulas.data_tables
        self._hold_constants(rows, columns, nums)
        sheet.book.planned = None

    def _hold_constants(self, rows: np.ndarray, columns: np.ndarray, nums: np.ndarray) -> None:
        """-0 and what is too small is 0 where it is a constant; results are kept as they are stored."""
        odd = np.flatnonzero((np.abs(nums) < SMALLEST) & (nums.view(np.int64) != 0))
        if odd.size:
            odd = odd[~self.sheet.computed()[rows[odd], columns[odd]]]
            self.sheet.num[rows[odd], columns[odd]] = 0.0

    def refuse_disorder(self) -> None:
        """Raises InputError unless each cell that holds something stands after those above it and left of it."""
        places = np.asarray(self.rows, dtype=np.int64) * MAX_COLUMNS + np.asarray(self.columns)
        found = np.flatnonzero(np.diff(places) <= 0) + 1
        if found.size:
            self.row, self.column = self.rows[found[0]], self.columns[found[0]]
            raise self._fault("it does not stand in order")

    def _reserve(self, rows: int, columns: int) -> None:
        try:
            self.sheet.reserve(rows, columns)
        except InputError as error:  # it knows the sheet but not the file
            raise InputError(self.where + str(error).removeprefix(self.sheet.title)) from None

    def _refuse_infinite(self, nums: np.ndarray) -> None:
        """``float`` accepts ``nan`` and ``inf`` as numbers; no cell can hold them."""
        bad = np.flatnonzero(~np.isfinite(nums))
        if bad.size:
            self.row, self.column = self.rows[bad[0]], self.columns[bad[0]]
            raise self._fault("its value is not a finite number")


def _text(text: str) -> Value:
    return float(TEXTS.place(unescape(text))), TEXT


def _error(text: str) -> Value:
    return float(ERRORS.get(text.strip(), VALUE)), ERROR
