"""The sheet with optimizers side by side: what it shows, and that it is live in LibreOffice."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from conftest import changed
from epochs_by_hand import OPTIMIZERS, by_hand, error
from libreoffice import recalculated
from test_comparing import LECTURE, OWN, found

from sheetsim.api import compare
from sheetsim.errors import NotFound
from sheetsim.library import build
from sheetsim.macros.running import run
from sheetsim.macros.unrolling import unroll
from sheetsim.model.named_cells import cells_of
from sheetsim.model.sheet import Sheet
from sheetsim.study.comparison.compare_sheet import _odd, add_comparison
from sheetsim.study.comparison.comparing import start
from sheetsim.workbook import Workbook


def test_the_numbers_are_those_of_the_sheet() -> None:
    book = build("graddesc")
    frame = compare(book, epochs=3)
    rows = epoch_rows(book["compare"], 3)
    assert {title: found(frame, title) for title in OPTIMIZERS} == rows


def unrolled(points: Any = None, epochs: int = 4) -> Workbook:
    book = build("graddesc", **({"points": points} if points else {}))
    start(book, {})
    unroll(book, epochs)
    add_comparison(book)
    return book


def labelled(sheet: Any, text: str, after: int = 0) -> int:
    """The row whose first cell says that, counted from 1."""
    rows = range(after + 1, 200)
    return next(row for row in rows if sheet[f"A{row}"] is not None and _plain(sheet[f"A{row}"]) == text)


def _plain(cell: Any) -> Any:
    return getattr(cell, "value", cell)


def epoch_rows(sheet: Any, epochs: int) -> dict[str, list[list[float]]]:
    """Each optimizer's lines of b, a and error, by the headings of the table."""
    first = labelled(sheet, "epochs done") + 1
    columns = {"error": "BCDEF", "b": "GHIJK", "a": "MNOPQ"}
    assert [_plain(sheet[f"A{first + line}"]) for line in range(epochs + 2)] == [*range(epochs + 1), None]
    return {
        title: [
            [_plain(sheet[f"{columns[what][at]}{first + epoch}"]) for what in ("b", "a", "error")]
            for epoch in range(epochs + 1)
        ]
        for at, title in enumerate(OPTIMIZERS)
    }


def test_the_sheet_shows_what_the_optimizers_came_to() -> None:
    book = unrolled(epochs=6)
    sheet = book["compare"]
    assert [each.title for each in book.sheets[:3]] == ["Sheet1", "compare", "data"]
    assert sheet.companion
    rows = epoch_rows(sheet, 6)
    for title in OPTIMIZERS:
        for line, expected in zip(rows[title], by_hand(title, LECTURE, 6, False), strict=True):
            assert line == pytest.approx(expected, rel=1e-9), title
    assert sheet["A5"] == "after 6 epochs"
    for row, title in enumerate(OPTIMIZERS, 7):
        b, a, error = rows[title][-1]
        assert sheet[f"A{row}:G{row}"][0][2:] == [error, b, abs(b - 30), a, abs(a - 2)]
    assert sheet[f"D{labelled(sheet, 'goal')}"] == 30
    assert sheet[f"F{labelled(sheet, 'goal')}"] == 2
    assert sheet["A2"] == "All 5 optimizers start from b = 1, a = 1 on the same 29 points."


def test_nothing_on_it_is_written_a_second_time() -> None:
    """Every number but the switch is a formula."""
    sheet = unrolled()["compare"]
    typed = [cell for cell in sheet.cells() if not sheet.computed()[cell] and isinstance(sheet.value(*cell), float)]
    assert typed == [(2, 1)]


def test_it_says_which_error_is_meant() -> None:
    """That of the optimizers' own sheets is another: it is what a run shows."""
    book = unrolled()
    assert book["compare"]["K8"] == "rms error: of b and a, on all points, so that all start from the same one."
    own = "that of each row's own prediction, while the weights move"
    for title in OPTIMIZERS:
        note = cells_of(book[title], "updated").shifted(0, 1)
        assert book[title].value(note.top, note.left) == f"rms error: {own}"
        assert book[title].value(3, note.left + 1) == run(build("graddesc"), title, 1).table[0][3]
    assert own in book["compare"]["K9"]


