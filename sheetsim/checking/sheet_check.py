"""One sheet of two workbooks compared: each cell's value by its bits, its formula by its meaning."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from sheetsim.checking.findings import (
    CONSTANT,
    DIFFERENT,
    EMPTY,
    EQUAL,
    EXTRA,
    MISSING,
    NOT_CHECKED,
    NOTHING_STORED,
    PROSE,
    VOLATILE,
    WORDS,
    Difference,
    SheetReport,
)
from sheetsim.errors import FormulaError
from sheetsim.model.address import Rect, cell_name
from sheetsim.model.formula import Formula
from sheetsim.model.nodes import meaning
from sheetsim.model.sheet import Sheet
from sheetsim.model.snapshot import Snapshot
from sheetsim.model.values import BLANK, ERROR, NUMBER, TEXT, UNSUPPORTED, decode, reason_of

Bools = npt.NDArray[np.bool_]


def ulps_apart(a: float, b: float) -> int:
    """How many doubles lie between two numbers, one end counted.

    >>> ulps_apart(1.0, 1.0 + 2**-52), ulps_apart(-5e-324, 5e-324)
    (1, 2)
    """
    first, second = (int(np.float64(x).view(np.int64)) for x in (a, b))
    ordered = [i if i >= 0 else -(i + 2**63) for i in (first, second)]
    return abs(ordered[0] - ordered[1])


def _same_meaning(one: Formula, other: Formula) -> bool:
    if one.key == other.key:
        return True
    try:
        return meaning(one.tree) == meaning(other.tree)
    except FormulaError:  # one that does not parse means its own text, and the texts differ
        return False


class _Cells(NamedTuple):
    """The cells of one side of a sheet. ``formula`` is the number of a cell's formula, array formulas included;
    ``area`` says in which array formula's rectangle it lies: a number that both sides share, 0 for none."""

    num: np.ndarray
    kind: np.ndarray
    formula: np.ndarray
    area: np.ndarray

    @classmethod
    def of(cls, side: Snapshot, sheet: Sheet | None, shape: tuple[int, int], areas: dict[Rect, int]) -> _Cells:
        cells = cls(np.zeros(shape), np.zeros(shape, np.uint8), np.zeros(shape, np.int64), np.zeros(shape, np.int64))
        if sheet is not None:
            used = (slice(sheet.rows), slice(sheet.columns))
            cells.num[used], cells.kind[used] = side.cells(sheet.title, sheet.rows, sheet.columns)
            cells.formula[used] = sheet.formula_numbers[used]
            for first, (rect, number) in side.arrays[sheet.title].items():
                within = (slice(rect.top, rect.bottom + 1), slice(rect.left, rect.right + 1))
                # a dynamic one is as large as its result, whatever that is
                area = Rect(*first, *first) if first in sheet.dynamic else rect
                cells.formula[within], cells.area[within] = number, areas.setdefault(area, len(areas) + 1)
        return cells


