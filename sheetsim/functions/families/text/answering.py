"""How a function of texts answers: in plain Python, once for each row of arguments that differs from the others."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from sheetsim.excel.arithmetic import Array
from sheetsim.excel.arrays import Values, common_shape, first_error, fitted, numbers, truths, uniform, with_errors
from sheetsim.excel.texts import each_once, texts_of, units
from sheetsim.functions.families.mathematics.entering import enter
from sheetsim.functions.table import Evidence, Gradient
from sheetsim.model.limits import LONGEST_TEXT
from sheetsim.model.values import ExcelError, encode

WRONG, MISSING, NO_NUMBER = ExcelError("#VALUE!"), ExcelError("#N/A"), ExcelError("#NUM!")
FARTHEST = LONGEST_TEXT + 1  # a place or a count beyond it is as good as any other
Answer = str | float | bool | ExcelError
Rule = Callable[..., Answer]


def _texts(v: Values) -> tuple[Sequence[Any], Array | None]:
    return texts_of(v)


def _whole(v: Values) -> tuple[Sequence[Any], Array | None]:
    num, errors = numbers(v)
    return np.trunc(np.clip(num, -FARTHEST, FARTHEST)).astype(int).ravel().tolist(), errors


def _plain(v: Values) -> tuple[Sequence[Any], Array | None]:
    num, errors = numbers(v)
    return np.asarray(num).ravel().tolist(), errors


def _truths(v: Values) -> tuple[Sequence[Any], Array | None]:
    held, errors = truths(v)
    return held.ravel().tolist(), errors


READ = {"text": _texts, "whole": _whole, "number": _plain, "truth": _truths}


def answered(rule: Rule, reads: str, *arguments: Values) -> Values:
    """The rule on each element of the arguments, read as the words of ``reads`` say: a ``text``, a ``whole`` number
    (its fraction cut off), a ``number``, or a ``truth``. It gives a text, a number, a logical or an ExcelError; the
    leftmost error of the arguments goes through, and a text that is too long is ``#VALUE!``."""
    arguments = fitted(*arguments)
    shape = common_shape(*arguments)
    words = reads.split()[: len(arguments)]
    columns, errors = zip(*(READ[w](v.broadcast(shape)) for w, v in zip(words, arguments, strict=True)), strict=True)
    pairs = [encode(_short(answer)) for answer in each_once(rule, *columns)]
    num = np.array([pair[0] for pair in pairs], np.float64).reshape(shape)
    kind = np.array([pair[1] for pair in pairs], np.uint8).reshape(shape)
    return with_errors(Values(num, uniform(kind)), first_error(*errors))


def _short(answer: Answer) -> Answer:
    if isinstance(answer, str) and len(answer) * 2 > LONGEST_TEXT and units(answer) > LONGEST_TEXT:
        return WRONG
    return answer


def of_texts(module: str, name: str, takes: str, reads: str, rule: Rule, about: str, **known: Any) -> None:
    """A function of the family that ``module`` is, whose rule works on single Python values; arguments that are left
    out at the end are so for the rule, too."""

    def entered(*arguments: Values) -> Values:
        return answered(rule, reads, *arguments)

    stated = {"gradient": Gradient.FLAT, "evidence": Evidence.LIBREOFFICE, **known}
    enter(module, name, takes, entered, about=about, **stated)
