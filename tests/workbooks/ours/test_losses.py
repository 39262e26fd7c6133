"""losses against PyTorch's own losses and autograd, plain Python, and differences of the sheet's own results."""

from __future__ import annotations

from functools import cache
from math import exp, log
from typing import Any

import numpy as np
import pytest

from sheetsim.model.address import cell_name
from sheetsim.workbook import Workbook
from workbooks import WORKBOOKS

ROWS = {"cross_entropy": (5, 9), "misuse": (5, 9), "several_labels": (5, 9), "squared_error": (5, 12)}


@cache
def built() -> Workbook:
    book = WORKBOOKS["losses"]()
    book.recalculate()
    return book


def cells(title: str, columns: str, book: Workbook | None = None) -> Any:
    """The numbers of some columns, ``B:D``, in the rows of the examples."""
    first, last = columns.split(":")
    top, bottom = ROWS[title]
    return np.array((book or built())[title][f"{first}{top}:{last}{bottom}"], float)


def column(title: str, letters: str) -> Any:
    return cells(title, f"{letters}:{letters}")[:, 0]


def torch_or_skip() -> Any:
    return pytest.importorskip("torch", reason="PyTorch is not installed: pip install 'sheetsim[torch]'")


def changed(cell: str, value: float) -> Workbook:
    """The workbook with another number in one orange cell, ``sheet!B5``."""
    title, where = cell.split("!")
    book = WORKBOOKS["losses"]()
    book[title][where] = value
    book.recalculate()
    return book


# --- one class of several ---------------------------------------------------------------------------------------------
def test_cross_entropy_is_pytorchs() -> None:
    torch = torch_or_skip()
    outputs = torch.tensor(cells("cross_entropy", "B:D"), requires_grad=True)
    right = torch.tensor(column("cross_entropy", "A")).long() - 1
    losses = torch.nn.functional.cross_entropy(outputs, right, reduction="none")
    for letters in "LN":
        np.testing.assert_allclose(column("cross_entropy", letters), losses.detach(), rtol=1e-12)
    np.testing.assert_allclose(column("cross_entropy", "M") * log(10), losses.detach(), rtol=1e-12)
    np.testing.assert_allclose(cells("cross_entropy", "H:J"), torch.softmax(outputs, 1).detach(), rtol=1e-12)
    losses.sum().backward()
    np.testing.assert_allclose(cells("cross_entropy", "O:Q"), outputs.grad, rtol=1e-12)
    assert built()["cross_entropy"]["L11"] == pytest.approx(losses.mean().item(), rel=1e-12)
    assert built()["cross_entropy"]["L12"] == pytest.approx(log(10), rel=1e-12)


def test_no_exp_overflows_where_pytorch_has_none() -> None:
    sheet = changed("cross_entropy!C5", 1000)["cross_entropy"]
    assert sheet["N5"] == pytest.approx(1000 - 4.2, rel=1e-12)
    assert str(sheet["L5"]) == "#NUM!"


def test_the_misuse() -> None:
    torch = torch_or_skip()
    outputs, right = torch.tensor(cells("cross_entropy", "B:D")), torch.tensor(column("misuse", "A")).long() - 1
    functional = torch.nn.functional
    np.testing.assert_array_equal(column("misuse", "G"), functional.nll_loss(outputs, right, reduction="none"))
    twice = functional.cross_entropy(torch.softmax(outputs, 1), right, reduction="none")
    np.testing.assert_allclose(column("misuse", "L"), twice, rtol=1e-12)
    np.testing.assert_allclose(column("misuse", "M"), functional.cross_entropy(outputs, right, reduction="none"))
    chosen = outputs[range(5), right].tolist()
    shown = [row[0] for row in built()["misuse"]["H5:H9"]]
    assert shown == [pytest.approx(-log(one), rel=1e-12) if one > 0 else "no log" for one in chosen]


@pytest.mark.parametrize(
    ("outputs", "sums", "said"),
    [
        ((0.2, 0.5, 0.3), "yes", "a loss below 0"),
        ((4, 1, 1), "no", "a loss below 0, no softmax"),
        ((-4, 1, 1), "no", "no softmax"),
        ((-1, 1, 1), "yes", None),
    ],
)
def test_what_is_wrong_is_said(outputs: tuple[float, ...], sums: str, said: str | None) -> None:
    book = WORKBOOKS["losses"]()
    book["cross_entropy"].values("A5", [[1, *outputs]])
    book.recalculate()
    assert (book["misuse"]["F5"], book["misuse"]["N5"] or None) == (sums, said)


def test_softmax_twice_has_a_floor() -> None:
    """ln(e + 2) - 1 for three classes, however sure the model is."""
    assert changed("cross_entropy!B5", 500)["misuse"]["L5"] == pytest.approx(log(exp(1) + 2) - 1, rel=1e-12)


