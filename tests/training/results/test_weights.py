"""Files of weights and checkpoints: there and back, and one line for each file that cannot be used."""

from __future__ import annotations

import importlib.util
import json
import os
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from training_data import few_digits, few_ratings

from sheetsim.errors import InputError, OutputError
from sheetsim.training.data.samples import Data
from sheetsim.training.loop import Checkpoint, Outcome, train
from sheetsim.training.models.movielens_model import predict
from sheetsim.training.results import container, weights
from sheetsim.training.settings import Settings

SUFFIXES = [".npz", ".safetensors"]


@pytest.fixture(params=SUFFIXES)
def suffix(request: pytest.FixtureRequest) -> str:
    """Each of the two kinds of files; skips what cannot be written here."""
    if request.param == ".safetensors" and not importlib.util.find_spec("safetensors"):
        pytest.skip("safetensors is not installed: pip install 'sheetsim[train]'")
    return str(request.param)


def trained(model: str = "movielens") -> tuple[Outcome, Data, list[Checkpoint]]:
    data: Data = few_ratings() if model == "movielens" else few_digits()
    kept: list[Checkpoint] = []
    settings = Settings(model, epochs=2, backend="numpy", factors=3)
    return train(data, settings, keep=kept.append), data, kept


def check_same(one: Outcome, other: Outcome) -> None:
    assert one.settings == other.settings
    assert one.history.epochs == other.history.epochs
    for name in ("losses", "rates", "momenta"):
        assert getattr(one.history, name).tobytes() == getattr(other.history, name).tobytes()
    assert list(one.weights) == list(other.weights)
    for name, part in one.weights.items():
        assert (part.dtype, part.shape, part.tobytes()) == (
            other.weights[name].dtype,
            other.weights[name].shape,
            other.weights[name].tobytes(),
        )


# --- there and back ---------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("model", ["movielens", "nn", "logistic"])
def test_weights_there_and_back(model: str, suffix: str, tmp_path: Path) -> None:
    outcome, data, _ = trained(model)
    path = tmp_path / "made" / f"weights{suffix}"
    weights.save(path, outcome, data)
    check_same(weights.load(path)[0], outcome)
    assert [file.name for file in path.parent.iterdir()] == [path.name]


def test_a_file_of_movie_weights_is_enough_to_predict_and_interpret(suffix: str, tmp_path: Path) -> None:
    outcome, data, _ = trained()
    path = tmp_path / f"movies{suffix}"
    weights.save(path, outcome, data)
    loaded, names = weights.load(path)
    user, item = names["user_names"].tolist().index(103), names["item_names"].tolist().index("movie 5")
    assert predict(loaded.weights, np.array([user]), np.array([item])) == predict(
        outcome.weights, np.array([3]), np.array([5])
    )
    assert names["item_counts"].tolist() == np.bincount(few_ratings().ratings.items).tolist()


def test_names_that_are_not_plain(suffix: str, tmp_path: Path) -> None:
    outcome, data, _ = trained()
    titles = ['Amélie "Le\n fabuleux"', "千と千尋", ""]
    data.ratings.item_names[:3] = titles  # type: ignore[union-attr]
    weights.save(tmp_path / f"w{suffix}", outcome, data)
    assert weights.load(tmp_path / f"w{suffix}")[1]["item_names"][:3].tolist() == titles


@pytest.mark.parametrize("model", ["movielens", "nn"])
def test_a_run_goes_on_from_a_file(model: str, suffix: str, tmp_path: Path) -> None:
    whole, data, kept = trained(model)
    path = tmp_path / f"run{suffix}"
    weights.save_checkpoint(path, kept[0])
    resumed = train(data, whole.settings, start=weights.load_checkpoint(path))
    assert resumed.history.losses.tobytes() == whole.history.losses.tobytes()
    assert all(part.tobytes() == whole.weights[name].tobytes() for name, part in resumed.weights.items())


