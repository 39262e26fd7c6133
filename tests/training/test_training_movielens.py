"""MovieLens: the lecture's split and the official ones, titles, altered copies, files of one's own."""

from __future__ import annotations

import csv
import shutil
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from sheetsim.errors import InputError
from sheetsim.training.data import movielens, titles
from sheetsim.training.data.ratings import RatingSplit

SHARED = Path(__file__).parents[3] / "shared" / "data"
Row = tuple[int, str, float]


@pytest.fixture
def real() -> Path:
    """The folder of real data sets; skips the test where they are not at hand."""
    if not (SHARED / "ml-100k" / "u.data").exists():
        pytest.skip("the MovieLens data are not here (../shared/data)")
    return SHARED


@pytest.fixture
def copy(real: Path, tmp_path: Path) -> Path:
    """A copy of ml-100k to alter."""
    folder = tmp_path / "ml-100k"
    folder.mkdir()
    for path in (real / "ml-100k").iterdir():
        shutil.copyfile(path, folder / path.name)
    return folder


def rows_of(split: RatingSplit, which: np.ndarray) -> list[Row]:
    """User id, title and rating of some rows of a split."""
    ratings = split.ratings
    users, items = ratings.user_names[ratings.users[which]], ratings.item_names[ratings.items[which]]
    return list(zip(users.tolist(), items.tolist(), ratings.values[which].tolist(), strict=True))


def plainly(path: Path) -> list[Row]:
    """The same from ml-100k's own files, by Python's own means, in the file's order."""
    names = dict(line.split("|")[:2] for line in path.with_name("u.item").read_text("latin-1").splitlines())
    lines = [line.split("\t") for line in path.read_text().splitlines()]
    return [(int(user), names[item].strip(), float(rating)) for user, item, rating, _ in lines]


# --- ml-100k ----------------------------------------------------------------------------------------------------------
def test_the_lecture_split(real: Path) -> None:
    split = movielens.load(real)
    whole = rows_of(split, np.arange(100_000))
    assert split.name == "lecture"
    assert (len(split.train), len(split.valid)) == (90_000, 10_000)
    assert (len(split.ratings.user_names), len(split.ratings.item_names)) == (943, 1664)
    assert [user for user, _, _ in whole[:5]] == [196, 63, 226, 154, 306]  # as the notebook shows them
    assert {title for _, title, _ in whole[:5]} == {"Kolya (1996)"}
    assert Counter(whole) == Counter(plainly(real / "ml-100k" / "u.data"))


def test_the_lecture_order_and_draw_by_hand(real: Path) -> None:
    """Movies by first appearance, each with its ratings in the file's order; then NumPy's old global generator."""
    lines = [line.split("\t") for line in (real / "ml-100k" / "u.data").read_text().splitlines()]
    by_movie: dict[str, list[Row]] = {}
    for line, row in zip(lines, plainly(real / "ml-100k" / "u.data"), strict=True):
        by_movie.setdefault(line[1], []).append(row)
    merged = [row for movie in by_movie.values() for row in movie]
    np.random.seed(42)
    drawn = np.random.permutation(100_000)[:10_000]
    split = movielens.load(real)
    assert rows_of(split, np.arange(100_000)) == merged
    np.testing.assert_array_equal(split.valid, drawn)
    np.testing.assert_array_equal(split.train, np.setdiff1d(np.arange(100_000), drawn))


def test_an_official_split(real: Path) -> None:
    split = movielens.load(real / "ml-100k", "u1")
    assert (split.name, len(split.train), len(split.valid)) == ("u1", 80_000, 20_000)
    assert rows_of(split, split.train) == plainly(real / "ml-100k" / "u1.base")
    assert rows_of(split, split.valid) == plainly(real / "ml-100k" / "u1.test")


def test_a_random_split(real: Path) -> None:
    one, again, other = (movielens.load(real, "random", seed=seed) for seed in (1, 1, 2))
    np.testing.assert_array_equal(one.valid, again.valid)
    assert set(one.valid) != set(other.valid)
    for split in (one, other):
        assert (split.name, len(split.valid)) == ("random 10%", 10_000)
        np.testing.assert_array_equal(np.sort(np.concatenate([split.train, split.valid])), np.arange(100_000))
    assert rows_of(one, np.arange(100_000)) == plainly(real / "ml-100k" / "u.data")


