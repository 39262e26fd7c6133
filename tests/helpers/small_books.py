"""Small workbooks: one with everything, one whose sheet is exactly the XML given; what their files hold."""

from pathlib import Path

import openpyxl
from zips import members, pack

from exporters import refresh, xlsx
from sheetsim.model.sheet import Sheet
from sheetsim.model.values import ExcelError, encode
from sheetsim.workbook import Workbook


def new() -> tuple[Workbook, Sheet]:
    book = Workbook("demo")
    return book, book.add_sheet("s")


def compute(sheet: Sheet, where: str, *values: object) -> None:
    """Gives computed cells, down a column, the values that an engine would."""
    first = openpyxl.utils.cell.coordinate_to_tuple(where)
    for step, value in enumerate(values):
        place = first[0] - 1 + step, first[1] - 1
        sheet.num[place], sheet.kind[place] = encode(value)


def sample() -> Workbook:
    """x, 2x + 1 and running sums, with everything else that a sheet can have."""
    book, sheet = new()
    sheet.values("A1", [["x", "y", "sum", "text", "logical", "error", "array"]])
    sheet.values("A2", [[number] for number in range(1, 6)])
    sheet["I1"] = 2
    sheet.fill("B2:B6", "=A2*$I$1+1")
    compute(sheet, "B2", 3, 5, 7, 9, 11)
    sheet["C2"] = "=B2"
    sheet.fill("C3:C6", "=C2+B3")
    compute(sheet, "C2", 3, 8, 15, 24, 35)
    sheet.fill("D2:D6", '=" <"&A2&"> "')
    compute(sheet, "D2", *(f" <{number}> " for number in range(1, 6)))
    sheet.fill("E2:E6", "=A2>3")
    compute(sheet, "E2", False, False, False, True, True)
    sheet.fill("F2:F6", "=1/(A2-1)")
    compute(sheet, "F2", ExcelError("#DIV/0!"), 1, 0.5, 1 / 3, 0.25)
    sheet.array("G2:G6", "=A2:A6*A2:A6")
    compute(sheet, "G2", 1, 4, 9, 16, 25)
    other = book.add_sheet("other sheet")
    other.fill("A1:A3", "=s!A2+factor")
    compute(other, "A1", 4, 5, 6)
    book.define_name("factor", "3")
    sheet.name("factor", "$I$1")
    sheet.name("solver_adj", "s!$I$1", hidden=True)
    return book


def written(book: Workbook, folder: Path) -> Path:
    path = folder / "out.xlsx"
    xlsx.write(book, path)
    return path


def part(path: Path, name: str = "xl/worksheets/sheet1.xml") -> str:
    return members(path)[name].decode()


# --- a sheet's XML as given -------------------------------------------------------------------------------------------
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
    given = {"xl/worksheets/sheet1.xml": xml, "xl/charts/chart1.xml": b"<anything/>", **parts}
    return pack(folder / "source.xlsx", members(folder / "frame.xlsx") | given)


def set_value(book: Workbook, where: str, value: object) -> None:
    """The value of a computed cell, as an engine sets it."""
    compute(book.sheets[0], where, value)


def sheet_after(book: Workbook, folder: Path) -> str:
    refresh.write(book, folder / "out.xlsx")
    return part(folder / "out.xlsx")


def same_contents(a: Workbook, b: Workbook) -> None:
    """Raises unless both hold the same values and formulas in the same cells."""
    assert [sheet.title for sheet in a.sheets] == [sheet.title for sheet in b.sheets]
    for one, other in zip(a.sheets, b.sheets, strict=True):
        for row, column in {*one.cells(), *other.cells()}:
            where = one.where(row, column)
            assert one.value(row, column) == other.value(row, column), where
            assert one.formula_text(row, column) == other.formula_text(row, column), where
