"""Formulas that go on from epoch to epoch as they began: typed for the first epochs, worked out for all others.

From one copy of a sheet to the next each row in a formula moves on by the same amount, or stays. So once two copies
have been typed it is known how the formula reads in every other::

    copy 2   =IF($P$1,H67,C67)      in C71
    copy 3   =IF($P$1,H102,C102)    in C106: seen from its cell the same formula, so it is in copy 4
"""

from __future__ import annotations

from sheetsim.model.formula import Formula
from sheetsim.model.nodes import Ref
from sheetsim.model.sheet import Book
from sheetsim.model.tokens import Token

FIRST, SECOND = 2, 3  # the epochs that tell: what stands above copy 1 may be longer than a copy
Moves = tuple[tuple[int, int], ...]  # for each token by how many rows its corners move on from copy to copy


class Continued:
    """One formula of a copy, in all the copies."""

    def __init__(self, book: Book, last: int):
        """``last`` is the last epoch: it is typed again, so that what would go beyond the sheet is found."""
        self.book, self.last = book, last
        self.numbers: dict[int, int] = {}
        self._moves: Moves | None = None

    def note(self, epoch: int, number: int) -> int:
        """Takes note of the number of the formula as it was typed in a copy; answers it."""
        self.numbers[epoch] = number
        return number

    def number(self, epoch: int) -> int | None:
        """The number of the formula in a copy, None where it must be typed."""
        if epoch <= SECOND or epoch == self.last:
            return None
        before, after = (self.numbers[each] for each in (FIRST, SECOND))
        if before == after:
            return after
        tokens = self.book.formulas[after].tokens
        if self._moves is None:
            self._moves = _moves(self.book.formulas[before].tokens, tokens)
        if len(self._moves) != len(tokens):
            return None
        times = epoch - SECOND
        pairs = zip(tokens, self._moves, strict=True)
        return self.book.number_of(Formula(tuple(_moved(token, moves, times) for token, moves in pairs)))


def _moves(before: tuple[Token, ...], after: tuple[Token, ...]) -> Moves:
    """How far the rows of each token move on; nothing where the two formulas differ in more than that."""
    found: list[tuple[int, int]] = []
    for (_, one), (_, other) in zip(before, after, strict=False):
        if isinstance(one, Ref) and isinstance(other, Ref):
            first, last = other.first.row - one.first.row, other.last.row - one.last.row
            if _moved(("ref", one), (first, last), 1)[1] != other:
                return ()
            found.append((first, last))
        elif one == other:
            found.append((0, 0))
        else:
            return ()
    return tuple(found) if len(before) == len(after) else ()


def _moved(token: Token, moves: tuple[int, int], times: int) -> Token:
    kind, piece = token
    if not isinstance(piece, Ref) or moves == (0, 0):
        return token
    corners = zip((piece.first, piece.last), moves, strict=True)
    first, last = (corner._replace(row=corner.row + times * rows) for corner, rows in corners)
    return kind, Ref(piece.sheet, first, last, piece.shape)
