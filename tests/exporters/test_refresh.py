"""New values into a copy of an existing file, all else byte for byte."""

import re
import zipfile
from io import BytesIO
from pathlib import Path

import openpyxl
import pytest
from conftest import ORIGINALS

from exporters import cells, refresh, xlsx
from exporters.splice import Splicer, utf8
from sheetsim.engine.numpy_engine import recalculate
from sheetsim.errors import InputError, OutputError
from sheetsim.model.values import ERROR, LACKING, ExcelError, encode
from sheetsim.reading.book import read
from sheetsim.workbook import Workbook

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
HEAD = f'<worksheet xmlns="{MAIN}"><dimension ref="A1:C3"/><sheetData>'
TAIL = '</sheetData><extLst><ext uri="x"><v>7</v><c r="A1"/></ext></extLst></worksheet>'
SHEET = (
    HEAD + '<row r="1" spans="1:3"><c r="A1" s="0"><v>2</v></c><c r="B1"><f>A1*2</f><v>4</v></c>'
    '<c r="C1" t="str"><f>A1&amp;""</f><v>2</v></c></row>\n'
    '<row r="3"><c r="A3" t="b"><v>1</v></c></row>' + TAIL
)


def package(folder: Path, xml: str | bytes, **parts: bytes) -> Path:
    """A workbook whose only sheet, ``s``, is exactly that XML."""
    book = Workbook("source")
    book.add_sheet("s")
    xlsx.write(book, folder / "frame.xlsx")
    path = folder / "source.xlsx"
    members = {"xl/worksheets/sheet1.xml": xml, "xl/charts/chart1.xml": b"<anything/>", **parts}
    with zipfile.ZipFile(folder / "frame.xlsx") as old, zipfile.ZipFile(path, "w") as new:
        for name in old.namelist():
            new.writestr(name, members.pop(name, old.read(name)))
        for name, content in members.items():
            new.writestr(name, content)
    return path


