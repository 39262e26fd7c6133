"""A workbook of one sheet whose parts are written out by hand."""

from __future__ import annotations

from pathlib import Path

from zips import pack

from sheetsim.model.address import cell_name
from sheetsim.model.sheet import Sheet
from sheetsim.reading.book import read

TYPE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
STRINGS = (
    "<si><t>plain</t></si><si><t/></si><si><r><t>rich </t></r><r><t>text</t></r>"
    "<rPh sb='0' eb='1'><t>spoken</t></rPh></si>"
    "<si><t xml:space='preserve'> two_x000A_lines, _x005F_x000A_ </t></si>"
)


CONTENT_TYPES = (
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Override PartName="/xl/workbook.xml" '
    'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>'
    '<Override PartName="/xl/strings.xml" '
    'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"/></Types>'
)


def relations(*links: tuple[str, str]) -> str:
    """A .rels part; the ids are r0, r1, …"""
    inside = "".join(
        f'<Relationship Id="r{i}" Type="{TYPE}{kind}" Target="{to}"/>' for i, (kind, to) in enumerate(links)
    )
    return (
        f'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{inside}</Relationships>'
    )


def write(path: Path, cells: str, book: str = "", sheet: str | None = None, strings: str = "") -> Path:
    """A workbook of one sheet, ``s``, by hand: ``cells`` is what stands in its <sheetData>."""
    parts = {
        "[Content_Types].xml": CONTENT_TYPES,
        "_rels/.rels": relations(("officeDocument", "xl/workbook.xml")),
        "xl/_rels/workbook.xml.rels": relations(
            ("worksheet", "s.xml"), ("sharedStrings", "strings.xml"), ("chartsheet", "c.xml")
        ),
        "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{TYPE[:-1]}">'
        + (book or '<sheets><sheet name="s" sheetId="1" r:id="r0"/></sheets>')
        + "</workbook>",
        "xl/strings.xml": strings or f'<sst xmlns="{MAIN}">{STRINGS}</sst>',
        "xl/s.xml": sheet or f'<worksheet xmlns="{MAIN}"><sheetData>{cells}</sheetData></worksheet>',
    }
    return pack(path, parts)


def read_cells(tmp_path: Path, cells: str) -> Sheet:
    return read(write(tmp_path / "book.xlsx", cells))["s"]


def formulas(sheet: Sheet) -> dict[str, str]:
    texts = {cell_name(row, column): sheet.formula_text(row, column) for row, column in sheet.cells()}
    return {cell: text for cell, text in texts.items() if text is not None}


def column(*inside: str, row: int = 1) -> str:
    """Cells of column A, one below another."""
    return "".join(f'<row r="{r}"><c r="A{r}">{cell}</c></row>' for r, cell in enumerate(inside, row))
