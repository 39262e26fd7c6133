"""A workbook into ``.xlsx``: every formula with its computed value beside it.

openpyxl writes the package, the styles, names, tables and each sheet's frame. Left alone it stores no value beside a
formula, so the rows are ours (``rows.py``). The same book always gives the same bytes.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from io import BytesIO
from itertools import islice
from pathlib import Path

import openpyxl
from openpyxl.cell.text import Text
from openpyxl.comments.comment_sheet import CommentRecord
from openpyxl.drawing.spreadsheet_drawing import SpreadsheetDrawing
from openpyxl.packaging.extended import ExtendedProperties
from openpyxl.packaging.manifest import Override
from openpyxl.packaging.relationship import Relationship
from openpyxl.styles.stylesheet import write_stylesheet
from openpyxl.utils.datetime import CALENDAR_MAC_1904, CALENDAR_WINDOWS_1900
from openpyxl.workbook._writer import WorkbookWriter
from openpyxl.workbook.defined_name import DefinedName as FileName
from openpyxl.workbook.properties import CalcProperties
from openpyxl.worksheet._writer import WorksheetWriter
from openpyxl.worksheet.dimensions import SheetDimension
from openpyxl.worksheet.hyperlink import Hyperlink
from openpyxl.worksheet.table import AutoFilter, TableColumn, TableStyleInfo
from openpyxl.worksheet.table import Table as FileTable
from openpyxl.worksheet.worksheet import Worksheet
from openpyxl.writer.excel import ExcelWriter
from openpyxl.writer.theme import theme_xml
from openpyxl.xml import constants as parts
from openpyxl.xml.functions import Element, tostring

from exporters import metadata
from exporters.archive import CONTROL, WHEN, Archive, checked
from exporters.cells import Formulas
from exporters.charts import chart_xml, colour_code, file_chart
from exporters.formulas import stored_name
from exporters.markup import writable
from exporters.readback import forget, opened
from exporters.refresh import Names, refuse_other
from exporters.rows import Rows, Strings, extent
from exporters.styles import (
    Ids,
    colour_rule,
    named_styles,
    new_frame,
    report_styles,
    row_heights,
    shade_rule,
    style_ids,
)
from sheetsim.errors import OutputError
from sheetsim.model.address import column_name, parse_cell, parse_rect
from sheetsim.model.look import USUAL_WIDTH, Look
from sheetsim.model.names import Table
from sheetsim.model.sheet import LONGEST_TITLE, Book, Sheet
from sheetsim.reading.book import BookReader
from sheetsim.reading.package import Package
from sheetsim.support.atomic import replacing
from sheetsim.support.collecting import collecting_later

ENGINE = 191029  # the calculation engine of Excel 2019 and 365: from an older one Excel would recalculate on opening
ARC_STRINGS = "xl/sharedStrings.xml"
STRINGS_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"
NO_ROWS = re.compile(rb"<sheetData\s*/>|<sheetData>\s*</sheetData>")
Progress = Callable[[int], None]
COMPANION_TAB = "grey"  # the colour of the tab of a sheet beside the workbook's own
COMMENT = {"height": 120, "width": 360}  # pixels: the box of a comment
MANY = 1 << 13  # texts that are written at a time
LONGEST_CELL = 128  # bytes that a cell takes in a part, on average at the most
NARROW = 0.3  # inches left and right of what is printed; above and below twice as much
ONE_PAGE_WIDE = 30  # columns: a sheet with no more is printed on pages of its own width
ONE_LARGE_PAGE_WIDE = 450  # characters: so is one with more columns up to here, on A3


def write(book: Book, path: str | Path, progress: Progress | None = None) -> None:
    """Writes ``book`` to ``path``, whole or not at all. ``progress`` is told how many more cells are written.

    Every part is read back before the file takes its place. Raises OutputError where the file cannot be written.
    """
    with replacing(path) as temporary, collecting_later():
        with Archive(temporary, sum(sheet.rows * sheet.columns for sheet in book.sheets)) as archive:
            _write_parts(book, path, archive, progress)
        with opened(temporary, path) as package:
            _read_back(book, path, package)


def _write_parts(book: Book, path: str | Path, archive: Archive, progress: Progress | None) -> None:
    try:
        frame = _frame(book)
    except ValueError as error:  # a sheet's or table's name that Excel forbids
        raise OutputError(f"cannot write {path}: {error}") from error
    try:
        _Writer(frame, archive, book, progress).write_data()
    except ValueError as error:
        if isinstance(error, UnicodeEncodeError):
            raise OutputError(f"cannot write {path}: a formula or name holds half a character") from error
        if "XML compatible" not in str(error):
            raise
        raise OutputError(f"cannot write {path}: {CONTROL}") from error  # lxml finds them earlier than we do


def _read_back(book: Book, path: str | Path, package: Package) -> None:
    reader = BookReader(package, Book("copy"), None)
    names = Names(book, reader.book)
    for back in reader.sheets():  # held no longer than it is compared: a second workbook would be as large as this one
        refuse_other(book.sheet(back.title), back, path, names)
        forget(back)
    for sheet in book.sheets:
        reader.book.sheet(sheet.title)
    read = {*reader.parts.values(), ARC_STRINGS}
    for member in package.members():
        if member.filename.endswith((".xml", ".rels")) and member.filename not in read:
            package.check(member.filename)


def _frame(book: Book) -> openpyxl.Workbook:
    """The workbook as openpyxl knows it: everything but the cells."""
    if not book.sheets:
        raise ValueError(f"{book.name} has no sheets")
    frame = new_frame()
    frame.remove(frame.active)
    on_opening = book.calculate_on_opening or None  # else the values are there and exact
    frame.epoch = CALENDAR_MAC_1904 if book.days_since == 1904 else CALENDAR_WINDOWS_1900
    frame.calculation = CalcProperties(calcId=ENGINE, fullCalcOnLoad=on_opening)
    if book.iteration is not None:
        frame.calculation.iterate, frame.calculation.iterateCount = True, book.iteration.times
        frame.calculation.iterateDelta = book.iteration.change
    frame.properties.creator, frame.properties.created, frame.properties.modified = "sheetsim", WHEN, WHEN
    used = {name for sheet in book.sheets for _, name in sheet.look.styles}
    for style in [*named_styles(), *(style for style in report_styles() if style.name in used)]:
        frame.add_named_style(style)
    for sheet in book.sheets:
        _add_sheet(frame, sheet)
    _add_names(frame, book)
    for table in book.tables.values():
        frame[table.sheet].add_table(_table(table))
    return frame


def _add_sheet(frame: openpyxl.Workbook, sheet: Sheet) -> None:
    title = sheet.title  # openpyxl refuses some characters only
    if not 0 < len(title) <= LONGEST_TITLE or title != title.strip("'") or not title.isprintable():
        raise ValueError(f"Excel refuses the sheet title {title!r}: 1 to 31 characters, no apostrophe at either end")
    worksheet = frame.create_sheet(title)
    for column, width in sheet.look.widths.items():
        worksheet.column_dimensions[column_name(column)].width = width
    worksheet.freeze_panes = sheet.look.freeze
    worksheet.sheet_format.customHeight = True  # of empty rows: some programs make them lower, and charts cover more
    for rect, condition, name in sheet.look.colours:
        worksheet.conditional_formatting.add(str(rect), colour_rule(condition, name))
    for rect, limits, name in sheet.look.shades:  # after the colours, which go before them
        worksheet.conditional_formatting.add(str(rect), shade_rule(limits, name))
    worksheet.sheet_view.showGridLines = sheet.look.gridlines
    if sheet.companion or sheet.look.tab:
        worksheet.sheet_properties.tabColor = colour_code(sheet.look.tab or COMPANION_TAB)
    for chart in sheet.look.charts:
        worksheet.add_chart(file_chart(chart, sheet))
    _page(worksheet, sheet)


def _page(worksheet: Worksheet, sheet: Sheet) -> None:
    """How the sheet is printed: what, and what of it on every page."""
    worksheet.print_area = sheet.look.page
    if sheet.look.freeze and (rows := parse_cell(sheet.look.freeze)[0]):
        worksheet.print_title_rows = f"1:{rows}"
    worksheet.page_setup.orientation = "landscape"
    margins = worksheet.page_margins
    margins.left, margins.right, margins.top, margins.bottom = NARROW, NARROW, 2 * NARROW, 2 * NARROW
    page = sheet.look.page
    columns = parse_rect(page.partition(",")[0]).right + 1 if page else sheet.columns
    width = sum(sheet.look.widths.get(column, USUAL_WIDTH) for column in range(columns))
    if columns > ONE_PAGE_WIDE and width <= ONE_LARGE_PAGE_WIDE:
        worksheet.page_setup.paperSize = worksheet.PAPERSIZE_A3
    if columns <= ONE_PAGE_WIDE or width <= ONE_LARGE_PAGE_WIDE:
        worksheet.sheet_properties.pageSetUpPr.fitToPage = True
        worksheet.page_setup.fitToHeight = 0


def _add_names(frame: openpyxl.Workbook, book: Book) -> None:
    for name in book.names.values():
        if name.sheet and name.sheet not in frame.sheetnames:
            continue  # belongs to a chart sheet, which is not there
        names = frame[name.sheet].defined_names if name.sheet else frame.defined_names
        names.add(FileName(name.name, attr_text=stored_name(name.text), hidden=name.hidden or None))


def _table(table: Table) -> FileTable:
    return FileTable(
        displayName=table.name,
        ref=str(table.rect),
        headerRowCount=int(table.headings),
        totalsRowCount=int(table.totals) or None,
        tableColumns=[TableColumn(id=number, name=name) for number, name in enumerate(table.columns, 1)],
        autoFilter=AutoFilter(ref=str(table.rect)) if table.headings and not table.totals else None,
        tableStyleInfo=TableStyleInfo(name="TableStyleLight1", showRowStripes=True),
    )


def _comment(cell: str, text: str) -> CommentRecord:
    return CommentRecord(cell, text=Text(t=writable(text)), author="sheetsim", **COMMENT)


class _SheetFrame(WorksheetWriter):  # type: ignore[misc]
    """openpyxl's writer of one sheet, with our extent, links and comments, and no rows."""

    def __init__(self, worksheet: Worksheet, dimension: str, look: Look):
        super().__init__(worksheet, BytesIO())
        self.dimension = dimension
        worksheet._hyperlinks = [Hyperlink(ref=cell, location=target) for cell, target in look.links.items()]
        worksheet._comments = [_comment(cell, text) for cell, text in look.comments.items()]

    def write_dimensions(self) -> None:
        self.xf.send(SheetDimension(self.dimension).to_tree())

    def write_rows(self) -> None:
        self.xf.send(Element("sheetData"))

    def halves(self) -> tuple[bytes, bytes]:
        """What comes before the rows, and what after."""
        self.write()
        before, after = NO_ROWS.split(checked(self.ws.title, self.out.getvalue()), maxsplit=1)
        return before, after


