"""What graddesc's optimizer sheets share: points, weights, prediction, gradients, names, buttons.

The points stand from row 4 to ``last``; the row below them, ``foot``, holds the state that is carried to the next
epoch. A row takes the weights that the row above left (``C5`` is ``H4``) and steps on one point.
"""

from __future__ import annotations

from collections.abc import Sequence

from sheetsim.model.buttons import Copy, Macro, Recalculate, Set, Step
from sheetsim.model.sheet import Sheet
from sheetsim.workbook import Workbook
from workbooks.graddesc.states import State
from workbooks.shared.labels import labels

Points = Sequence[tuple[float, float]]
Rows = tuple[Sheet, int, int]  # a sheet, the row of its last point, and the row below it

RUN_EPOCHS = 5  # what one press of Run does
LAST_COLUMN = {"basic": "N", "momentum": "L", "rmsprop": "K", "adam": "M", "adam_ann": "M"}  # of what a row computes
WEIGHT = "0.0000"  # how the weights are shown
AMOUNT = "#,##0.00"  # and what may be large: errors, gradients, averages of a's gradients
SMALL = "#,##0.0000"  # averages of b's gradients
ANY = "0.00E+00"  # what may have any size
#: Of each optimizer's tab and lines, wherever it is drawn.
OPTIMIZER_COLOURS = {"basic": "blue", "momentum": "orange", "rmsprop": "green", "adam": "purple", "adam_ann": "red"}


def points_and_weights(book: Workbook, title: str, points: Points, state: State) -> Rows:
    """The points, the weights that a row starts from, and the names of the weights at the head and at the foot."""
    sheet = book.add_sheet(title)
    last = 3 + len(points)

    sheet.values("C1", [[state.const], [state.slope]])
    sheet.values("A4", points)
    sheet["C4"] = "=C1"
    sheet["D4"] = "=C2"
    sheet.epoch_rows = f"A3:{LAST_COLUMN[title]}{last}"
    sheet.watch = {"b": "=C1", "a": "=C2", "rms error": f"=SQRT(SUMXMY2(B4:B{last},E4:E{last})/COUNT(B4:B{last}))"}
    sheet.goals = least_squares(f"A4:A{last}", f"B4:B{last}")
    sheet.look.tab = OPTIMIZER_COLOURS[title]
    sheet.aliases = {"lr": "F1" if title == "basic" else "D2"}  # not on every sheet is it a name
    name(sheet, const="$C$1", slope="$C$2", lastconst=f"$C${last}", lastslope=f"$D${last}")

    sheet.style(f"A4:B{last}", "input")
    sheet.style(f"C4:D{last}", "state")
    sheet.style(f"E4:E{last}", "activation")
    sheet.style("B1:B2", "label")
    sheet.style("C1:C2", "parameter")
    sheet.number_format(f"C1:C{last},D4:D{last}", WEIGHT)
    sheet.number_format(f"E4:E{last}", AMOUNT)
    sheet.width("A", 7)
    sheet.width("B", 10)
    sheet.width("C:E", 10.5)
    return sheet, last, last + 1


def prediction_and_gradients(book: Workbook, title: str, points: Points, state: State) -> Rows:
    """Columns A to G of every sheet after basic, and the names that these sheets have in common."""
    sheet, last, foot = points_and_weights(book, title, points, state)

    sheet.values("B1", [["b"], ["a"]])
    sheet.values("D1", [["learn"], [state.lr]])
    sheet.values("A3", [["x", "y", "b", "a", "pred", "de/db", "de/da", "new b", "new a"]])
    sheet.fill(f"E4:E{last}", "=C4+D4*A4")
    sheet.fill(f"F4:F{last}", "=2*(D4*A4+C4-B4)")
    sheet.fill(f"G4:G{last}", "=F4*A4")
    sheet.fill(f"C5:D{last}", "=H4")  # a row starts from the weights that the row above left
    name(sheet, histgrad=f"$F${foot}:$G${foot}")

    sheet.style("D1,A3:I3", "heading")
    sheet.style("I1", "label")
    sheet.style(f"F4:G{last}", "gradient")
    sheet.style(f"H4:I{last}", "state")
    sheet.style("D2,J1", "parameter")
    sheet.number_format(f"F4:G{last}", AMOUNT)
    sheet.number_format(f"H4:I{last}", WEIGHT)
    sheet.width("D", 11.5)  # 0.00390625
    sheet.width("F:G", 11.5)
    sheet.width("H:I", 10.5)
    sheet.look.freeze = "D4"
    return sheet, last, foot


def least_squares(x: str, y: str) -> dict[str, str]:
    """The line that fits all points best: where an optimizer is to arrive, on the lecture's points b = 30 and a = 2."""
    determinant = f"(COUNT({x})*SUMSQ({x})-SUM({x})^2)"
    return {
        "b": f"=(SUM({y})*SUMSQ({x})-SUM({x})*SUMPRODUCT({x},{y}))/{determinant}",
        "a": f"=(COUNT({x})*SUMPRODUCT({x},{y})-SUM({x})*SUM({y}))/{determinant}",
    }


def averages(sheet: Sheet, b: str, a: str, foot: int, squared: bool) -> None:
    """How two columns of running averages look, from row 3, which reads the foot, to the foot; and what they are
    called, above row 3, where what they start from stands."""
    for column, gradient in ((b, "de/db"), (a, "de/da")):
        averaged = f"({gradient})^2" if squared else gradient
        sheet.headings[f"{column}3:{column}{foot}"] = f"average {averaged}"
        labels(sheet, {f"{column}2": f"avg {averaged}"}, "heading")
    sheet.style(f"{b}3:{a}{foot}", "state")
    sheet.number_format(f"{b}3:{b}{foot}", SMALL)
    sheet.number_format(f"{a}3:{a}{foot}", AMOUNT)
    sheet.width(b, 13 if squared else 11)
    sheet.width(a, 15 if squared else 11.5)


def name(sheet: Sheet, **targets: str) -> None:
    """Names that belong to the sheet. A target ``#REF!`` is a name of the lecture's whose cells were deleted."""
    for word, target in targets.items():
        sheet.name(word, f"{sheet.title}!#REF!" if target == "#REF!" else target)


# The weights carried over are those that enter the last row: the step of that row is dropped.
LAST_WEIGHTS_TO_HEAD = (Copy("lastslope", "slope"), Copy("lastconst", "const"))
WEIGHTS_TO_ONE = (Set("slope", 1), Set("const", 1))
MEAN_SQUARES_TO_FOOT = Copy("ms_last", "gradtarget")
MOMENTUM_TO_FOOT = Copy("momlast", "momtarget")
ADAM_AT_START = (Set("gradtarget", 10000), Set("momtarget", 0), *WEIGHTS_TO_ONE, Set("lr", 1))
ADAM_EPOCH = (MEAN_SQUARES_TO_FOOT, MOMENTUM_TO_FOOT, *LAST_WEIGHTS_TO_HEAD, Recalculate())


def buttons(sheet: Sheet, reset: tuple[Step, ...], epoch: tuple[Step, ...]) -> None:
    """Gives a sheet its buttons Reset and Run; ``epoch`` are the steps of one epoch, of which Run does several."""
    sheet.button("reset", Macro(reset, help="put the weights back to 1 and the running averages to their start"))
    sheet.button("run", Macro(epoch, times=RUN_EPOCHS, help=f"do {RUN_EPOCHS} epochs from where the sheet stands"))
