"""tiny_nn's rates for layer groups, worked out from what is typed; its approximations; and how its sheets begin."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from sheetsim.library import build
from sheetsim.model.values import ExcelError
from sheetsim.workbook import Workbook
from workbooks.tiny_nn.approximation import PLACES, UNITS
from workbooks.tiny_nn.rates import FIRST, GROUPS

ROW = FIRST + 2  # the first line to try


def rates(typed: Any, groups: int, frozen: int = 0) -> list[Any]:
    book = build("tiny_nn")
    sheet = book["rates"]
    sheet[f"B{ROW}"], sheet[f"C{ROW}"], sheet[f"D{ROW}"] = typed, groups, frozen
    book.recalculate()
    (row,) = sheet[f"G{ROW}:L{ROW}"]
    assert row[groups:] == [""] * (GROUPS - groups)
    return row[:groups]


@pytest.mark.parametrize(
    ("typed", "groups", "frozen", "expected"),
    [
        (0.1, 2, 0, [0.1, 0.1]),
        (0, 3, 0, [0, 0, 0]),
        ("slice(0.3)", 3, 0, [0.3 / 3, 0.3 / 3, 0.3]),
        ("slice(3e-2)", 2, 0, [0.03 / 3, 0.03]),
        ("slice(1e-5,1e-3)", 3, 0, [1e-5, 1e-4, 1e-3]),
        ("slice( 1e-5 , 1e-3 )", 3, 0, [1e-5, 1e-4, 1e-3]),
        ("SLICE(0.001, 0.1)", 6, 0, np.geomspace(0.001, 0.1, 6)),
        ("slice(0, 0.1)", 3, 0, [0, 0, 0.1]),
        ("slice(0.1, 0.1)", 4, 0, [0.1] * 4),
        ("slice(0.01, 0.1)", 1, 0, [0.1]),
        ("slice(1e-4, 1e-2)", 3, 1, [0, 1e-3, 1e-2]),
        (0.1, 3, 2, [0, 0, 0.1]),
        (0.1, 3, 3, [0, 0, 0]),
    ],
)
def test_rates_from_what_is_typed(typed: Any, groups: int, frozen: int, expected: Any) -> None:
    assert rates(typed, groups, frozen) == pytest.approx(list(expected), rel=1e-14)


@pytest.mark.parametrize("typed", ["fast", "slice(", "slice()", "slice(a)", "slice(0.1,)", "0.1, 0.2", "slice 0.1"])
def test_what_is_no_rate_is_an_error_in_the_cell(typed: str) -> None:
    assert isinstance(rates(typed, 3)[-1], ExcelError)


def test_the_training_sheets_have_their_lines() -> None:
    book = build("tiny_nn")
    book["nn"]["C3"], book["linear"]["F3"] = "slice(0.3)", 1
    book.recalculate()
    assert [book["nn"][cell] for cell in ("CQ3", "CY3")] == pytest.approx([0.1, 0.3])
    assert [book["linear"][cell] for cell in ("CY3", "DG3")] == [0, 0.1]


# --- universal approximation ------------------------------------------------------------------------------------------
@pytest.fixture(scope="module", params=[(0.75, 1), (2, -1.5)], ids=["as it comes", "other waves"])
def curves(request: pytest.FixtureRequest) -> Workbook:
    book = build("tiny_nn")
    book["approximation"]["B3"], book["approximation"]["D3"] = request.param
    book.recalculate()
    return book


def test_a_network_is_the_line_through_the_curve_at_its_bends(curves: Workbook) -> None:
    sheet = curves["approximation"]
    waves, tilt = sheet["B3"], sheet["D3"]
    table = np.array(sheet[f"A7:G{6 + PLACES}"])

    def curve(x: np.ndarray) -> np.ndarray:
        return np.asarray(np.sin(2 * np.pi * waves * x) + tilt * x)

    np.testing.assert_allclose(table[:, 1], curve(table[:, 0]), rtol=1e-13, atol=1e-14)
    for at, units in enumerate(UNITS):
        bends = np.linspace(0, 1, units + 1)
        np.testing.assert_allclose(table[:, 2 + at], np.interp(table[:, 0], bends, curve(bends)), atol=1e-13)
        error = np.sqrt(np.mean((table[:, 2 + at] - table[:, 1]) ** 2))
        assert sheet[f"{'CDEFG'[at]}5"] == pytest.approx(error, rel=1e-12)


@pytest.mark.parametrize("at", range(len(UNITS)))
def test_it_is_a_layer_of_relus_and_an_affine_one(at: int, curves: Workbook) -> None:
    torch = pytest.importorskip("torch")
    sheet, units = curves["approximation"], UNITS[at]
    (bend, weight) = ([row[0] for row in sheet[f"{c}7:{c}{6 + units}"]] for c in ("JL", "MO", "PR", "SU", "VX")[at])
    network = torch.nn.Sequential(torch.nn.Linear(1, units), torch.nn.ReLU(), torch.nn.Linear(units, 1)).double()
    with torch.no_grad():
        network[0].weight.fill_(1)
        network[0].bias.copy_(-torch.tensor(bend, dtype=torch.float64))
        network[2].weight.copy_(torch.tensor([weight], dtype=torch.float64))
        network[2].bias.fill_(sheet["B7"])
        x = torch.tensor(sheet[f"A7:A{6 + PLACES}"], dtype=torch.float64)
        theirs = network(x)[:, 0].numpy()
    ours = [row[0] for row in sheet[f"{'CDEFG'[at]}7:{'CDEFG'[at]}{6 + PLACES}"]]
    np.testing.assert_allclose(ours, theirs, rtol=1e-12, atol=1e-13)


def test_the_error_falls_with_the_units() -> None:
    book = build("tiny_nn")
    book.recalculate()
    (errors,) = book["approximation"]["C5:G5"]
    assert all(later < earlier / 2 for earlier, later in pairwise(errors))


# --- how the sheets begin ---------------------------------------------------------------------------------------------
def test_every_sheet_begins_with_what_to_look_at() -> None:
    for sheet in build("tiny_nn").sheets:
        for (sentence,) in sheet["A1:A2"]:
            assert sentence.endswith("."), sheet.title
            assert len(sentence) > 60, sheet.title
        assert sheet.about, sheet.title
