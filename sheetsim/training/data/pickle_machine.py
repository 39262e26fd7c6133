"""The machine that a pickle is a program for, as small as a pickle of NumPy arrays allows.

A pickle is a list of instructions for a machine with a stack and a memo. Python's own machine may be told to call any
function of any module, so it is not used on data. This one knows the 24 instructions that Python 2 needs for tuples
of NumPy arrays; the three names it knows stand for themselves and call nothing. All else is refused.

The instructions are described in the standard library's ``pickletools``; what NumPy puts between them (the state of an
array: version, shape, type, order, bytes) in ``numpy.ndarray.__setstate__``.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Callable
from enum import Enum
from typing import NamedTuple, NoReturn

import numpy as np

LONGEST = 10_000  # instructions; MNIST has 130
LONGEST_NAME = 100
PROTOCOL_2 = b"\x80\x02"
STOP = b"."


class Name(Enum):
    """What a pickle of arrays refers to. Never imported, never called."""

    RECONSTRUCT = b"numpy.core.multiarray\n_reconstruct\n"
    ARRAY = b"numpy\nndarray\n"
    TYPE = b"numpy\ndtype\n"


class Type:
    """The type of an array's elements; its byte order comes later, by BUILD."""

    def __init__(self, code: str):
        self.code = code
        self.ordered = False


class Array:
    """An array whose shape and content come later, by BUILD."""

    def __init__(self) -> None:
        self.content: np.ndarray | None = None


class Refused(Exception):
    """Something in a pickle that has no place in one of arrays."""


class Instruction(NamedTuple):
    """What follows the instruction's byte, as a struct format, and what is done with that."""

    operand: str
    act: Callable[..., None]


