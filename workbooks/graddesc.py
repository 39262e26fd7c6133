"""graddesc: five optimizers fit the line y = 2x + 30, one row for each step.

The points stand from row 4 to ``last``; the row below them, ``foot``, holds the state that is carried to the next
epoch. A row takes the weights that the row above left (``C5`` is ``H4``) and steps on one point.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sheetsim.address import parse_rect
from sheetsim.errors import InputError
from sheetsim.macros import Append, Clear, Copy, If, Macro, Recalculate, Set, Step
from sheetsim.sheet import Sheet, Workbook
from workbooks.data import numbers

Points = Sequence[tuple[float, float]]
Pair = tuple[float, float]  # a number for the intercept b and one for the slope a

RUN_EPOCHS = 5  # what one press of Run does
FIRST_ERROR = 5  # basic's list of errors begins so many rows below the foot
ERRORS_KEPT = 69  # and has so many lines


@dataclass(frozen=True)
class State:
    """What the buttons change on a sheet; a sheet uses the part that it has cells for."""

    lr: float
    const: float = 1
    slope: float = 1
    momentum: Pair = (0, 0)
    mean_squares: Pair = (10000, 10000)
    smallest: float = 10000  # the smallest size of the gradients so far
    errors: tuple[float, ...] = ()


#: The last column of what a row computes.
LAST_COLUMN = {"basic": "N", "momentum": "L", "rmsprop": "K", "adam": "M", "adam_ann": "M"}

#: How a sheet starts on points of one's own: press Reset, then Run.
FRESH = {
    "basic": State(lr=0.0001),
    "momentum": State(lr=0.0001),
    "rmsprop": State(lr=0.02),
    "adam": State(lr=1),
    "adam_ann": State(lr=1),
}

#: How the lecture left its sheets, after some presses of Run.
LECTURE = {
    "basic": State(
        lr=0.0001,
        const=1.2754625002528799,
        slope=2.569996469807525,
        errors=(104.74921026693299, 104.55969980561993, 104.37053295106034, 104.18170833255277, 103.99322533093216),
    ),
    "momentum": State(lr=0.0001, momentum=(-18.33392669020789, 98.24583039212854)),
    "rmsprop": State(
        lr=0.02,
        const=3.1890676512613103,
        slope=2.4036203537069443,
        mean_squares=(1134.4241521916742, 1679911.3688917186),
    ),
    "adam": State(
        lr=0.1,
        const=29.713174380227404,
        slope=1.9455616332946517,
        momentum=(1.8871073544462662, 167.3681217326772),
        mean_squares=(40.892736082118006, 275756.3249788667),
    ),
    "adam_ann": State(
        lr=1 / 256,
        const=29.990939773126538,
        slope=2.0041632844175137,
        momentum=(-0.04844194314192592, -4.064202550984445),
        mean_squares=(0.02527589588662521, 161.89615404770484),
        smallest=10.326280808548518,
    ),
}


def build(points: Sequence[Sequence[float]] | None = None) -> Workbook:
    """The workbook on these points, before its first Reset; without points, the lecture's as the lecture left it."""
    states = LECTURE if points is None else FRESH
    pairs = [(x, y) for x, y in (numbers("points.csv") if points is None else points)]
    if len(pairs) < 2:
        raise InputError("graddesc needs at least two points")

    book = Workbook("graddesc")
    explanation(book, len(pairs))
    data(book, len(pairs))
    basic(book, pairs, states["basic"])
    momentum(book, pairs, states["momentum"])
    rmsprop(book, pairs, states["rmsprop"])
    adam(book, pairs, states["adam"])
    adam_ann(book, pairs, states["adam_ann"])
    return book


# --- what the optimizer sheets share ----------------------------------------------------------------------------------
Rows = tuple[Sheet, int, int]  # a sheet, the row of its last point, and the row below it


