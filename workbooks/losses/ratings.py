"""A number is to be predicted: the squared error, of the output itself and of a sigmoid stretched over a range."""

from __future__ import annotations

from sheetsim.model.look import Chart, Series
from sheetsim.workbook import Workbook
from workbooks.losses.examples import FIRST, LOSS, means, sheet_of, show_below
from workbooks.shared.columns import Column
from workbooks.shared.introduction import INDENTED

LOW, HIGH = 0.0, 5.5  # as for the lecture's movie ratings
#: An example a line: the rating, and what the model puts out.
EXAMPLES = ((0.5, -3.0), (1.0, -1.6), (2.0, -0.4), (3.0, 0.4), (4.0, 1.0), (4.5, 2.1), (5.0, 3.0), (5.0, 6.0))
SETTINGS = 3


def squared_error(book: Workbook) -> None:
    """The two predictions, their squared errors, and the gradients by the derivative and by a small change."""
    stretched = "low+(high-low)/(1+EXP(-({output}{step})))"
    up, down = (f"({stretched.replace('{step}', sign)}-{{rating}})^2" for sign in ("+0.001", "-0.001"))
    columns = [
        Column("rating", "rating", style="parameter", format="0.0", width=9),
        Column("output", "output", style="parameter", format="0.0", width=9),
        Column("error", "err^2", "=({output}-{rating})^2", "loss", LOSS),
        Column("gradient", "d/d out", "=2*({output}-{rating})", "gradient", LOSS),
        Column("ranged", "in range", f"={stretched.replace('{step}', '')}", "activation", LOSS),
        Column("ranged_error", "err^2", "=({ranged}-{rating})^2", "loss", LOSS),
        Column("slope", "d pred/d out", "=({ranged}-low)*(high-{ranged})/(high-low)", "gradient", LOSS, 13),
        Column("ranged_gradient", "d/d out", "=2*({ranged}-{rating})*{slope}", "gradient", LOSS),
        Column("difference", "est d/d out", f"=({up}-{down})/0.002", "gradient", LOSS, 12),
    ]
    sheet, table = sheet_of(
        book,
        "squared_error",
        "The squared error with and without a sigmoid over the range of the ratings.",
        (
            "C and D take the output as the prediction; E to I stretch a sigmoid over the range: no prediction leaves"
            " it, an output of 6 costs little, and the gradient fades towards the ends (G).",
            "Try high = 5: a rating of 5 is then out of reach and its loss never 0, which is why the lecture takes"
            " 5.5. Try an output of 20: the gradient is gone.",
        ),
        columns,
        len(EXAMPLES),
    )
    sheet.values(f"A{SETTINGS}", [["low", LOW, "high", HIGH]])
    sheet.name("low", f"$B${SETTINGS}")
    sheet.name("high", f"$D${SETTINGS}")
    sheet.values(f"A{FIRST}", EXAMPLES)
    foot = means(sheet, table, "error", "ranged_error")
    sheet.style(f"A{SETTINGS},C{SETTINGS}", "label")
    sheet.style(f"B{SETTINGS},D{SETTINGS}", "parameter")
    sheet.number_format(f"C{SETTINGS}", INDENTED)
    sheet.number_format(f"B{SETTINGS},D{SETTINGS}", "0.0")
    x = table.down("output")
    lines = [
        Series(table.down("rating"), x, "rating", "grey"),
        Series(table.down("ranged"), x, "prediction in range", "green"),
        Series(table.down("output"), x, "the output itself", "red"),
    ]
    slopes = [
        Series(table.down("gradient"), x, "of the output itself", "red"),
        Series(table.down("ranged_gradient"), x, "in range", "green"),
    ]
    charts = [
        Chart("points", "Ratings and predictions", "A1", lines, "output"),
        Chart("points", "The gradient of the squared error", "A1", slopes, "output"),
    ]
    show_below(sheet, charts, foot)
