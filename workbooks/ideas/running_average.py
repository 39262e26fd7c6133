"""The exponentially weighted running average: how it begins too low, and how that is corrected."""

from __future__ import annotations

from collections.abc import Sequence

from sheetsim.model.look import Chart, Series
from sheetsim.workbook import Workbook
from workbooks.shared.charts import chart_anchor, show
from workbooks.shared.columns import Column, Table
from workbooks.shared.introduction import begin

FIRST = 7
COLUMNS = [
    Column("t", "t", "={t_above}+1", "label", "0", 6),
    Column("x", "x", style="input", format="#,##0", width=8),
    Column("average", "average", "=beta*{average_above}+(1-beta)*{x}", "state"),
    Column("whole", "1-beta^t", "=1-beta^{t}", "activation"),
    Column("corrected", "corrected", "={average}/{whole}", "result"),
    Column("weight", "weight of x", "=(1-beta)*beta^(COUNT({all_x})-{t})", "activation", "0.0000"),
    Column("part", "weight · x", "={weight}*{x}", "activation"),
]


def running_average(book: Workbook, values: Sequence[float]) -> None:
    """An average of so many values, a row each."""
    sheet = book.add_sheet("running_average")
    sheet.about = "The exponentially weighted average: it begins too low, and dividing by 1 - beta^t mends that."
    begin(
        sheet,
        "The average begins at 0, so its first values are far too low: the weights of the values so far add up to"
        " 1 - beta^t only (D). Divided by that (E) it is right from the first row on, as in Adam.",
        "Try beta 0.98 and 0.5: the larger, the smoother, and the longer the wrong start. F and G write the last row's"
        " average out, value by value.",
    )
    last = FIRST - 1 + len(values)
    every = f"$B${FIRST}:$B${last}"
    typed = [
        Column(c.name, c.heading, c.formula.replace("{all_x}", every), c.style, c.format, c.width) for c in COLUMNS
    ]
    table = Table(typed, FIRST, last)
    sheet.values("A3", [["beta", 0.9]])
    sheet.name("beta", "$B$3")
    table.write(sheet)
    sheet[table.start("t")] = 0
    sheet[table.start("average")] = 0
    sheet.values(f"B{FIRST}", [[value] for value in values])
    sheet[f"E{last + 1}"] = "sum"
    sheet.fill(f"F{last + 1}:G{last + 1}", f"=SUM(F{FIRST}:F{last})")
    sheet.headings[f"F{last + 1}"] = "the weights together: 1-beta^t of the last row"
    sheet.headings[f"G{last + 1}"] = "the average of the last row"

    sheet.style(f"A3,E{last + 1}", "label")
    sheet.style("B3", "parameter")
    sheet.style(f"F{last + 1}:G{last + 1}", "result")
    sheet.style(f"{table.start('average')}", "state")
    sheet.number_format(f"F{last + 1}:G{last + 1}", "#,##0.0000")
    sheet.look.freeze = f"A{FIRST - 1}"
    t = table.down("t")
    lines = [
        Series(table.down("x"), t, "x", "grey"),
        Series(table.down("average"), t, "average from 0", "orange"),
        Series(table.down("corrected"), t, "corrected", "blue"),
    ]
    weights = Series(table.down("weight"), None, "weight", "green")
    at = chart_anchor(sheet)
    show(
        sheet,
        [
            Chart("line", "The average, and the average corrected", at, lines, "t", height=7.4),
            Chart("bars", "The weight of each value in the last average", at, [weights], "t", height=7.4),
        ],
        together=True,
    )
