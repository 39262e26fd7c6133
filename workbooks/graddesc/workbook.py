"""graddesc: five optimizers fit the line y = 2x + 30, one row for each step.

A sheet for each optimizer; what they share is in ``optimizer_sheet.py``, what they start from in
``states.py``.
"""

from __future__ import annotations

from collections.abc import Sequence

from sheetsim.errors import InputError
from sheetsim.model.buttons import Append, Clear, Copy, If, Recalculate, Set
from sheetsim.workbook import Workbook
from workbooks.graddesc.explanation import explanation
from workbooks.graddesc.optimizer_charts import (
    ERRORS_DRAWN,
    drawn_points,
    errors,
    mean_square,
    path,
    predictions,
    smoothed,
)
from workbooks.graddesc.optimizer_sheet import (
    ADAM_AT_START,
    ADAM_EPOCH,
    AMOUNT,
    ANY,
    LAST_WEIGHTS_TO_HEAD,
    MEAN_SQUARES_TO_FOOT,
    MOMENTUM_TO_FOOT,
    SMALL,
    WEIGHT,
    WEIGHTS_TO_ONE,
    Points,
    Rows,
    averages,
    buttons,
    name,
    points_and_weights,
    prediction_and_gradients,
)
from workbooks.graddesc.states import FRESH, LECTURE, State
from workbooks.shared.charts import show
from workbooks.shared.data import numbers, pairs
from workbooks.shared.labels import labels

FIRST_ERROR = 5  # basic's list of errors begins so many rows below the foot
ERRORS_KEPT = 69  # and has so many lines


def build(points: Sequence[Sequence[float]] | None = None) -> Workbook:
    """The workbook on these points, before its first Reset; without points, the lecture's as the lecture left it."""
    states = LECTURE if points is None else FRESH
    given = pairs(numbers("points.csv") if points is None else points)
    if len(given) < 2:
        raise InputError("graddesc needs at least two points")

    book = Workbook("graddesc")
    explanation(book, len(given), FIRST_ERROR)
    data(book, len(given))
    basic(book, given, states["basic"])
    momentum(book, given, states["momentum"])
    rmsprop(book, given, states["rmsprop"])
    adam(book, given, states["adam"])
    adam_ann(book, given, states["adam_ann"])
    return book


def data(book: Workbook, points: int) -> None:
    """New random points on a line, at every recalculation."""
    sheet = book.add_sheet("data")
    sheet.about = "Points drawn anew on the line at every calculation; the other sheets keep theirs."
    last = 4 + points

    sheet.values("A1", [["b", "const", 30], ["a", "slope", 2]])
    sheet.values("B4", [["x", "y"]])
    sheet.fill(f"B5:B{last}", "=RANDBETWEEN(1,100)")
    sheet.fill(f"C5:C{last}", "=$C$1+B5*$C$2")

    sheet.style("A1:B2", "label")
    sheet.style("C1:C2", "parameter")
    sheet.style("B4:C4", "heading")
    sheet.style(f"B5:C{last}", "input")
    sheet.look.freeze = "A5"
    sheet.chart(drawn_points(sheet, "B", "C", last))


