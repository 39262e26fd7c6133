"""Batch and mini-batch gradient descent on a line, in matrices: a column of ones makes the intercept a weight too.

``matrix`` does one step on all points at once. ``batch_1``, ``batch_8`` and ``batch_all`` are one sheet three times, a
row a step on the next so many points, with another batch size in their orange cell.
"""

from __future__ import annotations

from collections.abc import Sequence

from sheetsim.model.buttons import Copy, Macro, Recalculate, Set, Step
from sheetsim.model.look import Chart, Series
from sheetsim.workbook import Workbook
from workbooks.graddesc.optimizer_sheet import least_squares
from workbooks.shared.charts import chart_anchor, show
from workbooks.shared.columns import Column, Table
from workbooks.shared.introduction import begin
from workbooks.shared.layout import Area

Points = Sequence[Sequence[float]]

RATE = 0.3
SIZES = {"batch_1": 1, "batch_8": 8, "batch_all": None}  # None: all points
COLOURS = {"batch_1": "blue", "batch_8": "orange", "batch_all": "green"}
TOP = 6  # the row of matrix's first point
FIRST, STEPS = 7, 29  # the row of the first step, and how many one press of Run does
#: The points of a step, as columns of the transposed matrix and of the transposed y, and the errors that it makes.
BATCH = "OFFSET(inputs,0,{from},2,{size})"
ERRORS = f"MMULT({{b}}:{{a}},{BATCH})-OFFSET(targets,0,{{from}},1,{{size}})"
COLUMNS = [
    Column("step", "step", "={step_above}+1", "label", "0", 6),
    Column("from", "from", "={next_above}", "activation", "0", 6),
    Column("size", "points", "=MIN(batch,COUNT(targets)-{from})", "activation", "0", 8),
    Column("b", "b", "={new_b_above}", "state"),
    Column("a", "a", "={new_a_above}", "state"),
    Column("slope_b", "de/db", f"=2/{{size}}*SUMPRODUCT({ERRORS},OFFSET(ones,0,{{from}},1,{{size}}))", "gradient"),
    Column("slope_a", "de/da", f"=2/{{size}}*SUMPRODUCT({ERRORS},OFFSET(xs,0,{{from}},1,{{size}}))", "gradient"),
    Column("new_b", "new b", "={b}-lr*{slope_b}", "state"),
    Column("new_a", "new a", "={a}-lr*{slope_a}", "state"),
    Column("next", "next", "=IF({from}+{size}<COUNT(targets),{from}+{size},0)", "state", "0", 6),
    Column("seen", "points seen", "={seen_above}+{size}", "state", "#,##0", 12),
    Column("error", "rms error", "=SQRT(SUMXMY2(MMULT({new_b}:{new_a},inputs),targets)/COUNT(targets))", "loss"),
]
CARRIED = ("new_b", "new_a", "next", "seen")


def descents(book: Workbook, points: Points) -> None:
    """The matrices, and a sheet for each batch size."""
    matrix(book, points)
    for title, size in SIZES.items():
        descent(book, title, size or len(points), len(points))


