"""Two workbooks compared, cell by cell: an original, with the values its program stored, against ours.

Values are compared by their bits, formulas by their meaning. Neither side is changed, and cells that only one side has
are looked at too. What cannot be compared is counted, never passed over in silence: prose, which is other people's
sentences, volatile cells, which change at each calculation, and cells whose functions the engine lacks.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from sheetsim.address import Rect, cell_name
from sheetsim.errors import FormulaError
from sheetsim.functions import FUNCTIONS
from sheetsim.nodes import Call, meaning, walk
from sheetsim.numpy_engine import Plan, plan_of, recalculate
from sheetsim.sheet import Sheet, Workbook
from sheetsim.values import BLANK, ERROR, LACKING, NUMBER, TEXT, decode

#: What a cell is found to be; the order is that of the colours in a report.
EMPTY, CONSTANT, EQUAL, PROSE, VOLATILE, NOT_CHECKED, DIFFERENT, MISSING, EXTRA = range(9)
WORDS = ("empty", "constant", "equal", "prose", "volatile", "not checked", "different", "missing", "extra")
BAD = (DIFFERENT, MISSING, EXTRA)

Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Difference:
    """One cell in which the two sides differ. ``what`` is value, formula, missing (only the original has it) or extra
    (only ours has it); ``ulps`` how many doubles apart two numbers are."""

    sheet: str
    cell: str
    what: str
    formula: str | None
    expected: Any
    got: Any
    ulps: int | None = None


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
    """The result of a check. ``lacking`` maps each function that the engine does not have to the cells that use it."""

    original: str
    against: str
    sheets: list[SheetReport]
    lacking: dict[str, list[str]] = field(default_factory=dict)

    @property
    def differences(self) -> list[Difference]:
        return [difference for sheet in self.sheets for difference in sheet.differences]

    @property
    def computed(self) -> int:
        return sum(sheet.computed for sheet in self.sheets)

    @property
    def equal(self) -> int:
        return sum(sheet.equal for sheet in self.sheets)

    @property
    def ok(self) -> bool:
        """Whether every cell that can be compared is equal and none is left unchecked."""
        return not self.differences and not any(sheet.lacking for sheet in self.sheets)

    def as_dict(self) -> dict[str, Any]:
        """The report as plain data, for JSON."""
        sheets = []
        for sheet in self.sheets:
            row = {key: value for key, value in asdict(sheet).items() if key not in ("states", "differences")}
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
    """Compares an original, a path or a workbook read from one, with ``book``.

    Without ``book`` the definition of the same name is taken; where there is none, the original is compared with the
    engine's recalculation of its own formulas (its stored values are forgotten first).

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
    stored = Side.of(theirs)
    recalculate(theirs, collect_lacking=True)
    report = compare(stored, Side.of(theirs), where, "its recalculation")
    plan_lacking = plan_of(theirs, collect_lacking=True).lacking
    report.lacking = {name: [block.where() for block in blocks] for name, blocks in plan_lacking.items()}
    return report


class Side:
    """One side of the comparison: a workbook and a copy of the values it holds now."""

    def __init__(self, book: Workbook, values: dict[str, tuple[np.ndarray, np.ndarray]]):
        self.book, self.values = book, values

    @classmethod
    def of(cls, book: Workbook) -> Side:
        return cls(book, {s.title: (s.num.copy(order="F"), s.kind.copy(order="F")) for s in book.sheets})

    def arrays(self, title: str, shape: tuple[int, int]) -> tuple[np.ndarray, np.ndarray]:
        """The sheet's num and kind, padded with blanks to a shape."""
        num, kind = self.values[title]
        rows, columns = min(shape[0], num.shape[0]), min(shape[1], num.shape[1])
        full_num, full_kind = np.zeros(shape), np.zeros(shape, np.uint8)
        full_num[:rows, :columns], full_kind[:rows, :columns] = num[:rows, :columns], kind[:rows, :columns]
        return full_num, full_kind


