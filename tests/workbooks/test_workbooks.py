"""The definitions against the lecture's own files, cell by cell; their sizes; and that other data can be put in."""

from __future__ import annotations

import math
import struct
from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
import pytest
from places import ORIGINALS

from sheetsim.errors import InputError
from sheetsim.model.address import Rect, cell_name, parse_cell
from sheetsim.model.buttons import Copy
from sheetsim.model.nodes import meaning
from sheetsim.model.sheet import Sheet
from sheetsim.reading.book import read
from sheetsim.workbook import Workbook
from workbooks import DESCRIPTIONS, LECTURE, WORKBOOKS
from workbooks.collab_filter import workbook as collab_filter
from workbooks.collab_sigmoid import workbook as collab_sigmoid
from workbooks.entropy_example import workbook as entropy_example
from workbooks.graddesc import workbook as graddesc
from workbooks.shared.data import numbers

SHEETS = {
    "graddesc": ["Sheet1", "data", "basic", "momentum", "rmsprop", "adam", "adam_ann"],
    "collab_filter": ["dotprod", "movielens_1hot", "movielens_emb", "bias", "word_emb"],
    "entropy_example": ["softmax", "entropy", "log_entropy"],
}
NAMES = list(SHEETS)  # the lecture's; collab_sigmoid is not among them
EVERY_SHEET = [(name, title) for name in SHEETS for title in SHEETS[name]]
OPTIMIZERS = SHEETS["graddesc"][2:]


@cache
def built(name: str) -> Workbook:
    return WORKBOOKS[name]()


@cache
def original(name: str) -> Workbook:
    path = ORIGINALS / f"{name}.xlsx"
    if not path.exists():
        pytest.skip("the lecture's own workbooks are not here (../shared/originals)")
    return read(path)


# --- against the originals --------------------------------------------------------------------------------------------
def content(sheet: Sheet, row: int, column: int) -> Any:
    """What was typed into a cell: a value by its bits, a formula by its meaning (and an array formula by its cells)."""
    for (top, left), (area, number) in sheet.arrays.items():
        if area.top <= row <= area.bottom and area.left <= column <= area.right:
            return "array", area, (top, left), meaning(sheet.book.formulas[number].tree)
    if number := int(sheet.formula_numbers[row, column]):
        return "formula", meaning(sheet.book.formulas[number].tree)
    value = sheet.value(row, column)
    return "value", type(value), struct.pack("<d", value) if isinstance(value, float) else value


def contents(sheet: Sheet, prose: list[Rect]) -> dict[str, Any]:
    cells = ((row, column) for row, column in sheet.cells() if not any(_inside(area, row, column) for area in prose))
    return {cell_name(row, column): content(sheet, row, column) for row, column in cells}


def _inside(area: Rect, row: int, column: int) -> bool:
    return area.top <= row <= area.bottom and area.left <= column <= area.right


def differences(ours: dict[Any, Any], theirs: dict[Any, Any]) -> dict[Any, tuple[Any, Any]]:
    both = ours.keys() | theirs.keys()
    return {key: (ours.get(key), theirs.get(key)) for key in both if ours.get(key) != theirs.get(key)}


@pytest.mark.parametrize(("name", "title"), [place for place in EVERY_SHEET if place[1] != "Sheet1"])  # all prose
def test_every_cell_is_the_originals(name: str, title: str) -> None:
    ours, theirs = built(name)[title], contents(original(name)[title], built(name)[title].prose)
    assert theirs
    assert differences(contents(ours, ours.prose), theirs) == {}


@pytest.mark.parametrize(
    ("where", "planted"),
    [("A4", 14.5), ("C1", math.nextafter(29.713174380227404, 0)), ("E7", "=C7+D7*B7"), ("F20", None), ("Z99", 0)],
    ids=["input", "last bit", "formula", "missing cell", "extra cell"],
)
def test_a_planted_difference_is_seen(where: str, planted: Any) -> None:
    sheet = graddesc.build()["adam"]
    theirs = contents(original("graddesc")["adam"], sheet.prose)
    sheet[where] = planted
    assert list(differences(contents(sheet, sheet.prose), theirs)) == [where]


def test_a_planted_array_formula_is_seen() -> None:
    sheet = collab_filter.build()["movielens_1hot"]
    theirs = contents(original("collab_filter")["movielens_1hot"], sheet.prose)
    sheet.array("AE3:AI208", "=MMULT(O3:AC208,C5:G19)")
    assert len(differences(contents(sheet, sheet.prose), theirs)) == 206 * 5


