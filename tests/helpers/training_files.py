"""Small data for ``sheetsim train``, made up, in files as a user has them; and the table that it prints, read back."""

from __future__ import annotations

import re
import struct
from pathlib import Path

import numpy as np
from conftest import Ran

NUMPY = ("--backend", "numpy")
FLOAT = r"\d+\.\d{6}"


def rating_file(folder: Path) -> Path:
    """300 ratings of 40 movies by 20 users, with titles beside them."""
    random = np.random.default_rng(0)
    pairs = np.divmod(random.permutation(800)[:300], 40)
    rows = [f"{user + 1},{movie + 1},{random.integers(1, 6)}" for user, movie in zip(*pairs, strict=True)]
    (folder / "ratings.csv").write_text("userId,movieId,rating\n" + "\n".join(rows) + "\n")
    titles = [f'{number},"Movie, The {number}"' for number in range(1, 41)]
    (folder / "movies.csv").write_text("movieId,title\n" + "\n".join(titles) + "\n")
    return folder / "ratings.csv"


def image_file(folder: Path) -> Path:
    """600 pictures of 28 × 28: a digit's row of the picture is dark, the rest is noise."""
    random = np.random.default_rng(0)
    labels = random.integers(0, 10, 600).astype(np.uint8)
    pictures = random.integers(0, 60, (600, 28, 28)).astype(np.uint8)
    pictures[np.arange(600), labels * 2 + 3] = 250
    (folder / "train-images-idx3-ubyte").write_bytes(struct.pack(">4B3I", 0, 0, 8, 3, 600, 28, 28) + pictures.tobytes())
    (folder / "train-labels-idx1-ubyte").write_bytes(struct.pack(">4BI", 0, 0, 8, 1, 600) + labels.tobytes())
    return folder / "train-images-idx3-ubyte"


def rows(found: Ran) -> list[list[str]]:
    """The table that grew: number, losses and accuracy of each epoch; times, which differ, are left out."""
    lines = re.findall(rf"^ +(\d+)  +({FLOAT})  +({FLOAT})(?:  +(\d\.\d{{4}}))?  +\d+\.\d s$", found.out, re.MULTILINE)
    return [[value for value in line if value] for line in lines]