def matrix(book: Workbook, points: Points) -> None:
    """One step on all points: X·w, its errors, and their product with X turned."""
    sheet = book.add_sheet("matrix")
    sheet.about = "Gradient descent on all points at once: a column of ones, X·w, and the gradient as a product."
    begin(
        sheet,
        "The column of ones makes the intercept a weight like the slope: X·w predicts every point at once, and X"
        " turned, times the errors, is the gradient of both weights.",
        "Put the new weights into the orange cells, again and again: that is batch gradient descent. The sheets"
        " batch_1, batch_8 and batch_all do it row by row, with so many points a step.",
    )
    last = TOP - 1 + len(points)
    x, y, predicted, errors = (f"{cells.format(TOP, last)}" for cells in ("A{}:B{}", "C{}:C{}", "D{}:D{}", "E{}:E{}"))
    sheet.values("A5", [["ones", "x", "y", "X·w", "error"]])
    sheet.values(f"A{TOP}", [[1, *point] for point in points])
    sheet.values("G5", [["weight", "w", "gradient", "by sums", "new w"], ["b", 1], ["a", 1]])
    sheet.values("G3", [["lr", RATE]])
    sheet.array(predicted, f"=MMULT({x},H6:H7)")
    sheet.fill(errors, f"=D{TOP}-C{TOP}")
    turned = Area.at("M6", rows=2, columns=len(points))
    targets = Area.at("M8", rows=1, columns=len(points))
    sheet.values("L5", [["X turned"], ["ones"], ["x"], ["y turned"]])
    sheet.array(f"{turned}", f"=TRANSPOSE({x})")
    sheet.array(f"{targets}", f"=TRANSPOSE({y})")
    sheet.array("I6:I7", f"=2/COUNT({y})*MMULT({turned},{errors})")
    sheet["J6"] = f"=2/COUNT({y})*SUM({errors})"
    sheet["J7"] = f"=2/COUNT({y})*SUMPRODUCT({errors},B{TOP}:B{last})"
    sheet.fill("K6:K7", "=H6-$H$3*I6")
    sheet["G9"] = "rms error"
    sheet["H9"] = f"=SQRT(SUMSQ({errors})/COUNT({y}))"
    book.define_name("inputs", f"matrix!{turned.fixed}")
    book.define_name("ones", f"matrix!{Area.at('M6', rows=1, columns=len(points)).fixed}")
    book.define_name("xs", f"matrix!{Area.at('M7', rows=1, columns=len(points)).fixed}")
    book.define_name("targets", f"matrix!{targets.fixed}")

    sheet.style("A5:E5,G5:K5", "heading")
    sheet.style("G3,G6:G7,G9,L5:L8", "label")
    sheet.style(f"A{TOP}:C{last}", "input")
    sheet.style(f"{predicted},{turned},{targets}", "activation")
    sheet.style(errors, "loss")
    sheet.style("H3,H6:H7", "parameter")
    sheet.style("I6:J7", "gradient")
    sheet.style("K6:K7", "state")
    sheet.style("H9", "result")
    sheet.number_format(f"B{TOP}:B{last},{turned}", "0.00")
    sheet.number_format(f"D{TOP}:E{last},I6:K7,H9", "#,##0.0000")
    sheet.width("D:E", 10.5)
    sheet.width("F", 3)
    sheet.width("G:K", 11)
    sheet.width("L", 10)
    sheet.width(f"{turned.left}:{turned.right}", 6)
    dots = [
        Series(f"C{TOP}:C{last}", f"B{TOP}:B{last}", "=C5", "grey"),
        Series(predicted, f"B{TOP}:B{last}", "=D5", "blue"),
    ]
    sheet.chart(Chart("points", "The points, and what X·w makes of them", "G11", dots, "x", width=10.5, height=8))
    sheet.look.page = f"A1:K{last},L1:{turned.right}8"


def descent(book: Workbook, title: str, size: int, points: int) -> None:
    """Steps on so many points each, one after the other; after the last point comes the first again."""
    sheet = book.add_sheet(title)
    sheet.about = f"Gradient descent with {'all points' if size == points else f'{size} at a time'}: a row a step."
    begin(
        sheet,
        f"A row is a step on the next few points, as many as batch says; Run does {STEPS} steps. A batch of 1 takes"
        " many cheap, shaky steps for each look at all points, a batch of all a single smooth one.",
        "Try batch 1, 8, 29 and another lr: compare the error by steps, and by points seen. The last batch before the"
        " end of the points is what is left of them.",
    )
    table = Table(COLUMNS, FIRST, FIRST - 1 + STEPS)
    sheet.values("A3", [["lr", RATE, None, "batch", size]])
    sheet.name("lr", "$B$3")
    sheet.name("batch", "$E$3")
    sheet.style("A3,D3", "label")
    sheet.style("B3,E3", "parameter")
    sheet.number_format("B3,E3", "General")
    table.write(sheet)
    start: dict[str, float] = dict(zip(CARRIED, (1, 1, 0, 0), strict=True))
    for name, value in start.items():
        sheet[table.start(name)] = value
    sheet[table.start("step")] = 0
    sheet.style(table.start(*CARRIED), "state")
    carry = Copy(table.end(*CARRIED), table.start(*CARRIED))
    reset: tuple[Step, ...] = (*(Set(table.start(name), value) for name, value in start.items()), Recalculate())
    sheet.button("reset", Macro(reset, help="put the weights back to 1 and begin with the first point"))
    sheet.button("run", Macro((carry, Recalculate()), help=f"do {STEPS} steps from where the sheet stands"))
    sheet.epoch_rows = table.area
    new_b, new_a = table.end("new_b"), table.end("new_a")
    sheet.watch = {"intercept": f"={new_b}", "slope": f"={new_a}", "rms error": f"={table.end('error')}"}
    best = least_squares("xs", "targets")
    sheet.goals = {"intercept": best["b"], "slope": best["a"]}
    sheet.look.tab = COLOURS[title]
    sheet.look.freeze = f"A{FIRST - 1}"
    at = chart_anchor(sheet)
    by_step = [
        Series(f"{other}!{table.down('error')}", table.down("step"), other, colour, dashed=other != title)
        for other, colour in COLOURS.items()
    ]
    by_points = Series(table.down("error"), table.down("seen"), "rms error", COLOURS[title])
    show(
        sheet,
        [
            Chart("line", "The error over all points, by step", at, by_step, "step", height=7.4),
            Chart("line", "This sheet's, by points seen", at, [by_points], "points seen", height=7.4),
        ],
        together=True,
    )
