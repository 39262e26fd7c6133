"""``sheetsim train … --sweep`` as a user meets it."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import openpyxl
import pytest
from conftest import Run
from training_files import NUMPY, image_file, rating_file

from sheetsim.training.data import movielens
from sheetsim.training.loop import train
from sheetsim.training.settings import Settings


@pytest.fixture(scope="module")
def ratings(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return rating_file(tmp_path_factory.mktemp("ratings"))


def test_a_table_a_workbook_and_a_picture(run: Run, ratings: Path, tmp_path: Path) -> None:
    pytest.importorskip("matplotlib")
    chosen = ("--ratings", ratings, "--epochs", 1, "--sweep", "factors=2,3", "--sweep", "seed=0,1", "--jobs", 1)
    found = run("train", "movielens", *chosen, "--out", tmp_path / "a.xlsx", "--plots", tmp_path / "p", *NUMPY)
    assert (found.status, found.err) == (0, "")
    data = movielens.load(file=ratings, seed=0)
    for factors in (2, 3):
        losses = [
            train(data, Settings("movielens", factors=factors, epochs=1, seed=seed, backend="numpy")).history.epochs[-1]
            for seed in (0, 1)
        ]
        numbers = sorted(epoch.valid_loss for epoch in losses)
        mean = sum(numbers) / 2
        expected = rf"^ +{factors} +{mean:.4f} +{numbers[0]:.4f} +{numbers[1]:.4f} +2 +{mean**0.5:.4f} +\d+\.\d s *$"
        assert re.search(expected, found.out, re.MULTILINE)
    assert re.search(r"^smallest valid loss: \d\.\d{4} with factors [23]$", found.out, re.MULTILINE)
    assert "benchmark" not in found.out  # it is one of MovieLens 100k
    assert [path.name for path in (tmp_path / "p").iterdir()] == ["movielens_sweep.png"]
    book = openpyxl.load_workbook(tmp_path / "a.xlsx", data_only=True)
    assert book.sheetnames == ["contents", "sweep", "runs"]
    assert [book["sweep"].cell(row, 2).value for row in (8, 9)] == [2, 3]


def test_digits_have_an_accuracy(run: Run, tmp_path: Path) -> None:
    images = image_file(tmp_path)
    found = run("train", "mnist", "--images", images, "--sweep", "lr=1e-3,1e-4:1e-3", "--jobs", 2, *NUMPY)
    assert (found.status, found.err) == (0, "")
    assert re.search(r"^ +1e-4:1e-3 +\d+\.\d{4} +\d\.\d{4} +\d+\.\d s *$", found.out, re.MULTILINE)


def test_a_sweep_that_diverges_everywhere(run: Run, ratings: Path) -> None:
    wild = ("--no-sigmoid", "--optimizer", "sgd", "--sweep", "lr=1e20,1e25")
    found = run("train", "movielens", "--ratings", ratings, *wild, "--jobs", 1, *NUMPY)
    assert (found.status, found.out.count("diverged")) == (0, 3)


WRONG = {
    "--sweep factors=": "no values to sweep",
    "--sweep factors": "no values to sweep",
    "--sweep colour=red": "what can be swept is factors, lr",
    "--sweep wd=0 --sweep wd=1": "each setting once",
    "--sweep factors=0": "factors must be a whole number, 1 or more, not 0",
    "--sweep factors=2 --factors 3": "--factors and --sweep factors=…: give one of them",
    "--sweep lr=1e-3 --lr 1": "--lr and --sweep lr=…: give one of them",
    "--sweep lr=1e-5:1e-3": "this model is one: give one",
    "--sweep wd=0 --save a.npz": "--sweep trains many models: --save is for one",
    "--sweep wd=0 --load a.npz": "--load is for one",
    "--sweep wd=0 --checkpoint a.npz": "--checkpoint is for one",
    "--sweep wd=0 --find-lr": "--find-lr trains nothing: --sweep is not for it",
    "--sweep wd=0 --jobs 0": "--jobs must be 1 or more, not 0",
    "--jobs 2": "--jobs is for trainings of a sweep",
    "--sweep wd=0 --out there.xlsx": "there.xlsx",
}


@pytest.mark.parametrize("arguments", WRONG)
def test_wrong_arguments_are_one_line(
    arguments: str, run: Run, ratings: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "there.xlsx").write_text("somebody's")
    found = run("train", "movielens", "--ratings", ratings, *arguments.split(), *NUMPY)
    assert (found.status, found.out, found.err.count("\n")) == (2, "", 1)
    assert WRONG[arguments] in found.err
    assert (tmp_path / "there.xlsx").read_text() == "somebody's"


@pytest.mark.skipif(os.name == "nt", reason="signals as on POSIX")
def test_ctrl_c_leaves_no_process_behind(ratings: Path, tmp_path: Path) -> None:
    """The runs are far too long to end by themselves."""
    chosen = ["--ratings", str(ratings), "--sweep", "seed=0,1,2", "--epochs", "10000", "--jobs", "2", *NUMPY]
    command = [sys.executable, "-m", "sheetsim", "train", "movielens", *chosen]
    with (tmp_path / "said").open("w") as said:
        process = subprocess.Popen(command, stdout=said, stderr=said, start_new_session=True)
    group = Path(f"/proc/{process.pid}/task/{process.pid}/children")
    if not group.exists():
        process.kill()
        pytest.skip("the children of a process are not told here")
    started = time.monotonic()
    while len(children := group.read_text().split()) < 3:  # the two that train, and Python's own
        assert time.monotonic() - started < 60
        time.sleep(0.1)
    time.sleep(1)
    os.killpg(process.pid, signal.SIGINT)
    assert process.wait(60) == 130
    while any(_runs(child) for child in children):
        assert time.monotonic() - started < 120
        time.sleep(0.1)
    assert (tmp_path / "said").read_text() == "sheetsim: stopped\n"


def _runs(process: str) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False
