"""The grammar as a table of (formula, value), and what is refused.

Values are Excel's: precedence and associativity as its documentation of operators has them (``-`` before ``%`` before
``^`` before ``* /`` before ``+ -`` before ``&`` before comparisons; equals from the left), or plain arithmetic.
"""

from __future__ import annotations

import pytest
from tables import CELLS, assert_table

from sheetsim import Workbook
from sheetsim.errors import FormulaError
from sheetsim.model.formula import Formula
from sheetsim.model.nodes import Binary, Call, Missing, Number, Ref, Unary
from sheetsim.model.parser import DEEPEST

PRECEDENCE = {
    "=2+3*4": 14,
    "=(2+3)*4": 20,
    "=2*3^2": 18,
    "=-2^2": 4,
    "=0-2^2": -4,
    "=1-2^2": -3,
    "=2^3^2": 64,
    "=2^-2": 0.25,
    "=2^+2": 4,
    "=-2^-2": 0.25,
    "=10-2-3": 5,
    "=2/4/2": 0.25,
    "=2*6/3*2": 8,
    "=50%": 0.5,
    "=5%%": 0.0005,
    "=-50%": -0.5,
    "=2^50%=SQRT(2)": True,
    "=10%^2": 0.1 * 0.1,
    "=-10%^2": 0.1 * 0.1,
    "=200*10%": 20,
    "=1+10%": 1.1,
    "=1&2+3": "15",
    "=1&2&3": "123",
    '=1&2="12"': True,
    '="a"&"b"="ab"': True,
    '="a"&1<"b"': True,
    "=1+1=2": True,
    "=1=1=1": False,  # TRUE = 1, and a logical is no number
    "=1<2=TRUE": True,
    "=3>2>1": True,
    "=1&-1": "1-1",
    "=3--2": 5,
    "=3+-2": 1,
    "=3*-2": -6,
    "=--5": 5,
    "=-+-5": 5,
    "=+5": 5,
    '=+"a"': "a",
    "=---TRUE": -1,
    "=1<>-1": True,
    "=1<-1": False,
    "=1>=-1": True,
}

LITERALS = {
    "=1E3": 1000,
    "=1e3+1": 1001,
    "=1.5E-3": 0.0015,
    "=1E+2": 100,
    "=.5": 0.5,
    "=5.": 5,
    '="a""b"': 'a"b',
    '=""""': '"',
    '=""': "",
    '="a,b)c"': "a,b)c",
    '="=1"': "=1",
    "=TRUE": True,
    "=false": False,
    "=TRUE()": True,
    "=#N/A": "#N/A",
    "=#DIV/0!": "#DIV/0!",
    "=#VALUE!": "#VALUE!",
    "=#REF!": "#REF!",
    "=#NAME?": "#NAME?",
    "=#NUM!": "#NUM!",
    "=#NULL!": "#NULL!",
    "=in!#REF!": "#REF!",
    "=IFERROR(#NULL!,1)": 1,
    "={7}": 7,
    "={1,2;3,4}": 1,
    "=SUM({1,2;3,4})": 10,
    "=SUM({-1,2.5;.5,1E1})": 12,
    "=INDEX({1,2;3,4},2,1)": 3,
    '=COUNTA({TRUE,#N/A,"x;,}",""})': 4,
    "=SUM({+1,-2;3.,.5})": 2.5,
    "=1.+.5": 1.5,
    "=1.E+2+1e-1": 100.1,
    "=1E400": "#NUM!",
    "=SUM({ 1 , 2 ; 3 , 4 })": 10,
    "=SUM({1;2;3}*{1,2})": 18,
}

REFERENCES = {
    "=in!A1": 1,
    "=in!a1": 1,
    "='in'!A1": 1,
    "=IN!$A$1": 1,
    "='my sheet'!A1": 10,
    "='it''s'!A1": 20,
    "='2x'!$A1": 30,
    "=données!A1": 40,
    "=SUM(in!A1:A3)": 0.5,
    "=SUM(in!A3:A1)": 0.5,
    "=SUM(in!$A$1:A$3)": 0.5,
    "=SUM(in!A1:in!A3)": 0.5,
    "=SUM(in!A:A)": 17.5,
    "=SUM(in!$A:$A)": 17.5,
    "=COUNT(in!$D:$F)": 12,
    "=SUM(in!1:1)": 1 + 4 + 1 + 1 + 9 + 45292 + 3,
    "=COUNT(in!$1:2)": 12,
    "=COUNT(in!1:3)": 18,
    "=LOG10(100)": 2,
}