def basic(book: Workbook, points: Points, state: State) -> None:
    """Gradient descent, with each gradient by finite differences and by the derivative."""
    sheet, last, foot = points_and_weights(book, "basic", points, state)
    sheet.about = "Gradient descent, each gradient by a small change of the weight and by the derivative."
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

    labels(sheet, {f"J{foot}": "of all rows"})
    sheet.comment(f"K{foot}", "root of the sum of the squares")
    sheet.comment(f"F{foot}", "root of the sum of the squared errors")

    name(sheet, gradtarget="$K$1:$L$1", histgrad=f"$K${foot}:$L${foot}", rmse=f"$F${foot}")
    name(sheet, rmsestart=f"$C${listed - 2}", rmses=f"$C${listed}:$C${listed + ERRORS_KEPT - 1}")
    buttons(
        sheet,
        reset=(*WEIGHTS_TO_ONE, Clear("rmses"), Recalculate()),
        epoch=(*LAST_WEIGHTS_TO_HEAD, Recalculate(), Append("rmse", "rmses")),
    )

    sheet.style(f"E1,E{foot},C{listed - 2}", "label")
    sheet.style(f"A3:N3,C{listed - 1}", "heading")
    sheet.style("H2,I1:I2", "note")
    sheet.style("F1", "parameter")
    sheet.style(f"F4:G{last},I4:I{last}", "loss")
    sheet.style(f"H4:H{last},J4:L{last}", "gradient")
    sheet.style(f"M4:N{last}", "state")
    sheet.style(f"F{foot},K{foot}:L{foot}", "result")
    sheet.number_format(f"F4:F{foot},G4:J{last},K4:L{foot},C{listed}:C{listed + ERRORS_KEPT - 1}", AMOUNT)
    sheet.number_format(f"M4:N{last}", WEIGHT)
    sheet.width("F:L", 11.5)
    sheet.width("H", 14)  # the note above it
    sheet.width("M:N", 9)
    sheet.look.freeze = "A4"
    sheet.chart(errors(sheet, listed))
    show(sheet, [predictions(sheet, last), path(sheet, last)], rows=foot)
    sheet.look.page = f"{sheet.look.page},A{listed - 2}:N{listed + ERRORS_DRAWN - 1}"  # the list of errors


def momentum(book: Workbook, points: Points, state: State) -> None:
    """The step is an average of the gradients: 0.9 of the step before, 0.1 of the gradient."""
    sheet, last, foot = prediction_and_gradients(book, "momentum", points, state)
    sheet.about = "The step is a running average: 0.9 of the step before, 0.1 of the new gradient."

    sheet.values("I1", [["beta", 0.9]])
    sheet["K1"] = "=1-J1"
    sheet["L3"] = "err^2"
    sheet.fill("J3:K3", f"=J{foot}")
    sheet.fill(f"H4:I{last}", "=C4-J4*$D$2")
    sheet.fill(f"J4:K{last}", "=J3*$J$1+$K$1*F4")
    sheet.fill(f"L4:L{last}", "=(B4-E4)^2")
    sheet[f"L{foot}"] = f"=SQRT(SUM(L4:L{last}))"
    labels(sheet, {"L2": "foot: rmse"}, "note")
    sheet.comment("K1", "1 - beta")
    sheet.values(f"J{foot}", [state.momentum])

    name(sheet, lr="$D$2", momlast=f"$J${last}:$K${last}", momtarget=f"$J${foot}:$K${foot}")
    name(sheet, gradtarget="#REF!", ms_last="#REF!", pct_clipped=f"$M${foot}", max_clipped=f"$M${foot + 1}")
    buttons(
        sheet,
        reset=(Set("momtarget", 0), *WEIGHTS_TO_ONE, Set("lr", 0.0001), Recalculate(), MOMENTUM_TO_FOOT, Recalculate()),
        epoch=(MOMENTUM_TO_FOOT, *LAST_WEIGHTS_TO_HEAD, Recalculate()),
    )

    averages(sheet, "J", "K", foot, squared=False)
    sheet.style("L3", "heading")
    sheet.style(f"L4:L{last}", "loss")
    sheet.style(f"L{foot}", "result")
    sheet.number_format(f"L4:L{foot}", AMOUNT)
    sheet.width("L", 11.5)
    show(sheet, [predictions(sheet, last), smoothed(sheet, last)])