def test_a_checkpoint_holds_weights(suffix: str, tmp_path: Path) -> None:
    outcome, _, kept = trained()
    weights.save_checkpoint(tmp_path / f"run{suffix}", kept[-1])
    loaded, names = weights.load(tmp_path / f"run{suffix}")
    check_same(loaded, outcome)
    assert names == {}


# --- files that cannot be used ----------------------------------------------------------------------------------------
Spoil = Callable[[dict[str, np.ndarray], dict[str, Any]], object]


def drop(name: str) -> Spoil:
    return lambda arrays, facts: arrays.pop(name)


def put(name: str, array: Any) -> Spoil:
    return lambda arrays, facts: arrays.update({name: np.asarray(array)})


def say(**new: Any) -> Spoil:
    return lambda arrays, facts: facts.update(new)


@pytest.mark.parametrize(
    ("spoil", "line"),
    [
        (
            drop("weights.item_bias"),
            "model movielens has the weights user_factors, item_factors, user_bias, item_bias,",
        ),
        (
            put("weights.user_factors", np.zeros((12, 4), np.float32)),
            r"user_factors has shape \(12, 4\), not \(12, 3\)",
        ),
        (put("weights.item_bias", np.zeros((17, 1), np.float32)), r"item_bias has shape \(17, 1\), not \(17,\)"),
        (put("weights.item_bias", np.zeros(17)), "item_bias must hold finite numbers of float32"),
        (put("weights.user_bias", np.full(12, np.nan, np.float32)), "user_bias must hold finite numbers"),
        (put("item_counts", np.zeros(3)), "3 item_counts do not fit the weights"),
        (drop("losses"), "not a file of weights that sheetsim wrote"),
        (say(item_names=["one"]), "1 item_names do not fit the weights"),
        (say(item_names={"one": 1}), "1 item_names do not fit the weights"),
        (put("losses", np.zeros(6, np.int64)), "its history is not the one of a run"),
        (put("rates", np.zeros(2)), "its history is not the one of a run"),
        (say(epochs=[[1, 0.5, "low", None, 1.0]]), "its history is not the one of a run"),
        (say(epochs=[[1, 0.5, -1.0, None, 1.0]]), "its history is not the one of a run"),
        (say(epochs=[[2, 0.5, 0.5, None, 1.0]]), "its history is not the one of a run"),
        (say(settings={"model": "gpt"}), "model must be one of"),
        (say(settings={"model": "nn", "layers": 3}), "not a file of weights that sheetsim wrote"),
        (say(settings=[]), "not a file of weights"),
        (say(epochs=[[1, 2]]), "not a file of weights"),
        (say(version=2), "weights of version 2; this sheetsim reads version 1"),
    ],
)
def test_spoilt_weights_are_refused(spoil: Spoil, line: str, suffix: str, tmp_path: Path) -> None:
    path = tmp_path / f"w{suffix}"
    weights.save(path, *trained()[:2])
    arrays, facts = container.read(path)
    spoil(arrays, facts)
    container.write(path, arrays, facts)
    with pytest.raises(InputError, match=line) as caught:
        weights.load(path)
    assert str(caught.value).startswith(f"{path}: ")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("spoil", "line"),
    [
        (drop("second"), "it is no checkpoint"),
        (put("first", np.zeros(3)), "the moments do not fit the weights"),
        (put("first", np.array(["one"])), "the moments do not fit the weights"),
        (lambda arrays, facts: arrays["first"].fill(np.nan), "the moments do not fit the weights"),
        (lambda arrays, facts: arrays["second"].fill(-1), "the moments do not fit the weights"),
        (say(step=-1), "-1 steps do not fit"),
        (say(data=None), "it is no checkpoint"),
    ],
)
def test_spoilt_checkpoints_are_refused(spoil: Spoil, line: str, tmp_path: Path) -> None:
    path = tmp_path / "run.npz"
    weights.save_checkpoint(path, trained()[2][0])
    arrays, facts = container.read(path)
    spoil(arrays, facts)
    container.write(path, arrays, facts)
    with pytest.raises(InputError, match=line):
        weights.load_checkpoint(path)


