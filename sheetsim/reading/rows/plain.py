"""What plain rows hold: arrays with an entry for each row, and for each cell."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from sheetsim.reading.rows.digits import Bools, Floats, Places, Words, decimals, digits

Bytes = npt.NDArray[np.uint8]

#: The types of cells: a number, a shared string, and those that are looked at one by one.
PLAIN, SHARED, TEXT, LOGICAL, ERROR = range(5)
NAMES = ("n", "s", "str", "b", "e")
NO_FORMULA, OF_GROUP, OWN = range(3)
ENTITIES = {b"&lt;": b"<", b"&gt;": b">", b"&quot;": b'"', b"&apos;": b"'", b"&amp;": b"&"}
BEFORE_NUMBER = len('<row r="')


@dataclass
class PlainRows:
    """What the rows of a stretch hold. ``ends`` are the places where each row begins, and where the last one ends;
    ``plain`` says which of them are plain. What follows has an entry for each cell: ``of_row`` is the place of its row
    among those of the stretch, and for a row that is not plain it means nothing."""

    text: bytes
    ends: Places
    tag_ends: Places  # where the start tag of each row ends
    digits: Places  # so many has the number of each row
    numbers: Places  # of the rows, counted from 0
    plain: Bools
    of_row: Places
    column: Places
    type: Bytes  # PLAIN and so on
    tag: Places  # where the cell begins, and where its start tag ends
    tag_end: Places
    slot: Places  # where the element of the value begins, or would, and where it ends; -1 where there is no room
    slot_end: Places
    value: Places  # where the value begins and where it ends; -1 where there is none
    value_end: Places
    empty: Bools  # there is an element for the value, with nothing in it
    words: Words  # the text, eight bytes from each place on
    formula: Bytes  # NO_FORMULA, OF_GROUP, OWN
    group: Places  # the number of the shared formula
    formula_tag: Places  # where the element of the formula begins, and what stands in it
    formula_text: Places
    formula_end: Places
    at: int = 0  # the byte of the part at which the text begins
    attributes: dict[int, dict[str, str]] = field(default_factory=dict)  # of the formulas that have any
    num: Floats = field(default_factory=lambda: np.zeros(0))  # see ``read_numbers``
    unread: list[int] = field(default_factory=list)  # cells whose number ``float`` is to read

    def cells_of(self, first: int, last: int) -> slice:
        """The cells of the rows from ``first`` up to ``last``."""
        return slice(*np.searchsorted(self.of_row, [first, last]).tolist())

    def read_numbers(self) -> Bools:
        """Fills ``num`` with the numbers that the cells hold, of a shared string its number in the table, and
        ``unread``. Returns which rows are plain still."""
        self.num = np.zeros(self.column.size)
        at = np.flatnonzero((self.value >= 0) & (self.type == PLAIN))
        self.num[at], read = decimals(self.words, self.value[at], self.value_end[at])
        for cell in at[~read].tolist():
            self.unread.append(cell)
            if b"&" in self.text[self.value[cell] : self.value_end[cell]]:
                self.plain[self.of_row[cell]] = False
        at = np.flatnonzero((self.value >= 0) & (self.type == SHARED))
        count, self.num[at] = digits(self.words[self.value[at]])
        self.plain[self.of_row[at[self.value[at] + count != self.value_end[at]]]] = False
        return self.plain

    def attributes_of(self, row: int) -> bytes:
        """What follows the number of a row in its start tag: ``"`` and the rest."""
        return self.text[self.ends[row] + BEFORE_NUMBER + self.digits[row] : self.tag_ends[row]]

    def alone(self) -> Bools:
        """Which rows have no attribute but their number."""
        bare: Bools = self.tag_ends - self.ends[:-1] == self.digits + BEFORE_NUMBER + len('">')
        return bare

    def content(self, start: int, end: int) -> str:
        """What stands between two places, as the parser would give it."""
        found = self.text[start:end]
        if b"&" in found:
            for entity, character in ENTITIES.items():
                found = found.replace(entity, character)
        return found.decode()
