"""How the sheets of a file look: what is read is held against openpyxl, cell by cell."""

from __future__ import annotations

import re
import warnings
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.cell.cell import MergedCell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.styles.colors import COLOR_INDEX, Color
from places import SHARED
from zips import members, pack

import sheetsim
from sheetsim.model.address import Rect, cell_name
from sheetsim.reading.looks.colours import tinted
from sheetsim.reading.looks.looking import FileLook, look_of
from sheetsim.reading.looks.styles import FileStyle

THEME = ("lt1", "dk1", "lt2", "dk2", *(f"accent{n}" for n in range(1, 7)), "hlink", "folHlink")
SHOWN_OTHERWISE = {"mm-dd-yy": "m/d/yyyy", "m/d/yy h:mm": "m/d/yyyy h:mm"}  # as the computer's own dates
ACCOUNTING = re.compile(r"_\(.*\* ")  # 41 to 44, in which openpyxl's table has other signs than the standard


def file_look(path: Path, title: str | None = None) -> FileLook:
    book = sheetsim.open(path)
    found = look_of(book.sheet(title) if title else book.sheets[0])
    assert isinstance(found, FileLook)
    return found


def at(look: FileLook, row: int, column: int) -> FileStyle:
    return look.cell(int(look.areas.painted(Rect(row, column, row, column))[0, 0]))


def saved(tmp_path: Path, dress: Callable[[Any], None]) -> Path:
    frame = openpyxl.Workbook()
    dress(frame.active)
    frame.save(tmp_path / "dressed.xlsx")
    return tmp_path / "dressed.xlsx"


# --- cell by cell -----------------------------------------------------------------------------------------------------
def by_openpyxl(cell: Any, theme: dict[str, str]) -> dict[str, Any]:
    said = {
        "bold": cell.font.b,
        "italic": cell.font.i,
        "underline": bool(cell.font.u and cell.font.u != "none"),
        "fill": colour(cell.fill.fgColor, theme) if cell.fill.fill_type == "solid" else "",
        "ink": colour(cell.font.color, theme).replace("#000000", ""),
        "align": cell.alignment.horizontal if cell.alignment.horizontal in ("left", "right", "center") else "",
        "wrap": cell.alignment.wrap_text,
        "rule": bool(cell.border.bottom and cell.border.bottom.style not in (None, "none")),
    }
    return {word: value for word, value in said.items() if value}


def colour(said: Any, theme: dict[str, str]) -> str:
    if said is None:
        return ""
    if said.type == "rgb":
        base = said.rgb[-6:]
    elif said.type == "theme":
        base = theme[THEME[said.theme]]
    elif said.type == "indexed":
        base = "000000" if said.indexed == 64 else "FFFFFF" if said.indexed == 65 else COLOR_INDEX[said.indexed][-6:]
    else:
        return ""
    return tinted(f"#{base.upper()}", said.tint)


def theme_of(path: Path) -> dict[str, str]:
    with zipfile.ZipFile(path) as archive:
        name = next((name for name in archive.namelist() if re.fullmatch(r"xl/theme/theme1\.xml", name)), None)
        text = archive.read(name).decode() if name else ""
    scheme = text[text.find("<a:clrScheme") : text.find("</a:clrScheme>")]
    return {
        name: (re.search(r'lastClr="(\w{6})"', inside) or re.search(r'val="(\w{6})"', inside))[1]
        for name, inside in re.findall(r"<a:(\w+)>(.*?)</a:\1>", scheme, re.DOTALL)
    }


