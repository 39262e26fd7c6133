"""mnist.pkl.gz without unpickling: what is read, and that nothing else a pickle can say has any effect."""

from __future__ import annotations

import gzip
import io
import pickle
import pickletools
import struct
import tracemalloc
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from sheetsim.errors import InputError
from sheetsim.training.data import pickled

SHARED = Path(__file__).parents[3] / "shared" / "data" / "mnist"

PIXELS = np.linspace(0, 0.9, 6, dtype=np.float32).reshape(2, 3)
LABELS = np.array([7, 2])


# --- pickles, put together by hand as Python 2 wrote them -------------------------------------------------------------
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
    if not SHARED.exists():
        pytest.skip("the MNIST files are not here (../shared/data/mnist)")

    def plain(name: str, skip: int) -> np.ndarray:
        return np.frombuffer(gzip.decompress((SHARED / f"{name}.gz").read_bytes())[skip:], np.uint8)

    pairs = pickled.read(SHARED / "mnist.pkl.gz")
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


def test_python_unpickles_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def never(*_: object, **__: object) -> None:
        raise AssertionError("unpickled")

    for name in ("load", "loads", "Unpickler", "_Unpickler"):
        monkeypatch.setattr(pickle, name, never)
    assert len(pickled.read(written(tmp_path, GOOD))) == 2


# --- what is refused --------------------------------------------------------------------------------------------------
COMMAND = text(b"touch CANARY")
BYTES = PIXELS.tobytes()

HOSTILE = {
    "os.system": (b"cos\nsystem\n" + COMMAND + b"\x85R", "refers to 'os.system'"),
    "eval": (b"c__builtin__\neval\n" + text(b"1/0") + b"\x85R", "refers to '__builtin__.eval'"),
    "a lookalike": (b"cnumpy.core.multiarray\n_reconstruct2\n", "_reconstruct2'"),
    "a module of ours": (b"cnumpy\nndarray.tofile\n", "refers to 'numpy.ndarray.tofile'"),
    "numpy's own loader": (b"cnumpy\nload\n" + text(b"evil.npy") + b"\x85R", "refers to 'numpy.load'"),
    "numpy's function builder": (b"cnumpy\nfrompyfunc\n", "refers to 'numpy.frompyfunc'"),
    "a long name": (b"c" + b"x" * 5000 + b"\ny\n", "refers to 'xxx"),
    "a name on the stack": (
        b"\x8c\x05posix\x8c\x06system\x93" + COMMAND + b"\x85R",
        r"instruction b'\x8c' has no place",
    ),
    "texts for a name": (
        text(b"posix") + text(b"system") + b"\x93" + COMMAND + b"\x85R",
        r"instruction b'\x93' has no",
    ),
    "INST": (b"(" + COMMAND + b"ios\nsystem\n", "instruction b'i' has no place"),
    "OBJ": (b"(cnumpy\nndarray\n" + COMMAND + b"o", "instruction b'o' has no place"),
    "NEWOBJ": (b"cnumpy\nndarray\n)\x81", r"instruction b'\x81' has no place"),
    "NEWOBJ_EX": (b"cnumpy\nndarray\n)}\x92", "instruction b'}' has no place"),
    "EXT1": (b"\x82\x01", r"instruction b'\x82' has no place"),
    "EXT2": (b"\x83\x01\x00", r"instruction b'\x83' has no place"),
    "EXT4": (b"\x84\x01\x00\x00\x00", r"instruction b'\x84' has no place"),
    "a persistent id": (b"Pwhatever\n", "instruction b'P' has no place"),
    "a persistent id on the stack": (b"NQ", "instruction b'Q' has no place"),
    "a dictionary": (b"}", "instruction b'}' has no place"),
    "a list": (b"]", "instruction b']' has no place"),
    "text to be escaped": (b"S'a'\n", "instruction b'S' has no place"),
    "bytes of Python 3": (b"B\x01\x00\x00\x00a", "instruction b'B' has no place"),
    "an object array": (array([1], b"O8", b"\0" * 8), "calls for something else"),
    "an object array by its first letter": (array([1], b"O", b"\0" * 8), "calls for something else"),
    "float64": (array([1], b"f8", b"\0" * 8), "calls for something else"),
    "a record": (array([1], b"V8", b"\0" * 8), "calls for something else"),
    "big-endian": (array([1], b"f4", b"\0" * 4, ORDER.replace(b"<", b">")), "gives a state to something else"),
    "a type with fields": (kind(b"f4") + ORDER.replace(b"NNN", b"NN)"), "gives a state to something else"),
    "a type of another type": (b"cnumpy\ndtype\ncnumpy\nndarray\nK\x00K\x01\x87R", "calls for something else"),
    "an array without order": (array([1], b"f4", b"\0" * 4, b""), "an array has no type or no bytes"),
    "a subclass": (NEW.replace(b"cnumpy\nndarray", b"cnumpy\ndtype", 1), "calls for something else"),
    "the builder alone": (NEW.replace(b"cnumpy.core.multiarray\n_reconstruct\n", b"cnumpy\nndarray\n"), "calls for"),
    "an array called": (array([1], b"f4", b"\0" * 4) + b")R", "calls for something else"),
    "a number called": (b"K\x01)R", "calls for something else"),
    "a number given a state": (b"K\x01)b", "gives a state to something else"),
    "a name given a state": (b"cnumpy\nndarray\n)b", "gives a state to something else"),
    "a second state": (array([1], b"f4", b"\0" * 4) + b")b", "gives a state to something else"),
    "a state of one part": (NEW + b"K\x01\x85b", "the state of an array is not as NumPy writes it"),
    "columns first": (array([1], b"f4", b"\0" * 4).replace(b"\x89T", b"\x88T"), "the state of an array is not"),
    "no bytes": (NEW + b"(K\x01K\x01\x85" + kind(b"f4") + ORDER + b"\x89Ntb", "an array has no type or no bytes"),
    "a huge shape": (
        array([2**31 - 1, 2**31 - 1], b"f4", BYTES),
        "an array has more or fewer bytes than its shape says",
    ),
    "a negative shape": (array([-2, -3], b"f4", BYTES), "an array's shape is not one or two numbers above 0"),
    "an empty shape of many": (array([0, 2**31 - 1], b"f4", b""), "an array's shape is not one or two numbers above 0"),
    "no shape": (array([], b"f4", b"\0" * 4), "part 1 is not a pair of arrays"),
    "many dimensions": (array([1] * 60, b"f4", b"\0" * 4), "an array's shape is not one or two numbers above 0"),
    "truth for a size": (
        NEW + b"(K\x01\x88\x85" + kind(b"f4") + ORDER + b"\x89" + text(b"\0" * 4) + b"tb",
        "shape is not",
    ),
    "a text that claims 2 GB": (b"T\xff\xff\xff\x7f" + b"abc", "the pickle was cut short"),
    "a text that claims less than nothing": (b"T\xff\xff\xff\xffabc", "the pickle was cut short"),
    "something not remembered": (b"h\x09", "refers to something that was not there before"),
    "a memo of nothing": (b"q\x01", "the stack is empty"),
    "below the mark": (b"(\x85", "the stack is empty"),
    "a tuple without a beginning": (b"tt", "a tuple without a beginning"),
    "a protocol within": (b"\x80\x04", r"instruction b'\x80' has no place"),
    "too many instructions": (b"N" * 10_001, "too many instructions"),
    "deep nesting": (b"N" + b"\x85" * 9_000, "part 1 is not a pair of arrays"),
    "doubling by the memo": (b")" + b"q\x00h\x00\x86" * 2_000, "part 1 is not a pair of arrays"),
    "doubling for a type": (b"cnumpy\ndtype\n)" + b"q\x00h\x00\x86" * 2_000 + b"R", "calls for something else"),
    "doubling for a state": (kind(b"f4") + b")" + b"q\x00h\x00\x86" * 2_000 + b"b", "gives a state to something else"),
}


