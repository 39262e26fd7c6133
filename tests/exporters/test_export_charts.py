"""Charts in exported files, as openpyxl reads them back."""

from __future__ import annotations

import re
from pathlib import Path

import openpyxl
import pytest
from zips import members

from sheetsim import Workbook
from sheetsim.errors import InputError
from sheetsim.model.look import Chart, Series
from sheetsim.model.sheet import Sheet


def two_sheets() -> tuple[Workbook, Sheet]:
    book = Workbook("charts")
    numbers = book.add_sheet("the numbers")
    numbers.values("A1", [["x", "y"], [1, 10], [2, 100], [3, 50]])
    return book, book.add_sheet("page")


def read_back(book: Workbook, tmp_path: Path) -> list[object]:
    book.save(tmp_path / "charts.xlsx")
    return list(openpyxl.load_workbook(tmp_path / "charts.xlsx")["page"]._charts)


def test_a_line_on_another_sheet(tmp_path: Path) -> None:
    book, page = two_sheets()
    series = Series("the numbers!B2:B4", "the numbers!A2:A4", "=the numbers!B1")
    page.chart(Chart("line", "y by x", "C3", [series], "x", "y", logarithmic=True, x_limits=(0, 3)))
    (chart,) = read_back(book, tmp_path)
    (drawn,) = chart.series
    assert type(chart).__name__ == "ScatterChart"
    assert drawn.yVal.numRef.f == "'the numbers'!$B$2:$B$4"
    assert drawn.xVal.numRef.f == "'the numbers'!$A$2:$A$4"
    assert drawn.tx.strRef.f == "'the numbers'!$B$1"
    assert (chart.x_axis.scaling.min, chart.x_axis.scaling.max) == (0, 3)
    assert chart.y_axis.scaling.logBase == 10
    assert chart.title.tx.rich.p[0].r[0].t == "y by x"
    assert chart.legend is None  # one series needs none
    assert (chart.anchor._from.row, chart.anchor._from.col) == (2, 2)


@pytest.mark.parametrize(
    ("kind", "last", "dashed", "marker", "no_line"),
    [
        ("line", 4, False, "circle", False),
        ("line", 101, False, "circle", False),
        ("line", 102, False, None, False),  # marks of so many points would hide the line
        ("line", 4, True, None, False),
        ("points", 4, False, "circle", True),
        ("points", 102, False, "circle", True),
    ],
)
def test_lines_of_few_points_show_them_and_points_have_no_line(
    kind: str, last: int, dashed: bool, marker: str | None, no_line: bool, tmp_path: Path
) -> None:
    book, page = two_sheets()
    cells = [f"the numbers!{column}2:{column}{last}" for column in "BA"]
    page.chart(Chart(kind, "t", "A1", [Series(cells[0], cells[1], "y", dashed=dashed)]))
    (drawn,) = read_back(book, tmp_path)[0].series
    assert drawn.marker.symbol == marker
    assert bool(drawn.spPr.ln.noFill) == no_line
    assert drawn.spPr.ln.prstDash == ("dash" if dashed else "solid")


@pytest.mark.parametrize("kind", ["line", "bars"])
def test_without_x_points_are_counted(kind: str, tmp_path: Path) -> None:
    book, page = two_sheets()
    page.chart(Chart(kind, "t", "A1", [Series("the numbers!B2:B4", None, "y")]))
    (drawn,) = read_back(book, tmp_path)[0].series
    assert drawn.xVal is None
    assert drawn.cat is None


def test_present_values_go_with_a_chart(tmp_path: Path) -> None:
    """For viewers that do not read the cells; blanks and texts among the numbers are left out."""
    book, page = two_sheets()
    page.values("A1", [[0.5, "one"], [None, "two"], ["text", 3]])
    page["A4"] = "=A1*3"
    series = [Series("A1:A4", "B1:B3", "=the numbers!B1")]
    page.chart(Chart("bars", "t", "D1", series))
    (drawn,) = read_back(book, tmp_path)[0].series
    numbers, names = drawn.val.numRef.numCache, drawn.cat.strRef.strCache
    assert (numbers.ptCount, {point.idx: point.v for point in numbers.pt}) == (4, {0: 0.5, 3: 1.5})
    assert [point.v for point in names.pt] == ["one", "two", "3"]
    assert [point.v for point in drawn.tx.strRef.strCache.pt] == ["y"]


