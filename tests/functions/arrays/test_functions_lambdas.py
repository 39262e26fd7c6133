"""LET, LAMBDA and what takes functions: the examples of Microsoft's pages, and plain Python."""

from __future__ import annotations

import random
from math import hypot
from typing import Any

import numpy as np
import pytest

import sheetsim
from sheetsim import Workbook
from sheetsim.engine.lambdas import evaluating
from sheetsim.errors import FormulaError
from sheetsim.model.values import ExcelError

GRID = [[1, 2, 3], [4, 5, 6], [7, 8, 9]]
NAMES = {
    "TOCELSIUS": "LAMBDA(temp,(5/9)*(temp-32))",
    "HYPOTENUSE": "LAMBDA(a,b,SQRT((a^2+b^2)))",
    "FACTORIAL": "_xlfn.LAMBDA(_xlpm.n,IF(_xlpm.n<=1,1,_xlpm.n*FACTORIAL(_xlpm.n-1)))",
    "FIBONACCI": "LAMBDA(n,IF(n<2,n,FIBONACCI(n-1)+FIBONACCI(n-2)))",
    "DOWN": "LAMBDA(n,IF(n=0,0,1+DOWN(n-1)))",
    "FOREVER": "LAMBDA(n,FOREVER(n+1))",
    "ISEVENLY": "LAMBDA(n,IF(n=0,TRUE,ISODDLY(n-1)))",
    "ISODDLY": "LAMBDA(n,IF(n=0,FALSE,ISEVENLY(n-1)))",
    "rate": "0.5",
    "SCALED": "LAMBDA(x,x*rate+s!$A$1)",
}


def answers(formulas: list[str]) -> list[Any]:
    """What each formula gives: a value, or the rows of an array."""
    book = Workbook("lambdas")
    sheet = book.add_sheet("s")
    sheet.values("A1", GRID)
    for name, meaning in NAMES.items():
        book.define_name(name, meaning)
    for place, formula in enumerate(formulas):
        sheet.spill(f"E{1 + 20 * place}", formula)
    book.recalculate()
    rects = [sheet.arrays[20 * place, 4][0] for place in range(len(formulas))]
    return [sheet.value(rect.top, rect.left) if rect.size == 1 else sheet.block(rect) for rect in rects]


