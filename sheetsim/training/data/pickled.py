"""mnist.pkl.gz, a pickle of pairs of arrays, read without letting it name or call anything."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from sheetsim.errors import InputError
from sheetsim.training.data.pickle_machine import Array, Refused, unpickled
from sheetsim.training.data.unzipped import opened, up_to

LARGEST = 1 << 28  # bytes unzipped; MNIST has 220 million
MOST = 3  # pairs: to learn from, to check with, to test at the end

Pair = tuple[np.ndarray, np.ndarray]


def read(path: Path) -> list[Pair]:
    """The pairs of arrays in a file like mnist.pkl.gz, zipped or not: (pixels float32 (n, m), labels int64 (n,)).

    Raises InputError if the file is missing, damaged, too large, or holds anything but such pairs.
    """
    with opened(path) as file:
        content = up_to(LARGEST + 1, file)
    if len(content) > LARGEST:
        raise InputError(f"{path}: more than {LARGEST >> 20} MiB unzipped; no set of small images")
    try:
        return _pairs(unpickled(content))
    except Refused as error:
        raise InputError(f"{path}: {error}; only a pickle of plain NumPy arrays by Python 2 is read") from None


def _pairs(outcome: object) -> list[Pair]:
    if not (isinstance(outcome, tuple) and len(outcome) <= MOST):
        raise Refused(f"holds no tuple of up to {MOST} pairs")
    return [_pair(number, pair) for number, pair in enumerate(outcome, 1)]


def _pair(number: int, pair: object) -> Pair:
    """Copies of the two arrays: in the pickle a number may lie astride the places where processors want it."""
    if not (isinstance(pair, tuple) and len(pair) == 2 and all(isinstance(part, Array) for part in pair)):
        raise Refused(f"part {number} is not a pair of arrays")
    pixels, labels = (part.content for part in pair)
    if pixels is None or labels is None or (pixels.ndim, labels.ndim) != (2, 1) or len(pixels) != len(labels):
        raise Refused(f"pair {number} is not rows of pixels with a label for each")
    if (pixels.dtype, labels.dtype) != (np.float32, np.int64):
        raise Refused(f"pair {number} is of {pixels.dtype} and {labels.dtype}, not of float32 and int64")
    return pixels.copy(), labels.copy()
