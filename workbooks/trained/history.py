"""The sheets that every trained model's workbook begins with: how the loss went, epoch by epoch and batch by batch."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from sheetsim.model.look import Chart, Series
from sheetsim.workbook import Workbook
from workbooks.shared.charts import chart_anchor, show
from workbooks.shared.layout import Area, count

if TYPE_CHECKING:
    from sheetsim.training.history import History
    from sheetsim.training.settings import Settings

BETA = 0.98  # of the moving average
OF_RATINGS = ("factors", "low", "high")  # settings that mean nothing to a model of digits
OF_DIGITS = ("group_shares", "classes", "limit")  # and to one of ratings
MOST_BATCHES = 100_000  # rows of the sheet batches
PRINTED = 33  # rows of a sheet that has thousands


def history(book: Workbook, run: History, settings: Settings, facts: Sequence[tuple[str, Any]]) -> None:
    """The table that the run printed; beside it the settings, and ``facts`` about the data."""
    sheet = book.add_sheet("history")
    sheet.about = "The losses of each epoch, and the settings of the run."
    with_accuracy = settings.model != "movielens"
    headings = ["epoch", "train loss", "valid loss", *["accuracy"][: int(with_accuracy)], "seconds"]
    rows = [[value for value in epoch if value is not None] for epoch in run.epochs]
    without = OF_DIGITS if settings.model == "movielens" else OF_RATINGS
    chosen = [(name, value) for name, value in settings.as_dict().items() if name not in without]
    listed = [(name, told_as(value)) for name, value in [*facts, *chosen]]
    sheet["A1"], sheet["H1"] = "Training", "Settings"
    sheet.values("A3", [headings, *rows])
    sheet.values("H3", [["setting", "value"], *listed])

    epochs, told = Area.at("A4", len(rows) or 1, len(headings)), Area.at("H4", len(listed), 2)
    sheet.style("A1:I1", "title")
    sheet.style(f"{epochs.above()},{told.above()}", "heading")
    sheet.style(f"{epochs}", "state")
    sheet.style(f"A4:A{epochs.bottom}", "label")
    sheet.style(f"B4:C{epochs.bottom}", "loss")
    sheet.number_format(f"B4:C{epochs.bottom}", "0.000000")
    sheet.number_format(f"D4:D{epochs.bottom}", "0.00%")
    sheet.number_format(f"{epochs.right}4:{epochs.right}{epochs.bottom}", "0.0")
    sheet.style(f"{told}", "input")
    sheet.style(f"H4:H{told.bottom}", "label")
    sheet.width("A:E", 11)
    sheet.width("F:G", 3)
    sheet.width("H:I", 15)
    if len(rows) > 1:  # else there is no line to draw
        show(sheet, by_epoch(chart_anchor(sheet), epochs, with_accuracy))


def told_as(value: Any) -> Any:
    """A setting as a cell holds it.

    >>> told_as((0.0, 1.0)), told_as(None), told_as(64)
    ('0, 1', 'none', 64)
    """
    if isinstance(value, tuple):
        return ", ".join(f"{one:.6g}" for one in value)
    return "none" if value is None else value


def by_epoch(at: str, epochs: Area, with_accuracy: bool) -> list[Chart]:
    """The table as lines."""

    def line(column: str, name: str, colour: str) -> Series:
        return Series(f"{column}4:{column}{epochs.bottom}", f"A4:A{epochs.bottom}", name, colour)

    both = [line("B", "train loss", "blue"), line("C", "valid loss", "orange")]
    x_limits = (1.0, float(epochs.bottom - 3))
    charts = [Chart("line", "Loss after each epoch", at, both, "epoch", "loss", x_limits)]
    if with_accuracy:
        right = [line("D", "accuracy", "green")]
        charts.append(Chart("line", "Digits read right after each epoch", at, right, "epoch", "share", x_limits))
    return charts


def batches(book: Workbook, run: History) -> None:
    """A row for each batch: its rate, momentum and loss, and the moving average of the losses as live formulas.

    The average begins at 0, so that it is too small at first; dividing by 1 − β^n, the share that the n losses so far
    have in it, corrects that.
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
    columns = zip(run.rates[:rows].tolist(), run.momenta[:rows].tolist(), run.losses[:rows].tolist(), strict=True)
    sheet.values("B5", columns)
    sheet["A4"], sheet["E4"] = 0, 0
    count(sheet, Area.at("A5", rows=rows))
    sheet.fill(f"E5:E{last}", "=$H$4*E4+(1-$H$4)*D5")
    sheet.fill(f"F5:F{last}", "=E5/(1-$H$4^A5)")

    sheet.style("A1:H1", "title")
    sheet.style("A3:F3,H3", "heading")
    sheet.style(f"A4:A{last}", "label")
    sheet.style(f"B5:C{last}", "input")
    sheet.style(f"D5:D{last}", "loss")
    sheet.style(f"E4:F{last}", "state")
    sheet.style("H4", "parameter")
    sheet.number_format(f"B5:B{last}", "0.00E+00")
    sheet.number_format(f"C5:F{last}", "0.0000")
    sheet.width("A:F", 12.5)
    sheet.width("G", 3)
    sheet.look.freeze = "A4"

    def line(column: str, name: str, colour: str) -> Series:
        return Series(f"{column}5:{column}{last}", f"A5:A{last}", name, colour)

    average = line("F", "moving average", "blue")
    charts = [Chart("line", "Loss batch by batch, moving average", chart_anchor(sheet), [average], "batch", "loss")]
    for column, name, colour in ("B", "learning rate", "orange"), ("C", "momentum", "purple"):
        title = f"{name.capitalize()} batch by batch"
        charts.append(Chart("line", title, chart_anchor(sheet), [line(column, name, colour)], "batch", name))
    show(sheet, charts, rows=PRINTED)