VALUES = {
    "=LET(x,5,SUM(x,1))": 6,
    "=LET(x,1,y,x+1,x*10+y)": 12,
    "=2+LET(x,8,LET(x,2,x+x)*x)": 34,  # the inner name hides the outer one
    "=LET(_xlpm.a,A1+7,_xlpm.a)": 8,
    "=LET(r,A2:B3,SUM(r)*ROWS(r)+ROW(A3))": 51,
    "=LET(r,A2:B3,ROW(r))": [[2], [3]],
    "=LET(list,A1:A3*2,SUM(list))": 24,
    "=x+LET(x,1,x)": ExcelError("#NAME?"),
    "=LAMBDA(x,x+1)(2)": 3,
    "=LAMBDA(x,y,x-y)(5,3)": 2,
    "=LAMBDA(x,x)": ExcelError("#CALC!"),
    "=LAMBDA(x,y,x)(1)": ExcelError("#VALUE!"),
    "=LAMBDA(x,x)(1,2)": ExcelError("#VALUE!"),
    "=LAMBDA(x,y,x+y)(,3)": 3,
    "=LET(f,LAMBDA(x,x*2),f(f(3)))": 12,
    "=LET(add,LAMBDA(a,LAMBDA(b,a+b)),add(2)(3))": 5,
    "=LET(x,3,x(1))": ExcelError("#VALUE!"),
    "=LAMBDA(x,[y],IF(ISOMITTED(y),x,x+y))(5)": 5,
    "=LAMBDA(x,[y],IF(ISOMITTED(y),x,x+y))(5,3)": 8,
    "=LAMBDA(x,[y],x&y)(5)": "5",
    "=_xlfn.LAMBDA(_xlpm.x,_xlop.y,IF(_xlfn.ISOMITTED(_xlpm.y),-1,_xlpm.x))(5)": -1,
    "=TOCELSIUS(104)": 40,
    "=HYPOTENUSE(3,4)": 5,
    "=SCALED(4)": 3,
    "=FACTORIAL(10)": 3628800,
    "=FIBONACCI(15)": 610,
    "=DOWN(1000)": 1000,
    "=ISEVENLY(7)": False,
    "=FOREVER(1)": ExcelError("#NUM!"),
    "=IF(TRUE,1,FOREVER(1))": 1,
    "=IFERROR(FACTORIAL(3),FOREVER(1))": 6,
    "=MAP(A1:C2,LAMBDA(a,IF(a>4,a*a,a)))": [[1, 2, 3], [4, 25, 36]],
    "=MAP(A1:A3,B1:B3,LAMBDA(a,b,AND(a>3,b>3)))": [[False], [True], [True]],
    "=MAP({1,2},LAMBDA(a,SEQUENCE(a)))": [[1, ExcelError("#CALC!")]],
    "=MAP({1;2},{1;2;3},LAMBDA(a,b,a+b))": [[2], [4], [ExcelError("#N/A")]],
    "=MAP(A1:A3,FACTORIAL)": [[1], [24], [5040]],
    "=MAP(A1:A3,LAMBDA(n,FACTORIAL(n)))": [[1], [24], [5040]],
    "=MAP(A1:A2,3)": ExcelError("#VALUE!"),
    "=MAP(A1:A2,LAMBDA(a,b,a))": ExcelError("#VALUE!"),
    "=BYROW(A1:C3,LAMBDA(row,MAX(row)))": [[3], [6], [9]],
    "=BYROW(A1:C3,_xleta.SUM)": [[6], [15], [24]],
    "=BYROW(A1:C3,SUM)": [[6], [15], [24]],
    "=REDUCE(0,A1:C1,max)": 3,
    "=SUM+1": ExcelError("#NAME?"),
    "=BYROW(A1:C3,LAMBDA(row,row))": ExcelError("#CALC!"),
    "=BYCOL(A1:C3,LAMBDA(column,SUM(column)))": [[12, 15, 18]],
    "=MAKEARRAY(2,3,LAMBDA(r,c,r*c))": [[1, 2, 3], [2, 4, 6]],
    "=MAKEARRAY(0,3,LAMBDA(r,c,r*c))": ExcelError("#VALUE!"),
    "=REDUCE(,A1:C2,LAMBDA(a,b,a+b^2))": 91,
    "=REDUCE(0,A1:C2,LAMBDA(a,b,a+b^2))": 91,
    '=REDUCE("",{"a","b";"c","d"},LAMBDA(a,b,a&b))': "abcd",
    "=REDUCE(1,A1:C1,LAMBDA(a,b,IF(b>2,a*b,a)))": 3,
    "=REDUCE(A1:C1,SEQUENCE(3),LAMBDA(a,b,VSTACK(a,a*b)))": [
        [n * k for n in (1, 2, 3)] for k in (1, 1, 2, 2, 3, 3, 6, 6)
    ],
    "=SCAN(1,A1:C2,LAMBDA(a,b,a*b))": [[1, 2, 6], [24, 120, 720]],
    '=SCAN("",{"a","b","c"},LAMBDA(a,b,a&b))': [["a", "ab", "abc"]],
    "=SCAN(,A1:A3,LAMBDA(a,b,a*b))": [[1], [4], [28]],
    "=SUM(BYROW(A1:C3,LAMBDA(r,LET(m,MAX(r),m*m))))": 126,
}