def points_and_weights(book: Workbook, title: str, points: Points, state: State) -> Rows:
    """The points, the weights that a row starts from, and the names of the weights at the head and at the foot."""
    sheet = book.add_sheet(title)
    last = 3 + len(points)

    sheet.values("C1", [[state.const], [state.slope]])
    sheet.values("A4", points)
    sheet["C4"] = "=C1"
    sheet["D4"] = "=C2"
    sheet.epoch_rows = f"A3:{LAST_COLUMN[title]}{last}"
    sheet.watch = {"b": "=C1", "a": "=C2", "rmse": f"=SQRT(SUMXMY2(B4:B{last},E4:E{last})/COUNT(B4:B{last}))"}
    sheet.aliases = {"lr": "F1" if title == "basic" else "D2"}  # not on every sheet is it a name
    name(sheet, const="$C$1", slope="$C$2", lastconst=f"$C${last}", lastslope=f"$D${last}")

    sheet.style(f"A4:B{last}", "input")
    sheet.style(f"C4:D{last}", "state")
    sheet.style(f"E4:E{last}", "activation")
    sheet.style("B1:B2", "label")
    sheet.style("C1:C2", "parameter")
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

    sheet.style("D1,I1", "label")
    sheet.style("A3:I3", "heading")
    sheet.style(f"F4:G{last}", "gradient")
    sheet.style(f"H4:I{last}", "state")
    sheet.style("D2,J1", "parameter")
    sheet.number_format(f"C1:C{last},D4:E{last}", "0.0000")
    sheet.number_format(f"F4:G{last}", "0.00")
    sheet.number_format(f"H4:I{last}", "#,##0.00")
    for column, width in zip("CDEFGHI", (8.8, 10.8, 9.2, 10.8, 10.2, 8.3, 6.3), strict=True):
        sheet.width(column, width)
    sheet.look.freeze = "D4"
    return sheet, last, foot


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
    sheet.button("reset", Macro(reset, help="put the weights back to 1 and the running averages to their start"))
    sheet.button("run", Macro(epoch, times=RUN_EPOCHS, help=f"do {RUN_EPOCHS} epochs from where the sheet stands"))


# --- the sheets -------------------------------------------------------------------------------------------------------
#: A row for each line, a column on either side of the bar.
EXPLANATION = """\
Five optimizers, one line |
| The task: find the line y = ax + b that passes through {points} points, starting from a = b = 1.
| The lecture's points lie on y = 2x + 30, so a sheet does well when it comes near a = 2 and b = 30.
| A deep network learns in the same way: it has millions of weights in place of a and b, and takes these steps.
|
The sheets |
data | Draws new points on the line whose intercept and slope are in C1 and C2, at every recalculation.
| The other sheets do not follow it: their {points} points were drawn once and stay as they are.
basic | Stochastic gradient descent: each weight moves against its gradient, times the learning rate in F1.
| The gradient is computed twice: by a small change of the weight (H, J) and by the derivative (K, L).
momentum | The step is a running average of the gradients: 0.9 of the one before and 0.1 of the new gradient.
rmsprop | The gradient is divided by the root of a running average of its squares, taken from the row above.
adam | Both: momentum's average over the root of rmsprop's, each of the same row. No correction for bias.
adam_ann | adam with a rate that is cut to a quarter when the gradients exceed twice their smallest size so far.
|
One row, one step | A point, the weights that enter, the prediction, its error and gradients, the weights that leave.
| The next row starts from the weights that this one leaves. An epoch ends at row {last}, the last point.
| Orange cells are yours to change: the starting weights, the learning rate, the decay of the averages.
|
Reset | Sets both weights to 1 and lets the running averages settle there, so that Run has a fair start.
Run | Does {epochs} epochs. Each copies values from the foot of the sheet to its head, then recalculates:
| C{last} and D{last} go to C1 and C2, the averages of row {last} to row {foot}, where row 3 reads them.
| In a program without buttons, do it by hand: copy, then paste values only.
Why not the newest | C{last} and D{last} are the weights that enter the last row, not those that it works out.
| So the last point's step is dropped at the end of an epoch, while its gradient stays in the averages.
| A program that carries the newest weights over is just as right, but its numbers will differ from these.
Check it | With the lecture's points, Reset and one Run take the intercept in C1 to 1.2754625002528799 (basic),
| 3.1890676512613103 (rmsprop) and 24.960097789510424 (adam). The goal is 30.
| basic lists the error of each epoch from C{listed} down; F{foot} is the error of the epoch on show.
| In basic, H exceeds K by 0.01 and J exceeds L by 0.01 times x squared, as the change of the weight is not zero.
"""


