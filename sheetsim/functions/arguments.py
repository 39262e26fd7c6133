"""What a function wants of its arguments, written the way documentation writes them.

>>> lookup = Arguments.read("value, list: array, [type]")
>>> lookup.count, lookup.want(1)
('2 to 3', <Want.ARRAY: 'array'>)
>>> sums = Arguments.read("sum: array, (range: array, criterion)…")
>>> sums.count, [sums.want(place).value for place in range(5)]
('3 to 255', ['array', 'array', 'one', 'array', 'one'])
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum
from typing import NamedTuple

from sheetsim.model.limits import MOST_ARGUMENTS


class Want(Enum):
    """What an argument is taken as. The value is the word for it behind the colon; without one it is ``one``."""

    ONE = "one"  # a single value; a range given here means its cell in the formula's own row or column
    RANGE = "range"  # a range or a value; arithmetic inside it is on single values, as in SUM(A1:A3)
    ARRAY = "array"  # an array; arithmetic inside it is element by element, as in SUMPRODUCT((A1:A3>1)*B1:B3)
    SAME = "same"  # whatever the function itself is asked for, as the branches of IF
    PLACE = "place"  # a reference, of which not the values but the place is wanted, as in ROW(A1)
    SIZE = "size"  # a single value that decides how large the reference is that comes out
    ALIKE = "alike"  # an array of which the first cell is enough: it is taken as large as the first argument

    @property
    def plain(self) -> Want:
        """The same for whom it does not matter what the argument is for."""
        return {Want.SIZE: Want.ONE, Want.ALIKE: Want.ARRAY}.get(self, self)


class Argument(NamedTuple):
    """One argument: ``[significance]``, ``list: array``."""

    name: str
    want: Want = Want.ONE
    optional: bool = False

    def __str__(self) -> str:
        text = self.name if self.want is Want.ONE else f"{self.name}: {self.want.value}"
        return f"[{text}]" if self.optional else text


@dataclass(frozen=True)
class Arguments:
    """All arguments of a function: the ``fixed`` ones, and those ``repeated`` once or more often after them."""

    fixed: tuple[Argument, ...] = ()
    repeated: tuple[Argument, ...] = ()

    @classmethod
    def read(cls, text: str) -> Arguments:
        """``"value, option: same…"`` → its arguments. Raises ValueError for what is written otherwise."""
        before, _, group = text.partition("(")
        fixed, repeated = _listed(before), _listed(group)
        if text.endswith("…") and not group:
            fixed, repeated = fixed[:-1], fixed[-1:]
        found = cls(fixed, repeated)
        if str(found) != text:
            raise ValueError(f"arguments {text!r} read as {found}")
        return found

    def __str__(self) -> str:
        again = ", ".join(map(str, self.repeated))
        group = [f"({again})…"] if len(self.repeated) > 1 else [f"{again}…"] if again else []
        return ", ".join([*map(str, self.fixed), *group])

    @property
    def least(self) -> int:
        """How many arguments there must be."""
        return sum(not argument.optional for argument in (*self.fixed, *self.repeated))

    @property
    def most(self) -> int:
        """How many there may be."""
        return MOST_ARGUMENTS if self.repeated else len(self.fixed)

    @property
    def count(self) -> str:
        """How many, in words: ``2``, or ``2 to 3``."""
        return str(self.least) if self.least == self.most else f"{self.least} to {self.most}"

    def at(self, place: int) -> Argument:
        """The argument at a place, counted from 0; beyond the last one a plain value."""
        if place < len(self.fixed):
            return self.fixed[place]
        beyond = place - len(self.fixed)
        return self.repeated[beyond % len(self.repeated)] if self.repeated else Argument("")

    def want(self, place: int) -> Want:
        """What the argument at a place is taken as."""
        return self.at(place).want.plain

    def wants(self, *any_of: Want) -> bool:
        """Whether any argument is taken as one of these."""
        return any(argument.want.plain in any_of for argument in (*self.fixed, *self.repeated))


_ARGUMENT = re.compile(r"(\[?)(\w+)(?:: (\w+))?")


def _listed(text: str) -> tuple[Argument, ...]:
    return tuple(Argument(name, Want(word or "one"), bool(mark)) for mark, name, word in _ARGUMENT.findall(text))
