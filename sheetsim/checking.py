"""Two workbooks compared, cell by cell: an original, with the values its program stored, against ours.

Values are compared by their bits, formulas by their meaning. Neither side is changed, and cells that only one side has
are looked at too. What cannot be compared is counted, never passed over in silence: prose, which is other people's
sentences, volatile cells, which change at each calculation, and cells whose functions the engine lacks.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from sheetsim.address import Rect, cell_name
from sheetsim.errors import FormulaError
from sheetsim.formula import Formula
from sheetsim.functions import FUNCTIONS
from sheetsim.nodes import Call, Ref, meaning, walk
from sheetsim.numpy_engine import Plan, plan_of, recalculate
from sheetsim.sheet import DefinedName, Sheet, Workbook
from sheetsim.values import BLANK, ERROR, LACKING, NUMBER, TEXT, decode

#: What a cell is found to be; where a cell could be several, the later word wins.
EMPTY, CONSTANT, EQUAL, PROSE, VOLATILE, NOT_CHECKED, DIFFERENT, MISSING, EXTRA = range(9)
WORDS = ("empty", "constant", "equal", "prose", "volatile", "not checked", "different", "missing", "extra")

Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Difference:
    """One place in which the two sides differ.

    ``what`` is value, formula, missing (only the original has it), extra (only ours has it) or name: then ``cell`` is
    the defined name and ``sheet`` the one it belongs to, if any. Without a cell, it is the sheet itself that is missing
    or extra. ``ulps`` says how many doubles apart two numbers are: 0 for 0 and -0, whose bits differ all the same.
    """

    sheet: str
    cell: str
    what: str
    formula: str | None
    expected: Any
    got: Any
    ulps: int | None = None

    @property
    def where(self) -> str:
        return "!".join(part for part in (self.sheet, self.cell) if part)


@dataclass
class SheetReport:
    """One sheet: how many cells are what, and the state of each (``states``, an array of the codes above)."""

    title: str
    computed: int = 0  # formula cells of the original, array cells one by one, volatile ones left out
    equal: int = 0  # of those, the ones whose value has the same bits and whose formula means the same
    constants: int = 0  # plain values that are the same
    prose: int = 0
    volatile: int = 0
    lacking: int = 0
    differences: list[Difference] = field(default_factory=list)
    states: npt.NDArray[np.uint8] = field(default_factory=lambda: np.zeros((0, 0), np.uint8))


@dataclass
class Report:
    """The result of a check. ``names`` are the differences in defined names; ``lacking`` maps each function that the
    engine does not have to the cells that use it, the first of each block."""

    original: str
    against: str
    sheets: list[SheetReport]
    names: list[Difference] = field(default_factory=list)
    lacking: dict[str, list[str]] = field(default_factory=dict)

    @property
    def differences(self) -> list[Difference]:
        return [difference for sheet in self.sheets for difference in sheet.differences] + self.names

    @property
    def computed(self) -> int:
        return sum(sheet.computed for sheet in self.sheets)

    @property
    def equal(self) -> int:
        return sum(sheet.equal for sheet in self.sheets)

    @property
    def unchecked(self) -> int:
        """How many cells wait for functions that the engine lacks: not wrong, but not found right either."""
        return sum(sheet.lacking for sheet in self.sheets)

    @property
    def ok(self) -> bool:
        """Whether everything that can be compared is equal and no cell is left unchecked."""
        return not self.differences and not self.unchecked

    def as_dict(self) -> dict[str, Any]:
        """The report as plain data, for JSON."""
        sheets = []
        for sheet in self.sheets:
            row = {key: value for key, value in vars(sheet).items() if key not in ("states", "differences")}
            sheets.append(row | {"different": len(sheet.differences)})
        return {
            "original": self.original,
            "against": self.against,
            "ok": self.ok,
            "computed": self.computed,
            "equal": self.equal,
            "sheets": sheets,
            "lacking": self.lacking,
            "differences": [asdict(difference) for difference in self.differences],
        }


def check(original: str | Path | Workbook, book: Workbook | None = None) -> Report:
    """Compares an original, a path or a workbook read from one, with the values that ``book`` holds now.

    Without ``book`` the definition of the same name is taken; where there is none, the original is compared with the
    engine's recalculation of its own formulas. Its stored values are forgotten for that and put back afterwards.

    Raises InputError for an unusable file, FormulaError for a formula that cannot be understood.
    """
    from sheetsim import registry
    from sheetsim.reading import read

    theirs = original if isinstance(original, Workbook) else read(Path(original))
    where = str(theirs.source or theirs.name)
    if book is not None:
        return compare(Side.of(theirs), Side.of(book), where, f"the workbook {book.name}")
    name = registry.definition_of(theirs.source or Path(theirs.name))
    if name is not None:
        return compare(Side.of(theirs), Side.of(registry.build(name)), where, f"the definition {name}")
    return _against_itself(theirs, where)


def _against_itself(book: Workbook, where: str) -> Report:
    stored = Side.of(book)
    try:
        recalculate(book, collect_lacking=True)
        computed = Side.of(book)
    finally:
        stored.put_back()
    report = compare(stored, computed, where, "its recalculation")
    blocks_of = plan_of(book, collect_lacking=True).lacking
    report.lacking = {name: [block.where() for block in blocks] for name, blocks in blocks_of.items()}
    return report


class Side:
    """One side of the comparison: a workbook and a copy of the values it holds now."""

    def __init__(self, book: Workbook, values: dict[str, tuple[np.ndarray, np.ndarray]]):
        self.book, self.values = book, values

    @classmethod
    def of(cls, book: Workbook) -> Side:
        return cls(book, {s.title: (s.num.copy(order="F"), s.kind.copy(order="F")) for s in book.sheets})

    def put_back(self) -> None:
        """Gives the workbook the copied values again."""
        for sheet in self.book.sheets:
            num, kind = self.values[sheet.title]
            sheet.num[: num.shape[0], : num.shape[1]], sheet.kind[: num.shape[0], : num.shape[1]] = num, kind


def compare(theirs: Side, ours: Side, original: str, against: str) -> Report:
    """The report on two sides. ``theirs`` is the reference: what it has and ours lacks is missing."""
    volatile = volatile_cells(ours.book)
    pairs: list[tuple[Sheet | None, Sheet | None]] = [(s, ours.book.find_sheet(s.title)) for s in theirs.book.sheets]
    pairs += [(None, sheet) for sheet in ours.book.sheets if theirs.book.find_sheet(sheet.title) is None]
    sheets = [_SheetCheck(theirs, ours, sheet, match, volatile).report() for sheet, match in pairs]
    return Report(original, against, sheets, list(_name_differences(theirs.book, ours.book)))


# --- volatile cells ---------------------------------------------------------------------------------------------------
def volatile_cells(book: Workbook) -> dict[str, Bools]:
    """Which cells hold RAND or its like, or depend on such a cell: a mask for each sheet."""
    plan: Plan = plan_of(book, collect_lacking=True)
    volatile = np.array([_is_volatile(plan, i) for i in range(len(plan.blocks))], bool)
    changed = bool(volatile.any())
    edges = _all_edges(plan) if changed else []
    while changed:  # once over the blocks, precedents first, and again only where OFFSET points backwards
        before = volatile.copy()
        for group in plan.order:
            volatile[group] |= any(volatile[edges[i]].any() for i in group) or volatile[group].any()
        changed = not np.array_equal(before, volatile)
    masks = {sheet.title: np.zeros((sheet.rows, sheet.columns), bool) for sheet in book.sheets}
    for i in np.flatnonzero(volatile).tolist():
        cells = plan.blocks[i].cells
        masks[plan.blocks[i].sheet.title][cells.top : cells.bottom + 1, cells.left : cells.right + 1] = True
    return masks


def _all_edges(plan: Plan) -> list[list[int]]:
    """The precedents of each block. What an OFFSET points at is not among them: it counts as reading all of the sheets
    that it names, so that a value drawn anew is never called wrong."""
    edges = [list(found) for found in plan.edges]
    for block in plan.blocks:
        if block.runtime:
            named = {node.sheet for node in walk(block.tree) if isinstance(node, Ref)}
            edges[block.index] += [other.index for other in plan.blocks if other.sheet.title in named]
    return edges


def _is_volatile(plan: Plan, index: int) -> bool:
    calls = (node.name for node in walk(plan.blocks[index].tree) if isinstance(node, Call))
    return any(name in FUNCTIONS and FUNCTIONS[name].volatile for name in calls)


# --- names ------------------------------------------------------------------------------------------------------------
def _name_differences(theirs: Workbook, ours: Workbook) -> Iterator[Difference]:
    """Names that only one side has, or that stand for something else."""
    for key in dict.fromkeys([*theirs.names, *ours.names]):
        expected, got = (book.names.get(key) for book in (theirs, ours))
        found = expected or got
        if found is not None and _counts(found) and not _same_name(expected, got):
            texts = [None if name is None else name.text for name in (expected, got)]
            yield Difference(found.sheet or "", found.name, "name", None, texts[0], texts[1])


def _counts(name: DefinedName) -> bool:
    """Print areas and filters are a matter of looks; of the hidden names only the Solver's model is contents."""
    folded = name.name.casefold()
    return not folded.startswith("_xlnm.") and (not name.hidden or folded.startswith("solver_"))


