"""What all references of all blocks mean, as arrays, and from that the blocks that each block reads.

A reference of a block sweeps over a rectangle. Most rectangles lie within one block: that the map says of two of their
corners. Of the others it is looked up, column by column, which runs of equal entries of the map they meet.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from sheetsim.engine.blocks import FAR, Block, swept
from sheetsim.engine.order import Map, precedents
from sheetsim.engine.order import reads as reads_of
from sheetsim.engine.together.forms import FEWEST
from sheetsim.model.sheet import Book

WIDE, MANY = 16, 16  # columns, and runs in them, up to which a rectangle is looked up along with others

Ints = npt.NDArray[np.int32]
Met = tuple[npt.NDArray[np.int64], npt.NDArray[np.int64], npt.NDArray[np.int64]]
NONE = np.zeros(0, np.int64)


class Sweeps:
    """An entry for each reference of each block, block by block: the ``block``, the ``sheet`` (its place in
    ``sheets``), and the first and the last row and column, on the sheet or beyond its edges; ``place`` is that of the
    reference in the block's list."""

    def __init__(self, book: Book, blocks: list[Block]):
        self.book, self.blocks, self.sheets = book, blocks, book.all_sheets()
        places: dict[int, int] = {}  # copies have one list of references: each is looked at once
        which = [places.setdefault(id(block.bound), len(places)) for block in blocks]
        lists = list({id(block.bound): block.refs for block in blocks}.values())
        number = {sheet.title: k for k, sheet in enumerate(self.sheets)}
        of = {ref.sheet: 0 for refs in lists for ref in refs}
        of = {title: number[book[title or ""].title] for title in of}
        rows = [(of[ref.sheet], *ref.first, *ref.last, ref.shape[-1] == "s") for refs in lists for ref in refs]
        corners = np.array(rows, np.int32).reshape(-1, 10)
        counts, mine = np.array([len(refs) for refs in lists], np.int64), np.array(which, np.int64)
        self.block, self.place = _each(counts[mine])
        picked = corners[(np.cumsum(counts) - counts)[mine][self.block] + self.place].T
        rects = np.array([block.rect for block in blocks], np.int32).reshape(-1, 4)[self.block].T
        top, left, bottom, right = rects
        self.sheet, row, column, fixed, column_fixed, *last, self.whole = picked
        self.top, self.bottom = _spread(row, fixed, last[0], last[2], top, bottom)
        self.left, self.right = _spread(column, column_fixed, last[1], last[3], left, right)

    def beyond(self) -> set[int]:
        """The blocks that refer to more room in some sheet than there is."""
        height, width = np.array([sheet.num.shape for sheet in self.sheets], np.int32)[self.sheet].T
        outside = (self.top < 0) | (self.left < 0) | (self.bottom >= height) | (self.right >= width)
        return set(self.block[outside].tolist())

    def edges(self, where: Map, without: Iterable[int]) -> list[list[int]]:
        """The blocks whose cells each block reads: its precedents, in the order of their numbers. Those ``without``
        have no references any more."""
        count = len(self.blocks)
        reads = np.ones(count, bool)
        reads[list(without)] = False
        pairs = [NONE]
        for number, sheet in enumerate(self.sheets):
            for readers, found, others in _met(self, number, where.at[sheet.title], reads):
                pairs += [readers * count + found, *(self._pairs(entry, where) for entry in others.tolist())]
        each = np.sort(np.concatenate(pairs))
        readers, found = np.divmod(each[np.diff(each, prepend=-1) != 0], max(count, 1))
        ends = np.searchsorted(readers, np.arange(count), side="right").tolist()
        numbers = found.tolist()
        return [numbers[begin:end] for begin, end in pairwise([0, *ends])]

    def _pairs(self, entry: int, where: Map) -> npt.NDArray[np.int64]:
        """A reader and what it reads by one reference, as one number each."""
        block = self.blocks[int(self.block[entry])]
        place = reads_of(block, block.refs[self.place[entry]])
        found = [] if place is None else where.within(place[0].title, place[1])
        return np.array(found, np.int64) + block.index * len(self.blocks)


