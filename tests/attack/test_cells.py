"""Sheets whose XML is unusual or hostile: the reader and the writer of new values see the same cells, or say where not.

What is expected is written by hand, and openpyxl reads what was written."""

from __future__ import annotations

from pathlib import Path

import pytest
from book_by_hand import MAIN, write
from cells_by_openpyxl import Cells, cells_of
from small_books import same_contents
from zips import members

from exporters import refresh
from sheetsim.engine.numpy_engine import recalculate
from sheetsim.errors import SheetsimError
from sheetsim.model.sheet import Book
from sheetsim.model.values import TEXTS
from sheetsim.reading.book import opened_as, read

HEAD, TAIL = f'<worksheet xmlns="{MAIN}" xmlns:z="{MAIN}" xmlns:q="urn:q"><sheetData>', "</sheetData></worksheet>"


def recalculated(source: Path) -> Path:
    """A copy of the file with its formulas computed, as ``recalc`` makes it."""
    book = read(source)
    recalculate(book, strict=True)
    refresh.write(book, source.with_name("out.xlsx"))
    same_contents(read(source.with_name("out.xlsx")), book)
    return source.with_name("out.xlsx")


# --- cases that were found --------------------------------------------------------------------------------------------
A1, B1 = '<c r="A1"><v>2</v></c>', '<c r="B1"><f>A1*2</f><v>9</v></c>'
DOUBLED = {"A1": (2, 2), "B1": ("=A1*2", 4)}
CLOSED = {"A2": ("=", 3), "B2": ("=A2*2", 6)}  # without a text it is no formula
HELD = [
    (
        "cells tell the row",
        '<row><c r="A5"><v>2</v></c><c r="B5"><f>A5*2</f><v>9</v></c></row>',
        {"A5": (2, 2), "B5": ("=A5*2", 4)},
    ),
    (
        "cells tell the row, and one before it has no number either",
        '<row><c r="A1"><v>1</v></c></row><row/><row><c r="A5"><v>2</v></c><c r="B5"><f>A5*2</f></c></row>',
        {"A1": (1, 1), "A5": (2, 2), "B5": ("=A5*2", 4)},
    ),
    ("another prefix for a cell", f'<row>{A1}<z:c r="B1"><z:f>A1*2</z:f></z:c></row>', DOUBLED),
    (
        "a prefix declared where it is used",
        f'<row>{A1}<y:c xmlns:y="{MAIN}" r="B1"><y:f>A1*2</y:f><y:v>9</y:v></y:c></row>',
        DOUBLED,
    ),
    ("another prefix for the parts", f'<row>{A1}<c r="B1"><z:f>A1*2</z:f><z:v>9</z:v></c></row>', DOUBLED),
    ("another prefix for the row", f'<z:row><z:c r="A1"><v>2</v></z:c>{B1}</z:row>', DOUBLED),
    (
        "another default namespace around",
        '<z:row xmlns="urn:q"><z:c r="A1"><z:v>2</z:v></z:c><z:c r="B1"><z:f>A1*2</z:f></z:c></z:row>',
        DOUBLED,
    ),
    (
        "values in an extension",
        f'<row>{A1[:-4]}<extLst><ext uri="x"><q:v>7</q:v><v>7</v><f>1</f></ext></extLst></c>{B1}</row>',
        DOUBLED,
    ),
    ("a foreign value", f"<row>{A1[:-4]}<q:v>7</q:v></c>{B1[:-4]}<q:f>7</q:f></c></row>", DOUBLED),
    (
        "an attribute that holds another's text",
        f"""<row q:r=" r='9' spans='1:1' ">{A1}<c r="B1" q:t="> t='str' "><f>A1*2</f></c></row>""",
        DOUBLED,
    ),
    ("a foreign type", f'<row>{A1}<c r="B1" q:t="str" t="n"><f>A1*2</f></c></row>', DOUBLED),
    (
        "rows and parts closed in themselves",
        '<row r="1"/><row><c r="A2"><f/><v>3</v></c><c><f>A2*2</f><v/></c></row>',
        CLOSED,
    ),
    (
        "comments and instructions",
        f"<!-- <row> --><row><?x <c?>{A1}<!-- <c> -->{B1[:-4]}<!-- </c> --></c></row>",
        DOUBLED,
    ),
    ("character data", f'<row>{A1}<c r="B1"><f><![CDATA[A1*2]]></f><v><![CDATA[9]]></v></c></row>', DOUBLED),
    ("a value before the formula", f'<row>{A1}<c r="B1"><v>9</v><f>A1*2</f></c></row>', DOUBLED),
    ("two empty values", f'<row>{A1}<c r="B1"><f>A1*2</f><v/><v></v></c></row>', DOUBLED),
]


