"""Gradients beside the numbers, held to whole recalculations with a moved input, and to calculus."""

from __future__ import annotations

import json
from importlib.util import find_spec
from math import exp

import pytest

import sheetsim
from sheetsim.errors import InputError, NotFound
from sheetsim.study.explanation import gradients as module
from sheetsim.study.explanation.explaining import explain
from sheetsim.study.explanation.gradients import gradient
from sheetsim.workbook import Workbook

needs_torch = pytest.mark.skipif(find_spec("torch") is None, reason="PyTorch is not installed")
BOTH = [pytest.param("torch", marks=needs_torch), "differences"]


def by_recalculation(name: str, cell: str, by: str) -> float:
    """A central difference of the whole workbook."""
    ends = []
    title, _, address = cell.partition("!")
    where, _, moved = by.partition("!")
    book = sheetsim.build(name)
    start = book[where][moved]
    step = 1e-5 * max(1.0, abs(start))
    for value in (start - step, start + step):
        book[where][moved] = value
        book.recalculate()
        ends.append(book[title][address])
    return float((ends[1] - ends[0]) / (2 * step))


@pytest.mark.parametrize("engine", BOTH)
@pytest.mark.parametrize(
    ("name", "cell", "by"),
    [
        ("graddesc", "adam!H6", "adam!D2"),
        ("graddesc", "adam!H10", "adam!J1"),
        ("graddesc", "momentum!H8", "momentum!A4"),
        ("entropy_example", "softmax!D3", "softmax!B4"),
        ("collab_filter", "dotprod!H25", "dotprod!B25"),
        ("collab_filter", "movielens_emb!Y3", "movielens_emb!C5"),
        ("losses", "cross_entropy!O5", "cross_entropy!B5"),
    ],
)
def test_it_is_what_moving_the_input_does(name: str, cell: str, by: str, engine: str) -> None:
    found = gradient(sheetsim.build(name), cell, by, engine)
    assert (found.cell, found.by, found.engine) == (cell, by, engine)
    assert found.values[0][0] == pytest.approx(by_recalculation(name, cell, by), rel=1e-5, abs=1e-9)


@needs_torch
def test_both_engines_agree_on_every_cell_of_a_training() -> None:
    book = sheetsim.build("graddesc")
    ours, theirs = (gradient(book, "adam!H12", "adam!A1:M12", engine).values for engine in ("differences", "torch"))
    for line, other in zip(ours, theirs, strict=True):
        for mine, yours in zip(line, other, strict=True):
            assert (mine or 0.0) == pytest.approx(yours or 0.0, rel=1e-6, abs=1e-12)


@pytest.mark.parametrize("engine", BOTH)
def test_of_a_computed_cell_everything_before_it_stays(engine: str) -> None:
    book = Workbook("b")
    sheet = book.add_sheet("s")
    sheet["A1"], sheet["A2"], sheet["A3"] = 3, "=A1^2", "=EXP(A2/9)*A1"
    sheet["B1"] = "text"
    book.recalculate()
    found = gradient(book, "A3", "A1:B3", engine)
    e = exp(1.0)
    assert [line[0] for line in found.values] == pytest.approx([e + 3 * e / 9 * 6, 3 * e / 9, 1.0], rel=1e-6)
    assert [line[1] for line in found.values] == [None, None, None]
    json.dumps(found.to_json())


def test_where_torch_has_no_rule_it_is_differences() -> None:
    book = Workbook("b")
    sheet = book.add_sheet("s")
    sheet.values("A1", [[2], [3], [5]])
    sheet["B1"] = "=SUMPRODUCT(SUBTOTAL(9,OFFSET(A1:A2,{0,1},0)))"  # an array of references
    book.recalculate()
    assert sheet["B1"] == 2 + 3 + 3 + 5
    found = gradient(book, "B1", "A1:A2")
    assert found.engine == "differences"
    assert [line[0] for line in found.values] == pytest.approx([1, 2], rel=1e-6)


def test_without_torch_it_is_differences_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "find_spec", lambda name: None)
    found = explain(sheetsim.build("graddesc"), "basic!F4")
    assert found.gradients_by == "differences"
    by = {part.written: part.gradient for part in found.parts}
    assert by["E4"] == pytest.approx(-2 * (58 - sheetsim.build("graddesc")["basic"]["E4"]), rel=1e-6)
    with pytest.raises(InputError, match="needs torch"):
        gradient(sheetsim.build("graddesc"), "basic!F4", "C4", "torch")


@pytest.mark.parametrize(
    ("cell", "by", "engine", "kind", "message"),
    [
        ("basic!C3", "C4", "auto", InputError, "basic!C3 holds 'intercept', no number"),
        ("basic!F4:F5", "C4", "auto", InputError, "2 cells; one is wanted"),
        ("basic!F4", "nosuch!C4", "auto", NotFound, "no sheet 'nosuch'"),
        ("basic!F4", "C4", "jax", InputError, "torch or differences, not by 'jax'"),
    ],
)
def test_what_has_no_gradient(cell: str, by: str, engine: str, kind: type[Exception], message: str) -> None:
    with pytest.raises(kind, match=message):
        gradient(sheetsim.build("graddesc"), cell, by, engine)


def test_the_workbook_stays_as_it_is() -> None:
    book = sheetsim.build("graddesc")
    before = {sheet.title: sheet.num.copy() for sheet in book}
    explain(book, "adam!H32", depth=5)
    gradient(book, "adam!H32", "lr", "differences")
    assert all((before[sheet.title] == sheet.num).all() for sheet in book)
    assert not book.changed


def test_the_inputs_that_move_it_most() -> None:
    book = Workbook("b")
    sheet = book.add_sheet("s")
    sheet.values("A1", [[2.0], [100.0], [5.0], [0.0]])
    sheet["B1"] = "=A1^3+A2/100+A4*7"
    book.recalculate()
    found = explain(book, "B1")
    assert [one.where for one in found.inputs] == ["s!A1", "s!A2", "s!A4"]
    assert [one.effect for one in found.inputs] == pytest.approx([3 * 8 / 100, 0.01, 0.0], rel=1e-6)
    assert found.inputs[2].gradient == pytest.approx(7)


def test_what_rounding_decides_is_said() -> None:
    book = Workbook("b")
    sheet = book.add_sheet("s")
    sheet["A1"], sheet["B1"] = 1e6 + 1e-4, 1e6
    sheet["C1"] = "=(A1^2-B1^2)*1"
    book.recalculate()
    notes = explain(book, "C1").notes
    assert any("9 of 16 digits are lost" in note for note in notes)
    assert any("rounding decides its last digits" in note for note in notes)
    assert explain(sheetsim.build("graddesc"), "adam!H6").notes == ()