def members(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as file:
        return {name: file.read(name) for name in file.namelist()}


def set_value(book: Workbook, where: str, value: object) -> None:
    """The value of a computed cell, as an engine sets it."""
    sheet = book.sheets[0]
    row, column = openpyxl.utils.cell.coordinate_to_tuple(where)
    sheet.num[row - 1, column - 1], sheet.kind[row - 1, column - 1] = encode(value)


def sheet_after(book: Workbook, folder: Path) -> str:
    refresh.write(book, folder / "out.xlsx")
    return members(folder / "out.xlsx")["xl/worksheets/sheet1.xml"].decode()


def same_contents(a: Workbook, b: Workbook) -> None:
    """Raises unless both hold the same values and formulas in the same cells."""
    assert [sheet.title for sheet in a.sheets] == [sheet.title for sheet in b.sheets]
    for one, other in zip(a.sheets, b.sheets, strict=True):
        for row, column in {*one.cells(), *other.cells()}:
            where = one.where(row, column)
            assert one.value(row, column) == other.value(row, column), where
            assert one.formula_text(row, column) == other.formula_text(row, column), where


# --- one change at a time -------------------------------------------------------------------------------------------
def test_nothing_changed_nothing_written_anew(tmp_path):
    source = package(tmp_path, SHEET)
    refresh.write(read(source), tmp_path / "out.xlsx")
    assert list(members(tmp_path / "out.xlsx").items()) == list(members(source).items())


@pytest.mark.parametrize(
    ("where", "value", "old", "new"),
    [
        ("B1", 0.1, '<c r="B1"><f>A1*2</f><v>4</v></c>', '<c r="B1"><f>A1*2</f><v>0.1</v></c>'),
        ("B1", "x<y", "<v>4</v>", "<v>x&lt;y</v>"),
        ("B1", True, "<v>4</v>", "<v>1</v>"),
        ("B1", ExcelError("#N/A"), "<v>4</v>", "<v>#N/A</v>"),
        ("C1", 7, ' t="str"><f>A1&amp;""</f><v>2</v>', '><f>A1&amp;""</f><v>7</v>'),
        ("C1", " x ", "</f><v>2</v>", '</f><v xml:space="preserve"> x </v>'),
        ("A1", 5, "<v>2</v></c><c", "<v>5</v></c><c"),
        ("A1", None, '<c r="A1" s="0"><v>2</v></c>', '<c r="A1" s="0"/>'),
        ("A1", "a text", '<c r="A1" s="0"><v>2</v>', '<c r="A1" s="0" t="inlineStr"><is><t>a text</t></is>'),
        ("A3", False, '<c r="A3" t="b"><v>1</v>', '<c r="A3" t="b"><v>0</v>'),
    ],
)
def test_one_value(tmp_path, where, value, old, new):
    book = read(package(tmp_path, SHEET))
    set_value(book, where, value)
    kinds = {"x<y": "str", True: "b", "#N/A": "e"}
    expected = SHEET.replace(old, new, 1)
    if where == "B1" and value in kinds:
        expected = expected.replace('r="B1"', f'r="B1" t="{kinds[value]}"')
    assert sheet_after(book, tmp_path) == expected


@pytest.mark.parametrize(
    ("where", "old", "new"),
    [
        ("D1", "</c></row>\n", '</c><c r="D1"><v>9</v></c></row>\n'),
        ("A2", '\n<row r="3">', '\n<row r="2"><c r="A2"><v>9</v></c></row><row r="3">'),
        ("B3", "<v>1</v></c></row></sheetData>", '<v>1</v></c><c r="B3"><v>9</v></c></row></sheetData>'),
        ("A5", "</sheetData>", '<row r="5"><c r="A5"><v>9</v></c></row></sheetData>'),
    ],
)
def test_one_cell_that_the_file_lacks(tmp_path, where, old, new):
    book = read(package(tmp_path, SHEET))
    book["s"][where] = 9
    expected = SHEET.replace(old, new, 1)
    if where == "D1":
        expected = expected.replace(' spans="1:3"', "").replace("A1:C3", "A1:D3")
    if where == "A5":
        expected = expected.replace("A1:C3", "A1:C5")
    assert sheet_after(book, tmp_path) == expected


def test_cells_between_cells_and_in_empty_rows(tmp_path):
    xml = HEAD + '<row r="2"/><row r="4"><c r="B4"/><c r="D4"><v>4</v></c></row>' + TAIL
    book = read(package(tmp_path, xml))
    for where in ("A1", "B2", "A4", "B4", "C4", "E4"):
        book["s"][where] = 1
    after = sheet_after(book, tmp_path)
    row = "".join(f'<c r="{column}4"><v>{value}</v></c>' for column, value in zip("ABCDE", "11141", strict=True))
    assert '<row r="1"><c r="A1"><v>1</v></c></row><row r="2"><c r="B2"><v>1</v></c></row><row r="4">' + row in after
    same_contents(read(tmp_path / "out.xlsx"), book)


def test_a_sheet_without_any_cells(tmp_path):
    book = read(package(tmp_path, HEAD.replace("<sheetData>", "<sheetData/>") + TAIL.removeprefix("</sheetData>")))
    book["s"]["B2"] = 1
    assert '<sheetData><row r="2"><c r="B2"><v>1</v></c></row></sheetData>' in sheet_after(book, tmp_path)


# --- where an element ends -------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("where", "value", "old", "new"),
    [
        ("B1", 9, '<c r="B1"><f>1</f><v/></c>', '<c r="B1"><f>1</f><v>9</v></c>'),
        ("B1", 9, '<c r="B1"><f>1</f></c>', '<c r="B1"><f>1</f><v>9</v></c>'),
        ("B1", 9, '<c r="B1"><f/></c>', '<c r="B1"><f/><v>9</v></c>'),
        ("B1", 9, '<c r="B1"><f/><v/></c>', '<c r="B1"><f/><v>9</v></c>'),
        ("B1", 9, '<c r="B1"><f /> <v /> </c>', '<c r="B1"><f /><v>9</v></c>'),
        ("B1", 9, '<c r="B1"><v/><extLst/></c>', '<c r="B1"><v>9</v><extLst/></c>'),
        ("B1", 9, '<c r="B1"><is><t/></is></c>', '<c r="B1"><v>9</v></c>'),
        ("B1", 9, '<c r="B1"/>', '<c r="B1"><v>9</v></c>'),
        ("B1", 9, "<c r='B1' />", "<c r='B1' ><v>9</v></c>"),
        ("B1", 9, '<c r="B1"></c>', '<c r="B1"><v>9</v></c>'),
        ("B1", 9, '<c r="A1"/>', '<c r="A1"/><c r="B1"><v>9</v></c>'),
        ("B1", 9, '<c r="A1"/><c r="C1"/>', '<c r="A1"/><c r="B1"><v>9</v></c><c r="C1"/>'),
        ("B1", 9, '<c r="A1" s="0"><v/></c><c r="B1"/>', '<c r="A1" s="0"><v/></c><c r="B1"><v>9</v></c>'),
        ("B1", "x", '<c r="B1"><f/></c>', '<c r="B1" t="inlineStr"><f/><is><t>x</t></is></c>'),
        ("B1", None, '<c r="B1"><f/><v>1</v></c>', '<c r="B1"><f/></c>'),
    ],
)
def test_cells_with_elements_closed_in_themselves(tmp_path, where, value, old, new):
    source = package(tmp_path, f'{HEAD}<row r="1">{old}</row>{TAIL}')
    book = read(source)
    if book["s"].computed().any():
        set_value(book, where, value)
    else:
        book["s"][where] = value
    assert sheet_after(book, tmp_path) == f'{HEAD}<row r="1">{new}</row>{TAIL}'


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('<sheetData><row r="2"/></sheetData>', '<sheetData><row r="2"><c r="A2"><v>9</v></c></row></sheetData>'),
        ('<sheetData><row r="2" /> </sheetData>', '<sheetData><row r="2" ><c r="A2"><v>9</v></c></row> </sheetData>'),
        (
            "<sheetData><row r='2'></row></sheetData>",
            "<sheetData><row r='2'><c r=\"A2\"><v>9</v></c></row></sheetData>",
        ),
        ("<sheetData><row/><row/></sheetData>", '<sheetData><row/><row><c r="A2"><v>9</v></c></row></sheetData>'),
        (
            '<sheetData><row r="1"/><row r="3"/></sheetData>',
            '<sheetData><row r="1"/><row r="2"><c r="A2"><v>9</v></c></row><row r="3"/></sheetData>',
        ),
        (
            '<sheetData><row r="1"/></sheetData>',
            '<sheetData><row r="1"/><row r="2"><c r="A2"><v>9</v></c></row></sheetData>',
        ),
        (
            '<sheetData><row r="2" spans="2:3" ht="20"/></sheetData>',
            '<sheetData><row r="2" ht="20"><c r="A2"><v>9</v></c></row></sheetData>',
        ),
        ("<sheetData/>", '<sheetData><row r="2"><c r="A2"><v>9</v></c></row></sheetData>'),
        ("<sheetData />", '<sheetData ><row r="2"><c r="A2"><v>9</v></c></row></sheetData>'),
        ("<sheetData></sheetData>", '<sheetData><row r="2"><c r="A2"><v>9</v></c></row></sheetData>'),
    ],
)
@pytest.mark.parametrize("tail", ["", "<pageMargins/>", "<!-- the end -->"])
def test_rows_with_elements_closed_in_themselves(tmp_path, old, new, tail):
    head, end = f'<worksheet xmlns="{MAIN}"><dimension ref="A1:C3"/>', tail + "</worksheet>"
    book = read(package(tmp_path, head + old + end))
    book["s"]["A2"] = 9
    assert sheet_after(book, tmp_path) == head + new + end


