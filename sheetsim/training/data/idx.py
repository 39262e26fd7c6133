"""IDX, the format of MNIST's files: a magic number, the sizes, then the bytes.

The format is described at the end of the page that published MNIST: two zero bytes, a byte for the type (8: unsigned
bytes), a byte for the number of dimensions, each dimension as a big-endian 32-bit integer, the elements in C order.
"""

from __future__ import annotations

import math
import struct
from pathlib import Path
from typing import IO

import numpy as np

from sheetsim.errors import InputError
from sheetsim.training.data.unzipped import opened, up_to

UNSIGNED_BYTE = 8
MOST = 1 << 30  # bytes; more is no set of small images


def read(path: Path, dimensions: int) -> np.ndarray:
    """The array of unsigned bytes in an IDX file, gzipped or plain, of so many dimensions.

    Raises InputError if the file is missing, is something else, or is shorter or longer than it says.
    """
    with opened(path) as file:
        shape = _header(path, file, dimensions)
        size = math.prod(shape)
        content = up_to(size + 1, file)
    if len(content) != size:
        differ = "fewer" if len(content) < size else "more"
        raise InputError(f"{path}: holds {differ} bytes than its sizes {_times(shape)} say; fetch it anew")
    return np.frombuffer(content, np.uint8).reshape(shape)


def read_pair(images: Path, labels: Path) -> tuple[np.ndarray, np.ndarray]:
    """Images, uint8 (n, rows, columns), and their labels, uint8 (n,) in 0..9. Raises InputError."""
    pictures, digits = read(images, 3), read(labels, 1)
    if len(pictures) != len(digits):
        raise InputError(f"{images} has {len(pictures)} images but {labels} has {len(digits)} labels")
    wrong = np.flatnonzero(digits > 9)
    if len(wrong):
        raise InputError(f"{labels}: label {wrong[0] + 1} is {digits[wrong[0]]}, not a digit from 0 to 9")
    return pictures, digits


def _header(path: Path, file: IO[bytes], dimensions: int) -> tuple[int, ...]:
    """The sizes, from the magic number and what follows it."""
    magic = file.read(4)
    if magic != bytes([0, 0, UNSIGNED_BYTE, dimensions]):
        wanted = f"00 00 {UNSIGNED_BYTE:02x} {dimensions:02x}"
        raise InputError(
            f"{path}: not the IDX file it should be: its first bytes are {magic.hex(' ') or 'none'}, not {wanted}"
        )
    sizes = file.read(4 * dimensions)
    if len(sizes) < 4 * dimensions:
        raise InputError(f"{path}: ends within its header; fetch it anew")
    shape = struct.unpack(f">{dimensions}I", sizes)
    if not 0 < math.prod(shape) <= MOST:
        raise InputError(f"{path}: says it holds {_times(shape)} bytes, which cannot be")
    return shape


def _times(shape: tuple[int, ...]) -> str:
    return " × ".join(map(str, shape))
