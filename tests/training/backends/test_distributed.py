"""Two processes by torchrun against one: the same losses, the same weights, one that reports."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from places import ROOT

torch = pytest.importorskip("torch", reason="PyTorch is not installed: pip install 'sheetsim[torch]'")

from sheetsim.errors import InputError
from sheetsim.training.backends import distributed
from sheetsim.training.backends.distributed import Group
from sheetsim.training.loop import train
from sheetsim.training.settings import Settings

#: The last batch has 14 ratings, or a single one, of which the second process has none; 7 digits, or a full 10.
SIZES = {"movielens": (32, 173), "nn": (27, 10)}

SCRIPT = """
import json, sys
from training_data import few_digits, few_ratings
from sheetsim.training.backends import distributed
from sheetsim.training.loop import train
from sheetsim.training.settings import Settings

for model, sizes in json.loads(sys.argv[1]).items():
    for size in sizes:
        told = []
        data = few_ratings() if model == "movielens" else few_digits()
        settings = Settings(model, epochs=2, batch_size=size, dtype="float64", device="cpu", factors=5)
        outcome = train(data, settings, watch=lambda *what: told.append(what), keep=told.append)
        result = {
            "losses": outcome.history.losses.tolist(),
            "weights": {name: part.tolist() for name, part in outcome.weights.items()},
            "told": len(told),
        }
        with open(f"{sys.argv[2]}/{model}-{size}-{distributed.rank()}.json", "w") as file:
            json.dump(result, file)
"""


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder with what each of two processes found."""
    folder = tmp_path_factory.mktemp("torchrun")
    (folder / "script.py").write_text(SCRIPT)
    path = os.pathsep.join([str(ROOT), str(ROOT / "tests" / "helpers")])
    command = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node=2"]
    finished = subprocess.run(
        [*command, str(folder / "script.py"), json.dumps(SIZES), str(folder)],
        env={**os.environ, "PYTHONPATH": path, "OMP_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
    )
    assert finished.returncode == 0, finished.stderr[-3000:]
    return folder


def found(folder: Path, model: str, size: int, rank: int) -> dict[str, Any]:
    result: dict[str, Any] = json.loads((folder / f"{model}-{size}-{rank}.json").read_text())
    return result


@pytest.mark.parametrize(("model", "size"), [(model, size) for model, sizes in SIZES.items() for size in sizes])
def test_two_processes_compute_the_run_of_one(ran: Path, model: str, size: int) -> None:
    from training_data import few_digits, few_ratings

    settings = Settings(model, epochs=2, batch_size=size, dtype="float64", device="cpu", factors=5)
    alone = train(few_ratings() if model == "movielens" else few_digits(), settings)
    first, second = (found(ran, model, size, rank) for rank in (0, 1))
    np.testing.assert_allclose(first["losses"], alone.history.losses, rtol=1e-9)
    for name, part in alone.weights.items():
        np.testing.assert_allclose(first["weights"][name], part, rtol=1e-9, atol=1e-12)
    assert first["weights"] == second["weights"]
    assert first["losses"] == second["losses"]


def test_only_the_first_process_reports(ran: Path) -> None:
    assert found(ran, "nn", 27, 0)["told"] == 2 * 2  # each epoch: a chunk, a checkpoint
    assert found(ran, "nn", 27, 1)["told"] == 0


@pytest.mark.parametrize(("rows", "size"), [(7, 2), (1, 2), (64, 3), (2, 5)])
def test_shares_are_a_partition(rows: int, size: int) -> None:
    shares = [Group(rank, size).share(torch.arange(rows)) for rank in range(size)]
    assert sorted(torch.cat(shares).tolist()) == list(range(rows))
    assert max(map(len, shares)) - min(map(len, shares)) <= 1


@pytest.mark.parametrize("backend", ["numpy", "numba"])
def test_others_train_in_one_process(backend: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {"WORLD_SIZE": "2", "RANK": "1", "MASTER_ADDR": "localhost", "MASTER_PORT": "1"}.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(InputError, match=f"backend {backend} trains in one process"):
        distributed.joined(Settings("movielens", backend=backend), cuda=False)


def test_a_number_that_torchrun_would_not_give(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RANK", "first")
    with pytest.raises(InputError, match="the environment variable RANK must be a number, not 'first'"):
        distributed.rank()