@pytest.mark.parametrize("name", NAMES)
def test_the_sheets_are_the_originals(name: str) -> None:
    for book in (built(name), original(name)):
        assert [sheet.title for sheet in book.sheets] == SHEETS[name]


@pytest.mark.parametrize("name", NAMES)
def test_every_name_is_the_originals(name: str) -> None:
    def facts(book: Workbook) -> dict[Any, Any]:
        return {key: (found.name, found.text, found.sheet, found.hidden) for key, found in book.names.items()}

    assert differences(facts(built(name)), facts(original(name))) == {}


@pytest.mark.parametrize("name", NAMES)
def test_every_table_is_the_originals(name: str) -> None:
    assert built(name).tables == original(name).tables


def test_explanations_are_in_the_originals_cells_and_in_other_words() -> None:
    for name, title in EVERY_SHEET:
        ours = built(name)[title]
        for area in (area for area in ours.prose if area.size > 1):
            theirs = original(name)[title]
            texts = [
                {sheet.value(row, column) for row, column in sheet.cells() if _inside(area, row, column)} - {None}
                for sheet in (ours, theirs)
            ]
            assert min(map(len, texts)) > 0
            assert {text for text in texts[0] & texts[1] if " " in text} == set()
            used = [cell for cell in theirs.cells() if _inside(area, *cell)]
            assert area.bottom <= max(row for row, _ in used)
            assert area.right <= 1


# --- facts that need no original --------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("name", "cells"), [("graddesc", 1623), ("collab_filter", 12937), ("collab_sigmoid", 452), ("entropy_example", 75)]
)
def test_number_of_formula_cells(name: str, cells: int) -> None:
    assert sum(int(sheet.computed().sum()) for sheet in built(name).sheets) == cells


@pytest.mark.parametrize(
    ("title", "lr"), [("basic", 0.0001), ("momentum", 0.0001), ("rmsprop", 0.02), ("adam", 0.1), ("adam_ann", 1 / 256)]
)
def test_learning_rates(title: str, lr: float) -> None:
    sheet = built("graddesc")[title]
    assert sheet["F1" if title == "basic" else "D2"] == lr


@pytest.mark.parametrize(
    ("where", "formula"),
    [
        ("graddesc basic G4", "=(((C4+0.01)+A4*D4)-B4)^2"),
        ("graddesc basic C5", "=N4"),
        ("graddesc rmsprop H32", "=C32-F32*$D$2/SQRT(J31)"),
        ("graddesc adam I20", "=D20-K20*$D$2/SQRT(M20)"),
        ("graddesc adam_ann G33", "=SQRT(SUMSQ(G4:G32))/COUNT(G4:G32)"),
        ("collab_filter dotprod H25", '=IF(H2="",0,MMULT($B25:$F25,H$19:H$23))'),
        ("collab_filter dotprod V41", "=SQRT(SUMXMY2(H2:V16,H25:V39)/COUNT(H2:V16))"),
        ("collab_filter bias V40", '=IF(V16="",0,MMULT($B40:$F40,V$20:V$24))+V$19+$A40'),
        ("collab_filter movielens_1hot AI208", "=MMULT(O3:AC208,C4:G18)"),
        ("collab_filter movielens_1hot BH210", "=SQRT(AVERAGE(BH3:BH209))"),
        ("collab_filter movielens_emb W208", "=OFFSET($B$21,$R208,W$2)"),
        ("collab_sigmoid dotprod_sigmoid H25", '=IF(H2="",0,$A$2/(1+EXP(-MMULT($B25:$F25,H$19:H$23))))'),
        ("collab_sigmoid bias_sigmoid V40", '=IF(V16="",0,$A$2/(1+EXP(-(MMULT($B40:$F40,V$20:V$24)+V$19+$A40))))'),
        ("entropy_example log_entropy I2", "=OFFSET(D2,0,H2)"),
    ],
)
def test_formulas_are_typed_as_in_the_lecture(where: str, formula: str) -> None:
    name, title, cell = where.split()
    assert built(name)[title].formula_text(*parse_cell(cell)) == formula