def compare(theirs: Side, ours: Side, original: str, against: str) -> Report:
    """The report on two sides. ``theirs`` is the reference: what it has and ours lacks is missing."""
    sheets = []
    volatile = volatile_cells(ours.book)
    for sheet in theirs.book.sheets:
        match = ours.book.find_sheet(sheet.title)
        sheets.append(_SheetCheck(theirs, ours, sheet, match, volatile).report())
    for sheet in ours.book.sheets:
        if theirs.book.find_sheet(sheet.title) is None:
            sheets.append(_SheetCheck(theirs, ours, None, sheet, volatile).report())
    return Report(original, against, sheets)


def volatile_cells(book: Workbook) -> dict[str, Bools]:
    """Which cells hold RAND or its like, or depend on such a cell: a mask for each sheet."""
    plan: Plan = plan_of(book, collect_lacking=True)
    volatile = np.zeros(len(plan.blocks), bool)
    for group in plan.order:  # precedents first
        own = any(_is_volatile(plan, i) or volatile[plan.edges[i]].any() for i in group)
        volatile[group] = own
    masks = {sheet.title: np.zeros((sheet.rows, sheet.columns), bool) for sheet in book.sheets}
    for i in np.flatnonzero(volatile):
        cells = plan.blocks[i].cells
        masks[plan.blocks[i].sheet.title][cells.top : cells.bottom + 1, cells.left : cells.right + 1] = True
    return masks


def _is_volatile(plan: Plan, index: int) -> bool:
    calls = (node.name for node in walk(plan.blocks[index].tree) if isinstance(node, Call))
    return any(name in FUNCTIONS and FUNCTIONS[name].volatile for name in calls)


def _same_values(num: np.ndarray, kind: np.ndarray, other_num: np.ndarray, other_kind: np.ndarray) -> Bools:
    """Equal kinds and equal bits."""
    return np.asarray((kind == other_kind) & (num.view(np.int64) == other_num.view(np.int64)))


def ulps_apart(a: float, b: float) -> int:
    """How many doubles lie between two numbers, one end counted.

    >>> ulps_apart(1.0, 1.0 + 2**-52)
    1
    """
    first, second = (int(np.float64(x).view(np.int64)) for x in (a, b))
    ordered = [i if i >= 0 else -(i + 2**63) for i in (first, second)]
    return abs(ordered[0] - ordered[1])