def test_what_they_give() -> None:
    wrong = [
        f"{formula} is {value!r}, not {expected!r}"
        for (formula, expected), value in zip(VALUES.items(), answers(list(VALUES)), strict=True)
        if value != expected or isinstance(value, bool | ExcelError) != isinstance(expected, bool | ExcelError)
    ]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize(
    ("formula", "reason"),
    [
        ("=LET(1,2,3)", "LET gives no name"),
        ("=LET(x,1)", "expected"),
        ("=LET(x,1,x,2,x)", "the same name twice"),
        ("=LAMBDA(x,x,x+1)", "the same name twice"),
    ],
)
def test_what_is_refused_when_it_is_typed(formula: str, reason: str) -> None:
    with pytest.raises(FormulaError, match=reason):
        Workbook("refused").add_sheet("s")["E1"] = formula


def test_too_few_arguments() -> None:
    formula, reason = "=MAP(A1:A3)", "MAP takes 2 to 255 arguments, 1 given"
    book = Workbook("refused")
    book.add_sheet("s")["E1"] = formula
    with pytest.raises(FormulaError, match=reason):
        book.recalculate(strict=True)
    book.recalculate()
    assert [reason in told for told in book.unsupported()] == [True]


def python_loop(rows: list[list[float]]) -> dict[str, Any]:
    """What some formulas over a random table X of two columns give, element by element."""
    return {
        "=MAP(A1:A40,B1:B40,LAMBDA(a,b,SQRT(a^2+b^2)))": [[hypot(a, b)] for a, b in rows],
        "=MAP(A1:A40,LAMBDA(a,SUM(MAP(B1:B3,LAMBDA(b,a*b)))))": [[sum(a * b for _, b in rows[:3])] for a, _ in rows],
        '=MAP(A1:A40,LAMBDA(a,COUNTIF(A1:A40,"<"&a)))': [[sum(x < a for x, _ in rows)] for a, _ in rows],
        "=MAP(A1:A40,LAMBDA(a,INDEX(B1:B40,a+1)))": [[rows[int(a)][1]] for a, _ in rows],
        "=MAP(A1:A40,LAMBDA(a,SUM(TAKE(B1:B40,a+1))))": [[sum(b for _, b in rows[: int(a) + 1])] for a, _ in rows],
        "=MAP(A1:A40,LAMBDA(a,SUM(OFFSET(B1,0,0,a+1))))": [[sum(b for _, b in rows[: int(a) + 1])] for a, _ in rows],
        "=MAP(A1:A40,LAMBDA(a,SUM(B1:INDEX(B1:B40,a+1))))": [[sum(b for _, b in rows[: int(a) + 1])] for a, _ in rows],
        "=BYROW(A1:B40,LAMBDA(r,INDEX(r,2)-INDEX(r,1)))": [[b - a] for a, b in rows],
        "=BYROW(A1:B40,LAMBDA(r,LET(low,MIN(r),high,MAX(r),IF(low=high,-1,high-low))))": [
            [-1 if a == b else max(a, b) - min(a, b)] for a, b in rows
        ],
        "=SCAN(0,B1:B40,LAMBDA(s,b,IF(b>10,0,s+b)))": _running(rows),
    }


def _running(rows: list[list[float]]) -> list[list[float]]:
    found, total = [], 0.0
    for _, b in rows:
        total = 0.0 if b > 10 else total + b
        found.append([total])
    return found


def test_against_a_loop_in_python() -> None:
    """Many calls are computed at once where they are alike, and one by one where not: both as Python does it."""
    generator = random.Random(7)
    rows = [[float(generator.randrange(20)), float(generator.randrange(20))] for _ in range(40)]
    book = Workbook("loop")
    sheet = book.add_sheet("s")
    sheet.values("A1", rows)
    expected = python_loop(rows)
    for place, formula in enumerate(expected):
        sheet.dynamic_at(0, 3 + place, book.formula_number(formula, 0, 3 + place, "s"))
    book.recalculate()
    for place, (formula, values) in enumerate(expected.items()):
        found = [[sheet.value(row, 3 + place)] for row in range(40)]
        np.testing.assert_allclose(found, values, rtol=1e-15, err_msg=formula)


