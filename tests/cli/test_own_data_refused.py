"""Data of one's own that cannot be used: one line says what and where, status 2, and nothing is written."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from conftest import Run
from own_data import write

from sheetsim import library

BAD_POINTS = {
    "": "points.csv: the file is empty",
    "\n\n": "points.csv: the file is empty",
    "x,y\n": "points.csv: too few points (0); graddesc needs two or more",
    "x,y\n1,2\n": "points.csv: too few points (1); graddesc needs two or more",
    "x,y\n1,2\n2,abc\n": "points.csv, line 3: y is 'abc', not a number",
    "x,y\n1,2\n\n,4\n": "points.csv, line 4: x is empty",
    "x,y\n1,2\nnan,4\n": "points.csv, line 3: x is 'nan', not a number",
    "x,y\n1,2\n3,-inf\n": "points.csv, line 3: y is '-inf', not a number",
    "1,2\n3,1e999\n": "points.csv, line 2: y is '1e999', too large for a cell",
    "1,2\n3," + "9" * 400: "points.csv, line 2: y is '" + "9" * 40 + "', too large for a cell",
    "1,2\n3," + "9" * 5000: "points.csv, line 2: y is '" + "9" * 40 + "', too large for a cell",
    "1,2\n1e400,3\n": "points.csv, line 2: x is '1e400', too large for a cell",
    "\ufeffx,y\r\n1,2\r\n\r\n2,\r\n": "points.csv, line 4: y is empty",
    'x,y\n1,2\n"1,5",3\n': "points.csv, line 3: x is '1,5', not a number",
    'x,y\n1,2\n"3,4\n': "points.csv, line 3: 1 column, the first line has 2",
    "x,y\n1,2\n3,=1+1\n": "points.csv, line 3: y is '=1+1', not a number",
    "x,y\n1,2\n0x10,1_0\n": "points.csv, line 3: x is '0x10', not a number",
    "x y\n1 2\n3 4\n": "points.csv, line 1: no column x; there are ['x y']",
    "x,y\n1,2\n3,4\n".encode("utf-16"): "points.csv: not a text file",
    b"x,y\n1,2\n3,\xe4\n": "points.csv, line 3: y is '\ufffd', not a number",
    "1,2\n3\n": "points.csv, line 2: 1 column, the first line has 2",
    "x,y\n1,2\n3,4,5\n": "points.csv, line 3: 3 columns, the first line has 2",
    "1,2,3\n4,5,6\n": "points.csv, line 1: 3 columns; two are needed, x and y",
    "1\n2\n": "points.csv, line 1: 1 column; two are needed, x and y",
    "x;y\n1;2\n": "points.csv, line 1: no column x; there are ['x;y']",
    "x,z\n1,2\n": "points.csv, line 1: no column y; there are ['x', 'z']",
    "x,y,x\n1,2,3\n": "points.csv, line 1: more than one column x",
    b"PK\x03\x04": "points.csv: a compressed file",
    b"1,2\x00\n": "points.csv: not a text file",
    None: "points.csv: No such file or directory",
}


@pytest.mark.parametrize(("text", "message"), BAD_POINTS.items(), ids=range(len(BAD_POINTS)))
def test_points_that_cannot_be_used(text: str | bytes | None, message: str, tmp_path: Path, run: Run) -> None:
    path = tmp_path / "points.csv"
    if text is not None:
        write(path, text)
    for command in "build graddesc entropy_example --out", "run graddesc adam --out", "build graddesc --csv --out":
        refused(run(*command.split(), tmp_path / "out.xlsx", "--points", path), message, tmp_path / "out.xlsx")
    refused(run("explain", "graddesc", "adam!H4", "--points", path), message, tmp_path / "out")


@pytest.mark.parametrize(
    ("command", "message"),
    [
        ("build graddesc --points .", ": Is a directory"),
        ("build graddesc --points pipe", "pipe: cannot be read twice"),
        ("build graddesc --points points.csv --out file", "cannot write file/graddesc.xlsx"),
        ("build graddesc --points points.csv --csv --out file/x", "cannot write file/x/"),
        ("build graddesc --points points.csv --epochs 0", "Invalid value for '--epochs'"),
        ("build graddesc --points points.csv --epochs -3", "Invalid value for '--epochs'"),
        ("build graddesc --points points.csv --epochs 1e3", "Invalid value for '--epochs'"),
        ("build graddesc --points points.csv --epochs 1000000", "graddesc!basic: 1,000,000 epochs do not fit"),
        ("build graddesc --points points.csv --epochs 1000000 --csv", "1,000,000 epochs do not fit"),
        ("run graddesc nosuch --points points.csv --out o.xlsx", "graddesc has no sheet 'nosuch'"),
        ("explain graddesc adam!ZZZZ9 --points points.csv", "adam has no name or cell 'ZZZZ9'"),
        ("solve collab_filter dotprod --ratings .", ": Is a directory"),
        (
            "solve collab_filter dotprod --ratings good.csv --factors 9",
            "--factors 9: 3 users × 4 movies need 3 at most",
        ),
        ("solve collab_filter dotprod --ratings good.csv --out file/x.xlsx", "file is a file; --out needs a folder"),
        ("solve collab_filter dotprod --ratings good.csv --out good.csv", "would take the place of the file"),
        ("solve collab_filter nosuch --ratings good.csv", "collab_filter has no sheet 'nosuch'"),
    ],
)
def test_places_and_numbers_that_cannot_be_used(
    command: str, message: str, points: Path, tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    write(tmp_path / "file", "a file, not a folder")
    write(tmp_path / "good.csv", GOOD)
    os.mkfifo(tmp_path / "pipe")
    before = {path.name for path in tmp_path.iterdir()}
    refused(run(*command.split()), message, tmp_path / "out")
    assert {path.name for path in tmp_path.iterdir()} == before
    assert (tmp_path / "good.csv").read_text() == GOOD


GOOD = "userId,movieId,rating\n" + "".join(f"{user},{movie},3\n" for user in (1, 2, 3) for movie in (1, 2, 3, 4))
APART = "".join(f"{user},{movie},3\n" for user in (1, 2) for movie in range(1, 6)) + "3,10,1\n3,11,1\n"
BAD_RATINGS: list[tuple[str | bytes, str, str]] = [
    ("", "", "ratings.csv: the file is empty"),
    ("userId,movieId,rating\n", "", "ratings.csv: no ratings in it, only a heading"),
    ("userId,rating\n1,3\n", "", "ratings.csv, line 1: no column for item"),
    (GOOD + "1,9,good\n", "", "ratings.csv, line 14: rating 'good' is not a number"),
    (GOOD + "1,9,nan\n", "", "ratings.csv, line 14: rating 'nan' is not a number"),
    (GOOD + "1,9,inf\n", "", "ratings.csv, line 14: rating 'inf' is not a number"),
    (GOOD + "1,9,7\n", "", "ratings.csv, line 14: rating 7 is not between 0 and 5"),
    (GOOD + "ann,9,3\n", "", "ratings.csv, line 14: user 'ann' is not an id"),
    (GOOD + "1.5,9,3\n", "", "ratings.csv, line 14: user '1.5' is not an id: a whole number from 0"),
    (GOOD + "1,-9,3\n", "", "ratings.csv, line 14: item '-9' is not an id"),
    (GOOD + ",9,3\n", "", "ratings.csv, line 14: user '' is not an id"),
    (GOOD + "1e400,9,3\n", "", "ratings.csv, line 14: user '1e400' is too large for an id"),
    (GOOD + "9" * 5000 + ",9,3\n", "", f"ratings.csv, line 14: user '{'9' * 40}' is too large for an id"),
    (GOOD + f"{2**70},9,3\n", "", f"ratings.csv, line 14: user '{2**70}' is too large for an id"),
    (GOOD + "1,9,1e400\n", "", "ratings.csv, line 14: rating 1e400 is not between 0 and 5"),
    (GOOD + "1,9,-1\n", "", "ratings.csv, line 14: rating -1 is not between 0 and 5"),
    (GOOD + '1,9,"3,5"\n', "", "ratings.csv, line 14: rating '3,5' is not a number"),
    (GOOD + "1,9\n", "", "ratings.csv, line 14: 2 columns, where the first line has 3"),
    (GOOD + "1,9,3,4,5\n", "", "ratings.csv, line 14: 5 columns, where the first line has 3"),
    ("\ufeff" + GOOD.replace("\n", "\r\n") + "\r\n1,9,x\r\n", "", "ratings.csv, line 15: rating 'x' is not a number"),
    (GOOD.replace(",", ";"), "", "ratings.csv, line 1: one column only; user, item, rating are needed, separated by"),
    (GOOD + "1.0,2,5\n", "", "ratings.csv, line 14: user 1 has rated item 2 before, in line 3"),
    ("\n \n", "", "ratings.csv: the file is empty"),
    ("1,1,3\n", "", "ratings.csv: ratings by one user only"),
    (GOOD.encode("utf-16"), "", "ratings.csv: not a text file"),
    (b"PK\x03\x04" + GOOD.encode(), "", "ratings.csv: a compressed file"),
    (GOOD.encode() + b"1,9,\xe4\n", "", "ratings.csv, line 14: rating '\ufffd' is not a number"),
    (GOOD + "1,2,5\n", "", "ratings.csv, line 14: user 1 has rated item 2 before, in line 3"),
    (GOOD, "--users 4", "ratings.csv: ratings by 3 users; --users 4 is more than that"),
    (GOOD, "--movies 5", "ratings.csv: the 3 users with the most ratings have rated 4 movies; --movies 5 is more"),
    (GOOD, "--factors 4", "--factors 4: 3 users × 4 movies need 3 at most"),
    ("1,1,3\n1,2,3\n", "", "ratings.csv: ratings by one user only; two or more are needed"),
    ("1,1,3\n2,1,3\n", "", "ratings.csv: the 2 users with the most ratings have rated one movie only"),
    (APART, "--movies 5", "ratings.csv: user 3 has rated none of the 5 movies; ask for more --movies or fewer --users"),
    (GOOD.replace("3,4", f"{2**53 + 1},4"), "", "ratings.csv: user 9007199254740993 is too large for a cell"),
    (GOOD, "--rating-range 5 5", "--rating-range 5 5: LOW is below HIGH, both within ±1,000"),
    (GOOD, "--rating-range nan 5", "--rating-range nan 5: LOW is below HIGH"),
    (GOOD, "--rating-range 0 1e300", "--rating-range 0 1e+300: LOW is below HIGH"),
    (GOOD, "--rating-range -5 5", "--rating-range -5 5: the predictions of collab_sigmoid lie above 0"),
    (GOOD, "--users 0", "Invalid value for '--users'"),
    (GOOD, "--movies 1", "Invalid value for '--movies'"),
    (GOOD, "--factors -3", "Invalid value for '--factors'"),
    (GOOD, "--factors two", "Invalid value for '--factors'"),
    (GOOD, "--factors 0", "Invalid value for '--factors'"),
    (GOOD, "--factors 1000000000", "--factors 1000000000: 3 users × 4 movies need 3 at most"),
    (GOOD, "--users 1e3", "Invalid value for '--users'"),
    (GOOD, "--rating-range 5 0", "--rating-range 5 0: LOW is below HIGH"),
    (GOOD, "--rating-range 4 5", "ratings.csv, line 2: rating 3 is not between 4 and 5"),
    (GOOD, "--seed -1", "Invalid value for '--seed'"),
]


@pytest.mark.parametrize(("text", "options", "message"), BAD_RATINGS, ids=range(len(BAD_RATINGS)))
def test_ratings_that_cannot_be_used(text: str | bytes, options: str, message: str, tmp_path: Path, run: Run) -> None:
    path = write(tmp_path / "ratings.csv", text)
    found = run(
        "build",
        "graddesc",
        "collab_filter",
        "collab_sigmoid",
        "--ratings",
        path,
        *options.split(),
        "--out",
        tmp_path / "out",
    )
    refused(found, message, tmp_path / "out")


@pytest.mark.parametrize(
    ("command", "message"),
    [
        ("build entropy_example --points P", "--points is for graddesc, not for entropy_example"),
        (
            "build graddesc --ratings R",
            "--ratings is for collab_filter, collab_sigmoid and collab_sgd, not for graddesc",
        ),
        ("build accounts.xlsx --points P", "--points is for graddesc, not for accounts.xlsx"),
        ("build nosuch --points P", "--points is for graddesc, not for nosuch"),
        ("build collab_filter --factors 3", "--factors is for ratings of one's own: name their file with --ratings"),
        ("build graddesc --points P --users 3", "--users is for ratings of one's own"),
        ("build collab_filter --rating-range 0 9", "--rating-range is for ratings of one's own"),
        ("build --movies 3", "--movies is for ratings of one's own"),
        ("build collab_filter --seed 3", "--seed is for ratings of one's own"),
        ("solve collab_filter dotprod --users 3", "--users is for ratings of one's own"),
        (
            "solve other.xlsx dotprod --ratings R",
            "--ratings is for collab_filter, collab_sigmoid and collab_sgd, not for other.xlsx",
        ),
        ("explain collab_filter dotprod!A1 --points P", "--points is for graddesc, not for collab_filter"),
        ("check other.xlsx --seed 3", "--seed is for ratings of one's own"),
        ("run collab_filter dotprod --points P", "--points is for graddesc, not for collab_filter"),
        ("check other.xlsx --points P", "--points is for graddesc, not for other.xlsx"),
        ("check other.xlsx --users 3", "--users is for ratings of one's own"),
        ("build graddesc --points", "Option '--points' requires an argument."),
        ("run graddesc adam --points P --out P", "would take the place of the file that was read"),
        ("build graddesc --points graddesc.adam.csv --csv --out .", "would take the place of the file that was read"),
    ],
)
def test_options_that_do_not_go_together(
    command: str, message: str, points: Path, tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    library.build("entropy_example").save(tmp_path / "other.xlsx")
    write(tmp_path / "graddesc.adam.csv", points.read_bytes())
    before = {path: path.read_bytes() for path in tmp_path.iterdir()}
    places = {"P": "points.csv", "R": "ratings.csv"}
    refused(run(*(places.get(word, word) for word in command.split())), message, tmp_path / "out")
    assert {path: path.read_bytes() for path in tmp_path.iterdir()} == before


def refused(found: tuple[int, str, str], message: str, out: Path) -> None:
    """One line, status 2, and nothing written."""
    status, printed, error = found
    assert (status, printed, error.count("\n")) == (2, "", 1), error
    assert message in error
    assert not out.exists()
