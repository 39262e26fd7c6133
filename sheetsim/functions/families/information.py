"""What is known of a value, a cell, a sheet, and of the program."""

from __future__ import annotations

from typing import Any

import numpy as np

from sheetsim.excel.arrays import Values, choose, error_value, first_error, judged, single, with_errors
from sheetsim.excel.texts import text_values, texts_of
from sheetsim.functions.families.logic import logical
from sheetsim.functions.families.mathematics.entering import no_logicals
from sheetsim.functions.lifting import same_everywhere
from sheetsim.functions.places import Areas, Reference, References, off_sheet, places_of
from sheetsim.functions.table import NEWER, Evidence, Gradient, function
from sheetsim.model.address import column_name
from sheetsim.model.values import (
    BLANK,
    ERROR,
    FUNCTION,
    LOGICAL,
    NA,
    NUMBER,
    TEXT,
    VALUE,
    Reason,
    reason_code,
)


def _enter_parity(name: str, remainder: int) -> None:
    about = f"Whether the whole part of a number is {'odd' if remainder else 'even'}."

    @function(name, "number", about=about, gradient=Gradient.FLAT, evidence=Evidence.LIBREOFFICE)
    def entered(v: Values) -> Values:
        return judged(lambda x: np.mod(np.trunc(x), 2.0) == remainder, no_logicals(v), kind=LOGICAL)


_enter_parity("ISEVEN", 0)
_enter_parity("ISODD", 1)


@function("N", "value", gradient=Gradient.SHARED, evidence=Evidence.LIBREOFFICE)
def number_of(v: Values) -> Values:
    """A number as it is, a logical as 1 or 0, an error as it is, and anything else as 0."""
    counts = (v.kinds() == NUMBER) | (v.kinds() == LOGICAL) | (v.kinds() == ERROR)
    kind = np.where(v.kinds() == ERROR, np.uint8(ERROR), np.uint8(NUMBER))
    return v.of(v.backend.where(counts, v.num, 0.0), kind)


TYPES = {BLANK: 1, NUMBER: 1, TEXT: 2, LOGICAL: 4, ERROR: 16}
ARRAY_TYPE = 64


@function("TYPE", "value: range", gradient=Gradient.FLAT, evidence=Evidence.LIBREOFFICE)
def type_(v: Values) -> Values:
    """The kind of a value: 1 a number, 2 a text, 4 a logical, 16 an error, 64 an array."""
    if v.num.shape[2:] != (1, 1):
        return single(ARRAY_TYPE)
    return Values(np.array([float(TYPES[kind]) for kind in range(len(TYPES))])[v.kinds()])


@function("ERROR.TYPE", "value", gradient=Gradient.FLAT, evidence=Evidence.LIBREOFFICE)
def error_type(v: Values) -> Values:
    """The number of an error, from 1 for ``#NULL!`` to 7 for ``#N/A`` and on; ``#N/A`` for what is none."""
    wrong = np.asarray(v.kinds() == ERROR)  # the codes of ``values.ERRORS`` are these numbers
    return with_errors(Values(v.num), np.where(wrong, 0.0, float(NA)))


# --- of places --------------------------------------------------------------------------------------------------------
@function("ISREF", "value: place", gradient=Gradient.FLAT, evidence=Evidence.LIBREOFFICE)
def isref(v: Reference | References | Values) -> Values:
    """Whether the value is a reference."""
    if isinstance(v, Areas):
        return single(all(isinstance(area, Reference) for area in v.areas))
    if not isinstance(v, Reference):
        return single(isinstance(v, References))
    errors = first_error(v.errors, off_sheet(v))
    return logical(np.asarray(errors == 0))


@function("ISFORMULA", "reference: place", prefix=NEWER, gradient=Gradient.FLAT, evidence=Evidence.LIBREOFFICE)
def isformula(ref: Reference | Values) -> Values:
    """Whether a cell holds a formula."""
    if not isinstance(ref, Reference):
        return ref.corner() if ref.only(ERROR) else error_value(VALUE)
    rows = ref.top + np.arange(ref.height).reshape(1, 1, -1, 1)
    columns = ref.left + np.arange(ref.width).reshape(1, 1, 1, -1)
    height, width = ref.sheet.formula_numbers.shape
    inside = (rows >= 0) & (rows < height) & (columns >= 0) & (columns < width)
    held = ref.sheet.computed()[np.where(inside, rows, 0), np.where(inside, columns, 0)] if inside.any() else inside
    return logical(held & inside, first_error(ref.errors, off_sheet(ref)))