def test_a_shared_formula_without_values(tmp_path):
    book = read(package(tmp_path, re.sub("<v>.*?</v>", "", SHARED)))
    recalculate(book)
    after = sheet_after(book, tmp_path)
    assert '<c r="B2"><f t="shared" si="0"/><v>1</v></c></row><row r="3">' in after
    same_contents(read(tmp_path / "out.xlsx"), book)


# --- files of other programs ----------------------------------------------------------------------------------------
def test_prefixed_elements_keep_their_prefix(tmp_path):
    xml = SHEET.replace("<", "<x:").replace("<x:/", "</x:").replace("xmlns=", "xmlns:x=")
    book = read(package(tmp_path, xml))
    set_value(book, "B1", "two  words ")
    book["s"]["A2"] = "new"
    after = sheet_after(book, tmp_path)
    assert '<x:c r="B1" t="str"><x:f>A1*2</x:f><x:v xml:space="preserve">two  words </x:v></x:c>' in after
    assert '<x:row r="2"><x:c r="A2" t="inlineStr"><x:is><x:t>new</x:t></x:is></x:c></x:row>' in after
    same_contents(read(tmp_path / "out.xlsx"), book)


def test_cells_and_rows_without_addresses(tmp_path):
    xml = HEAD + "<row><c><v>1</v></c><c><f>A1</f><v>1</v></c></row><row><c><v>3</v></c></row>" + TAIL
    book = read(package(tmp_path, xml))
    set_value(book, "B1", 8)
    set_value(book, "A2", 9)
    expected = xml.replace("<f>A1</f><v>1</v>", "<f>A1</f><v>8</v>").replace("<v>3</v>", "<v>9</v>")
    assert sheet_after(book, tmp_path) == expected


