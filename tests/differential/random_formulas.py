"""Random formulas, built by hypothesis from the table of functions, over a sheet of mixed values.

A formula is a tree of parts, so that of one whose value is wrong the smallest wrong part can be found. What stands in
an argument goes by its Want and its name: a number of digits is small, a criterion looks like one, and one argument in
eight is anything at all.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from itertools import count as count_up
from typing import Any, NamedTuple

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from sheetsim.functions import FUNCTIONS
from sheetsim.functions.arguments import Want
from sheetsim.functions.table import Function
from sheetsim.model.values import ExcelError

NA, DIV0, VALUE, NUM = (ExcelError(name) for name in ("#N/A", "#DIV/0!", "#VALUE!", "#NUM!"))

#: A numbers, B all kinds, C errors among numbers, D nothing, E ascending, F descending, G texts in order, H dates as
#: numbers, I texts that repeat, J texts that look like numbers, K logicals, L wholes and fractions far apart in size.
CELLS: list[list[Any]] = [
    [1, 4, 1, None, 1, 9, "ant", 45292, "x", "12", True, 1e15],
    [2.5, None, NA, None, 3, 7, "bee", 45293, "Y", "-1.5", False, 1e-9],
    [-3, "abc", DIV0, None, 3, 5, "cat", 45300, "x", " 7 ", True, -123456.789],
    [0, "12", 5, None, 5, 3, "dog", 45323, "y", "1e2", False, 0.1],
    [7, 0.5, None, None, 7, 3, "eel", 45350, None, "1,000", None, 0.2],
    [10, -2, VALUE, None, 9, 1, "fox", 45400, "z*", "5%", True, 0.3],
    [-0.75, None, NUM, None, 11, 0, "gnu", 45658, "?", "abc", 1, 2147483648],
    [100, True, 2, None, 12.5, -4, "hen", 36526, "xx", "TRUE", "TRUE", 255],
]
ROWS = len(CELLS)


class Part(NamedTuple):
    """A formula, or a part of one: ``text`` with the texts of the parts ``inside`` in its braces."""

    name: str  # of the function, the operator, or what sort of value it is
    text: str
    inside: tuple[Part, ...] = ()
    several: bool = False  # it may be more than one value

    def __str__(self) -> str:
        return self.text.format(*map(str, self.inside)) if self.inside else self.text

    def computed(self) -> bool:
        """Whether it is a function or an operator, and not a value."""
        return bool(self.inside) or self.text.endswith("()")

    def parts(self) -> Iterator[Part]:
        """All that is computed in it, the innermost first, and itself last."""
        for part in self.inside:
            yield from part.parts()
        if self.computed():
            yield self


def _literals(name: str, texts: Any) -> st.SearchStrategy[Part]:
    return st.sampled_from([Part(name, text) for text in texts])


def _quoted(*texts: str) -> st.SearchStrategy[Part]:
    return _literals("text", ['"' + text.replace('"', '""') + '"' for text in texts])


def _cell(columns: str = "AAABBCDEFGHIJKL") -> st.SearchStrategy[Part]:
    return st.builds(
        lambda column, row: Part("cell", f"in!{column}{row}"), st.sampled_from(columns), st.integers(1, ROWS)
    )


# --- values -----------------------------------------------------------------------------------------------------------
SMALL = st.integers(-2, 6).map(lambda n: Part("number", str(n)))
NUMBERS = st.one_of(
    SMALL,
    st.integers(-1000, 1000).map(lambda n: Part("number", str(n))),
    st.integers(-(10**6), 10**6).map(lambda n: Part("number", repr(n / 1000))),
    _literals("number", ("0", "0.5", "1E-3", "1E+10", "45292", "0.1", "2.675")),
)
TEXTS = st.one_of(
    _quoted("abc", "", "x", "a b  c", "Ünï", 'q"q', "aXbxc"),
    _quoted("12", "-1.5", " 7 ", "1e2", "1,000", "5%", "TRUE", "2024-01-15", "12:30", "$3"),
)
LOGICALS = _literals("logical", ("TRUE", "FALSE"))
ERRORS = _literals("error", ("#N/A", "#DIV/0!", "#VALUE!", "#REF!", "#NUM!"))
CRITERIA = _quoted(*"1 >1 <=3 <>3 abc a* <>abc = <> 12 >10 x ?? <b >=Y *x* =x >-1 ~*".split(), "z~*", "<>x", "") | SMALL
FRACTIONS = _literals("number", ("0", "0.05", "0.25", "0.5", "0.9", "0.999", "1", "-0.1", "1.5"))
SOME = SMALL | _literals("number", ("0.5", "1.7", "2.5", "-1.2", "10", "20")) | _cell("AE")
COMPLEX = _quoted("3+4i", "i", "-2j", "1.5", "0", "-1-i", "abc", "2+0.5i")
UNITS = _quoted("m", "ft", "km", "kg", "lbm", "C", "F", "K", "hr", "mn", "byte", "xyz")
DIGITS = st.one_of(_quoted("101", "777", "FF", "1111111111", "2", "0"), SMALL, _literals("number", ("1010", "45", "7")))
ARRAYS = _literals("array", ("{1,2.5}", "{3;1;2}", "{1,2;3,4}", "{2,0;1,5}", '{1,"a";TRUE,4}', "{1,2,3}"))
SQUARES = _literals(
    "array", ("{1,2;3,4}", "{2,0;1,5}", "{1,2;2,4}", "{4}", "{1,2,3;0,1,4;5,6,0}", "in!E1:F2", "in!A1:C3")
)


@st.composite
def _ranges(draw: Any, columns: str = "AABCDEEFFGHIJKL", whole: bool = False) -> Part:
    """Cells of one column, or of a few beside each other; all rows (so that ranges fit one another) or some."""
    left = draw(st.sampled_from(columns))
    wide = draw(st.sampled_from((0, 0, 0, 0, 1, 2)))
    right = chr(min(ord(left) + wide, ord("L")))
    if whole or draw(st.booleans()):
        return Part("range", f"in!{left}1:{right}{ROWS}", several=True)
    top = draw(st.integers(1, ROWS - 1))
    return Part("range", f"in!{left}{top}:{right}{draw(st.integers(top + 1, ROWS))}", several=True)


VALUES = st.one_of(_cell(), _cell("AEFL"), NUMBERS, NUMBERS, TEXTS, LOGICALS, ERRORS)
SEVERAL = st.one_of(_ranges(), _ranges("AEFL"), _ranges("AEFL", whole=True), ARRAYS)

#: What stands for an argument of that name; every other one is any number, or what its Want says.
BY_NAME: dict[str, st.SearchStrategy[Part]] = {
    **dict.fromkeys("digits places count first length form order power mode type rank k".split(), SMALL),
    **dict.fromkeys("row column rows columns down right height width size which direction".split(), SMALL),
    **dict.fromkeys("step significance multiple".split(), SMALL | NUMBERS),
    "base": _literals("number", ("2", "8", "10", "16", "36", "1")),
    **dict.fromkeys("successes trials failures sample among population freedom freedom2 tails quartile".split(), SMALL),
    **dict.fromkeys("probability alpha beta share percentile lower upper".split(), FRACTIONS),
    **dict.fromkeys("mean deviation rate at z low high".split(), SOME),
    **dict.fromkeys("cumulative ascending constant statistics".split(), LOGICALS),
    **dict.fromkeys(("function", "option"), st.integers(-1, 12).map(lambda n: Part("number", str(n)))),
    "criterion": CRITERIA,
    "complex": COMPLEX,
    "matrix": SQUARES,
    "unit": _quoted("i", "j", "k"),
    "nearest": LOGICALS,
    **dict.fromkeys(("from", "to"), UNITS),
    **dict.fromkeys(("text", "old", "new", "sought", "within"), TEXTS | _cell("BGIJ") | NUMBERS),
    "condition": LOGICALS | _cell("AKB"),
    "table": _literals("range", ("in!E1:H8", "in!G1:L8", "in!A1:C8")).map(lambda part: part._replace(several=True)),
    "list": _ranges("EFGI", whole=True),
    "results": _ranges("AEFG", whole=True),
}
CELLS_ONLY = ("range", "sum", "mean", "max", "min", "cells")  # as where a criterion is looked for; no array may stand
OF_ONE = ("probability", "at")  # where one value is wanted; where an array is, as any other array
#: Arguments of these functions mean something else by the same name.
BY_FUNCTION = {name: DIGITS for name in FUNCTIONS if "2" in name and name[:3] in ("BIN", "OCT", "HEX")}

DATES = st.one_of(
    st.integers(61, 73_000).map(lambda day: Part("number", str(day))),
    _literals("number", ("45292.75", "36526.5", "45351", "44196", "0", "60", "-1", "1E+10")),
    _quoted("2024-01-15", "1/31/2023", "abc"),
    _cell("HHHHAB"),
)
RATES = _literals("number", ("0.05", "0.1", "0.0725", "0.001", "0", "-0.05", "1.5"))
FORMATS = _quoted(
    *"0 0.00 #,##0 #,##0.0;(#,##0.0) 0% 0.0E+00 00000 General m/d/yyyy yyyy-mm-dd hh:mm:ss dddd @".split(), "h AM/PM"
)
#: And in these families.
BY_FAMILY: dict[str, dict[str, st.SearchStrategy[Part]]] = {
    "dates": {
        **dict.fromkeys(("date", "start", "end"), DATES),
        "unit": _quoted("Y", "m", "D", "MD", "YM", "yd", "x"),
        "months": st.integers(-40, 40).map(lambda n: Part("number", str(n))),
        "days": st.integers(-400, 400).map(lambda n: Part("number", str(n))),
        "weekend": _literals("weekend", ("1", "2", "7", "11", "17", "0", '"0000011"', '"1010101"', '"11"')),
        "basis": st.integers(-1, 5).map(lambda n: Part("number", str(n))),
    },
    "text": {
        "format": FORMATS,
        "wanted": _quoted("a", "b", "x", "1", "e", "", "B", "?", "*"),
        **dict.fromkeys("skip_empty no_commas any_case at_end".split(), LOGICALS),
        **dict.fromkeys(("point", "group"), _quoted(",", ".", " ")),
        "between": _quoted(",", "", "-", "; "),
    },
    "financial": {
        **dict.fromkeys(("settlement", "issue"), DATES),
        **dict.fromkeys(
            ("maturity", "first_interest"), st.integers(45_000, 73_000).map(lambda n: Part("number", str(n)))
        ),
        **dict.fromkeys("rate yield discount coupon finance reinvest guess".split(), RATES),
        **dict.fromkeys("price redemption par investment".split(), _literals("number", ("95.5", "100", "101", "0"))),
        "frequency": _literals("number", ("1", "2", "4", "2.5", "3")),
        "basis": st.integers(-1, 5).map(lambda n: Part("number", str(n))),
        **dict.fromkeys("period periods life times month".split(), SMALL | _literals("number", ("12", "36", "2.5"))),
    },
}

UNARY, BINARY = ("-{}", "{}%", "({})"), ("+", "-", "*", "/", "^", "&", "=", "<>", "<", ">", "<=", ">=")


# --- formulas ---------------------------------------------------------------------------------------------------------
@st.composite
def one_value(draw: Any, deep: int) -> Part:
    """A part that is a single value."""
    sort = draw(st.integers(0, 9)) if deep else 0
    if sort < 5:
        return draw(VALUES)
    if sort < 7:
        return draw(operation(one_value(deep - 1)))
    return draw(call(deep - 1))


@st.composite
def several_values(draw: Any, deep: int) -> Part:
    """A part that may be many values."""
    if deep and draw(st.integers(0, 3)) == 0:
        return draw(operation(SEVERAL | one_value(deep - 1)))
    return draw(SEVERAL)


@st.composite
def operation(draw: Any, operands: st.SearchStrategy[Part]) -> Part:
    """An operator between two operands, or at one."""
    if draw(st.integers(0, 5)) == 0:
        sign, part = draw(st.sampled_from(UNARY)), draw(operands)
        return Part(sign, sign, (part,), part.several)
    sign, left, right = draw(st.sampled_from(BINARY)), draw(operands), draw(operands)
    return Part(sign, f"({{}}){sign}({{}})", (left, right), left.several or right.several)


@st.composite
def call(draw: Any, deep: int, names: tuple[str, ...] = ()) -> Part:
    """A call of any function that is compared, with as many arguments as it takes."""
    row = FUNCTIONS[names[0] if names else one_of_all(draw(st.integers(0, 2**32 - 1)))]
    takes = row.arguments
    count = draw(
        st.integers(takes.least, min(takes.most, max(len(takes.fixed), takes.least) + (2 if takes.repeated else 0)))
    )
    group = len(takes.repeated)
    if group > 1:
        count -= (count - len(takes.fixed)) % group
    inside = tuple(draw(argument(row, place, deep)) for place in range(count))
    several = any(part.several and takes.want(place) is Want.ONE for place, part in enumerate(inside))
    several |= any(takes.want(place) is Want.SAME and part.several for place, part in enumerate(inside))
    return Part(row.name, f"{row.name}({','.join(['{}'] * count)})", inside, several)


@st.composite
def argument(draw: Any, row: Function, place: int, deep: int) -> Part:
    """What may stand at that place of a call."""
    name, want = row.arguments.at(place).name, row.arguments.want(place)
    if want is Want.PLACE:
        return draw(_cell() | _ranges())
    by_name = BY_FUNCTION.get(row.name, BY_FAMILY.get(row.family, {}).get(name, BY_NAME.get(name)))
    chosen = draw(st.integers(0, 7))
    if want is Want.SIZE or row.arguments.at(place).want is Want.SIZE:
        return draw(SMALL)
    if name in CELLS_ONLY and row.arguments.want(place) is not Want.ONE:
        return draw(_ranges("AEFGIJ", whole=True) if chosen else _ranges())
    if by_name is not None and chosen < 6 and (want is Want.ONE or name not in OF_ONE):
        return draw(by_name)
    if want is Want.ARRAY or (want is Want.RANGE and chosen % 2):
        return draw(several_values(deep))
    if want is Want.ONE and chosen == 7:
        return draw(SEVERAL)
    numeric = name in ("number", "x", "y", "a", "b") and chosen < 4
    return draw(NUMBERS | _cell("AEFHL")) if numeric else draw(one_value(deep))


def compared() -> tuple[str, ...]:
    """The functions that are compared: all but those that ``known_differences.py`` leaves out."""
    from known_differences import LEFT_OUT

    return tuple(sorted(set(FUNCTIONS) - set(LEFT_OUT)))


def mark(text: str) -> int:
    """A number for a text, the same in every run."""
    return zlib.crc32(text.encode())


def one_of_all(number: int) -> str:
    """A function by lot: the one with the largest mark. One more in the table changes few of the lots."""
    return max(compared(), key=lambda name: mark(f"{number} {name}"))


class Case(NamedTuple):
    """A formula in a cell, or one entered as an array formula."""

    part: Part
    array: bool

    def __str__(self) -> str:
        return f"{{={self.part}}}" if self.array else f"={self.part}"


@st.composite
def cases(draw: Any, name: str, deep: int = 2) -> Case:
    """A call of that function, or for an operator's name an operation; one in three is an array formula."""
    part = draw(call(deep, (name,)) if name in FUNCTIONS else operation(one_value(deep) | SEVERAL))
    return Case(part, draw(st.integers(0, 2)) == 0)


def drawn(count: int, start: int) -> list[Case]:
    """So many formulas, the same ones for the same ``start``: of each function one, then of each another one."""
    names = [*compared(), *(f"operation {k}" for k in range(30))]
    found: dict[str, Case] = {}
    for turn in count_up():  # until there are enough
        for name in sorted(names, key=lambda name: mark(f"{start} {turn} {name}")):
            case = _one_of(cases(name), mark(f"{name} {turn} {start}"))
            found[str(case)] = case
            if len(found) == count:
                return list(found.values())
    return []


def _one_of(strategy: st.SearchStrategy[Case], start: int) -> Case:
    """What hypothesis draws: the second, as the first is the simplest that there is."""
    found: list[Case] = []

    @seed(start)
    @settings(
        max_examples=2, database=None, phases=[Phase.generate], deadline=None, suppress_health_check=[*HealthCheck]
    )
    @given(strategy)
    def collect(case: Case) -> None:
        found.append(case)

    collect()
    return found[-1]