def explanation(book: Workbook, points: int) -> None:
    """What the workbook is about, in words."""
    sheet = book.add_sheet("Sheet1")
    last = 3 + points
    foot = last + 1

    text = EXPLANATION.format(points=points, last=last, foot=foot, listed=foot + FIRST_ERROR, epochs=RUN_EPOCHS)
    lines = [[part.strip() or None for part in line.split("|")] for line in text.splitlines()]
    sheet.values("A1", lines)
    sheet.prose.append(parse_rect(f"A1:B{len(lines)}"))

    sheet.style(f"A1:B{len(lines)}", "note")
    sheet.style(f"A2:A{len(lines)}", "label")
    sheet.style("A1", "title")
    sheet.width("A", 19)
    sheet.width("B", 122)


def data(book: Workbook, points: int) -> None:
    """New random points on a line, at every recalculation."""
    sheet = book.add_sheet("data")
    last = 4 + points

    sheet.values("A1", [["b", "const", 30], ["a", "slope", 2]])
    sheet.values("B4", [["x", "y"]])
    sheet.fill(f"B5:B{last}", "=RANDBETWEEN(1,100)")
    sheet.fill(f"C5:C{last}", "=$C$1+B5*$C$2")

    sheet.style("A1:B2", "label")
    sheet.style("C1:C2", "parameter")
    sheet.style("B4:C4", "heading")
    sheet.style(f"B5:C{last}", "input")


def basic(book: Workbook, points: Points, state: State) -> None:
    """Gradient descent, with each gradient by finite differences and by the derivative."""
    sheet, last, foot = points_and_weights(book, "basic", points, state)
    listed = foot + FIRST_ERROR

    sheet.values("B1", [["intercept"], ["slope"]])
    sheet.values("E1", [["learn", state.lr, None, None, "de/db=2(ax+b-y)"]])
    sheet.values("H2", [["e=(ax+b-y)^2", "de/da=x*2(ax+b-y)"]])
    sheet.values("A3", [["x", "y", "intercept", "slope", "y_pred", "err^2"]])
    sheet.values("G3", [["errb1", "est de/db", "erra1", "est de/da", "de/db", "de/da", "new a", "new b"]])

    sheet.fill(f"C5:C{last}", "=N4")
    sheet.fill(f"D5:D{last}", "=M4")
    sheet.fill(f"E4:E{last}", "=C4+D4*A4")
    sheet.fill(f"F4:F{last}", "=(B4-E4)^2")
    sheet.fill(f"G4:G{last}", "=(((C4+0.01)+A4*D4)-B4)^2")
    sheet.fill(f"H4:H{last}", "=(G4-F4)/0.01")
    sheet.fill(f"I4:I{last}", "=(((D4+0.01)*A4+C4)-B4)^2")
    sheet.fill(f"J4:J{last}", "=(I4-F4)/0.01")
    sheet.fill(f"K4:K{last}", "=2*(E4-B4)")
    sheet.fill(f"L4:L{last}", "=K4*A4")
    sheet.fill(f"M4:M{last}", "=D4-L4*$F$1")
    sheet.fill(f"N4:N{last}", "=C4-K4*$F$1")
    sheet[f"E{foot}"] = "rmse"
    sheet[f"F{foot}"] = f"=SQRT(SUM(F4:F{last}))"
    sheet.fill(f"K{foot}:L{foot}", f"=SQRT(SUMSQ(K4:K{last}))")

    sheet[f"C{listed - 2}"] = "Paste error here:"
    sheet[f"C{listed - 1}"] = "rmse"
    sheet.values(f"C{listed}", [[error] for error in state.errors])

    name(sheet, gradtarget="$K$1:$L$1", histgrad=f"$K${foot}:$L${foot}", rmse=f"$F${foot}")
    name(sheet, rmsestart=f"$C${listed - 2}", rmses=f"$C${listed}:$C${listed + ERRORS_KEPT - 1}")
    buttons(
        sheet,
        reset=(*WEIGHTS_TO_ONE, Clear("rmses"), Recalculate()),
        epoch=(*LAST_WEIGHTS_TO_HEAD, Recalculate(), Append("rmse", "rmses")),
    )

    sheet.style(f"E1,E{foot},C{listed - 2}:C{listed - 1}", "label")
    sheet.style("A3:N3", "heading")
    sheet.style("H2,I1:I2", "note")
    sheet.style("F1", "parameter")
    sheet.style(f"F4:G{last},I4:I{last}", "loss")
    sheet.style(f"H4:H{last},J4:L{last}", "gradient")
    sheet.style(f"M4:N{last}", "state")
    sheet.style(f"F{foot},K{foot}:L{foot},C{listed}:C{listed + ERRORS_KEPT - 1}", "result")
    sheet.number_format(f"F4:F{foot},G4:J{last},K4:L{foot},M4:N{last}", "#,##0.00")
    for column, width in zip("ABCDEFGHIJKLMN", (7, 8, 9, 7, 8, 9.5, 9, 11, 11, 10, 7, 10, 6, 6), strict=True):
        sheet.width(column, width)
    sheet.look.freeze = "A4"


