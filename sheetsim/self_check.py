"""A workbook that checks itself: a sheet that compares, by live formulas, what is computed with what we computed.

The engine's values of all computed cells stand as plain values on sheets of their own, ``values basic`` for ``basic``,
each at the address of its cell. The sheet ``check`` has a line for each region; it counts the cells in which the
program that shows the file and the engine differ. Its formulas are array formulas, each in one cell: IF and IFERROR go
through a range cell by cell in those alone (not in SUMPRODUCT, before Excel 365), and every program has them, Google
Sheets as ARRAYFORMULA. What they cannot see is the last bit: a spreadsheet compares some 15 digits.

A program that shows the stored results of formulas without computing them would find that all agree. LibreOffice does
so with most cells of an .xlsx until it is told to compute all. So two cells tell whether it has: one with a plain
formula and one with an array formula, whose stored results are other than the formulas give. Before both are computed
nothing is green, and the headline says so.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import NamedTuple

import numpy as np

from sheetsim.address import Rect, cell_name, parse_cell
from sheetsim.blocks import Block
from sheetsim.errors import InputError
from sheetsim.explaining import heading
from sheetsim.nodes import Call, Ref, quoted, walk
from sheetsim.numpy_engine import Plan, plan_of
from sheetsim.rounding import decided_by_rounding
from sheetsim.sheet import Sheet, Workbook
from sheetsim.values import BLANK, ERROR, LOGICAL, NUMBER, TEXT, encode
from sheetsim.volatility import volatile_cells

TOLERANCE = 1e-10
ROUNDING = (
    TOLERANCE / 10
)  # what last bits of the inputs move by more is not compared: a whole calculation has many more
MARK = "sheetsim_self_check"  # a hidden name: the workbook has its check already
MOST = 40  # regions of one sheet that are listed; one with more, or one beside the workbook's own, is one region
LONGEST_HEADING = 44
FIRST = 11  # the row of the first region
NOT_YET = "Not calculated by this program yet"
PLAIN, ARRAY = "B8", "C8"  # 1 once the program has computed formulas and array formulas; stored as 0
CALCULATED = "AND($B$8=1,$C$8=1)"
LABEL_LENGTH = 24  # longer texts of a sheet are sentences, not headings
PAIRED = ("SUMXMY2", "SUMX2MY2", "SUMX2PY2")
AGREES, WAITS = "agrees", "not yet"  # a region's verdict
HOW_TO = "In LibreOffice press Ctrl+Shift+F9, in Excel click Enable Editing."
CHANGED = "Did you change an input? Then what depends on it differs, as it should: the stored values do not follow."
BLANK_PAIR = "LibreOffice takes a blank as 0 in {}, where Excel leaves the pair out"


class Region(NamedTuple):
    """Computed cells of one sheet, and what their headings call them."""

    sheet: Sheet
    rect: Rect
    headings: tuple[str, ...]


class Known(NamedTuple):
    """A cell that another program is known to compute differently."""

    sheet: Sheet
    row: int
    column: int
    reason: str


def has_self_check(book: Workbook) -> bool:
    """Whether a workbook, or the file that it was read from, has a self-check."""
    return book.find_name(MARK, None) is not None


def add_self_check(book: Workbook) -> Sheet:
    """Adds the sheet ``check`` (or ``check 2`` …) in front, and behind the others the values it compares with; returns
    the check. The values are those the workbook has now, so press buttons before. The headline says that it has not
    been calculated, and is to be saved so.

    Raises InputError for a workbook that computes nothing or has its check already, and for one read from a file: a
    copy of that file keeps what it holds, and takes no further sheets.

    >>> from sheetsim.registry import build
    >>> book = build("entropy_example")
    >>> sheet = add_self_check(book)
    >>> sheet["A1"], sheet["A11:E11"]
    ('Not calculated by this program yet', [['softmax', 'C3:D7', 'exp, softmax', 10.0, 0.0]])
    >>> book.recalculate()
    >>> sheet["A1"]
    'All 75 cells agree with sheetsim'
    """
    if has_self_check(book):
        raise InputError(f"{book.name} has a self-check already")
    if book.source is not None:
        raise InputError(
            f"{book.source}: a self-check can be added to workbooks that sheetsim defines, not to a file's"
        )
    if book.changed:
        book.recalculate()
    volatile, decided = volatile_cells(book), decided_by_rounding(book, ROUNDING)
    known = list(known_cells(book))
    originals = list(book.sheets)
    apart = {title: mask | decided[title] for title, mask in volatile.items()}
    compared = {sheet.title: _compared(sheet, apart[sheet.title], known) for sheet in originals}
    regions = [region for sheet in originals for region in regions_of(sheet, compared[sheet.title])]
    if not regions:
        raise InputError(f"{book.name} computes nothing that could be checked")
    check = book.add_companion("check", first=True)
    check.about = "whether the program that shows this file computes what sheetsim computed, region by region"
    stored = {
        sheet.title: store(sheet, compared[sheet.title], [region.rect for region in regions if region.sheet is sheet])
        for sheet in dict.fromkeys(region.sheet for region in regions)
    }
    left_out = [
        *_left_out("they are drawn anew at each calculation", volatile),
        *_left_out(
            "rounding decides them: last bits of an input move them by more than a tenth of the tolerance",
            {title: mask & ~volatile[title] for title, mask in decided.items()},
        ),
    ]
    _write(check, regions, stored, compared, known, left_out)
    book.define_name(MARK, f'"{check.title}"', hidden=True)
    book.calculate_on_opening = True
    book.recalculate()
    not_yet(book)
    return check


def _check_of(book: Workbook) -> Sheet | None:
    mark = book.find_name(MARK, None)
    return book.find_sheet(mark.text.strip('"')) if mark else None


def not_yet(book: Workbook) -> None:
    """Puts into a self-check what a file is to store: that it has not been calculated yet."""
    if check := _check_of(book):
        verdicts = {f"H{row}": WAITS for row in range(FIRST, check.rows + 1) if check[f"H{row}"] == AGREES}
        for cell, value in {"A1": NOT_YET, "A2": HOW_TO, PLAIN: 0.0, ARRAY: 0.0, **verdicts}.items():
            place = parse_cell(cell)
            check.num[place], check.kind[place] = encode(value)


@contextmanager
def still_to_calculate(book: Workbook) -> Iterator[None]:
    """Whatever sheetsim calculates meanwhile: a self-check that was still to be calculated by the program that opens
    the file is so afterwards."""
    check = _check_of(book)
    waits = check is not None and check[PLAIN] == 0
    yield
    if waits:
        not_yet(book)


# --- what is compared -------------------------------------------------------------------------------------------------
def _compared(sheet: Sheet, apart: np.ndarray, known: Iterable[Known]) -> np.ndarray:
    """Which cells are compared: the computed ones, but those left out and those listed apart."""
    mask = sheet.computed() & ~apart & (sheet.kind[: sheet.rows, : sheet.columns] != BLANK)
    for cell in known:
        if cell.sheet is sheet:
            mask[cell.row, cell.column] = False
    return np.asarray(mask)


def regions_of(sheet: Sheet, compared: np.ndarray) -> list[Region]:
    """The regions of a sheet: the engine's blocks, those side by side in the same rows taken as one.

    >>> from sheetsim.registry import build
    >>> momentum = build("graddesc")["momentum"]
    >>> [str(region.rect) for region in regions_of(momentum, momentum.computed())]
    ['K1', 'J3:K3', 'C4:D4', 'E4:L32', 'C5:D32', 'L33']
    """
    plan: Plan = plan_of(sheet.book, collect_lacking=True)
    blocks = [block.cells for block in plan.blocks if block.sheet is sheet and _within(compared, block.cells).any()]
    found: list[list[Rect]] = []
    for cells in sorted(blocks, key=lambda cells: (cells.top, cells.bottom, cells.left)):
        last = found[-1][-1] if found else cells
        if found and (last.top, last.bottom, last.right + 1) == (cells.top, cells.bottom, cells.left):
            found[-1].append(cells)
        else:
            found.append([cells])
    if found and (len(found) > MOST or sheet.companion):
        return [Region(sheet, _around([cells for group in found for cells in group]), ("all that is computed",))]
    regions = [Region(sheet, _around(group), _headings(sheet, group)) for group in found]
    return sorted(regions, key=lambda region: (region.rect.top, region.rect.left))


def _within(mask: np.ndarray, rect: Rect) -> np.ndarray:
    return mask[rect.top : rect.bottom + 1, rect.left : rect.right + 1]


def _around(rects: list[Rect]) -> Rect:
    tops, lefts, bottoms, rights = zip(*rects, strict=True)
    return Rect(min(tops), min(lefts), max(bottoms), max(rights))


def _headings(sheet: Sheet, blocks: Iterable[Rect]) -> tuple[str, ...]:
    """What a person calls the columns of some blocks; of a wide block its first and last column are enough."""
    columns = [
        Rect(cells.top, column, cells.bottom, column)
        for cells in blocks
        for column in (range(cells.left, cells.right + 1) if cells.columns < 4 else (cells.left, cells.right))
    ]
    found = dict.fromkeys(filter(None, (heading(sheet, column) for column in columns)))
    return tuple(found) or (f"formula {sheet.formula_text(columns[0].top, columns[0].left)}",)


def _joined(headings: Iterable[str]) -> str:
    text = ", ".join(" ".join(each.split()) for each in headings)
    return text if len(text) <= LONGEST_HEADING else f"{text[: LONGEST_HEADING - 2].rstrip(', ')} …"


def known_cells(book: Workbook) -> Iterator[Known]:
    """The cells that LibreOffice computes differently."""
    for block in plan_of(book, collect_lacking=True).blocks:
        for call in (node for node in walk(block.tree) if isinstance(node, Call) and node.name in PAIRED):
            if block.cells.size == 1 and _blank_beside_number(book, block, call):
                yield Known(block.sheet, block.cells.top, block.cells.left, BLANK_PAIR.format(call.name))


def _blank_beside_number(book: Workbook, block: Block, call: Call) -> bool:
    """Whether one of the two ranges has a blank where the other has a number other than 0."""
    kinds, numbers = [], []
    for ref in call.arguments:
        rect = ref.rect(block.rect.top, block.rect.left) if isinstance(ref, Ref) else None
        if not isinstance(ref, Ref) or rect is None:
            return False
        sheet = book[ref.sheet or block.sheet.title]
        kinds.append(_within(sheet.kind[: sheet.rows, : sheet.columns], rect))
        numbers.append(_within(sheet.num[: sheet.rows, : sheet.columns], rect))
    if kinds[0].shape != kinds[1].shape:
        return False
    return any(((kinds[i] == BLANK) & (kinds[1 - i] == NUMBER) & (numbers[1 - i] != 0)).any() for i in (0, 1))


def _left_out(why: str, masks: dict[str, np.ndarray]) -> Iterator[str]:
    """Lines on cells that are not compared: for each sheet how many, and the rectangle around them."""
    found = {title: np.nonzero(mask) for title, mask in masks.items() if mask.any()}
    if found:
        yield f"Left out, since {why}:"
    for title, (rows, columns) in found.items():
        around = Rect(int(rows.min()), int(columns.min()), int(rows.max()), int(columns.max()))
        yield f"    {len(rows):,} cells in {quoted(title)}!{around}"


# --- the values beside ------------------------------------------------------------------------------------------------
def store(sheet: Sheet, compared: np.ndarray, regions: Iterable[Rect]) -> Sheet:
    """The sheet ``values …``: our values, each at its cell's address, and the short texts that say what they are; in a
    region nothing but values stands, for all that stands there is compared."""
    stored = sheet.book.add_companion(f"values {sheet.title}")
    kind, num = sheet.kind[: sheet.rows, : sheet.columns], sheet.num[: sheet.rows, : sheet.columns]
    stored.reserve(sheet.rows, sheet.columns)
    stored.rows, stored.columns = sheet.rows, sheet.columns
    stored.kind[: sheet.rows, : sheet.columns] = np.where(compared, kind, BLANK)
    stored.num[: sheet.rows, : sheet.columns] = np.where(compared, num, 0.0)
    labels = (kind == TEXT) & ~sheet.computed()
    for rect in regions:
        _within(labels, rect)[...] = False
    for row, column in np.argwhere(labels).tolist():
        if len(str(sheet.value(row, column))) <= LABEL_LENGTH:
            stored.put(row, column, sheet.value(row, column))
            stored.style(cell_name(row, column), "note")
    stored.look.freeze = sheet.look.freeze
    return stored


# --- the formulas -----------------------------------------------------------------------------------------------------
def agreement(here: str, ours: str, kinds: set[int]) -> str:
    """1 for each cell that agrees, for the kinds of values that ours are: errors, blanks and texts poison nothing.

    >>> agreement("s!A1:A9", "v!A1:A9", {NUMBER})
    'IFERROR(ISNUMBER(s!A1:A9)*ISNUMBER(v!A1:A9)*(ABS(s!A1:A9-v!A1:A9)<=$B$7*ABS(v!A1:A9)),0)'
    """
    terms = {
        NUMBER: f"IFERROR(ISNUMBER({here})*ISNUMBER({ours})*(ABS({here}-{ours})<=$B$7*ABS({ours})),0)",
        TEXT: f"IFERROR(ISTEXT({here})*ISTEXT({ours})*({here}={ours}),0)",
        LOGICAL: f"IFERROR(ISLOGICAL({here})*ISLOGICAL({ours})*({here}={ours}),0)",
        ERROR: f"ISERROR({here})*ISERROR({ours})*(ISNA({here})=ISNA({ours}))",
    }
    return "+".join(term for kind, term in terms.items() if kind in kinds)


def largest(here: str, ours: str) -> str:
    """The largest relative difference of numbers, the difference itself where ours is 0."""
    both = f"ISNUMBER({here})*ISNUMBER({ours})"
    relative = f"MAX(IF({both},IFERROR(ABS({here}-{ours})/ABS({ours}),ABS({here}-{ours})),0))"
    return f'=IF(SUM(ISNUMBER({ours})*(1-ISNUMBER({here})))>0,"not a number",{relative})'


# --- the sheet --------------------------------------------------------------------------------------------------------
def _write(
    check: Sheet,
    regions: list[Region],
    stored: dict[str, Sheet],
    compared: dict[str, np.ndarray],
    known: list[Known],
    left_out: list[str],
) -> None:
    last = FIRST + len(regions) - 1
    _headlines(check, last, len(known))
    for row, region in enumerate(regions, FIRST):
        _region(check, row, region, stored[region.sheet.title], compared[region.sheet.title])
    below = _apart(check, last + 2, known) if known else last + 1
    _notes(check, below + 1, left_out)
    for columns, width in {"A": 26, "B": 16, "C": 46, "D:E": 13, "F": 14, "G": 11, "H": 13}.items():
        check.width(columns, width)


def _headlines(check: Sheet, last: int, known: int) -> None:
    """The verdict in large, the totals, the tolerance, and the headings of the regions."""
    count = f'COUNTIF(E{FIRST}:E{last},">0")'
    differing = f'"No: "&B5&" of "&B4&" cells differ from sheetsim, in "&{count}&IF({count}=1," region"," regions")'
    apart = f'COUNTIF(H{last + 4}:H{last + 3 + known},"differs")'
    more = f'&IF({apart}>0,"; "&{apart}&" more do not, as known","")' if known else ""
    agreeing = f'IF({CALCULATED},"All "&B4&" cells agree with sheetsim"{more},"{NOT_YET}")'
    check["A1"] = f"=IF(B5=0,{agreeing},{differing}{more})"
    check["A2"] = f'=IF({CALCULATED},"{CHANGED}","{HOW_TO}")'
    labels = ("cells compared", "cells that differ", "largest relative difference", "tolerance", "calculated here")
    check.values("A4", [[label] for label in labels])
    check["B4"], check["B5"], check["B6"] = (f"={name}{FIRST}:{end}{last})" for name, end in _TOTALS)
    check["B7"] = TOLERANCE
    check["C7"] = "relative to sheetsim's value; yours to change"
    check[PLAIN] = "=2-1"
    check.array(ARRAY, "=SUM(LEN(A4:A5))-SUM(LEN(A4:A5))+1")
    words = ["sheet", "region", "what it is", "cells", "differ", "largest", "first row", "verdict"]
    check.values(f"A{FIRST - 1}", [words])
    check.style("A1:H1", "verdict")
    check.style("A2,C7", "note")
    check.style("A4:A8", "label")
    check.style(f"B4:B6,{PLAIN}", "result")
    check.style("B7", "parameter")
    check.style(f"A{FIRST - 1}:H{FIRST - 1}", "heading")
    check.number_format(f"B4:B5,D{FIRST}:E{last}", "#,##0")
    check.number_format(f"B6:B7,F{FIRST}:F{last}", "0.0E+00;-0.0E+00;0")
    check.number_format(PLAIN, '"yes";;"not yet"')
    check.number_format(ARRAY, ";;;")  # the second of the two: only the headline reads it
    check.colour("A1:H1", "$B$5<>0", "bad")
    check.colour("A1:H1", f"AND($B$5=0,{CALCULATED})", "good")
    check.colour("A1:H1", f"AND($B$5=0,NOT({CALCULATED}))", "apart")
    check.colour(f"D{FIRST}:H{last}", f"$E{FIRST}<>0", "bad")
    check.colour(f"H{FIRST}:H{last}", f"AND($E{FIRST}=0,{CALCULATED})", "good")
    check.colour(f"H{FIRST}:H{last}", f"AND($E{FIRST}=0,NOT({CALCULATED}))", "apart")


_TOTALS = (("SUM(D", "D"), ("SUM(E", "E"), ("MAX(F", "F"))


def _region(check: Sheet, row: int, region: Region, stored: Sheet, compared: np.ndarray) -> None:
    here, ours = (f"{quoted(sheet.title)}!{region.rect}" for sheet in (region.sheet, stored))
    cells = _within(compared, region.rect)
    kinds = set(np.unique(_within(region.sheet.kind, region.rect)[cells]).tolist())
    agrees = agreement(here, ours, kinds)
    check.values(f"A{row}", [[region.sheet.title, str(region.rect), _joined(region.headings), int(cells.sum())]])
    check.array(f"E{row}", f"=SUM(IF(ISBLANK({ours}),0,1-({agrees})))")
    check.array(f"F{row}", largest(here, ours))
    rows = f"ROW({here})+0*ISBLANK({ours})"  # as many columns as the rest: not every program repeats a single one
    check.array(f"G{row}", f'=IF(E{row}=0,"",MIN(IF(ISBLANK({ours}),2^20,IF({agrees},2^20,{rows}))))')
    check[f"H{row}"] = _verdict(f"E{row}=0")
    for column, target in {"B": here, "D": ours}.items():
        check.link(f"{column}{row}", target)
        check.style(f"{column}{row}", "link")


def _verdict(condition: str) -> str:
    return f'=IF({condition},IF({CALCULATED},"{AGREES}","{WAITS}"),"differs")'


def _apart(check: Sheet, row: int, known: list[Known]) -> int:
    """Cells that LibreOffice is known to compute differently; returns the last row written."""
    check[f"A{row}"] = "Counted apart: known to differ in LibreOffice"
    check.style(f"A{row}", "label")
    check.values(f"A{row + 1}", [["sheet", "cell", "why", "sheetsim", "here", "relative", None, "verdict"]])
    check.style(f"A{row + 1}:H{row + 1}", "heading")
    first, last = row + 2, row + 1 + len(known)
    for at, cell in enumerate(known, first):
        name = cell_name(cell.row, cell.column)
        here = f"{quoted(cell.sheet.title)}!{name}"
        check.values(f"A{at}", [[cell.sheet.title, name, cell.reason, cell.sheet.value(cell.row, cell.column)]])
        check[f"E{at}"] = f"={here}"
        check[f"F{at}"] = f"=IFERROR(ABS(E{at}-D{at})/ABS(D{at}),1)"
        check[f"H{at}"] = _verdict(f"F{at}<=$B$7")
        check.link(f"B{at}", here)
        check.style(f"B{at}", "link")
    check.style(f"C{first}:C{last}", "prose")
    check.number_format(f"D{first}:E{last}", "0.0000E+00")
    check.number_format(f"F{first}:F{last}", "0.0E+00;-0.0E+00;0")
    check.colour(f"H{first}:H{last}", f'$H{first}="{AGREES}"', "good")
    check.colour(f"H{first}:H{last}", f'$H{first}<>"{AGREES}"', "apart")
    return last + 1


def _notes(check: Sheet, row: int, left_out: list[str]) -> None:
    lines = [
        "A click on a region shows it, one on its number of cells what sheetsim computed there.",
        "The last bits themselves cannot be compared by formulas; sheetsim check does that.",
        *left_out,
    ]
    for at, line in enumerate(lines, row):
        check[f"A{at}"] = line
        check.style(f"A{at}", "note")
    check.look.page = f"A1:H{row + len(lines) - 1}"