@pytest.mark.parametrize(("part", "message"), HOSTILE.values(), ids=list(HOSTILE))
def test_hostile_pickles(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, part: bytes, message: str) -> None:
    monkeypatch.chdir(tmp_path)
    path = written(tmp_path, whole(part))
    with pytest.raises(InputError) as caught:
        pickled.read(path)
    assert str(caught.value).startswith(f"{path}: ")
    assert message in str(caught.value)
    assert len(str(caught.value).splitlines()) == 1
    assert len(str(caught.value)) < 400
    assert not (tmp_path / "CANARY").exists()


@pytest.mark.parametrize(
    "name", ["os.system", "eval", "a name on the stack", "INST", "OBJ", "NEWOBJ", "EXT1", "a record"]
)
def test_the_hostile_pickles_are_pickles(name: str) -> None:
    """They are refused for what they say, not because they were put together badly."""
    instructions = [code.name for code, _, _ in pickletools.genops(io.BytesIO(whole(HOSTILE[name][0])))]
    assert instructions[-1] == "STOP"


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
    "more on the stack": (GOOD[:-1] + b"N.", "something is left over at its end"),
    "an open mark": (b"\x80\x02)(.", "the stack is empty"),
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


def test_any_change_of_a_byte_or_two_is_read_or_refused(tmp_path: Path) -> None:
    """Whatever the bytes are, arrays or an InputError come of them, never another error."""
    random = np.random.default_rng(0)
    outcomes = set()
    for _ in range(1500):
        content = bytearray(GOOD)
        for place in random.integers(len(content), size=random.integers(1, 3)):
            content[place] = random.integers(256)
        try:
            read = pickled.read(written(tmp_path, bytes(content)))
            assert all(pixels.dtype == np.float32 and labels.dtype == np.int64 for pixels, labels in read)
            outcomes.add("read")
        except InputError:
            outcomes.add("refused")
    assert outcomes == {"read", "refused"}