def momentum(book: Workbook, points: Points, state: State) -> None:
    """The step is an average of the gradients: 0.9 of the step before, 0.1 of the gradient."""
    sheet, last, foot = prediction_and_gradients(book, "momentum", points, state)

    sheet.values("I1", [["beta", 0.9]])
    sheet["K1"] = "=1-J1"
    sheet["L3"] = "err^2"
    sheet.fill("J3:K3", f"=J{foot}")
    sheet.fill(f"H4:I{last}", "=C4-J4*$D$2")
    sheet.fill(f"J4:K{last}", "=J3*$J$1+$K$1*F4")
    sheet.fill(f"L4:L{last}", "=(B4-E4)^2")
    sheet[f"L{foot}"] = f"=SQRT(SUM(L4:L{last}))"
    sheet.values(f"J{foot}", [state.momentum])

    name(sheet, lr="$D$2", momlast=f"$J${last}:$K${last}", momtarget=f"$J${foot}:$K${foot}")
    name(sheet, gradtarget="#REF!", ms_last="#REF!", pct_clipped=f"$M${foot}", max_clipped=f"$M${foot + 1}")
    buttons(
        sheet,
        reset=(Set("momtarget", 0), *WEIGHTS_TO_ONE, Set("lr", 0.0001), Recalculate(), MOMENTUM_TO_FOOT, Recalculate()),
        epoch=(MOMENTUM_TO_FOOT, *LAST_WEIGHTS_TO_HEAD, Recalculate()),
    )

    sheet.style("L3", "heading")
    sheet.style(f"J3:K{foot}", "state")
    sheet.style(f"L4:L{last}", "loss")
    sheet.style(f"L{foot}", "result")
    sheet.width("J:K", 6.5)


def rmsprop(book: Workbook, points: Points, state: State) -> None:
    """The gradient over the root of the mean square, which is that of the row above."""
    sheet, last, foot = prediction_and_gradients(book, "rmsprop", points, state)

    sheet["J1"] = 0.9
    sheet["K1"] = "=1-J1"
    sheet.fill("J3:K3", f"=J{foot}")
    sheet.fill(f"H4:I{last}", "=C4-F4*$D$2/SQRT(J3)")
    sheet.fill(f"J4:K{last}", "=J3*$J$1+$K$1*F4^2")
    sheet.values(f"J{foot}", [state.mean_squares])

    name(sheet, ms_last=f"$J${last}:$K${last}", gradtarget=f"$J${foot}:$K${foot}")
    name(sheet, pct_clipped="#REF!", max_clipped=f"$K${foot + 1}")
    settle = (Recalculate(), MEAN_SQUARES_TO_FOOT)
    buttons(
        sheet,
        reset=(Set("gradtarget", 10000), *WEIGHTS_TO_ONE, *settle, *settle, Recalculate()),
        epoch=(MEAN_SQUARES_TO_FOOT, *LAST_WEIGHTS_TO_HEAD, Recalculate()),
    )

    sheet.style(f"J3:K{foot}", "state")
    sheet.number_format(f"J{foot}", "0.00")
    sheet.width("J", 8.3)
    sheet.width("K", 11.7)


