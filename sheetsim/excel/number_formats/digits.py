"""The sections that show digits: places before and after a point, thousands, percents, exponents and fractions."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from sheetsim.excel.number_formats.general import decimal, rounded
from sheetsim.excel.number_formats.sections import BadFormat, Token

EMPTY = {"0": "0", "#": "", "?": " "}  # what a place shows that has no digit
THOUSAND = 3  # digits between two commas


def in_digits(tokens: list[Token], size: float) -> tuple[str, bool]:
    """A number that is not negative, and whether nothing of it is seen but zeros.

    >>> in_digits([Token("digit", "0"), Token("percent", "%")], 0.5), in_digits([Token("text", "x")], 0.5)
    (('50%', False), ('x', False))
    """
    kinds = [token.kind for token in tokens]
    if "digit" not in kinds:
        if "point" in kinds:
            raise BadFormat("a point without digits")
        return "".join(token.text for token in tokens), False
    number = decimal(size)
    number = number.scaleb(2 * kinds.count("percent"))
    if "exponent" in kinds:
        return _with_exponent(tokens, kinds.index("exponent"), number)
    slash = _fraction_bar(kinds)
    return _as_fraction(tokens, slash, number) if slash else _plain(tokens, number)


def _fraction_bar(kinds: list[str]) -> int:
    """Where a slash stands that has digits before it and behind; 0 for none."""
    for place, kind in enumerate(kinds):
        if kind == "slash" and "digit" in kinds[:place] and "point" not in kinds:
            return place
    return 0


# --- places before and after a point ----------------------------------------------------------------------------------
def _plain(tokens: list[Token], number: Decimal) -> tuple[str, bool]:
    digits = [place for place, token in enumerate(tokens) if token.kind == "digit"]
    point = next((place for place, token in enumerate(tokens) if token.kind == "point"), None)
    before = [place for place in digits if point is None or place < point]
    after = [place for place in digits if point is not None and place > point]
    grouped, scaled = _commas(tokens, before, point)
    number = rounded(number.scaleb(-THOUSAND * scaled), len(after))
    whole, _, rest = f"{number:f}".partition(".")
    shown = _before_the_point(tokens, before, whole.lstrip("0"), grouped) | _after_it(tokens, after, rest)
    if point is not None:
        ahead = shown.get(point, "")
        shown[point] = ahead if before else whole.lstrip("0")
        shown[point] += "."
    pieces = [shown.get(place, "" if token.kind == "comma" else token.text) for place, token in enumerate(tokens)]
    return "".join(pieces), not number


def _commas(tokens: list[Token], before: list[int], point: int | None) -> tuple[bool, int]:
    """Whether thousands are parted, as by a comma between digits, and how many commas stand behind the last of them, or
    before the point: each divides by a thousand."""
    commas = [place for place, token in enumerate(tokens) if token.kind == "comma"]
    grouped = bool(before) and any(before[0] < comma < before[-1] for comma in commas)
    digits = [place for place, token in enumerate(tokens) if token.kind == "digit"]
    return grouped, sum(comma > digits[-1] or (bool(before) and before[-1] < comma < (point or 0)) for comma in commas)


def _before_the_point(tokens: list[Token], places: list[int], whole: str, grouped: bool) -> dict[int, str]:
    """What each place shows: digits from the right, the first place all that are left."""
    shown: dict[int, str] = {}
    for count, place in enumerate(reversed(places)):
        last = count == len(places) - 1
        own = whole[: len(whole) - count] if last else whole[len(whole) - count - 1 : len(whole) - count]
        if count >= len(whole):
            own = EMPTY[tokens[place].text]
        if grouped and own:
            first = count + len(own) - 1  # the place of its first digit, counted from the point
            signs = (
                sign + ("," if sign != " " else " ") if at and at % THOUSAND == 0 else sign
                for at, sign in zip(range(first, count - 1, -1), own, strict=True)
            )
            own = "".join(signs)
        shown[place] = own
    return shown


def _after_it(tokens: list[Token], places: list[int], digits: str) -> dict[int, str]:
    """Digits from the left; a zero at the end is shown where it must be."""
    seen = len(digits.rstrip("0"))
    return {place: digits[count] if count < seen else EMPTY[tokens[place].text] for count, place in enumerate(places)}


# --- exponents --------------------------------------------------------------------------------------------------------
def _with_exponent(tokens: list[Token], at: int, number: Decimal) -> tuple[str, bool]:
    mantissa, power = tokens[:at], tokens[at + 1 :]
    point = next((place for place, token in enumerate(mantissa) if token.kind == "point"), at)
    step = max(sum(token.kind == "digit" for token in mantissa[:point]), 1)  # the exponent is a multiple of it
    places = sum(token.kind == "digit" for token in mantissa[point:])
    exponent = number.adjusted() // step * step if number else 0
    if rounded(number.scaleb(-exponent), places).adjusted() >= step:
        exponent += step
    front, nothing = _plain(mantissa, number.scaleb(-exponent))
    back, _ = _plain(power, Decimal(abs(exponent)))
    sign = "-" if exponent < 0 else "+" if tokens[at].text[1] == "+" else ""
    return f"{front}E{sign}{back}", nothing


# --- fractions --------------------------------------------------------------------------------------------------------
def _as_fraction(tokens: list[Token], slash: int, number: Decimal) -> tuple[str, bool]:
    """``# ?/?``: the whole part, where there is a place for it, and the nearest fraction of so few digits; ``# ?/8``:
    of that denominator."""
    start = slash
    while start and tokens[start - 1].kind == "digit":
        start -= 1
    end = slash + 1
    while end < len(tokens) and (tokens[end].kind == "digit" or tokens[end].text.isdigit()):
        end += 1
    upper, lower = tokens[start:slash], tokens[slash + 1 : end]
    if not upper or not lower:
        raise BadFormat("a fraction without digits")
    head = tokens[:start]
    exact = Fraction(number)
    has_whole = any(token.kind == "digit" for token in head)
    whole = exact.numerator // exact.denominator if has_whole else 0
    part = _nearest(exact - whole, "".join(token.text for token in lower))
    if has_whole and part == 1:
        whole, part = whole + 1, Fraction(0)
    fixed = _fixed("".join(token.text for token in lower))
    top, bottom = (int(part * fixed), fixed) if fixed else (part.numerator, part.denominator)
    back = "".join(token.text for token in tokens[end:])
    front = _plain(head, Decimal(whole))[0] if has_whole else "".join(token.text for token in head)
    if has_whole and not top and (whole or not any(token.text == "0" for token in upper)):
        blank = " " * (len(upper) + 1 + len(lower))
        zero = "0" if not whole and not any(sign.isdigit() for sign in front) else ""
        return f"{zero}{front}{blank}{back}", not whole
    above = _plain(upper, Decimal(top))[0]
    below = str(bottom).ljust(len(lower) if any(token.text == "?" for token in lower) else 0)
    return f"{front}{above}/{below}{back}", not top and not whole


def _fixed(lower: str) -> int:
    """The denominator that a format states, 0 for none."""
    return int(lower) if lower.isdigit() and int(lower) else 0


def _nearest(part: Fraction, lower: str) -> Fraction:
    fixed = _fixed(lower)
    if fixed:
        return Fraction((part * fixed + Fraction(1, 2)).__floor__(), fixed)
    return part.limit_denominator(10 ** min(len(lower), 7) - 1)
