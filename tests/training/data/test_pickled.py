"""mnist.pkl.gz: what is read of a pickle, and of one that is damaged."""

from __future__ import annotations

import gzip
import pickle
import struct
import tracemalloc
from pathlib import Path

import numpy as np
import pytest
from pickles import DAMAGED_PICKLE, GOOD, LABELS, NEW, PIXELS, array, pair, sizes, text, whole, written
from training_data import real

from sheetsim.errors import InputError
from sheetsim.training.data import pickled


# --- what is read -----------------------------------------------------------------------------------------------------
def test_reading(tmp_path: Path) -> None:
    for content in (GOOD, gzip.compress(GOOD)):
        one, other = pickled.read(written(tmp_path, content))
        for pixels, labels in (one, other):
            np.testing.assert_array_equal(pixels, PIXELS)
            np.testing.assert_array_equal(labels, LABELS)
            assert (pixels.dtype, labels.dtype) == (np.float32, np.int64)
            assert pixels.flags.writeable
            assert pixels.flags.aligned


def test_the_other_ways_to_write_the_same(tmp_path: Path) -> None:
    """Through the memo, numbers of each width, types in long texts."""
    long = b"T" + struct.pack("<i", 2)
    pixels = array(PIXELS.shape, b"f4", PIXELS.tobytes()).replace(text(b"f4"), long + b"f4")
    labels = array(LABELS.shape, b"i8", LABELS.tobytes()).replace(sizes([2]), b"\x8a\x01\x02\x85")
    content = whole(pixels + labels + b"\x86q\x05", b"h\x05r\x00\x10\x00\x00", b"j\x00\x10\x00\x00")
    read = pickled.read(written(tmp_path, content))
    assert len(read) == 3
    for one, other in read:
        np.testing.assert_array_equal(one, PIXELS)
        np.testing.assert_array_equal(other, LABELS)


def test_the_real_file_is_the_idx_files_divided_by_256() -> None:
    folder = real("mnist") / "mnist"

    def plain(name: str, skip: int) -> np.ndarray:
        return np.frombuffer(gzip.decompress((folder / f"{name}.gz").read_bytes())[skip:], np.uint8)

    pairs = pickled.read(folder / "mnist.pkl.gz")
    assert [len(labels) for _, labels in pairs] == [50_000, 10_000, 10_000]
    images = np.concatenate([plain("train-images-idx3-ubyte", 16), plain("t10k-images-idx3-ubyte", 16)]).reshape(
        -1, 784
    )
    labels = np.concatenate([plain("train-labels-idx1-ubyte", 8), plain("t10k-labels-idx1-ubyte", 8)])
    start = 0
    for pixels, digits in pairs:
        stop = start + len(digits)
        assert np.array_equal(pixels, images[start:stop] / np.float32(256))
        assert np.array_equal(digits, labels[start:stop])
        start = stop


@pytest.mark.parametrize("protocol", range(6))
def test_pickles_of_python_3(tmp_path: Path, protocol: int) -> None:
    """Written here, never read by Python: arrays pass through other names there, and those are refused, too."""
    path = written(tmp_path, pickle.dumps(((PIXELS, LABELS), (PIXELS, LABELS)), protocol))
    with pytest.raises(InputError, match="only a pickle of plain NumPy arrays by Python 2 is read"):
        pickled.read(path)


DAMAGED = {
    "empty": (b"", "cut short"),
    "text": (b"hello", "not a pickle of protocol 2"),
    "cut in the middle": (GOOD[: len(GOOD) // 2], "cut short"),
    "no end": (GOOD[:-1], "cut short"),
    "more after the end": (GOOD + b"cos\nsystem\n", "something is left over at its end"),
    "more on the stack": (GOOD[:-1] + b"N.", "holds no tuple of up to 3 pairs"),
    "an open mark": (b"\x80\x02)(.", DAMAGED_PICKLE),
    "one array": (b"\x80\x02" + array([1], b"f4", b"\0" * 4) + b".", "holds no tuple of up to 3 pairs"),
    "arrays without pairs": (whole(array([1], b"f4", b"\0" * 4)), "part 1 is not a pair of arrays"),
    "an unfinished array": (whole(NEW + NEW + b"\x86"), "pair 1 is not rows of pixels with a label for each"),
    "too few labels": (whole(pair(PIXELS, LABELS[:1])), "pair 1 is not rows of pixels with a label for each"),
    "labels first": (
        whole(pair(PIXELS, LABELS), array([2], b"i8", LABELS.tobytes()) * 2 + b"\x86"),
        "pair 2 is not rows",
    ),
    "labels of float32": (whole(pair(PIXELS, PIXELS[0, :2]).replace(b"i8", b"f4")), "not of float32 and int64"),
    "four pairs": (whole(*[pair(PIXELS, LABELS)] * 4), "holds no tuple of up to 3 pairs"),
    "a zip cut short": (gzip.compress(GOOD)[:-12], "damaged or cut short"),
    "a zip with a wrong sum": (gzip.compress(GOOD)[:-8] + bytes(8), "damaged or cut short"),
}


@pytest.mark.parametrize(("content", "message"), DAMAGED.values(), ids=list(DAMAGED))
def test_damaged_pickles(tmp_path: Path, content: bytes, message: str) -> None:
    with pytest.raises(InputError) as caught:
        pickled.read(written(tmp_path, content))
    assert message in str(caught.value)


def test_a_zip_that_unpacks_to_too_much(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pickled, "LARGEST", 1 << 20)
    path = written(tmp_path, gzip.compress(bytes(50_000_000)))
    tracemalloc.start()
    with pytest.raises(InputError, match="more than 1 MiB unzipped"):
        pickled.read(path)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 5_000_000