CALLS = {
    "=SUM(1,2)": 3,
    "=sum(1,2)": 3,
    "=Sum ( 1 , 2 )": 3,
    "=SUM(,)": 0,
    "=IF(1,,2)": 0,
    "=IF(0,1,)": 0,
    "= 1 + 2 ": 3,
    "=\n1 +\n2": 3,
    "=_xlfn.STDEV.P(1,3)": 1,
    "=_xlfn.XLOOKUP(2.5,in!A1:A6,in!J1:J6)": 1,
    '=IF(TRUE,"a,b","c")': "a,b",
    "=MAX(MIN(1,2),ABS(-3))": 3,
    "=nosuchname": "#NAME?",
    "=nosuchname+1": "#NAME?",
    "=A1B": "#NAME?",
}

SHEETS = {"in": CELLS, "my sheet": [[10]], "it's": [[20]], "2x": [[30]], "données": [[40]]}

REFUSED = [
    "=1+",
    "=(1",
    "=1)",
    "=SUM(1",
    "=SUM(1,2))",
    '="abc',
    "=A1:",
    "=1 2",
    "=1,2",
    "=,",
    "=+",
    "=<1",
    "=1=",
    "=5%2",
    "=#FOO",
    "=1..2",
    "=1E",
    "=A1#",
    "=A$1$",
    "={1,2;3}",
    "={A1}",
    "=SUM((A1,2))",
    "=SUM((A1+1,A2))",
    "=A1 {1}",
    "=SUM(A1:B2,(C1,))",
    "={}",
    "={1,}",
    '={-"a"}',
    "='a'b'!A1",
    "=!A1",
    "=[1]other!A1",
    "=absent!A1",
    "=IF()",
    "=ABS()",
    "=ABS(1,2)",
    "=PI(1)",
    "=SUM()",
    "=NOSUCHFUNCTION(1)",
]


def value(formula: str, where: str = "B2") -> object:
    book = Workbook("one")
    book.add_sheet("s")[where] = formula
    book.recalculate(strict=True)
    return book["s"][where]


@pytest.mark.parametrize("table", [PRECEDENCE, LITERALS, CALLS], ids=["precedence", "literals", "calls"])
def test_values(table):
    assert_table(table)


def test_references():
    assert_table(REFERENCES, SHEETS)


@pytest.mark.parametrize(("row", "expected"), [(1, 1.0), (5, 7.0), (6, 10.0), (7, "#VALUE!")])
@pytest.mark.parametrize(
    "formula", ["=in!$A$1:$A$6", "=@in!$A$1:$A$6", "=_xlfn.SINGLE(in!$A$1:$A$6)", "=in!$A$1:$A$6+0"]
)
def test_a_range_for_a_single_value_means_its_cell_in_the_same_row(formula, row, expected):
    book = Workbook("one")
    book.add_sheet("in").values("A1", CELLS)
    book.add_sheet("s")[f"C{row}"] = formula
    book.recalculate()
    assert book["s"][f"C{row}"] == expected


def test_a_range_of_one_row_means_its_cell_in_the_same_column():
    book = Workbook("one")
    book.add_sheet("in").values("A1", [[10, 20, 30]])
    book.add_sheet("s").fill("A5:D5", "=in!$A$1:$C$1")
    book.recalculate()
    assert [book["s"].value(4, column) for column in range(4)] == [10, 20, 30, "#VALUE!"]


@pytest.mark.parametrize("formula", REFUSED)
def test_what_is_no_formula_is_refused_in_one_line_that_names_the_cell_and_the_formula(formula):
    with pytest.raises(FormulaError) as caught:
        value(formula)
    message = str(caught.value)
    assert "s!B2" in message
    assert formula in message or "NOSUCHFUNCTION" in message
    assert "\n" not in message


def test_a_cell_and_a_function_may_share_their_letters():
    book = Workbook("one")
    sheet = book.add_sheet("s")
    sheet["LOG10"] = 5
    sheet["A1"] = "=LOG10+LOG10(100)"
    book.recalculate()
    assert sheet["A1"] == 7


@pytest.mark.parametrize("depth", [1, 10, 64])
@pytest.mark.parametrize(("open_", "close"), [("(", ")"), ("ABS(", ")"), ("IF(1,", ")"), ("(1+", ")"), ("-", "")])
def test_excels_own_depth_of_nesting_works(open_, close, depth):
    assert abs(value("=" + open_ * depth + "1" + close * depth)) in (1.0, depth + 1.0)  # type: ignore[arg-type]