class SheetCheck:
    """The comparison of one sheet, of which one side may lack it."""

    def __init__(
        self,
        theirs: Snapshot,
        ours: Snapshot,
        sheet: Sheet | None,
        match: Sheet | None,
        volatile: dict[str, Bools],
        tolerance: float = 0.0,
    ):
        self.sheet, self.match, self.tolerance = sheet, match, tolerance
        self.books = theirs.book, ours.book
        there = [s for s in (sheet, match) if s is not None]
        shape = self.shape = (max(s.rows for s in there), max(s.columns for s in there))
        self.title = there[0].title
        areas: dict[Rect, int] = {}
        self.theirs, self.ours = _Cells.of(theirs, sheet, shape, areas), _Cells.of(ours, match, shape, areas)
        self.same_formula = self._same_formulas()
        self.volatile = _padded(volatile.get(match.title) if match else None, shape)
        self.tables = _padded(sheet.not_computed() if sheet else None, shape)
        self.unknown = np.asarray((self.ours.kind == ERROR) & (self.ours.num >= UNSUPPORTED))
        self.computed = (self.theirs.formula > 0) | self.tables

    def _same_formulas(self) -> Bools:
        """Where both sides hold the same formula, or none. Each distinct pair of formulas is compared once."""
        one, other = self.theirs.formula, self.ours.formula
        same: Bools = ((one > 0) == (other > 0)) & (self.theirs.area == self.ours.area)
        both = same & (one > 0)
        count = len(self.books[1].formulas)
        pairs, place = np.unique(one[both] * count + other[both], return_inverse=True)
        alike = [self._alike(*divmod(pair, count)) for pair in pairs.tolist()]
        same[both] = np.array(alike, bool)[place]
        return same

    def _alike(self, one: int, other: int) -> bool:
        return _same_meaning(self.books[0].formulas[one], self.books[1].formulas[other])

    def _prose(self) -> Bools:
        """Texts in the areas that hold other people's sentences; a number or a formula there counts like any other."""
        prose = np.zeros(self.shape, bool)
        for rect in self.match.prose if self.match and self.sheet else ():
            prose[rect.slices] = True
        for cells in (self.theirs, self.ours):
            prose &= ((cells.kind == TEXT) | (cells.kind == BLANK)) & (cells.formula == 0)
        return prose

    def _same_bits(self) -> Bools:
        theirs, ours = self.theirs, self.ours
        return np.asarray((theirs.kind == ours.kind) & (theirs.num.view(np.int64) == ours.num.view(np.int64)))

    def _near(self) -> Bools:
        """Numbers of other bits whose difference is within the tolerance, as a part of the larger one."""
        one, other = self.theirs.num, self.ours.num
        with np.errstate(over="ignore", invalid="ignore"):
            close = np.abs(one - other) <= self.tolerance * np.maximum(np.abs(one), np.abs(other))
        numbers = (self.theirs.kind == NUMBER) & (self.ours.kind == NUMBER)
        return np.asarray(close & numbers & ~self._same_bits() & (self.tolerance > 0))

    def _unstored(self) -> Bools:
        """Formulas of which the original holds no value: no program has calculated them."""
        theirs, ours = self.theirs, self.ours
        return np.asarray((theirs.formula > 0) & (theirs.kind == BLANK) & self.same_formula & (ours.kind != BLANK))

    def _reasons(self, unchecked: Bools) -> dict[str, int]:
        """Why cells are not checked, and how many for each reason."""
        found: dict[str, int] = {}
        lacking = unchecked & self.unknown
        for code, count in zip(*np.unique(self.ours.num[lacking], return_counts=True), strict=True):
            label = reason_of(code).label
            found[label] = found.get(label, 0) + int(count)
        others = {
            "data tables": unchecked & ~lacking & self.tables,
            NOTHING_STORED: unchecked & ~lacking & ~self.tables,
        }
        return found | {name: int(mask.sum()) for name, mask in others.items() if mask.any()}

    def _states(self) -> npt.NDArray[np.uint8]:
        theirs, ours = self.theirs, self.ours
        computed = self.computed
        has, our_has = (theirs.formula > 0) | (theirs.kind != BLANK), (ours.formula > 0) | (ours.kind != BLANK)
        same = self.same_formula & (self._same_bits() | self._near())
        both = has & our_has
        state = np.full(self.shape, EMPTY, np.uint8)
        state[both] = DIFFERENT
        state[both & same] = CONSTANT
        state[both & same & computed] = EQUAL
        state[both & computed & self.same_formula & self.unknown] = NOT_CHECKED
        state[both & self._unstored()] = NOT_CHECKED
        state[both & same & self.tables] = NOT_CHECKED
        state[both & computed & self.same_formula & self.volatile] = VOLATILE
        state[has & ~our_has] = MISSING
        state[~has & our_has] = EXTRA
        state[self._prose() & (has | our_has)] = PROSE
        return state

    def report(self) -> SheetReport:
        """Every cell of the sheet judged: the counts, the states, and the differences in the order of the cells."""
        states = self._states()
        counts = np.bincount(states.ravel(), minlength=len(WORDS)).tolist()
        return SheetReport(
            self.title,
            computed=int(self.computed.sum()) - counts[VOLATILE],
            equal=counts[EQUAL],
            near=int(((states == EQUAL) & self._near()).sum()),
            constants=counts[CONSTANT],
            prose=counts[PROSE],
            volatile=counts[VOLATILE],
            unchecked=counts[NOT_CHECKED],
            reasons=self._reasons(states == NOT_CHECKED),
            differences=[*self._sheet_difference(), *self._differences(states)],
            states=states,
        )

    def _sheet_difference(self) -> Iterator[Difference]:
        """A sheet that only one side has is a difference even if it is empty."""
        if self.match is None:
            yield Difference(self.title, "", "missing", None, "a sheet", None)
        if self.sheet is None:
            yield Difference(self.title, "", "extra", None, None, "a sheet")

    def _differences(self, states: np.ndarray) -> Iterator[Difference]:
        for row, column in np.argwhere(states >= DIFFERENT).tolist():
            cell, word = cell_name(row, column), WORDS[states[row, column]]
            same = bool(self.same_formula[row, column])
            formulas = [_formula(sheet, row, column) for sheet in (self.sheet, None if same else self.match)]
            values = [_value(cells, row, column) for cells in (self.theirs, self.ours)]
            copies = self._copies(row, column)
            if word == "different" and not same:
                expected, got = (text or value for text, value in zip(formulas, values, strict=True))
                yield Difference(self.title, cell, "formula", formulas[0], expected, got, copies=copies)
            else:
                what = "value" if word == "different" else word
                ulps = self._ulps(row, column)
                yield Difference(self.title, cell, what, formulas[0] or formulas[1], values[0], values[1], ulps, copies)

    def _copies(self, row: int, column: int) -> str:
        """The formulas of a cell on both sides as all their copies share them, and the array formula's area."""
        numbers = [int(cells.formula[row, column]) for cells in (self.theirs, self.ours)]
        keys = [book.formulas[number].key if number else "" for book, number in zip(self.books, numbers, strict=True)]
        area = int(max(self.theirs.area[row, column], self.ours.area[row, column]))
        return f"{keys[0]} | {keys[1]} | {area}" if any(keys) else ""

    def _ulps(self, row: int, column: int) -> int | None:
        if self.theirs.kind[row, column] == NUMBER == self.ours.kind[row, column]:
            return ulps_apart(float(self.theirs.num[row, column]), float(self.ours.num[row, column]))
        return None


def _value(cells: _Cells, row: int, column: int) -> Any:
    return decode(cells.num[row, column], int(cells.kind[row, column]))


def _formula(sheet: Sheet | None, row: int, column: int) -> str | None:
    """A cell's formula as a report shows it: of an array formula, its rectangle too, for two may differ in that."""
    text = None if sheet is None else sheet.formula_text(row, column)
    if sheet is None or text is None:
        return text
    if row < sheet.rows and column < sheet.columns and sheet.formula_numbers[row, column]:
        return text
    area = next(a for a, _ in sheet.arrays.values() if a.common(Rect(row, column, row, column)) is not None)
    return f"{{{text}}} over {area}"


def _padded(mask: Bools | None, shape: tuple[int, int]) -> Bools:
    full = np.zeros(shape, bool)
    if mask is not None:
        full[: mask.shape[0], : mask.shape[1]] = mask[: shape[0], : shape[1]]
    return full
