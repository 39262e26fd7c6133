"""Files that hold whole numbers between tabs and nothing else, as MovieLens's own: read without pandas, which takes as
long to import as the rest of a short training takes altogether."""

from __future__ import annotations

from pathlib import Path

import numpy as np

LARGEST_FILE = 1 << 26  # bytes; of a larger one the importing is a small part
MOST_DIGITS = 15  # of a number; each of so many is exact, as an integer and as a double
DIGIT, TAB, END, OTHER = range(4)
KINDS = np.full(256, OTHER, np.uint8)
KINDS[ord("0") : ord("9") + 1], KINDS[ord("\t")], KINDS[ord("\n")] = DIGIT, TAB, END


def plain_table(path: Path, width: int) -> np.ndarray | None:
    """The numbers of a file of ``width`` columns, int64 (rows, width); None for a file that has anything else in it, a
    line of another length, a sign, a blank, or that is large: pandas has a look at those."""
    if path.stat().st_size > LARGEST_FILE:
        return None
    content = path.read_bytes()
    kinds = KINDS[np.frombuffer(content, np.uint8)]
    marks = np.flatnonzero(kinds)
    if not len(marks) or len(marks) % width or marks[-1] != len(content) - 1:
        return None
    digits = np.diff(marks, prepend=-1) - 1
    line = np.array([TAB] * (width - 1) + [END])
    if not (kinds[marks].reshape(-1, width) == line).all() or digits.min() < 1 or digits.max() > MOST_DIGITS:
        return None
    return np.fromstring(content, np.int64, sep=" ").reshape(-1, width)