def test_inline_texts_extensions_and_odd_markup(tmp_path):
    first = "<c\n r='A1' t = 'inlineStr' ><is><t>old</t></is><extLst><v>5</v></extLst></c >"
    xml = f"{HEAD}<row r='1' ><!-- c --> {first}<c r='B1' s='0' vm='1'><v>1</v></c></row>{TAIL}"
    book = read(package(tmp_path, xml))
    book["s"]["A1"] = 3
    book["s"]["B1"] = 4
    after = sheet_after(book, tmp_path)
    assert "<c\n r='A1' ><v>3</v><extLst><v>5</v></extLst></c><c r='B1' s='0'><v>4</v></c></row>" in after


@pytest.mark.parametrize(
    "encoded",
    [
        '<?xml version="1.0" encoding="UTF-16"?>' + SHEET,
        '<?xml version="1.0" encoding="iso-8859-1"?>' + SHEET,
        "\ufeff" + SHEET,
    ],
)
def test_other_encodings(tmp_path, encoded):
    text = encoded.replace('<f>A1&amp;""</f><v>2</v>', '<f>A1&amp;"é"</f><v>é</v>')
    codec = "utf-16" if "UTF-16" in text else "latin-1" if "8859" in text else "utf-8"
    book = read(package(tmp_path, text.encode(codec)))
    set_value(book, "B1", "日本")
    assert "<f>A1*2</f><v>日本</v>" in sheet_after(book, tmp_path)
    same_contents(read(tmp_path / "out.xlsx"), book)


def test_utf8_is_left_alone():
    for start in (b"<a/>", b'<?xml version="1.0" encoding="UTF-8"?><a/>', b"\xef\xbb\xbf<a/>"):
        assert utf8(start) is start
    assert utf8("<a>é</a>".encode("utf-16-le")) == "<a>é</a>".encode()


def test_rows_out_of_order_are_refused(tmp_path):
    rows = '<row r="3"><c r="A3"><v>1</v></c></row><row r="1"><c r="A1"><v>1</v></c></row>'
    book = read(package(tmp_path, HEAD + rows + TAIL))
    set_value(book, "A1", 2)
    with pytest.raises(InputError, match="row 1 does not stand in order"):
        refresh.write(book, tmp_path / "out.xlsx")


# --- formulas -------------------------------------------------------------------------------------------------------
SHARED = (
    HEAD + '<row r="1"><c r="A1"><v>1</v></c><c r="B1"><f t="shared" ref="B1:B3" si="0">A1+1</f><v>2</v></c></row>'
    '<row r="2"><c r="B2"><f t="shared" si="0"/><v>1</v></c></row>'
    '<row r="3"><c r="B3"><f t="shared" si="0"/><v>1</v></c></row>' + TAIL
)


def test_a_value_over_the_master_of_a_shared_formula(tmp_path):
    book = read(package(tmp_path, SHARED))
    book["s"]["B1"] = 5
    after = sheet_after(book, tmp_path)
    assert '<c r="B1"><v>5</v></c>' in after
    assert '<c r="B2"><f>A2+1</f><v>1</v></c>' in after
    same_contents(read(tmp_path / "out.xlsx"), book)


def test_new_formulas(tmp_path):
    book = read(package(tmp_path, SHARED))
    book["s"]["C1"] = "=STDEV.S(A1:A3)"
    book["s"]["B2"] = "=A1*3"
    book["s"].array("D1:D2", "=A1:A2*2")
    set_value(book, "C1", 1.5)
    after = sheet_after(book, tmp_path)
    assert '<c r="C1"><f>_xlfn.STDEV.S(A1:A3)</f><v>1.5</v></c>' in after
    assert '<c r="D1"><f t="array" ref="D1:D2">A1:A2*2</f></c>' in after
    assert read(tmp_path / "out.xlsx")["s"].formula_text(2, 1) == "=A3+1"


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
def test_the_lectures_workbooks(tmp_path, name):
    source = ORIGINALS / f"{name}.xlsx"
    if not source.exists():
        pytest.skip("the lecture's own workbooks are not here")
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


# --- damage that a mistake of ours would do ---------------------------------------------------------------------------
DAMAGED = re.escape("at s!B1 or right after it, the copy is damaged: xl/worksheets/sheet1.xml is not well-formed XML")


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("<v>5</v></c>", "</c><v>5</v></c>", DAMAGED),
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
        ('<row r="3">', '</sheetData><sheetData><row r="3">', "s!A3 would be None, not True"),
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
    sheet.num[0, 2], sheet.kind[0, 2] = LACKING, ERROR
    refresh.write(book, tmp_path / "out.xlsx")
    assert read(tmp_path / "out.xlsx")["s"]["A1:C1"] == [["half _xD800_", 0.0, "#NAME?"]]


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
