"""Pickles of NumPy arrays, read by Python's own unpickler with its hands tied.

A pickle is a list of instructions for a machine with a stack and a memo, and some tell it to import and call what they
name. Here the machine knows only the instructions that Python 2 needs for tuples of arrays, and every name it asks for
is one of three stand-ins of ours, which import and call nothing. All else is refused.

What NumPy says between the instructions (an array's state: version, shape, type, order, bytes) is described in
``numpy.ndarray.__setstate__``.
"""

from __future__ import annotations

import math
import pickle
from collections.abc import Callable
from typing import Any

import numpy as np

LONGEST = 10_000  # instructions; MNIST has 130
SHOWN = 100  # characters of what a file says
COPIED = 1 << 10  # bytes of a text, at most; longer ones stay where they are

KNOWN = frozenset(
    (pickle.BININT1 + pickle.BININT2 + pickle.BININT + pickle.LONG1 + pickle.NONE + pickle.NEWTRUE + pickle.NEWFALSE)
    + (pickle.SHORT_BINSTRING + pickle.BINSTRING + pickle.MARK + pickle.EMPTY_TUPLE + pickle.TUPLE)
    + (pickle.TUPLE1 + pickle.TUPLE2 + pickle.TUPLE3)
    + (pickle.BINPUT + pickle.LONG_BINPUT + pickle.BINGET + pickle.LONG_BINGET)
    + (pickle.GLOBAL + pickle.REDUCE + pickle.BUILD + pickle.STOP)
)


class Refused(Exception):
    """Something in a pickle that has no place in one of arrays."""


class Content:
    """A pickle in memory, as a file. A read copies no more than it must, and gives no more than there is, whatever a
    length in the pickle claims."""

    def __init__(self, content: bytes | bytearray):
        self.content = memoryview(content)
        self.place = 0

    def read(self, size: int) -> Any:  # bytes, or a view of them
        """The next ``size`` bytes, fewer at the end; a long piece is a view of the content, not a copy."""
        piece = self.content[self.place : self.place + size]
        self.place += len(piece)
        return piece if size > COPIED else bytes(piece)

    def readline(self) -> bytes:
        """A line of a name, with its end; of one that is too long, the beginning."""
        ahead = bytes(self.content[self.place : self.place + COPIED])
        return bytes(self.read(ahead.find(b"\n") + 1 or COPIED))


def unpickled(whole: bytes | bytearray) -> object:
    """What a pickle holds: numbers, texts (as bytes), tuples, and an ``Array`` for each array. Raises Refused."""
    content = Content(whole)
    if content.read(2) != pickle.PROTO + b"\x02":
        raise Refused("cut short, or not a pickle of protocol 2")
    try:
        outcome: object = Unpickler(content).load()
    except Refused:
        raise
    except Exception as error:  # the documentation of pickle names four kinds, "but not necessarily limited to" them
        raise Refused(f"the pickle was cut short or is damaged: {error!r:.{SHOWN}}") from None
    if content.read(1):
        raise Refused("something is left over at its end")
    return outcome


class Unpickler(pickle._Unpickler):
    """Python's unpickler; of its two the one that is written in Python.

    The other one sets memory aside for whatever a file claims (34 GB for a memo with a place 2,147,483,647), and its
    instructions cannot be chosen: some hand out what a program has registered without asking ``find_class``.
    """

    def __init__(self, content: Content):
        super().__init__(content, encoding="bytes")
        self.dispatch = Instructions(content)  # type: ignore[misc, assignment]

    def find_class(self, module: str, name: str) -> object:
        """A stand-in, never the thing itself: nothing is imported."""
        asked = f"{module}.{name}"
        if asked not in STAND_INS:
            raise Refused(f"refers to {asked[:SHOWN]!r}")
        return STAND_INS[asked]


class Instructions:
    """How the known instructions are carried out, up to ``LONGEST`` of them."""

    def __init__(self, content: Content):
        self.content = content
        self.done = 0

    def __getitem__(self, code: int) -> Callable[[Any], None]:
        self.done += 1
        if code not in KNOWN:
            place = self.content.place - 1
            raise Refused(f"byte {place}: instruction {bytes([code])!r} has no place here")
        if self.done > LONGEST:
            raise Refused("too many instructions")
        return pickle._Unpickler.dispatch[code]


class Type:
    """The type of an array's elements; its byte order comes later."""

    def __init__(self, code: str):
        self.code = code
        self.ordered = False

    def __setstate__(self, state: object) -> None:
        if state != (3, b"<", None, None, None, -1, -1, 0):
            raise Refused("gives a state to something else than a new array or a type of little-endian numbers")
        self.ordered = True


class Array:
    """An array whose shape and content come later."""

    content: np.ndarray | None = None

    def __setstate__(self, state: object) -> None:
        """Fills it from version, shape, type, whether the columns come first, and bytes."""
        if self.content is not None:
            raise Refused("gives a state to something else than a new array or a type of little-endian numbers")
        if not (isinstance(state, tuple) and len(state) == 5 and state[0] == 1 and state[3] is False):
            raise Refused("the state of an array is not as NumPy writes it")
        _, shape, kind, _, content = state
        if not (isinstance(kind, Type) and kind.ordered and isinstance(content, bytes | memoryview)):
            raise Refused("an array has no type or no bytes")
        if not (isinstance(shape, tuple) and len(shape) <= 2 and all(type(size) is int and size > 0 for size in shape)):
            raise Refused("an array's shape is not one or two numbers above 0")
        numbers = np.dtype(kind.code)
        if math.prod(shape) * numbers.itemsize != len(content):
            raise Refused("an array has more or fewer bytes than its shape says")
        self.content = np.frombuffer(content, numbers).reshape(shape)


ARRAY = object()  # numpy.ndarray: what a new array is asked to be


def new_array(*arguments: object) -> Array:
    """Stands in for NumPy's maker of empty arrays. Raises Refused for any other arguments than a saved array has."""
    if arguments != (ARRAY, (0,), b"b"):
        raise Refused("calls for something else than an array of float32 or int64")
    return Array()


def new_type(*arguments: object) -> Type:
    """Stands in for ``numpy.dtype``: float32 or int64. Raises Refused for every other."""
    for code in (b"f4", b"i8"):
        if arguments == (code, 0, 1):  # never looked up by hash: that of tuples in tuples may take for ever
            return Type("<" + code.decode())
    raise Refused("calls for something else than an array of float32 or int64")


STAND_INS = {"numpy.core.multiarray._reconstruct": new_array, "numpy.ndarray": ARRAY, "numpy.dtype": new_type}
