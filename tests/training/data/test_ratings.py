"""Files of ratings: what is read from them, and which line is named when something is wrong."""

from __future__ import annotations

import csv
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from places import ROOT

from sheetsim.errors import InputError
from sheetsim.training.data import ratings
from sheetsim.training.data.ratings import Ratings

Write = Callable[[str | bytes], Path]
THREE = [(7, 20, 3.0), (5, 20, 4.0), (7, 10, 0.5)]  # what most of the good files below say


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def make(content: str | bytes) -> Path:
        path = tmp_path / "ratings.txt"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return make


def triples(read: Ratings) -> list[tuple[int, int, float]]:
    users, items = read.user_names[read.users], read.item_names[read.items]
    return list(zip(users.tolist(), items.tolist(), read.values.tolist(), strict=True))


# --- good files -------------------------------------------------------------------------------------------------------
GOOD = {
    "tabs, as in u.data": "7\t20\t3\t881250949\n5\t20\t4\t891717742\n7\t10\t0.5\t878887116\n",
    "commas with a heading": "userId,movieId,rating,timestamp\n7,20,3.0,1\n5,20,4.0,1\n7,10,0.5,1\n",
    "commas without one": "7,20,3\n5,20,4\n7,10,0.5\n",
    "double colons": "7::20::3::1\n5::20::4::1\n7::10::0.5::1\n",
    "columns in another order": "rating,movie_id,User ID\n3,20,7\n4,20,5\n0.5,10,7\n",
    "a heading over tabs": "user\titem\trating\n7\t20\t3\n5\t20\t4\n7\t10\t.5\n",
    "a byte order mark": "\ufeffuserId,movieId,rating\n7,20,3\n5,20,4\n7,10,0.5\n",
    "a byte order mark, no heading": "\ufeff7\t20\t3\n5\t20\t4\n7\t10\t0.5\n",
    "lines that end as in Windows": "userId,movieId,rating\r\n7,20,3\r\n5,20,4\r\n7,10,0.5\r\n",
    "lines that end as on the first Macs": "userId,movieId,rating\r7,20,3\r5,20,4\r7,10,0.5\r",
    "no end of the last line": "7,20,3\n5,20,4\n7,10,0.5",
    "blank lines": "\n  \nuserId,movieId,rating\n\n7,20,3\n   \n5,20,4\n7,10,0.5\n\n\n",
    "quotes": '"userId","movieId","rating"\n"7","20","3"\n"5","20","4"\n"7","10","0.5"\n',
    "further columns": 'userId,note,movieId,rating\n7,"so, so",20,3\n5,"",20,4\n7,x,10,0.5\n',
    "whole ids with a point": "7.0,20.0,3\n5.0,20.0,4\n7.0,10,0.5\n",
    "blanks beside numbers": "userId, movieId, rating\n7, 20, 3\n5 ,20 ,4\n7, 10, 0.5\n",
    "no last column in some lines": "7\t20\t3\t881250949\n5\t20\t4\n7\t10\t0.5\n",
    "letters of another encoding": b"userId,movieId,rating,note\n7,20,3,caf\xe9\n5,20,4,\xff\n7,10,0.5,\n",
}


@pytest.mark.parametrize("content", GOOD.values(), ids=list(GOOD))
def test_reading(write: Write, content: str | bytes) -> None:
    read = ratings.read(write(content))
    assert triples(read) == THREE
    assert (read.users.tolist(), read.items.tolist()) == ([1, 0, 1], [1, 1, 0])  # codes in the order of the ids
    types = [array.dtype for array in (read.users, read.items, read.values, read.user_names)]
    assert types == [np.int32, np.int32, np.float32, np.int64]


@pytest.mark.parametrize("large", [2**31, 2**40, 2**53 + 1, 2**63 - 1])
def test_ids_beyond_32_bits(write: Write, large: int) -> None:
    assert triples(ratings.read(write(f"1,{large},3\n{large},2,4\n"))) == [(1, large, 3), (large, 2, 4)]


def test_a_rating_of_nothing_and_a_user_0(write: Write) -> None:
    assert triples(ratings.read(write("0,0,0\n"))) == [(0, 0, 0)]


@pytest.mark.parametrize("allowed", [(-10, 10), (-3, -3)])
def test_another_range(write: Write, allowed: tuple[float, float]) -> None:
    assert triples(ratings.read(write("1,1,-3\n"), allowed)) == [(1, 1, -3)]


