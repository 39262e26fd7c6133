"""MNIST as arrays: from IDX files, from the pickle, and from sets of one's own."""

from __future__ import annotations

import gzip
import shutil
import struct
from pathlib import Path

import numpy as np
import pytest
import training_data
from pickles import pickle_of

from sheetsim.errors import InputError
from sheetsim.training.data import digits


@pytest.fixture
def real() -> Path:
    return training_data.real("mnist")


def made(folder: Path, count: int, side: int = 28, name: str = "train-images-idx3-ubyte") -> Path:
    """An IDX file of images, image i of grey i, and its labels beside it, i modulo 10."""
    greys = np.repeat(np.arange(count, dtype=np.uint8), side * side)
    images = struct.pack(">4I", 0x803, count, side, side) + greys.tobytes()
    labels = struct.pack(">2I", 0x801, count) + bytes(number % 10 for number in range(count))
    (folder / name).write_bytes(images)
    (folder / name.replace("images-idx3", "labels-idx1")).write_bytes(labels)
    return folder / name


def test_the_real_ones(real: Path) -> None:
    """Against the files' own bytes, by NumPy alone."""
    loaded = digits.load(real)
    images = gzip.decompress((real / "mnist" / "train-images-idx3-ubyte.gz").read_bytes())[16:]
    labels = gzip.decompress((real / "mnist" / "train-labels-idx1-ubyte.gz").read_bytes())[8:]
    greys = np.frombuffer(images, np.uint8).reshape(60_000, 784)
    np.testing.assert_array_equal(np.concatenate([loaded.train_pixels, loaded.valid_pixels]) * 256, greys)
    known = np.concatenate([loaded.train_labels, loaded.valid_labels])
    np.testing.assert_array_equal(known, np.frombuffer(labels, np.uint8))
    assert (len(loaded.train_labels), len(loaded.valid_labels)) == (50_000, 10_000)
    assert (loaded.train_pixels.dtype, known.dtype) == (np.float32, np.int64)
    assert loaded.train_images.dtype == np.uint8  # a quarter of the memory
    assert loaded.train_images.flags.writeable  # what torch asks for to share them


def test_the_real_pickle_is_the_same(real: Path) -> None:
    plain, pickled = digits.load(real), digits.load(file=real / "mnist" / "mnist.pkl.gz")
    for field in ("train_pixels", "train_labels", "valid_pixels", "valid_labels"):
        one, other = getattr(plain, field), getattr(pickled, field)
        assert one.dtype == other.dtype
        np.testing.assert_array_equal(one, other)


def test_the_pickle_where_it_is_all_there_is(real: Path, tmp_path: Path) -> None:
    (tmp_path / "mnist.pkl.gz").symlink_to(real / "mnist" / "mnist.pkl.gz")
    assert digits.load(tmp_path).train_labels[:3].tolist() == [5, 0, 4]


def test_unzipped_files_and_idx_before_the_pickle(real: Path, tmp_path: Path) -> None:
    for name in (digits.IMAGES, digits.LABELS):
        (tmp_path / name).write_bytes(gzip.decompress((real / "mnist" / f"{name}.gz").read_bytes()))
    (tmp_path / "mnist.pkl.gz").write_text("not looked at")
    assert digits.load(tmp_path).valid_labels[:3].tolist() == [3, 8, 6]


def test_a_damaged_real_file(real: Path, tmp_path: Path) -> None:
    shutil.copyfile(real / "mnist" / f"{digits.LABELS}.gz", tmp_path / f"{digits.LABELS}.gz")
    images = (real / "mnist" / f"{digits.IMAGES}.gz").read_bytes()
    (tmp_path / f"{digits.IMAGES}.gz").write_bytes(images[: len(images) // 2])
    with pytest.raises(InputError, match=r"train-images-idx3-ubyte\.gz: damaged or cut short"):
        digits.load(tmp_path)


# --- sets of one's own ------------------------------------------------------------------------------------------------
def test_a_set_of_ones_own(tmp_path: Path) -> None:
    loaded = digits.load(file=made(tmp_path, 12, name="letters-images-idx3"))
    assert loaded.train_pixels[:, 0].tolist() == [number / 256 for number in range(10)]
    assert loaded.train_labels.tolist() == list(range(10))
    assert (loaded.valid_pixels[:, 5].tolist(), loaded.valid_labels.tolist()) == ([10 / 256, 11 / 256], [0, 1])


def test_a_small_set_is_not_mnist(tmp_path: Path) -> None:
    made(tmp_path, 12)
    with pytest.raises(InputError, match="10 and 2 images; MNIST has 50,000 and 10,000"):
        digits.load(tmp_path)


def test_images_that_do_not_fit(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"images of 100 pixels, not of 784 \(28 × 28\)"):
        digits.load(file=made(tmp_path, 12, side=10))
    with pytest.raises(InputError, match="too few images"):
        digits.load(file=made(tmp_path, 1))
    with pytest.raises(InputError, match="no images-idx3 in its name"):
        digits.load(file=made(tmp_path, 12).rename(tmp_path / "mine"))


PIXELS = np.linspace(0, 0.99, 2 * 784, dtype=np.float32).reshape(2, 784)


@pytest.mark.parametrize(
    ("pixels", "labels", "message"),
    [
        (PIXELS + 1, [1, 2], "pixels outside 0 to 1"),
        (PIXELS - 1, [1, 2], "pixels outside 0 to 1"),
        (PIXELS * np.float32(np.nan), [1, 2], "pixels outside 0 to 1"),
        (PIXELS, [1, 10], "labels outside 0 to 9"),
        (PIXELS, [-1, 9], "labels outside 0 to 9"),
        (PIXELS[:, :100], [1, 2], "images of 100 pixels"),
    ],
)
def test_pickled_numbers_that_cannot_be(tmp_path: Path, pixels: np.ndarray, labels: list[int], message: str) -> None:
    good, odd = (PIXELS, np.array([1, 2])), (pixels, np.array(labels))
    path = tmp_path / "mine.pkl.gz"
    for pairs in ([good, odd], [odd, good]):
        path.write_bytes(pickle_of(pairs))
        with pytest.raises(InputError, match=message):
            digits.load(file=path)
    path.write_bytes(pickle_of([good]))
    with pytest.raises(InputError, match="1 set of images; one to learn from and one to check with"):
        digits.load(file=path)
