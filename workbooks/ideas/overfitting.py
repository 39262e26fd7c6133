"""Overfitting: polynomials of degree 1, 3 and 9 through ten points, and weight decay, which tames the last.

``overfitting`` has the weights and their errors, ``fits`` works them out, and ``taming`` leaves them to the Solver.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from sheetsim.model.look import Chart, Series
from sheetsim.model.sheet import Sheet
from sheetsim.workbook import Workbook
from workbooks.ideas.fits import HIGHEST, fits, solution
from workbooks.shared.charts import chart_anchor, show
from workbooks.shared.data import rows
from workbooks.shared.introduction import begin
from workbooks.shared.layout import Area
from workbooks.shared.solver_models import solver

Points = Sequence[tuple[float, float]]

WD = 0.001
FITS = {"degree 1": (1, 0), "degree 3": (3, 0), "degree 9": (9, 0), "9 with wd": (9, 1)}  # and which of the two systems
COLOURS = ("green", "blue", "red", "purple")
HEADINGS, WEIGHTS, TRAINING = 5, 10, 22  # rows: of the errors, of the first weight and of the first point
PLACES = 61  # of a curve, from -1 to 1


def overfitting(book: Workbook) -> None:
    """The three sheets."""
    points = [(part, float(x), float(y)) for part, x, y in rows("overfitting.csv")]
    training, validation = ([(x, y) for own, x, y in points if own == part] for part in ("training", "validation"))
    sheet = book.add_sheet("overfitting")
    sheet.about = "Polynomials of degree 1, 3 and 9 through ten points: training and validation error, and wd."
    begin(
        sheet,
        "Degree 9 goes through all ten points, and is the worst between them: look at the two errors. The same degree"
        " with wd·Σw² in its loss is as good as degree 3.",
        "Try wd 0, 0.00001, 0.1: too little leaves the wild curve, too much flattens it. Move a point, too.",
    )
    sheet.values("A3", [["wd", WD]])
    book.define_name("wd", "overfitting!$B$3")
    first, last = "C", "F"
    sheet.values(f"A{HEADINGS}", [[None, None, *FITS]])
    sheet.values(f"A{HEADINGS + 1}", [["training error"], ["validation error"], ["Σw²"]])
    for column, (degree, system) in zip("CDEF", FITS.values(), strict=True):
        sheet.fill(f"{column}{WEIGHTS}:{column}{WEIGHTS + degree}", f"=fits!{solution(degree, system)}")
    below = curves(sheet, training, validation, first, last)
    sheet.fill(f"{first}8:{last}8", f"=SUMSQ({first}{WEIGHTS}:{first}{WEIGHTS + HIGHEST})")
    sheet.style(f"{first}{WEIGHTS}:{last}{WEIGHTS + HIGHEST}", "state")
    sheet.style("B3", "parameter")
    sheet.style("A3", "label")
    sheet.number_format("B3", "General")
    lines = drawn(sheet, below, dict(zip("CDEF", COLOURS, strict=True)))
    errors = [
        Series(f"{first}{row}:{last}{row}", f"{first}{HEADINGS}:{last}{HEADINGS}", f"=A{row}", colour)
        for row, colour in ((HEADINGS + 1, "grey"), (HEADINGS + 2, "red"))
    ]
    at = chart_anchor(sheet)
    show(
        sheet,
        [
            Chart(
                "points",
                "Ten points, and curves through them",
                at,
                lines,
                "x",
                x_limits=(-1, 1),
                y_limits=(-3, 2),
                height=11,
            ),
            Chart("bars", "rms error", at, errors, y_limits=(0, None), height=7.4),
        ],
        together=True,
    )
    fits(book, "overfitting", Area.at(f"A{TRAINING}", rows=len(training)), Area.at(f"B{TRAINING}", rows=len(training)))
    taming(book, training, validation)


def taming(book: Workbook, training: Points, validation: Points) -> None:
    """Degree 9 with its weights in orange, for the Solver."""
    sheet = book.add_sheet("taming")
    sheet.about = "Degree 9 with wd·Σw² in its loss, for the Solver: orange weights that begin wild."
    begin(
        sheet,
        "The loss is the mean squared error of the training points + wd·Σw². The orange weights are those without wd,"
        " wild as they are: sheetsim solve ideas taming makes the loss small.",
        "The weights then come to those in the column exact, which the sheet fits works out. Try another wd in B3 of"
        " the sheet overfitting before.",
    )
    sheet.values("A3", [["wd"]])
    sheet["B3"] = "=wd"
    sheet.link("B3", "overfitting!B3")
    sheet.values(f"A{HEADINGS}", [[None, None, "degree 9", "exact"]])
    sheet.values(f"A{HEADINGS + 1}", [["training error"], ["validation error"], ["loss"]])
    x, y = (np.array(side) for side in zip(*training, strict=True))
    wild = np.linalg.solve(np.vander(x, HIGHEST + 1, increasing=True), y).round(2)
    weights = Area.at(f"C{WEIGHTS}", rows=HIGHEST + 1)
    sheet.values(weights.first, [[float(weight)] for weight in wild])
    sheet.fill(f"D{WEIGHTS}:D{WEIGHTS + HIGHEST}", f"=fits!{solution(HIGHEST, 1)}")
    below = curves(sheet, training, validation, "C", "D")
    sheet.fill("C8:D8", f"=C6^2+$B$3*SUMSQ(C{WEIGHTS}:C{WEIGHTS + HIGHEST})")
    solver(sheet, change=(weights,), objective="$C$8", central=True)
    sheet.style(f"{weights}", "parameter")
    sheet.style(f"D{WEIGHTS}:D{WEIGHTS + HIGHEST}", "state")
    sheet.style("A3", "label")
    sheet.style("B3", "link")
    sheet.number_format("B3", "General")
    lines = drawn(sheet, below, {"C": "red", "D": "purple"})
    at = chart_anchor(sheet)
    show(
        sheet,
        [Chart("points", "Degree 9, wild and tamed", at, lines, "x", x_limits=(-1, 1), y_limits=(-3, 2), height=11)],
        together=True,
    )


def curves(sheet: Sheet, training: Points, validation: Points, first: str, last: str) -> int:
    """Both sets of points and the places of the curves, with what each polynomial says there, a column each; the errors
    above. Returns the row of the curves' first place."""
    checked = TRAINING + len(training) + 2
    places = checked + len(validation) + 2
    sheet.values(f"A{WEIGHTS}", [[f"w{power}"] for power in range(HIGHEST + 1)])
    for top, title, points in ((TRAINING, "training x", training), (checked, "validation x", validation)):
        bottom = top - 1 + len(points)
        sheet.values(f"A{top - 1}", [[title, "y"]])
        sheet.values(f"A{top}", points)
        sheet.style(f"A{top}:B{bottom}", "input")
        error = f"=SQRT(SUMXMY2($B{top}:$B{bottom},{first}{top}:{first}{bottom})/COUNT($B{top}:$B{bottom}))"
        row = HEADINGS + (1 if top == TRAINING else 2)
        sheet.fill(f"{first}{row}:{last}{row}", error)
        sheet.number_format(f"A{top}:B{bottom}", "0.00")
    end = places - 1 + PLACES
    sheet[f"A{places - 1}"] = "curve x"
    sheet.fill(f"A{places}:A{end}", f"=-1+2*(ROW()-{places})/{PLACES - 1}")
    for top, bottom in ((TRAINING, checked - 3), (checked, places - 3), (places, end)):
        sheet.fill(f"{first}{top - 1}:{last}{top - 1}", f"={first}${HEADINGS}")
        sheet.fill(f"{first}{top}:{last}{bottom}", f"={polynomial(first, top)}")
        sheet.style(f"A{top - 1}:{last}{top - 1}", "heading")
        sheet.style(f"{first}{top}:{last}{bottom}", "activation")
    sheet.style(f"A{places}:A{end}", "input")
    sheet.style(f"A{HEADINGS + 1}:A{HEADINGS + 3},A{WEIGHTS}:A{WEIGHTS + HIGHEST}", "label")
    sheet.style(f"{first}{HEADINGS}:{last}{HEADINGS}", "heading")
    sheet.style(f"{first}{HEADINGS + 1}:{last}{HEADINGS + 3}", "result")
    sheet.number_format(f"{first}{HEADINGS + 1}:{last}{end}", "#,##0.0000")
    sheet.number_format(f"A{places}:A{end}", "0.00")
    sheet.width("A", 15)
    sheet.width("B", 8)
    sheet.width(f"{first}:{last}", 13)
    sheet.look.freeze = f"A{HEADINGS + 1}"
    return places


def polynomial(column: str, row: int) -> str:
    """w0 + x·(w1 + x·(w2 + …)), with the weights of a column and the x of a row; a weight that is not there is 0."""
    text = f"{column}${WEIGHTS + HIGHEST}"
    for power in range(HIGHEST - 1, -1, -1):
        text = f"{column}${WEIGHTS + power}+$A{row}*({text})"
    return text


def drawn(sheet: Sheet, places: int, colours: dict[str, str]) -> list[Series]:
    """The points as dots and the polynomials as lines."""
    end = places - 1 + PLACES
    checked = TRAINING + 12
    dots = [
        Series(f"B{TRAINING}:B{checked - 3}", f"A{TRAINING}:A{checked - 3}", "training", "grey"),
        Series(f"B{checked}:B{places - 3}", f"A{checked}:A{places - 3}", "validation", "orange"),
    ]
    lines = [
        Series(f"{column}{places}:{column}{end}", f"A{places}:A{end}", f"={column}{HEADINGS}", colour, dashed=True)
        for column, colour in colours.items()
    ]
    return [*dots, *lines]
