"""What the steps of any button come to: copies of formulas that carry what it would have moved."""

from __future__ import annotations

from typing import Any

import pytest

from sheetsim.errors import InputError
from sheetsim.macros.press import do
from sheetsim.macros.unrolling import Unrolled, unroll
from sheetsim.model.buttons import Append, Clear, Copy, If, Macro, Recalculate, Set
from sheetsim.model.sheet import Sheet
from sheetsim.workbook import Workbook


def counter(*steps: Any) -> Sheet:
    """A start in A1, a rate in A2, another number in A3, and a chain of formulas under them."""
    sheet = Workbook("demo").add_sheet("s")
    sheet.values("A1", [[3], [2], [5]])
    sheet.values("B1", [["start"], ["rate"]])
    sheet.fill("A4:A6", "=A3*$A$2+$A$1")
    sheet["C4"] = "=rate+total"
    sheet["C5"] = "=C4/s!$A$3+SUM(A$4:A6)"
    sheet["C6"] = "=other!B1"
    for name, target in {"start": "$A$1", "rate": "$A$2", "total": "$A$6", "list": "$E$9:$E$12"}.items():
        sheet.name(name, target)
    sheet.book.add_sheet("other")["B1"] = "=6*7"
    sheet.button("run", Macro(steps))
    sheet.watch = {"total": "=A6"}
    sheet.book.recalculate()
    return sheet


GO = Recalculate()


@pytest.mark.parametrize(
    "steps",
    [
        [Copy("total", "start"), GO],
        [Copy("A5:A6", "A1:A2"), GO],
        [Set("rate", 0.5), GO],
        [Set("rate", "=rate/2"), GO],
        [Set("rate", "=rate+1"), Set("start", "=rate*2"), GO],
        [Set("start", "=rate*2"), Set("rate", "=rate+1"), GO],
        [Set("rate", "=rate+1"), Set("rate", "=rate*2"), Set("rate", "=rate-start"), GO],
        [Set("rate", "=rate+1"), Set("start", "=total+rate"), GO],
        [Set("rate", "=rate/2"), GO, Set("start", "=total/1000"), GO],
        [Set("rate", "=rate/2"), GO, Set("start", "=total/1000"), Set("A3", "=C4"), GO],
        [GO, Set("rate", "=rate/2"), GO],
        [Set("rate", "=rate+1"), GO, Set("start", "=SUM(A2:A3)"), GO],
        [Set("rate", "=rate/2"), GO, If("=C4>20", (Set("rate", "=rate/4"), Copy("total", "A3"))), GO],
        [If("=total>20", (Set("rate", 0.25), If("=A3=5", (Set("A3", 1),)))), GO],
        [Clear("A3"), Set("start", "=total+A3"), GO],
        [Copy("total", "start"), GO, Append("total", "list")],
        [Append("total", "E9:E40"), Copy("total", "start"), Append("total", "E9:E40"), GO],
        [Set("A5", "=A6"), GO],
        [],
        [GO],
    ],
)
def test_steps_as_formulas(steps: list[Any]) -> None:
    unrolled, pushed = counter(*steps), counter(*steps)
    place = Unrolled(unrolled).places
    unroll(unrolled.book, 3)
    for epoch in range(4):
        cells = [
            (row, column) for row in range(place.height) for column in range(place.width) if (row, column) < (8, 4)
        ]
        top = place.top(epoch)
        assert {c: unrolled.value(top + c[0], c[1]) for c in cells} == {c: pushed.value(*c) for c in cells}, epoch
        assert unrolled.value(3 + epoch, place.table + 1) == pushed["A6"]
        if epoch < 3:
            do(pushed, tuple(steps))
    assert unrolled["E9:E12"] == pushed["E9:E12"]


@pytest.mark.parametrize(
    ("steps", "message"),
    [
        ([Copy("A5:A6", "A1"), GO], "A5:A6 cannot be copied to A1, which has another shape"),
        ([Set("rate", 1)], "s: a button can be unrolled only if it recalculates at its end"),
        ([If("=A1>1", (GO,))], "recalculates on a condition"),
        ([If("=A1>1", (Clear("rate"),)), GO], "cannot lengthen a list or empty a cell on a condition"),
        ([Set("rate", "=SUM(A:A)"), GO], "would take in every epoch"),
        ([Set("A3", 1), Set("rate", "=SUM(A1:A3)"), Set("A3", 2), GO], "only a part of it is new"),
        ([Set("nosuch", 1), GO], "no name or cell 'nosuch'"),
    ],
)
def test_steps_that_formulas_cannot_do(steps: list[Any], message: str) -> None:
    sheet = counter(*steps)
    with pytest.raises(InputError, match=message):
        unroll(sheet.book, 3)
    assert "run" in sheet.buttons