def test_the_lecture_split_of_a_file_that_is_u_data(real: Path, copy: Path) -> None:
    renamed = copy.parent / "mine.txt"
    shutil.move(copy / "u.data", renamed)
    shutil.move(copy / "u.item", copy.parent / "u.item")
    split, lecture = movielens.load(file=renamed, split="lecture"), movielens.load(real)
    assert split.name == "lecture"
    np.testing.assert_array_equal(split.valid, lecture.valid)
    assert rows_of(split, split.valid) == rows_of(lecture, lecture.valid)


# --- altered copies ---------------------------------------------------------------------------------------------------
def test_copies_with_users_that_are_not_the_published_ones(copy: Path) -> None:
    data = copy / "u.data"
    original = data.read_text()
    for user in (0, 944, 999):
        data.write_text(f"{user}\t50\t5\t881250949\n{original}")  # also one row too many: the user says more
        with pytest.raises(InputError, match=f"user {user}: an altered copy, ml-100k has users 1 to 943; fetch https:"):
            movielens.load(copy)


ALTERED: list[tuple[str, Callable[[str], str], str]] = [
    ("u.data", lambda text: text.split("\n", 1)[1], "99,999 ratings: an altered copy, ml-100k has 100,000"),
    ("u.data", lambda text: text.replace("196\t242\t3", "196\t242\t4", 1), "its sha256 is not the published one"),
    ("u.data", lambda text: text.replace("\n", "\r\n"), "its sha256 is not the published one"),
    ("u.data", lambda text: text.replace("22\t377\t1\t878887116", "22\t377\t7\t878887116"), "line 3: rating 7 is not"),
    ("u.item", lambda text: text.replace("Toy Story", "Toys", 1), "u.item: not the published one"),
    ("u1.test", lambda text: text.split("\n", 1)[1], "u1.test are not the ratings of u.data"),
    ("u1.test", lambda text: "1\t1\t5\t874965758\n" + text, "u1.test, line 1: user 1 has rated item 1 before, in"),
]


@pytest.mark.parametrize(("name", "alter", "message"), ALTERED, ids=[message for _, _, message in ALTERED])
def test_altered_copies(copy: Path, name: str, alter: Callable[[str], str], message: str) -> None:
    path = copy / name
    path.write_bytes(alter(path.read_text("latin-1")).encode("latin-1"))
    with pytest.raises(InputError) as caught:
        movielens.load(copy.parent, "u1" if name.startswith("u1") else "lecture")
    assert str(caught.value).startswith(str(copy))
    assert message in str(caught.value)


def test_an_official_split_that_is_not_there(real: Path) -> None:
    with pytest.raises(InputError, match=r"u2\.base is not there: the split u2"):
        movielens.load(real, "u2")


# --- files of one's own -----------------------------------------------------------------------------------------------
@pytest.fixture
def own(tmp_path: Path) -> Path:
    """Ratings by 4 users of 5 items, no titles."""
    path = tmp_path / "ratings.csv"
    rows = [f"{user},{item},{(user + item) % 5 + 1}\n" for user in range(1, 5) for item in range(10, 60, 10)]
    path.write_text("userId,movieId,rating\n" + "".join(rows))
    return path


def test_latest_small(real: Path) -> None:
    path = real / "ml-latest-small" / "ratings.csv"
    split = movielens.load(file=path)
    with open(path.with_name("movies.csv"), encoding="utf-8", newline="") as file:
        names = {row["movieId"]: row["title"].strip() for row in csv.DictReader(file)}
    with open(path, newline="") as file:
        plain = [(int(row["userId"]), names[row["movieId"]], float(row["rating"])) for row in csv.DictReader(file)]
    assert rows_of(split, np.arange(len(plain))) == plain
    assert (len(plain), len(split.valid), split.name) == (100_836, 10_083, "random 10%")
    assert len(split.ratings.item_names) == len({title for _, title, _ in plain}) == 9719


def test_ids_are_names_where_there_are_no_titles(own: Path) -> None:
    ratings = movielens.load(file=own).ratings
    assert ratings.item_names.tolist() == ["10", "20", "30", "40", "50"]
    assert ratings.user_names.tolist() == [1, 2, 3, 4]


