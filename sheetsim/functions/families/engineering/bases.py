"""Whole numbers in binary, octal and hexadecimal digits, ten at most; the first of ten says the sign."""

from __future__ import annotations

import numpy as np

from sheetsim.excel.arrays import Values, common_shape, first_error, fitted, numbers, outcome
from sheetsim.excel.texts import each_once, text_values, texts_of
from sheetsim.functions.families.mathematics.entering import no_logicals
from sheetsim.functions.families.mathematics.numerals import DIGITS, in_base
from sheetsim.functions.lifting import is_missing
from sheetsim.functions.table import Evidence, Gradient, function
from sheetsim.model.values import NUM

LONGEST = 10  # digits
BASES = {"BIN": 2, "OCT": 8, "HEX": 16}
NAMES = {"BIN": "binary", "OCT": "octal", "HEX": "hexadecimal", "DEC": "decimal"}


def read_digits(digits: str, base: int) -> int | None:
    """What digits are worth; of ten digits the first counts negatively. None for what are no such digits.

    >>> read_digits("1100", 2), read_digits("1111111111", 2), read_digits("FFFFFFFFFE", 16), read_digits("2", 2)
    (12, -1, -2, None)
    """
    digits = digits.upper()
    if len(digits) > LONGEST or not set(digits) <= set(DIGITS[:base]):
        return None
    number, whole = int(digits or "0", base), base**LONGEST
    return number - whole if 2 * number >= whole else number


def written(number: int | None, base: int, places: int | None = None) -> str | None:
    """The digits of a number, with zeros in front up to so many places; ten of a negative one. None where they are too
    many, and for None.

    >>> written(9, 2, 6), written(-100, 2), written(512, 2)
    ('001001', '1110011100', None)
    """
    whole = base**LONGEST
    if number is None or not -whole // 2 <= number < whole // 2 or not (places is None or 1 <= places <= LONGEST):
        return None
    if number < 0:
        return in_base(number + whole, base)
    digits = in_base(number, base)
    if places is None:
        return digits
    return digits.rjust(places, "0") if len(digits) <= places else None


def _as_number(source: str) -> None:
    about = f"The number that {NAMES[source]} digits mean."

    @function(f"{source}2DEC", "digits", about=about, gradient=Gradient.FLAT, evidence=Evidence.LIBREOFFICE)
    def to_number(v: Values) -> Values:
        shape = v.num.shape
        found, errors = _digits(v, shape, BASES[source])
        return outcome(np.array([np.nan if x is None else x for x in found], np.float64).reshape(shape), errors)


def _as_digits(source: str, target: str) -> None:
    about = f"{NAMES[source].capitalize()} digits as {NAMES[target]} ones."
    about = f"A number in {NAMES[target]} digits." if source == "DEC" else about
    takes = "number, [places]" if source == "DEC" else "digits, [places]"

    @function(f"{source}2{target}", takes, about=about, gradient=Gradient.FLAT, evidence=Evidence.LIBREOFFICE)
    def to_digits(v: Values, places: Values | None = None) -> Values:
        v, *rest = fitted(v, *([] if places is None or is_missing(places) else [no_logicals(places)]))
        lengths, wrong, shape = _places(v, *rest)
        worths, errors = _decimal(v, shape) if source == "DEC" else _digits(v, shape, BASES[source])
        texts = each_once(lambda worth, length: written(worth, BASES[target], length), worths, lengths)
        bad = np.array([text is None for text in texts]).reshape(shape)
        errors = first_error(errors, wrong, np.where(bad, float(NUM), 0.0))
        return text_values([text or "" for text in texts], shape, errors)


def _places(v: Values, *given: Values) -> tuple[list[int | None], np.ndarray | None, tuple[int, ...]]:
    shape = common_shape(v, *given)
    if not given:
        return [None] * int(np.prod(shape)), None, shape
    num, errors = numbers(given[0])
    lengths = np.clip(np.broadcast_to(num, shape), -1, LONGEST + 1).ravel().astype(int).tolist()
    return lengths, None if errors is None else np.broadcast_to(errors, shape), shape


def _decimal(v: Values, shape: tuple[int, ...]) -> tuple[list[int | None], np.ndarray | None]:
    num, errors = numbers(no_logicals(v))
    errors = None if errors is None else np.broadcast_to(errors, shape)
    return [int(x) for x in np.broadcast_to(num, shape).ravel().tolist()], errors


def _digits(v: Values, shape: tuple[int, ...], base: int) -> tuple[list[int | None], np.ndarray | None]:
    texts, errors = texts_of(no_logicals(v).broadcast(shape))
    return each_once(lambda text: read_digits(text, base), texts), errors


for one in BASES:
    _as_number(one)
    _as_digits("DEC", one)
    for other in BASES:
        if other != one:
            _as_digits(one, other)
