"""Databases: a list with headings, and a range of criteria with headings of their own.

The criteria of one row must all be met, and one row of them is enough. A formula under a heading that the list does not
have is a criterion, too: it is written for the first record. What is made of the cells found is what the
functions of statistics make of a list: ``DSUM`` is ``SUM`` of them, ``DVAR`` is ``VAR``.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

from sheetsim.excel.arithmetic import Array
from sheetsim.excel.arrays import Kinds, Values, error_value, with_errors
from sheetsim.excel.backend import Numbers
from sheetsim.excel.texts import value_text
from sheetsim.functions.criteria import Criterion
from sheetsim.functions.families.statistics import counts, moments, sums
from sheetsim.functions.families.statistics.lists import Listed, cells, reduced, total
from sheetsim.functions.lifting import Rule, each_cell, is_missing, of_each_way, seen_from
from sheetsim.functions.table import Evidence, Gradient, function
from sheetsim.model.sheet import Sheet
from sheetsim.model.values import BLANK, ERROR, NUM, NUMBER, TEXT, TEXTS, VALUE

Mask = npt.NDArray[np.bool_]
Places = npt.NDArray[np.int64]
SIGNS = ("=", "<", ">")


def _heading(num: float, kind: int) -> str:
    """A heading as a text, without regard to case: the number 1 and the text "1" name the same column."""
    return "" if kind == ERROR else value_text(num, kind).casefold()


def _headings(num: Array, kinds: Kinds) -> list[str]:
    """Those of a row, (columns,)."""
    return [_heading(*cell) for cell in zip(num.tolist(), kinds.tolist(), strict=True)]


def _columns_of(num: Array, kinds: Kinds) -> dict[str, int]:
    """Heading → column; the first of several."""
    found: dict[str, int] = {}
    for column, heading in enumerate(_headings(num, kinds)):
        if heading:
            found.setdefault(heading, column)
    return found


def read(num: float, kind: int) -> Criterion:
    """The criterion in a cell. Unlike that of COUNTIF, a text without a sign asks for all that begins with it."""
    asked = Criterion.read(num, kind)
    if asked.kind == TEXT and not TEXTS[num].startswith(SIGNS):
        return asked._replace(rest=f"{asked.rest}*")
    return asked


Fill = Callable[[Sheet, int, int, int], Values]  # what the formula in a cell gives when it is filled down from there
Computed = Callable[[int, int], Mask | None]  # by its row and column among the criteria, of which records one holds


class Criteria(Values):
    """A range of criteria that knows where it stands, so that a formula in it can be asked of each record: it is
    written for the first one, and filled down for the others. ``rows`` and ``columns`` are of four axes."""

    __slots__ = ("columns", "fill", "rows", "sheet")
    sheet: Sheet
    rows: Places
    columns: Places
    fill: Fill

    @classmethod
    def of_cells(
        cls, v: Values, sheet: Sheet, rows: Places, columns: Places, given: list[Values], fill: Fill | None
    ) -> Values:
        """The third of the arguments of a function of databases; the others as they are."""
        if fill is None or len(given) < 3 or v is not given[2]:
            return v
        return cls.placed(v.host, sheet, rows, columns, fill)

    @classmethod
    def placed(cls, v: Values, sheet: Sheet, rows: Places, columns: Places, fill: Fill) -> Criteria:
        """Criteria that stand there."""
        found = cls(v.num, v.kind, v.ref)
        found.sheet, found.rows, found.columns, found.fill = sheet, rows, columns, fill
        return found

    def of(self, num: Any, kind: Any = NUMBER, ref: bool = False) -> Values:  # type: ignore[override]
        """Other values, which stand nowhere."""
        return Values(num, kind, ref)

    def part(self, rows: slice, columns: slice) -> Criteria:
        """What some cells of the block see."""
        at = self.rows[rows if len(self.rows) > 1 else slice(None)]
        across = self.columns[:, columns if self.columns.shape[1] > 1 else slice(None)]
        return self.placed(super().part(rows, columns), self.sheet, at, across, self.fill)

    def computed(self, r: int, c: int, records: int) -> Computed:
        """Of the criteria that one cell of the block has."""
        rows = self.rows[r if len(self.rows) > 1 else 0, 0, :, 0]
        columns = self.columns[0, c if self.columns.shape[1] > 1 else 0, 0]

        def held(row: int, column: int) -> Mask | None:
            at, sheet = (int(rows[row]), int(columns[column])), self.sheet
            if at[0] >= sheet.rows or at[1] >= sheet.columns or not sheet.formula_numbers[at]:
                return None
            found = self.fill(sheet, *at, records)
            kinds = found.kinds()[:, 0, 0, 0]
            return np.asarray((kinds != TEXT) & (kinds != ERROR) & (found.num[:, 0, 0, 0] != 0))

        return held


def _none_computed(row: int, column: int) -> Mask | None:
    return None


def met(num: Array, kinds: Kinds, asked: Array, asked_kinds: Kinds, computed: Computed = _none_computed) -> Mask:
    """Which records meet the criteria: (records,), of a database and criteria that are (height, width) each and begin
    with their headings."""
    places = _columns_of(num[0], kinds[0])
    found = np.zeros(len(num) - 1, bool)
    headings = _headings(asked[0], asked_kinds[0])
    for row in range(1, len(asked)):
        held = np.ones(len(found), bool)
        criteria = zip(headings, asked[row].tolist(), asked_kinds[row].tolist(), strict=True)
        for at, (heading, value, kind) in enumerate(criteria):
            if kind == BLANK:
                continue
            if heading in places:
                column = places[heading]
                held &= read(value, kind).met_by(num[1:, column], kinds[1:, column])
                continue
            of_each = computed(row, at)  # a condition that stands for itself
            held &= (kind not in (TEXT, ERROR) and value != 0) if of_each is None else of_each
        found |= held
    return found


def _mask(database: Values, criteria: Values) -> Mask:
    """Which records count for each cell of the block: (rows, columns, records)."""
    shape = np.broadcast_shapes(database.num.shape[:2], criteria.num.shape[:2])
    kinds, asked_kinds = database.kinds(), criteria.kinds()
    found = np.zeros((*shape, database.num.shape[2] - 1), bool)
    for r, c in np.ndindex(*shape):
        own, asked = seen_from(database, r, c), seen_from(criteria, r, c)
        given = database.num[own], kinds[own], criteria.num[asked], asked_kinds[asked]
        if isinstance(criteria, Criteria):
            found[r, c] = met(*given, criteria.computed(r, c, found.shape[2]))
        else:
            found[r, c] = met(*given)
    return found


def _column(database: Values, field: Values) -> int | None:
    """The column that a field names, by its heading or its number; None for none. All cells of the block have the same
    field and headings."""
    kind = int(field.kinds().flat[0])
    if kind == TEXT:
        return _columns_of(database.num[0, 0, 0], database.kinds()[0, 0, 0]).get(
            _heading(float(field.num.flat[0]), kind)
        )
    place = int(np.trunc(field.num.flat[0])) - 1
    return place if 0 <= place < database.num.shape[3] else None


def _chosen(database: Values, column: int, mask: Mask) -> Values:
    """The cells of a column in the records that count, blanks for the others: (rows, columns, records, 1)."""
    num, kinds = database.num[:, :, 1:, column : column + 1], database.kinds()[:, :, 1:, column : column + 1]
    counted = mask[..., None]
    shape = np.broadcast_shapes(tuple(num.shape), counted.shape)
    kept = database.backend.where(counted, database.backend.broadcast(num, shape), 0.0)
    return database.of(kept, np.where(counted, kinds, np.uint8(BLANK)), True)


def _alike(database: Values) -> bool:
    """Whether the headings are the same for all cells of the block."""
    head, kinds = database.host.num[:, :, 0], database.kinds()[:, :, 0]
    return bool((head == head[:1, :1]).all() and (kinds == kinds[:1, :1]).all())


def of_records(rule: Rule, every: Rule | None = None) -> Rule:
    """The rule of a list of cells as that of a database; ``every`` of a mask, where no field may be named."""

    def answered(database: Values, field: Values, criteria: Values) -> Values:
        host = database.host
        in_cells = database.ref and criteria.ref  # arrays have no records
        if not in_cells or database.num.shape[2] < 2 or criteria.num.shape[2] < 2:
            return error_value(VALUE)
        mask = _mask(host, criteria.host)
        if every is not None and is_missing(field):
            return every(mask)  # type: ignore[no-any-return]

        def of_field(named: Values) -> Values:
            if named.only(ERROR):
                return named
            column = _column(host, named)
            if column is None:
                return error_value(VALUE)
            return rule(_chosen(database, column, mask))  # type: ignore[no-any-return]

        return of_each_way(of_field, field.host)

    def by_headings(database: Values, field: Values, criteria: Values) -> Values:
        if _alike(database):
            return answered(database, field, criteria)
        return each_cell(answered, database, field, criteria)

    return by_headings


def _counted(mask: Mask) -> Values:
    return Values(mask.sum(axis=-1, dtype=np.float64)[..., None, None])


COUNTS = (Gradient.FLAT, _counted)


def _spread(sample: bool, root: bool) -> Rule:
    return lambda chosen: moments.variance(cells(chosen), sample, root)


def _only(chosen: Values) -> Values:
    """The only cell that counts: ``#VALUE!`` where there is none, ``#NUM!`` where there are several."""
    kinds = chosen.kinds()
    filled = kinds != BLANK
    many = filled.sum(axis=2, keepdims=True)
    place = filled.argmax(axis=2, keepdims=True)
    num = chosen.backend.taken(chosen.num[..., 0], place[..., 0])[..., None]
    wrong = np.where(many == 0, float(VALUE), np.where(many > 1, float(NUM), 0.0))
    return with_errors(chosen.of(num, np.take_along_axis(kinds, place, axis=2)), wrong)