TITLES = [
    ("movies.csv", 'movieId,title,genres\n10,"Kid, The (1921)",x\n20,Alien,y\n30,Alien,z\n40,Été,\n'.encode()),
    ("movies.csv", '\ufeffmovieId,title\r\n10,"Kid, The (1921)"\r\n20,Alien\r\n30,Alien\r\n40,Été\r\n'.encode()),
    ("u.item", "10|Kid, The (1921)|1921\n20|Alien|\n\n30|Alien|\n40|Été|\n".encode("latin-1")),
    ("u.item", "10|Kid, The (1921)|1921\n20|Alien|\n30|Alien|\n40|Été|".encode()),
    ("movies.dat", "10::Kid, The (1921)::x\n20::Alien::y\n30::Alien::z\n40::Été::\n".encode("latin-1")),
]


@pytest.mark.parametrize(("name", "content"), TITLES)
def test_titles_beside_a_file(own: Path, name: str, content: bytes) -> None:
    """Two ids of one title are one item, though a user have rated both; an id without a title stays an id."""
    own.with_name(name).write_bytes(content)
    split = movielens.load(file=own)
    assert split.ratings.item_names.tolist() == ["50", "Alien", "Kid, The (1921)", "Été"]
    first = [title for _, title, _ in rows_of(split, np.arange(5))]
    assert first == ["Kid, The (1921)", "Alien", "Alien", "Été", "50"]


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("movies.csv", "movieId,title\n10,\n", r"movies\.csv, line 2: no id and title in \['10', ''\]"),
        ("movies.csv", "10,A\n10,B\n", r"movies\.csv, line 2: a second title for item 10"),
        ("u.item", "ten|Alien\n", r"u\.item, line 1: no id and title in \['ten', 'Alien'\]"),
        ("u.item", "10\n", r"u\.item, line 1: no id and title in \['10'\]"),
        ("movies.csv", '10,"A\n', r"movies\.csv, line 1: "),
        ("movies.csv", "10," + "A" * 200_000, r"movies\.csv, line 1: no id and title in \['10,A{37}'\]$"),
        ("movies.csv", "10," + "A" * 501, r"movies\.csv, line 1: a title of 501 characters; 500 is the most"),
        ("movies.csv", "9" * 5000 + ",A", r"movies\.csv, line 1: no id and title in \['9{40}', 'A'\]$"),
    ],
)
def test_bad_titles(own: Path, name: str, content: str, message: str) -> None:
    own.with_name(name).write_text(content)
    with pytest.raises(InputError, match=message):
        movielens.load(file=own)


def test_of_several_files_of_titles_the_like_one(own: Path) -> None:
    own.with_name("u.item").write_text("10|from u.item\n")
    own.with_name("movies.csv").write_text("10,from movies.csv\n")
    assert titles.of_ratings(own) == {10: "from movies.csv"}
    assert titles.of_ratings(own.with_name("u.data")) == {10: "from u.item"}


def test_a_split_of_a_small_file(own: Path) -> None:
    split = movielens.load(file=own, seed=3)
    assert (len(split.train), len(split.valid)) == (18, 2)
    own.write_text("1,1,3\n2,1,3\n")
    assert (len(movielens.load(file=own).train), len(movielens.load(file=own).valid)) == (1, 1)
    own.write_text("1,1,3\n")
    with pytest.raises(InputError, match="one rating only"):
        movielens.load(file=own)


@pytest.mark.parametrize(
    ("split", "message"),
    [
        ("lecture", "20 ratings: an altered copy, ml-100k has 100,000; the lecture's split is one of ml-100k"),
        ("u1", "u1 is a split of ml-100k, not of a file of one's own"),
        ("u9", "no split is called 'u9'; there are lecture, u1, u2, u3, u4, u5, ua, ub, random"),
    ],
)
def test_splits_that_a_file_does_not_have(own: Path, split: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        movielens.load(file=own, split=split)


def test_another_range(own: Path) -> None:
    own.write_text("1,1,9\n2,1,10\n")
    assert movielens.load(file=own, allowed=(1, 10)).ratings.values.tolist() == [9, 10]
    with pytest.raises(InputError, match="rating 9 is not between 0 and 5"):
        movielens.load(file=own)
