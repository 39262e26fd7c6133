"""Nothing that a pickle can say has any effect but plain arrays: what is handed out, and what is refused."""

from __future__ import annotations

import copyreg
import io
import pickle
import pickletools
import struct
import sys
import tracemalloc
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
from pickles import DAMAGED_PICKLE, GOOD, NEW, ORDER, PIXELS, array, kind, text, whole, written

from sheetsim.errors import InputError
from sheetsim.training.data import pickled
from sheetsim.training.data.pickle_machine import STAND_INS, Content, Refused, Unpickler

# --- what is handed out -----------------------------------------------------------------------------------------------
#: What Python tells of itself when it imports, looks up what a pickle names, or runs something.
FOREIGN = {"import", "pickle.find_class", "exec", "compile", "code.__new__", "os.system", "subprocess.Popen"}
heard: list[str] | None = None


def hear(event: str, _: object) -> None:
    if heard is not None and event in FOREIGN:
        heard.append(event)


sys.addaudithook(hear)  # cannot be taken away again


@contextmanager
def nothing_foreign() -> Iterator[None]:
    """Nothing is imported, looked up for a pickle or run meanwhile, as Python's own audit has it."""
    global heard
    heard = []
    try:
        yield
    finally:
        found, heard = heard, None
    assert found == []


def test_the_audit_hears_what_an_ordinary_unpickler_does() -> None:
    with pytest.raises(AssertionError, match="find_class"), nothing_foreign():
        assert pickle.loads(pickle.dumps(print)) is print


def test_an_honest_pickle_gets_stand_ins(tmp_path: Path) -> None:
    path = written(tmp_path, GOOD)
    with nothing_foreign():
        assert len(pickled.read(path)) == 2
    given = [Unpickler(Content(b"")).find_class(*name.rsplit(".", 1)) for name in STAND_INS]
    assert {getattr(stand_in, "__module__", Unpickler.__module__) for stand_in in given} == {Unpickler.__module__}


@pytest.mark.parametrize("name", ["system", "_reconstruct", "ndarray.__class__", "", "."])
@pytest.mark.parametrize(
    "module", ["os", "numpy", "numpy.core", "sheetsim.training.data.pickle_machine", "", "builtins"]
)
def test_there_are_three_names(module: str, name: str) -> None:
    """Of ours, too, none can be had by its own name."""
    with pytest.raises(Refused, match="refers to"):
        Unpickler(Content(b"")).find_class(module, name)


def test_a_module_that_waits_to_be_imported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    (tmp_path / "waiting.py").write_text("open('CANARY', 'w').close()\n")
    with nothing_foreign(), pytest.raises(InputError, match=r"refers to 'waiting\.thing'"):
        pickled.read(written(tmp_path, whole(b"cwaiting\nthing\n")))
    assert not (tmp_path / "CANARY").exists()