def test_weights_are_no_checkpoint(suffix: str, tmp_path: Path) -> None:
    weights.save(tmp_path / f"w{suffix}", *trained()[:2])
    with pytest.raises(InputError, match="it is no checkpoint"):
        weights.load_checkpoint(tmp_path / f"w{suffix}")


@pytest.mark.parametrize("share", [0.0, 0.01, 0.3, 0.7, 0.95])  # the very end of an .npz is its mark alone
def test_truncated_files(share: float, suffix: str, tmp_path: Path) -> None:
    path = tmp_path / f"w{suffix}"
    weights.save(path, *trained()[:2])
    whole = path.read_bytes()
    path.write_bytes(whole[: int(share * len(whole))])
    with pytest.raises(InputError, match="not a file of weights, or damaged") as caught:
        weights.load(path)
    assert "\n" not in str(caught.value)


def test_a_changed_byte_in_an_npz_is_seen(tmp_path: Path) -> None:
    path = tmp_path / "w.npz"
    weights.save(path, *trained()[:2])
    spoilt = bytearray(path.read_bytes())
    spoilt[len(spoilt) // 2] ^= 1
    path.write_bytes(spoilt)
    with pytest.raises(InputError, match="not a file of weights, or damaged"):
        weights.load(path)


def foreign_npz(path: Path) -> None:
    np.savez(path, x=np.zeros(3))


def pickled_npz(path: Path) -> None:
    np.savez(path, sheetsim=np.array([{"code": "to run"}], dtype=object), allow_pickle=True)


def single_array(path: Path) -> None:
    with path.open("wb") as file:
        np.save(file, np.zeros(3))


def swelling_npz(path: Path) -> None:
    np.savez_compressed(path, x=np.zeros(10**6))


def header_that_is_no_literal(path: Path) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("sheetsim.npy", b"\x93NUMPY\x01\x00\x76\x00" + b'{"descr": (1'.ljust(118))


def other_json(path: Path) -> None:
    np.savez(path, sheetsim=np.array(json.dumps([1, 2])))


@pytest.mark.parametrize(
    "make",
    [
        *(foreign_npz, pickled_npz, single_array, swelling_npz, header_that_is_no_literal, other_json),
        lambda path: path.write_text("<html>no</html>"),
    ],
)
def test_foreign_files(make: Callable[[Path], object], tmp_path: Path) -> None:
    path = tmp_path / "foreign.npz"
    make(path)
    with pytest.raises(InputError, match=r"foreign\.npz: not a file of weights"):
        weights.load(path)


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("none.npz", "does not exist"),
        ("folder.npz", "is a folder"),
        ("pipe.npz", "is no plain file"),
        ("w.pkl", "weights are kept in .npz or .safetensors"),
    ],
)
def test_paths_that_cannot_be_read(name: str, line: str, tmp_path: Path) -> None:
    (tmp_path / "folder.npz").mkdir()
    os.mkfifo(tmp_path / "pipe.npz")
    with pytest.raises(InputError, match=line):
        weights.load(tmp_path / name)


def test_what_was_there_stays_when_writing_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    outcome, data, _ = trained()
    path = tmp_path / "w.npz"
    path.write_bytes(b"before")

    def full(*_: Any, **__: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(np, "savez", full)
    with pytest.raises(OutputError, match=r"cannot write .*: No space left on device"):
        weights.save(path, outcome, data)
    assert path.read_bytes() == b"before"
    assert list(tmp_path.iterdir()) == [path]


def test_another_kind_of_file_is_refused(tmp_path: Path) -> None:
    outcome, data, _ = trained()
    with pytest.raises(InputError, match="weights are kept in"):
        weights.save(tmp_path / "w.pt", outcome, data)
