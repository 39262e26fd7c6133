"""Which backend trains where none was asked for."""

from __future__ import annotations

from typing import NamedTuple

import pytest

from sheetsim.training.backends import choosing
from sheetsim.training.backends.choosing import usual_backend


class Case(NamedTuple):
    """What is trained and where, what is installed, and the backend that trains it."""

    model: str
    optimizer: str
    device: str
    there: str  # libraries, and "gpu" for its driver
    backend: str


CASES = [
    Case("movielens", "adam", "auto", "numba torch gpu", "numba"),
    Case("movielens", "adam", "cpu", "numba", "numba"),
    Case("movielens", "adam", "cuda", "numba torch gpu", "torch"),
    Case("movielens", "adam-l2", "auto", "numba torch", "torch"),
    Case("movielens", "sgd", "auto", "numba", "numpy"),
    Case("movielens", "adam", "auto", "torch", "torch"),
    Case("movielens", "adam", "auto", "", "numpy"),
    Case("nn", "adam", "auto", "numba torch", "numpy"),
    Case("nn", "adam", "auto", "numba torch gpu", "torch"),
    Case("nn", "adam", "auto", "numba gpu", "numpy"),
    Case("nn", "adam", "cpu", "torch gpu", "numpy"),
    Case("logistic", "update", "auto", "", "numpy"),
]


@pytest.mark.parametrize("case", CASES)
def test_the_usual_backend(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    there = case.there.split()
    monkeypatch.setattr(choosing, "find_spec", lambda name: name if name in there else None)
    monkeypatch.setattr(choosing, "gpu_driver", lambda: "gpu" in there)
    assert usual_backend(case.model, case.optimizer, case.device) == case.backend


def test_several_processes_are_pytorchs(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {"WORLD_SIZE": "2", "RANK": "1", "MASTER_ADDR": "localhost", "MASTER_PORT": "1"}.items():
        monkeypatch.setenv(name, value)
    assert usual_backend("movielens", "adam", "auto") == "torch"


def test_a_driver_that_pytorch_finds_is_found() -> None:
    torch = pytest.importorskip("torch", reason="PyTorch is not installed: pip install 'sheetsim[torch]'")
    assert choosing.gpu_driver() or not torch.cuda.is_available()
