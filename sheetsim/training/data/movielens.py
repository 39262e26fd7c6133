"""MovieLens: ml-100k with the lecture's split or its own, or a file of ratings of one's own."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path

import numpy as np

from sheetsim.errors import InputError
from sheetsim.training.data import downloads, ratings, titles
from sheetsim.training.data.ratings import STARS, Progress, Range, Ratings, RatingSplit

PUBLISHED = {  # sha256
    "u.data": "06416e597f82b7342361e41163890c81036900f418ad91315590814211dca490",
    "u.item": "553841ebc7de3a0fd0d6b62a204ea30c1e651aacfb2814c7a6584ac52f2c5701",
}
ROWS, USERS = 100_000, 943
OFFICIAL = ("u1", "u2", "u3", "u4", "u5", "ua", "ub")  # splits that come with ml-100k, as two files each
LECTURE_SEED = 42


def load(
    data: Path | None = None,
    split: str | None = None,
    file: Path | None = None,
    seed: int = 42,
    allowed: Range = STARS,
    progress: Progress | None = None,
) -> RatingSplit:
    """Ratings, with titles where there are any, and which of them are for validation.

    Without ``file`` it is ml-100k, in the folder ``data`` or where ``downloads.find`` finds it, and ``split`` is

    - ``"lecture"`` (or None): the random 10 % that the lecture's notebook drew; ``seed`` plays no part;
    - ``"u1"`` … ``"u5"``, ``"ua"``, ``"ub"``: the data set's own, from its ``.base`` and ``.test`` files;
    - ``"random"``: another 10 %, drawn by ``seed``.

    ``file`` is any other file of ratings (see ``ratings.read``), of which ``seed`` draws 10 %; titles come from a
    ``u.item``, ``movies.csv`` or ``movies.dat`` beside it. Two ids of one title are one item. Raises InputError.
    """
    known = ("lecture", *OFFICIAL, "random")
    if split is not None and split not in known:
        raise InputError(f"no split is called {split!r}; there are {', '.join(known)}")
    if file is None:
        return _ml_100k(downloads.find("ml-100k", data), split or "lecture", seed)
    if split in OFFICIAL:
        raise InputError(f"{split} is a split of ml-100k, not of a file of one's own; ask for random")
    own = ratings.read(file, allowed, progress)
    if split == "lecture":
        altered = alteration(file, own)
        if altered:
            raise InputError(f"{file}: {altered}; the lecture's split is one of ml-100k: ask for random")
    return _split(own, titles.of_ratings(file), split or "random", seed, file)


def _ml_100k(folder: Path, split: str, seed: int) -> RatingSplit:
    path = folder / "u.data"
    whole = ratings.read(path)
    altered = alteration(path, whole)
    if altered:
        raise InputError(f"{path}: {altered}; fetch {downloads.GROUPLENS}ml-100k.zip")
    if _sha256(folder / "u.item") != PUBLISHED["u.item"]:
        raise InputError(f"{folder / 'u.item'}: not the published one (its sha256 differs); fetch it anew")
    if split in OFFICIAL:
        return _official(folder, split, whole)
    return _split(whole, titles.of_ratings(path), split, seed, path)


def alteration(path: Path, whole: Ratings) -> str | None:
    """What tells a file from the published u.data, in words; None if it is the published one."""
    strange = [str(user) for user in whole.user_names if not 1 <= user <= USERS]
    if strange:
        shown = ", ".join(strange[:3]) + (" …" if len(strange) > 3 else "")
        return f"user {shown}: an altered copy, ml-100k has users 1 to {USERS}"
    if len(whole) != ROWS:
        return f"{len(whole):,} ratings: an altered copy, ml-100k has {ROWS:,}"
    if _sha256(path) != PUBLISHED["u.data"]:
        return "an altered copy of ml-100k: its sha256 is not the published one"
    return None


def _sha256(path: Path) -> str:
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _official(folder: Path, split: str, whole: Ratings) -> RatingSplit:
    """One of the splits that come with the data set; both files together must be the whole."""
    paths = [folder / f"{split}.base", folder / f"{split}.test"]
    for path in paths:
        if not path.exists():
            raise InputError(f"{path} is not there: the split {split} is in the data set's ml-100k.zip, beside u.data")
    both, (base, _) = ratings.read_all(paths)
    if not np.array_equal(_fingerprint(both), _fingerprint(whole)):
        raise InputError(f"{paths[0]} and {paths[1].name} are not the ratings of u.data; fetch them anew")
    rows = np.arange(len(both))
    return RatingSplit(titles.put(both, titles.of_ratings(paths[0])), rows[:base], rows[base:], split)


def _fingerprint(what: Ratings) -> np.ndarray:
    """The ratings as one sorted table, whatever their order was."""
    table = np.stack([what.user_names[what.users], what.item_names[what.items], what.values.astype(np.int64)])
    return table[:, np.lexsort(table)]


def _split(whole: Ratings, known: dict[int, str] | None, split: str, seed: int, path: Path) -> RatingSplit:
    """A tenth of the ratings for validation: the lecture's, or one that ``seed`` draws."""
    if len(whole) < 2:
        raise InputError(f"{path}: one rating only; there must be some to learn from and some to check with")
    tenth = max(1, len(whole) // 10)
    if split == "lecture":
        whole = merged_order(whole)
        valid = np.random.RandomState(LECTURE_SEED).permutation(len(whole))[:tenth]
    else:
        valid = np.random.default_rng(seed).permutation(len(whole))[:tenth].copy()
    learning = np.ones(len(whole), bool)
    learning[valid] = False
    name = split if split == "lecture" else "random 10%"
    return RatingSplit(titles.put(whole, known), np.flatnonzero(learning), valid, name)


def merged_order(whole: Ratings) -> Ratings:
    """Ratings grouped by movie, in the order in which movies first appear; within a movie as they were.

    pandas used to leave them so when it merged them with the titles, and the lecture drew from that order.
    """
    first = np.full(len(whole.item_names), len(whole))
    np.minimum.at(first, whole.items, np.arange(len(whole)))
    rows = np.argsort(first[whole.items], kind="stable")
    return replace(whole, users=whole.users[rows], items=whole.items[rows], values=whole.values[rows])