@pytest.mark.parametrize("depth", [DEEPEST + 1, 1000, 4000])
def test_deep_parentheses_are_refused(depth):
    with pytest.raises(FormulaError, match=r"s!B2: nested more than \d+ deep"):
        value("=" + "(" * depth + "1" + ")" * depth)


@pytest.mark.parametrize(
    ("open_", "depth"),
    [
        ("ABS(", 90),
        ("ABS(", 1000),
        ("IF(1,", 1000),
    ],
)
def test_deep_calls_are_computed_or_refused(open_, depth):
    """A level of calls is seven calls of the parser: the limit on depth has to leave room for them."""
    try:
        result = value("=" + open_ * depth + "1" + ")" * depth)
    except FormulaError as error:
        result = 1.0 if "s!B2: functions nested more than 64 deep" in str(error) else str(error)
    assert result == 1.0


def test_operators_of_all_levels_deepen_no_nesting():
    """A number, 1, is not the text ``12`` that the rest comes to."""
    assert value("=" + "1=1&1+1*1^-ABS(" * 64 + "1" + ")" * 64) is False


#: References that are worked out, or are none after all.
COMPUTED = {
    "=SUM(in!A1:INDEX(in!A1:A6,3))": 0.5,
    "=SUM(INDEX(in!A1:A6,2):INDEX(in!A1:A6,5))": 6.5,
    "=ROWS(in!A1:INDEX(in!A1:A6,3))": 3,
    "=SUM(in!A1:INDEX(in!A1:A6,7))": "#REF!",
    "=SUM(in!A1:A2:in!A3)": 0.5,
    '=SUMIF(in!A1:A6,">0",in!E1)': 20,
    "=XFE1": "#NAME?",
    "=in!XFD1048576": 0,
    "=COUNTA(in!A1:XFD1048576)": sum(cell is not None for row in CELLS for cell in row),
}


def test_references_that_are_worked_out():
    assert_table(COMPUTED)


@pytest.mark.parametrize("operator", ["+", "*", "&", "^", "-", "<"])
def test_thousands_of_terms(operator):
    """Flat formulas are no deeper for being long."""
    expected = {"+": 4000.0, "&": "1" * 4000, "-": 1.0 - 3999, "<": False}.get(operator, 1.0)
    assert value("=" + operator.join(["1"] * 4000)) == expected


def test_thousands_of_signs():
    assert value("=" + "-" * 4000 + "1") == 1.0
    assert value("=1" + "%" * 3) == pytest.approx(1e-6)


# --- text, key and tree -----------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("typed", "moved"),
    [
        ("=A1", "=C4"),
        ("=$A1", "=$A4"),
        ("=A$1", "=C$1"),
        ("=$A$1", "=$A$1"),
        ("=SUM(A1:B2)", "=SUM(C4:D5)"),
        ("=A:A", "=C:C"),
        ("=$A:B", "=$A:D"),
        ("=1:1", "=4:4"),
        ("=$1:1", "=$1:4"),
        ("='my sheet'!A1", "='my sheet'!C4"),
        ("=s!A1 + 1", "=s!C4 + 1"),
        ('="A1"&A1', '="A1"&C4'),
        ("=LOG10(A1)", "=LOG10(C4)"),
        ("=name1", "=name1"),
        ("=Jan:Mar!A1", "=Jan:Mar!C4"),
        ("='Q1:my sheet'!$A1", "='Q1:my sheet'!$A4"),
        ("=[0]!name1", "=[0]!name1"),
        ("=SUM((A1:B2,$D4) A2)", "=SUM((C4:D5,$D7) C5)"),
        ("=Table1['[it''s']]", "=Table1['[it''s']]"),
    ],
)
def test_a_copy_moves_its_relative_references(typed, moved):
    formula = Formula.read(typed, 0, 0)
    assert formula.text(0, 0) == typed
    assert formula.text(3, 2) == moved
    assert Formula.read(moved, 3, 2).key == formula.key


def test_a_reference_pushed_off_the_sheet_is_an_error():
    assert Formula.read("=A1+B1", 3, 2).text(0, 2) == "=#REF!+#REF!"


def test_the_tree_of_a_formula():
    tree = Formula.read("=-A1+IF(1,,2)%", 0, 0).tree
    assert isinstance(tree, Binary)
    assert isinstance(tree.left, Unary)
    assert isinstance(tree.left.operand, Ref)
    assert tree.right == Unary("%", Call("IF", (Number(1.0), Missing(), Number(2.0))))
