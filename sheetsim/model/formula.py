"""One formula and all its copies.

A formula is cut into tokens once. Its references are kept relative to its cell, so the same ``Formula`` serves every
cell that it is filled into, and gives back the text of each with its own spelling.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property

from sheetsim.errors import FormulaError, LimitError
from sheetsim.model.address import cell_name
from sheetsim.model.limits import LONGEST_FORMULA
from sheetsim.model.nodes import Lacking, Node, Ref
from sheetsim.model.parser import parsed
from sheetsim.model.tokens import Token, tokens_of
from sheetsim.model.values import FORM

#: The functions that came with dynamic arrays.
OF_ARRAYS = frozenset(
    """
    SEQUENCE RANDARRAY FILTER SORT SORTBY UNIQUE TAKE DROP CHOOSEROWS CHOOSECOLS HSTACK VSTACK TOCOL TOROW WRAPROWS
    WRAPCOLS EXPAND LET LAMBDA MAP REDUCE SCAN BYROW BYCOL MAKEARRAY
    """.split()
)


@contextmanager
def _named(text: str, row: int, column: int) -> Iterator[None]:
    """What is wrong with a formula is said with its cell and its text."""
    try:
        yield
    except FormulaError as error:
        shown = text if len(text) <= 80 else text[:77] + "..."
        raise type(error)(f"{cell_name(row, column)}: {error} in {shown}") from None


class Formula:
    """One formula and all its copies.

    ``key`` is the same text for every copy (references written as ``R[-1]C3``); ``tree`` is parsed on first use.

    >>> formula = Formula.read("=C4+D4*$A$1", 3, 4)
    >>> formula.key, formula.text(10, 4)
    ('R[0]C[-2]+R[0]C[-1]*R1C1', '=C11+D11*$A$1')
    """

    copied_unread: bool = False  # in a form that is not read, and copied: how the copies read is not known

    def __init__(self, tokens: tuple[Token, ...]):
        self.tokens: tuple[Token, ...] = tokens
        self.key: str = "".join(piece.key() if isinstance(piece, Ref) else piece for _, piece in tokens)

    @classmethod
    def read(cls, text: str, row: int, column: int) -> Formula:
        """The formula typed as ``text`` into the cell (row, column). Raises FormulaError."""
        with _named(text, row, column):
            if len(text.removeprefix("=")) >= LONGEST_FORMULA:
                raise LimitError(f"longer than {LONGEST_FORMULA} characters")
            return cls(tuple(tokens_of(text, row, column)))

    @classmethod
    def typed(cls, text: str, row: int, column: int) -> Formula:
        """The same, parsed at once. Raises FormulaError for a text that is no formula.

        >>> Formula.typed("=A1+*2", 4, 7)
        Traceback (most recent call last):
        sheetsim.errors.FormulaError: H5: expected a value before '*' in =A1+*2
        """
        formula = cls.read(text, row, column)
        with _named(text, row, column):
            _ = formula.tree
        return formula

    @classmethod
    def unread(cls, text: str, why: str) -> Formula:
        """A formula of a file in a form that is not read: its text is kept, and what it lacks is its tree."""
        formula = cls((("unread", text.removeprefix("=")),))
        formula.tree = Lacking(FORM, why, text)
        return formula

    def text(self, row: int, column: int) -> str:
        """The formula as typed into the cell (row, column)."""
        return "=" + "".join(p.text(row, column) if isinstance(p, Ref) else p for _, p in self.tokens)

    @cached_property
    def tree(self) -> Node:
        """The tree. Raises FormulaError where the text is not a formula."""
        return parsed(self.tokens)

    @cached_property
    def spills(self) -> bool:
        """Whether Excel, when it is typed, lets its result take as many cells as it has elements: of the formulas whose
        result may be an array, those that call a function that came with this idea."""
        names = (piece for kind, piece in self.tokens if kind == "function" and isinstance(piece, str))
        return ("operator", "#") in self.tokens or any(name[:-1].strip().upper() in OF_ARRAYS for name in names)
