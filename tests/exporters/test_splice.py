"""New values spliced into a sheet's XML: the cell changes, all else stays to the letter."""

import re

import pytest
from small_books import HEAD, MAIN, SHEET, TAIL, package, same_contents, set_value, sheet_after
from zips import members

from exporters import refresh
from exporters.splice import single_bytes
from sheetsim.engine.numpy_engine import recalculate
from sheetsim.errors import InputError
from sheetsim.model.values import ExcelError
from sheetsim.reading.book import read


# --- one change at a time -------------------------------------------------------------------------------------------
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
        ("B1", 9, '<c r="B1"><f /> <v /> </c>', '<c r="B1"><f /> <v>9</v> </c>'),
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
    assert "<c\n r='A1' ><v>3</v><extLst><v>5</v></extLst></c ><c r='B1' s='0'><v>4</v></c></row>" in after


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
    refresh.write(book, tmp_path / "out.xlsx")
    expected = "日本" if codec != "latin-1" else "&#26085;&#26412;"
    after = members(tmp_path / "out.xlsx")["xl/worksheets/sheet1.xml"]
    assert f"<f>A1*2</f><v>{expected}</v>" in after.decode(codec if codec != "utf-16" else "utf-8")
    same_contents(read(tmp_path / "out.xlsx"), book)


def test_only_utf16_is_encoded_anew():
    for start in (b"<a/>", b'<?xml version="1.0" encoding="latin-1"?><a/>', b"\xef\xbb\xbf<a/>"):
        assert single_bytes(start) is start
    assert single_bytes("<a>é</a>".encode("utf-16-le")) == "<a>é</a>".encode()


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
