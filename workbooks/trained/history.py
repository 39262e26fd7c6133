"""The sheet that every trained model's workbook begins with: how the loss went, epoch by epoch."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from sheetsim.model.look import Chart, Series
from sheetsim.workbook import Workbook
from workbooks.shared.charts import chart_anchor, show
from workbooks.shared.layout import Area

if TYPE_CHECKING:
    from sheetsim.training.history import History
    from sheetsim.training.settings import Settings

OF_RATINGS = ("factors", "low", "high")  # settings that mean nothing to a model of digits
OF_DIGITS = ("group_shares", "classes", "limit")  # and to one of ratings


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
