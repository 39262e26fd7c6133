"""Two workbooks compared, cell by cell: an original, with the values its program stored, against ours.

Values are compared by their bits, formulas by their meaning. Neither side is changed, and cells that only one side has
are looked at too. What cannot be compared is counted, never passed over in silence: prose, which is other people's
sentences, volatile cells, which change at each calculation, and cells whose functions the engine lacks.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator

from sheetsim.checking.causes import trace_causes
from sheetsim.checking.findings import NOTHING_STORED, Difference, Report, SheetReport
from sheetsim.checking.sheet_check import SheetCheck
from sheetsim.engine.numpy_engine import recalculate
from sheetsim.engine.plan import plan_of
from sheetsim.engine.volatility import volatile_cells
from sheetsim.errors import FormulaError, InputError
from sheetsim.model.names import DefinedName
from sheetsim.model.nodes import meaning
from sheetsim.model.sheet import Book, Sheet
from sheetsim.model.snapshot import Snapshot
from sheetsim.model.values import ERROR, UNSUPPORTED, reason_of
from sheetsim.study.self_check.building import still_to_calculate

ITS_RECALCULATION = "its recalculation"


def compare_with_recalculation(book: Book, where: str, strict: bool = False, tolerance: float = 0.0) -> Report:
    """The report on the values a workbook holds, against the recalculation of its own formulas. The values are
    forgotten for that, and put back afterwards. Raises what ``recalculate`` raises; more if it is to be ``strict``."""
    stored = Snapshot.of(book)
    try:
        with still_to_calculate(book):
            recalculate(book, strict=strict)
        computed = Snapshot.of(book)
    finally:
        stored.put_back()
    return compare(stored, computed, where, ITS_RECALCULATION, tolerance)


def compare(theirs: Snapshot, ours: Snapshot, original: str, against: str, tolerance: float = 0.0) -> Report:
    """The report on two sides. ``theirs`` is the reference: what it has and ours lacks is missing. Numbers are equal if
    their bits are, or with a ``tolerance`` if they differ by no more than that part of the larger one. Raises
    InputError for a tolerance that says nothing."""
    refuse_tolerance(tolerance)
    volatile = volatile_cells(ours.book)
    pairs: list[tuple[Sheet | None, Sheet | None]] = [(s, ours.book.find_sheet(s.title)) for s in theirs.book.sheets]
    pairs += [(None, sheet) for sheet in ours.book.sheets if theirs.book.find_sheet(sheet.title) is None]
    one_sided = [one.title for pair in pairs if None in pair for one in pair if one is not None and one.companion]
    sheets = [
        SheetCheck(theirs, ours, one, other, volatile, tolerance).report()
        for one, other in pairs
        if not any(sheet is not None and sheet.title in one_sided for sheet in (one, other))
    ]
    trace_causes(sheets, plan_of(ours.book))
    names = list(_name_differences(theirs.book, ours.book, one_sided))
    return Report(original, against, sheets, names, _lacking(theirs.book, ours, sheets), one_sided, tolerance)


def _lacking(theirs: Book, ours: Snapshot, sheets: list[SheetReport]) -> dict[str, list[str]]:
    """What could not be computed, or not be compared, and where: a function in all formulas that use it, whether or not
    its value was wanted."""
    found = {"data tables": theirs.data_tables} if theirs.data_tables else {}
    lacks = list(plan_of(ours.book).lacks)
    for num, kind in ours.values.values():
        codes = num[(kind == ERROR) & (num >= UNSUPPORTED)]
        lacks += [reason_of(code) for code in sorted(set(codes.tolist()))]
    for reason in dict.fromkeys(lacks):
        found.setdefault(reason.label, []).append(reason.where)
    if bare := [sheet.title for sheet in sheets if NOTHING_STORED in sheet.reasons]:
        found[NOTHING_STORED] = bare
    return found


def refuse_tolerance(tolerance: float) -> None:
    """Raises InputError for what is no part of a number: below 0, 1 and more, NaN."""
    if not 0 <= tolerance < 1:
        raise InputError(f"a tolerance of {tolerance:g}: it is relative, from 0 (the same bits) to less than 1")


# --- names ------------------------------------------------------------------------------------------------------------
def _name_differences(theirs: Book, ours: Book, left_out: Collection[str]) -> Iterator[Difference]:
    """Names that only one side has, or that stand for something else; those of sheets left out do not count."""
    for key in dict.fromkeys([*theirs.names, *ours.names]):
        expected, got = (book.names.get(key) for book in (theirs, ours))
        found = expected or got
        if found is not None and found.sheet not in left_out and _counts(found) and not _same_name(expected, got):
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
        return bool(meaning(one.tree) == meaning(other.tree))
    except FormulaError:
        return False
