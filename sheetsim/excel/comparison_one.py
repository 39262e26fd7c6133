"""Two numbers compared in the 15 digits that Excel compares, for loops of plain numbers: ``comparison.py`` writes them
as text, which compiled code cannot."""

from __future__ import annotations

from sheetsim.excel.arithmetic import SPLIT

DIGITS = 1e14  # from here to ten times as much a number has 15 digits before its point
LARGEST_POWER = 1e22  # of ten, of those that a double holds exactly
LEAST = 1e-29  # two such powers bring a number from here on to 15 digits
SURE = 1e-6  # so far from a half it is known to which side a number is rounded
UNKNOWN = 2.0


def shown_order(left: float, right: float) -> float:
    """-1, 0 or 1: whether of two numbers, rounded to 15 digits, the first is less than the second, equal or more.
    UNKNOWN where that is not plain: they have not one sign or as many digits, are far from 1, or lie near the middle
    between two.

    >>> shown_order(0.1 + 0.2, 0.3), shown_order(1.00000000000001, 1.0)
    (0.0, 1.0)
    """
    one, other = shown_whole(left, left), shown_whole(right, left)
    if one == 0.0 or other == 0.0 or (left < 0.0) != (right < 0.0):
        return UNKNOWN
    if one == other:
        return 0.0
    return 1.0 if (one > other) == (left > 0.0) else -1.0


def shown_whole(value: float, like: float) -> float:
    """The 15 digits of a number as a whole number without its sign, scaled as those of one ``like`` it; 0 where they
    are not known."""
    size = abs(value)
    first = second = 1.0
    while abs(like) * first < DIGITS and first < LARGEST_POWER:
        first *= 10.0
    while abs(like) * first * second < DIGITS and second < LARGEST_POWER:
        second *= 10.0
    if not LEAST <= size < 10.0 * DIGITS:
        return 0.0
    head = size * first
    tail = lost(size, first, head) * second
    whole = head * second
    tail += lost(head, second, whole)
    if not DIGITS <= whole < 10.0 * DIGITS:
        return 0.0
    below = float(int(whole))
    beyond = (whole - below) + tail
    if abs(beyond - 0.5) < SURE:
        return 0.0
    return below + 1.0 if beyond > 0.5 else below


def lost(a: float, b: float, product: float) -> float:
    """What rounding has taken from a product: Dekker, from halves whose products are exact."""
    # ``product`` has these lines written out: without Numba it is the innermost of all, where one more call is felt
    t = SPLIT * a
    a1 = t - (t - a)
    a2 = a - a1
    t = SPLIT * b
    b1 = t - (t - b)
    b2 = b - b1
    return ((a1 * b1 - product) + a1 * b2 + a2 * b1) + a2 * b2
