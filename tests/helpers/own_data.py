"""Ratings of one's own, chosen by pandas; and files of such data."""

from __future__ import annotations

from pathlib import Path

import pandas as pd


def write(path: Path, text: str | bytes) -> Path:
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def chosen_by_pandas(path: Path, users: int, movies: int) -> pd.DataFrame:
    """The definition of the choice, in other words: a matrix, NaN where there is no rating."""
    separator, names = ("\t", ["userId", "movieId", "rating"]) if path.suffix == ".data" else (",", None)
    frame = pd.read_csv(path, sep=separator, names=names, usecols=[0, 1, 2])

    def most(table: pd.DataFrame, column: str, count: int) -> pd.Series:
        counts = table.groupby(column).size().reset_index(name="n")
        return counts.sort_values(["n", column], ascending=[False, True])[column].head(count)

    theirs = frame[frame.userId.isin(most(frame, "userId", users))]
    return theirs[theirs.movieId.isin(most(theirs, "movieId", movies))].pivot(
        index="userId", columns="movieId", values="rating"
    )
