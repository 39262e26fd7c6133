"""Who rated what, and how: three columns as arrays, read from files of any size in pieces."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

import numpy as np

from sheetsim.errors import InputError
from sheetsim.training.data import rating_lines
from sheetsim.training.data.plain_numbers import plain_table
from sheetsim.training.data.rating_lines import Layout

Progress = Callable[[int], None]
Range = tuple[float, float]

STARS: Range = (0.0, 5.0)  # what a rating may be, unless the caller says otherwise
COLUMNS = ("user", "item", "rating")
PIECE = 1 << 18  # rows at a time: a few megabytes, whatever the file's size
DENSE = 10  # ids are told apart by a table of all that there could be, if there could be so many times as many
LARGEST_INT32 = np.iinfo(np.int32).max


@dataclass(frozen=True)
class Ratings:
    """n ratings of I items by U users.

    Users and items are numbered 0, 1, 2 … (codes): a code is the row of an embedding matrix.
    """

    users: np.ndarray  # int32 (n,), codes 0..U-1
    items: np.ndarray  # int32 (n,), codes 0..I-1
    values: np.ndarray  # float32 (n,)
    user_names: np.ndarray  # int64 (U,), the id that each code stands for, ascending
    item_names: np.ndarray  # (I,), titles or ids as str

    def __len__(self) -> int:
        return len(self.values)


@dataclass(frozen=True)
class RatingSplit:
    """Ratings, and which of them to learn from."""

    ratings: Ratings
    train: np.ndarray  # int64, row numbers into ratings
    valid: np.ndarray  # int64, the other ones
    name: str  # "lecture", "u1", "random 10%"


def read(path: Path, allowed: Range = STARS, progress: Progress | None = None) -> Ratings:
    """The ratings in a file, in the file's order; ``item_names`` are the ids, as int64, ascending.

    One rating a line: user, item, rating, separated by tabs, commas or ``::``, in this order or under a heading
    (``userId,movieId,rating``); further columns are ignored. ``progress`` is told the rows read so far, now and then.
    Raises InputError, naming the line, for anything that is not a rating between the two ``allowed`` ones of an item by
    a user whose ids are whole numbers from 0, and for a second rating of one item by one user.
    """
    return read_all([path], allowed, progress)[0]


def read_all(
    paths: Sequence[Path], allowed: Range = STARS, progress: Progress | None = None
) -> tuple[Ratings, list[int]]:
    """The ratings in several files, one after the other, as if they were one; and how many came from each."""
    columns: tuple[list[np.ndarray], ...] = ([], [], [])
    counts = []
    rows = 0
    for path in paths:
        before = rows
        for piece in _checked_pieces(path, allowed):
            for column, part in zip(columns, piece, strict=True):
                column.append(part)
            rows += len(piece[0])
            if progress is not None:
                progress(rows)
        if rows == before:
            raise InputError(f"{path}: no ratings in it, only a heading")
        counts.append(rows - before)
    user_codes, user_ids = coded(_joined(columns[0]))
    item_codes, item_ids = coded(_joined(columns[1]))
    values = _joined(columns[2])
    ratings = Ratings(user_codes, item_codes, values, user_ids.astype(np.int64), item_ids.astype(np.int64))
    _refuse_duplicates(ratings, paths, counts)
    return ratings, counts


def _joined(parts: list[np.ndarray]) -> np.ndarray:
    """One array of all parts, which are let go: with tens of millions of rows each copy counts."""
    whole = np.concatenate(parts)
    parts.clear()
    return whole


def coded(ids: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Numbers 0, 1, 2 … in place of ids, as int32, and the distinct ids in ascending order.

    >>> codes, names = coded(np.array([30, 10, 30, 20]))
    >>> codes.tolist(), names.tolist()
    ([2, 0, 2, 1], [10, 20, 30])
    """
    if ids.dtype.kind == "i" and ids.min() >= 0 and ids.max() < DENSE * len(ids):
        there = np.zeros(int(ids.max()) + 1, bool)
        there[ids] = True
        return (np.cumsum(there, dtype=np.int32) - 1)[ids], np.flatnonzero(there)
    import pandas as pd

    seen, names = pd.factorize(ids)  # by hashing: no sort of millions of rows
    order = np.argsort(names)
    rank = np.empty(len(names), np.int32)
    rank[order] = np.arange(len(names), dtype=np.int32)
    return rank[seen], names[order]


