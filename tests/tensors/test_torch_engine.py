"""The torch engine over whole workbooks, and as people use it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import sheetsim
from sheetsim.errors import InputError
from sheetsim.model.address import Rect, parse_rect
from sheetsim.model.values import NUMBER
from sheetsim.workbook import Workbook

torch = pytest.importorskip("torch", reason="torch is not installed")

from test_torch_shapes import two_sheets

from sheetsim.tensors.tape import Objective

CUDA = pytest.param("cuda", marks=pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device"))
FORMULA_CELLS = {
    "graddesc": 1623,
    "collab_filter": 12937,
    "entropy_example": 75,
    "weight_decay": 2414,
    "losses": 302,
    "collab_sigmoid": 452,
}


# --- whole workbooks --------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("device", ["cpu", CUDA])
@pytest.mark.parametrize("name", FORMULA_CELLS)
def test_every_cell_of_the_workbooks(name: str, device: str) -> None:
    book = sheetsim.open(name)
    book.recalculate()
    twin = book.torch(device=device)
    worst, where, seen = 0.0, "", 0
    for sheet in book.sheets:
        found = twin.tape.memory.read(sheet, Rect(0, 0, sheet.rows - 1, sheet.columns - 1)).host
        kind, num = sheet.kind[: sheet.rows, : sheet.columns], sheet.num[: sheet.rows, : sheet.columns]
        assert (found.kinds()[0, 0] == kind).all(), f"kinds on {sheet.title}"
        computed = sheet.computed() & (kind == NUMBER)
        seen += int(sheet.computed().sum())
        gap = np.abs(found.num[0, 0] - num) / np.maximum(np.abs(num), 1e-300)
        gap[~computed | (found.num[0, 0] == num)] = 0.0
        row, column = np.unravel_index(int(gap.argmax()), gap.shape)
        if gap[row, column] > worst:
            worst, where = float(gap[row, column]), sheet.where(int(row), int(column))
    assert seen == FORMULA_CELLS[name]
    assert worst <= 1e-12, f"worst cell {where}: {worst:.1e}"


def test_the_workbooks_cells_are_torchs() -> None:
    """Not NumPy's values handed on: computed cells carry gradients."""
    for name, cells in {"graddesc": ["basic!F33", "adam!H32"], "collab_filter": ["bias!V42"]}.items():
        twin = sheetsim.open(name).torch()
        assert all(twin[cell].requires_grad for cell in cells)


def test_the_lectures_finite_differences() -> None:
    """On ``basic`` autograd of err^2 equals de/db and de/da; the columns by finite differences, h = 0.01, are off by
    exactly h and h·x², as (E + h·c)² - E² = 2cEh + c²h² says."""
    book = sheetsim.open("graddesc")
    basic = book.torch("basic")
    x = basic["A4:A32"][:, 0].detach().numpy()
    for row in range(4, 33):
        by_b, by_a = basic.gradient(f"F{row}", f"C{row}:D{row}")[0]
        assert by_b == pytest.approx(basic[f"K{row}"].item(), rel=1e-14)
        assert by_a == pytest.approx(basic[f"L{row}"].item(), rel=1e-14)
        h, square = 0.01, x[row - 4] ** 2
        scale = max(basic[f"I{row}"].item(), basic[f"B{row}"].item() ** 2) / h  # what the subtractions cancel
        assert basic[f"H{row}"].item() - by_b == pytest.approx(h, abs=1e-15 * scale)
        assert basic[f"J{row}"].item() - by_a == pytest.approx(h * square, abs=1e-15 * scale)


@pytest.mark.parametrize(
    ("sheet", "cells", "output"),
    [("dotprod", ["B25:F39", "H19:V23"], "V41"), ("bias", ["A26:F40", "H19:V24"], "V42")],
)
def test_the_solvers_objective(sheet: str, cells: list[str], output: str) -> None:
    book = sheetsim.open("collab_filter")
    place = parse_rect(output)
    objective = Objective(book, [(sheet, parse_rect(c)) for c in cells], (sheet, place.top, place.left))
    x = objective.start()
    value, gradient = objective(x)
    assert value == book[sheet][output]
    for i in range(0, len(x), 13):
        step = np.zeros_like(x)
        step[i] = 1e-6
        assert gradient[i] == pytest.approx((objective(x + step)[0] - objective(x - step)[0]) / 2e-6, abs=1e-9)
    moved = objective(x * 1.1)[0]  # computed anew, not remembered
    for area in (parse_rect(c) for c in cells):
        cut = slice(area.top, area.bottom + 1), slice(area.left, area.right + 1)
        book[sheet].num[cut] *= 1.1
    book.recalculate()
    assert moved == pytest.approx(book[sheet][output], rel=1e-13)


