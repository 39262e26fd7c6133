"""How a value of LibreOffice may differ from ours: the tests that ``known_differences.py`` is made of.

Some say which part it is, and how the two values look. The others ask for our own value of what LibreOffice takes the
formula for: where that is the value that it has, the difference is that one and no other.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator
from typing import Any

from own_values import Difference, close, values
from random_formulas import CELLS, Case, Part

from sheetsim.excel.number_text import text_number
from sheetsim.functions import FUNCTIONS
from sheetsim.model.values import ExcelError

Test = Callable[[Difference], bool]
COMPARISONS = ("=", "<>", "<", ">", "<=", ">=")
#: Those that came from the Analysis ToolPak, in Excel and in LibreOffice alike.
BASES = "BIN2DEC BIN2HEX BIN2OCT DEC2BIN DEC2HEX DEC2OCT HEX2BIN HEX2DEC HEX2OCT OCT2BIN OCT2DEC OCT2HEX".split()
TOOLPAK = {*BASES, *"BESSELI BESSELJ BESSELK BESSELY CONVERT DELTA ERF ERFC GCD GESTEP ISEVEN ISODD LCM MROUND".split()}
TOOLPAK |= {*"EDATE EOMONTH NETWORKDAYS NETWORKDAYS.INTL WORKDAY WORKDAY.INTL YEARFRAC WEEKNUM".split()}
TOOLPAK |= {*"ACCRINT ACCRINTM COUPDAYBS COUPDAYS COUPDAYSNC COUPNCD COUPNUM COUPPCD CUMIPMT CUMPRINC DISC".split()}
TOOLPAK |= {*"DOLLARDE DOLLARFR DURATION EFFECT FVSCHEDULE INTRATE MDURATION NOMINAL PRICE PRICEDISC PRICEMAT".split()}
TOOLPAK |= {*"RECEIVED TBILLEQ TBILLPRICE TBILLYIELD XIRR XNPV YIELD YIELDDISC YIELDMAT".split()}
TOOLPAK |= {"FACTDOUBLE", "MULTINOMIAL", "QUOTIENT", "SERIESSUM", "SQRTPI", "COMPLEX"}


DATES = ("settlement", "maturity", "issue", "first_interest", "dates", "date", "start", "end", "holidays", "time")
NEW_YEAR_1901, NO_DAY = 367.0, 2_958_466.0


# --- which part, and how the values look ------------------------------------------------------------------------------
def of(*names: str) -> Test:
    """A function or an operator."""
    return lambda found: found.part.part.name in names


def toolpak(found: Difference) -> bool:
    name = found.part.part.name
    return name in TOOLPAK or name.startswith("IM")


def family(name: str) -> Test:
    return lambda found: getattr(FUNCTIONS.get(found.part.part.name), "family", "") == name


def ours(value: Any) -> Test:
    return lambda found: found.ours == value


def theirs(value: Any) -> Test:
    return lambda found: found.theirs == value


def operand(found: Difference, place: int) -> float:
    """The number that stands at a place of the part, or NaN."""
    value = found.inside[place] if place < len(found.inside) else None
    return float(value) if isinstance(value, float) else float("nan")


def failed(found: Difference) -> bool:
    return isinstance(found.ours, ExcelError)


def every(*tests: Test) -> Test:
    return lambda found: all(test(found) for test in tests)


def given(kind: type | tuple[type, ...]) -> Test:
    """One of what stands in the part has a value of that kind."""
    return lambda found: any(isinstance(value, kind) for value in found.inside)


def alike(ours: Any, theirs: Any) -> bool:
    """The same, a logical counting as the number that it is for LibreOffice."""
    plain = [float(value) if isinstance(value, bool) else value for value in (ours, theirs)]
    return close(*plain)


def errors(ours: Any, theirs: Any) -> bool:
    """Whether both are errors, of whatever kind."""
    return isinstance(ours, ExcelError) and isinstance(theirs, str) and theirs.startswith("#")


def leaves(part: Part) -> Iterator[Part]:
    """The values in a part."""
    for each in part.inside:
        yield from leaves(each) if each.inside else [each]


def wide_range(found: Difference) -> bool:
    """Cells of more than one column stand in it."""
    corners = [re.fullmatch(r"in!([A-Z])\d+:([A-Z])\d+", str(leaf)) for leaf in leaves(found.part.part)]
    return any(corner and corner[1] != corner[2] for corner in corners)


def several(found: Difference) -> bool:
    return any(leaf.several or leaf.name == "array" for leaf in leaves(found.part.part))


def several_errors(found: Difference) -> bool:
    """Both are errors, and more than one could come out: of several values or arguments."""
    many = len(list(leaves(found.part.part))) > 1 or several(found)
    return errors(found.ours, found.theirs) and many


def literal_array(found: Difference) -> bool:
    return any(leaf.name == "array" for leaf in leaves(found.part.part))


def dated(found: Difference) -> bool:
    """A function of the calendar or of money."""
    return family("dates")(found) or family("financial")(found)


def early(found: Difference) -> bool:
    """A date before 1901, or a number that is none, stands in it, may be among the cells of several, or comes
    out."""
    arguments = FUNCTIONS[found.part.part.name].arguments
    dates = [k for k in range(len(found.inside)) if arguments.at(k).name in DATES]
    numbers = [worth(found.inside[k]) for k in dates]
    comes_out = found.ours == "#NUM!" and isinstance(found.theirs, int | float) and found.theirs < NEW_YEAR_1901
    wrong = any(number < NEW_YEAR_1901 or number >= NO_DAY for number in numbers)
    return wrong or comes_out or any(found.part.part.inside[k].several for k in dates)


def odd_format(found: Difference) -> bool:
    """A format with other digits than 0, or one of a date for a number that is none or of the year 1900."""
    code = str(found.inside[-1]) if isinstance(found.inside[-1], str) else ""
    number = worth(found.inside[0])
    of_a_date = not code or code[0] in "mdyh"
    return not code or bool(re.search("[1-9]", code)) or (of_a_date and not NEW_YEAR_1901 <= number < NO_DAY)


def basis(found: Difference) -> int:
    """By which days are counted, of a function whose argument that is."""
    names = [argument.name for argument in FUNCTIONS[found.part.part.name].arguments.fixed]
    place = names.index("basis") if "basis" in names else len(found.inside)
    number = worth(found.inside[place]) if place < len(found.inside) else 0.0
    return 0 if math.isnan(number) else int(number)


def worth(value: Any) -> float:
    """A value as the number that Excel reads it as; NaN for none."""
    if isinstance(value, str):
        number = text_number(value)
        return math.nan if number is None else number
    return float(value) if isinstance(value, bool | float) else 0.0 if value is None else math.nan


def beyond(size: float) -> Test:
    """A number as large stands in it, or the cells of the column that holds one."""

    def holds(found: Difference) -> bool:
        numbers = [abs(value) for value in found.inside if isinstance(value, float)]
        return max(numbers, default=0.0) >= size or stands_in("L")(found)

    return holds


NUMBER = re.compile(r"\d+(?:\.\d+)?(?:[Ee][-+]?\d+)?")


def blank(found: Difference) -> bool:
    """A single blank cell stands in it."""
    cells = [re.fullmatch(r"in!([A-Z])(\d+)", str(leaf)) for leaf in leaves(found.part.part)]
    return any(cell and CELLS[int(cell[2]) - 1][ord(cell[1]) - ord("A")] is None for cell in cells)


def stands(*texts: str) -> Test:
    """One of these values stands in it."""
    return lambda found: any(str(leaf) in texts for leaf in leaves(found.part.part))


def distribution(found: Difference) -> bool:
    names = FUNCTIONS[found.part.part.name].arguments.fixed if found.part.part.name in FUNCTIONS else ()
    return any(argument.name in ("probability", "cumulative", "freedom", "deviation", "alpha") for argument in names)


def unsorted(found: Difference) -> bool:
    """A range stands in it that does not begin with a sorted column."""
    return any(leaf.name == "range" and str(leaf)[3] not in "EGH" for leaf in leaves(found.part.part))


def percent_rank(found: Difference) -> bool:
    return found.part.part.name.startswith("PERCENTRANK")


def stands_in(column: str) -> Test:
    """Cells of that column stand in it, and no others to the right."""
    return lambda found: any(f"in!{column}" in str(leaf) for leaf in leaves(found.part.part))


def near_a_multiple(angle: float) -> bool:
    """Of half a pi."""
    return abs(math.remainder(angle, math.pi / 2)) < 1e-9


def criterion(found: Difference) -> bool:
    return found.part.part.name.startswith(("COUNTIF", "SUMIF", "AVERAGEIF"))


def cut(found: Difference) -> bool:
    """Below 0 and not whole is one of the numbers in it, or below 1."""
    numbers = [value for value in found.inside if isinstance(value, float)]
    return any(value != int(value) and value < 1 for value in numbers if abs(value) < 1e9)


def digits_of_texts(found: Difference) -> bool:
    """Both are texts that differ only in the last digits of the numbers in them, or in how these are written."""
    if not (isinstance(found.ours, str) and isinstance(found.theirs, str)):
        return False
    pairs = list(zip(NUMBER.findall(found.ours), NUMBER.findall(found.theirs), strict=False))
    same_signs = NUMBER.sub("", found.ours) == NUMBER.sub("", found.theirs)
    return same_signs and all(abs(float(a) - float(b)) <= 1e-9 * max(1.0, abs(float(a))) for a, b in pairs)


def within(relative: float) -> Test:
    """Both are numbers, and agree so far."""

    def holds(found: Difference) -> bool:
        if not (isinstance(found.ours, float) and isinstance(found.theirs, int | float)):
            return False
        return abs(found.ours - found.theirs) <= relative * max(abs(found.ours), abs(found.theirs))

    return holds


def apart(size: float) -> Test:
    """Both are numbers, no farther apart."""

    def holds(found: Difference) -> bool:
        both = isinstance(found.ours, float) and isinstance(found.theirs, int | float)
        return both and abs(found.ours - found.theirs) <= size

    return holds


# --- as if it were another formula ------------------------------------------------------------------------------------
def rewritten(part: Part, change: Callable[[Part], Part]) -> Part:
    """A part with other parts in it, from the inside out; itself it stays."""
    return part._replace(inside=tuple(change(rewritten(each, change)) for each in part.inside))


def as_if(
    change: Callable[[Part], Part] = lambda part: part,
    cell: Callable[[Any], Any] = lambda value: value,
    array: bool = False,
) -> Test:
    """Whether LibreOffice has our value of the formula with other values in it, in other cells, or as an array."""

    def holds(found: Difference) -> bool:
        case = Case(rewritten(found.part.part, change), found.part.array or array)
        (other,) = values([case], [[cell(value) for value in row] for row in CELLS])
        return alike(other, found.theirs) or (errors(other, found.theirs) and not errors(found.ours, found.theirs))

    return holds


def numbers_for_logicals(part: Part) -> Part:
    if part.name in (*COMPARISONS, "AND", "OR", "XOR", "NOT") or part.name.startswith("IS"):
        return Part("*", "({})*1", (part,), part.several)
    return (
        part
        if part.inside
        else part._replace(text=re.sub(r"\bTRUE\b(?!\")", "1", re.sub(r"\bFALSE\b(?!\")", "0", part.text)))
    )


def numbers_for_logicals_in_cells(value: Any) -> Any:
    return float(value) if isinstance(value, bool) else value


READ_BY_EXCEL_ONLY = ("5%", "$3", "12:30", "1,000")


def unreadable(part: Part) -> Part:
    return part._replace(text='"abc"') if part.text[1:-1] in READ_BY_EXCEL_ONLY else part


def unreadable_in_cells(value: Any) -> Any:
    return "abc" if value in READ_BY_EXCEL_ONLY else value


def true_is_one(part: Part) -> Part:
    return part._replace(text="1") if part.text == '"TRUE"' else part


def true_is_one_in_cells(value: Any) -> Any:
    return 1 if value == "TRUE" else value
