"""Formulas that go on from epoch to epoch as they began: typed for the first epochs, worked out for all others.

From one copy of a sheet to the next each row in a formula moves on by the same amount, or stays. So once two copies
have been typed it is known how the formula reads in every other::

    copy 2   =IF($P$1,H67,C67)      in C71
    copy 3   =IF($P$1,H102,C102)    in C106: seen from its cell the same formula, so it is in copy 4
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from sheetsim.model.formula import Formula
from sheetsim.model.nodes import Corner, Ref
from sheetsim.model.sheet import Book
from sheetsim.model.tokens import Token

FIRST, SECOND = 2, 3  # the epochs that tell: what stands above copy 1 may be longer than a copy
Moves = tuple[tuple[int, int], ...]  # for each token by how many rows its corners move on from copy to copy


def continued(book: Book, epochs: range, typed: Callable[[int], int]) -> npt.NDArray[np.int32]:
    """The numbers of one formula in the copies after so many epochs. ``typed`` gives the number in one of them, as the
    formula is typed there. That is done in the last, too, so that what would go beyond the sheet is found."""
    told = {epoch: typed(epoch) for epoch in epochs if epoch <= SECOND or epoch == epochs[-1]}
    between = range(SECOND + 1, epochs[-1])
    if between:
        told |= _between(book, between, told, typed)
    return np.array([told[epoch] for epoch in epochs], np.int32)


def _between(book: Book, epochs: range, told: dict[int, int], typed: Callable[[int], int]) -> dict[int, int]:
    """The numbers in the copies that follow those that tell."""
    before, after = told[FIRST], told[SECOND]
    if before == after:
        return dict.fromkeys(epochs, after)
    tokens = book.formulas[after].tokens
    moves = _moves(book.formulas[before].tokens, tokens)
    if len(moves) != len(tokens):
        return {epoch: typed(epoch) for epoch in epochs}
    return {epoch: book.number_of(_further(tokens, moves, epoch - SECOND)) for epoch in epochs}


def _further(tokens: tuple[Token, ...], moves: Moves, times: int) -> Formula:
    return Formula(tuple(_moved(token, moved, times) for token, moved in zip(tokens, moves, strict=True)))


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
    first = _lower(piece.first, times * moves[0])
    last = first if piece.last is piece.first else _lower(piece.last, times * moves[1])
    return kind, Ref(piece.sheet, first, last, piece.shape)


def _lower(corner: Corner, rows: int) -> Corner:
    row, column, row_absolute, column_absolute = corner
    return Corner(row + rows, column, row_absolute, column_absolute)
