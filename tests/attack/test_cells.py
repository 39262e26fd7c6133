"""Sheets whose XML is unusual or hostile: the reader and the writer of new values see the same cells, or say where not.

What is expected is written by hand, and openpyxl reads what was written."""

from __future__ import annotations

import random
import re
from io import BytesIO
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from book_by_hand import MAIN, write
from small_books import same_contents
from zips import members

from exporters import refresh, xlsx
from sheetsim.engine.numpy_engine import recalculate
from sheetsim.errors import SheetsimError
from sheetsim.reading.book import read

Cells = dict[str, tuple[Any, Any]]  # address → formula, or the plain value; value
pytestmark = pytest.mark.filterwarnings("ignore:Unknown extension:UserWarning")  # openpyxl's, of those in its way
HEAD, TAIL = f'<worksheet xmlns="{MAIN}" xmlns:z="{MAIN}" xmlns:q="urn:q"><sheetData>', "</sheetData></worksheet>"


def cells_of(path: Path) -> Cells:
    """What openpyxl reads of the sheet ``s``."""
    content = path.read_bytes()  # from a path it would leave a file open that it cannot read
    formulas, values = (openpyxl.load_workbook(BytesIO(content), data_only=only)["s"] for only in (False, True))
    found = {cell.coordinate: (cell.value, values[cell.coordinate].value) for row in formulas for cell in row}
    plain = {
        where: (getattr(formula, "text", formula), value)  # an array formula is an object
        for where, (formula, value) in found.items()
    }
    return {where: pair for where, pair in plain.items() if pair != (None, None)}


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


# --- random changes ---------------------------------------------------------------------------------------------------
SEED = (
    f'<worksheet xmlns="{MAIN}" xmlns:z="{MAIN}" xmlns:q="urn:q"><dimension ref="A1:D5"/><sheetData>'
    '<row r="1" spans="1:4"><c r="A1"><v>2</v></c><c r="B1"><f>A1*2</f><v>0</v></c>'
    '<c r="C1" t="str"><f>A1&amp;"x"</f><v>old</v></c><c r="D1" t="s"><v>0</v></c></row>'
    '<row r="2"><c r="A2"><v>3</v></c><c r="B2"><f t="shared" ref="B2:B4" si="0">A2*B1</f><v>1</v></c></row>'
    '<row r="3"><c r="A3" t="inlineStr"><is><t>text</t></is></c><c r="B3"><f t="shared" si="0"/><v>1</v></c></row>'
    '<row><c r="A4" t="b"><v>1</v></c><c r="B4"><f t="shared" si="0"/></c><c><f>A1&gt;1</f></c></row>'
    '<row r="5"><c s="0"/><c><f>SUM(A1:A4)</f><v>0</v><extLst><ext uri="x"><q:v>1</q:v></ext></extLst></c></row>'
    "</sheetData></worksheet>"
)
ELEMENT = re.compile(r"<([\w:]+)(?:[^>]*/>|[^>]*>[^<]*</\1>)")
PIECES = ["<q:v>7</q:v>", "<v>7</v>", "<!-- <c> -->", "<row/>", "<f/>", "<c/>", '<c r="B2"/>', "<z:v>8</z:v>", " "]
PIECES += [
    ' r="B3"',
    ' t="str"',
    """ q:t="> t='b' " """,
    "<extLst><v>1</v></extLst>",
    '<z:c r="E9"><z:f>1+1</z:f></z:c>',
]


def mutated(rng: random.Random, xml: str) -> str:
    """The sheet with one to three changes in its rows."""
    for _ in range(rng.randint(1, 3)):
        first = xml.index("<sheetData") + 11
        elements = [found.span() for found in ELEMENT.finditer(xml, first)] or [(first, first)]
        start, end = rng.choice(elements)
        element, place = xml[start:end], rng.choice([*(each for pair in elements for each in pair)])
        kind = rng.randrange(7)
        if kind == 0:
            xml = xml[:start] + xml[end:]
        elif kind == 1:
            xml = xml[:place] + element + xml[place:]
        elif kind == 2:
            xml = xml[:place] + rng.choice(PIECES) + xml[place:]
        elif kind == 3:  # another prefix
            xml = xml[:start] + re.sub(r"<(/?)(?=\w+[\s/>])", rf"<\1{rng.choice('zzzq')}:", element) + xml[end:]
        elif kind == 4:  # an attribute goes
            found = rng.choice([*re.finditer(r'\s\w+="[^"]*"', xml[first:])])
            xml = xml[: first + found.start()] + xml[first + found.end() :]
        elif kind == 5:  # an attribute comes
            at = rng.choice([found.end() for found in re.finditer(r"<[\w:]+", xml[first:])]) + first
            xml = xml[:at] + rng.choice(PIECES[9:12]) + xml[at:]
        else:
            at = rng.randrange(first, len(xml))
            xml = xml[:at] + rng.choice("0123456789ABCr<>/ \"'=:") + xml[at + rng.randrange(2) :]
    return xml


def openpyxl_reads(path: Path) -> Cells | None:
    try:
        return cells_of(path)
    except Exception:  # it raises whatever comes
        return None


def attacked(xml: str, folder: Path) -> str:
    """Recalculates a copy of a file with this sheet; raises AssertionError where what was written is wrong."""
    source = write(folder / "book.xlsx", "", sheet=xml)
    try:
        before = read(source)
        out = recalculated(source)
    except SheetsimError as error:
        return f"wrong: {error}" if "would be" in str(error) else "refused"  # found out when it was read back
    fresh, seen = folder / "fresh.xlsx", openpyxl_reads(source)
    xlsx.write(before, fresh)
    if seen is None or cells_of(fresh) != seen:
        return "read in another way by openpyxl"
    after = read(source)
    recalculate(after)
    xlsx.write(after, fresh)
    assert cells_of(out) == cells_of(fresh)
    return "held"


def test_random_changes(tmp_path: Path) -> None:
    rng = random.Random(10)
    came = [attacked(mutated(rng, SEED), tmp_path) for _ in range(80)]
    assert [each for each in came if each.startswith("wrong")] == []
    assert came.count("held") > 20
    assert came.count("refused") > 20
