"""Texts parted where a delimiter stands: before it, behind it, or into all the pieces."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache

import numpy as np

from sheetsim.excel.arrays import Values, choose, error_value, first_error, numbers, single, truths, with_errors
from sheetsim.excel.texts import text_values, texts_of
from sheetsim.functions.families.text.answering import FARTHEST
from sheetsim.functions.lifting import each_cell, is_missing
from sheetsim.functions.table import NEWER, Gradient, function
from sheetsim.model.values import NA, VALUE

Spans = list[tuple[int, int]]  # where delimiters stand in a text: from, and up to
ONE, ZERO, NONE = single(1), single(0), single(None)


@lru_cache(maxsize=1024)
def _expression(delimiters: tuple[str, ...], any_case: bool) -> re.Pattern[str]:
    """Any of some delimiters, a longer one before one that it begins with."""
    ordered = sorted(filter(None, delimiters), key=len, reverse=True)
    return re.compile("|".join(map(re.escape, ordered)), re.IGNORECASE if any_case else 0)


def _spans(text: str, delimiters: tuple[str, ...], any_case: bool) -> Spans:
    if not any(delimiters):
        return []
    return [found.span() for found in _expression(delimiters, any_case).finditer(text)]


def _nth(text: str, delimiters: tuple[str, ...], which: int, any_case: bool, at_end: bool) -> tuple[int, int] | None:
    """The delimiter of a number, from the end if it is negative; None if there are fewer. ``at_end``: the end of the
    text counts as one (its beginning, counted from the end)."""
    if not all(delimiters):  # an empty one stands at once
        return (0, 0) if which > 0 else (len(text), len(text))
    spans = _spans(text, delimiters, any_case)
    if at_end:
        spans = [*spans, (len(text), len(text))] if which > 0 else [(0, 0), *spans]
    place = which - 1 if which > 0 else len(spans) + which
    return spans[place] if 0 <= place < len(spans) else None


Cut = Callable[[str, tuple[int, int]], str]


def _enter(name: str, cut: Cut, about: str) -> None:
    @function(
        name,
        "text, delimiter: range, [which], [any_case], [at_end], [otherwise: same]",
        prefix=NEWER,
        about=about,
        gradient=Gradient.FLAT,
    )
    def entered(
        text: Values,
        delimiter: Values,
        which: Values = ONE,
        any_case: Values = ZERO,
        at_end: Values = ZERO,
        otherwise: Values | None = None,
    ) -> Values:
        which = ONE if is_missing(which) else which
        otherwise = error_value(NA) if otherwise is None or is_missing(otherwise) else otherwise
        return each_cell(lambda *one: _cut_out(cut, *one), text, delimiter, which, any_case, at_end, otherwise)


def _cut_out(
    cut: Cut, text: Values, delimiter: Values, which: Values, any_case: Values, at_end: Values, otherwise: Values
) -> Values:
    """One cell's answer."""
    (texts, e1), (delimiters, e2) = texts_of(text), texts_of(delimiter)
    (number, e3), (cases, e4), (ends, e5) = numbers(which), truths(any_case), truths(at_end)
    first = e2 if e2 is None else np.array(e2[e2 != 0].flat[0]).reshape(1, 1, 1, 1)
    count = int(np.clip(np.trunc(number.flat[0]), -FARTHEST, FARTHEST))
    errors = first_error(e1, first, e3, e4, e5, np.full((1, 1, 1, 1), float(VALUE) if count == 0 else 0.0))
    span = _nth(texts[0], tuple(delimiters), count, bool(cases.flat[0]), bool(ends.flat[0])) if count else None
    found = otherwise if span is None else single(cut(texts[0], span))
    return with_errors(found, errors)


_enter("TEXTBEFORE", lambda text, span: text[: span[0]], "What stands in a text before a delimiter.")
_enter("TEXTAFTER", lambda text, span: text[span[1] :], "What stands in a text behind a delimiter.")


@function(
    "TEXTSPLIT",
    "text, columns: range, [rows: range], [skip_empty], [any_case], [pad]",
    prefix=NEWER,
    gradient=Gradient.FLAT,
)
def textsplit(
    text: Values,
    columns: Values,
    rows: Values = NONE,
    skip_empty: Values = ZERO,
    any_case: Values = ZERO,
    pad: Values | None = None,
) -> Values:
    """The pieces of a text between delimiters, side by side, and below one another for a second delimiter."""
    pad = error_value(NA) if pad is None or is_missing(pad) else pad
    return each_cell(_split, text, columns, rows, skip_empty, any_case, pad)


def _split(text: Values, columns: Values, rows: Values, skip_empty: Values, any_case: Values, pad: Values) -> Values:
    """One cell's pieces."""
    (texts, e1), (across, e2), (down, e3) = texts_of(text), texts_of(columns), texts_of(rows)
    (skips, e4), (cases, e5) = truths(skip_empty), truths(any_case)
    wrong = [e[e != 0].flat[0] for e in (e1, e2, e3, e4, e5) if e is not None]
    across, down = ([] if is_missing(v) else given for v, given in ((columns, across), (rows, down)))
    if wrong or not (across or down) or not all([*across, *down]):
        return error_value(int(wrong[0]) if wrong else VALUE)
    skip, any_case_ = bool(skips.flat[0]), bool(cases.flat[0])
    lines = [_pieces(line, across, skip, any_case_) for line in _pieces(texts[0], down, skip, any_case_)]
    width = max((len(line) for line in lines), default=0)
    if not width:
        return error_value(VALUE)
    held = np.array([[k < len(line) for k in range(width)] for line in lines])[None, None]
    flat = [line[k] if k < len(line) else "" for line in lines for k in range(width)]
    return choose(held, text_values(flat, (1, 1, len(lines), width)), pad)


def _pieces(text: str, delimiters: list[str], skip: bool, any_case: bool) -> list[str]:
    spans = _spans(text, tuple(delimiters), any_case)
    starts, ends = [0, *(end for _, end in spans)], [*(start for start, _ in spans), len(text)]
    found = [text[start:end] for start, end in zip(starts, ends, strict=True)]
    return [piece for piece in found if piece or not skip]
