"""What a backend gives, on both: the same small cases, worked by hand."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from sheetsim.excel.arrays import Values, choose, filled, fitted, foremost, numbers, outcome
from sheetsim.excel.backend import NUMPY, Backend
from sheetsim.model.values import BLANK, ERROR, LOGICAL, NA, NUM, NUMBER, TEXT, TEXTS

INF = float("inf")
ROW = np.array([[3.0, 1.0, 2.0]])

#: operation, its arguments but for the first, what it makes of ROW
CASES: list[tuple[str, tuple[Any, ...], Any]] = [
    ("constant", (), [[3, 1, 2]]),
    ("pad", (1, 2, 9.0), [[3, 1, 2, 9, 9], [9, 9, 9, 9, 9]]),
    ("broadcast", ((2, 3),), [[3, 1, 2], [3, 1, 2]]),
    ("transposed", ((1, 0),), [[3], [1], [2]]),
    ("running_sum", (), [6]),
    ("product", (), [6]),
    ("largest", (), [3]),
    ("smallest", (), [1]),
    ("sorted", (), [[1, 2, 3]]),
    ("taken", (np.array([[2, 0]]),), [[2, 3]]),
    ("root", (), [[3**0.5, 1, 2**0.5]]),
]


def torch_backend() -> Backend:
    torch = pytest.importorskip("torch", reason="torch is not installed")
    from sheetsim.tensors.traced import TorchBackend

    return TorchBackend(torch.float64, torch.device("cpu"))


@pytest.fixture(params=["numpy", "torch"])
def backend(request: pytest.FixtureRequest) -> Backend:
    return NUMPY if request.param == "numpy" else torch_backend()


@pytest.mark.parametrize(("name", "others", "expected"), CASES, ids=[case[0] for case in CASES])
def test_operations(backend: Backend, name: str, others: tuple[Any, ...], expected: Any) -> None:
    num = backend.constant(ROW[None, None] if name == "pad" else ROW)
    found = np.asarray(getattr(backend, name)(num, *others))
    assert found.reshape(np.shape(expected)).tolist() == expected
    assert found.ndim == np.ndim(expected) + 2 * (name == "pad")


def test_operations_on_several(backend: Backend) -> None:
    num = backend.constant(ROW)
    assert np.asarray(backend.joined([num, ROW])).tolist() == [[3, 1, 2, 3, 1, 2]]
    for no, expected in ((0.0, [[3, 0, 2]]), (ROW * 10, [[3, 10, 2]])):
        assert np.asarray(backend.where(ROW > 1, num, no)).tolist() == expected


def of(backend: Backend, num: Any, kind: Any = NUMBER) -> Values:
    """One cell's array, (1, 1, height, width), of a backend."""
    num = np.array(num, float)[None, None]
    kind = kind if isinstance(kind, int) else np.array(kind, np.uint8)[None, None]
    if backend is NUMPY:
        return Values(num, kind)
    from sheetsim.tensors.traced import Traced

    return Traced(backend.constant(num), kind)


def seen(v: Values) -> tuple[list[Any], list[Any]]:
    return v.host.num[0, 0].tolist(), v.kinds()[0, 0].tolist()


def test_a_shorter_array_goes_on_as_not_available(backend: Backend) -> None:
    longer, shorter = fitted(Values(np.ones((1, 1, 3, 1))), of(backend, [[1], [2]]))
    assert seen(shorter) == ([[1], [2], [NA]], [[NUMBER], [NUMBER], [ERROR]])
    assert foremost(longer, shorter) is (longer if backend is NUMPY else shorter)


def test_a_choice_of_both_kinds(backend: Backend) -> None:
    chosen = choose(np.array([[[[True, False]]]]), of(backend, [[5, 6]]), Values(np.full((1, 1, 1, 1), 1.0), LOGICAL))
    assert seen(chosen) == ([[5, 1]], [[NUMBER, LOGICAL]])
    assert type(chosen) is type(of(backend, [[0]]))


def test_what_a_cell_holds(backend: Backend) -> None:
    held = filled(of(backend, [[-0.0, 0.0]], [[NUMBER, BLANK]]))
    assert str(seen(held)) == str(([[0.0, 0.0]], [[NUMBER, NUMBER]]))


def test_texts_and_errors_as_numbers(backend: Backend) -> None:
    worth, errors = numbers(of(backend, [[TEXTS.place("2.5"), NA, 7]], [[TEXT, ERROR, NUMBER]]))
    assert np.asarray(worth).tolist() == [[[[2.5, 0, 7]]]]
    assert errors is not None
    assert errors.tolist() == [[[[0, NA, 0]]]]


def test_results_that_are_none(backend: Backend) -> None:
    num = of(backend, [[1, INF, 3]])
    result = outcome(num.num, np.array([[[[NA, 0, 0]]]]), like=num)
    assert seen(result) == ([[NA, NUM, 3]], [[ERROR, ERROR, NUMBER]])


def test_the_slope_of_a_root_at_0() -> None:
    backend = torch_backend()
    num = backend.constant(np.array([0.0, 4.0])).requires_grad_()
    backend.root(num).sum().backward()
    assert num.grad.tolist() == [0, 0.25]