class Machine:
    """Runs a pickle: numbers, texts, tuples and references to three names, and nothing else."""

    def __init__(self, content: memoryview):
        self.content = content
        self.place = 0
        self.stack: list[object] = []
        self.marks: list[int] = []  # how high the stack was at each MARK
        self.memo: dict[int, object] = {}

    def run(self) -> object:
        """What is left on the stack at STOP. Raises Refused."""
        if self.take(2) != PROTOCOL_2:
            self.refuse("not a pickle of protocol 2")
        steps = 0
        while (code := bytes(self.take(1))) != STOP:
            steps += 1
            if code not in INSTRUCTIONS or steps > LONGEST:
                self.refuse(f"instruction {code!r} has no place here" if steps <= LONGEST else "too many instructions")
            operand, act = INSTRUCTIONS[code]
            act(self, *struct.unpack(operand, self.take(struct.calcsize(operand))))
        return self.end()

    def refuse(self, why: str) -> NoReturn:
        raise Refused(f"byte {self.place - 1}: {why}")

    def end(self) -> object:
        outcome = self.pop()
        if self.stack or self.marks or self.place != len(self.content):
            self.refuse("something is left over at its end")
        return outcome

    def take(self, size: int) -> memoryview:
        """The next bytes of the pickle."""
        if not 0 <= size <= len(self.content) - self.place:
            self.refuse("the pickle was cut short")
        self.place += size
        return self.content[self.place - size : self.place]

    def pop(self) -> object:
        if len(self.stack) <= (self.marks[-1] if self.marks else 0):
            self.refuse("the stack is empty")
        return self.stack.pop()

    # --- numbers, texts and tuples ------------------------------------------------------------------------------------
    def push(self, value: object) -> None:
        self.stack.append(value)

    def short_text(self, size: int) -> None:
        self.push(bytes(self.take(size)))

    def long_text(self, size: int) -> None:
        self.push(self.take(size))  # stays where it is, be it 150 MB

    def whole_number(self, size: int) -> None:
        self.push(int.from_bytes(self.take(size), "little", signed=True))

    def mark(self) -> None:
        self.marks.append(len(self.stack))

    def marked_tuple(self) -> None:
        if not self.marks:
            self.refuse("a tuple without a beginning")
        start = self.marks.pop()
        self.stack[start:] = [tuple(self.stack[start:])]

    def tuple_of(self, size: int) -> None:
        self.push(tuple([self.pop() for _ in range(size)][::-1]))

    def remember(self, key: int) -> None:
        self.memo[key] = self.pop()
        self.push(self.memo[key])

    def recall(self, key: int) -> None:
        if key not in self.memo:
            self.refuse("refers to something that was not there before")
        self.push(self.memo[key])

    # --- arrays -------------------------------------------------------------------------------------------------------
    def name(self) -> None:
        """GLOBAL: two lines, module and name."""
        ahead = bytes(self.content[self.place : self.place + LONGEST_NAME])
        for name in Name:
            if ahead.startswith(name.value):
                self.take(len(name.value))
                self.push(name)
                return
        shown = b".".join(ahead.split(b"\n")[:2]).decode("ascii", "backslashreplace")
        self.refuse(f"refers to {shown!r}")

    def reduce(self) -> None:
        """REDUCE: elsewhere it calls a function; here a new array or a type comes of it."""
        arguments, function = self.pop(), self.pop()
        if function is Name.RECONSTRUCT and arguments == (Name.ARRAY, (0,), b"b"):
            self.push(Array())
        elif function is Name.TYPE and arguments == (b"f4", 0, 1):
            self.push(Type("<f4"))
        elif function is Name.TYPE and arguments == (b"i8", 0, 1):
            self.push(Type("<i8"))
        else:
            self.refuse("calls for something else than an array of float32 or int64")

    def build(self) -> None:
        """BUILD: elsewhere it hands an object its state; here it fills an array or orders a type's bytes."""
        state, thing = self.pop(), self.pop()
        if isinstance(thing, Array) and thing.content is None:
            thing.content = self.filled(state)
        elif isinstance(thing, Type) and state == (3, b"<", None, None, None, -1, -1, 0):
            thing.ordered = True
        else:
            self.refuse("gives a state to something else than a new array or a type of little-endian numbers")
        self.push(thing)

    def filled(self, state: object) -> np.ndarray:
        """An array from its state: version, shape, type, whether the columns come first, bytes."""
        if not (isinstance(state, tuple) and len(state) == 5 and state[0] == 1 and state[3] is False):
            self.refuse("the state of an array is not as NumPy writes it")
        _, shape, kind, _, content = state
        if not (isinstance(kind, Type) and kind.ordered and isinstance(content, bytes | memoryview)):
            self.refuse("an array has no type or no bytes")
        if not (isinstance(shape, tuple) and len(shape) <= 2 and all(type(size) is int and size > 0 for size in shape)):
            self.refuse("an array's shape is not one or two numbers above 0")
        numbers = np.dtype(kind.code)
        if math.prod(shape) * numbers.itemsize != len(content):
            self.refuse("an array has more or fewer bytes than its shape says")
        return np.frombuffer(content, numbers).reshape(shape)


INSTRUCTIONS = {
    b"K": Instruction("<B", Machine.push),
    b"M": Instruction("<H", Machine.push),
    b"J": Instruction("<i", Machine.push),
    b"\x8a": Instruction("<B", Machine.whole_number),
    b"N": Instruction("", lambda machine: machine.push(None)),
    b"\x88": Instruction("", lambda machine: machine.push(True)),
    b"\x89": Instruction("", lambda machine: machine.push(False)),
    b"U": Instruction("<B", Machine.short_text),
    b"T": Instruction("<i", Machine.long_text),
    b"(": Instruction("", Machine.mark),
    b")": Instruction("", lambda machine: machine.tuple_of(0)),
    b"\x85": Instruction("", lambda machine: machine.tuple_of(1)),
    b"\x86": Instruction("", lambda machine: machine.tuple_of(2)),
    b"\x87": Instruction("", lambda machine: machine.tuple_of(3)),
    b"t": Instruction("", Machine.marked_tuple),
    b"q": Instruction("<B", Machine.remember),
    b"r": Instruction("<I", Machine.remember),
    b"h": Instruction("<B", Machine.recall),
    b"j": Instruction("<I", Machine.recall),
    b"c": Instruction("", Machine.name),
    b"R": Instruction("", Machine.reduce),
    b"b": Instruction("", Machine.build),
}
