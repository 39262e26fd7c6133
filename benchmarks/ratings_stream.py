"""How fast, and in how much memory, a large file of ratings is read: rows, seconds, rows a second, peak memory.

    python -m benchmarks.ratings_stream [ROWS] [--style csv|tab|dat]

The file is made for the occasion, in a temporary folder, and deleted. Reading happens in a process of its own, so that
the peak of its memory is that of reading (Python, NumPy and pandas included, and the file's making left out).
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

USERS, PIECE = 200_000, 1_000_000
STYLES = {"csv": (",", "userId,movieId,rating,timestamp\n"), "tab": ("\t", ""), "dat": ("::", "")}
READ = """
import sys, time, resource
from pathlib import Path
import pandas
from sheetsim.training.data import movielens
before = time.perf_counter()
split = movielens.load(file=Path(sys.argv[1]))
seconds = time.perf_counter() - before
rows = len(split.ratings)
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
print(f"{rows:,} rows, {seconds:.1f} s, {rows / seconds:,.0f} rows/s, peak {peak:,.0f} MiB")
"""


def lines(rows: int, separator: str) -> Iterator[str]:
    """Ratings like MovieLens's: user after user, each pair of user and item once, half stars."""
    random = np.random.default_rng(0)
    each = -(-rows // USERS)
    for start in range(0, rows, PIECE):
        number = np.arange(start, min(start + PIECE, rows))
        users, place = number // each + 1, number % each
        items = (users * 7919 + place * 104_729) % 1_299_709 + 1  # the modulus is a prime: no item comes twice
        stars = random.integers(1, 11, len(number)) / 2
        columns = (users.tolist(), items.tolist(), stars.tolist(), (number + 1_000_000_000).tolist())
        yield "".join(separator.join(map(str, row)) + "\n" for row in zip(*columns, strict=True))


def make(path: Path, rows: int, style: str) -> None:
    """Writes a file of so many ratings."""
    separator, heading = STYLES[style]
    with open(path, "w") as file:
        file.write(heading)
        file.writelines(lines(rows, separator))


def main() -> None:
    """Makes a file of ratings in a folder that is deleted afterwards and prints its size and how reading it went.
    Raises CalledProcessError if the reader fails."""
    arguments = argparse.ArgumentParser(description=__doc__.split("\n")[0])  # type: ignore[union-attr]
    arguments.add_argument("rows", type=int, nargs="?", default=20_000_000)
    arguments.add_argument("--style", choices=STYLES, default="csv")
    given = arguments.parse_args()
    with TemporaryDirectory() as folder:
        path = Path(folder) / "ratings"
        make(path, given.rows, given.style)
        print(f"{path.stat().st_size / 2**20:,.0f} MiB of {given.style}: ", end="", flush=True)
        subprocess.run([sys.executable, "-c", READ, str(path)], check=True)


if __name__ == "__main__":
    main()