def test_stored_states() -> None:
    book = built("graddesc")
    assert (book["basic"]["C1"], book["rmsprop"]["C2"]) == (1.2754625002528799, 2.4036203537069443)
    assert [book["basic"][f"C{row}"] is None for row in (37, 38, 42, 43)] == [False, False, False, True]


@pytest.mark.parametrize("title", OPTIMIZERS)
def test_every_optimizer_has_its_buttons(title: str) -> None:
    buttons = built("graddesc")[title].buttons
    assert list(buttons) == ["reset", "run"]
    assert (buttons["reset"].times, buttons["run"].times) == (1, 5)
    assert Copy("lastconst", "const") in buttons["run"].steps


@pytest.mark.parametrize(
    ("title", "presses"),
    [("basic", [1]), ("momentum", []), ("rmsprop", [1]), ("adam", [3, 0.1, 1]), ("adam_ann", [5])],
)
def test_buttons_lead_to_the_stored_state(title: str, presses: list[float]) -> None:
    """Reset, then Run so many times; a number below 1 is a learning rate set by hand."""
    book = graddesc.build()
    book.recalculate()
    book.press(title, "reset")
    for step in presses:
        if step < 1:
            book[title]["D2"] = step
            book.recalculate()
        else:
            for _ in range(int(step)):
                book.press(title, "run")
    stored = graddesc.build()[title]
    assert contents(book[title], []) == contents(stored, [])


def test_adam_after_one_run() -> None:
    book = graddesc.build(numbers("points.csv"))
    book.recalculate()
    book.press("adam", "reset")
    book.press("adam", "run")
    assert book["adam"]["C1"] == 24.960097789510424


def test_the_explanation_names_the_right_cells() -> None:
    sheet = built("graddesc")["Sheet1"]
    words = " ".join(str(sheet.value(row, 1)) for row in range(30))
    for reference in ("29 points", "C32 and D32", "F33", "C38"):
        assert reference in words


def test_every_workbook_has_a_description() -> None:
    assert list(LECTURE) == NAMES
    assert set(DESCRIPTIONS) == set(WORKBOOKS)
    assert all(text and "\n" not in text for text in DESCRIPTIONS.values())


# --- other data -------------------------------------------------------------------------------------------------------
def target(book: Workbook, sheet: str, name: str) -> str:
    found = book.find_name(name, sheet)
    assert found is not None
    return found.text


@pytest.mark.parametrize("size", [2, 10, 400])
def test_other_points(size: int) -> None:
    book = graddesc.build([(x, 3 * x + 1) for x in range(size)])
    last = 3 + size
    for title in OPTIMIZERS:
        sheet = book[title]
        assert (sheet["A4"], sheet[f"B{last}"], sheet["C1"], sheet["C2"]) == (0, 3 * size - 2, 1, 1)
        assert sheet[f"A{last + 1}"] is None
        assert target(book, title, "lastconst") == f"{title}!$C${last}"
        assert sheet.formula_text(last - 1, 4) == f"=C{last}+D{last}*A{last}"
        assert sheet.formula_text(last, 4) is None
    assert target(book, "basic", "rmses") == f"basic!$C${last + 6}:$C${last + 74}"
    assert book["data"].rows == 4 + size
    assert book["adam"].formula_text(2, 9) == f"=J{last + 1}"
    a_row = 2 + 12 + 10 + 9 + 11 + 11  # formulas of data, basic, momentum, rmsprop, adam, adam_ann
    assert cells(book) == cells(built("graddesc")) + (size - 29) * a_row


def cells(book: Workbook) -> int:
    return sum(int(sheet.computed().sum()) for sheet in book.sheets)


RATINGS = [(7, 30, 4.0), (2, 10, 3.5), (7, 20, 1.0), (2, 20, 5.0), (9, 10, 2.0), (9, 40, 2.5), (2, 40, 4.5)]


@pytest.mark.parametrize("factors", [2, 5, 8])
def test_other_ratings(factors: int) -> None:
    users, movies, listed = 3, 4, len(RATINGS)
    book = collab_filter.build(RATINGS, factors=factors, text=["b", "a", "B", "c"])
    count = {sheet.title: int(sheet.computed().sum()) for sheet in book.sheets}
    assert count["dotprod"] == count["bias"] == users * movies + 1
    indices = 2 * listed + (users - 1) + (movies - 1)
    looked_up = users * factors + indices
    one_hot = (users - 1) + (movies - 1) + listed * (users + movies)
    assert count["movielens_1hot"] == looked_up + one_hot + listed * 2 * factors + listed * 2 + 1
    assert count["movielens_emb"] == looked_up + listed * 2 * factors + listed * 2 + 1
    assert count["word_emb"] == 2 + 4 * (1 + factors)
    assert [book["word_emb"][f"B{row}"] for row in (4, 5, 6)] == ["a", "b", "c"]