# --- several labels ---------------------------------------------------------------------------------------------------
def test_binary_cross_entropy_is_pytorchs() -> None:
    torch = torch_or_skip()
    right, outputs = (torch.tensor(cells("several_labels", where)) for where in ("A:C", "D:F"))
    outputs.requires_grad_()
    losses = torch.nn.functional.binary_cross_entropy_with_logits(outputs, right, reduction="none")
    for where in ("J:L", "M:O"):
        np.testing.assert_allclose(cells("several_labels", where), losses.detach(), rtol=1e-12)
    for letters in "PQ":
        np.testing.assert_allclose(column("several_labels", letters), losses.mean(1).detach(), rtol=1e-12)
    losses.mean(1).sum().backward()
    np.testing.assert_allclose(cells("several_labels", "R:T"), outputs.grad, rtol=1e-12)
    for cell in ("P11", "Q11"):
        whole = torch.nn.functional.binary_cross_entropy_with_logits(outputs, right)
        assert built()["several_labels"][cell] == pytest.approx(whole.item(), rel=1e-12)


def test_rows_with_none_one_and_two_labels_and_where_softmax_fails() -> None:
    shown = built()["several_labels"]["X5:Z9"]
    assert [row[0] for row in shown] == [0, 1, 2, 2, 3]
    assert [row[0] == row[1] for row in shown] == [True] * 5
    assert [row[0] == row[2] for row in shown] == [False, True, False, False, False]
    np.testing.assert_allclose(cells("several_labels", "U:W").sum(1), 1, rtol=1e-12)


def test_the_sum_fails_where_the_choice_does_not() -> None:
    sheet = changed("several_labels!D6", 40)["several_labels"]
    assert (str(sheet["J6"]), sheet["M6"]) == ("#NUM!", 0)
    assert 0 < sheet["Q6"] < 0.13


# --- the squared error ------------------------------------------------------------------------------------------------
def test_the_squared_error_is_pytorchs() -> None:
    torch = torch_or_skip()
    ratings, outputs = (torch.tensor(column("squared_error", letters)) for letters in "AB")
    outputs.requires_grad_()
    for loss, gradient, predicted in (("C", "D", outputs), ("F", "H", torch.sigmoid(outputs) * 5.5)):
        losses = torch.nn.functional.mse_loss(predicted, ratings, reduction="none")
        np.testing.assert_allclose(column("squared_error", loss), losses.detach(), rtol=1e-12)
        (found,) = torch.autograd.grad(losses.sum(), outputs, retain_graph=True)
        np.testing.assert_allclose(column("squared_error", gradient), found, rtol=1e-12, atol=1e-15)
        assert built()["squared_error"][f"{loss}14"] == pytest.approx(losses.mean().item(), rel=1e-12)


def test_out_of_range_a_rating_is_never_reached() -> None:
    sheet = changed("squared_error!D3", 5)["squared_error"]
    assert sheet["E12"] < 5
    assert changed("squared_error!B12", 20)["squared_error"]["H12"] < 1e-6


# --- differences ------------------------------------------------------------------------------------------------------
STEP = 1e-4


@pytest.mark.parametrize(
    ("title", "outputs", "loss", "gradients"),
    [
        ("cross_entropy", "BCD", "L", "OPQ"),
        ("several_labels", "DEF", "P", "RST"),
        ("squared_error", "B", "C", "D"),
        ("squared_error", "B", "F", "H"),
    ],
)
def test_every_gradient_is_a_slope(title: str, outputs: str, loss: str, gradients: str) -> None:
    """Central differences of the sheet's own loss: off by the third derivative times the step squared, over six, and by
    the loss's last bits over the step."""
    top, bottom = ROWS[title]
    for output, gradient in zip(outputs, gradients, strict=True):
        for row in (top, bottom):
            value = built()[title][f"{output}{row}"]
            up, down = (
                changed(f"{title}!{output}{row}", value + sign * STEP)[title][f"{loss}{row}"] for sign in (1, -1)
            )
            assert (up - down) / (2 * STEP) == pytest.approx(built()[title][f"{gradient}{row}"], abs=1e-7)


def test_the_sheets_own_differences() -> None:
    np.testing.assert_allclose(column("squared_error", "I"), column("squared_error", "H"), atol=2e-6)


def test_each_sheet_begins_with_what_to_look_at_and_what_to_try() -> None:
    for sheet in (*built(), *WORKBOOKS["weight_decay"]()):
        assert sheet.introduction == 2
        for row in range(2):
            assert len(str(sheet.value(row, 0))) > 40, cell_name(row, 0)
        assert any("Try" in str(sheet.value(row, 0)) for row in range(2)), sheet.title
