"""References to other files: the values that a file stores of them, in the parts that Excel writes for that."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from book_by_hand import CONTENT_TYPES, MAIN, TYPE, relations
from conftest import Run
from zips import members, pack

from sheetsim.reading.book import read
from sheetsim.workbook import Workbook

RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
LINK = (
    f'<externalLink xmlns="{MAIN}" xmlns:r="{TYPE[:-1]}"><externalBook r:id="r0">'
    '<sheetNames><sheetName val="Sheet1"/><sheetName val="my sheet"/><sheetName val="gone"/></sheetNames>'
    '<definedNames><definedName name="rate" refersTo="=Sheet1!$A$1"/>'
    '<definedName name="own" refersTo="=\'my sheet\'!$B$2" sheetId="1"/></definedNames>'
    '<sheetDataSet><sheetData sheetId="0"><row r="1"><cell r="A1"><v>2.5</v></cell>'
    '<cell r="B1" t="str"><v>text</v></cell></row><row r="2"><cell r="A2"><v>4</v></cell></row>'
    '<row r="9"><cell r="A9" t="b"><v>1</v></cell><cell r="B9" t="e"><v>#N/A</v></cell></row></sheetData>'
    '<sheetData sheetId="1"><row r="2"><cell r="B2"><v>7</v></cell></row></sheetData>'
    '<sheetData sheetId="2" refreshError="1"><row r="1"><cell r="A1"><v>9</v></cell></row></sheetData>'
    "</sheetDataSet></externalBook></externalLink>"
)
OUTSIDE = (
    f'<Relationships xmlns="{RELATIONS}"><Relationship Id="r0" Type="{TYPE}externalLinkPath" '
    'Target="file:///C:\\work\\my%20budget.xlsx" TargetMode="External"/></Relationships>'
)

#: What a formula comes to with these values; None where the file stores none.
FORMULAS: dict[str, Any] = {
    "[1]Sheet1!A1*2": 5.0,
    "[1]Sheet1!$A$1+A1": 3.5,
    "[1]Sheet1!B1": "text",
    "[1]Sheet1!A9": True,
    "[1]Sheet1!B9": "#N/A",
    "SUM([1]Sheet1!A1:A8)": 6.5,
    "SUM([1]Sheet1!$A:$A)": 6.5,
    "SUM('[1]my sheet'!A1:C3)": 7.0,
    "'[1]my sheet'!B2": 7.0,
    'SUMIF([1]Sheet1!A1:A2,">3")': 4.0,
    "INDEX([1]Sheet1!A1:A2,2)": 4.0,
    "[1]!rate*2": 5.0,
    "'[1]my sheet'!own": 7.0,
    "IFERROR([1]Sheet1!C5,0)": None,
    "[1]gone!A1": None,
    "[1]nowhere!A1": None,
    "[2]Sheet1!A1": None,
    "[1]!nothing": None,
}


def book(path: Path, formulas: list[str], link: str = LINK) -> Path:
    rows = "".join(f'<row r="{n}"><c r="B{n}"><f>{f}</f><v>-1</v></c></row>' for n, f in enumerate(formulas, 2))
    rows = rows.replace('>3"', '&gt;3"')
    parts = {
        "[Content_Types].xml": CONTENT_TYPES,
        "_rels/.rels": relations(("officeDocument", "xl/workbook.xml")),
        "xl/_rels/workbook.xml.rels": relations(("worksheet", "s.xml"), ("externalLink", "link.xml")),
        "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{TYPE[:-1]}"><sheets><sheet name="s" sheetId="1" '
        'r:id="r0"/></sheets><externalReferences><externalReference r:id="r1"/></externalReferences></workbook>',
        "xl/s.xml": f'<worksheet xmlns="{MAIN}"><sheetData><row r="1"><c r="A1"><v>1</v></c></row>{rows}</sheetData>'
        "</worksheet>",
        "xl/link.xml": link,
        "xl/_rels/link.xml.rels": OUTSIDE,
    }
    return pack(path, parts)


@pytest.mark.parametrize("formula", FORMULAS)
def test_what_is_stored_is_used(formula: str, tmp_path: Path) -> None:
    import sheetsim

    made = sheetsim.open(book(tmp_path / "in.xlsx", [formula]))
    assert isinstance(made, Workbook)
    made.recalculate()
    got, wanted = made["s"]["B2"], FORMULAS[formula]
    assert got == ("#UNSUPPORTED!" if wanted is None else wanted)
    if wanted is None:
        assert got.reason.kind.startswith("a reference to another file")


def test_the_formula_is_written_as_it_was(tmp_path: Path, run: Run) -> None:
    path = book(tmp_path / "in.xlsx", list(FORMULAS))
    ran = run("recalc", path, "--out", tmp_path / "out.xlsx")
    assert ran.status == 3
    assert "refers to other files; the values that it stores of them are used: my budget.xlsx" in ran.err
    assert "13 of 18 formula cells computed" in ran.out
    before, after = members(path), members(tmp_path / "out.xlsx")
    assert {name for name in before if before[name] != after[name]} == {"xl/s.xml"}
    copy = read(tmp_path / "out.xlsx")["s"]
    assert [copy.value(row, 1) for row in range(1, 19)] == [-1.0 if v is None else v for v in FORMULAS.values()]


def test_explain_says_where_a_value_is_from(tmp_path: Path, run: Run) -> None:
    path = book(tmp_path / "in.xlsx", ["[1]Sheet1!A1*2", "[1]gone!A1"])
    assert "stored here of my budget.xlsx" in run("explain", path, "s!B2").out
    assert "not computed: a reference to another file" in run("explain", path, "s!B3").out


@pytest.mark.parametrize(
    "link",
    [
        "<externalLink/>",
        LINK.replace('r="A1"', 'r="oops"'),
        LINK.replace("<v>2.5</v>", "<v>1e999</v>"),
        LINK.replace('sheetId="0"', 'sheetId="77"'),
        LINK.replace('r="A9"', 'r="XFD1048576"'),
    ],
    ids=["nothing", "no address", "no number", "no sheet", "far apart"],
)
def test_what_cannot_be_read_of_a_link_is_not_there(link: str, tmp_path: Path, run: Run) -> None:
    ran = run("recalc", book(tmp_path / "in.xlsx", ["[1]Sheet1!A1"], link), "--out", tmp_path / "out.xlsx")
    assert ran.status == 3
    assert "a reference to another file" in ran.out


def test_a_damaged_link_is_one_line(tmp_path: Path, run: Run) -> None:
    ran = run("recalc", book(tmp_path / "in.xlsx", ["1"], "<externalLink>"), "--out", tmp_path / "out.xlsx")
    assert (ran.status, ran.err.count("\n")) == (2, 1)
    assert "link.xml is not well-formed XML" in ran.err
