"""A file of somebody else's is drawn as it looks: on the page, in a notebook, in the terminal."""

from __future__ import annotations

import re
import time
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from browser import Page, opened, served, tools
from openpyxl.chart import BarChart, LineChart, PieChart, Reference, ScatterChart, Series
from openpyxl.formatting.rule import CellIsRule, ColorScaleRule, FormulaRule
from openpyxl.styles import Alignment, Font, PatternFill

import sheetsim
from sheetsim.model.address import Rect, cell_name
from sheetsim.page.giving import give
from sheetsim.page.windows import charts, outline, window
from sheetsim.reading.looks.looking import FileLook, look_of


@pytest.fixture(scope="module")
def accounts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    frame = openpyxl.Workbook()
    sheet = frame.active
    sheet.merge_cells("A1:D1")
    sheet["A1"], sheet["A1"].font = "Accounts", Font(size=18, bold=True, color="FFFFFF")
    sheet["A1"].fill, sheet["A1"].alignment = PatternFill("solid", fgColor="4472C4"), Alignment("center")
    for row in range(2, 8):
        sheet.append([f"item {row}", row * 1000.5, row - 4, row / 8])
        sheet.cell(row, 2).number_format, sheet.cell(row, 4).number_format = "#,##0.00", "0.0%"
        sheet.cell(row, 1).fill = PatternFill("solid", fgColor="FFF2CC")
    sheet["F9"].fill = PatternFill("solid", fgColor="00FF00")
    red, yellow = PatternFill(bgColor="FFC7CE"), PatternFill(bgColor="FFEB9C")
    sheet.conditional_formatting.add("C2:C7", CellIsRule("lessThan", ["0"], font=Font(color="9C0006"), fill=red))
    sheet.conditional_formatting.add("B2:B7", FormulaRule(["$C2=3"], fill=yellow))
    sheet.conditional_formatting.add("D2:D7", ColorScaleRule("min", None, "FFFFFF", "max", None, "FF0000"))
    sheet.column_dimensions["A"].width, sheet.column_dimensions["E"].hidden = 24, True
    sheet.freeze_panes = "B2"
    frame.save(tmp_path_factory.mktemp("files") / "accounts.xlsx")
    return tmp_path_factory.getbasetemp() / "files0" / "accounts.xlsx"


def drawn(path: Path, rect: Rect) -> dict[str, dict[str, Any]]:
    """What a window has of each cell: its text, and its style."""
    found = window(sheetsim.open(path).sheets[0], [rect])
    return {cell_name(*cell["at"]): found["styles"][cell["style"]] | {"text": cell["text"]} for cell in found["cells"]}


def test_a_window_has_colours_and_formats(accounts: Path) -> None:
    found = drawn(accounts, Rect(0, 0, 9, 9))
    assert found["A1"] == {
        "text": "Accounts",
        "ink": "#FFFFFF",
        "fill": "#4472C4",
        "bold": True,
        "size": 18,
        "align": "center",
    }
    assert found["B3"] == {"text": "3,001.50"}
    assert found["A3"] == {"text": "item 3", "fill": "#FFF2CC"}
    assert found["F9"] == {"text": "", "fill": "#00FF00"}
    assert "B1" not in found  # A1 reaches over it


def test_cells_are_coloured_on_conditions_and_by_their_numbers(accounts: Path) -> None:
    found = drawn(accounts, Rect(1, 1, 6, 3))
    assert {where for where in found if found[where].get("fill") == "#FFC7CE"} == {"C2", "C3"}
    assert {where for where in found if found[where].get("fill") == "#FFEB9C"} == {"B7"}
    assert found["C2"]["ink"] == "#9C0006"
    assert [found[f"D{row}"]["fill"].upper() for row in (2, 7)] == ["#FFFFFF", "#FF0000"]
    assert drawn(accounts, Rect(6, 3, 6, 3))["D7"]["fill"].upper() == "#FF0000"  # whatever is seen of the others


def test_a_cell_over_others_is_sent_with_any_part_of_them(accounts: Path) -> None:
    assert drawn(accounts, Rect(0, 2, 4, 3))["A1"]["text"] == "Accounts"


def test_charts_are_drawn_from_the_cells(tmp_path: Path) -> None:
    frame = openpyxl.Workbook()
    sheet = frame.active
    for row in [["x", "name", "y", "z"], *([n, f"n{n}", n * n, -n] for n in range(1, 5))]:
        sheet.append(row)
    line, bars, cloud, pie = LineChart(), BarChart(), ScatterChart(), PieChart()
    line.add_data(Reference(sheet, 3, 1, 4, 5), titles_from_data=True)
    bars.add_data(Reference(sheet, 4, 2, 4, 5))
    bars.set_categories(Reference(sheet, 2, 2, 2, 5))
    cloud.append(Series(Reference(sheet, 3, 2, 3, 5), Reference(sheet, 1, 2, 1, 5), title="squares"))
    pie.add_data(Reference(sheet, 3, 2, 3, 5))
    stacked = BarChart(grouping="stacked")
    stacked.add_data(Reference(sheet, 3, 2, 3, 5))
    line.title, line.y_axis.title, line.y_axis.scaling.max = "Squares", "how many", 20
    line.width, line.height = 12, 6
    for where, chart in zip(("F2", "F20", "F40", "F60", "F80"), (line, bars, cloud, pie, stacked), strict=True):
        sheet.add_chart(chart, where)
    frame.save(tmp_path / "charts.xlsx")
    first, second, third = charts(sheetsim.open(tmp_path / "charts.xlsx").sheets[0])
    assert (first["title"], first["titles"][1], first["at"]) == ("Squares", "how many", [1, 5])
    assert first["limits"][1] == [None, 20]
    assert first["size"] == [round(12 / 2.54 * 96), round(6 / 2.54 * 96)]
    assert [(each["name"], each["y"]) for each in first["series"]] == [("y", [1, 4, 9, 16]), ("z", [-1, -2, -3, -4])]
    assert (second["kind"], second["series"][0]["x"]) == ("bars", ["n1", "n2", "n3", "n4"])
    assert (third["series"][0]["name"], third["series"][0]["x"]) == ("squares", [1, 2, 3, 4])