def test_a_learning_rate_is_a_click_away() -> None:
    sheet = unrolled()["compare"]
    assert [sheet.look.links[f"B{row}"] for row in range(7, 12)] == [
        "basic!F1", "momentum!D2", "rmsprop!D2", "adam!D2", "adam_ann!D2",
    ]  # fmt: skip
    assert sheet["B7:B11"] == [[0.0001], [0.0001], [0.02], [1], [1]]


@pytest.mark.parametrize(
    ("cells", "message", "columns"),
    [
        ({"adam": {"B5": 1.0}}, "Not alike: 1 with other points than basic, 0 from", {"H10"}),
        ({"basic": {"A4": 1.0}}, "Not alike: 4 with other points than basic, 0 from", {"H8", "H9", "H10", "H11"}),
        ({"rmsprop": {"C2": 3.0}}, "Not alike: 0 with other points than basic, 1 from another start", {"I9"}),
        ({"momentum": {"O1": 1.0}}, "another start, 1 with a switch of its own.", set()),
    ],
)
def test_it_says_what_is_not_alike(cells: dict[str, dict[str, float]], message: str, columns: set[str]) -> None:
    book = unrolled()
    for title, changes in cells.items():
        for cell, number in changes.items():
            book[title][cell] = number
    book.recalculate()
    sheet = book["compare"]
    assert message in sheet["A2"]
    asked = [f"{column}{row}" for column in "HI" for row in range(7, 12)]
    assert {cell for cell in asked if sheet[cell] == "no"} == columns


def test_the_charts_leave_out_what_is_too_far_away() -> None:
    book = build("graddesc")
    start(book, {"basic.lr": 0.01})
    unroll(book, 12)
    sheet = add_comparison(book)
    assert sheet["C7:G7"] == [["diverged"] * 5]
    drawn = labelled(sheet, "epochs done", labelled(sheet, "epochs done")) + 1
    for column in "BGM":
        series = [sheet[f"{column}{drawn + epoch}"] for epoch in range(13)]
        assert series[1:] == ["#N/A"] * 12
        assert series[0] == (sheet[f"C{labelled(sheet, 'start')}"] if column == "B" else 1)
    others = sheet[f"C{drawn}:F{drawn + 12}"]
    assert others == sheet[f"C{labelled(sheet, 'epochs done') + 1}:F{labelled(sheet, 'epochs done') + 13}"]
    for chart in sheet.look.charts:
        assert [series.colour for series in chart.series][:5] == ["blue", "orange", "green", "purple", "red"]
        assert all(series.y.endswith(str(drawn + 12)) for series in chart.series)
    assert [chart.series[-1].dashed for chart in sheet.look.charts] == [False, True, True]


def test_points_of_other_sizes() -> None:
    sheet = unrolled(OWN, epochs=1)["compare"]
    assert sheet["A2"] == "All 5 optimizers start from b = 1, a = 1 on the same 5 points."
    xs, ys = zip(*OWN, strict=True)
    x, y = sum(xs) / 5, sum(ys) / 5
    a = sum((p - x) * (q - y) for p, q in OWN) / sum((p - x) ** 2 for p in xs)
    goal = labelled(sheet, "goal")
    assert [sheet[f"D{goal}"], sheet[f"F{goal}"]] == pytest.approx([y - a * x, a], rel=1e-12)
    assert sheet[f"C{goal}"] == pytest.approx(error(OWN, y - a * x, a), rel=1e-9)


def test_points_without_a_line_through_them() -> None:
    sheet = unrolled([(1, 5), (1, 8)], epochs=2)["compare"]
    goal = labelled(sheet, "goal")
    assert sheet[f"C{goal}:D{goal}"] == [["#DIV/0!", "#DIV/0!"]]
    assert isinstance(sheet["C7"], float)