class _SheetCheck:
    """The comparison of one sheet, of which one side may lack it."""

    def __init__(self, theirs: Side, ours: Side, sheet: Sheet | None, match: Sheet | None, volatile: dict[str, Bools]):
        self.sheet, self.match = sheet, match
        there = [s for s in (sheet, match) if s is not None]
        self.shape = (max(s.rows for s in there), max(s.columns for s in there))
        self.title = there[0].title
        self.num, self.kind = self._values(theirs, sheet)
        self.our_num, self.our_kind = self._values(ours, match)
        self.formulas, self.our_formulas = _meanings(sheet, self.shape), _meanings(match, self.shape)
        self.volatile = _padded(volatile.get(match.title) if match else None, self.shape)
        self.prose = np.zeros(self.shape, bool)
        for rect in match.prose if match else ():
            self.prose[rect.top : rect.bottom + 1, rect.left : rect.right + 1] = True

    def _values(self, side: Side, sheet: Sheet | None) -> tuple[np.ndarray, np.ndarray]:
        if sheet is None:
            return np.zeros(self.shape), np.zeros(self.shape, np.uint8)
        return side.arrays(sheet.title, self.shape)

    def report(self) -> SheetReport:
        computed, our_computed = self.formulas != "", self.our_formulas != ""
        has, our_has = computed | (self.kind != BLANK), our_computed | (self.our_kind != BLANK)
        same_value = _same_values(self.num, self.kind, self.our_num, self.our_kind)
        same_formula = self.formulas == self.our_formulas
        prose = self.prose & ~computed & ~our_computed & (has | our_has)
        volatile = self.volatile & has & same_formula
        lacking = (self.our_kind == ERROR) & (self.our_num == LACKING) & our_computed & ~volatile
        state = np.full(self.shape, EMPTY, np.uint8)
        state[has & our_has] = DIFFERENT
        state[has & our_has & same_value & same_formula] = CONSTANT
        state[(state == CONSTANT) & computed] = EQUAL
        state[has & ~our_has] = MISSING
        state[~has & our_has] = EXTRA
        state[lacking] = NOT_CHECKED
        state[volatile] = VOLATILE
        state[prose] = PROSE
        result = SheetReport(self.title, states=state)
        result.computed = int((computed & ~volatile).sum())
        result.equal, result.constants = int((state == EQUAL).sum()), int((state == CONSTANT).sum())
        result.prose, result.volatile = int((state == PROSE).sum()), int((state == VOLATILE).sum())
        result.lacking = int((state == NOT_CHECKED).sum())
        result.differences = list(self._differences(state, same_formula))
        return result

    def _differences(self, state: np.ndarray, same_formula: Bools) -> Iterator[Difference]:
        for row, column in np.argwhere(state >= DIFFERENT).tolist():
            word = WORDS[state[row, column]]
            formula = self._formula(self.sheet, row, column)
            if word == "different" and not same_formula[row, column]:
                expected, got = formula, self._formula(self.match, row, column)
                shown = [text if text is not None else self._value(k, row, column) for k, text in enumerate((expected, got))]
                yield Difference(self.title, cell_name(row, column), "formula", formula, shown[0], shown[1])
                continue
            what = "value" if word == "different" else word
            shown = [self._value(0, row, column), self._value(1, row, column)]
            formula = formula or self._formula(self.match, row, column)
            yield Difference(self.title, cell_name(row, column), what, formula, *shown, self._ulps(row, column))

    def _formula(self, sheet: Sheet | None, row: int, column: int) -> str | None:
        return None if sheet is None else sheet.formula_text(row, column)

    def _value(self, side: int, row: int, column: int) -> Any:
        num, kind = ((self.num, self.kind), (self.our_num, self.our_kind))[side]
        return decode(num[row, column], int(kind[row, column]))

    def _ulps(self, row: int, column: int) -> int | None:
        if self.kind[row, column] == NUMBER == self.our_kind[row, column]:
            return ulps_apart(float(self.num[row, column]), float(self.our_num[row, column]))
        return None


def _padded(mask: Bools | None, shape: tuple[int, int]) -> Bools:
    full = np.zeros(shape, bool)
    if mask is not None:
        full[: mask.shape[0], : mask.shape[1]] = mask[: shape[0], : shape[1]]
    return full


def _meanings(sheet: Sheet | None, shape: tuple[int, int]) -> np.ndarray:
    """The meaning of each cell's formula, "" where there is none: an array of texts that are compared by identity of
    content. A formula that does not parse means its own text."""
    result = np.full(shape, "", dtype=object)
    if sheet is None:
        return result
    numbers = sheet.formula[: sheet.rows, : sheet.columns]
    table = {int(n): _meaning(sheet, int(n)) for n in np.unique(numbers) if n}
    for number, text in table.items():
        result[: sheet.rows, : sheet.columns][numbers == number] = text
    for area, number in sheet.arrays.values():
        _mark_array(result, area, _meaning(sheet, number))
    return result


def _mark_array(result: np.ndarray, area: Rect, text: str) -> None:
    """Each cell of an array formula means the formula and its own place in it."""
    for row in range(area.top, area.bottom + 1):
        for column in range(area.left, area.right + 1):
            place = f"{row - area.top},{column - area.left} of {area.rows}×{area.columns}"
            result[row, column] = f"{{{text}}} {place}"


def _meaning(sheet: Sheet, number: int) -> str:
    formula = sheet.book.formulas[number]
    try:
        return meaning(formula.tree)
    except FormulaError:
        return formula.key


__all__ = ["Difference", "Report", "SheetReport", "TEXT", "check", "compare", "ulps_apart"]