def sheet_xml(cells: str) -> str:
    return HEAD + cells + TAIL


@pytest.mark.parametrize(("cells", "expected"), [row[1:] for row in HELD], ids=[row[0] for row in HELD])
def test_new_values_go_where_the_old_ones_were_read(cells: str, expected: Cells, tmp_path: Path) -> None:
    source = write(tmp_path / "book.xlsx", "", sheet=sheet_xml(cells))
    assert cells_of(recalculated(source)) == expected


def test_foreign_rows_and_cells_are_none(tmp_path: Path) -> None:
    """Here openpyxl is no judge: it takes whatever stands in a row for a cell."""
    cells = f'<q:row><c r="A1"><v>7</v></c></q:row><row>{A1}<q:c r="A1"><v>7</v></q:c>{B1}<q:c r="B1"/></row>'
    xml = sheet_xml(cells).replace("<sheetData>", "<q:sheetData><row/></q:sheetData><sheetData>")
    out = recalculated(write(tmp_path / "book.xlsx", "", sheet=xml))
    assert members(out)["xl/s.xml"].decode() == xml.replace("<v>9<", "<v>4<")


def test_nothing_else_changes(tmp_path: Path) -> None:
    cells = """<z:row q:r=" r='9' "><!-- x --><c\n r='A1' q:t="> t='str' "  ><v>2</v ></c>
        <z:c r="B1" ><z:f >A1*2</z:f> <z:v>9</z:v><extLst><v>9</v></extLst> </z:c ></z:row>"""
    out = recalculated(write(tmp_path / "book.xlsx", "", sheet=sheet_xml(cells)))
    assert members(out)["xl/s.xml"].decode() == sheet_xml(cells.replace("<z:v>9<", "<z:v>4<"))


@pytest.mark.parametrize(
    ("start", "codec"),
    [
        ('<?xml version="1.0" encoding="iso-8859-1"?>', "latin-1"),
        ('\xef\xbb\xbf<?xml version="1.0" encoding="iso-8859-1"?>', "latin-1"),  # the mark of UTF-8 loses
        ('<?xml version="1.0" encoding="us-ascii"?>', "ascii"),
        ('<?xml version="1.0" encoding="windows-1252"?>', "cp1252"),
        ('<?xml version="1.0" encoding="UTF-16"?>', "utf-16"),
        ("", "utf-16"),
        ("", "utf-8"),
    ],
)
def test_an_encoding_is_read_in_one_way(start: str, codec: str, tmp_path: Path) -> None:
    cells = '<row><c r="A1" t="str"><f>"\\n"&amp;"&#26085;&#233;"</f><v>9</v></c></row>'
    source = write(tmp_path / "book.xlsx", "", sheet=(start + sheet_xml(cells)).encode(codec))
    book = read(recalculated(source))
    assert book["s"]["A1"] == "\\n日é"


@pytest.mark.parametrize(
    ("cells", "reason"),
    [
        (f"<row>{A1}<c><v>1</v><v>2</v></c></row>", "s: <v> has no place where it stands in cell B1"),
        (f"<row>{A1}<c><f>1</f><f>2</f></c></row>", "s: <f> has no place where it stands in cell B1"),
        ("<row><c><is><f>1</f></is></c></row>", "s: <f> has no place where it stands in cell A1"),
        ("<row><c><v>1<v>2</v></v></c></row>", "s: <v> has no place where it stands in cell A1"),
        ("<row><v>1</v></row>", "s: <v> has no place in row 1"),
        ("<row><c><t>1</t></c></row>", "s: <t> has no place where it stands in cell A1"),
        ("<rov/>", "s: <rov> has no place among the rows"),
        ('<row><C r="A1"><v>1</v></C></row>', "s: <C> has no place in row 1"),
        ("</sheetData><sheetData>", "s: it has its cells in two places"),
        (f'<row r="1">{A1}<c r="B2"><f>A1*2</f></c></row>', "s!B2 stands in row 1"),
        (f"<row>{A1}<c r='B2'><f>A1*2</f></c></row>", "s!B2 stands in row 1"),
        (f'<row r="1">{B1}<c r="A1"><f>1+1</f></c></row>', "s!A1 does not stand in order"),
        (f'<row>{A1}{B1}</row><row r="1"/>', "s: row 1 does not stand in order"),
    ],
)
def test_what_can_be_read_in_two_ways_is_refused(cells: str, reason: str, tmp_path: Path) -> None:
    source = write(tmp_path / "book.xlsx", "", sheet=sheet_xml(cells))
    with pytest.raises(SheetsimError) as caught:
        recalculated(source)
    assert str(caught.value) == f"{source}: {reason}"
    assert not (tmp_path / "out.xlsx").exists()


