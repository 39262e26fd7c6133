"""New values into a copy of an existing file, all else byte for byte."""

import pytest
from small_books import MAIN, SHEET, package, same_contents, set_value
from zips import members

from exporters import cells, refresh
from sheetsim.errors import InputError, OutputError
from sheetsim.reading.book import read
from sheetsim.workbook import Workbook


def test_nothing_changed_nothing_written_anew(tmp_path):
    source = package(tmp_path, SHEET)
    refresh.write(read(source), tmp_path / "out.xlsx")
    assert list(members(tmp_path / "out.xlsx").items()) == list(members(source).items())


def test_the_order_of_calculation_goes_with_a_formula(tmp_path):
    chain = f'<calcChain xmlns="{MAIN}"><c r="B1" i="1"/></calcChain>'.encode()
    source = package(tmp_path, SHEET, **{"xl/calcChain.xml": chain})
    book = read(source)
    set_value(book, "B1", 5)
    refresh.write(book, tmp_path / "kept.xlsx")
    assert "xl/calcChain.xml" in members(tmp_path / "kept.xlsx")
    book["s"]["B1"] = 5
    refresh.write(book, tmp_path / "gone.xlsx")
    assert "xl/calcChain.xml" not in members(tmp_path / "gone.xlsx")


# --- whole workbooks ------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("name", ["graddesc", "collab_filter", "entropy_example"])
def test_the_lectures_workbooks(tmp_path, name, original):
    source = original(name)
    book = read(source)
    refresh.write(book, tmp_path / "same.xlsx")
    assert members(tmp_path / "same.xlsx") == members(source)
    for sheet in book.sheets:
        sheet.num[: sheet.rows, : sheet.columns][sheet.computed()] += 0.5
        sheet.put(sheet.rows + 2, 0, "added below")
    refresh.write(book, tmp_path / "changed.xlsx")
    same_contents(read(tmp_path / "changed.xlsx"), book)
    old, new = members(source), members(tmp_path / "changed.xlsx")
    assert list(old) == list(new)
    sheets = {part for part in old if part.startswith("xl/worksheets/sheet")}
    assert {part for part in old if old[part] != new[part]} == sheets


def test_over_its_own_source(tmp_path):
    source = package(tmp_path, SHEET)
    book = read(source)
    for value in (5, 6):
        set_value(book, "B1", value)
        refresh.write(book, source)
        assert read(source)["s"]["B1"] == value


# --- what goes wrong ------------------------------------------------------------------------------------------------
def test_a_book_that_was_not_read(tmp_path):
    with pytest.raises(OutputError, match="demo was not read from a file"):
        refresh.write(Workbook("demo"), tmp_path / "out.xlsx")


def test_a_source_that_is_gone(tmp_path):
    source = package(tmp_path, SHEET)
    book = read(source)
    source.unlink()
    with pytest.raises(InputError, match="does not exist"):
        refresh.write(book, tmp_path / "out.xlsx")


def test_a_text_too_long_for_a_cell(tmp_path):
    book = read(package(tmp_path, SHEET))
    set_value(book, "B1", "x" * (cells.LONGEST + 1))
    with pytest.raises(OutputError, match=r"^s!B1 holds a text of 32,768 characters"):
        refresh.write(book, tmp_path / "out.xlsx")
    assert not (tmp_path / "out.xlsx").exists()


def test_a_sheet_that_the_source_lacks(tmp_path):
    book = read(package(tmp_path, SHEET))
    book.add_sheet("new")
    with pytest.raises(OutputError, match="has no sheet 'new'"):
        refresh.write(book, tmp_path / "out.xlsx")


def test_macros_and_suffix_must_agree(tmp_path):
    book = read(package(tmp_path, SHEET))
    with pytest.raises(OutputError, match=r"must end in \.xlsx"):
        refresh.write(book, tmp_path / "out.xlsm")


def test_ctrl_c_leaves_the_old_file(tmp_path, monkeypatch):
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    book = read(package(tmp_path, SHEET))
    refresh.write(book, tmp_path / "out.xlsx")
    before = members(tmp_path / "out.xlsx"), sorted(tmp_path.iterdir())
    monkeypatch.setattr(refresh, "_copy_member", interrupt)
    with pytest.raises(KeyboardInterrupt):
        refresh.write(book, tmp_path / "out.xlsx")
    assert (members(tmp_path / "out.xlsx"), sorted(tmp_path.iterdir())) == before