def test_progress(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ratings, "PIECE", 2)
    told: list[int] = []
    ratings.read(write("1,1,1\n2,1,1\n3,1,1\n4,1,1\n5,1,1\n"), progress=told.append)
    assert told == [2, 4, 5]


def test_pieces_of_different_kinds(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    """One piece with small ids, one with ids written as decimals, one with large ids."""
    monkeypatch.setattr(ratings, "PIECE", 1)
    rows = [(1, 2, 3.0), (4, 5, 1.5), (2**40, 2, 2.0)]
    assert triples(ratings.read(write(f"1,2,3\n4.0,5,1.5\n{2**40},2,2\n"))) == rows


# --- bad files --------------------------------------------------------------------------------------------------------
BAD = [
    ("", "the file is empty"),
    ("\n\n  \n", "the file is empty"),
    ("userId,movieId,rating\n", "no ratings in it, only a heading"),
    ("hello\nworld\n", "line 1: one column only"),
    ("userId,movieId,stars\n1,1,3\n", "line 1: no column for rating; there are ['userId', 'movieId', 'stars']"),
    ("\nname,rating\nx,3\n", "line 2: no column for user and item"),
    ("1,2\n3,4\n", "line 1: no column for rating"),
    ("1\t2\t3\n4\tfive\t3\n", "line 2: item 'five' is not an id"),
    ("userId,movieId,rating\n1,1,3\n2,1,good\n", "line 3: rating 'good' is not a number"),
    ("1,1,3\n2,1,\n", "line 2: rating '' is not a number"),
    ("1,1,3\n2,,4\n", "line 2: item '' is not an id"),
    ("1,1,3\n2,1\n", "line 2: 2 columns, where the first line has 3"),
    ("1\t1\t3\t9\n\n2\t1\t3\t9\t9\n", "line 3: 5 columns, where the first line has 4"),
    ("userId,movieId,rating\n1,1,3,5\n2,1,4,5\n", "line 2: 4 columns, where the first line has 3"),  # 3,5 for 3.5
    ("1\t1\t3,5\n", "line 1: rating '3,5' is not a number"),
    ("1,1,3\n-2,1,3\n", "line 2: user '-2' is not an id"),
    ("1,1,3\n2,1.5,3\n", "line 2: item '1.5' is not an id"),
    ("1,1,3\nnan,1,3\n", "line 2: user 'nan' is not an id"),
    ("1,1,3\n2,99999999999999999999,3\n", "line 2: item '99999999999999999999' is too large"),
    ("1,1,3\n9223372036854775808,1,3\n", "line 2: user '9223372036854775808' is too large"),
    ("1,1,3\n2,1e16,3\n", "line 2: item '1e16' is too large"),
    ("1,1,3\n2,1,5.5\n", "line 2: rating 5.5 is not between 0 and 5"),
    ("1,1,3\n2,1,-0.5\n", "line 2: rating -0.5 is not between 0 and 5"),
    ("1,1,3\n2,1,nan\n", "line 2: rating 'nan' is not a number"),
    ("1,1,3\n2,1,inf\n", "line 2: rating 'inf' is not a number"),
    ("1,1,3\n2,1,1e999\n", "line 2: rating 1e999 is not between 0 and 5"),
    ("1,1,True\n2,1,False\n", "line 1: rating 'True' is not a number"),
    ("1,1,3\n2,1_0,3\n", "line 2: item '1_0' is not an id"),
    ("1,1,3\n２,1,3\n", "line 2: user '２' is not an id"),
    ("1,1,3\n2,1,3\u2028\n", "line 2: rating '3\\u2028' is not a number"),
    ('1,1,3\n"2,1,3\n3,1,3\n', "line 2: 1 columns, where the first line has 3"),
    ("1::1::3\n2:1:3\n", "line 2: 1 columns, where the first line has 3"),
    ("1::1::3\n2:1::3\n", "line 2: 2 columns, where the first line has 3"),
    ("1::1::3\n2::1:3::4\n", "line 2: item '1:3' is not an id"),
    ("1,1,3\n2,1,3\x00\n", "not a text file"),
    (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "not a text file"),
    ("user,item,rating\n1,2,3\n".encode("utf-16"), "not a text file"),
    (b"\x1f\x8b\x08 and more", "a compressed file; unpack it first"),
    (b"PK\x03\x04 and more", "a compressed file; unpack it first"),
    ("1," * 50_000, "line 1: longer than 65536 characters"),
    ("1,1,3\n2,1,3\n1,1,4\n", "line 3: user 1 has rated item 1 before, in line 1; keep one of the two"),
    ("userId,movieId,rating\n\n8,9,3\n8,9,3\n8,9,3\n", "line 4: user 8 has rated item 9 before, in line 3"),
]


@pytest.mark.parametrize(("content", "message"), BAD, ids=[message for _, message in BAD])
def test_what_cannot_be_read(write: Write, content: str | bytes, message: str) -> None:
    path = write(content)
    with pytest.raises(InputError) as caught:
        ratings.read(path)
    assert str(caught.value).startswith(str(path))
    assert message in str(caught.value)
    assert len(str(caught.value).splitlines()) == 1


def test_the_wrong_line_is_found_in_a_later_piece(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ratings, "PIECE", 3)
    good = "".join(f"{user},1,3\n" for user in range(1, 11))
    with pytest.raises(InputError, match=r"line 12: user 'x' is not an id"):
        ratings.read(write(f"user,item,rating\n{good}x,1,3\n"))
    with pytest.raises(InputError, match=r"line 12: user 4 has rated item 1 before, in line 5"):
        ratings.read(write(f"user,item,rating\n{good}4,1,3\n"))


def test_no_file_and_a_folder(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"nosuch\.csv: No such file"):
        ratings.read(tmp_path / "nosuch.csv")
    with pytest.raises(InputError, match="Is a directory"):
        ratings.read(tmp_path)


def test_a_pipe(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.csv")
    with pytest.raises(InputError, match=r"pipe\.csv: cannot be read twice"):
        ratings.read(tmp_path / "pipe.csv")


def test_ids_that_a_double_cannot_tell_apart(write: Write) -> None:
    """9007199254740993.0 would be read as …992: whoever wrote decimals has lost them already."""
    with pytest.raises(InputError, match="too large for an id"):
        ratings.read(write("1,1,3\n9007199254740993.0,1,3\n"))


def test_two_files_as_one(write: Write, tmp_path: Path) -> None:
    first, second = tmp_path / "a", tmp_path / "b"
    first.write_text("1\t1\t3\n2\t1\t3\n")
    second.write_text("\n3\t1\t5\n")
    read, counts = ratings.read_all([first, second])
    assert (triples(read), counts) == ([(1, 1, 3), (2, 1, 3), (3, 1, 5)], [2, 1])
    second.write_text("\n2\t1\t5\n")
    with pytest.raises(InputError) as caught:
        ratings.read_all([first, second])
    assert (
        str(caught.value)
        == f"{second}, line 2: user 2 has rated item 1 before, in {first}, line 2; keep one of the two"
    )


# --- large files ------------------------------------------------------------------------------------------------------
MEASURE = """
import sys, tracemalloc
from pathlib import Path
import pandas
from sheetsim.training.data import ratings
ratings.read(Path(sys.argv[2]))  # what is imported and made once does not count
tracemalloc.start()
read = ratings.read(Path(sys.argv[1]))
print(len(read), len(read.user_names), tracemalloc.get_traced_memory()[1])
"""


def test_a_large_file_takes_little_memory(tmp_path: Path) -> None:
    """300,000 rows: the arrays are 12 bytes a row, and 42 with the work on them; tuples of Python's numbers are 142."""
    rows, path, small = 300_000, tmp_path / "large.csv", tmp_path / "small.csv"
    random = np.random.default_rng(0)
    pairs = random.permutation(2_000_000)[:rows]
    with open(path, "w", newline="") as file:
        table = zip(
            (pairs // 2000).tolist(), (pairs % 2000).tolist(), random.integers(1, 6, rows).tolist(), strict=True
        )
        csv.writer(file).writerows(table)
    small.write_text("1,1,1\n")
    command = [sys.executable, "-c", MEASURE, str(path), str(small)]
    ran = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=True)
    read, users, peak = map(int, ran.stdout.split())
    assert (read, users) == (rows, len(set((pairs // 2000).tolist())))
    assert peak < rows * 60


def test_against_a_plain_reader(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ratings, "PIECE", 1000)
    random = np.random.default_rng(1)
    pairs = random.permutation(90_000)[:5000]
    path = tmp_path / "ratings.csv"
    with open(path, "w", newline="") as file:
        csv.writer(file).writerow(["movieId", "userId", "rating"])
        csv.writer(file).writerows((pair % 300, pair // 300, random.integers(1, 11) / 2) for pair in pairs.tolist())
    with open(path, newline="") as file:
        plain = [(int(row["userId"]), int(row["movieId"]), float(row["rating"])) for row in csv.DictReader(file)]
    assert triples(ratings.read(path)) == plain
