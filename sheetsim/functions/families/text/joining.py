"""Texts one after the other."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial, reduce

import numpy as np

from sheetsim.excel.arithmetic import Array
from sheetsim.excel.arrays import Values, first_error, single, truths, with_errors
from sheetsim.excel.texts import by_text, text_values, texts_of
from sheetsim.functions.families.text.answering import WRONG, Answer, of_texts
from sheetsim.functions.lifting import is_missing
from sheetsim.functions.table import NEWER, Evidence, Gradient, function
from sheetsim.model.limits import LONGEST_TEXT


def concatenate(a: Values, b: Values) -> Values:
    """``a & b``: numbers become texts as Excel shows them, the leftmost error goes through."""
    return by_text(lambda x, y: x + y, a, b)


@function("CONCATENATE", "text…", gradient=Gradient.FLAT, evidence=Evidence.LIBREOFFICE)
def joined(*arguments: Values) -> Values:
    """The texts one after the other."""
    return reduce(concatenate, arguments, single(""))


@function("CONCAT", "text: range…", prefix=NEWER, gradient=Gradient.FLAT, evidence=Evidence.LIBREOFFICE)
def concat(*arguments: Values) -> Values:
    """The texts of all cells, one argument after the other, each row by row; the first error among them, if any."""
    block = np.broadcast_shapes(*(v.num.shape[:2] for v in arguments))
    pieces, errors = _in_rows(block, arguments)
    return text_values([_end_to_end(cells) for cells in pieces], (*block, 1, 1), errors)


def _in_rows(block: tuple[int, ...], arguments: Iterable[Values]) -> tuple[Array, Array]:
    """All texts that each cell of a block is given, a row of an array for each; and the first error of each row, of
    shape (rows, columns, 1, 1)."""
    found, errors = [], []
    for v in arguments:
        texts, wrong = texts_of(v.broadcast((*block, *v.num.shape[2:])))
        found.append(np.array(texts, dtype=object).reshape(*block, -1))
        errors.append(np.zeros(found[-1].shape) if wrong is None else wrong.reshape(*block, -1))
    pieces, codes = np.concatenate(found, axis=-1), np.concatenate(errors, axis=-1)
    first = np.take_along_axis(codes, (codes != 0).argmax(axis=-1)[..., None], axis=-1)
    return pieces.reshape(-1, pieces.shape[-1]), first[..., None]


def _end_to_end(texts: Iterable[str]) -> str:
    """The texts one after the other, or so much of them that it is too long."""
    found, size = [], 0
    for text in texts:
        found.append(text)
        size += len(text)
        if size > LONGEST_TEXT:
            break
    return "".join(found)


@function(
    "TEXTJOIN",
    "between: range, skip_empty, text: range…",
    prefix=NEWER,
    gradient=Gradient.FLAT,
    evidence=Evidence.LIBREOFFICE,
)
def textjoin(between: Values, skip_empty: Values, *arguments: Values) -> Values:
    """The texts of all cells with another text between them, or several that take turns; empty ones are skipped if that
    is asked."""
    skips, wrong = truths(single(True) if is_missing(skip_empty) else skip_empty.corner())
    block = np.broadcast_shapes(*(v.num.shape[:2] for v in (between, skip_empty, *arguments)))
    pieces, errors = _in_rows(block, arguments)
    parting, parting_errors = _in_rows(block, [between])
    held = np.broadcast_to(skips, (*block, 1, 1)).ravel().tolist()
    joined = [_joined(*row) for row in zip(parting, held, pieces, strict=True)]
    found = text_values(joined, (*block, 1, 1))
    return with_errors(found, first_error(parting_errors, wrong, errors))


def _joined(between: Array, skip_empty: bool, pieces: Array) -> str:
    kept = [text for text in pieces if text or not skip_empty]
    turns = len(between)
    parted = (part for k, text in enumerate(kept) for part in ([between[(k - 1) % turns], text] if k else [text]))
    return _end_to_end(parted)


def _repeated(text: str, count: int) -> Answer:
    return WRONG if count < 0 or len(text) * count > LONGEST_TEXT else text * count


partial(of_texts, __name__)("REPT", "text, count", "text whole", _repeated, "The text so many times.")