def momentum_over_mean_square(book: Workbook, title: str, points: Points, state: State, beta2: float) -> Rows:
    """What adam and adam_ann share: all but beta2 and the learning rate."""
    sheet, last, foot = prediction_and_gradients(book, title, points, state)

    sheet.values("I1", [["beta", 0.9, None, beta2]])
    sheet["K1"] = "=1-J1"
    sheet["M1"] = "=1-L1"
    sheet.fill("J3:M3", f"=J{foot}")
    sheet.fill(f"H4:I{last}", "=C4-J4*$D$2/SQRT(L4)")
    sheet.fill(f"J4:K{last}", "=J3*$J$1+$K$1*F4")
    sheet.fill(f"L4:M{last}", "=L3*$L$1+$M$1*F4^2")
    sheet.values(f"J{foot}", [state.momentum + state.mean_squares])

    name(sheet, lr="$D$2", momlast=f"$J${last}:$K${last}", momtarget=f"$J${foot}:$K${foot}")
    name(sheet, ms_last=f"$L${last}:$M${last}", gradtarget=f"$L${foot}:$M${foot}")
    name(sheet, pct_clipped=f"$O${foot}", max_clipped=f"$O${foot + 1}")

    sheet.style("L1", "parameter")
    sheet.style(f"J3:M{foot}", "state")
    sheet.number_format(f"L{foot}:M{foot}", "0.00")
    sheet.width("J:K", 6.5)
    sheet.width("L", 8.3)
    sheet.width("M", 13.2)
    return sheet, last, foot


def adam(book: Workbook, points: Points, state: State) -> None:
    """Momentum over the root of the mean square, both of the same row."""
    sheet, _, _ = momentum_over_mean_square(book, "adam", points, state, beta2=0.9)
    settle = (Recalculate(), MEAN_SQUARES_TO_FOOT, Recalculate(), MOMENTUM_TO_FOOT)
    buttons(sheet, reset=(*ADAM_AT_START, *settle, *settle, Recalculate()), epoch=ADAM_EPOCH)


def adam_ann(book: Workbook, points: Points, state: State) -> None:
    """adam with a learning rate that is cut when the gradients grow."""
    sheet, last, foot = momentum_over_mean_square(book, "adam_ann", points, state, beta2=0.95)

    sheet["N3"] = state.smallest
    sheet.fill(f"F{foot}:G{foot}", f"=SQRT(SUMSQ(F4:F{last}))/COUNT(F4:F{last})")
    sheet[f"N{foot}"] = f"=SQRT(L{foot})+SQRT(M{foot})"
    sheet.fill(f"K{foot + 1}:L{foot + 1}", "=1/K3")
    sheet[f"N{foot + 1}"] = "=avg_grad2/prev_grad2"

    name(sheet, prev_grad2="$N$3", avg_grad2=f"$N${foot}", gradrat=f"$N${foot + 1}")
    remember = Copy("avg_grad2", "prev_grad2")
    # Calculation is manual here: ``remember`` copies the size that was calculated before the copies it follows.
    settle = (Recalculate(), MEAN_SQUARES_TO_FOOT, MOMENTUM_TO_FOOT)
    buttons(
        sheet,
        reset=(*ADAM_AT_START, remember, *settle, *settle, remember, Recalculate()),
        epoch=(
            *ADAM_EPOCH,
            If("=gradrat>2", (Set("lr", "=lr/4"),)),
            If("=avg_grad2<prev_grad2", (remember,)),
            Recalculate(),
        ),
    )

    sheet.style("N3", "state")
    sheet.style(f"F{foot}:G{foot},N{foot}:N{foot + 1},K{foot + 1}:L{foot + 1}", "result")
    sheet.number_format(f"C4:E{last},N{foot}", "#,##0.00")
    sheet.number_format(f"F{foot}:G{foot}", "0.00")
    sheet.width("N", 8.3)