# --- use --------------------------------------------------------------------------------------------------------------
def test_training_through_the_sheet() -> None:
    """The lecture's line fitted by torch's own optimizer, the error computed by the sheet's formulas."""
    book = sheetsim.open("graddesc")
    book["data"].fill("F1", "=SUMXMY2(basic!B4:B32,basic!A4:A32*$G$1+$G$2)")
    book["data"]["G1"], book["data"]["G2"] = 1.0, 1.0
    weights = torch.tensor([1.0, 1.0], dtype=torch.float64, requires_grad=True)
    optimizer = torch.optim.LBFGS([weights], max_iter=50, line_search_fn="strong_wolfe")

    def error() -> Any:
        optimizer.zero_grad()
        loss = book.torch("data", inputs={"G1:G2": weights})["F1"]
        loss.backward()
        return loss

    optimizer.step(error)
    assert weights.tolist() == pytest.approx([2.0, 30.0], rel=1e-6)


@pytest.mark.parametrize("device", ["cpu", CUDA])
def test_float32(device: str) -> None:
    twin = sheetsim.open("graddesc").torch("basic", dtype=torch.float32, device=device)
    assert twin["F33"].dtype == torch.float32
    assert twin["F33"].item() == pytest.approx(sheetsim.open("graddesc")["basic"]["F33"], rel=1e-5)


def test_random_numbers_stay_as_drawn() -> None:
    book = sheetsim.open("graddesc")
    book.recalculate()
    twin = book.torch("data")
    assert twin["B5:B33"].flatten().tolist() == [row[0] for row in book["data"]["B5:B33"]]
    assert twin.gradient("C5", "C1:C2").tolist() == [[1.0], [book["data"]["B5"]]]


def test_random_numbers_stay_as_drawn_cell_by_cell() -> None:
    """To learn the order of two sheets' cells they are computed once more."""
    book = Workbook("drawn")
    two_sheets(book)
    book["other"].fill("A2:A5", "=s!A2+RAND()")
    book.recalculate()
    before = [row[0] for row in book["other"]["A1:A5"]]
    assert book.torch("s").value("F1") == before[-1]
    assert [row[0] for row in book["other"]["A1:A5"]] == before


def test_places() -> None:
    book = Workbook("quoted")
    book.add_sheet("it's")["A1"] = 2
    assert book.torch()["'it''s'!$A$1"].item() == book.torch()["it's!A1"].item() == 2
    assert book.torch(inputs={"'it''s'!A1": torch.tensor(3.0)})["A1"].item() == 3
    with pytest.raises(InputError, match="nothing has no sheets"):
        Workbook("nothing").torch()


BAD = [
    (lambda t: t["A3"], r"basic!A3 holds 'x', not a number"),
    (lambda t: t["A3:B4"], r"basic!A3 holds 'x', not a number"),
    (lambda t: t["nothing"], r"nothing"),
    (lambda t: t["absent!A1"], r"absent"),
    (lambda t: t.gradient("F4:F5", "C1"), r"F4:F5: the gradient is of one cell"),
    (lambda t: t.gradient("F4", "A3:A4"), r"basic!A3 holds 'x', not a number"),
]


@pytest.mark.parametrize(("use", "message"), BAD)
def test_bad_use_of_the_twin(use: Any, message: str) -> None:
    with pytest.raises(InputError, match=message):
        use(sheetsim.open("graddesc").torch("basic"))


BAD_INPUTS: list[tuple[dict[str, Any], str]] = [
    ({"inputs": {"E4": torch.ones(1)}}, r"basic!E4: the inputs are cells that hold plain numbers"),
    ({"inputs": {"A3": torch.ones(1)}}, r"basic!A3: the inputs are cells"),
    ({"inputs": {"ZZ999": torch.ones(1)}}, r"basic!ZZ999: the inputs are cells"),
    ({"inputs": {"A4:A5": torch.ones(2), "A5": torch.ones(1)}}, r"basic!A5: some of these cells are among the inputs"),
    ({"inputs": {"C1:C2": torch.ones(3)}}, r"C1:C2 has 2 cells, the tensor given for it 3 elements"),
]


@pytest.mark.parametrize(("options", "message"), BAD_INPUTS)
def test_bad_inputs(options: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=message):
        sheetsim.open("graddesc").torch("basic", **options)


@pytest.mark.skipif(torch.cuda.is_available(), reason="there is a CUDA device")
def test_no_cuda_device() -> None:
    with pytest.raises(InputError, match="no CUDA device"):
        sheetsim.open("graddesc").torch("basic", device="cuda")


def test_without_torch(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sheetsim.support.extras.find_spec", lambda name: None)
    with pytest.raises(InputError, match=r"the torch engine needs torch: .*pip install 'sheetsim\[torch\]'"):
        sheetsim.open("graddesc").torch("basic")
