"""The sheet of a self-check: its formulas, and how it looks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np

from sheetsim.model.address import Rect, cell_name
from sheetsim.model.nodes import quoted
from sheetsim.model.sheet import Sheet
from sheetsim.model.values import ERROR, LOGICAL, NUMBER, TEXT
from sheetsim.study.self_check.regions import Known, Region

TOLERANCE = 1e-10
FIRST = 11  # the row of the first region
LONGEST_HEADING = 44
NOT_YET = "Not calculated by this program yet"
RELATIVE = "[=0]0;[<0.001]0.0E+00;#,##0.000"
PLAIN, ARRAY = "B8", "C8"  # 1 once the program has computed formulas and array formulas; stored as 0
CALCULATED = "AND($B$8=1,$C$8=1)"
AGREES, WAITS = "agrees", "not yet"  # a region's verdict
HOW_TO = "In LibreOffice press Ctrl+Shift+F9, in Excel click Enable Editing."
CHANGED = "Did you change an input? Then what depends on it differs, as it should: the stored values do not follow."

Masks = dict[str, np.ndarray]  # sheet → which cells


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
def write(
    check: Sheet,
    regions: list[Region],
    stored: dict[str, Sheet],
    compared: Masks,
    known: list[Known],
    left_out: dict[str, Masks],
) -> None:
    """Fills the empty sheet ``check``: headlines, a line a region, what rounds differently, what is left out.

    ``stored`` has, for each sheet, the one that keeps what was computed; ``compared`` and ``left_out`` (reason → mask
    by sheet) which cells.
    """
    last = FIRST + len(regions) - 1
    _headlines(check, last, len(known))
    without = sum(int(mask.sum()) for masks in left_out.values() for mask in masks.values())
    if without:
        check["C4"] = f"{without:,} more are not: why, see below"
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
    more = f'&IF({apart}>0,"; "&{apart}&IF({apart}=1," more does not"," more do not")&", as known","")' if known else ""
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
    check.style("A2,C4,C7", "note")
    check.style("A4:A8", "label")
    check.style(f"B4:B6,{PLAIN}", "result")
    check.style("B7", "parameter")
    check.style(f"A{FIRST - 1}:H{FIRST - 1}", "heading")
    check.number_format(f"B4:B5,D{FIRST}:E{last}", "#,##0")
    check.number_format(f"B6:B7,F{FIRST}:F{last}", RELATIVE)
    check.number_format(PLAIN, '"yes";;"not yet"')
    check.number_format(ARRAY, ";;;")  # the second of the two: only the headline reads it
    check.colour("A1:H1", "$B$5<>0", "bad")
    check.colour("A1:H1", f"AND($B$5=0,{CALCULATED})", "good")
    check.colour("A1:H1", f"AND($B$5=0,NOT({CALCULATED}))", "apart")
    check.colour(f"D{FIRST}:G{last}", f"$E{FIRST}<>0", "bad")
    check.colour(f"H{FIRST}:H{last}", f"$E{FIRST}<>0", "bad")  # the rules of a cell have one range, for all programs
    check.colour(f"H{FIRST}:H{last}", f"AND($E{FIRST}=0,{CALCULATED})", "good")
    check.colour(f"H{FIRST}:H{last}", f"AND($E{FIRST}=0,NOT({CALCULATED}))", "apart")


_TOTALS = (("SUM(D", "D"), ("SUM(E", "E"), ("MAX(F", "F"))


def _region(check: Sheet, row: int, region: Region, stored: Sheet, compared: np.ndarray) -> None:
    here, ours = (f"{quoted(sheet.title)}!{region.rect}" for sheet in (region.sheet, stored))
    cells = compared[region.rect.slices]
    kinds = set(np.unique(region.sheet.kind[region.rect.slices][cells]).tolist())
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
    check.number_format(f"F{first}:F{last}", RELATIVE)
    check.colour(f"H{first}:H{last}", f'$H{first}="{AGREES}"', "good")
    check.colour(f"H{first}:H{last}", f'$H{first}<>"{AGREES}"', "apart")
    return last + 1


def _left_out(why: str, masks: Masks) -> Iterator[str]:
    """Lines on cells that are not compared: for each sheet how many, and the rectangle around them."""
    found = {title: np.nonzero(mask) for title, mask in masks.items() if mask.any()}
    if found:
        yield f"Left out, since {why}:"
    for title, (rows, columns) in found.items():
        around = Rect(int(rows.min()), int(columns.min()), int(rows.max()), int(columns.max()))
        yield f"    {len(rows):,} cells in {quoted(title)}!{around}"


def _notes(check: Sheet, row: int, left_out: dict[str, Masks]) -> None:
    lines = [
        "A click on a region shows it, one on its number of cells what sheetsim computed there.",
        "The last bits themselves cannot be compared by formulas; sheetsim check does that.",
        *(line for why, masks in left_out.items() for line in _left_out(why, masks)),
    ]
    for at, line in enumerate(lines, row):
        check[f"A{at}"] = line
        check.style(f"A{at}", "note")
    check.look.page = f"A1:H{row + len(lines) - 1}"


def _joined(headings: Iterable[str]) -> str:
    text = ", ".join(" ".join(each.split()) for each in headings)
    return text if len(text) <= LONGEST_HEADING else f"{text[: LONGEST_HEADING - 2].rstrip(', ')} …"