class _Writer(ExcelWriter):  # type: ignore[misc]
    """openpyxl's writer of the package, with our rows and a table of shared texts."""

    def __init__(self, frame: openpyxl.Workbook, archive: Archive, book: Book, progress: Progress | None):
        super().__init__(frame, archive)
        self.book = book
        self.progress = progress
        self.strings = Strings()
        self.formulas = Formulas(book)

    def write_data(self) -> None:
        """Every part of the package, in the order of openpyxl's own writer."""
        add = self._archive.writestr
        add(parts.ARC_APP, tostring(ExtendedProperties().to_tree()))
        add(parts.ARC_CORE, tostring(self.workbook.properties.to_tree()))
        add(parts.ARC_THEME, theme_xml)
        self._write_worksheets()
        self._write_charts()
        self.write_strings()
        add(parts.ARC_STYLE, tostring(write_stylesheet(self.workbook)))
        main = WorkbookWriter(self.workbook)
        add(parts.ARC_ROOT_RELS, main.write_root_rels())
        add(parts.ARC_WORKBOOK, main.write())
        main.rels.append(Relationship(type="sharedStrings", Target="sharedStrings.xml"))
        if metadata.is_needed(self.book):
            add(metadata.PART, metadata.XML)
            main.rels.append(Relationship(type="sheetMetadata", Target="metadata.xml"))
            self.manifest.Override.append(Override("/" + metadata.PART, metadata.TYPE))
        add(parts.ARC_WORKBOOK_RELS, main.write_rels())
        self.manifest._write(self._archive, self.workbook)

    def write_worksheet(self, worksheet: Worksheet) -> None:
        sheet = self.book[worksheet.title]
        styles = style_ids(sheet.look, (sheet.rows, sheet.columns), worksheet)
        frame = _SheetFrame(worksheet, extent(styles), sheet.look)
        before, after = frame.halves()
        worksheet._drawing, worksheet._rels = SpreadsheetDrawing(), frame._rels
        worksheet._drawing.charts = worksheet._charts
        huge = (
            sheet.rows * sheet.columns * LONGEST_CELL > 2**31
        )  # strict readers refuse the 64-bit form where it is not needed
        with self._archive.part(worksheet.path[1:], huge) as write:
            write(before + b"<sheetData>")
            for rows in self.rows(sheet, styles).xml(self.progress):
                write(rows.encode())
            write(b"</sheetData>" + after)
        self.manifest.append(worksheet)

    def _write_charts(self) -> None:
        for chart in self._charts:
            self._archive.writestr(chart.path[1:], chart_xml(chart, self.book))
            self.manifest.append(chart)

    def rows(self, sheet: Sheet, styles: Ids) -> Rows:
        return Rows(sheet, styles, row_heights(sheet), self.strings, self.formulas)

    def write_strings(self) -> None:
        with self._archive.part(ARC_STRINGS) as write:
            texts = self.strings.xml()
            while some := "".join(islice(texts, MANY)):
                write(some.encode())
        self.manifest.Override.append(Override("/" + ARC_STRINGS, STRINGS_TYPE))