def _same_name(one: DefinedName | None, other: DefinedName | None) -> bool:
    if one is None or other is None:
        return False
    if one.text == other.text:
        return True
    try:
        trees = [Formula.read("=" + name.text, 0, 0).tree for name in (one, other)]
    except FormulaError:
        return False
    return meaning(trees[0]) == meaning(trees[1])


# --- values and formulas ----------------------------------------------------------------------------------------------
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
    def of(cls, side: Side, sheet: Sheet | None, shape: tuple[int, int], areas: dict[Rect, int]) -> _Cells:
        cells = cls(np.zeros(shape), np.zeros(shape, np.uint8), np.zeros(shape, np.int64), np.zeros(shape, np.int64))
        if sheet is not None:
            used = (slice(sheet.rows), slice(sheet.columns))
            num, kind = side.values[sheet.title]
            cells.num[used], cells.kind[used], cells.formula[used] = num[used], kind[used], sheet.formula[used]
            for rect, number in sheet.arrays.values():
                within = (slice(rect.top, rect.bottom + 1), slice(rect.left, rect.right + 1))
                cells.formula[within], cells.area[within] = number, areas.setdefault(rect, len(areas) + 1)
        return cells


class _SheetCheck:
    """The comparison of one sheet, of which one side may lack it."""

    def __init__(self, theirs: Side, ours: Side, sheet: Sheet | None, match: Sheet | None, volatile: dict[str, Bools]):
        self.sheet, self.match = sheet, match
        self.books = theirs.book, ours.book
        there = [s for s in (sheet, match) if s is not None]
        shape = self.shape = (max(s.rows for s in there), max(s.columns for s in there))
        self.title = there[0].title
        areas: dict[Rect, int] = {}
        self.theirs, self.ours = _Cells.of(theirs, sheet, shape, areas), _Cells.of(ours, match, shape, areas)
        self.same_formula = self._same_formulas()
        self.volatile = _padded(volatile.get(match.title) if match else None, shape)

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
            prose[rect.top : rect.bottom + 1, rect.left : rect.right + 1] = True
        for cells in (self.theirs, self.ours):
            prose &= ((cells.kind == TEXT) | (cells.kind == BLANK)) & (cells.formula == 0)
        return prose

    def _states(self) -> npt.NDArray[np.uint8]:
        theirs, ours = self.theirs, self.ours
        computed = theirs.formula > 0
        has, our_has = computed | (theirs.kind != BLANK), (ours.formula > 0) | (ours.kind != BLANK)
        same = self.same_formula & (theirs.kind == ours.kind) & (theirs.num.view(np.int64) == ours.num.view(np.int64))
        both = has & our_has
        unknown = (ours.kind == ERROR) & (ours.num == LACKING)
        state = np.full(self.shape, EMPTY, np.uint8)
        state[both] = DIFFERENT
        state[both & same] = CONSTANT
        state[both & same & computed] = EQUAL
        state[both & computed & self.same_formula & unknown] = NOT_CHECKED
        state[both & computed & self.same_formula & self.volatile] = VOLATILE
        state[has & ~our_has] = MISSING
        state[~has & our_has] = EXTRA
        state[self._prose() & (has | our_has)] = PROSE
        return state

    def report(self) -> SheetReport:
        states = self._states()
        counts = np.bincount(states.ravel(), minlength=len(WORDS)).tolist()
        return SheetReport(
            self.title,
            computed=int((self.theirs.formula > 0).sum()) - counts[VOLATILE],
            equal=counts[EQUAL],
            constants=counts[CONSTANT],
            prose=counts[PROSE],
            volatile=counts[VOLATILE],
            lacking=counts[NOT_CHECKED],
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
            if word == "different" and not same:
                expected, got = (text or value for text, value in zip(formulas, values, strict=True))
                yield Difference(self.title, cell, "formula", formulas[0], expected, got)
            else:
                what = "value" if word == "different" else word
                ulps = self._ulps(row, column)
                yield Difference(self.title, cell, what, formulas[0] or formulas[1], values[0], values[1], ulps)

    def _ulps(self, row: int, column: int) -> int | None:
        if self.theirs.kind[row, column] == NUMBER == self.ours.kind[row, column]:
            return ulps_apart(float(self.theirs.num[row, column]), float(self.ours.num[row, column]))
        return None


def _value(cells: _Cells, row: int, column: int) -> Any:
    return decode(cells.num[row, column], int(cells.kind[row, column]))


def _formula(sheet: Sheet | None, row: int, column: int) -> str | None:
    """A cell's formula as a report shows it: of an array formula, its rectangle too, for two may differ in that."""
    text = None if sheet is None else sheet.formula_text(row, column)
    if sheet is None or text is None or (row < sheet.rows and column < sheet.columns and sheet.formula[row, column]):
        return text
    area = next(a for a, _ in sheet.arrays.values() if a.common(Rect(row, column, row, column)) is not None)
    return f"{{{text}}} over {area}"


def _padded(mask: Bools | None, shape: tuple[int, int]) -> Bools:
    full = np.zeros(shape, bool)
    if mask is not None:
        full[: mask.shape[0], : mask.shape[1]] = mask[: shape[0], : shape[1]]
    return full


__all__ = ["Difference", "Report", "SheetReport", "Side", "check", "compare", "ulps_apart"]
