"""``sheetsim train`` as a user meets it, on small data made up here; and on the real data where they are at hand."""

from __future__ import annotations

import os
import re
from contextlib import closing
from pathlib import Path

import numpy as np
import openpyxl
import pytest
from conftest import Run
from training_data import real
from training_files import NUMPY, image_file, rating_file, rows

from sheetsim.cli.train import results as cli_train_results
from sheetsim.support import extras
from sheetsim.training.backends import choosing
from sheetsim.training.data import movielens
from sheetsim.training.loop import train
from sheetsim.training.results import weights
from sheetsim.training.settings import Settings


@pytest.fixture(scope="module")
def ratings(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return rating_file(tmp_path_factory.mktemp("ratings"))


@pytest.fixture(scope="module")
def images(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return image_file(tmp_path_factory.mktemp("images"))


# --- help and wrong arguments -----------------------------------------------------------------------------------------
@pytest.mark.parametrize("arguments", [(), ("--help",)])
def test_help_of_the_group(arguments: tuple[str, ...], run: Run) -> None:
    found = run("train", *arguments)
    assert found.status == 0
    assert "    sheetsim train movielens" in found.out


@pytest.mark.parametrize(("command", "own"), [("movielens", "--y-range LOW HIGH"), ("mnist", "--model logistic|nn")])
def test_help_with_examples_and_groups(command: str, own: str, run: Run) -> None:
    found = run("train", command, "--help")
    assert found.status == 0
    assert f"    sheetsim train {command}" in found.out
    assert own in found.out
    groups = re.findall(r"^(\w.+):$", found.out, re.MULTILINE)
    assert groups == ["The model", "The training", "The computing", "The data", "Files", "What is shown", "Help"]


WRONG = {
    "--epochs 0": "epochs must be a whole number, 1 or more, not 0",
    "--lr -1": "lr must be a number above 0, not -1.0",
    "--lr nan": "lr must be a number above 0, not nan",
    "--lr fast": "lr must be a rate, :LAST or FIRST:LAST, not 'fast'",
    "--optimizer best": "optimizer must be one of adam, adam-l2, sgd",
    "--device cuda --backend numpy": "device cuda needs backend torch",
    "--y-range 5 1": "low must be below high",
    "--y-range 1 5 --no-sigmoid": "give one of them",
    "--data nosuch": "nosuch: no such folder",
    "--ratings nosuch.csv": "nosuch.csv does not exist",
    "--split best": "no split is called 'best'",
    "--resume": "name it with --checkpoint",
    "--resume --checkpoint nosuch.npz": "nosuch.npz does not exist",
    "--load nosuch.npz": "nosuch.npz does not exist",
    "--load weights.npz --checkpoint c.npz": "give one of them",
    "--save weights.pt": "weights are kept in .npz or .safetensors files",
    "--checkpoint c.txt": "weights are kept in .npz or .safetensors files",
    "--out result.ods": "--out writes .xlsx files",
    "--out folder.xlsx": "folder.xlsx: a folder; --out needs a file",
    "--out file.txt/result.xlsx": "file.txt: a file; --out needs a folder",
    "--plots file.txt": "file.txt: a file; --plots needs a folder",
    "--save a.npz --checkpoint a.npz": "is asked for by --save and --checkpoint",
    "--checkpoint there.npz": "there.npz exists: go on from it with --resume",
    "--save a.npz --load there.npz": "--load looks at weights that are in a file already",
    "--find-lr --save a.npz": "--find-lr trains nothing: --save is not for it",
    "--find-lr --load there.npz": "there.npz: not a file of weights",
    "--find-lr --out a.xlsx": "--find-lr trains nothing: --out is not for it",
    "--ratings there.xlsx --out there.xlsx": "there.xlsx is asked for by --ratings and --out",
    "--ratings there.npz --save ./there.npz": "there.npz is asked for by --ratings and --save",
    "--out pipe.xlsx": "pipe.xlsx: a device; --out needs a file",
    "--load loop.npz": "loop.npz does not exist",
    "--ratings there.csv --data .": "--ratings other data: give one of them",
    "--rating-range 0 10": "name it with --ratings",
    "--ratings there.csv --rating-range 5 1": "--rating-range: 5 is not below 1",
    "--ratings there.csv --rating-range nan 5": "--rating-range: nan is not below 5",
    "--ratings there.csv --rating-range 0 10": "ratings from 1 to 9, but predictions from 0 to 5.5",
}


@pytest.mark.parametrize("arguments", WRONG)
def test_wrong_arguments_are_one_line_before_any_work(
    arguments: str, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "folder.xlsx").mkdir()
    (tmp_path / "file.txt").touch()
    (tmp_path / "there.npz").touch()
    (tmp_path / "there.csv").write_text("1,1,1\n2,1,9\n")
    (tmp_path / "loop.npz").symlink_to("loop.npz")
    os.mkfifo(tmp_path / "pipe.xlsx")
    monkeypatch.setenv("SHEETSIM_DATA", str(tmp_path))  # nothing is downloaded
    found = run("train", "movielens", *arguments.split())
    assert (found.status, found.out) == (2, "")
    assert WRONG[arguments].replace("nosuch.csv does not exist", "nosuch.csv") in found.err
    assert found.err.count("\n") == 1


def test_a_folder_that_cannot_be_written_to(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.access", lambda *_: False)
    found = run("train", "movielens", "--out", tmp_path / "a.xlsx")
    assert (found.status, found.err) == (2, f"sheetsim: {tmp_path}: --out cannot write there\n")


# --- training ---------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("backend", ["numpy", "torch", "numba"])
def test_movielens(backend: str, run: Run, ratings: Path) -> None:
    """The table has the numbers of the library's own run."""
    pytest.importorskip(backend)
    settings = Settings("movielens", factors=4, epochs=3, seed=5, backend=backend, device="cpu", dtype="float64")
    chosen = ["--factors", 4, "--epochs", 3, "--seed", 5, "--dtype", "float64", "--backend", backend]
    found = run("train", "movielens", "--ratings", ratings, "--device", "cpu", *chosen)
    assert (found.status, found.err) == (0, "")
    epochs = train(movielens.load(file=ratings, seed=5), settings).history.epochs
    assert rows(found) == [[f"{e.number}", f"{e.train_loss:.6f}", f"{e.valid_loss:.6f}"] for e in epochs]
    for part in ("lowest bias of the 40 most rated movies", "highest bias", "component 3", "Movie, The 7"):
        assert part in found.out


def test_digits(run: Run, images: Path) -> None:
    found = run("train", "mnist", "--images", images, "--epochs", 8, *NUMPY)
    assert (found.status, found.err) == (0, "")
    assert float(rows(found)[-1][-1]) > 0.9
    assert "most often confused" in found.out
    assert "worst predicted" in found.out


@pytest.mark.parametrize("optimizer", ["adam-l2", "update", "sgd", "momentum", "rmsprop", "fresh-adam"])
def test_every_optimizer_and_the_other_model(optimizer: str, run: Run, images: Path) -> None:
    chosen = ["--model", "logistic", "--optimizer", optimizer, "--no-interpret"]
    found = run("train", "mnist", "--images", images, *chosen, *NUMPY)
    assert found.status == 0
    assert len(rows(found)) == 1
    assert "confused" not in found.out


def test_a_resumed_run_prints_the_same_table(run: Run, images: Path, tmp_path: Path) -> None:
    data = ("train", "mnist", "--images", images, "--no-interpret", "--schedule", "constant", *NUMPY)
    whole = run(*data, "--epochs", 3)
    run(*data, "--epochs", 2, "--checkpoint", tmp_path / "c.npz")
    found = run(*data, "--epochs", 3, "--checkpoint", tmp_path / "c.npz", "--resume")
    assert len(rows(found)) == 3
    assert rows(found) == rows(whole)
    again = run("train", "mnist", "--images", images, "--no-interpret", "--checkpoint", tmp_path / "c.npz", "--resume")
    assert rows(again) == rows(whole)  # nothing left to do; the settings are the checkpoint's
    refused = run(*data, "--checkpoint", tmp_path / "c.npz", "--resume", "--lr", 0.5)
    assert (refused.status, refused.out) == (2, "")
    assert "made with lr" in refused.err


@pytest.mark.parametrize("suffix", [".npz", ".safetensors"])
def test_saved_weights_are_as_good_as_the_run_was(suffix: str, run: Run, ratings: Path, tmp_path: Path) -> None:
    if suffix == ".safetensors":
        pytest.importorskip("safetensors")
    path = tmp_path / "new" / f"w{suffix}"
    data = ("train", "movielens", "--ratings", ratings)
    trained = run(*data, "--epochs", 1, "--save", path, *NUMPY)
    loaded = run(*data, "--load", path)
    assert loaded.status == 0
    assert loaded.out.startswith(f"valid loss {rows(trained)[0][2]}\n")
    assert loaded.out.partition("root mean")[2] == trained.out.partition("root mean")[2]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [(("--seed", 5), "trained with seed 0; --load only looks at weights unless"), ((), "not the")],
)
def test_weights_that_do_not_fit(
    arguments: tuple, message: str, run: Run, ratings: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run("train", "movielens", "--ratings", ratings, "--epochs", 1, "--save", tmp_path / "w.npz", *NUMPY)
    other = tmp_path / "ratings.csv"
    other.write_text("".join(ratings.read_text().splitlines(keepends=True)[:40]))
    found = run("train", "movielens", "--ratings", other, "--load", tmp_path / "w.npz", *arguments)
    assert (found.status, found.out) == (2, "")
    assert message in found.err


def test_weights_of_digits_are_no_movies(run: Run, images: Path, ratings: Path, tmp_path: Path) -> None:
    run("train", "mnist", "--images", images, "--save", tmp_path / "w.npz", *NUMPY)
    found = run("train", "movielens", "--ratings", ratings, "--load", tmp_path / "w.npz")
    message = f"sheetsim: {tmp_path / 'w.npz'}: weights of the model nn, not of movielens\n"
    assert (found.status, found.err) == (2, message)


def test_a_run_that_diverges_leaves_its_last_good_weights(run: Run, images: Path, tmp_path: Path) -> None:
    path = tmp_path / "w.npz"
    found = run("train", "mnist", "--images", images, "--optimizer", "sgd", "--lr", 1e30, "--save", path, *NUMPY)
    assert found.status == 2
    assert re.fullmatch(r"sheetsim: .*batch \d+ in epoch 1 .*1e\+30.*; the last good weights are in .*\n", found.err)
    outcome, _ = weights.load(path)
    assert all(np.isfinite(part).all() for part in outcome.weights.values())


def test_find_lr(run: Run, images: Path, tmp_path: Path) -> None:
    pytest.importorskip("matplotlib")
    found = run("train", "mnist", "--images", images, "--find-lr", "--plots", tmp_path / "p", *NUMPY)
    assert found.status == 0
    assert re.search(r"^steepest +\d\.\d\de-\d\d ", found.out)
    assert "minimum / 10" in found.out
    assert "the lecture   1.00e-02   with its learner" in found.out
    assert [path.name for path in (tmp_path / "p").iterdir()] == ["nn_finder.png"]


# --- what is written --------------------------------------------------------------------------------------------------
def test_the_workbook_has_the_loss_of_the_run(run: Run, ratings: Path, tmp_path: Path) -> None:
    found = run("train", "movielens", "--ratings", ratings, "--no-interpret", "--out", tmp_path / "a.xlsx", *NUMPY)
    assert found.out.endswith(f"workbook written to {tmp_path / 'a.xlsx'}\n")
    sheet = openpyxl.load_workbook(tmp_path / "a.xlsx", data_only=True)["ratings"]
    assert f"{sheet['K3'].value:.5f}"[:7] == rows(found)[-1][2][:7]
    assert sheet["K3"].value == pytest.approx(sheet["I3"].value, rel=1e-6)


def test_the_workbook_of_digits(run: Run, images: Path, tmp_path: Path) -> None:
    run("train", "mnist", "--images", images, "--no-interpret", "--out", tmp_path / "a.xlsx", *NUMPY)
    book = openpyxl.load_workbook(tmp_path / "a.xlsx", data_only=True)
    titles = ["history", "batches", "pixels", "weights1", "weights2", "hidden", "softmax", "picture"]
    titles += ["predictions", "confusion"]
    assert book.sheetnames == ["contents", *titles]
    assert book["softmax"]["A1"].value == "The first 100 validation digits"


def test_pictures(run: Run, ratings: Path, images: Path, tmp_path: Path) -> None:
    """All in one folder: no model takes the place of another's."""
    pytest.importorskip("matplotlib")
    plots = ("--plots", tmp_path / "p")
    run("train", "movielens", "--ratings", ratings, "--no-interpret", *plots, *NUMPY)
    run("train", "mnist", "--model", "logistic", "--images", images, *plots, *NUMPY)
    run("train", "mnist", "--images", images, *plots, *NUMPY)
    drawn = {"movielens": ["components_1_2", "components_1_3"], "logistic": ["confusion", "worst_digits", "weights"]}
    drawn["nn"] = ["confusion", "worst_digits"]
    expected = {f"{model}_{name}.png" for model, own in drawn.items() for name in ["losses", "schedule", *own]}
    assert {path.name for path in (tmp_path / "p").iterdir()} == expected
    looked_at = [cli_train_results.pictures(tmp_path / "p", model, find_lr=False) for model in drawn]
    assert {path.name for paths in looked_at for path in paths} == expected


@pytest.mark.parametrize("backend", ["numpy", "torch"])
def test_the_device_that_was_used_is_recorded(backend: str, run: Run, images: Path, tmp_path: Path) -> None:
    """A checkpoint keeps what was asked for: it may go on elsewhere."""
    torch = pytest.importorskip("torch") if backend == "torch" else None
    used = "cuda" if torch and torch.cuda.is_available() else "cpu"
    files = ("--save", tmp_path / "w.npz", "--out", tmp_path / "a.xlsx", "--checkpoint", tmp_path / "c.npz")
    run("train", "mnist", "--images", images, "--no-interpret", "--backend", backend, *files)
    sheet = openpyxl.load_workbook(tmp_path / "a.xlsx", data_only=True)["history"]
    listed = {row[7].value: row[8].value for row in sheet.iter_rows(min_row=4) if len(row) > 8}
    assert (listed["device"], weights.load(tmp_path / "w.npz")[0].settings.device) == (used, used)
    assert weights.load_checkpoint(tmp_path / "c.npz").settings.device == "auto"


# --- what is missing, and several processes ---------------------------------------------------------------------------
def test_without_numba_numpy_trains_and_says_so(run: Run, ratings: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(choosing, "find_spec", lambda name: None)
    chosen = ("train", "movielens", "--ratings", ratings, "--factors", 4, "--epochs", 1, "--no-interpret")
    found = run(*chosen)
    assert (found.status, found.err.count("\n")) == (0, 1)
    assert "Numba is not installed" in found.err
    assert "pip install 'sheetsim[fast]'" in found.err
    asked = run(*chosen, *NUMPY)
    assert (asked.err, rows(asked)) == ("", rows(found))


def test_digits_do_without_extras(run: Run, images: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(choosing, "find_spec", lambda name: None)
    found = run("train", "mnist", "--images", images, "--no-interpret")
    assert (found.status, found.err) == (0, "")


def test_an_optimizer_that_is_not_compiled_takes_another_backend(run: Run, ratings: Path, tmp_path: Path) -> None:
    """Also where the weights that it begins with were trained by the compiled loop."""
    pytest.importorskip("numba", reason="Numba is not installed")
    few = ("train", "movielens", "--ratings", ratings, "--factors", 4, "--epochs", 1, "--no-interpret")
    saved = tmp_path / "w.npz"
    assert run(*few, "--save", saved).status == 0
    assert weights.load(saved)[0].settings.backend == "numba"
    assert run(*few, "--load", saved, "--optimizer", "sgd").status == 0
    found = run(*few, "--optimizer", "sgd", "--backend", "numba")
    assert (found.status, found.err.count("\n")) == (2, 1)
    assert "backend numba trains movielens by adam, not movielens by sgd" in found.err


def test_without_torch_a_wrong_argument_is_one_line_still(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(extras, "find_spec", lambda name: None)
    found = run("train", "mnist", "--device", "cuda")
    assert (found.status, found.err.count("\n")) == (2, 1)


def test_without_matplotlib_nothing_is_trained(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(extras, "find_spec", lambda name: None)
    found = run("train", "mnist", "--plots", tmp_path / "p")
    assert (found.status, found.err.count("\n")) == (2, 1)
    assert found.err.startswith("sheetsim: --plots needs matplotlib: in a clone: pip install ")


def test_another_process_than_the_first_is_silent(
    run: Run, images: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sheetsim.training.backends.distributed.rank", lambda: 1)
    outputs = ("--save", tmp_path / "w.npz", "--out", tmp_path / "a.xlsx", "--checkpoint", tmp_path / "c.npz")
    assert run("train", "mnist", "--images", images, *outputs, *NUMPY) == (0, "", "")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("arguments", [("--data", "nosuch"), ("--epochs", "many"), ("--nosuch",)])
def test_of_a_machines_processes_the_first_says_what_is_wrong(
    arguments: tuple[str, ...], run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = run("train", "mnist", *arguments)
    assert (found.status, found.err.count("\n")) == (2, 1)
    monkeypatch.setenv("LOCAL_RANK", "1")
    assert run("train", "mnist", *arguments) == (2, "", "")


# --- the real data ----------------------------------------------------------------------------------------------------
def test_the_lecture_run(run: Run, tmp_path: Path) -> None:
    """Two of the lecture's five epochs: the films that nobody and everybody likes begin to show."""
    found = run("train", "movielens", "--data", real("ml-100k"), "--epochs", 2, "--out", tmp_path / "a.xlsx", *NUMPY)
    assert found.status == 0
    assert float(rows(found)[-1][2]) < 0.87
    assert "lowest bias of the 1,000 most rated movies" in found.out
    with closing(openpyxl.load_workbook(tmp_path / "a.xlsx", data_only=True, read_only=True)) as book:
        sheet = book["ratings"]
        assert sheet["K3"].value == pytest.approx(sheet["I3"].value, rel=1e-6)
