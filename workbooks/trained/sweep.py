"""A sweep as a workbook: every run in a row, and for each choice the mean of its seeds by formulas, with a chart that
has the published benchmark as a line."""

from __future__ import annotations

from collections.abc import Sequence

from sheetsim.model.look import Chart, Series
from sheetsim.model.sheet import Sheet
from sheetsim.training.settings import Settings
from sheetsim.training.sweeps import Result, Row
from sheetsim.workbook import Workbook
from workbooks.collab_filter.embedding import NUMBERED
from workbooks.shared.charts import chart_anchor, show
from workbooks.shared.layout import Area, count

TOP = 8  # the first row of the sheet sweep


def build(names: Sequence[str], rows: Sequence[Row], settings: Settings, benchmark: float | None = None) -> Workbook:
    """The workbook of a sweep: ``sweep``, a row for each choice, and ``runs``, a row for each run.

    ``names`` are what was swept; ``benchmark`` is a root mean square error to compare with.
    """
    book = Workbook("sweep")
    sheet, listed = book.add_sheet("sweep"), book.add_sheet("runs")
    sheet.about = "What each choice comes to: the mean of its seeds, the best, the worst, as a table and a chart."
    listed.about = "Every run: its choice, its seed, and how it ended."
    loss = runs(listed, names, rows)
    table(sheet, names, rows, loss, benchmark)
    if settings.model == "movielens":
        sheet["A2"] = "Validation losses are mean squared errors; their roots are what others publish."
    else:
        sheet["A2"] = "Validation losses are cross-entropies, in natural logarithms."
    sheet.style("A2", "note")
    return book


def runs(sheet: Sheet, names: Sequence[str], rows: Sequence[Row]) -> str:
    """The sheet ``runs``; returns the reference to the validation losses."""
    sheet["A1"] = "Runs"
    headings = ["point", *names, "seed", "train loss", "valid loss", "accuracy", "seconds"]
    listed = [run_row(number, row, one) for number, row in enumerate(rows, 1) for one in row.results]
    sheet.values("A3", [headings, *listed])
    whole = Area.at("A4", len(listed), len(headings))
    first = Area.at("A4", len(listed))
    train = first.right_of(gap=len(names) + 1)
    valid, accuracy, seconds = train.right_of(), train.right_of(gap=1), train.right_of(gap=2)
    sheet.style("A1", "title")
    sheet.style(f"{whole.above()}", "heading")
    sheet.style(f"{whole}", "input")
    sheet.style(f"{first}", "label")
    sheet.style(f"{train},{valid}", "loss")
    sheet.number_format(f"{train},{valid}", "0.0000")
    sheet.number_format(f"{accuracy}", "0.00%")
    sheet.number_format(f"{seconds}", "0.0")
    sheet.width(f"A:{whole.right}", 11)
    sheet.look.freeze = "A4"
    return f"runs!{valid.fixed}"


def run_row(number: int, row: Row, one: Result) -> list[float | str | None]:
    """A run as its cells; in place of a loss that there is not stands why."""
    valid = "diverged" if one.valid_loss is None else one.valid_loss
    return [number, *map(as_cell, row.chosen), one.settings.seed, one.train_loss, valid, one.accuracy, one.seconds]


def as_cell(text: str) -> float | str:
    """What was typed, as a number where it is one."""
    try:
        return float(text)
    except ValueError:
        return text


def table(sheet: Sheet, names: Sequence[str], rows: Sequence[Row], loss: str, benchmark: float | None) -> None:
    """The sheet ``sweep``: mean, lowest and highest loss over the seeds, the root of the mean."""
    number = Area.at(f"A{TOP}", len(rows))
    chosen = number.right_of(columns=max(1, len(names)))
    average = chosen.right_of()
    low, high, root, line = (average.right_of(gap=gap) for gap in range(4))
    sheet["A1"] = f"Sweep of {', '.join(names) or 'the seed'}"
    sheet.values(number.above().first, [["point", *(names or ["all"]), "valid loss", "lowest", "highest", "root"]])
    count(sheet, number)
    sheet.values(chosen.first, [[*map(as_cell, row.chosen)] if names else ["as it is"] for row in rows])
    sheet.values("A3", [["seeds", None, len(rows[0].results)]])
    own = f"OFFSET({loss.partition(':')[0]},({number.down}-1)*$C$3,0,$C$3,1)"  # a point's runs stand together
    sheet.fill(f"{average}", f'=IF(COUNT({own})<$C$3,"diverged",AVERAGE({own}))')
    sheet.fill(f"{low}", f'=IF(ISNUMBER({average.first}),MIN({own}),"")')
    sheet.fill(f"{high}", f'=IF(ISNUMBER({average.first}),MAX({own}),"")')
    sheet.fill(f"{root}", f'=IF(ISNUMBER({average.first}),SQRT({average.first}),"")')
    sheet.style("A3", "label")
    sheet.style("C3", "input")
    if benchmark is not None:
        sheet.values("A4", [["published benchmark", None, benchmark], ["its square", None]])
        sheet["C5"] = "=C4^2"
        sheet[line.above().first] = "benchmark"
        sheet.fill(f"{line}", "=$C$5")
        sheet.style("A4:A5", "label")
        sheet.style("C4", "parameter")
        sheet.style("C5", "result")
        sheet.style(f"{line}", "state")
        sheet.number_format(f"C5,{line}", "0.0000")
    look(sheet, number, chosen, average, line if benchmark is not None else None)


def look(sheet: Sheet, number: Area, chosen: Area, average: Area, line: Area | None) -> None:
    """Styles, and the chart: mean, lowest, highest, and the benchmark as a dashed line."""
    low, high, root = (average.right_of(gap=gap) for gap in range(3))
    sheet.style("A1", "title")
    sheet.style(f"A{TOP - 1}:{(line or root).left}{TOP - 1}", "heading")
    sheet.style(f"{number}", "label")
    sheet.style(f"{chosen}", "input")
    sheet.number_format(f"{number}", NUMBERED)
    sheet.style(f"{average}", "result")
    sheet.style(f"{low},{high},{root}", "activation")
    if line:
        sheet.colour(f"{average}", f"AND(ISNUMBER({average.first}),{average.first}<{line.first})", "good")
    sheet.number_format(f"{average.first}:{root.left}{root.bottom}", "0.0000")
    sheet.width(f"A:{(line or root).left}", 12)
    names = f"{chosen}" if chosen.rect.columns == 1 else f"{number}"
    x_title = str(sheet[chosen.above().first]) if chosen.rect.columns == 1 else "point"
    parts = [(average, "mean", "blue", False), (low, "lowest", "green", False), (high, "highest", "grey", False)]
    if line:
        parts.append((line, "benchmark", "orange", True))
    series = [Series(f"{area}", names, name, colour, dashed) for area, name, colour, dashed in parts]
    show(sheet, [Chart("line", "Validation loss", chart_anchor(sheet), series, x_title, "valid loss")])