class OneByOne:
    """The same for few blocks, each by itself."""

    def __init__(self, blocks: list[Block]):
        self.blocks = blocks

    def beyond(self) -> set[int]:
        """The blocks that refer to more room in some sheet than there is."""
        return {block.index for block in self.blocks if _reaches_beyond(block)}

    def edges(self, where: Map, without: Iterable[int]) -> list[list[int]]:
        """The precedents of each block."""
        return [precedents(block, where) for block in self.blocks]


def _reaches_beyond(block: Block) -> bool:
    for ref in block.refs:
        height, width = block.sheet.book[ref.sheet or ""].num.shape
        top, left, bottom, right = swept(ref, block.rect)
        if top < 0 or left < 0 or bottom >= height or right >= width:
            return True
    return False


def sweeps_of(book: Book, blocks: list[Block]) -> Sweeps | OneByOne:
    """The way that costs less."""
    return Sweeps(book, blocks) if len(blocks) >= FEWEST else OneByOne(blocks)


def _spread(first: Ints, first_fixed: Ints, last: Ints, last_fixed: Ints, begin: Ints, end: Ints) -> tuple[Ints, Ints]:
    """From where to where references reach along one axis, in blocks that reach from ``begin`` to ``end``."""
    low = np.minimum(np.where(first_fixed, first, first + begin), np.where(last_fixed, last, last + begin))
    high = np.maximum(np.where(first_fixed, first, first + end), np.where(last_fixed, last, last + end))
    return low, high


def _met(sweeps: Sweeps, sheet: int, at: Ints, reads: np.ndarray) -> Iterator[Met]:
    """The blocks of one sheet that are read: readers, what they read, and the entries of which this has to be asked one
    by one."""
    mine = np.flatnonzero((sweeps.sheet == sheet) & reads[sweeps.block])
    if not mine.size:
        return
    rows, columns = at.shape
    bottom, right = sweeps.bottom[mine], sweeps.right[mine]
    clipped = (sweeps.whole[mine] != 0) | (bottom > rows + FAR) | (right > columns + FAR)
    yield NONE, NONE, mine[clipped]
    mine = mine[~clipped]
    top, left = np.maximum(sweeps.top[mine], 0), np.maximum(sweeps.left[mine], 0)
    bottom, right = np.minimum(sweeps.bottom[mine], rows - 1), np.minimum(sweeps.right[mine], columns - 1)
    there = (top <= bottom) & (left <= right)
    mine, top, left, bottom, right = (each[there] for each in (mine, top, left, bottom, right))
    found = at[top, left]
    one = (found != 0) & (found == at[bottom, right]) & (not sweeps.sheets[sheet].arrays)  # which may lie over a block
    one |= (top == bottom) & (left == right)
    yield sweeps.block[mine[one & (found != 0)]], found[one & (found != 0)] - 1, NONE
    mine, top, left, bottom, right = (each[~one] for each in (mine, top, left, bottom, right))
    if not mine.size:
        return
    # of the rectangles that are left each column, and in it the runs of cells that one block gives
    flat = at.T.reshape(-1)
    starts = np.concatenate([[0], np.flatnonzero(flat[1:] != flat[:-1]) + 1])
    narrow = right - left < WIDE
    yield NONE, NONE, mine[~narrow]
    mine, top, left, bottom, right = (each[narrow] for each in (mine, top, left, bottom, right))
    entry, place = _each(right - left + 1)
    begin = (left[entry] + place) * np.int64(rows) + top[entry]
    first = np.searchsorted(starts, begin, side="right") - 1
    last = np.searchsorted(starts, begin + (bottom - top)[entry], side="right")
    many = np.bincount(entry, last - first, len(mine)) > MANY
    yield NONE, NONE, mine[many]
    few = ~many[entry]
    entry, first, last = entry[few], first[few], last[few]
    column, place = _each(last - first)
    found = flat[starts[first[column] + place]]
    yield sweeps.block[mine[entry[column]]][found != 0], found[found != 0] - 1, NONE


def _each(counts: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Of so many things each: which, and the how-manieth of it.

    >>> _each(np.array([2, 1, 3]))
    (array([0, 0, 1, 2, 2, 2]), array([0, 1, 0, 0, 1, 2]))
    """
    which = np.repeat(np.arange(len(counts)), counts)
    return which, np.arange(len(which)) - (np.cumsum(counts) - counts)[which]
