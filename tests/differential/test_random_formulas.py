"""Two hundred random formulas in every test run, ours against LibreOffice, and all that longer runs found
(``make fuzz-formulas``). Which differences are known, and why, is in ``known_differences.py``.

The judge is judged too: what it must find out is planted here.
"""

from __future__ import annotations

from typing import Any

import judge_formulas
import known_differences
import own_values
import pytest
from fuzz_formulas import findings, new
from own_values import Difference, close
from random_formulas import CELLS, Case, Part, compared, drawn

from sheetsim.functions import FUNCTIONS

COUNT = 200
START = 2025


def test_the_same_values_as_libreoffice() -> None:
    wrong = new(judge_formulas.differences([*findings(), *drawn(COUNT, START)]))
    assert not wrong, "\n".join(map(str, wrong))


def test_the_same_start_gives_the_same_formulas() -> None:
    one, again, other = ([*map(str, drawn(12, start))] for start in (1, 1, 2))
    assert one == again != other
    assert len(set(one)) == 12


def test_every_function_has_its_turn() -> None:
    names = {case.part.name for case in drawn(len(compared()) + 30, START)}
    assert names >= set(compared())
    assert set(FUNCTIONS) - names == set(known_differences.LEFT_OUT) & set(FUNCTIONS)


def test_all_kinds_of_values_stand_in_them() -> None:
    text = " ".join(map(str, drawn(COUNT, START)))
    for kind in ("TRUE", "#", '"5%"', '"abc"', "in!D", "in!K", ":", "{1,2;3,4}", "{=", "<="):
        assert kind in text, kind


# --- the judge finds out ----------------------------------------------------------------------------------------------
ONE = Part("number", "1")
SUM = Part("SUM", "SUM({},{})", (ONE, Part("ABS", "ABS({})", (Part("number", "-2"),))))


def planted(ours: Any, theirs: Any, part: Part = SUM) -> str | None:
    return known_differences.why(Difference(Case(part, False), Case(part, False), ours, theirs, (1.0, 2.0)))


@pytest.mark.parametrize(
    ("ours", "theirs"), [(3.0, 4), (3.0, "#VALUE!"), (3.0, "3"), ("a", "b"), (None, 1), (3.0, None)]
)
def test_a_wrong_value_has_no_known_reason(ours: Any, theirs: Any) -> None:
    assert not close(ours, theirs)
    assert planted(ours, theirs) is None


def test_the_smallest_part_is_blamed(monkeypatch: pytest.MonkeyPatch) -> None:
    """ABS is made wrong, as LibreOffice would see it."""
    answers = {"=0": 0, "=SUM(1,ABS(-2))": 1, "=ABS(-2)": 0, "=SUM(1,2.0)": 3}
    monkeypatch.setattr(judge_formulas, "theirs", lambda sheets, formulas: [answers[text] for text in formulas])
    (found,) = judge_formulas.differences([Case(SUM, False)])
    assert (str(found.part), found.ours, found.theirs, found.reason) == ("=ABS(-2)", 2.0, 0, None)
    assert str(found) == "=ABS(-2) is 2.0; LibreOffice has 0, in =SUM(1,ABS(-2))"


def test_what_the_engine_cannot_do_is_a_difference() -> None:
    (value,) = own_values.values([Case(Part("NOSUCH", "NOSUCH({})", (ONE,)), False)])
    assert isinstance(value, own_values.Failed)
    assert not close(value, str(value))


def test_a_known_difference_is_named() -> None:
    half = Part("BITAND", "BITAND({},{})", (Part("number", "0.5"), ONE))
    found = Difference(Case(half, False), Case(half, False), "#NUM!", 0, (0.5, 1.0))
    assert known_differences.why(found) == "bits are of whole numbers"


def test_the_cells_hold_every_kind() -> None:
    kinds = {type(value).__name__ for row in CELLS for value in row}
    assert kinds == {"int", "float", "str", "bool", "NoneType", "ExcelError"}
