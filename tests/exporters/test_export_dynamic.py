"""Dynamic array formulas in files: as Excel writes them, and as it reads them."""

from __future__ import annotations

import zipfile
from pathlib import Path
from xml.etree import ElementTree

import pytest
from places import SHARED

import sheetsim
from exporters import metadata
from exporters.formulas import Stored
from sheetsim import Workbook
from sheetsim.model.formula import Formula
from sheetsim.model.nodes import meaning
from sheetsim.model.values import ExcelError

BY_EXCEL = SHARED / "excel-files" / "spill_operator.xlsx"


def made(path: Path, size: int = 3) -> Path:
    book = Workbook("made")
    sheet = book.add_sheet("s")
    sheet["A1"] = size
    sheet["B1"] = "=SEQUENCE(A1)"
    sheet["C1"] = "=SUM(B1#)"
    sheet["D1"] = "=SORT(FILTER(B1#,B1#>1),,-1)"
    sheet.fill("E1:E3", "=$A$1*2")
    sheet.array("F1:F2", "=A1:A2+1")
    book.save(path)
    return path


def part(path: Path, name: str) -> str:
    with zipfile.ZipFile(path) as archive:
        return archive.read(name).decode()


def cell(path: Path, where: str) -> str:
    xml = part(path, "xl/worksheets/sheet1.xml")
    start = xml.index(f'<c r="{where}"')
    return xml[start : xml.index("</c>", start) + 4]


def test_the_cell_points_to_its_metadata(tmp_path: Path) -> None:
    path = made(tmp_path / "made.xlsx")
    assert cell(path, "B1") == '<c r="B1" cm="1"><f t="array" ref="B1:B3">_xlfn.SEQUENCE(A1)</f><v>1</v></c>'
    assert cell(path, "B2") == '<c r="B2"><v>2</v></c>'
    assert '<f t="array" ref="C1">SUM(_xlfn.ANCHORARRAY(B1))</f>' in cell(path, "C1")
    anchor = "_xlfn.ANCHORARRAY(B1)"
    assert f"_xlfn._xlws.SORT(_xlfn._xlws.FILTER({anchor},{anchor}&gt;1),,-1)" in cell(path, "D1")
    assert " cm=" not in cell(path, "F1"), "an ordinary array formula"


def _tree(element: ElementTree.Element) -> tuple[object, ...]:
    return element.tag, sorted(element.attrib.items()), [_tree(child) for child in element]


def _entry(root: ElementTree.Element, tag: str) -> list[object]:
    return [_tree(e) for e in root.iter() if e.tag.endswith(tag) and e.get("name", "XLDAPR") == "XLDAPR"]


def test_the_part_says_what_excel_says() -> None:
    if not BY_EXCEL.exists():
        pytest.skip("the workbooks that Excel saved are not here (../shared/excel-files)")
    ours, excel = (ElementTree.fromstring(text) for text in (metadata.XML, part(BY_EXCEL, "xl/metadata.xml")))
    for tag in ("metadataType", "futureMetadata"):
        assert _entry(ours, tag) == _entry(excel, tag) != []
    types = part(BY_EXCEL, "[Content_Types].xml")
    assert f'PartName="/{metadata.PART}" ContentType="{metadata.TYPE}"' in types
    assert metadata.LINK in part(BY_EXCEL, "xl/_rels/workbook.xml.rels")


def test_the_package_lists_the_part_only_where_it_is_needed(tmp_path: Path) -> None:
    path = made(tmp_path / "made.xlsx")
    assert metadata.TYPE in part(path, "[Content_Types].xml")
    assert metadata.LINK in part(path, "xl/_rels/workbook.xml.rels")
    sheetsim.build("entropy_example").save(tmp_path / "plain.xlsx")
    assert metadata.TYPE not in part(tmp_path / "plain.xlsx", "[Content_Types].xml")


def test_read_back_they_are_dynamic_still(tmp_path: Path) -> None:
    book = sheetsim.open(made(tmp_path / "made.xlsx"))
    assert book["s"].dynamic == {(0, 1), (0, 2), (0, 3)}
    book["s"]["A1"] = 5
    book.recalculate()
    assert book["s"]["B1:D6"] == [[1, 15, 5], [2, None, 4], [3, None, 3], [4, None, 2], [5, None, None], [None] * 3]


@pytest.mark.parametrize("size", [1, 2, 7])
def test_a_recalculated_copy_has_the_new_cells(tmp_path: Path, size: int) -> None:
    book = sheetsim.open(made(tmp_path / "made.xlsx"))
    book["s"]["A1"] = size
    book.save(tmp_path / "copy.xlsx")
    ref = "B1" if size == 1 else f"B1:B{size}"
    assert f'cm="1"><f t="array" ref="{ref}">' in cell(tmp_path / "copy.xlsx", "B1")
    back = sheetsim.open(tmp_path / "copy.xlsx")["s"]
    assert [row[0] for row in back["B1:B8"]] == [*range(1, size + 1), *[None] * (8 - size)]
    assert back["C1"] == size * (size + 1) / 2


