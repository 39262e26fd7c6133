"""What LibreOffice is known to compute otherwise than Excel, each with its reason."""

from __future__ import annotations

from own_values import Difference
from ways_to_differ import (
    BASES,
    Test,
    alike,
    as_if,
    beyond,
    blank,
    criterion,
    cut,
    digits_of_texts,
    distribution,
    errors,
    every,
    failed,
    family,
    given,
    literal_array,
    near_a_multiple,
    numbers_for_logicals,
    numbers_for_logicals_in_cells,
    of,
    operand,
    ours,
    percent_rank,
    several,
    several_errors,
    stands,
    stands_in,
    theirs,
    toolpak,
    true_is_one,
    true_is_one_in_cells,
    unreadable,
    unreadable_in_cells,
    unsorted,
    wide_range,
    within,
)

from sheetsim.functions import FUNCTIONS
from sheetsim.model.values import ExcelError

LEFT_OUT = {
    "RAND": "drawn anew",
    "RANDBETWEEN": "drawn anew",
    "INFO": "of another program",
    "CELL": "of another program",
    "XLOOKUP": "some releases of LibreOffice lack it",
}

#: Families whose differences are named formula by formula, in tests/functions/asked.
ASKED = ("dates", "text", "financial")
LEFT_OUT |= {name: "asked by itself" for name, row in FUNCTIONS.items() if row.family in ASKED}

OF_ALL_VALUES = "AVERAGEA VARA VARPA STDEVA STDEVPA MINA MAXA".split()
OF_PAIRS = "PEARSON CORREL RSQ SLOPE INTERCEPT STEYX FORECAST FORECAST.LINEAR COVAR COVARIANCE.P COVARIANCE.S".split()


def why(found: Difference) -> str | None:
    """The first reason that holds."""
    return next((reason for reason, holds in KNOWN if holds(found)), None)


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
    ("a rank is rounded up to a whole one", every(of("LARGE", "SMALL"), lambda found: operand(found, 1) % 1 > 0)),
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
    ("texts that read as a number are equal to it", every(criterion, stands_in("J"), theirs("#DIV/0!"))),
    ("an angle of nothing is a division by 0", every(of("ATAN2"), ours("#DIV/0!"))),
    ("an empty text is no condition", every(of("AND", "OR", "XOR"), stands('""'), theirs("#VALUE!"))),
    (
        "angles are reduced by a pi of 66 bits",
        every(of("SIN", "COS", "TAN", "SEC", "CSC", "COT"), lambda found: near_a_multiple(operand(found, 0))),
    ),
    (
        "a root by the angle: its real part is nearly 0",
        every(of("IMSQRT", "IMPOWER"), lambda found: "E-1" in str(found.ours)),
    ),
    ("it has -0", every(toolpak, ours("0"), theirs("-0"))),
    ("errors of an array's elements are those of all of it", every(of("TRANSPOSE"), several, theirs("#VALUE!"))),
    ("a number as a text: the sixteenth digit", every(of("TRIM", "UPPER", "LOWER"), digits_of_texts)),
    ("its tails of the normal distribution", every(of("Z.TEST", "ZTEST", "GAUSS"))),
    ("the mean of numbers with a 0 among them", every(of("GEOMEAN", "HARMEAN"), ours("#NUM!"))),
    (
        "an array in it, and logicals",
        as_if(numbers_for_logicals, numbers_for_logicals_in_cells, array=True),
    ),
    ("frequencies are an array", every(of("FREQUENCY"))),
    ("counts of a distribution are cut to whole numbers", every(distribution, cut)),
    ("a mean of 0 is a distribution too", every(of("POISSON", "POISSON.DIST"), ours(1.0))),
    (
        "texts given as arguments count as numbers, others are #VALUE!",
        every(of(*OF_ALL_VALUES), given(str)),
    ),
    ("the ToolPak's functions refuse logicals among cells", every(toolpak, several, failed)),
    ("a number as a text: the sixteenth digit, cut", every(of("LEFT", "RIGHT", "MID"), given(float))),
    ("a rank in percent is cut to its digits, and not rounded", every(family("statistics"), percent_rank, within(0.1))),
    (
        "arrays of other shapes are taken in order",
        every(
            of(
                "PEARSON",
                "CORREL",
                "RSQ",
                "SLOPE",
                "INTERCEPT",
                "STEYX",
                "FORECAST",
                "FORECAST.LINEAR",
                "COVAR",
                "COVARIANCE.P",
                "COVARIANCE.S",
            ),
            several,
            theirs("#VALUE!"),
        ),
    ),
    ("it has no quantile of 0, and fewer distributions at their ends", every(distribution, theirs("#VALUE!"))),
    ("other digits of a test", every(of("F.TEST", "FTEST", "T.TEST", "TTEST", "CHISQ.TEST", "CHITEST"), within(1e-8))),
    ("nothing of nothing is 1", every(of("COMBINA"), ours(1.0))),
    ("at the pole", every(of("IMSEC", "IMTAN", "IMCSC", "IMCOT"), given(float))),
    ("a variance with a logical given", every(family("statistics"), given(bool))),
    ("a quartile is cut to a whole number", every(of("QUARTILE", "QUARTILE.INC", "QUARTILE.EXC"), cut)),
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
    ("of several fields each is asked for", every(family("databases"), several, theirs("#VALUE!"))),
    ("the number of a field is cut to a whole one", every(family("databases"), given(float), theirs("#VALUE!"))),
    ("there is no field 0", every(family("databases"), ours("#VALUE!"), lambda found: operand(found, 1) < 1)),
    ("of a database that is an array it has nothing", every(family("databases"), literal_array, theirs(0))),
    ("there are four ways to fix a reference, and two to write one", every(of("ADDRESS"), ours("#VALUE!"))),
    ("a large number as a text", every(of("&", "CONCAT", "CONCATENATE", "HYPERLINK"), beyond(1e15))),
]
