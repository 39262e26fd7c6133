"""ideas' polynomials against NumPy's least squares, and the Solver against the elimination on the sheet."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from sheetsim.api import solve
from sheetsim.library import build
from sheetsim.workbook import Workbook
from workbooks.shared.data import rows

TRAINING, VALIDATION = (
    np.array([(float(x), float(y)) for own, x, y in rows("overfitting.csv") if own == part])
    for part in ("training", "validation")
)
COLUMNS = {"C": (1, False), "D": (3, False), "E": (9, False), "F": (9, True)}


def book_with(wd: float) -> Workbook:
    book = build("ideas")
    book["overfitting"]["B3"] = wd
    book.recalculate()
    return book


def best(degree: int, wd: float, points: np.ndarray = TRAINING) -> np.ndarray:
    """The weights where mean squared error + wd·Σw² is least, by NumPy: wd as further rows of least squares."""
    n = len(points)
    left = np.vstack([np.vander(points[:, 0], degree + 1, increasing=True), np.sqrt(n * wd) * np.eye(degree + 1)])
    return np.asarray(np.linalg.lstsq(left, np.append(points[:, 1], np.zeros(degree + 1)), rcond=None)[0])


def rms(weights: np.ndarray, points: np.ndarray) -> float:
    return float(np.sqrt(np.mean((np.polynomial.polynomial.polyval(points[:, 0], weights) - points[:, 1]) ** 2)))


@pytest.mark.parametrize("wd", [0, 1e-5, 0.001, 0.1])
@pytest.mark.parametrize("column", COLUMNS)
def test_weights_and_errors_are_those_of_least_squares(column: str, wd: float) -> None:
    sheet = book_with(wd)["overfitting"]
    degree, decayed = COLUMNS[column]
    expected = best(degree, wd * decayed)
    found = [row[0] for row in sheet[f"{column}10:{column}19"]]
    wild = degree == 9 and not wd * decayed  # the equations square what is nearly singular: half of the digits are left
    np.testing.assert_allclose(found[: degree + 1], expected, rtol=1e-7 if wild else 1e-9, atol=1e-10)
    assert found[degree + 1 :] == [None] * (9 - degree)
    assert sheet[f"{column}6"] == pytest.approx(rms(expected, TRAINING), rel=1e-8, abs=1e-7)
    assert sheet[f"{column}7"] == pytest.approx(rms(expected, VALIDATION), rel=1e-7 if wild else 1e-9)
    assert sheet[f"{column}8"] == pytest.approx(float(expected @ expected), rel=1e-7 if wild else 1e-9)


def test_degree_9_overfits_and_wd_tames_it() -> None:
    sheet = book_with(0.001)["overfitting"]
    training, validation = (sheet[f"C{row}:F{row}"][0] for row in (6, 7))
    assert training[2] < 1e-6 < training[1] < training[0]  # the more weights, the closer
    assert validation[2] > 2 * validation[0] > 4 * validation[1] * 0.9  # and the worst in between
    assert validation[3] < validation[1]


def test_a_point_that_is_moved_moves_the_curves() -> None:
    book = build("ideas")
    book["overfitting"]["B25"] = 2
    book.recalculate()
    moved = TRAINING.copy()
    moved[3, 1] = 2
    np.testing.assert_allclose([row[0] for row in book["overfitting"]["D10:D13"]], best(3, 0, moved), rtol=1e-9)


@pytest.mark.parametrize("wd", [0.001, 0.01])
def test_the_solver_comes_to_the_weights_that_the_elimination_works_out(wd: float) -> None:
    pytest.importorskip("scipy")
    book = book_with(wd)
    sheet = book["taming"]
    weights = best(9, wd)
    least = rms(weights, TRAINING) ** 2 + wd * float(weights @ weights)
    assert sheet["D8"] == pytest.approx(least, rel=1e-9)
    assert sheet["C8"] > 10 * least
    solve(book, "taming")
    assert sheet["C8"] == pytest.approx(least, rel=1e-6)
    np.testing.assert_allclose([row[0] for row in sheet["C10:C19"]], weights, atol=0.01)


def test_the_solvers_model_is_read_from_the_sheet() -> None:
    names: Callable[[str], Any] = lambda word: build("ideas").find_name(f"solver_{word}", "taming")  # noqa: E731
    assert [names(word).text for word in ("adj", "opt", "typ")] == ["taming!$C$10:$C$19", "taming!$C$8", "2"]
