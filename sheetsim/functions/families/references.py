"""References as texts and texts as references: ADDRESS, INDIRECT, FORMULATEXT and their kin."""

from __future__ import annotations

import re
from typing import Any

import numpy as np

from sheetsim.excel.arrays import Values, choose, error_value, first_error, fitted, single, truths
from sheetsim.excel.texts import by_text, text_values, texts_of
from sheetsim.functions.families.text.answering import WRONG, Answer, answered
from sheetsim.functions.lifting import is_missing
from sheetsim.functions.places import Reference, References, off_sheet
from sheetsim.functions.table import NEWER, Evidence, Gradient, function
from sheetsim.model.address import column_name
from sheetsim.model.limits import MAX_COLUMNS, MAX_ROWS
from sheetsim.model.nodes import quoted
from sheetsim.model.values import ERROR, NA, REF

ONE, TRUE = single(1), single(True)


@function("ADDRESS", "row, column, [fixed], [a1], [sheet]", gradient=Gradient.FLAT, evidence=Evidence.LIBREOFFICE)
def address(row: Values, column: Values, fixed: Values = ONE, a1: Values = TRUE, sheet: Values | None = None) -> Values:
    """The reference to a cell as a text. Fixed are: 1 both row and column, 2 the row, 3 the column, 4 neither."""
    fixed, a1 = ONE if is_missing(fixed) else fixed, TRUE if is_missing(a1) else a1
    cell = answered(_address, "number number number truth", row, column, fixed, a1)
    if sheet is None or is_missing(sheet):
        return cell
    return answered(lambda where, title: f"{quoted(title) if title else ''}!{where}", "text text", cell, sheet)


def _address(row: float, column: float, fixed: float, a1: bool) -> Answer:
    row, column, fixed = int(row), int(column), int(fixed)
    if not (1 <= row <= MAX_ROWS and 1 <= column <= MAX_COLUMNS and 1 <= fixed <= 4):
        return WRONG
    row_fixed, column_fixed = fixed in (1, 2), fixed in (1, 3)
    if a1:
        return f"{'$' * column_fixed}{column_name(column - 1)}{'$' * row_fixed}{row}"
    return f"R{row if row_fixed else f'[{row}]'}C{column if column_fixed else f'[{column}]'}"


@function(
    "INDIRECT",
    "text: size, [a1]",
    context=True,
    gives_reference=True,
    gradient=Gradient.FLAT,
    evidence=Evidence.LIBREOFFICE,
)
def indirect(context: Any, text: Values, a1: Values = TRUE) -> Reference | References | Values:
    """The reference that a text names, known only when the text is: an address, or a name that stands for one."""
    if text.num.shape[2:] != (1, 1) or a1.num.shape[2:] != (1, 1):
        return References.of(lambda *one: indirect(context, *one), *fitted(text, a1))
    (texts, e1), (kept, e2) = texts_of(text), truths(a1)
    wrong = first_error(e1, e2)
    if wrong is not None:
        return error_value(int(wrong.max()))
    found = context.named(texts[0], bool(kept.flat[0]))
    return error_value(REF) if found is None else found


@function("FORMULATEXT", "reference: place", prefix=NEWER, gradient=Gradient.FLAT, evidence=Evidence.LIBREOFFICE)
def formulatext(ref: Reference | Values) -> Values:
    """The formula in a cell as a text; ``#N/A`` where there is none."""
    if not isinstance(ref, Reference):
        return ref.corner() if ref.only(ERROR) else error_value(NA)
    rows = ref.top + np.arange(ref.height).reshape(1, 1, -1, 1)
    columns = ref.left + np.arange(ref.width).reshape(1, 1, 1, -1)
    rows, columns = np.broadcast_arrays(rows, columns)
    pairs = zip(rows.ravel().tolist(), columns.ravel().tolist(), strict=True)
    texts = [ref.sheet.formula_text(row, column) if min(row, column) >= 0 else None for row, column in pairs]
    missing = np.array([float(NA) if text is None else 0.0 for text in texts]).reshape(rows.shape)
    off = np.broadcast_to(first_error(ref.errors, off_sheet(ref)), rows.shape)  # type: ignore[arg-type]
    return text_values([_typed(text or "") for text in texts], rows.shape, first_error(off, missing))


_PREFIX = re.compile(r"""("[^"]*"|'[^']*')|_xl(?:fn|ws|udf|pm)\.""", re.IGNORECASE)


def _typed(formula: str) -> str:
    """A formula without what only files write before the names of newer functions."""
    return _PREFIX.sub(lambda found: found[1] or "", formula)


@function("HYPERLINK", "link, [shown]", gradient=Gradient.FLAT, evidence=Evidence.LIBREOFFICE)
def hyperlink(link: Values, shown: Values | None = None) -> Values:
    """What a link shows: what is given for that, or else where it leads."""
    if shown is None:
        return by_text(str, link)
    link, shown = fitted(link, shown)
    return choose(link.kinds() == ERROR, link, shown)
