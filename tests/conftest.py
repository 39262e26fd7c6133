"""What several test modules share: the lecture's files where they are at hand, data of one's own, a planted cell."""

from __future__ import annotations

import math
import os
import re
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest
from places import ORIGINALS
from zips import members, pack

from exporters import xlsx
from sheetsim import library
from sheetsim.cli import app as cli
from sheetsim.reading.package import Package, find_all

os.environ.pop("COLUMNS", None)  # pytest-xdist tells its workers 80: tables are as wide as they are


class Ran(NamedTuple):
    """What a command came to."""

    status: int
    out: str
    err: str


Run = Callable[..., Ran]
Plant = Callable[..., Path]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skips the examples in docstrings that use torch, where it is not installed."""
    if find_spec("torch"):
        return
    for item in items:
        if isinstance(item, pytest.DoctestItem) and any("torch" in each.source for each in item.dtest.examples):
            item.add_marker(pytest.mark.skip(reason="PyTorch is not installed: pip install 'sheetsim[torch]'"))


@pytest.fixture
def original() -> Callable[[str], Path]:
    """One of the lecture's own workbooks, by name; skips the test where they are not at hand."""

    def find(name: str) -> Path:
        path = ORIGINALS / f"{name}.xlsx"
        if not path.exists():
            pytest.skip("the lecture's own workbooks are not here (../shared/originals)")
        return path

    return find


@pytest.fixture(scope="session")
def exported(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """A workbook as sheetsim writes it from its definition, by name."""
    folder = tmp_path_factory.mktemp("exported")

    def write(name: str) -> Path:
        path = folder / f"{name}.xlsx"
        if not path.exists():
            xlsx.write(library.build(name), path)
        return path

    return write


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs the command line in this process: ``run("check", path).status``."""

    def command(*arguments: object) -> Ran:
        monkeypatch.setattr(sys, "argv", ["sheetsim", *map(str, arguments)])
        with pytest.raises(SystemExit) as stopped:
            cli.main()
        captured = capsys.readouterr()
        assert isinstance(stopped.value.code, int)
        return Ran(stopped.value.code, captured.out, captured.err)

    return command


@pytest.fixture
def plant(tmp_path: Path) -> Plant:
    """Changes one cell of a copy of a file, in its XML: no code that is under test has a hand in it."""

    def make(source: Path, sheet: str, cell: str, change: Callable[[str, str], str]) -> Path:
        path = tmp_path / source.name
        with editing(source, path, _part_of(source, sheet)) as parts:
            parts[0] = change(parts[0], cell)
        return path

    return make


@contextmanager
def editing(source: Path, path: Path, part: str) -> Iterator[list[str]]:
    """Copies a zip file; what the body puts into the list takes the place of one part."""
    contents = members(source)
    parts = [contents[part].decode()]
    before = parts[0]
    yield parts
    assert parts[0] != before, "nothing was planted"
    pack(path, contents | {part: parts[0]})


def changed(source: Path, path: Path, cells: dict[str, dict[str, float]]) -> Path:
    """Copies a file with other numbers in some cells, to their last digit: openpyxl writes 16 of 17."""
    contents = members(source)
    for sheet, numbers in cells.items():
        part = _part_of(source, sheet)
        for cell, number in numbers.items():
            contents[part] = value(repr(number))(contents[part].decode(), cell).encode()
    return pack(path, contents)


def _part_of(source: Path, sheet: str) -> str:
    with Package.open(source) as package:
        links = package.related(package.main, "worksheet")
        for entry in find_all(package.book, "sheet"):
            if entry.get("name") == sheet:
                return next(links[value] for value in entry.attrib.values() if value in links)
    raise AssertionError(f"{source.name} has no sheet {sheet}")


@pytest.fixture
def points(tmp_path: Path) -> Path:
    """A file of three points of one's own."""
    path = tmp_path / "points.csv"
    path.write_text("x,y\n1,5\n2,8\n4,14\n")
    return path


@pytest.fixture(scope="session")
def ratings(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """1,200 ratings of 60 movies by 50 users in a random order, so few that many users and movies have equally many."""
    random = np.random.default_rng(3)
    pairs = random.permutation(50 * 60)[:1200]
    rows = [f"{7 + 3 * (pair // 60)},{100 - pair % 60},{random.integers(1, 11) / 2},0" for pair in pairs]
    path = tmp_path_factory.mktemp("ratings") / "ratings.csv"
    path.write_text("\n".join(["userId,movieId,rating,timestamp", *rows, ""]))
    return path


# --- what can be planted ----------------------------------------------------------------------------------------------
def _cell(xml: str, cell: str) -> re.Match[str]:
    found = re.search(rf'<c r="{cell}"(?: [^>]*)?(?:/>|(?<!/)>.*?</c>)', xml, re.DOTALL)
    assert found, f"no cell {cell}"
    return found


def _with(xml: str, cell: str, edit: Callable[[str], str]) -> str:
    found = _cell(xml, cell)
    return xml[: found.start()] + edit(found[0]) + xml[found.end() :]


def one_ulp(xml: str, cell: str) -> str:
    """The stored number, one double further up."""

    def up(markup: str) -> str:
        return re.sub(r"<v>(.*?)</v>", lambda v: f"<v>{math.nextafter(float(v[1]), math.inf)!r}</v>", markup)

    return _with(xml, cell, up)


def value(text: str) -> Callable[[str, str], str]:
    """Another stored number."""
    return lambda xml, cell: _with(xml, cell, lambda markup: re.sub(r"<v>.*?</v>", f"<v>{text}</v>", markup))


def formula(text: str) -> Callable[[str, str], str]:
    """Another formula, the stored value as before."""

    def edit(markup: str) -> str:
        return re.sub(r"<f[^>]*/>|<f.*?</f>", f"<f>{text}</f>", markup)

    return lambda xml, cell: _with(xml, cell, edit)


def removed(xml: str, cell: str) -> str:
    return _with(xml, cell, lambda _: "")


def added(xml: str, cell: str) -> str:
    """A new cell at the end of its row."""
    row = re.sub(r"\D", "", cell)
    markup = rf'\1<c r="{cell}"><v>1</v></c>\2'
    return re.sub(rf'(<row r="{row}"[^>]*>.*?)(</row>)', markup, xml, count=1, flags=re.DOTALL)
