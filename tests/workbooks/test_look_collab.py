"""What the sheets of ratings and of trained models show: each chart draws the numbers that it says it does, in every
size; charts cover no cells and are printed; shades and legends as openpyxl reads them back."""

from __future__ import annotations

import math
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from itertools import chain, pairwise
from pathlib import Path

import numpy as np
import openpyxl
import pytest
from small_trained import build_digits, build_ratings, digits, history, ratings

from sheetsim.errors import InputError
from sheetsim.model.address import Rect, parse_cell, parse_rect
from sheetsim.model.look import Chart, Series
from sheetsim.model.sheet import Sheet
from sheetsim.training.history import smoothed
from sheetsim.workbook import Workbook
from workbooks.collab_filter import workbook as collab_filter
from workbooks.collab_filter.charts import against
from workbooks.collab_sigmoid import workbook as collab_sigmoid
from workbooks.shared.data import by_id, numbers
from workbooks.shared.layout import Area

LECTURE = (15, 15, 5)
SIZES = [LECTURE, (3, 4, 2), (4, 3, 2), (20, 30, 8)]  # users, movies, factors
COLLAB = ["dotprod", "movielens_1hot", "movielens_emb", "bias", "dotprod_sigmoid", "bias_sigmoid"]
TRAINED = [("ratings", "history"), ("ratings", "batches"), ("ratings", "ratings"), ("digits", "history")]
TRAINED += [("digits", "batches"), ("digits", "picture")]
Rating = tuple[float, ...]