@pytest.mark.parametrize(
    ("sheet", "reason"),
    [
        (f'<chartsheet xmlns="{MAIN}"/>', "s: its part is <chartsheet>, not a worksheet"),
        (
            sheet_xml(f"<row>{A1}{B1}</row>").replace("<sheetData>", '<dimension ref=""/><sheetData>'),
            "s: its stated extent: '' is not a cell address",
        ),
    ],
)
def test_what_stands_around_the_rows(sheet: str, reason: str, tmp_path: Path) -> None:
    source = write(tmp_path / "book.xlsx", "", sheet=sheet)
    with pytest.raises(SheetsimError) as caught:
        recalculated(source)
    assert str(caught.value).startswith(f"{source}: {reason}")


def test_a_text_of_very_many_runs(tmp_path: Path) -> None:
    """Linear in their number: joined one by one they would take minutes."""
    runs = "<r><t>ab</t></r>" * 200_000
    source = write(tmp_path / "book.xlsx", f'<row><c t="inlineStr"><is>{runs}</is></c></row>')
    assert read(source)["s"]["A1"] == "ab" * 200_000


# --- shared strings ---------------------------------------------------------------------------------------------------
STRICT = "http://purl.oclc.org/ooxml/spreadsheetml/main"
STRINGS = [  # what stands in the table, with the prefix of a foreign namespace → its texts
    ("<si><t>a</t></si><z:si><z:t>b</z:t></z:si>", ["a", "b"]),
    ("<si><r><rPr><b/></rPr><t>a</t></r><z:r><t>b</t></z:r><rPh sb='0' eb='1'><t>x</t></rPh></si>", ["ab"]),
    ("<q:si><t>x</t></q:si><si><q:t>x</q:t><t>a</t><q:r><t>x</t></q:r></si>", ["a"]),
    ("<si><t>a<q:t>x</q:t>b</t></si>", ["ab"]),
    ("<si><t>a</t><extLst><ext uri='u'><si><t>x</t></si></ext></extLst></si><si/>", ["a", ""]),
    ("<!-- <si> --><si><t><![CDATA[<t>]]></t></si>x", ["<t>"]),
]


@pytest.mark.parametrize("space", [MAIN, STRICT])
@pytest.mark.parametrize(("strings", "texts"), STRINGS)
def test_shared_strings_count_by_namespace(strings: str, texts: list[str], space: str, tmp_path: Path) -> None:
    assert texts_of(f'<sst xmlns="{space}" xmlns:z="{space}" xmlns:q="urn:q">{strings}</sst>', tmp_path) == texts


def texts_of(strings: str, folder: Path) -> list[str]:
    path = write(folder / "book.xlsx", "", strings=strings)
    with opened_as(Book, path) as reader:
        return [TEXTS[place] for place in reader.strings]


@pytest.mark.parametrize(
    ("strings", "reason"),
    [
        (f'<sst xmlns="{MAIN}"><t>a</t></sst>', "<t> has no place in <sst>"),
        (f'<sst xmlns="{MAIN}"><si><b><t>a</t></b></si></sst>', "<b> has no place in <si>"),
        (f'<sst xmlns="{MAIN}"><si><t>a<t>b</t></t></si></sst>', "<t> has no place in <t>"),
        (f'<sst xmlns="{MAIN}"><si><si/></si></sst>', "<si> has no place in <si>"),
        (f'<worksheet xmlns="{MAIN}"/>', "its part is <worksheet>, not a table of shared strings"),
    ],
)
def test_no_text_is_left_out_in_silence(strings: str, reason: str, tmp_path: Path) -> None:
    with pytest.raises(SheetsimError) as caught:
        texts_of(strings, tmp_path)
    assert str(caught.value) == f"{tmp_path / 'book.xlsx'}: xl/strings.xml: {reason}"


def test_names_of_another_namespace_are_none(tmp_path: Path) -> None:
    names = '<definedNames><definedName name="own">s!$A$1</definedName></definedNames>'
    names += '<extLst><ext uri="x" xmlns:q="urn:q"><q:definedName name="own">s!$B$1</q:definedName></ext></extLst>'
    book = f'<sheets><sheet name="s" sheetId="1" r:id="r0"/></sheets>{names}'
    path = write(tmp_path / "book.xlsx", f"<row>{A1}<c><v>5</v></c><c><f>own</f></c></row>", book)
    assert cells_of(recalculated(path))["C1"] == ("=own", 2)