def test_a_workbook_that_is_not_unrolled() -> None:
    with pytest.raises(NotFound, match="graddesc!basic has no table of its epochs; it is not unrolled"):
        add_comparison(build("graddesc"))


def test_it_is_live_in_libreoffice(tmp_path: Path) -> None:
    """Other learning rates in their cells and the one switch: the numbers of a comparison with these settings."""
    book = unrolled()
    book.save(tmp_path / "unrolled.xlsx")
    new = {"basic": 0.00005, "momentum": 0.0002, "rmsprop": 0.05, "adam": 0.5, "adam_ann": 2.0}
    cells = {title: {str(cells_of(book[title], "lr")): rate} for title, rate in new.items()}
    path = changed(tmp_path / "unrolled.xlsx", tmp_path / "changed.xlsx", {**cells, "compare": {"B3": 1}})
    theirs = recalculated(path)["compare"]
    frame = compare(epochs=4, settings={f"{title}.lr": rate for title, rate in new.items()}, updated=True)
    rows = epoch_rows(theirs, 4)
    for title in OPTIMIZERS:
        for line, expected in zip(rows[title], found(frame, title), strict=True):
            assert line == pytest.approx(expected, rel=1e-10), title
    assert [theirs[f"B{row}"].value for row in range(7, 12)] == list(new.values())
    assert [theirs[f"J{row}"].value for row in range(7, 12)] == [1] * 5
    assert theirs["A2"].value == "All 5 optimizers start from b = 1, a = 1 on the same 29 points."
    before = epoch_rows(book["compare"], 4)
    assert all(rows[title] != before[title] for title in OPTIMIZERS)


def test_it_tells_other_points_in_libreoffice(tmp_path: Path) -> None:
    book = unrolled()
    book.save(tmp_path / "unrolled.xlsx")
    cells = {"adam": {"B5": 203.0}, "basic": {"F1": 0.01}}
    theirs = recalculated(changed(tmp_path / "unrolled.xlsx", tmp_path / "changed.xlsx", cells))["compare"]
    assert theirs["A2"].value.startswith("Not alike: 1 with other points than basic, 0 from another start")
    assert [theirs[f"H{row}"].value for row in range(7, 12)] == ["yes", "yes", "yes", "no", "yes"]
    assert theirs["D11"].value == pytest.approx(book["compare"]["D11"], rel=1e-10)
    assert theirs["D7"].value < -1e100


def test_the_switch_is_one_for_all() -> None:
    book = unrolled()
    sheets: list[Sheet] = [book[title] for title in OPTIMIZERS]
    cells = [cells_of(sheet, "updated") for sheet in sheets]
    formulas = [sheet.formula_text(cell.top, cell.left) for sheet, cell in zip(sheets, cells, strict=True)]
    assert formulas == ["=compare!$B$3"] * 5


def test_the_rules_of_a_cell_have_one_range() -> None:
    """Of conditional formats whose ranges overlap not every program takes more than one."""
    ranges = {rect for rect, _, _ in unrolled()["compare"].look.colours}
    assert not [(one, other) for one in ranges for other in ranges if one != other and one.meets(other)]


@pytest.mark.parametrize(("number", "powers"), [(0, False), (1e-5, True), (-1e-5, True), (0.5, False), (123456, True)])
def test_a_number_has_a_power_of_ten_where_four_decimals_do_not_show_it(number: float, powers: bool) -> None:
    """And so no 0 is shown as 0.00E+00."""
    own = Workbook("own")
    sheet = own.add_sheet("one")
    sheet["A1"], sheet["B1"] = number, "=" + _odd("A1")
    own.recalculate()
    assert sheet["B1"] is powers
    rules = [rule for _, rule, name in unrolled()["compare"].look.colours if "power" in name]
    assert rules
    assert [rule for rule in rules if not re.search(r"<>0,OR\(ABS\(", rule)] == []