@function("SHEET", "[value: place]", prefix=NEWER, context=True, gradient=Gradient.FLAT, evidence=Evidence.LIBREOFFICE)
def sheet_number(context: Any, v: Reference | Values | None = None) -> Values:
    """The number of a sheet: of its name, of a reference, or of the formula's own."""
    titles = [sheet.title.casefold() for sheet in context.book.sheets]
    if v is None:
        return single(titles.index(context.block.sheet.title.casefold()) + 1)
    v = places_of(v)[0]  # of Jan:Mar!A1 that of the first
    if isinstance(v, Reference):
        return with_errors(single(titles.index(v.sheet.title.casefold()) + 1), first_error(v.errors, off_sheet(v)))
    texts, errors = texts_of(v)
    found = np.array([titles.index(text.casefold()) + 1 if text.casefold() in titles else 0 for text in texts], float)
    found = found.reshape(v.num.shape)
    return with_errors(Values(found), first_error(errors, np.where(found == 0, float(NA), 0.0)))


@function(
    "SHEETS", "[reference: place]", prefix=NEWER, context=True, gradient=Gradient.FLAT, evidence=Evidence.LIBREOFFICE
)
def sheets(context: Any, ref: Reference | Values | None = None) -> Values:
    """How many sheets the workbook has, or a reference."""
    if ref is None:
        return single(len(context.book.sheets))
    areas = places_of(ref)
    if all(isinstance(area, Reference) for area in areas):
        found = len({area.sheet.title for area in areas})
        return with_errors(single(found), first_error(*(area.errors for area in areas)))
    assert isinstance(ref, Values)
    return ref.corner() if ref.only(ERROR) else error_value(VALUE)


@function("CELL", "what, [reference: place]", context=True, gradient=Gradient.FLAT, evidence=Evidence.LIBREOFFICE)
def cell(context: Any, what: Values, ref: Reference | Values | None = None) -> Values:
    """What is asked of the first cell of a reference: its ``address``, ``col``, ``row``, ``contents`` or ``type``. What
    depends on looks, or on the machine, is unsupported."""
    if ref is not None and not isinstance(ref, Reference):
        return ref.corner() if ref.only(ERROR) else error_value(VALUE)
    words, errors = texts_of(what)
    if errors is not None or not same_everywhere(what):
        return what.corner() if errors is not None else error_value(VALUE)
    if ref is None:  # of the cell that was changed last
        known = words[0].casefold() in {*OF_CELL, *OF_LOOKS}
        return _unsupported(context, "CELL without a reference") if known else error_value(VALUE)
    first = Reference(ref.sheet, ref.top, ref.left, 1, 1, ref.errors)
    asked = OF_CELL.get(words[0].casefold())
    if asked is None:
        word = words[0].casefold()
        return _unsupported(context, f'CELL("{word}")') if word in OF_LOOKS else error_value(VALUE)
    return with_errors(asked(context, first), first_error(ref.errors, off_sheet(ref)))


def _unsupported(context: Any, what: str) -> Values:
    """The value of what is not known here, with its reason."""
    context.run.lacking = True
    return error_value(reason_code(Reason(FUNCTION, what, context.block.where())))


def _address(context: Any, ref: Reference) -> Values:
    sheet = "" if ref.sheet is context.block.sheet else f"{_quoted(ref.sheet.title)}!"
    top, left = np.broadcast_arrays(ref.top, ref.left)
    pairs = zip(top.ravel().tolist(), left.ravel().tolist(), strict=True)
    return text_values([f"{sheet}${column_name(max(c, 0))}${r + 1}" for r, c in pairs], top.shape)


def _quoted(title: str) -> str:
    return title if title.isidentifier() else "'" + title.replace("'", "''") + "'"


def _contents(context: Any, ref: Reference) -> Values:
    found = context.read(ref)
    return choose(found.kinds() == BLANK, single(0), found)


def _letter(context: Any, ref: Reference) -> Values:
    kinds = context.read(ref).kinds()
    letters = ["b" if kind == BLANK else "l" if kind == TEXT else "v" for kind in kinds.ravel().tolist()]
    return text_values(letters, kinds.shape)


OF_CELL = {
    "address": _address,
    "col": lambda context, ref: Values(ref.left + 1.0),
    "row": lambda context, ref: Values(ref.top + 1.0),
    "contents": _contents,
    "type": _letter,
}
OF_LOOKS = {"color", "filename", "format", "parentheses", "prefix", "protect", "width"}


@function("INFO", "what", context=True, gradient=Gradient.FLAT, evidence=Evidence.DOCUMENTED)
def info(context: Any, what: Values) -> Values:
    """What is asked of the program: ``numfile``, how many sheets there are, or ``recalc``. What depends on the machine
    is unsupported."""
    words, errors = texts_of(what)
    known: dict[str, Any] = {"numfile": len(context.book.sheets), "recalc": "Automatic", "origin": "$A:$A$1"}
    word = words[0].casefold()
    if errors is None and word in OF_MACHINE:
        return _unsupported(context, f'INFO("{word}")')
    return with_errors(single(known[word]) if word in known else error_value(VALUE), errors)


OF_MACHINE = {"directory", "osversion", "release", "system"}
