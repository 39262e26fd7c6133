"""Numbers in other systems: of any base, and of the Romans."""

from __future__ import annotations

import numpy as np

from sheetsim.excel.arrays import Values, choose, common_shape, first_error, fitted, numbers, outcome, single
from sheetsim.excel.texts import each_once, text_values, texts_of
from sheetsim.functions.table import NEWER, Evidence, Gradient, function
from sheetsim.model.values import LOGICAL, NUM, VALUE

DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
LONGEST_NUMERAL = 255  # characters that BASE writes, and that DECIMAL and ARABIC read
ZERO = single(0)


def in_base(number: int, base: int) -> str:
    """A whole number from 0 on in digits of a base from 2 to 36.

    >>> in_base(255, 16), in_base(0, 2)
    ('FF', '0')
    """
    digits = DIGITS[number % base]
    while number >= base:
        number //= base
        digits = DIGITS[number % base] + digits
    return digits


def whole_lists(*arguments: Values) -> tuple[list[list[int]], tuple[int, ...], np.ndarray | None]:
    """The whole parts of each argument, element by element; the shape; and the errors of what is no number."""
    arguments = fitted(*arguments)
    shape = common_shape(*arguments)
    found = [numbers(v) for v in arguments]
    lists = [np.broadcast_to(np.floor(num), shape).ravel().tolist() for num, _ in found]
    errors = first_error(*(error for _, error in found))
    whole = [[int(x) for x in each] for each in lists]
    return whole, shape, None if errors is None else np.broadcast_to(errors, shape)


@function("BASE", "number, base, [length]", prefix=NEWER, gradient=Gradient.FLAT, evidence=Evidence.LIBREOFFICE)
def base_(number: Values, base: Values, length: Values = ZERO) -> Values:
    """A whole number in digits of a base from 2 to 36, with zeros in front up to a length."""
    (n, b, size), shape, errors = whole_lists(number, base, length)
    return _texts_or(NUM, each_once(_digits, n, b, size), shape, errors)


def _digits(number: int, base: int, length: int) -> str | None:
    if not (0 <= number < 2**53 and 2 <= base <= 36 and 0 <= length <= LONGEST_NUMERAL):
        return None
    return in_base(number, base).rjust(length, "0")


def _texts_or(code: int, texts: list[str | None], shape: tuple[int, ...], errors: np.ndarray | None) -> Values:
    """The texts, an error in place of None."""
    bad = np.array([text is None for text in texts]).reshape(shape)
    return text_values([text or "" for text in texts], shape, first_error(errors, np.where(bad, float(code), 0.0)))


@function("DECIMAL", "text, base", prefix=NEWER, gradient=Gradient.FLAT, evidence=Evidence.LIBREOFFICE)
def decimal(text: Values, base: Values) -> Values:
    """The number that a text means in a base from 2 to 36."""
    text, base = fitted(text, base)
    (bases,), shape, errors = whole_lists(base.broadcast(common_shape(text, base)))
    texts, wrong = texts_of(text.broadcast(shape))
    found = each_once(lambda digits, b: _read(digits.strip().upper(), b), texts, bases)
    return outcome(np.array(found).reshape(shape), first_error(wrong, errors))


def _read(digits: str, base: int) -> float:
    if not digits:
        return 0.0
    if not 2 <= base <= 36 or len(digits) > LONGEST_NUMERAL or not set(digits) <= set(DIGITS[:base]):
        return np.nan
    return float(int(digits, base))


# --- Roman numerals ---------------------------------------------------------------------------------------------------
SIGNS, WORTHS = "MDCLXVI", (1000, 500, 100, 50, 10, 5, 1)
LARGEST_ROMAN = 3999


def roman_numeral(number: int, form: int = 0) -> str:
    """A number from 0 to 3999. By the classic form 0 a sign is taken off the next two above it only, as in IX; each
    ``form`` up to 4 lets it be one further below, so that there are fewer signs.

    >>> [roman_numeral(499, form) for form in range(5)]
    ['CDXCIX', 'LDVLIV', 'XDIX', 'VDIV', 'ID']
    """
    found = ""
    for place in range(0, len(SIGNS), 2):
        digit = number // WORTHS[place]
        if digit % 5 == 4:
            from_, small = place - 1 if digit == 4 else place - 2, place
            while small - place < form and small < len(SIGNS) - 1 and WORTHS[from_] - WORTHS[small + 1] <= number:
                small += 1
            found += SIGNS[small] + SIGNS[from_]
            number -= WORTHS[from_] - WORTHS[small]
        else:
            found += (SIGNS[place - 1] if digit > 4 else "") + SIGNS[place] * (digit % 5)
            number %= WORTHS[place]
    return found


def roman_number(text: str) -> float:
    """What a Roman numeral is worth, NaN for what is none; a sign before a larger one is taken off it.

    >>> roman_number("MCMXCIV"), roman_number("-iv"), roman_number("")
    (1994.0, -4.0, 0.0)
    """
    signs = text.strip().upper()
    negative, signs = signs.startswith("-"), signs.removeprefix("-")
    if len(signs) > LONGEST_NUMERAL or not set(signs) <= set(SIGNS):
        return np.nan
    worths = [WORTHS[SIGNS.index(sign)] for sign in signs]
    total = sum(-one if one < after else one for one, after in zip(worths, [*worths[1:], 0], strict=False))
    return float(-total if negative else total)


@function("ROMAN", "number, [form]", gradient=Gradient.FLAT, evidence=Evidence.LIBREOFFICE)
def roman(number: Values, form: Values = ZERO) -> Values:
    """A number up to 3999 as a Roman numeral; forms 1 to 4, or FALSE, are ever more concise."""
    if form.has(LOGICAL):  # TRUE is the classic form, FALSE the simplest
        form = choose(form.kinds() == LOGICAL, Values(np.where(form.num == 0, 4.0, 0.0)), form)
    (n, f), shape, errors = whole_lists(number, form)
    return _texts_or(VALUE, each_once(_roman, n, f), shape, errors)


def _roman(number: int, form: int) -> str | None:
    return roman_numeral(number, form) if 0 <= number <= LARGEST_ROMAN and 0 <= form <= 4 else None


@function("ARABIC", "text", prefix=NEWER, gradient=Gradient.FLAT, evidence=Evidence.LIBREOFFICE)
def arabic(text: Values) -> Values:
    """The number that a Roman numeral means."""
    texts, errors = texts_of(text)
    found = np.array(each_once(roman_number, texts)).reshape(text.num.shape)
    return outcome(found, first_error(errors, np.where(np.isnan(found), float(VALUE), 0.0)))
