"""Pickles of images and labels, put together by hand as Python 2 wrote them."""

from __future__ import annotations

import gzip
import struct
from collections.abc import Sequence
from pathlib import Path

import numpy as np

PIXELS = np.linspace(0, 0.9, 6, dtype=np.float32).reshape(2, 3)
LABELS = np.array([7, 2])


def text(content: bytes) -> bytes:
    return b"U" + bytes([len(content)]) + content


NEW = b"cnumpy.core.multiarray\n_reconstruct\ncnumpy\nndarray\nK\x00\x85U\x01b\x87R"
ORDER = b"(K\x03U\x01<NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\x00tb"


def kind(code: bytes) -> bytes:
    return b"cnumpy\ndtype\n" + text(code) + b"K\x00K\x01\x87R"


def sizes(shape: Sequence[int]) -> bytes:
    return b"(" + b"".join(b"J" + struct.pack("<i", size) for size in shape) + b"t"


def array(shape: Sequence[int], code: bytes, content: bytes, order: bytes = ORDER) -> bytes:
    state = b"(K\x01" + sizes(shape) + kind(code) + order + b"\x89T" + struct.pack("<i", len(content)) + content + b"t"
    return NEW + state + b"b"


def whole(*parts: bytes) -> bytes:
    """A pickle of a tuple of these parts."""
    return b"\x80\x02(" + b"".join(parts) + b"t."


def pair(pixels: np.ndarray, labels: np.ndarray) -> bytes:
    return array(pixels.shape, b"f4", pixels.tobytes()) + array(labels.shape, b"i8", labels.tobytes()) + b"\x86"


def pickle_of(pairs: Sequence[tuple[np.ndarray, np.ndarray]]) -> bytes:
    """A zipped pickle of pairs of float32 pixels and int64 labels."""
    return gzip.compress(whole(*(pair(pixels, labels) for pixels, labels in pairs)), 1)


GOOD = whole(pair(PIXELS, LABELS), pair(PIXELS, LABELS))


def written(tmp_path: Path, content: bytes) -> Path:
    path = tmp_path / "mine.pkl"
    path.write_bytes(content)
    return path


DAMAGED_PICKLE = "the pickle was cut short or is damaged: "  # then what Python's unpickler says, in its words