def test_filled_down() -> None:
    book = Workbook("down")
    sheet = book.add_sheet("s")
    sheet.values("A1", [[n] for n in (3, 1, 5)])
    sheet.fill("B1:B3", "=LET(x,A1,y,SUM(A$1:A1),x*y)")
    book.recalculate()
    assert sheet["B1:B3"] == [[9], [4], [45]]


def test_a_number_drawn_for_each() -> None:
    book = Workbook("drawn")
    sheet = book.add_sheet("s")
    sheet["A1"] = "=MAP(SEQUENCE(50),LAMBDA(x,RAND()))"
    sheet["B1"] = "=MAP(SEQUENCE(50),LAMBDA(x,RANDBETWEEN(1,10^9)))"
    sheet["C1"] = "=LET(r,RAND(),r-r)"
    book.recalculate()
    for letter in "AB":
        assert len({row[0] for row in sheet[f"{letter}1:{letter}50"]}) == 50
    assert sheet["C1"] == 0


def test_the_order_of_computing_knows_what_functions_read() -> None:
    book = Workbook("order")
    book.define_name("TOTAL", "LAMBDA(k,k*SUM(s!$C$1:$C$2))")
    sheet = book.add_sheet("s")
    sheet["A1"] = "=TOTAL(2)"
    sheet["B1"] = "=LET(c,C1,c+C2)"
    sheet["C1"] = "=D1+1"
    sheet["C2"] = "=D1+2"
    sheet["D1"] = "=4"
    book.recalculate()
    assert (sheet["A1"], sheet["B1"]) == (22, 11)
    sheet["D1"] = 0
    book.recalculate()
    assert (sheet["A1"], sheet["B1"]) == (6, 3)


def test_a_column_that_needs_the_row_above() -> None:
    book = Workbook("recurrence")
    sheet = book.add_sheet("s")
    sheet["A1"] = 1
    sheet.fill("A2:A9", "=LET(before,A1,total,SUM(A$1:A1),before+total)")
    sheet["B1"] = 1
    sheet.fill("B2:B9", "=C1+1")
    sheet.fill("C1:C9", "=LAMBDA(x,2*x)(B1)")
    book.recalculate()
    python = [1.0]
    while len(python) < 9:
        python.append(python[-1] + sum(python))
    assert [row[0] for row in sheet["A1:A9"]] == python
    assert [row[0] for row in sheet["B1:B9"]] == [2.0**k - 1 for k in range(1, 10)]


@pytest.mark.parametrize("formula", ["=FIBONACCI(60)", "=REDUCE(0,SEQUENCE(1000,1000),LAMBDA(a,b,a+b))"])
def test_no_file_hangs_its_reader(monkeypatch: pytest.MonkeyPatch, formula: str) -> None:
    """When the steps of a recalculation are used up, what asked for more of them is not computed, and the rest is."""
    monkeypatch.setattr(evaluating, "BUDGET", 20_000)
    assert answers([formula, "=1+1"]) == [ExcelError("#UNSUPPORTED!"), 2]


def test_arrays_in_arrays_without_end() -> None:
    book = Workbook("deep")
    book.define_name("NEST", "LAMBDA(n,SUM(MAP({1,2},LAMBDA(x,NEST(n+x)))))")
    book.add_sheet("s")["A1"] = "=NEST(1)"
    book.recalculate()
    assert book["s"]["A1"] == ExcelError("#NUM!")


def test_explained() -> None:
    book = Workbook("explained")
    sheet = book.add_sheet("s")
    sheet["A1"] = 2
    sheet["B1"] = "=LET(x,A1*3,f,LAMBDA(y,y+1),f(x))"
    book.recalculate()
    found = sheetsim.explain(book, "s!B1")
    assert (found.value, found.numpy) == (7, None)  # names bound within it are no line of NumPy's