def held(path: Path) -> int:
    """Holds every cell of a file against openpyxl; how many say something."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        frame = openpyxl.load_workbook(path)
    book, theme, count = sheetsim.open(path), theme_of(path), 0
    for sheet in book.sheets:
        look, theirs = look_of(sheet), frame[sheet.title]
        assert isinstance(look, FileLook)
        numbers = look.areas.painted(Rect(0, 0, theirs.max_row - 1, theirs.max_column - 1))
        for cell in theirs._cells.values():  # those of the file alone: to others openpyxl gives no look of their column
            if isinstance(cell, MergedCell):
                continue
            ours, where = look.cells[numbers[cell.row - 1, cell.column - 1]], f"{sheet.title}!{cell.coordinate}"
            wanted = by_openpyxl(cell, theme)
            assert {word: ours.style[word] for word in ours.style if word not in ("size", "level")} == wanted, where
            code = SHOWN_OTHERWISE.get(cell.number_format, cell.number_format)
            if not ACCOUNTING.match(code):
                assert (ours.code or "General") == code, where
            count += bool(wanted) + (code != "General")
        pane = theirs.sheet_view.pane
        assert look.freeze == (pane and cell_name(int(pane.ySplit or 0), int(pane.xSplit or 0))), sheet.title
        assert {str(rect) for rect in look.merged} == {str(each) for each in theirs.merged_cells.ranges}
    return count


@pytest.mark.parametrize("name", ["graddesc", "entropy_example"])  # openpyxl does not read collab_filter
def test_the_lecture_s_files(original: Callable[[str], Path], name: str) -> None:
    assert held(original(name)) > 20


def test_files_that_excel_saved() -> None:
    files = sorted((SHARED / "excel-files").glob("*.xlsx"))
    if not files:
        pytest.skip("the workbooks that Excel saved are not here (../shared/excel-files)")
    assert sum(map(held, files[::6])) > 300


@pytest.fixture(scope="module")
def budget(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A sheet with one of everything."""
    frame = openpyxl.Workbook()
    sheet = frame.active
    sheet["A1"], sheet["A1"].font = "Budget", Font(size=22, bold=True, color="FFFFFF")
    sheet["A1"].fill, sheet["A1"].alignment = PatternFill("solid", fgColor=Color(theme=4)), Alignment("center", "top")
    sheet.merge_cells("A1:C1")
    for row in range(2, 9):
        for column in range(1, 5):
            cell = sheet.cell(row, column, row * column - 12.5)
            cell.number_format = ("General", "0.00", "#,##0;[Red]-#,##0", "mmm yyyy")[column - 1]
            if row % 2:
                cell.fill = PatternFill("solid", fgColor=Color(indexed=26))
    sheet["B9"].fill = PatternFill("solid", fgColor=Color(theme=5, tint=0.4))  # which holds nothing
    sheet["D9"].font = Font(italic=True, underline="single", color=Color(theme=10))
    sheet["D9"].alignment, sheet["D9"].border = Alignment("right", wrap_text=True), Border(bottom=Side("thin"))
    sheet["C9"].fill = PatternFill("gray125")
    for number, code in ((row, code) for row, code in enumerate(("0%", "mm-dd-yy", "d-mmm-yy", "h:mm", "@"), 10)):
        sheet.cell(number, 1, 0.5).number_format = code
    sheet.column_dimensions["B"].width, sheet.column_dimensions["E"].hidden = 20, True
    sheet.row_dimensions[3].height, sheet.row_dimensions[4].hidden = 30, True
    sheet.freeze_panes, sheet.sheet_view.showGridLines = "B2", False
    sheet.sheet_properties.tabColor = "70AD47"
    frame.save(tmp_path_factory.mktemp("looks") / "budget.xlsx")
    return tmp_path_factory.getbasetemp() / "looks0" / "budget.xlsx"


def test_a_file_of_openpyxl(budget: Path) -> None:
    assert held(budget) > 30


def test_what_is_not_of_cells(budget: Path) -> None:
    look = file_look(budget)
    assert look.widths[1] == pytest.approx(20 - 5 / 7)  # a file counts the 5 pixels that are left empty, too
    assert look.widths[4] == 0
    assert look.heights == {0: pytest.approx(22 * 1.36), 2: 30, 3: 0}
    assert (look.freeze, look.gridlines, look.tab_colour) == ("B2", False, "#70AD47")
    assert at(look, 0, 0).style["size"] == 22
    assert at(look, 0, 0).style["level"] == "top"