def _checked_pieces(path: Path, allowed: Range) -> Iterator[tuple[np.ndarray, np.ndarray, np.ndarray]]:
    """Users, items and values of some rows at a time."""
    layout = rating_lines.layout(path)
    good = 0
    try:
        for users, items, values in _parsed(path, layout):
            if not (_are_ids(users) and _are_ids(items) and _are_within(values, allowed)):
                raise ValueError("numbers beyond what is exact")
            yield _compact(users), _compact(items), values.astype(np.float32)
            good += len(values)
    except ValueError as error:  # pandas' ParserError is one, too
        _explain(path, layout, allowed, good, error)


def _parsed(path: Path, layout: Layout) -> Iterator[list[np.ndarray]]:
    """The three columns, piece by piece: of a plain file all at once, of others what pandas makes of them, numbers, or
    something else where a line is wrong."""
    plain = plain_table(path, layout.width) if (layout.separator, layout.skipped) == ("\t", 0) else None
    if plain is not None:
        yield [plain[:, layout.columns[name]] for name in COLUMNS]
        return
    import pandas as pd

    _, first = next(rating_lines.rows(path, layout), (0, []))
    if not first:
        return
    if len(first) > layout.width:  # pandas would take what is beyond the heading for labels of the rows
        raise ValueError("more columns than the heading has")
    with open(path, encoding="utf-8-sig", errors="replace") as file:
        pieces = pd.read_csv(
            file,
            sep=layout.separator[0],
            header=None,
            names=layout.names(),
            skiprows=layout.skipped,
            na_filter=False,  # an empty field is a mistake, not a missing number
            low_memory=False,
            chunksize=PIECE,
        )
        for piece in pieces:
            yield [piece[name].to_numpy() for name in COLUMNS]


def _are_ids(numbers: np.ndarray) -> bool:
    """Whole numbers from 0, though they be written 7.0; a file with texts among them comes as objects."""
    if numbers.dtype.kind == "f":
        return bool(np.all((numbers >= 0) & (numbers < rating_lines.LARGEST_WHOLE) & (numbers == np.floor(numbers))))
    return numbers.dtype.kind == "i" and bool(np.all(numbers >= 0))


def _are_within(values: np.ndarray, allowed: Range) -> bool:
    low, high = allowed
    return values.dtype.kind in "iuf" and bool(np.all((values >= low) & (values <= high)))  # NaN is in no range


def _compact(ids: np.ndarray) -> np.ndarray:
    """Half the memory where the ids allow it, which is nearly always."""
    return ids.astype(np.int32 if ids.max(initial=0) <= LARGEST_INT32 else np.int64)


def _explain(path: Path, layout: Layout, allowed: Range, good: int, error: ValueError) -> NoReturn:
    """Raises the reason why a file cannot be read: the first line that is wrong, after so many good rows."""
    for line, fields in rating_lines.rows(path, layout, good):
        fault = rating_lines.fault(fields, layout, allowed)
        if fault:
            raise InputError(f"{path}, line {line}: {fault}") from None
    raise InputError(f"{path}: cannot be read as ratings: {' '.join(str(error).split())}") from None


def _refuse_duplicates(ratings: Ratings, paths: Sequence[Path], counts: list[int]) -> None:
    """Raises InputError if a user has rated an item twice: one of the two must be wrong."""
    pairs = ratings.users.astype(np.int64)
    pairs *= len(ratings.item_names)
    pairs += ratings.items
    pairs.sort()
    twice = pairs[1:][pairs[1:] == pairs[:-1]]
    if not len(twice):
        return
    user, item = divmod(int(twice[0]), len(ratings.item_names))
    first, second = np.flatnonzero((ratings.users == user) & (ratings.items == item))[:2]
    (path, line), (other, again) = _place(int(first), paths, counts), _place(int(second), paths, counts)
    there = f"line {line}" if path == other else f"{path}, line {line}"
    who, what = ratings.user_names[user], ratings.item_names[item]
    raise InputError(f"{other}, line {again}: user {who} has rated item {what} before, in {there}; keep one of the two")


def _place(row: int, paths: Sequence[Path], counts: list[int]) -> tuple[Path, int]:
    """The file and the line that a row came from."""
    for path, count in zip(paths, counts, strict=True):
        if row < count:
            return path, rating_lines.line_of(path, row)
        row -= count
    raise AssertionError("a row beyond the last file")