def listed(users: int, movies: int) -> list[Rating]:
    """Ratings of the lecture's, or made up: some missing, in no order."""
    if (users, movies) == LECTURE[:2]:
        return numbers("ratings.csv")
    random = np.random.default_rng(users)
    pairs = random.permutation(users * movies)
    given = [pair for pair in pairs.tolist() if pair % 7 or pair in (0, users * movies - 1)]
    return [(7.0 + 3 * (pair // movies), 50.0 + pair % movies, random.integers(1, 11) / 2) for pair in given]


def collab(title: str, size: tuple[int, int, int]) -> Sheet:
    users, movies, factors = size
    own = None if size == LECTURE else listed(users, movies)
    definition = collab_sigmoid if "sigmoid" in title else collab_filter
    book = definition.build(own, factors)
    book.recalculate()
    return book[title]


def trained(book: str, title: str) -> Sheet:
    return (build_ratings() if book == "ratings" else build_digits("nn"))[title]


def held(sheet: Sheet, cells: str | None) -> list[float | str | None]:
    """What the cells of a chart hold, in order."""
    assert cells is not None
    rect = parse_rect(cells)
    assert min(rect.rows, rect.columns) == 1  # Excel draws a row or a column, no matrix
    return [value for row in sheet[cells if rect.size > 1 else f"{cells}:{cells}"] for value in row]


def drawn(sheet: Sheet, chart: Chart, dashed: bool = False) -> list[tuple[float, float]]:
    """The dots of a chart, x and y; one without y is not drawn."""
    series = [each for each in chart.series if each.dashed == dashed]
    pairs = [zip(held(sheet, each.x), held(sheet, each.y), strict=True) for each in series]
    return sorted((x, y) for pair in pairs for x, y in pair if y is not None)  # type: ignore[misc]


# --- ratings and predictions ------------------------------------------------------------------------------------------
def predictions(title: str, size: tuple[int, int, int]) -> Iterator[tuple[float, float]]:
    """Each rating's prediction and the rating, by plain arithmetic from the weights."""
    table = listed(*size[:2])
    plain, biased = weights(title, size)
    for user, movie, rating in table:
        u, m = (biased if "bias" in title else plain)[0][user], (biased if "bias" in title else plain)[1][movie]
        at = 1 if "bias" in title else 0
        total = sum(a * b for a, b in zip(u[at:], m[at:], strict=True)) + (u[0] + m[0] if at else 0)
        yield (5.5 / (1 + math.exp(-total)) if "sigmoid" in title else total), rating


def weights(title: str, size: tuple[int, int, int]) -> list[list[dict[float, Rating]]]:
    """Of users and of movies, without bias and with it: the lecture's files, or drawn as the definition draws them."""
    users, movies, factors = size
    if size == LECTURE:
        end = "_sigmoid" if "sigmoid" in title else ""
        return [[by_id(f"{kind}{end}_{who}.csv") for who in ("users", "movies")] for kind in ("dotprod", "bias")]
    random = np.random.default_rng(0)
    table = np.array(listed(users, movies))
    ids = [np.unique(table[:, column]).tolist() for column in (0, 1)]
    return [
        [dict(zip(who, map(tuple, random.random((len(who), factors + bias))), strict=True)) for who in ids]
        for bias in (0, 1)
    ]


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("title", COLLAB)
def test_every_rating_is_a_dot_at_its_prediction(title: str, size: tuple[int, int, int]) -> None:
    sheet = collab(title, size)
    dots = drawn(sheet, sheet.look.charts[0])
    expected = sorted(predictions(title, size))
    assert len(dots) == len(listed(*size[:2]))
    assert np.array(dots) == pytest.approx(np.array(expected), rel=1e-12)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("title", COLLAB)
def test_on_the_dashed_line_prediction_and_rating_are_equal(title: str, size: tuple[int, int, int]) -> None:
    sheet = collab(title, size)
    values = sorted(rating for _, _, rating in listed(*size[:2]))
    assert drawn(sheet, sheet.look.charts[0], dashed=True) == [(value, value) for value in values]


def test_a_changed_weight_moves_the_dots() -> None:
    sheet = collab("dotprod", LECTURE)
    before = drawn(sheet, sheet.look.charts[0])
    sheet["B25"] = 3  # of the first user, who has rated all 15 movies
    sheet.book.recalculate()
    assert len(set(before) - set(drawn(sheet, sheet.look.charts[0]))) == 15


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("title", ["bias", "bias_sigmoid"])
def test_the_bars_are_the_biases(title: str, size: tuple[int, int, int]) -> None:
    sheet = collab(title, size)
    _, biased = weights(title, size)
    for chart, given in zip(sheet.look.charts[1:], (biased[1], biased[0]), strict=True):
        (bars,) = chart.series
        assert dict(zip(held(sheet, bars.x), held(sheet, bars.y), strict=True)) == {
            one: row[0] for one, row in given.items()
        }


@pytest.mark.parametrize(
    ("rows", "columns", "lines"), [(15, 15, 15), (3, 40, 3), (40, 3, 3), (206, 1, 1), (400, 300, 120)]
)
def test_excel_takes_255_series(rows: int, columns: int, lines: int) -> None:
    predicted = Area.at("H2", rows, columns)
    series = against("A1", predicted, predicted.right_of(gap=1, columns=columns)).series
    assert len(series) == 2 * lines <= 255
    assert [each.name for each in series if each.name] == ["a rating", "predicted exactly"]


# --- trained models ---------------------------------------------------------------------------------------------------
def test_losses_by_epoch() -> None:
    sheet = trained("digits", "history")
    loss, accuracy = sheet.look.charts
    train, valid = (
        [(each.number, getattr(each, f"{which}_loss")) for each in history().epochs] for which in ("train", "valid")
    )
    assert drawn(sheet, loss) == sorted([*train, *valid])
    assert [each.name for each in loss.series] == ["train loss", "valid loss"]
    assert drawn(sheet, accuracy) == [(1, 0.5), (2, 0.5)]


def test_batch_by_batch() -> None:
    sheet, run = trained("ratings", "batches"), history()
    for chart, expected in zip(sheet.look.charts, (smoothed(run.losses), run.rates, run.momenta), strict=True):
        batches, values = zip(*drawn(sheet, chart), strict=True)
        assert batches == (1, 2, 3, 4, 5)
        assert values == pytest.approx(expected.tolist(), rel=1e-12)


def test_predictions_by_rating() -> None:
    sheet, (_, split) = trained("ratings", "ratings"), ratings()
    given = split.ratings.values[split.valid]
    predicted = np.array(sheet["J6:J17"])[:, 0]
    levels = np.unique(given).tolist()
    mean = [predicted[given == level].mean() for level in levels]
    off = [np.sqrt(np.mean((predicted - given)[given == level] ** 2)) for level in levels]
    prediction, error = sheet.look.charts
    assert np.array(drawn(sheet, prediction)) == pytest.approx(np.array([levels, mean]).T)
    assert drawn(sheet, prediction, dashed=True) == [(level, level) for level in levels]
    assert np.array(drawn(sheet, error)) == pytest.approx(np.array([levels, off]).T)
    assert sum(row[0] for row in sheet[f"N6:N{5 + len(levels)}"]) == len(given)


def softmax() -> np.ndarray:
    """The softmax of each digit, in NumPy."""
    w, data = digits("nn")
    outputs = np.maximum(data.valid_pixels @ w["weights1"].astype(float) + w["bias1"], 0) @ w["weights2"] + w["bias2"]
    exp = np.exp(outputs)
    return np.asarray(exp / exp.sum(axis=1, keepdims=True))


@pytest.mark.parametrize("number", [0, 6])
def test_the_picture_of_a_digit(number: int) -> None:
    sheet, (_, data) = trained("digits", "picture"), digits("nn")
    sheet["A4"] = number
    sheet.book.recalculate()
    assert np.array(sheet["B6:AC33"]) == pytest.approx(data.valid_pixels[number].reshape(28, 28) * 256)
    (bars,) = sheet.look.charts[0].series
    shares = softmax()[number]
    assert held(sheet, bars.x) == list(range(10))
    assert held(sheet, bars.y) == pytest.approx(shares.tolist(), rel=1e-12)
    assert dict(sheet["AE16:AF17"]) == {"actual": data.valid_labels[number], "predicted": int(np.argmax(shares))}


def test_the_first_picture_is_the_one_with_the_greatest_loss() -> None:
    _, data = digits("nn")
    of_actual = softmax()[np.arange(7), data.valid_labels]
    assert trained("digits", "picture")["A4"] == int(np.argmin(of_actual))


# --- where charts stand -----------------------------------------------------------------------------------------------
def sheets_with_charts() -> Iterator[Sheet]:
    for size in SIZES:
        yield from (collab(title, size) for title in COLLAB)
    yield from (trained(book, title) for book, title in TRAINED)


def test_charts_cover_no_cells_and_each_is_printed() -> None:
    for sheet in sheets_with_charts():
        page = [parse_rect(part) for part in (sheet.look.page or "").split(",")]
        places = [parse_cell(chart.at) for chart in sheet.look.charts]
        assert page[0] == Rect(0, 0, sheet.rows - 1, sheet.columns - 1), sheet
        under = [sheet.look.under(chart) for chart in sheet.look.charts]
        printed = [[chart for chart in under if chart.common(area) == chart] for area in page[1:]]
        assert list(chain(*printed)) == under, sheet  # the cells, then all the charts, each once
        assert all(printed), sheet
        assert all(column > sheet.columns for _, column in places), sheet
        assert all(after.top > before.bottom for before, after in pairwise(under)), sheet
        frozen = parse_cell(sheet.look.freeze)[0] if sheet.look.freeze else 0
        assert all(row >= frozen for row, _ in places), sheet  # else the rows that stay would cover them


def test_no_number_is_too_wide_for_its_column(tmp_path: Path) -> None:
    program = shutil.which("soffice")
    if program is None or shutil.which("pdftotext") is None:
        pytest.skip("LibreOffice or pdftotext is not installed")
    for size in SIZES[:2]:
        sheet = collab("bias", size)
        path = tmp_path / f"{size[0]}.xlsx"
        sheet.book.save(path)
        convert = [
            program,
            f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}",
            "--headless",
            "--convert-to",
            "pdf",
        ]
        subprocess.run([*convert, "--outdir", str(tmp_path), str(path)], check=True, capture_output=True, timeout=180)
        text = subprocess.run(["pdftotext", path.with_suffix(".pdf"), "-"], check=True, capture_output=True, text=True)
        assert "movieId" in text.stdout
        assert "##" not in text.stdout


# --- in the file ------------------------------------------------------------------------------------------------------
def saved(book: Workbook, tmp_path: Path) -> openpyxl.Workbook:
    book.save(tmp_path / "book.xlsx")
    return openpyxl.load_workbook(tmp_path / "book.xlsx")


@pytest.mark.parametrize(
    ("limits", "stored"),
    [
        ((None, None), [("min", None), ("max", None)]),
        ((0, None), [("num", 0), ("max", None)]),
        ((0, 5.5), [("num", 0), ("num", 5.5)]),
    ],
)
def test_shades(
    limits: tuple[float | None, float | None], stored: Sequence[tuple[str, float | None]], tmp_path: Path
) -> None:
    book = Workbook("shades")
    sheet = book.add_sheet("s")
    sheet["A1"] = 1
    sheet.colour("A1:B2", "A1=0", "quiet")
    sheet.shade("A1:B2", "green", *limits)
    (cells,) = saved(book, tmp_path)["s"].conditional_formatting
    colour, shade = sorted(cells.rules, key=lambda rule: rule.priority)
    assert str(cells.sqref) == "A1:B2"
    assert [(end.type, end.val) for end in shade.colorScale.cfvo] == stored
    assert colour.stopIfTrue  # what is quiet is not shaded


def test_a_shade_there_is_not(tmp_path: Path) -> None:
    book = Workbook("shades")
    book.add_sheet("s").shade("A1", "pink")
    with pytest.raises(InputError, match="no shade 'pink'; there are blue, green, orange, red"):
        book.save(tmp_path / "book.xlsx")


def test_a_goal_among_points_is_a_line_and_the_legend_leaves_out_what_has_no_name(tmp_path: Path) -> None:
    book = Workbook("points")
    sheet = book.add_sheet("s")
    sheet.values("A1", [[1, 2], [2, 3]])
    series = [Series("A1:A2", "B1:B2", "dots"), Series("A1:A2", "B1:B2", "")]
    sheet.chart(Chart("points", "t", "D1", [*series, Series("A1:A2", "A1:A2", "goal", dashed=True)]))
    (chart,) = saved(book, tmp_path)["s"]._charts
    assert [each.marker.symbol for each in chart.series] == ["circle", "circle", None]
    assert [bool(each.spPr.ln.noFill) for each in chart.series] == [True, True, False]
    assert [(entry.idx, entry.delete) for entry in chart.legend.legendEntry] == [(1, True)]
    assert [each.tx is None for each in chart.series] == [False, True, False]