def test_other_ratings_with_the_lectures_factors_stand_in_the_lectures_columns() -> None:
    sheet = collab_filter.build(RATINGS)["dotprod"]
    assert [sheet[f"{column}1"] for column in "GHIJK"] == ["movieId", 10, 20, 30, 40]
    assert [sheet[f"G{row}"] for row in (2, 3, 4)] == [2, 7, 9]
    assert [sheet[f"{column}2"] for column in "HIJK"] == [3.5, 5, None, 4.5]
    assert sheet.formula_text(12, 7) == '=IF(H2="",0,MMULT($B13:$F13,H$7:H$11))'
    assert sheet.formula_text(16, 10) == "=SQRT(SUMXMY2(H2:K4,H13:K15)/COUNT(H2:K4))"
    assert target(sheet.book, "dotprod", "solver_adj") == "dotprod!$H$7:$K$11,dotprod!$B$13:$F$15"


@pytest.mark.parametrize(
    ("sheet", "cell", "best"), [("dotprod_sigmoid", "V41", 0.2962), ("bias_sigmoid", "V42", 0.2233)]
)
def test_the_stored_weights_behind_a_sigmoid(sheet: str, cell: str, best: float) -> None:
    """Far below what the lecture's sheets come to without it; every prediction is within its range."""
    book = built("collab_sigmoid")
    book.recalculate()
    assert book[sheet][cell] == pytest.approx(best, abs=5e-5)
    top = 25 if sheet == "dotprod_sigmoid" else 26
    ratings, predictions = np.array(book[sheet]["H2:V16"], float), np.array(book[sheet][f"H{top}:V{top + 14}"])
    assert (predictions[np.isnan(ratings)] == 0).all()
    assert ((predictions >= 0) & (predictions <= 5.5)).all()
    assert np.sqrt(np.nanmean((ratings - predictions) ** 2)) == pytest.approx(best, abs=5e-5)


def test_the_sigmoids_of_other_ratings() -> None:
    book = collab_sigmoid.build(RATINGS, factors=3, highest=6)
    book.recalculate()
    assert target(book, "bias_sigmoid", "solver_adj") == "bias_sigmoid!$F$7:$I$10,bias_sigmoid!$A$12:$D$14"
    assert (book["dotprod_sigmoid"]["A2"], book["bias_sigmoid"]["A2"]) == (6, 6)
    sheet = book["dotprod_sigmoid"]
    x = float(np.dot(sheet["B11:D11"][0], [sheet[f"F{row}"] for row in (7, 8, 9)]))
    assert sheet["F11"] == pytest.approx(6 / (1 + math.exp(-x)), rel=1e-14)


def test_random_weights_are_the_same_for_the_same_seed() -> None:
    first, again, other = (collab_filter.build(RATINGS, seed=seed)["bias"]["A14"] for seed in (1, 1, 2))
    assert first == again != other


def test_other_predictions() -> None:
    book = entropy_example.build({"a": (1, 2), "b": (3, 4)}, [(1, 0.25)])
    assert book["softmax"].formula_text(4, 2) == "=SUM(C3:C4)"
    assert [sheet.computed().sum() for sheet in book.sheets] == [2 * 6 + 4, 3, 6]


@pytest.mark.parametrize(
    "build",
    [
        lambda: graddesc.build([(1, 2)]),
        lambda: collab_filter.build([(1, 1, 5), (1, 2, 5)]),
        lambda: collab_filter.build([(1, 1, 5), (2, 2, 5), (1, 1, 4)]),
        lambda: collab_filter.build(RATINGS, factors=1),
        lambda: collab_filter.build(text=["one", "One"]),
        lambda: collab_sigmoid.build([(1, 1, 5), (1, 2, 5)]),
        lambda: collab_sigmoid.build(factors=1),
        lambda: collab_sigmoid.build(highest=0),
    ],
)
def test_too_little_data_is_refused(build: Callable[[], Workbook]) -> None:
    with pytest.raises(InputError):
        build()
