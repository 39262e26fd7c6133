"""graddesc's charts: what an epoch's rows show, live, to the right of them."""

from __future__ import annotations

from sheetsim.model.look import Chart, Series
from sheetsim.model.sheet import Sheet
from workbooks.graddesc.optimizer_sheet import OPTIMIZER_COLOURS
from workbooks.shared.charts import chart_anchor

MOST_DRAWN = 1000  # rows: more points hide each other
HEIGHT = 7.4  # centimetres: two are as high as the lecture's rows
ERRORS_DRAWN = 25  # of basic's list, as in the lecture


def drawn_points(sheet: Sheet, x: str, y: str, last: int) -> Chart:
    """Points from row 5: ``x`` and ``y`` are columns."""
    end = min(last, 4 + MOST_DRAWN)
    points = Series(f"{y}5:{y}{end}", f"{x}5:{x}{end}", "y")
    return Chart("points", "The points, new at each recalculation", chart_anchor(sheet), [points], "x", "y")


def predictions(sheet: Sheet, last: int) -> Chart:
    """Every row predicts its point with other weights."""
    x, y, predicted = (_down(column, last) for column in "ABE")
    lines = [Series(y, x, "=B3", "grey"), Series(predicted, x, "=E3", OPTIMIZER_COLOURS[sheet.title])]
    return Chart("points", "y, and what each row predicts", chart_anchor(sheet), lines, "x", height=HEIGHT)


def path(sheet: Sheet, last: int) -> Chart:
    """How the weights move."""
    line = Series(_down("D", last), _down("C", last), "weights", OPTIMIZER_COLOURS[sheet.title])
    return Chart(
        "line", "The weights, a step a row", chart_anchor(sheet), [line], "intercept b", "slope a", height=HEIGHT
    )


def smoothed(sheet: Sheet, last: int) -> Chart:
    """What momentum is: the gradient jumps from point to point, its average less."""
    colour = OPTIMIZER_COLOURS[sheet.title]
    lines = [Series(_down("F", last), None, "=F3", "grey"), Series(_down("J", last), None, "running average", colour)]
    return Chart("line", "The gradient of b, and its running average", chart_anchor(sheet), lines, "row", height=HEIGHT)


def mean_square(sheet: Sheet, last: int) -> Chart:
    """What rmsprop divides by is the root of this."""
    line = Series(_down("J", last), None, "mean square", OPTIMIZER_COLOURS[sheet.title])
    return Chart(
        "line", "The running average of the squares of b's gradient", chart_anchor(sheet), [line], "row", height=HEIGHT
    )


def errors(sheet: Sheet, first: int) -> Chart:
    """The lecture's own chart, beside the list that begins at row ``first``."""
    cells = f"C{first}:C{first + ERRORS_DRAWN - 1}"
    line = Series(cells, None, f"=C{first - 1}", OPTIMIZER_COLOURS[sheet.title])
    return Chart("line", "Error by epoch", f"E{first - 2}", [line], "epoch", "rmse", width=15, height=8)


def _down(column: str, last: int) -> str:
    """The cells of a column that are drawn, from the first point on."""
    return f"{column}4:{column}{min(last, 3 + MOST_DRAWN)}"
