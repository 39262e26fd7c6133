"""How every workbook looks, from its file: what its charts draw and cover, what is printed, what fits."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from itertools import combinations
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import openpyxl
import pytest
from openpyxl.chart.data_source import NumRef
from test_layout import USUAL, too_narrow

from exporters.charts import COLOURS
from exporters.styles import named_styles
from sheetsim.library import build, names
from sheetsim.macros.unrolling import Unrolled, unroll
from sheetsim.model.address import Rect, cell_name, parse_cell, parse_rect
from sheetsim.model.look import Chart, Look, Series, stacked
from sheetsim.workbook import Workbook
from workbooks.graddesc.optimizer_sheet import OPTIMIZER_COLOURS

POINTS = [(1, 5), (2, 8), (4, 14.5), (7, 22), (9, 30)]
TWO = [(0, 1), (3, 7)]
INCH, DIGIT, GAP = 914_400, 7, 5  # the file's units in an inch; pixels of a digit, and of what a column leaves empty


def trained(points: Any = None, epochs: int = 12) -> Workbook:
    book = build("graddesc") if points is None else build("graddesc", points=points)
    for title in OPTIMIZER_COLOURS:
        book.press(title, "reset")
    return unroll(book, epochs)


UNROLLED = {
    "the lecture's points, epochs": trained,
    "own points, epochs": lambda: trained(POINTS),
    "two points, many epochs": lambda: trained(TWO, 80),
}
WHOLE: dict[str, Callable[[], Workbook]] = {
    **{name: lambda name=name: build(name) for name in names()},  # type: ignore[misc]
    "own points": lambda: build("graddesc", points=POINTS),
    "two points": lambda: build("graddesc", points=TWO),
}
BOOKS = {**WHOLE, **UNROLLED}


class File(NamedTuple):
    """A workbook and its file, as openpyxl reads it: without our reader or our idea of where a chart lies."""

    book: Workbook
    sheets: Any


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], File]:
    @cache
    def saved(name: str) -> File:
        path: Path = tmp_path_factory.mktemp("look") / "book.xlsx"
        book = BOOKS[name]()
        book.save(path)
        return File(book, openpyxl.load_workbook(path, data_only=True))

    return saved


every_book = pytest.mark.parametrize("name", list(BOOKS))


# --- what charts draw -------------------------------------------------------------------------------------------------
def drawn(sheets: Any) -> Iterator[tuple[str, Any, Any]]:
    """Where each reference of each chart is, the reference, and the values of its cells."""
    for sheet in sheets:
        for chart in sheet._charts:
            for series in chart.series:
                for part in (series.tx, series.val, series.cat, series.xVal, series.yVal):
                    for reference in (getattr(part, "numRef", None), getattr(part, "strRef", None)):
                        if reference is not None:
                            title, _, cells = reference.f.rpartition("!")
                            values = sheets[title.strip("'")][cells.replace("$", "")]
                            rows = values if isinstance(values, tuple) else ((values,),)
                            yield (
                                f"{sheet.title}: {reference.f}",
                                reference,
                                [cell.value for row in rows for cell in row],
                            )


@every_book
def test_charts_draw_numbers_and_are_named_by_texts(name: str, file: Callable[[str], File]) -> None:
    for where, reference, values in drawn(file(name).sheets):
        kinds = {type(value) for value in values} - {type(None)}
        empty = "basic!$C$" in where and "points" in name  # the list of errors, before the first Run
        if isinstance(reference, NumRef):
            assert kinds <= {int, float}, where
            assert kinds or empty, where
        else:
            assert kinds, where
            assert kinds <= {int, float, str}, where


@every_book
def test_what_a_chart_shows_unread_is_what_its_cells_hold(name: str, file: Callable[[str], File]) -> None:
    for where, reference, values in drawn(file(name).sheets):
        if isinstance(reference, NumRef):
            kept = {point.idx: float(point.v) for point in reference.numCache.pt}
            held = {at: value for at, value in enumerate(values) if value is not None}
            assert reference.numCache.ptCount == len(values), where
            assert kept == pytest.approx(held, rel=1e-14), where
        else:
            assert [point.v for point in reference.strCache.pt] == [str(value) for value in values], where


@every_book
def test_charts_have_titles(name: str, file: Callable[[str], File]) -> None:
    for sheet in file(name).sheets:
        for chart in sheet._charts:
            assert chart.title.tx.rich.p[0].r[0].t


# --- what they cover --------------------------------------------------------------------------------------------------
def edges(lengths: Callable[[int], float], upto: int) -> list[float]:
    """Where each of the first columns or rows begins."""
    return np.cumsum([0, *(lengths(at) for at in range(upto))]).tolist()


def box(sheet: Any, chart: Any, columns: list[float], rows: list[float]) -> Rect:
    """The cells under a chart, counted from its size in the file."""
    left, top = chart.anchor._from.col, chart.anchor._from.row
    right, bottom = columns[left] + chart.anchor.ext.width, rows[top] + chart.anchor.ext.height
    last = [
        next(at for at, edge in enumerate(all_) if edge >= end) - 1 for all_, end in ((rows, bottom), (columns, right))
    ]
    return Rect(top, left, *last)


def covered(sheet: Any) -> list[Rect]:
    given = {at: each.width for each in sheet.column_dimensions.values() for at in range(each.min - 1, each.max)}

    def width(column: int) -> float:
        return (given.get(column, USUAL) * DIGIT + GAP) / 96 * INCH

    def height(row: int) -> float:
        return (sheet.row_dimensions[row + 1].height or sheet.sheet_format.defaultRowHeight) / 72 * INCH

    if not sheet._charts:
        return []
    furthest = max(chart.anchor._from.row for chart in sheet._charts) + 100
    columns, rows = edges(width, 150), edges(height, furthest)
    return [box(sheet, chart, columns, rows) for chart in sheet._charts]


@every_book
def test_no_chart_covers_a_used_cell_or_another_chart(name: str, file: Callable[[str], File]) -> None:
    for sheet in file(name).sheets:
        rects = covered(sheet)
        for one, other in combinations(rects, 2):
            assert not one.meets(other), f"{sheet.title}: {one} and {other}"
        for rect in rects:
            assert used_in(sheet, rect) == [], f"{sheet.title}: {rect}"


def used_in(sheet: Any, rect: Rect) -> list[str]:
    return [cell.coordinate for row in sheet[f"{rect}"] for cell in row if cell.value is not None]


def test_a_chart_over_a_number_is_seen(tmp_path: Path) -> None:
    book = Workbook("book")
    sheet = book.add_sheet("s")
    sheet.values("A1", [[1], [2], [3]])
    sheet["I15"] = "hidden"
    sheet.chart(Chart("line", "t", "C2", [Series("A1:A3", None, "y")], width=12, height=7))
    book.save(tmp_path / "book.xlsx")
    (page,) = openpyxl.load_workbook(tmp_path / "book.xlsx")
    assert [used_in(page, rect) for rect in covered(page)] == [["I15"]]


# --- what is printed --------------------------------------------------------------------------------------------------
def printed(sheet: Any) -> list[Rect]:
    areas = sheet.print_area.split(",") if sheet.print_area else []
    return [parse_rect(area.rpartition("!")[2].replace("$", "")) for area in areas]


def holds(areas: list[Rect], rect: Rect) -> bool:
    return any(area.common(rect) == rect for area in areas)


@pytest.mark.parametrize("name", [name for name in WHOLE if name != "entropy_example"])  # which has no areas
def test_all_cells_and_charts_are_printed(name: str, file: Callable[[str], File]) -> None:
    sheets = [sheet for sheet in file(name).sheets if printed(sheet)]  # without an area, all is printed
    assert sheets
    for sheet in sheets:
        areas = printed(sheet)
        used = [cell.coordinate for row in sheet.iter_rows() for cell in row if cell.value is not None]
        assert [cell for cell in used if not holds(areas, parse_rect(cell))] == [], sheet.title
        assert [rect for rect in covered(sheet) if not holds(areas, rect)] == [], sheet.title


@pytest.mark.parametrize("name", list(UNROLLED))
@pytest.mark.parametrize("title", list(OPTIMIZER_COLOURS))
def test_of_many_epochs_the_first_is_printed_and_the_table_and_the_charts(
    name: str, title: str, file: Callable[[str], File]
) -> None:
    book, sheets = file(name)
    areas = printed(sheets[title])
    rows = parse_rect(book[title].epoch_rows)
    table = parse_cell(next(cell.coordinate for cell in sheets[title][3] if cell.value == "epochs done"))
    last = sheets[title].max_row
    assert holds(areas, Rect(0, 0, rows.bottom + 1, rows.right))
    assert holds(areas, Rect(0, table[1], table[0] + 12, table[1] + 5))
    assert all(holds(areas, rect) for rect in covered(sheets[title]) if rect.left > table[1])
    if last > 200:
        assert max(area.bottom for area in areas) < last / 2  # not all of the epochs' rows


# --- sizes, styles, colours -------------------------------------------------------------------------------------------
@pytest.mark.parametrize("name", ["own points", "two points", *UNROLLED])
def test_every_number_fits_its_column(name: str, file: Callable[[str], File]) -> None:
    assert too_narrow(file(name).book) == []


@every_book
def test_every_style_there_is(name: str, file: Callable[[str], File]) -> None:
    there = {style.name for style in named_styles()}
    assert {style for sheet in file(name).book for _, style in sheet.look.styles} <= there


@pytest.mark.parametrize("name", ["graddesc", "own points", *UNROLLED])
@pytest.mark.parametrize("title", list(OPTIMIZER_COLOURS))
def test_each_optimizer_has_one_colour(name: str, title: str, file: Callable[[str], File]) -> None:
    sheet, (own, grey) = file(name).sheets[title], (COLOURS[OPTIMIZER_COLOURS[title]], COLOURS["grey"])
    marks = [series.marker.spPr or series.spPr.ln for chart in sheet._charts for series in chart.series]
    shades = {fill.solidFill.srgbClr for fill in marks if fill is not None and fill.solidFill}
    assert len(sheet._charts) >= 2
    assert sheet.sheet_properties.tabColor.rgb == f"00{own}"
    assert own in shades
    assert shades <= {own, grey}


# --- what an unrolled sheet's charts show -----------------------------------------------------------------------------
@pytest.mark.parametrize(("name", "points"), [("the lecture's points, epochs", None), ("own points, epochs", POINTS)])
@pytest.mark.parametrize("title", list(OPTIMIZER_COLOURS))
def test_weights_are_drawn_towards_the_line_that_fits_best(
    name: str, points: Any, title: str, file: Callable[[str], File]
) -> None:
    slope, intercept = (2, 30) if points is None else np.polyfit(*zip(*points, strict=True), 1)
    sheet = file(name).sheets[title]
    charts = {chart.title.tx.rich.p[0].r[0].t: chart for chart in sheet._charts}
    goals = {}
    for label in ("b", "a"):
        weight, goal = charts[f"{label} by epoch"].series
        assert (weight.tx.v, goal.tx.v) == (label, "goal")
        assert goal.spPr.ln.prstDash == "dash"
        assert len(goal.yVal.numRef.numCache.pt) == 13
        (goals[label],) = {float(point.v) for point in goal.yVal.numRef.numCache.pt}
    assert goals == pytest.approx({"b": intercept, "a": slope}, rel=1e-12)
    assert len(charts["rms error by epoch"].series) == 1


def test_charts_are_in_sight_beside_the_table(file: Callable[[str], File]) -> None:
    for title in OPTIMIZER_COLOURS:
        sheet = file("the lecture's points, epochs").sheets[title]
        first = next(chart for chart in sheet._charts if chart.title.tx.rich.p[0].r[0].t == "rms error by epoch")
        assert first.anchor._from.row == 3  # below the rows that stay


def test_without_anything_watched_there_is_a_table_and_no_chart() -> None:
    book = build("graddesc")
    for title in OPTIMIZER_COLOURS:
        book[title].watch, book[title].goals, book[title].look.charts = {}, {}, []
    unroll(book, 3)
    assert all(book[title].look.charts == [] for title in OPTIMIZER_COLOURS)


def test_charts_below_the_rows_stay_there(file: Callable[[str], File]) -> None:
    before, after = build("graddesc")["basic"].look.charts, trained()["basic"].look.charts
    assert before[0].title == "Error by epoch"
    assert after[0] == before[0]
    assert [chart.title for chart in after[-2:]] == [f"{chart.title} (0 epochs done)" for chart in before[1:]]
    assert Unrolled(build("graddesc")["basic"]).places.table < min(parse_cell(chart.at)[1] for chart in after[1:])


# --- where charts are put ---------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("size", "widths", "expected"),
    [
        ((1, 0.5), {}, "B2"),
        ((1.7, 0.5), {}, "B2:C2"),  # a column of the usual width is 64 pixels: 1.69 cm
        ((1.7, 0.54), {1: 20}, "B2:B3"),  # a row is 15 points: 0.53 cm
        ((16, 9), {}, "B2:K19"),
    ],
)
def test_the_cells_under_a_chart(size: tuple[float, float], widths: dict[int, float], expected: str) -> None:
    chart = Chart("line", "t", "B2", [Series("A1:A3", None, "y")], width=size[0], height=size[1])
    assert str(Look(widths=widths).under(chart)) == expected


def test_charts_one_under_the_other() -> None:
    charts = [Chart("line", "t", cell_name(3, 15), [Series("A1:A3", None, "y")], height=cm) for cm in (0.5, 3, 9)]
    assert [chart.at for chart in stacked(charts)] == ["P4", "P6", "P13"]
    assert stacked([]) == []