def test_a_formula_becomes_dynamic_in_a_copy_of_a_file_without_any(tmp_path: Path) -> None:
    book = Workbook("plain")
    book.add_sheet("s").values("A1", [[2], [1]])
    book.save(tmp_path / "plain.xlsx")
    book = sheetsim.open(tmp_path / "plain.xlsx")
    book["s"]["B1"] = "=SORT(A1:A2)"
    book.save(tmp_path / "copy.xlsx")
    assert 'cm="1"' in cell(tmp_path / "copy.xlsx", "B1")
    assert part(tmp_path / "copy.xlsx", "xl/metadata.xml") == metadata.XML
    again = sheetsim.open(tmp_path / "copy.xlsx")["s"]
    assert (again.dynamic, again["B1:B2"]) == ({(0, 1)}, [[1], [2]])
    again["B1"] = 9
    again.book.save(tmp_path / "third.xlsx")
    assert 'cm="' not in cell(tmp_path / "third.xlsx", "B1")
    assert sheetsim.open(tmp_path / "third.xlsx")["s"]["B1:B2"] == [[9], [None]]


def test_what_has_no_room_is_stored_as_an_error(tmp_path: Path) -> None:
    book = sheetsim.open(made(tmp_path / "made.xlsx"))
    book["s"]["B2"] = "no"
    book.save(tmp_path / "blocked.xlsx")
    assert cell(tmp_path / "blocked.xlsx", "B1").endswith("<v>#SPILL!</v></c>")
    back = sheetsim.open(tmp_path / "blocked.xlsx")
    assert back["s"]["B1"] == ExcelError("#SPILL!")
    assert str(sheetsim.check(back)).endswith(" 0 differences")


def test_other_metadata_makes_no_formula_dynamic(tmp_path: Path) -> None:
    path = made(tmp_path / "made.xlsx")
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(tmp_path / "other.xlsx", "w") as new:
        for name in old.namelist():
            new.writestr(name, old.read(name).replace(b'fDynamic="1"', b'fDynamic="0"'))
    assert sheetsim.open(tmp_path / "other.xlsx")["s"].dynamic == set()


@pytest.mark.parametrize(
    ("name", "equal"),
    [("spill_operator", 17), ("LOOKUP_AND_REFERENCE__SORT", 239), ("LOOKUP_AND_REFERENCE__HSTACK_VSTACK", 36)],
)
def test_what_excel_computed(name: str, equal: int) -> None:
    path = SHARED / "excel-files" / f"{name}.xlsx"
    if not path.exists():
        pytest.skip("the workbooks that Excel saved are not here (../shared/excel-files)")
    report = sheetsim.check(path)
    assert (report.equal, report.computed, report.differences) == (equal, equal, [])


#: As it is typed → as Excel stores it: facts gathered from files that Excel saved.
STORED = {
    "=LET(x,1,x+1)": "_xlfn.LET(_xlpm.x,1,_xlpm.x+1)",
    "=LET(f,LAMBDA(t,t*3),f(2))": "_xlfn.LET(_xlpm.f,_xlfn.LAMBDA(_xlpm.t,_xlpm.t*3),_xlpm.f(2))",
    "=LAMBDA(x,[y],IF(ISOMITTED(y),x,x+y))(5)": (
        "_xlfn.LAMBDA(_xlpm.x,_xlop.y,IF(_xlfn.ISOMITTED(_xlpm.y),_xlpm.x,_xlpm.x+_xlpm.y))(5)"
    ),
    "=MAP(A1:A3,LAMBDA(A_1,A_1&x))": "_xlfn.MAP(A1:A3,_xlfn.LAMBDA(_xlpm.A_1,_xlpm.A_1&x))",
    "=BYROW(A1:B3,_xleta.SUM)": "_xlfn.BYROW(A1:B3,_xleta.SUM)",
    "=_xlfn.LET(_xlpm.x,1,_xlpm.x)": "_xlfn.LET(_xlpm.x,1,_xlpm.x)",
    "=(A1:A2)#+1": "_xlfn.ANCHORARRAY((A1:A2))+1",
    "=SUM(OFFSET(A1,1,1)#)": "SUM(_xlfn.ANCHORARRAY(OFFSET(A1,1,1)))",
}


@pytest.mark.parametrize("typed", STORED)
def test_names_and_anchors_as_excel_stores_them(typed: str) -> None:
    stored = Stored(Formula.read(typed, 9, 9)).text(9, 9)
    assert stored == STORED[typed]
    assert meaning(Formula.read("=" + stored, 9, 9).tree) == meaning(Formula.read(typed, 9, 9).tree)


def test_a_function_that_is_given_to_another_unless_a_name_means_something_else() -> None:
    typed = Formula.read("=BYROW(A1:B3,sum)", 0, 0)
    assert Stored(typed).text(0, 0) == "_xlfn.BYROW(A1:B3,_xleta.SUM)"
    assert Stored(typed, {"sum"}).text(0, 0) == "_xlfn.BYROW(A1:B3,sum)"


def test_functions_as_names_survive_a_file(tmp_path: Path) -> None:
    book = Workbook("named")
    book.define_name("TWICE", "LAMBDA(x,[y],IF(ISOMITTED(y),2*x,y*x))")
    book.add_sheet("s")["A1"] = "=MAP(SEQUENCE(3),LAMBDA(n,TWICE(n)))"
    book.save(tmp_path / "named.xlsx")
    assert "_xlfn.LAMBDA(_xlpm.x,_xlop.y,IF(_xlfn.ISOMITTED(_xlpm.y)" in part(
        tmp_path / "named.xlsx", "xl/workbook.xml"
    )
    back = sheetsim.open(tmp_path / "named.xlsx")
    back.recalculate()
    assert back["s"]["A1:A3"] == [[2], [4], [6]]
