"""The sheet ``batches`` of a trained model's workbook: a row for each batch, its rate and momentum by formulas.

With one cycle both follow half cosines, up and down again; every number of it stands in a cell of its own, so that
another peak or another share of rising moves the columns and the charts. The losses are the run's.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sheetsim.model.look import Chart, Series
from sheetsim.model.sheet import Sheet
from sheetsim.training.schedule import END, HIGH, LOW, RISE, START, schedule
from sheetsim.workbook import Workbook
from workbooks.shared.charts import chart_anchor, show
from workbooks.shared.layout import Area, count

if TYPE_CHECKING:
    from sheetsim.training.history import History
    from sheetsim.training.settings import Settings

BETA = 0.98  # of the moving average
MOST_BATCHES = 100_000  # rows of the sheet
PRINTED = 33  # rows of a sheet that has thousands
#: The numbers of one cycle, from I4 on: heading → value; the peak and the number of batches are the run's.
CYCLE = {"peak rate": 0.0, "batches": 0.0, "rising share": RISE, "first, peak /": START, "last, peak /": END}
CYCLE |= {"momentum": HIGH, "at the peak": LOW}


def batches(book: Workbook, run: History, settings: Settings) -> None:
    """A row for each batch: its rate and momentum, its loss, and the moving average of the losses.

    The average begins at 0, so that it is too small at first; dividing by 1 − β^n, the share that the n losses so far
    have in it, corrects that. Where a run did not follow its schedule (it was gone on with under other settings), rate
    and momentum are its own numbers.
    """
    rows = min(len(run.losses), MOST_BATCHES)
    if not rows:
        return  # weights that were loaded, not trained
    sheet = book.add_sheet("batches")
    sheet.about = "Each batch's learning rate, momentum and loss, and the losses' moving average."
    last = 4 + rows
    sheet["A1"] = "Batches" if rows == len(run.losses) else f"The first {rows:,} of {len(run.losses):,} batches"
    sheet["H3"], sheet["H4"] = "beta", BETA
    sheet.values("A3", [["batch", "learning rate", "momentum", "loss", "average", "corrected"]])
    sheet.values("D5", run.losses[:rows, None].tolist())
    sheet["A4"], sheet["E4"] = 0, 0
    count(sheet, Area.at("A5", rows=rows))
    followed = follow(sheet, run, settings, last)
    sheet.fill(f"E5:E{last}", "=$H$4*E4+(1-$H$4)*D5")
    sheet.fill(f"F5:F{last}", "=E5/(1-$H$4^A5)")
    look(sheet, last, followed)
    charts(sheet, last)


def follow(sheet: Sheet, run: History, settings: Settings, last: int) -> bool:
    """Rates and momenta in B and C, as formulas where the run followed its schedule; answers whether it did."""
    whole = len(run.losses) * settings.epochs // max(len(run.epochs), 1)
    wanted = schedule(settings, max(whole, len(run.losses)))
    had = run.rates, run.momenta
    if not all(np.allclose(one, own[: len(one)], rtol=1e-12, atol=0) for one, own in zip(had, wanted, strict=True)):
        sheet.values("B5", zip(run.rates[: last - 4].tolist(), run.momenta[: last - 4].tolist(), strict=True))
        return False
    if settings.schedule == "one-cycle":
        cycle = {**CYCLE, "peak rate": settings.lr, "batches": whole}
        sheet.values("I3", [[*cycle, "rising"], list(cycle.values())])
        sheet["P4"] = "=INT(J4*K4)"  # batches
        part = "IF(A5<=$P$4,(A5-1)/MAX($P$4,1),(A5-1-$P$4)/($J$4-$P$4))"
        wave = f"(1+COS(PI()*{part}))"
        sheet.fill(f"B5:B{last}", f"=IF(A5<=$P$4,$I$4+($I$4/$L$4-$I$4)/2*{wave},$I$4/$M$4+($I$4-$I$4/$M$4)/2*{wave})")
        sheet.fill(f"C5:C{last}", f"=IF(A5<=$P$4,$O$4+($N$4-$O$4)/2*{wave},$N$4+($O$4-$N$4)/2*{wave})")
        return True
    sheet.values("I3", [["rate", "momentum"], [settings.lr, float(run.momenta[0])]])
    sheet.fill(f"B5:B{last}", "=$I$4")
    sheet.fill(f"C5:C{last}", "=$J$4")
    return True


def look(sheet: Sheet, last: int, followed: bool) -> None:
    """Styles, number formats and widths."""
    settings = Area.at("H4", rows=1, columns=sheet.columns - 7)
    sheet.style(f"A1:{settings.right}1", "title")
    sheet.style(f"A3:F3,{settings.above()}", "heading")
    sheet.style(f"A4:A{last}", "label")
    sheet.style(f"B5:C{last}", "activation" if followed else "input")
    sheet.style(f"D5:D{last}", "loss")
    sheet.style(f"E4:F{last}", "state")
    sheet.style(f"{settings}", "parameter")
    if sheet["P3"] == "rising":
        sheet.style("P4", "result")
        sheet.number_format("J4,M4,P4", "#,##0")
    sheet.number_format("H4", "0.00")
    sheet.number_format("I4", "0.0000")
    sheet.number_format(f"B5:B{last}", "0.00E+00")
    sheet.number_format(f"C5:F{last}", "0.0000")
    sheet.width("A:F", 12.5)
    sheet.width("G", 3)
    sheet.width(f"H:{settings.right}", 12.5)
    sheet.look.freeze = "A4"


def charts(sheet: Sheet, last: int) -> None:
    """The average, the rate and the momentum, batch by batch."""

    def line(column: str, name: str, colour: str) -> Series:
        return Series(f"{column}5:{column}{last}", f"A5:A{last}", name, colour)

    average = line("F", "moving average", "blue")
    drawn = [Chart("line", "Loss batch by batch, moving average", chart_anchor(sheet), [average], "batch", "loss")]
    for column, name, colour in ("B", "learning rate", "orange"), ("C", "momentum", "purple"):
        title = f"{name.capitalize()} batch by batch"
        drawn.append(Chart("line", title, chart_anchor(sheet), [line(column, name, colour)], "batch", name))
    show(sheet, drawn, rows=PRINTED)