def test_dates_counted_from_1904(tmp_path: Path) -> None:
    frame = openpyxl.Workbook()
    frame.epoch = openpyxl.utils.datetime.CALENDAR_MAC_1904
    frame.active["A1"], frame.active["A1"].number_format = 43839, "yyyy-mm-dd"
    frame.save(tmp_path / "mac.xlsx")
    assert drawn(tmp_path / "mac.xlsx", Rect(0, 0, 0, 0))["A1"]["text"] == "2024-01-10"
    assert ">2024-01-10</td>" in sheetsim.open(tmp_path / "mac.xlsx").sheets[0]._repr_html_()


@pytest.mark.parametrize(
    "code", ['@"', "[", "0" * 255, "[$-", "yyyy[", '"', "@;@;@;@;@", "\\", "[Red", "?/0", "_", "*"]
)
def test_a_format_that_is_none_shows_the_value(tmp_path: Path, code: str) -> None:
    frame = openpyxl.Workbook()
    for column, value in enumerate((1.5, "text", -3), 1):
        frame.active.cell(1, column, value).number_format = code
    frame.save(tmp_path / "odd.xlsx")
    assert drawn(tmp_path / "odd.xlsx", Rect(0, 0, 0, 2))["B1"]["text"] in ("text", "")
    assert sheetsim.open(tmp_path / "odd.xlsx").sheets[0]._repr_html_()


def test_the_outline_has_widths_and_what_is_frozen(accounts: Path) -> None:
    found = outline(sheetsim.open(accounts).sheets[0])
    assert found["freeze"] == [1, 1]
    assert found["widths"] == {0: pytest.approx(24 * 7), 4: 0}
    assert found["heights"] == {0: pytest.approx(18 * 1.36 * 4 / 3)}


def test_what_changes_keeps_its_look(accounts: Path) -> None:
    book = sheetsim.open(accounts)
    sheet = book.sheets[0]
    sheet["C5"] = -9
    found = window(sheet, [Rect(4, 1, 4, 2)])
    texts = {tuple(cell["at"]): found["styles"][cell["style"]].get("fill") for cell in found["cells"]}
    assert texts == {(4, 1): None, (4, 2): "#FFC7CE"}


def test_a_notebook_shows_the_colours(accounts: Path) -> None:
    shown = sheetsim.open(accounts).sheets[0]._repr_html_()
    first = re.search(r'<td[^>]*title="A1[^>]*>Accounts</td>', shown)
    assert first
    assert "#4472C4" in first[0]
    assert 'colspan="4"' in first[0]
    assert "#FFC7CE" in shown
    assert ">3,001.50</td>" in shown
    assert "<th>E</th>" not in shown  # a hidden column


def test_a_file_with_many_rows_is_drawn_from_a_few_areas(tmp_path: Path) -> None:
    frame = openpyxl.Workbook(write_only=True)
    sheet = frame.create_sheet("many")
    for row in range(20_000):
        cells = [openpyxl.cell.WriteOnlyCell(sheet, row * column) for column in range(5)]
        for cell in cells[::2]:
            cell.number_format = "0.00"
        sheet.append(cells)
    frame.save(tmp_path / "many.xlsx")
    look = look_of(sheetsim.open(tmp_path / "many.xlsx").sheets[0])
    assert isinstance(look, FileLook)
    assert len(look.areas.rects) == 3
    assert drawn(tmp_path / "many.xlsx", Rect(19_990, 2, 19_990, 2)) == {"C19991": {"text": "39980.00"}}


def test_a_copy_keeps_the_look(accounts: Path, tmp_path: Path) -> None:
    book = sheetsim.open(accounts)
    book.sheets[0]._repr_html_()
    book.sheets[0]["C5"] = -9
    book.save(tmp_path / "copy.xlsx")
    assert drawn(tmp_path / "copy.xlsx", Rect(0, 0, 9, 9)) == drawn(accounts, Rect(0, 0, 9, 9)) | {
        "C5": {"text": "-9", "ink": "#9C0006", "fill": "#FFC7CE"}
    }


def test_the_page_in_a_browser(accounts: Path, tmp_path: Path) -> None:
    tools()
    colour = "return getComputedStyle(document.querySelector('[data-cell={}]')).backgroundColor"
    with opened(tmp_path) as browser:
        with served(accounts) as server:
            page = Page(browser, server.address)
            assert browser.execute_script(colour.format("A3")) == "rgb(255, 242, 204)"
            assert browser.execute_script(colour.format("C2")) == "rgb(255, 199, 206)"
            title = page.find("[data-cell=A1]")
            assert title.size["width"] > 24 * 7 + 2 * 64
            assert page.complaints == []
            browser.get("about:blank")
        browser.get(give(sheetsim.open(accounts), tmp_path / "page.html").as_uri())
        end = time.monotonic() + 20
        while not browser.find_elements("css selector", "[data-cell=A3]") and time.monotonic() < end:
            time.sleep(0.05)
        assert browser.execute_script(colour.format("A3")) == "rgb(255, 242, 204)"
