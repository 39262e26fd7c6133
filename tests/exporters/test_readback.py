"""What is written is read back: damage that a mistake of ours would do does not take the place of a file."""

import re
from io import BytesIO

import pytest
from small_books import MAIN, SHEET, package, set_value
from zips import members, pack

from exporters import cells, readback, refresh, xlsx
from exporters.splice import Splicer
from sheetsim.errors import OutputError, SheetsimError
from sheetsim.model.values import ERROR, FUNCTION, Reason, reason_code
from sheetsim.reading.book import read
from sheetsim.workbook import Workbook

DAMAGED = re.escape("at s!B1 or right after it, the copy is damaged: xl/worksheets/sheet1.xml is not well-formed XML")


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("<v>5</v></c>", "</c><v>5</v></c>", "at s!B1 or right after it, s: <v> has no place in row 1"),
        ("<v>5</v></c>", "<v>5</c>", DAMAGED),
        ("<v>5</v>", "<v>&</v>", DAMAGED),
        ("<v>5</v>", "<v>6</v>", r"s!B1 would be 6\.0, not 5\.0"),
        ("<v>5</v>", "<v>5.000000000000001</v>", r"s!B1 would be 5\.000000000000001, not 5\.0"),
        ("<v>5</v>", "", r"s!B1 would be None, not 5\.0"),
        ("<v>5</v>", "<v></v>", r"s!B1 would be None, not 5\.0"),
        ("<v>5</v>", "<v>nan</v>", "s!B1: its value is not a finite number"),
        ('<c r="B1">', '<c r="B1" t="str">', r"s!B1 would be '5', not 5\.0"),
        ('<c r="B1">', '<c r="D1">', "s!C1: it does not stand in order"),
        ('<c r="B1">', '<c r="A1"><v>2</v></c><c r="B1">', "s!A1: it does not stand in order"),
        ('<c r="B1">', '</row><c r="B1">', "a cell stands outside of any row"),
        ('<c r="B1">', '<row r="1"><c r="B1">', "a row stands inside row 1"),
        ("<f>A1*2</f>", "<f>A1*3</f>", r"s!B1 would be '<f>A1\*3</f>', not '<f>A1\*2</f>'"),
        ("<f>A1*2</f>", "", r"s!B1 would be '', not '<f>A1\*2</f>'"),
        ("<f>A1*2</f>", "<f>A1*</f>", "s!B1"),
        ("<v>2</v></c><c", "<v>9</v></c><c", r"s!A1 would be 9\.0, not 2\.0"),
        ('<row r="3">', '</sheetData><sheetData><row r="3">', "s: it has its cells in two places"),
    ],
)
def test_a_damaged_copy_does_not_take_the_place_of_a_file(tmp_path, monkeypatch, old, new, reason):
    class Damaging(Splicer):
        def run(self) -> None:
            out, self.out = self.out, BytesIO()
            super().run()
            written = self.out.getvalue()
            assert old.encode() in written
            out.write(written.replace(old.encode(), new.encode(), 1))

    book = read(package(tmp_path, SHEET))
    set_value(book, "B1", 5)
    target = tmp_path / "out.xlsx"
    target.write_bytes(b"the old file")
    before = sorted(tmp_path.iterdir())
    monkeypatch.setattr(refresh, "Splicer", Damaging)
    with pytest.raises(OutputError, match=f"^cannot write {target}: .*{reason}") as caught:
        refresh.write(book, target)
    assert "\n" not in str(caught.value)
    assert ".tmp" not in str(caught.value)
    assert target.read_bytes() == b"the old file"
    assert sorted(tmp_path.iterdir()) == before


def test_a_damaged_list_of_parts_does_not_take_the_place_of_a_file(tmp_path, monkeypatch):
    chain = f'<calcChain xmlns="{MAIN}"><c r="B1" i="1"/></calcChain>'.encode()
    book = read(package(tmp_path, SHEET, **{"xl/calcChain.xml": chain}))
    book["s"]["B1"] = 5
    monkeypatch.setattr(refresh, "_CHAIN_ENTRY", re.compile(rb"</Types>"))
    with pytest.raises(OutputError, match=r"the copy is damaged: \[Content_Types\].xml is not well-formed XML"):
        refresh.write(book, tmp_path / "out.xlsx")
    assert not (tmp_path / "out.xlsx").exists()


def test_recalc_says_in_a_line_that_a_copy_would_be_damaged(tmp_path, monkeypatch, run):
    source = package(tmp_path, SHEET.replace("<v>4</v>", "<v>3</v>"))
    monkeypatch.setattr(cells, "number_text", lambda number: "9")
    status, out, err = run("recalc", source, "--out", tmp_path / "out.xlsx")
    assert (status, out) == (2, "")
    assert " ".join(err.split()).endswith("s!B1 would be 9.0, not 4.0")
    assert not (tmp_path / "out.xlsx").exists()


def test_what_no_file_can_hold_is_no_damage(tmp_path):
    book = read(package(tmp_path, SHEET))
    for where, value in (("A1", "half \ud800"), ("B1", -0.0)):
        set_value(book, where, value)
    sheet = book["s"]
    sheet.num[0, 2], sheet.kind[0, 2] = reason_code(Reason(FUNCTION, "NOSUCH", "s!C1")), ERROR
    refresh.write(book, tmp_path / "out.xlsx")
    assert read(tmp_path / "out.xlsx")["s"]["A1:C1"] == [["half _xD800_", 0.0, "#NAME?"]]


@pytest.mark.parametrize(
    ("part", "old", "new", "reason"),
    [
        ("xl/worksheets/sheet1.xml", "<v>4</v>", "<v>5</v>", r"s!B1 would be 5\.0, not 4\.0"),
        ("xl/worksheets/sheet1.xml", "<v>4</v></c>", "</c><v>4</v>", "the copy is damaged|<v> has no place"),
        ("xl/sharedStrings.xml", "text", "test", "s!A2 would be 'test', not 'text'"),
        ("xl/styles.xml", "</styleSheet>", "", "xl/styles.xml is not well-formed XML"),
        ("xl/workbook.xml", 'name="s"', 'name="t"', "s"),
    ],
)
def test_a_damaged_new_file_does_not_take_the_place_of_a_file(tmp_path, monkeypatch, part, old, new, reason):
    book = Workbook("new")
    sheet = book.add_sheet("s")
    sheet["A1"], sheet["A2"], sheet["B1"] = 2, "text", "=A1*2"
    book.recalculate()
    target = tmp_path / "out.xlsx"
    target.write_bytes(b"the old file")
    seen = []

    def opened(temporary, path):
        parts = members(temporary)
        seen.append(old.encode() in parts[part])
        pack(temporary, parts | {part: parts[part].replace(old.encode(), new.encode(), 1)})
        return readback.opened(temporary, path)

    monkeypatch.setattr(xlsx, "opened", opened)
    with pytest.raises(SheetsimError, match=reason):
        xlsx.write(book, target)
    assert seen == [True]
    assert [path.name for path in tmp_path.iterdir()] == ["out.xlsx"]
    assert target.read_bytes() == b"the old file"
