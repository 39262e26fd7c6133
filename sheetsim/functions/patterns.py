"""Patterns with ``*``, ``?`` and ``~``: whether a text fits one, and which texts of a list do.

``MATCH(A1&"*",B$1:B$20000,0)`` filled down asks for a pattern of its own in each row. Gone through each time, the list
is read 400 million times; laid out once (``Listed``), each answer looks at little more than what it finds.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from functools import cached_property

import numpy as np
import numpy.typing as npt

Places = npt.NDArray[np.int64]
WILD = re.compile(r"[*?~]")
_LAST = "\U0010ffff"  # sorts after all other signs
FEW = 256  # texts that are gone through sooner than all are searched for what they must hold
_BETWEEN = "\n\0\n"  # between two texts; a text that holds it is looked at twice, which does no harm


def same_case(text: str) -> str:
    """A text without regard to case, sign by sign: a pattern's ``?`` is still one sign.

    >>> same_case("Straße")
    'straße'
    """
    folded = text.casefold()
    if len(folded) == len(text):
        return folded
    return "".join(sign.casefold() if len(sign.casefold()) == 1 else sign for sign in text)


class Pattern:
    """Excel's pattern ``text``. No number of stars makes it slow: what stands between two stars is taken where it comes
    first; if the rest does not follow from there, it does not from any later place.

    >>> Pattern("s*m").fits("Solarium"), Pattern("~*?").fits("*"), Pattern("~*?").fits("*!")
    (True, False, True)
    """

    def __init__(self, text: str):
        pieces: list[list[str]] = [[""]]  # between two stars, and there between two question marks
        for sign in re.findall(r"~[*?~]|.", same_case(text), re.DOTALL):
            if sign == "*":
                pieces.append([""])
            elif sign == "?":
                pieces[-1].append("")
            else:
                pieces[-1][-1] += sign[-1]
        self.pieces = pieces
        self.plain = all(len(piece) == 1 for piece in pieces)
        self.texts = [piece[0] for piece in pieces]  # what stands between the stars of a plain one

    def fits(self, text: str) -> bool:
        """Whether a text is as the pattern says."""
        return self.fits_folded(same_case(text))

    def fits_folded(self, text: str) -> bool:
        """The same for what ``same_case`` made of a text."""
        if not self.plain:
            return self._expression.fullmatch(text) is not None
        first, *between = self.texts
        if not between:
            return text == first
        last, at = between.pop(), len(first)
        if not text.startswith(first):
            return False
        for piece in between:
            found = text.find(piece, at)
            if found < 0:
                return False
            at = found + len(piece)
        return len(text) - at >= len(last) and text.endswith(last)

    @cached_property
    def _expression(self) -> re.Pattern[str]:
        """A regular expression, for ``?``; ``(?>…)`` is what keeps it from going back."""
        first, *between = [".".join(map(re.escape, piece)) for piece in self.pieces]
        last = [f".*{between.pop()}"] if between else []
        return re.compile("".join([first, *(f"(?>.*?{piece})" for piece in between if piece), *last]), re.DOTALL)

    @cached_property
    def fixed(self) -> tuple[str, str, str]:
        """Signs that a text which fits begins with, ends with, and holds: as many as can be said."""
        return self.pieces[0][0], self.pieces[-1][-1], max((run for piece in self.pieces for run in piece), key=len)


class Listed:
    """The texts of a list, laid out for patterns. Places count from 0."""

    def __init__(self, texts: Iterable[str]):
        self.texts = [same_case(text) for text in texts]

    def fitting(self, pattern: Pattern) -> Places:
        """The places of the texts that fit, in ascending order."""
        perhaps = self._perhaps(pattern)
        if isinstance(perhaps, np.ndarray) and pattern.pieces == [[pattern.fixed[0]], [""]]:
            return perhaps
        return np.array([place for place in perhaps if pattern.fits_folded(self.texts[place])], np.int64)

    def first(self, pattern: Pattern) -> int | None:
        """The place of the first text that fits, None if there is none."""
        perhaps = self._perhaps(pattern)
        return next((int(place) for place in perhaps if pattern.fits_folded(self.texts[place])), None)

    def _perhaps(self, pattern: Pattern) -> Iterable[int]:
        """Where the texts are to be looked for that fit, in ascending order: by what they begin or end with, whichever
        leaves fewer, else by what they hold."""
        begins, ends, holds = pattern.fixed
        found = [self._by_start.beginning(begins)] if begins else []
        found += [self._by_end.beginning(ends[::-1])] if ends else []
        fewest = min(found, key=len, default=None)
        if fewest is not None and (len(fewest) <= FEW or holds in (begins, ends)):
            return np.sort(fewest)
        return self._holding(holds) if holds else range(len(self.texts))

    @cached_property
    def _by_start(self) -> _Sorted:
        return _Sorted(self.texts)

    @cached_property
    def _by_end(self) -> _Sorted:
        return _Sorted([text[::-1] for text in self.texts])

    @cached_property
    def _joined(self) -> tuple[str, list[int]]:
        """All texts in one, and where each begins."""
        lengths = [len(text) + len(_BETWEEN) for text in self.texts]
        return _BETWEEN.join(self.texts), [0, *np.cumsum(lengths, dtype=np.int64).tolist()]

    def _holding(self, piece: str) -> Iterator[int]:
        """The places of the texts that hold a piece, and perhaps some more."""
        joined, starts = self._joined
        at = joined.find(piece)
        while at >= 0:
            place = bisect_left(starts, at + 1) - 1
            yield place
            at = joined.find(piece, starts[place + 1])


class _Sorted:
    """Texts in order, and the places where they stood before."""

    def __init__(self, texts: list[str]):
        self.places = np.array(sorted(range(len(texts)), key=texts.__getitem__), np.int64)
        self.texts = [texts[place] for place in self.places]

    def beginning(self, start: str) -> Places:
        """The places of the texts that begin so."""
        return self.places[bisect_left(self.texts, start) : bisect_left(self.texts, start + _LAST)]