@pytest.mark.parametrize(
    ("base", "tint", "wanted"),  # what Excel's own list of colours has
    [
        *(
            ("4472C4", 0.8, "D9E1F2"),
            ("4472C4", 0.4, "8EA9DB"),
            ("4472C4", -0.25, "305496"),
            ("4472C4", -0.5, "203764"),
        ),
        *(
            ("FFFFFF", -0.15, "D9D9D9"),
            ("FFFFFF", -0.5, "808080"),
            ("000000", 0.5, "808080"),
            ("FFC000", 0.6, "FFE699"),
        ),
    ],
)
def test_tints(base: str, tint: float, wanted: str) -> None:
    ours, theirs = tinted(f"#{base}", tint), f"#{wanted}"
    assert max(abs(int(ours[at : at + 2], 16) - int(theirs[at : at + 2], 16)) for at in (1, 3, 5)) <= 2


def test_whole_columns_and_rows_have_looks(tmp_path: Path) -> None:
    def dress(sheet: Any) -> None:
        sheet["B2"] = 1
        sheet.column_dimensions["D"].fill = PatternFill("solid", fgColor="FFAA0000")
        sheet.row_dimensions[5].fill = PatternFill("solid", fgColor="FF00AA00")

    look = file_look(saved(tmp_path, dress))
    assert at(look, 1, 1).style == {}
    assert at(look, 90_000, 3).style == {"fill": "#AA0000"}
    assert at(look, 4, 3).style == at(look, 4, 9_000).style == {"fill": "#00AA00"}


def test_a_column_of_one_look_is_one_area(tmp_path: Path) -> None:
    def dress(sheet: Any) -> None:
        for row in range(1, 3_001):
            sheet.cell(row, 1, row).number_format = "0.00"
            sheet.cell(row, 2, f"text {row}").font = Font(bold=True)

    look = file_look(saved(tmp_path, dress))
    assert look.areas.rects[:, :4].tolist() == [[0, 2999, 0, 0], [0, 2999, 1, 1]]


def test_rows_that_only_the_parser_reads_have_the_same_looks(budget: Path, tmp_path: Path) -> None:
    before = file_look(budget)
    inside = members(budget)
    sheet = inside["xl/worksheets/sheet1.xml"].decode()
    inside["xl/worksheets/sheet1.xml"] = re.sub(r"<c r=", "<c  r=", sheet).encode()
    after = file_look(pack(tmp_path / "spaced.xlsx", inside))
    whole = Rect(0, 0, 20, 9)
    assert (before.areas.painted(whole) == after.areas.painted(whole)).all()
    assert (before.heights, before.merged) == (after.heights, after.merged)


# --- files that mean harm ---------------------------------------------------------------------------------------------
BOMB = (
    b'<!DOCTYPE s [<!ENTITY a "aaaa">]><styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"/>'
)
MAIN = b'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'


@pytest.mark.parametrize(
    ("part", "content"),
    [
        ("xl/styles.xml", b"<styleSheet"),
        ("xl/styles.xml", b""),
        ("xl/styles.xml", BOMB),
        ("xl/styles.xml", b"<other/>"),
        ("xl/styles.xml", b"<styleSheet %s>%s</styleSheet>" % (MAIN, b"<a>" * 200 + b"</a>" * 200)),
        ("xl/styles.xml", b"<styleSheet %s><cellXfs><xf numFmtId='-1' fontId='x'/></cellXfs></styleSheet>" % MAIN),
        ("xl/theme/theme1.xml", b"<theme"),
    ],
    ids=["unfinished", "empty", "entities", "another root", "deep", "wrong numbers", "theme"],
)
def test_damaged_styles_are_drawn_plain(budget: Path, tmp_path: Path, part: str, content: bytes) -> None:
    inside = members(budget)
    inside[part] = content
    book = sheetsim.open(pack(tmp_path / "damaged.xlsx", inside))
    assert book.sheets[0]["A3"] == 3 - 12.5
    assert "Budget" in book.sheets[0]._repr_html_()
    assert at(file_look(book.source), 1, 1).code == ("0.00" if "theme" in part else "")
    assert file_look(book.source).freeze == "B2"