def test_a_function_that_somebody_registered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The extensions that a program may register are handed out by Python without asking ``find_class``."""
    monkeypatch.chdir(tmp_path)
    copyreg.add_extension("os", "mkdir", 1)
    try:
        pickle.loads(b"\x80\x02\x82\x01.")  # of our own making: now it lies in Python's cache
        with pytest.raises(InputError, match="has no place here"):
            pickled.read(written(tmp_path, whole(b"\x82\x01" + text(b"CANARY") + b"\x85R")))
    finally:
        copyreg.remove_extension("os", "mkdir", 1)
    assert not (tmp_path / "CANARY").exists()


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
    "the builder alone": (
        NEW.replace(b"cnumpy.core.multiarray\n_reconstruct\n", b"cnumpy\nndarray\n"),
        "object is not callable",
    ),
    "an array called": (array([1], b"f4", b"\0" * 4) + b")R", "'Array' object is not callable"),
    "a number called": (b"K\x01)R", "'int' object is not callable"),
    "a number given a state": (b"K\x01)b", "part 1 is not a pair of arrays"),
    "a name given a state": (b"cnumpy\nndarray\n)b", "part 1 is not a pair of arrays"),
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
    "something not remembered": (b"h\x09", DAMAGED_PICKLE),
    "a memo of nothing": (b"q\x01", DAMAGED_PICKLE),
    "below the mark": (b"(\x85", DAMAGED_PICKLE),
    "a tuple without a beginning": (b"tt", DAMAGED_PICKLE),
    "a protocol within": (b"\x80\x04", r"instruction b'\x80' has no place"),
    "too many instructions": (b"N" * 10_001, "too many instructions"),
    "deep nesting": (b"N" + b"\x85" * 9_000, "part 1 is not a pair of arrays"),
    "doubling by the memo": (b")" + b"q\x00h\x00\x86" * 2_000, "part 1 is not a pair of arrays"),
    "a memo of 34 GB": (b"Nr\xff\xff\xff\x7f", "part 1 is not a pair of arrays"),
    "a memo of 69 GB": (b"Nr\xff\xff\xff\xff", "part 1 is not a pair of arrays"),
    "from such a memo": (b"j\xff\xff\xff\xff", DAMAGED_PICKLE),
    "bytes that claim an exabyte": (b"\x8e" + b"\xff" * 7 + b"\x0fabc", r"instruction b'\x8e' has no place"),
    "bytes that claim 100 GB": (b"\x8e" + struct.pack("<Q", 10**11) + b"abc", r"instruction b'\x8e' has no place"),
    "an array of bytes that claims 100 GB": (
        b"\x96" + struct.pack("<Q", 10**11) + b"abc",
        r"instruction b'\x96' has no place",
    ),
    "a text that claims 100 GB": (b"\x8d" + struct.pack("<Q", 10**11) + b"abc", r"instruction b'\x8d' has no place"),
    "a frame that claims 100 GB": (b"\x95" + struct.pack("<Q", 10**11), r"instruction b'\x95' has no place"),
    "a number that claims 2 GB": (b"\x8b\xff\xff\xff\x7fabc", r"instruction b'\x8b' has no place"),
    "a number of many figures": (b"L" + b"9" * 10_000 + b"L\n", "instruction b'L' has no place"),
    "a number that is none": (b"F" + b"x" * 10_000 + b"\n", "instruction b'F' has no place"),
    "an open text": (b"S" + b"x" * 10_000 + b"\n", "instruction b'S' has no place"),
    "a byte that is none": (b"S'\\x'\n", "instruction b'S' has no place"),
    "a name that is no text": (b"c\xff\xfe\nsystem\n", DAMAGED_PICKLE),
    "half a name": (b"cos\n", "refers to 'os."),
    "no name": (b"c\n\n", "refers to '.'"),
    "a buffer from elsewhere": (b"\x97", r"instruction b'\x97' has no place"),
    "a stand-in given fields": (b"cnumpy\ndtype\n}" + text(b"a") + b"K\x01sb", "instruction b'}' has no place"),
    "a stand-in given nothing": (b"cnumpy\ndtype\nNN\x86b", "part 1 is not a pair of arrays"),
    "a stand-in called by nothing": (b"cnumpy\ndtype\n)R", "calls for something else"),
    "a stand-in called by what is no tuple": (b"cnumpy\ndtype\nNR", DAMAGED_PICKLE),
    "a stand-in called by itself": (b"cnumpy\ndtype\nq\x00h\x00\x85R", "calls for something else"),
    "an array called by itself": (b"cnumpy\nndarray\ncnumpy\nndarray\n\x85R", "object is not callable"),
    "an array in itself": (NEW + b"q\x00(K\x01h\x00h\x00\x89h\x00tb", "an array has no type or no bytes"),
    "an array for its own shape": (
        NEW + b"q\x00(K\x01h\x00" + kind(b"f4") + ORDER + b"\x89" + text(b"\0" * 4) + b"tb",
        "shape is not",
    ),
    "doubling for a shape": (
        NEW + b"(K\x01)" + b"q\x00h\x00\x86" * 2_000 + kind(b"f4") + ORDER + b"\x89" + text(b"\0" * 4) + b"tb",
        "shape is not",
    ),
    "doubling for a code": (
        b"cnumpy\ndtype\n)" + b"q\x00h\x00\x86" * 2_000 + b"K\x00K\x01\x87R",
        "calls for something else",
    ),
    "a size of many figures": (
        NEW + b"(K\x01\x8a\xff" + b"\x7f" * 255 + b"\x85" + kind(b"f4") + ORDER + b"\x89" + text(b"\0" * 4) + b"tb",
        "an array has more or fewer bytes than its shape says",
    ),
    "doubling for a type": (b"cnumpy\ndtype\n)" + b"q\x00h\x00\x86" * 2_000 + b"R", "calls for something else"),
    "doubling for a state": (kind(b"f4") + b")" + b"q\x00h\x00\x86" * 2_000 + b"b", "gives a state to something else"),
}


@pytest.mark.parametrize(("part", "message"), HOSTILE.values(), ids=list(HOSTILE))
def test_hostile_pickles(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, part: bytes, message: str) -> None:
    monkeypatch.chdir(tmp_path)
    path = written(tmp_path, whole(part))
    tracemalloc.start()
    with nothing_foreign(), pytest.raises(InputError) as caught:
        pickled.read(path)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 5_000_000
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


def test_any_change_of_a_byte_or_two_is_read_or_refused(tmp_path: Path) -> None:
    """Whatever the bytes are, arrays or an InputError come of them, never another error."""
    random = np.random.default_rng(0)
    outcomes = set()
    for _ in range(1500):
        content = bytearray(GOOD)
        for place in random.integers(len(content), size=random.integers(1, 3)):
            content[place] = random.integers(256)
        try:
            path = written(tmp_path, bytes(content))
            with nothing_foreign():
                read = pickled.read(path)
            assert all(pixels.dtype == np.float32 and labels.dtype == np.int64 for pixels, labels in read)
            outcomes.add("read")
        except InputError:
            outcomes.add("refused")
    assert outcomes == {"read", "refused"}
