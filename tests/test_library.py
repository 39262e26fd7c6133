"""Workbooks by name and by file, and what a path's ending asks for."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from places import ROOT
from zips import members, pack

from sheetsim import library, writing
from sheetsim.errors import InputError, NotFound
from sheetsim.workbook import Workbook

FOLDERS = {path.parent.name for path in (ROOT / "workbooks").glob("*/workbook.py")}


def small() -> Workbook:
    book = Workbook("small")
    book.add_sheet("s")["A1"] = "=1+1"
    book.recalculate()
    return book


def test_names() -> None:
    assert set(library.names()) == FOLDERS
    assert all(library.names().values())


def test_every_name_is_in_one_group() -> None:
    grouped = [item for group in library.groups().values() for item in group.items()]
    assert grouped == list(library.names().items())
    assert list(library.groups()["the lecture's own"]) == ["graddesc", "collab_filter", "entropy_example"]


def test_the_readme_lists_them_in_their_groups() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    listed = text.split("## The workbooks\n")[1].split("\n## ")[0]
    assert [part.casefold() for part in listed.split("**")[1::2]] == list(library.groups())
    lines = [line for line in listed.splitlines() if line.startswith("- ")]
    assert lines == [f"- `{name}`: {line}" for name, line in library.names().items()]


def test_by_name_and_by_path(exported: Callable[[str], Path]) -> None:
    path = exported("entropy_example")
    books = [library.open("entropy_example"), library.open(path), library.open(str(path))]
    assert len({book["entropy"]["D2"] for book in books}) == 1
    assert [book.source for book in books] == [None, path, path]


def test_each_build_is_a_workbook_of_its_own() -> None:
    one, other = library.build("entropy_example"), library.build("entropy_example")
    one["entropy"]["D2"] = 5
    assert other["entropy"]["D2"] != 5


@pytest.mark.parametrize(
    ("what", "kind", "message"),
    [
        (
            "nosuch",
            NotFound,
            f"no workbook is called 'nosuch'; there are {', '.join(library.names())}",
        ),
        ("nosuch.xlsx", InputError, "nosuch.xlsx does not exist"),
        (Path("graddesc"), InputError, "graddesc does not exist"),
    ],
)
def test_what_cannot_be_opened(
    what: str | Path, kind: type[Exception], message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(kind, match=message):
        library.open(what)


@pytest.mark.parametrize(
    ("path", "name"),
    [("graddesc.xlsx", "graddesc"), ("/x/GradDesc.XLSX", "graddesc"), ("my_graddesc.xlsx", None)],
)
def test_definition_of(path: str, name: str | None) -> None:
    assert library.definition_of(Path(path)) == name


@pytest.mark.parametrize(
    ("path", "as_csv", "written"),
    [
        ("a.xlsx", False, "a.xlsx"),
        ("a.XLSX", False, "a.XLSX"),
        ("a.csv", False, "a/small.s.csv"),
        ("folder", False, "folder/small.s.csv"),
        ("v1.2", True, "v1.2/small.s.csv"),
    ],
)
def test_save(path: str, as_csv: bool, written: str, tmp_path: Path) -> None:
    result = writing.save(small(), tmp_path / path, as_csv=as_csv)
    assert (tmp_path / written).is_file()
    assert result in ((tmp_path / written), (tmp_path / written).parent)


@pytest.mark.parametrize("path", ["a.xls", "a.pdf", "a.xlsm", "v1.2"])
def test_a_kind_that_cannot_be_written(path: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"cannot write|only be made"):
        writing.save(small(), tmp_path / path)
    assert list(tmp_path.iterdir()) == []


def test_a_read_file_keeps_its_other_parts(exported: Callable[[str], Path], tmp_path: Path) -> None:
    more = {"xl/charts/chart99.xml": b"<anything/>"}
    copy = pack(tmp_path / "copy.xlsx", members(exported("entropy_example")) | more)
    writing.save(library.open(copy), tmp_path / "again.xlsx")
    assert members(tmp_path / "again.xlsx").items() >= more.items()
