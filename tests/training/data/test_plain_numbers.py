"""Files of whole numbers between tabs, read without pandas: the same numbers, and nothing else is taken for one."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from training_data import real

from sheetsim.errors import InputError
from sheetsim.training.data import plain_numbers, ratings
from sheetsim.training.data.plain_numbers import plain_table

PLAIN = {
    "three columns": ("7\t20\t3\n5\t20\t4\n", [[7, 20, 3], [5, 20, 4]]),
    "four": ("196\t242\t3\t881250949\n", [[196, 242, 3, 881250949]]),
    "zeros before": ("007\t0\t3\n", [[7, 0, 3]]),
    "fifteen digits": ("999999999999999\t1\t2\n", [[999999999999999, 1, 2]]),
}
OTHER = {
    "no end of the last line": "7\t20\t3\n5\t20\t4",
    "a point": "7\t20\t3.0\n",
    "a sign": "-7\t20\t3\n",
    "a blank": "7\t 20\t3\n",
    "an empty field": "7\t\t3\n",
    "a line that is short": "7\t20\t3\n5\t20\n",
    "lines that are long and short by turns": "7\t20\t3\t1\n5\t20\n",
    "a blank line": "7\t20\t3\n\n5\t20\t4\n",
    "lines that end as in Windows": "7\t20\t3\r\n",
    "commas": "7,20,3\n",
    "letters": "7\t20\tx\n",
    "sixteen digits": "1234567890123456\t1\t2\n",
    "nothing": "",
}


def width(content: str) -> int:
    return content.split("\n")[0].count("\t") + 1


@pytest.mark.parametrize("name", PLAIN)
def test_plain_numbers(name: str, tmp_path: Path) -> None:
    content, expected = PLAIN[name]
    (tmp_path / "u.data").write_text(content)
    found = plain_table(tmp_path / "u.data", width(content))
    assert found is not None
    assert (found.dtype, found.tolist()) == (np.int64, expected)


@pytest.mark.parametrize("name", OTHER)
def test_what_pandas_has_a_look_at(name: str, tmp_path: Path) -> None:
    (tmp_path / "u.data").write_text(OTHER[name])
    assert plain_table(tmp_path / "u.data", width(OTHER[name])) is None


def test_large_files_are_pandas(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plain_numbers, "LARGEST_FILE", 5)
    (tmp_path / "u.data").write_text("7\t20\t3\n")
    assert plain_table(tmp_path / "u.data", 3) is None


def test_pandas_reads_the_same_ratings(monkeypatch: pytest.MonkeyPatch) -> None:
    path = real("ml-100k") / "ml-100k" / "u.data"
    plain = ratings.read(path)
    monkeypatch.setattr(ratings, "plain_table", lambda path, width: None)
    monkeypatch.setattr(ratings, "DENSE", 0)
    by_pandas = ratings.read(path)
    for one, other in zip(vars(plain).values(), vars(by_pandas).values(), strict=True):
        assert (one.dtype, one.tobytes()) == (other.dtype, other.tobytes())


def test_a_rating_beyond_its_range_is_named_still(tmp_path: Path) -> None:
    (tmp_path / "u.data").write_text("7\t20\t3\n5\t20\t9\n")
    with pytest.raises(InputError, match="line 2: rating 9 is not between 0 and 5"):
        ratings.read(tmp_path / "u.data")