def _enter(name: str, rule: Rule, about: str, gradient: Gradient = Gradient.SHARED, every: Rule | None = None) -> None:
    known: dict[str, Any] = {"about": about, "gradient": gradient, "evidence": Evidence.LIBREOFFICE}
    known["counted"] = Criteria.of_cells
    entered = of_records(rule, every)
    entered.__module__ = __name__
    function(name, "database: array, field, criteria: array", **known)(entered)


def _reduced(of: Callable[[Listed], Numbers]) -> Rule:
    return lambda chosen: reduced(of, chosen)


_enter("DSUM", _reduced(total), "The sum of a field of the records that meet criteria.")
_enter("DPRODUCT", _reduced(sums.product), "The product of a field of the records that meet criteria.")
_enter("DMAX", _reduced(sums.largest), "The largest number of a field of the records that meet criteria.")
_enter("DMIN", _reduced(sums.smallest), "The smallest number of a field of the records that meet criteria.")
_enter("DAVERAGE", sums.average, "The mean of a field of the records that meet criteria.")
_enter("DCOUNT", counts.count, "How many of a field's cells are numbers, of the records that meet criteria.", *COUNTS)
_enter("DCOUNTA", counts.counta, "How many of a field's cells are not blank, likewise.", *COUNTS)
_enter("DGET", _only, "The field of the only record that meets criteria.")
_enter("DVAR", _spread(True, False), "The variance of a field, estimated from the records that meet criteria.")
_enter("DVARP", _spread(False, False), "The variance of a field over all the records that meet criteria.")
_enter("DSTDEV", _spread(True, True), "The standard deviation, estimated from the records that meet criteria.")
_enter("DSTDEVP", _spread(False, True), "The standard deviation over all the records that meet criteria.")