@pytest.mark.parametrize(
    "said",
    [
        '<cols><col min="1" max="16384" width="9e99" style="70000"/></cols>',
        '<cols><col min="5" max="2" width="-4"/><col min="x"/></cols>',
        '<sheetViews><sheetView><pane state="frozen" xSplit="1e9" ySplit="nan"/></sheetView></sheetViews>',
        '<sheetFormatPr defaultColWidth="inf" defaultRowHeight="-1"/>',
    ],
)
def test_sizes_that_no_program_writes(budget: Path, tmp_path: Path, said: str) -> None:
    inside = members(budget)
    sheet = re.sub(r"<sheetViews>.*?</cols>", "", inside["xl/worksheets/sheet1.xml"].decode(), flags=re.DOTALL)
    inside["xl/worksheets/sheet1.xml"] = sheet.replace("<sheetData>", said + "<sheetData>").encode()
    book = sheetsim.open(pack(tmp_path / "odd.xlsx", inside))
    look = look_of(book.sheets[0])
    assert look.freeze is None
    assert len(look.widths) < 300
    assert all(0 <= width <= 255 for width in look.widths.values())
    assert "Budget" in book.sheets[0]._repr_html_()


def test_many_merged_cells_and_conditions_are_bounded(budget: Path, tmp_path: Path) -> None:
    inside = members(budget)
    merged = "<mergeCells>" + '<mergeCell ref="A1:XFD1048576"/>' * 30_000 + "</mergeCells>"
    rules = "".join(
        f'<conditionalFormatting sqref="A1:XFD1048576"><cfRule type="expression" dxfId="{n}" priority="x">'
        "<formula>1+(</formula></cfRule></conditionalFormatting>"
        for n in range(2_000)
    )
    sheet = re.sub(r"<mergeCells.*?</mergeCells>", "", inside["xl/worksheets/sheet1.xml"].decode(), flags=re.DOTALL)
    inside["xl/worksheets/sheet1.xml"] = sheet.replace("</sheetData>", "</sheetData>" + merged + rules).encode()
    book = sheetsim.open(pack(tmp_path / "many.xlsx", inside))
    look = look_of(book.sheets[0])
    assert isinstance(look, FileLook)
    assert len(look.merged) == 20_000
    assert look.rules == []
    assert "Budget" in book.sheets[0]._repr_html_()


def test_a_file_that_is_there_no_more_is_drawn_plain(budget: Path, tmp_path: Path) -> None:
    path = tmp_path / "gone.xlsx"
    path.write_bytes(budget.read_bytes())
    book = sheetsim.open(path)
    path.unlink()
    assert at(file_look(budget), 0, 0).style != {}
    assert look_of(book.sheets[0]).widths == {}


def test_calculating_reads_no_looks(budget: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from sheetsim.reading.looks import looking

    def refuse(*_: object) -> None:
        raise AssertionError("a calculation read looks")

    monkeypatch.setattr(looking, "_look", refuse)
    book = sheetsim.open(budget)
    book.recalculate()
    assert book.sheets[0]["B2"] == 2 * 2 - 12.5


def test_what_is_said_of_the_sheet_since_lies_over_it(budget: Path) -> None:
    book = sheetsim.open(budget)
    book.sheets[0].width("B", 3)
    look = look_of(book.sheets[0])
    assert (look.widths[1], look.widths[4]) == (3, 0)
