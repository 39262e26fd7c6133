"""What LibreOffice is known to compute otherwise than Excel, each with its reason.

Many are stated as what it takes a formula for: where our own value of that is the one that LibreOffice has, the
difference is that one and no other. The rest say which part it is, and how the two values look.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

from own_values import Difference, close, values
from random_formulas import CELLS, Case, Part

from sheetsim.functions import FUNCTIONS
from sheetsim.model.values import ExcelError

LEFT_OUT = {
    "RAND": "drawn anew",
    "RANDBETWEEN": "drawn anew",
    "INFO": "of another program",
    "CELL": "of another program",
    "XLOOKUP": "some releases of LibreOffice lack it",
}

Test = Callable[[Difference], bool]
COMPARISONS = ("=", "<>", "<", ">", "<=", ">=")
#: Those that came from the Analysis ToolPak, in Excel and in LibreOffice alike.
BASES = "BIN2DEC BIN2HEX BIN2OCT DEC2BIN DEC2HEX DEC2OCT HEX2BIN HEX2DEC HEX2OCT OCT2BIN OCT2DEC OCT2HEX".split()
TOOLPAK = {*BASES, *"BESSELI BESSELJ BESSELK BESSELY CONVERT DELTA ERF ERFC GCD GESTEP ISEVEN ISODD LCM MROUND".split()}
TOOLPAK |= {"FACTDOUBLE", "MULTINOMIAL", "QUOTIENT", "SERIESSUM", "SQRTPI", "COMPLEX"}


def why(found: Difference) -> str | None:
    """The first reason that holds."""
    return next((reason for reason, holds in KNOWN if holds(found)), None)


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


#: Reason → when it is that. The first that holds is the one.
KNOWN: list[tuple[str, Test]] = [
    ("this release of it has no such function", theirs("#NAME?")),
    (
        "its logicals are numbers with a format, which arrays lose",
        lambda found: isinstance(found.ours, bool) and alike(found.ours, found.theirs),
    ),
    ("its logicals are numbers", as_if(numbers_for_logicals, numbers_for_logicals_in_cells)),
    ("it does not read percentages, currencies and times in texts", as_if(unreadable, unreadable_in_cells)),
    ("it takes the text TRUE for the number 1", as_if(true_is_one, true_is_one_in_cells)),
    ("it computes a formula with an array in it as an array formula", as_if(array=True)),
    ("of several errors it has another one", several_errors),
    ("of a table it takes the cell in the formula's own row and column", every(ours("#VALUE!"), wide_range)),
    ("the ToolPak's functions refuse logicals", every(toolpak, given(bool), ours("#VALUE!"))),
    ("its ToolPak's functions refuse ranges and arrays", every(toolpak, several, theirs("#VALUE!"))),
    (
        "the ToolPak's functions refuse texts among cells",
        every(of("GCD", "LCM", "MULTINOMIAL", "SERIESSUM"), several, ours("#VALUE!")),
    ),
    ("units of i and j do not mix", every(of("IMSUM", "IMPRODUCT", "IMSUB", "IMDIV"), stands('"-2j"'), failed)),
    ("a complex number as a text: the last digit, or how it is written", every(toolpak, digits_of_texts)),
    ("the angle of 0 is a division by 0", every(of("IMARGUMENT"), ours("#DIV/0!"))),
    (
        "Excel's Bessel functions have digits of their own",
        every(of("BESSELI", "BESSELJ", "BESSELK", "BESSELY"), within(1e-4)),
    ),
    ("other values of the units", every(of("CONVERT"), within(1e-6))),
    ("bits are of whole numbers", every(of("BITAND", "BITOR", "BITXOR", "BITLSHIFT", "BITRSHIFT"), ours("#NUM!"))),
    (
        "numbers are cut to whole ones, and not rounded down",
        every(of("COMBIN", "COMBINA", "PERMUT", "PERMUTATIONA", "FACT", "BITLSHIFT", "BITRSHIFT", *BASES), cut),
    ),
    ("of nothing none can be chosen", every(of("PERMUTATIONA"), ours("#NUM!"))),
    ("angles are taken up to 2^27", every(of("SIN", "COS", "TAN", "COT", "SEC", "CSC"), ours("#NUM!"))),
    ("1 by 0 is #DIV/0!", every(of("COT", "COTH", "CSC", "CSCH"), ours("#DIV/0!"))),
    (
        "arrays that do not fit are #N/A where one of them ends",
        every(ours("#N/A"), several),
    ),
    (
        "a criterion may be an error, and is looked for",
        every(criterion, ours(0.0), lambda found: str(found.theirs).startswith("#")),
    ),
    ("the multiple must have the sign of the number", every(of("MROUND"), ours("#NUM!"))),
    (
        "only TRUE and FALSE are conditions among the texts",
        every(of("NOT", "IF", "IFS", "AND", "OR", "XOR"), given(str), ours("#VALUE!")),
    ),
    (
        "it has #VALUE! for any error",
        every(
            of("ISODD", "ISEVEN", "MINVERSE", "MDETERM"),
            theirs("#VALUE!"),
            lambda found: errors(found.ours, found.theirs),
        ),
    ),
    ("of several cells or an array the type is 64", every(of("TYPE"), ours(64.0))),
    ("an array of references is no value", every(of("OFFSET"), ours("#VALUE!"), several)),
    ("a height or width of 0 is no reference", every(of("OFFSET"), ours("#REF!"), theirs("#VALUE!"))),
    ("a height or width may be negative", every(of("OFFSET"), theirs("#VALUE!"))),
    ("in a list that is not sorted it finds nothing", every(of("HLOOKUP", "VLOOKUP"), theirs("#N/A"))),
    (
        "it loses errors within arrays",
        every(family("statistics"), several, lambda found: isinstance(found.ours, ExcelError)),
    ),
    ("INDEX of an array", every(of("INDEX"), several, theirs("#VALUE!"))),
    ("more may be chosen than there are, with repetition", every(of("COMBINA"), theirs("#VALUE!"))),
    ("0 to a negative power is #NUM!", every(of("SERIESSUM"), ours("#NUM!"))),
    ("1 by a number that is too large is #NUM!", every(of("IMSECH", "IMCSCH"), ours("#NUM!"))),
    ("what is counted down to must be sorted that way", every(of("MATCH"), theirs("#N/A"))),
    ("texts given as arguments count as numbers", every(family("statistics"), given(str), theirs("#VALUE!"))),
    ("a rank is rounded up to a whole one", every(of("LARGE", "SMALL"), theirs("#VALUE!"))),
    ("(-1)!! is 1", every(of("FACTDOUBLE"), ours(1.0))),
    ("a blank cell is the number 0", every(toolpak, blank, theirs("#VALUE!"))),
    ("an empty text is no number", every(toolpak, stands('""'), ours("#VALUE!"))),
    ("texts that read as numbers are numbers", every(toolpak, given(str), theirs("#VALUE!"))),
    ("the text TRUE is a condition", every(of("AND", "OR", "XOR"), stands('"TRUE"'), theirs("#VALUE!"))),
    ("wildcards find texts only", every(criterion, stands('"??"', '"*x*"', '"?"', '"a*"'))),
    ("of an array it looks at the first cell", every(of("ISFORMULA", "GCD", "LCM"), several)),
    ("a number may have any number of digits", every(of("ROUND", "ROUNDDOWN", "ROUNDUP", "TRUNC"), theirs("#VALUE!"))),
    ("digits of angles of many thousand turns", every(of("BESSELJ", "BESSELY"), lambda found: operand(found, 0) > 1e6)),
    ("a last digit of a determinant decides", lambda found: "MDETERM" in str(found.part)),
    ("a power too small for a number is 0", every(of("^", "POWER"), ours(0.0), theirs("#NUM!"))),
    (
        "Excel's modified Bessel function is poor for a large argument and a small order",
        every(of("BESSELI"), within(0.5)),
    ),
    (
        "digits of an angle of many thousand turns",
        every(of("IMCOS", "IMSIN", "IMTAN"), lambda found: isinstance(found.ours, str)),
    ),
    ("each error of an array that does not fit is counted", every(of("COUNTA"), lambda found: found.part.array)),
    ("arrays of other shapes are taken in order", every(of("SUMX2MY2", "SUMX2PY2", "SUMXMY2"), several)),
    ("texts in arrays are no conditions", every(of("AND", "OR", "XOR"), several, theirs("#VALUE!"))),
    ("a matrix is of numbers", every(of("MMULT", "MDETERM", "MINVERSE"), ours("#VALUE!"))),
    ("a list that is not sorted", every(of("HLOOKUP", "VLOOKUP", "MATCH", "LOOKUP"), unsorted)),
    ("INDEX of an array of rows with a 0 among them", every(of("INDEX"), several, ours("#VALUE!"))),
    ("no number has so many digits left of the point", every(of("ROUNDUP"), lambda found: operand(found, 1) < -308)),
    ("1 to any power, a text too, is 1", every(of("^", "POWER"), failed, theirs(1))),
    ("a number as a text: the sixteenth digit", every(of("CONCAT", "CONCATENATE", "&", "LEN"), digits_of_texts)),
    ("complex numbers have no thousands", every(toolpak, stands('"1,000"'), failed)),
    ("a distribution is #NUM! outside of where it is defined", every(distribution, ours("#NUM!"))),
    ("it loses digits", every(of("ACOTH", "ACOT"), within(0.2))),
    ("a count may be larger than any text is long", every(of("LEFT", "RIGHT", "MID"), theirs("#VALUE!"))),
    ("its arrays of combinations are of numbers only", every(of("COMBIN", "COMBINA"), several, theirs("#VALUE!"))),
    ("it does not look at each error", every(of("ERROR.TYPE"), theirs("#N/A"))),
    ("an error among the cases is the result", every(of("SWITCH"), lambda found: isinstance(found.ours, ExcelError))),
    ("the exact remainder", every(of("MOD"), theirs(0))),
    (
        "a number to a power of 0 and below: 0^0 is #NUM!",
        every(of("^", "POWER"), lambda found: found.inside[0] in (0.0, None, False)),
    ),
]