def test_bars_of_negative_numbers_hang_from_zero(tmp_path: Path) -> None:
    book, page = two_sheets()
    page.chart(Chart("bars", "t", "A1", [Series("the numbers!B2:B4", None, "y")]))
    (chart,) = read_back(book, tmp_path)
    assert chart.x_axis.crosses == "autoZero"


def test_nothing_in_a_chart_is_left_to_a_program_s_taste(tmp_path: Path) -> None:
    book, page = two_sheets()
    for kind in ("line", "points", "bars"):
        page.chart(Chart(kind, "t", "A1", [Series("the numbers!B2:B4", None, "y")], "x", "y"))
    book.save(tmp_path / "charts.xlsx")
    found = members(tmp_path / "charts.xlsx").items()
    parts = [content.decode() for name, content in found if "charts/chart" in name]
    assert len(parts) == 3
    for part in parts:
        assert '<varyColors val="0"' in part
        assert re.findall(r'<delete val="(\d)" ?/><axPos val="(\w)"', part) == [("0", "b"), ("0", "l")]
        assert not re.search("<title ?/>|<a:t ?/>", part)


def test_bars_have_names_and_a_legend_where_there_are_two(tmp_path: Path) -> None:
    book, page = two_sheets()
    cells = ("the numbers!A2:A4", "the numbers!A2:A4")
    two = [Series(*cells, "a", "red"), Series(*cells, "b")]
    page.chart(Chart("bars", "t", "A1", two))
    (chart,) = read_back(book, tmp_path)
    assert [each.cat.strRef.f for each in chart.series] == ["'the numbers'!$A$2:$A$4"] * 2
    assert chart.series[0].spPr.solidFill.srgbClr == "C0392B"
    assert chart.legend.position == "r"


def test_charts_of_several_sheets_stay_on_theirs(tmp_path: Path) -> None:
    book, _ = two_sheets()
    for sheet in book:
        for at in ("D1", "D20"):
            sheet.chart(Chart("line", f"{sheet.title} {at}", at, [Series("B2:B4", "A2:A4", "y")]))
    book.save(tmp_path / "charts.xlsx")
    read = openpyxl.load_workbook(tmp_path / "charts.xlsx")
    titles = {sheet.title: [chart.title.tx.rich.p[0].r[0].t for chart in sheet._charts] for sheet in read}
    assert titles == {name: [f"{name} D1", f"{name} D20"] for name in ("the numbers", "page")}


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"kind": "pie"}, "there is no chart 'pie'; there are line, points, bars"),
        ({"series": []}, "the chart 't' has nothing to draw"),
        (
            {"series": [Series("B2:B4", "A2:A4", "y", colour="mauve")]},
            "no colour 'mauve' for a chart; there are blue,",
        ),
        ({"series": [Series("somewhere", "A2:A4", "y")]}, "somewhere"),
        ({"series": [Series("elsewhere!B2:B4", "A2:A4", "y")]}, "elsewhere"),
        ({"at": "here"}, "here"),
        ({"width": 0}, "the chart 't' cannot be 0 by 9 centimetres"),
        ({"height": float("nan")}, "the chart 't' cannot be 16 by nan centimetres"),
    ],
)
def test_what_is_wrong_is_named_and_nothing_written(wrong: dict[str, object], message: str, tmp_path: Path) -> None:
    book, page = two_sheets()
    options = {"kind": "line", "title": "t", "at": "A1", "series": [Series("B2:B4", "A2:A4", "y")], **wrong}
    with pytest.raises(InputError, match=message):
        _draw(book, page, options, tmp_path)
    assert list(tmp_path.iterdir()) == []


def _draw(book: Workbook, page: Sheet, options: dict[str, object], tmp_path: Path) -> None:
    page.chart(Chart(**options))
    book.save(tmp_path / "charts.xlsx")
