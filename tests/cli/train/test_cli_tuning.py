"""``sheetsim train mnist`` on some of the digits, and from weights that were trained before."""

from __future__ import annotations

import re
import struct
from pathlib import Path

import pytest
from conftest import Run
from training_files import NUMPY, image_file, rows

from sheetsim.training.results import weights


@pytest.fixture(scope="module")
def images(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return image_file(tmp_path_factory.mktemp("images"))


# --- fine-tuning ------------------------------------------------------------------------------------------------------
def test_fine_tuning_in_three_steps(run: Run, images: Path, tmp_path: Path) -> None:
    """Trained on five digits, a new head alone on the others, then all layers, each at its rate."""
    train_on = ("train", "mnist", "--images", images, "--no-interpret", *NUMPY)
    files = [tmp_path / f"{name}.npz" for name in ("first", "second", "third")]
    assert run(*train_on, "--classes", "0-4", "--save", files[0]).status == 0
    new = ("--load", files[0], "--classes", "5-9", "--limit", 30, "--new-head", "--freeze", "--epochs", 2)
    assert run(*train_on, *new, "--save", files[1]).status == 0
    last = run(*train_on, "--load", files[1], "--lr", "1e-4:5e-3", "--epochs", 3, "--save", files[2])
    assert (last.status, last.err, len(rows(last))) == (0, "", 3)
    first, second, third = (weights.load(path)[0] for path in files)
    assert (first.settings.classes, third.settings.classes) == ((0, 1, 2, 3, 4), (5, 6, 7, 8, 9))
    assert (second.settings.group_shares, third.settings.group_shares) == ((0.0, 1.0), (pytest.approx(0.02), 1.0))
    assert (third.settings.limit, third.settings.lr) == (30, 0.005)
    assert (second.weights["weights1"] == first.weights["weights1"]).all()
    assert (third.weights["weights1"] != first.weights["weights1"]).any()
    assert run(*train_on, "--load", files[2]).out.startswith(f"valid loss {rows(last)[-1][2]}, accuracy")


def test_a_frozen_run_that_was_stopped_goes_on(run: Run, images: Path, tmp_path: Path) -> None:
    data = ("train", "mnist", "--images", images, "--no-interpret", *NUMPY)
    run(*data, "--classes", "0-4", "--save", tmp_path / "first.npz")
    new = ("--load", tmp_path / "first.npz", "--classes", "5-9", "--new-head", "--freeze", "--schedule", "constant")
    whole = run(*data, *new, "--epochs", 3)
    run(*data, *new, "--epochs", 1, "--checkpoint", tmp_path / "c.npz")
    assert rows(run(*data, "--checkpoint", tmp_path / "c.npz", "--resume", "--epochs", 3)) == rows(whole)
    refused = run(*data, "--checkpoint", tmp_path / "c.npz", "--resume", "--epochs", 3, "--lr", ":0.01")
    assert (refused.status, refused.err.count("\n")) == (2, 1)
    assert "made with group_shares (0.0, 1.0)" in refused.err


def test_a_learning_rate_for_trained_weights(run: Run, images: Path, tmp_path: Path) -> None:
    """The finder sets out from them, and so at a lower loss than from random ones: it finds other rates."""
    data = ("train", "mnist", "--images", images, *NUMPY)
    run(*data, "--epochs", 5, "--no-interpret", "--save", tmp_path / "first.npz")
    before, after = run(*data, "--find-lr"), run(*data, "--find-lr", "--load", tmp_path / "first.npz")
    assert (before.status, after.status) == (0, 0)
    assert before.out != after.out


UNFIT = {
    "--classes 5-12": "--classes 5-12: there are the digits 0 to 9",
    "--classes 7-3": "the lower one first",
    "--classes 1": "two or more digits, each once",
    "--classes 1,1": "two or more digits, each once",
    "--classes a-c": "--classes: digits as 0-4 or 1,3,7, not 'a-c'",
    "--least 0": "--least must be 1 or more, not 0",
    "--limit 0": "limit must be a whole number, 1 or more, not 0",
    "--lr 1:2:3": "lr must be a rate, :LAST or FIRST:LAST, not '1:2:3'",
    "--lr 1e-5:fast": "lr must be a rate",
    "--lr 0:1e-3": "lr must be a number above 0, not 0.0",
    "--freeze --lr 1e-5:1e-3": "--freeze leaves one layer group to learn: give --lr one rate",
    "--model logistic --freeze": "model logistic is one layer group",
    "--model logistic --lr 1e-5:1e-3": "is for several layer groups; this model is one",
    "--new-head": "name them with --load",
    "--load first.npz --classes 5-9 --epochs 1": "the outputs are the digits 0, 1, 2, 3, 4, not 5, 6, 7, 8, 9",
    "--load first.npz --classes 0-6 --epochs 1": "these need a new head",
    "--load first.npz --classes 5-9": "trained with classes (0, 1, 2, 3, 4)",
    "--load first.npz --model logistic --new-head": "weights of model 'nn' do not fit model 'logistic'",
    "--load first.npz --checkpoint c.npz --resume": "give one of them",
    "--load first.npz --save second.npz": "say how (--epochs, --lr, --freeze …)",
}


@pytest.mark.parametrize("arguments", UNFIT)
def test_what_does_not_fit_is_one_line(
    arguments: str, run: Run, images: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    if "first.npz" in arguments:
        run("train", "mnist", "--images", images, "--classes", "0-4", "--save", "first.npz", "--no-interpret", *NUMPY)
    found = run("train", "mnist", "--images", images, *arguments.split(), *NUMPY)
    assert (found.status, found.out, found.err.count("\n")) == (2, "", 1)
    assert UNFIT[arguments] in found.err
    assert not (tmp_path / "second.npz").exists()


def test_a_digit_that_is_not_among_the_images(run: Run, images: Path, tmp_path: Path) -> None:
    folder = tmp_path / "few"
    folder.mkdir()
    pictures, labels = (path.read_bytes() for path in (images, images.with_name("train-labels-idx1-ubyte")))
    count = struct.pack(">I", 12)
    (folder / "few-images-idx3-ubyte").write_bytes(pictures[:4] + count + pictures[8 : 16 + 12 * 784])
    (folder / "few-labels-idx1-ubyte").write_bytes(labels[:4] + count + bytes([0, 1] * 6))
    found = run("train", "mnist", "--images", folder / "few-images-idx3-ubyte", "--classes", "0,7", *NUMPY)
    assert (found.status, found.err) == (2, "sheetsim: classes: there is no digit 7 among the images\n")


def test_pairs_confused_at_least_so_often(run: Run, images: Path) -> None:
    found = run("train", "mnist", "--images", images, "--least", 2, "--optimizer", "sgd", "--lr", 0.001, *NUMPY)
    part = found.out.partition("confused 2 times or more")[2].partition("worst")[0]
    times = [int(line.split()[2]) for line in part.splitlines() if re.match(r" +\d+ +\d+ +\d+ *$", line)]
    assert times
    assert times == sorted(times, reverse=True)
    assert min(times) >= 2