def rmsprop(book: Workbook, points: Points, state: State) -> None:
    """The gradient over the root of the mean square, which is that of the row above."""
    sheet, last, foot = prediction_and_gradients(book, "rmsprop", points, state)
    sheet.about = "The gradient is divided by the root of a running average of its squares."

    sheet["J1"] = 0.9
    labels(sheet, {"I1": "beta"})
    sheet.comment("K1", "1 - beta")
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

    averages(sheet, "J", "K", foot, squared=True)
    show(sheet, [predictions(sheet, last), mean_square(sheet, last)])


def momentum_over_mean_square(book: Workbook, title: str, points: Points, state: State, beta2: float) -> Rows:
    """What adam and adam_ann share: all but beta2 and the learning rate."""
    sheet, last, foot = prediction_and_gradients(book, title, points, state)

    sheet.values("I1", [["beta", 0.9, None, beta2]])
    sheet["K1"] = "=1-J1"
    sheet["M1"] = "=1-L1"
    sheet.comment("K1", "1 - beta, for the averages of the gradients")
    sheet.comment("M1", "1 - beta, for the averages of their squares")
    sheet.fill("J3:M3", f"=J{foot}")
    sheet.fill(f"H4:I{last}", "=C4-J4*$D$2/SQRT(L4)")
    sheet.fill(f"J4:K{last}", "=J3*$J$1+$K$1*F4")
    sheet.fill(f"L4:M{last}", "=L3*$L$1+$M$1*F4^2")
    sheet.values(f"J{foot}", [state.momentum + state.mean_squares])

    name(sheet, lr="$D$2", momlast=f"$J${last}:$K${last}", momtarget=f"$J${foot}:$K${foot}")
    name(sheet, ms_last=f"$L${last}:$M${last}", gradtarget=f"$L${foot}:$M${foot}")
    name(sheet, pct_clipped=f"$O${foot}", max_clipped=f"$O${foot + 1}")

    sheet.style("L1", "parameter")
    averages(sheet, "J", "K", foot, squared=False)
    averages(sheet, "L", "M", foot, squared=True)
    return sheet, last, foot


def adam(book: Workbook, points: Points, state: State) -> None:
    """Momentum over the root of the mean square, both of the same row."""
    sheet, last, _ = momentum_over_mean_square(book, "adam", points, state, beta2=0.9)
    sheet.about = "Both: momentum's average over the root of rmsprop's."
    settle = (Recalculate(), MEAN_SQUARES_TO_FOOT, Recalculate(), MOMENTUM_TO_FOOT)
    buttons(sheet, reset=(*ADAM_AT_START, *settle, *settle, Recalculate()), epoch=ADAM_EPOCH)
    show(sheet, [predictions(sheet, last), smoothed(sheet, last)])


def adam_ann(book: Workbook, points: Points, state: State) -> None:
    """adam with a learning rate that is cut when the gradients grow."""
    sheet, last, foot = momentum_over_mean_square(book, "adam_ann", points, state, beta2=0.95)
    sheet.about = "adam with a learning rate that is cut to a quarter when the gradients grow."

    sheet["N3"] = state.smallest
    sheet.fill(f"F{foot}:G{foot}", f"=SQRT(SUMSQ(F4:F{last}))/COUNT(F4:F{last})")
    sheet[f"N{foot}"] = f"=SQRT(L{foot})+SQRT(M{foot})"
    sheet.fill(f"K{foot + 1}:L{foot + 1}", "=1/K3")
    sheet[f"N{foot + 1}"] = "=avg_grad2/prev_grad2"

    labels(sheet, {f"E{foot}": "size", f"J{foot + 1}": "1/average", f"N{last}": "size now", f"M{foot + 1}": "ratio"})
    labels(sheet, {"N2": "least size"}, "heading")

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
    sheet.number_format(f"F{foot}:G{foot}", AMOUNT)
    sheet.number_format(f"N3,N{foot}:N{foot + 1}", SMALL)
    sheet.number_format(f"K{foot + 1}:L{foot + 1}", ANY)
    sheet.width("N", 12)
    show(sheet, [predictions(sheet, last), smoothed(sheet, last)])
