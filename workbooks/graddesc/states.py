"""The states of graddesc's sheets: what their buttons change. The formulas are in ``workbook.py``."""

from __future__ import annotations

from dataclasses import dataclass

Pair = tuple[float, float]  # a number for the intercept b and one for the slope a


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
