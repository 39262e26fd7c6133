"""MNIST: images of handwritten digits as rows of pixels, and which digit each is."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from sheetsim.errors import InputError
from sheetsim.training.data import downloads, idx, pickled
from sheetsim.training.models.digits_model import pixels_of
from sheetsim.training.settings import ALL_CLASSES

PIXELS = 784  # 28 × 28
TRAIN, VALID = 50_000, 10_000
IMAGES, LABELS = "train-images-idx3-ubyte", "train-labels-idx1-ubyte"


@dataclass(frozen=True)
class Digits:
    """Images to learn from and images to check with; a pixel is its grey (0 to 255) divided by 256."""

    train_images: np.ndarray  # (n, 784): greys, uint8, or pixels, float32 in [0, 1)
    train_labels: np.ndarray  # int64 (n,) in 0..9; of some classes, each one's number among them
    valid_images: np.ndarray
    valid_labels: np.ndarray
    classes: tuple[int, ...] = ALL_CLASSES  # the digit that each label stands for

    @property
    def train_pixels(self) -> np.ndarray:
        """The pixels to learn from, float32 (n, 784) in [0, 1); of greys they are made anew each time."""
        return pixels_of(self.train_images, np.dtype(np.float32))

    @property
    def valid_pixels(self) -> np.ndarray:
        """The pixels to check with."""
        return pixels_of(self.valid_images, np.dtype(np.float32))

    def only(self, classes: tuple[int, ...], limit: int | None = None, seed: int = 0) -> Digits:
        """The images of some of the digits, of each at most ``limit`` to learn from, which ``seed`` draws; those to
        check with are all kept. Raises InputError for a digit that does not occur.
        """
        if classes == self.classes and limit is None:
            return self
        rows = [_rows_of(self.train_labels, classes, limit, seed), _rows_of(self.valid_labels, classes)]
        parts = zip(rows, (self.train_images, self.valid_images), (self.train_labels, self.valid_labels), strict=True)
        own = [
            column
            for chosen, images, labels in parts
            for column in (images[chosen], np.searchsorted(classes, labels[chosen]))
        ]
        return Digits(own[0], own[1], own[2], own[3], classes)


def _rows_of(labels: np.ndarray, classes: tuple[int, ...], limit: int | None = None, seed: int = 0) -> np.ndarray:
    """The numbers of the rows with these labels, ascending, of each label at most ``limit``."""
    random, found = np.random.default_rng(seed), []
    for digit in classes:
        rows = np.flatnonzero(labels == digit)
        if not len(rows):
            raise InputError(f"classes: there is no digit {digit} among the images")
        found.append(rows if limit is None else random.permutation(rows)[:limit])
    return np.sort(np.concatenate(found))


def load(data: Path | None = None, file: Path | None = None) -> Digits:
    """MNIST's 60,000 training images: 50,000 to learn from, the next 10,000 to check with.

    They are in the folder ``data`` or where ``downloads.find`` finds them, as IDX files or else as ``mnist.pkl.gz``.
    ``file`` is another set of 28 × 28 images instead: an IDX file, with its labels beside it (``labels-idx1`` in the
    name in place of ``images-idx3``) and the last sixth of it to check with, or a pickle like ``mnist.pkl.gz``. Raises
    InputError.
    """
    chosen = file or _best(downloads.find("mnist", data))
    digits = _pickled(chosen) if ".pkl" in chosen.suffixes else _from_idx(chosen)
    found = len(digits.train_labels), len(digits.valid_labels)
    if file is None and found != (TRAIN, VALID):
        raise InputError(f"{chosen}: {found[0]:,} and {found[1]:,} images; MNIST has {TRAIN:,} and {VALID:,}")
    return digits


def _best(folder: Path) -> Path:
    """IDX before the pickle: it is the original, and smaller."""
    names = [f"{IMAGES}.gz", IMAGES]
    return next((folder / name for name in names if (folder / name).is_file()), folder / "mnist.pkl.gz")


def _from_idx(path: Path) -> Digits:
    labels_name = path.name.replace("images", "labels").replace("idx3", "idx1")
    if labels_name == path.name:
        raise InputError(f"{path}: no images-idx3 in its name, so where the labels are cannot be told")
    images, labels = idx.read_pair(path, path.with_name(labels_name))
    greys = images.reshape(len(images), -1)
    cut = len(labels) * 5 // 6
    known = labels.astype(np.int64)
    return _checked(path, Digits(greys[:cut], known[:cut], greys[cut:], known[cut:]))


def _pickled(path: Path) -> Digits:
    pairs = pickled.read(path)
    if len(pairs) < 2:
        raise InputError(f"{path}: {len(pairs)} set of images; one to learn from and one to check with are needed")
    return _checked(path, Digits(*pairs[0], *pairs[1]))


def _checked(path: Path, digits: Digits) -> Digits:
    """Raises InputError unless these are greys of 28 × 28 pixels and labels from 0 to 9. Of bytes no grey is beyond."""
    for images, labels in [(digits.train_images, digits.train_labels), (digits.valid_images, digits.valid_labels)]:
        if not len(labels):
            raise InputError(f"{path}: too few images to have some to check with")
        if images.shape[1] != PIXELS:
            raise InputError(f"{path}: images of {images.shape[1]} pixels, not of {PIXELS} (28 × 28)")
        if images.dtype != np.uint8 and not (images.min() >= 0 and images.max() < 1):  # NaN is in no range
            raise InputError(f"{path}: pixels outside 0 to 1")
        if labels.min() < 0 or labels.max() > 9:
            raise InputError(f"{path}: labels outside 0 to 9")
    return digits
