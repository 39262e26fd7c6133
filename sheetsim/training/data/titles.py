"""The titles of movies, from the file that comes beside a file of ratings."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np

from sheetsim.errors import InputError
from sheetsim.training.data.rating_lines import split
from sheetsim.training.data.ratings import Ratings

LONGEST_ID, LONGEST_TITLE = 20, 500  # characters; the longest title of MovieLens has fewer than 200
SEPARATORS = {"u.item": "|", "movies.csv": ",", "movies.dat": "::"}


def of_ratings(path: Path) -> dict[int, str] | None:
    """Item id → title, from the file of titles beside a file of ratings; None where there is none."""
    alike = sorted(SEPARATORS, key=lambda name: Path(name).suffix != path.suffix)  # .csv beside .csv
    there = [path.with_name(name) for name in alike if path.with_name(name).is_file()]
    return read(there[0]) if there else None


def read(path: Path) -> dict[int, str]:
    """Item id → title, without blanks around it, from MovieLens's ``u.item``, ``movies.csv`` or ``movies.dat``.

    Raises InputError.
    """
    found: dict[int, str] = {}
    for line, fields in _rows(path):
        number, title = fields[0].strip(), fields[1].strip() if len(fields) > 1 else ""
        if not found and number.casefold() == "movieid":
            continue
        if not (number.isascii() and number.isdigit() and title and len(number) < LONGEST_ID):
            shown = [field[:40] for field in fields[:2]]
            raise InputError(f"{path}, line {line}: no id and title in {shown}")
        if len(title) > LONGEST_TITLE:
            raise InputError(
                f"{path}, line {line}: a title of {len(title):,} characters; {LONGEST_TITLE:,} is the most"
            )
        if found.setdefault(int(number), title) != title:
            raise InputError(f"{path}, line {line}: a second title for item {number}")
    return found


def _rows(path: Path) -> Iterator[tuple[int, list[str]]]:
    """Line number and fields of each line that is not blank."""
    separator = SEPARATORS[path.name]
    with open(path, encoding=_encoding(path)) as file:
        for number, line in enumerate(file, 1):
            if line.strip():
                yield number, split(line.rstrip("\n"), separator)


def _encoding(path: Path) -> str:
    """The older data sets are in latin-1, the newer ones in UTF-8; bytes in latin-1 are hardly ever good UTF-8."""
    try:
        path.read_text("utf-8-sig")
    except UnicodeDecodeError:
        return "latin-1"
    return "utf-8-sig"


def put(ratings: Ratings, titles: dict[int, str] | None) -> Ratings:
    """The ratings with titles as ``item_names``; ids of one title become one item, numbered by title.

    An id that has no title is its own title; without titles at all, ids stay in their order.

    >>> ids = Ratings(np.array([0, 0, 0]), np.array([0, 1, 2]), np.ones(3), np.array([7]), np.array([5, 266, 680]))
    >>> two = put(ids, {266: "Kull the Conqueror (1997)", 680: "Kull the Conqueror (1997)"})
    >>> two.items.tolist(), two.item_names.tolist()
    ([0, 1, 1], ['5', 'Kull the Conqueror (1997)'])
    """
    ids = ratings.item_names.tolist()
    if titles is None:
        return replace(ratings, item_names=np.array([str(number) for number in ids], object))
    names = np.array([titles.get(number, str(number)) for number in ids], object)
    distinct, code = np.unique(names, return_inverse=True)
    return replace(ratings, items=code.astype(np.int32)[ratings.items], item_names=distinct)
