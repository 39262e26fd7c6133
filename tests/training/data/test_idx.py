"""IDX files: what is read from them, and what is said of those that are no good."""

from __future__ import annotations

import gzip
import os
import struct
import tracemalloc
from pathlib import Path

import numpy as np
import pytest
from training_data import real

from sheetsim.errors import InputError
from sheetsim.training.data import idx

PICTURES = np.arange(2 * 3 * 4, dtype=np.uint8).reshape(2, 3, 4)


def header(*sizes: int) -> bytes:
    return bytes([0, 0, 8, len(sizes)]) + struct.pack(f">{len(sizes)}I", *sizes)


GOOD = header(2, 3, 4) + PICTURES.tobytes()


@pytest.mark.parametrize(
    "content",
    [GOOD, gzip.compress(GOOD), gzip.compress(GOOD[:9]) + gzip.compress(GOOD[9:])],
    ids=["plain", "zipped", "zipped in two"],  # a zipped text has the time in it
)
def test_reading(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "images"
    path.write_bytes(content)
    np.testing.assert_array_equal(idx.read(path, 3), PICTURES)


def test_the_first_real_digits() -> None:
    folder = real("mnist") / "mnist"
    images, labels = idx.read_pair(folder / "train-images-idx3-ubyte.gz", folder / "train-labels-idx1-ubyte.gz")
    assert (images.shape, images.dtype, labels.shape) == ((60_000, 28, 28), np.uint8, (60_000,))
    assert labels[:10].tolist() == [5, 0, 4, 1, 9, 2, 1, 3, 1, 4]
    assert np.bincount(labels).tolist() == [5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949]  # as published
    assert images.mean() / 255 == pytest.approx(0.1307, abs=5e-5)  # the mean by which everybody normalises


zipped = gzip.compress(GOOD, mtime=0)
BAD = {
    "empty": (b"", "its first bytes are none, not 00 00 08 03"),
    "text": (b"<html>not found</html>", "its first bytes are 3c 68 74 6d, not 00 00 08 03"),
    "labels": (header(24) + PICTURES.tobytes(), "its first bytes are 00 00 08 01, not 00 00 08 03"),
    "float": (b"\0\0\x0d\x03" + GOOD[4:], "its first bytes are 00 00 0d 03, not 00 00 08 03"),
    "little-endian": (bytes([3, 8, 0, 0]) + GOOD[4:], "its first bytes are 03 08 00 00"),
    "header cut": (GOOD[:9], "ends within its header"),
    "cut": (GOOD[:-1], "holds fewer bytes than its sizes 2 × 3 × 4 say"),
    "no images": (header(0, 28, 28), "says it holds 0 × 28 × 28 bytes, which cannot be"),
    "too long": (GOOD + b"\0", "holds more bytes than its sizes 2 × 3 × 4 say"),
    "huge": (header(2**32 - 1, 2**32 - 1, 2**32 - 1), "which cannot be"),
    "zip cut": (zipped[:-9], "damaged or cut short"),
    "zip without its end": (zipped[:-8], "damaged or cut short"),
    "zip with a flipped byte": (zipped[:30] + bytes([zipped[30] ^ 255]) + zipped[31:], "damaged or cut short"),
    "zip with a wrong sum": (zipped[:-8] + bytes(8), "damaged or cut short"),
    "zip's first bytes only": (zipped[:5], "damaged or cut short"),
    "zip of a shorter file": (gzip.compress(GOOD[:-1]), "holds fewer bytes than its sizes"),
    "zip of a longer file": (gzip.compress(GOOD + b"\0"), "holds more bytes than its sizes"),
}


@pytest.mark.parametrize(("content", "message"), BAD.values(), ids=list(BAD))
def test_what_cannot_be_read(tmp_path: Path, content: bytes, message: str) -> None:
    path = tmp_path / "images"
    path.write_bytes(content)
    with pytest.raises(InputError) as caught:
        idx.read(path, 3)
    assert str(caught.value).startswith(f"{path}: ")
    assert message in str(caught.value)
    assert len(str(caught.value).splitlines()) == 1


def test_no_file_and_a_folder(tmp_path: Path) -> None:
    for path in (tmp_path / "nosuch", tmp_path):
        with pytest.raises(InputError, match=f"{path}: "):
            idx.read(path, 3)


def test_a_pipe(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(InputError, match="pipe: cannot be read twice"):
        idx.read(tmp_path / "pipe", 3)


@pytest.mark.parametrize(
    "content",
    [header(1 << 10, 1 << 10, 1 << 10), gzip.compress(header(10) + bytes(50_000_000))],
    ids=["a header that claims much", "a zip of much"],
)
def test_memory_is_for_what_is_there(tmp_path: Path, content: bytes) -> None:
    """Neither a header that claims a gigabyte nor a zipped file that unpacks to more than its header says."""
    path = tmp_path / "images"
    path.write_bytes(content)
    tracemalloc.start()
    with pytest.raises(InputError):
        idx.read(path, 3 if content[0] == 0 else 1)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 10_000_000


@pytest.mark.parametrize(
    ("labels", "message"),
    [
        (header(2) + bytes([3, 10]), "label 2 is 10, not a digit from 0 to 9"),
        (header(3) + bytes([3, 1, 1]), "has 2 images but "),
        (GOOD, "its first bytes are 00 00 08 03, not 00 00 08 01"),
    ],
)
def test_labels_that_do_not_fit(tmp_path: Path, labels: bytes, message: str) -> None:
    (tmp_path / "images").write_bytes(GOOD)
    (tmp_path / "labels").write_bytes(labels)
    with pytest.raises(InputError, match=message):
        idx.read_pair(tmp_path / "images", tmp_path / "labels")
