"""Bessel's functions, by the approximations that Excel uses: good to some eight digits, and with its own last bits.

The functions of order 0 and 1 are the polynomials of Abramowitz and Stegun, *Handbook of Mathematical Functions*,
9.8.1 to 9.8.8 (I and K), and the rational functions of Hart and others, *Computer Approximations* (J and Y). Higher
orders follow by recurrence: upwards for Y and K, and for J where x is above the order; downwards, from far enough above
it, for I and for the rest of J.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from sheetsim.excel.arithmetic import Array
from sheetsim.functions.families.mathematics.entering import of_numbers
from sheetsim.functions.table import Evidence, Gradient

OfX = Callable[[Array], Array]
FAR_ABOVE = 40.0  # how far above the order a recurrence downwards begins
LARGE = 1e10  # where it is scaled down
TWO_OVER_PI = 0.636619772


def _polynomial(x: Array, coefficients: Sequence[float]) -> Array:
    """c₀ + x (c₁ + x (c₂ + …))."""
    total = np.full(x.shape, coefficients[-1])
    for coefficient in coefficients[-2::-1]:
        total = coefficient + x * total
    return total


# --- J and Y of order 0 and 1 -----------------------------------------------------------------------------------------
J0_TOP = 57568490574.0, -13362590354.0, 651619640.7, -11214424.18, 77392.33017, -184.9052456
J0_BOTTOM = 57568490411.0, 1029532985.0, 9494680.718, 59272.64853, 267.8532712, 1.0
J1_TOP = 72362614232.0, -7895059235.0, 242396853.1, -2972611.439, 15704.48260, -30.16036606
J1_BOTTOM = 144725228442.0, 2300535178.0, 18583304.74, 99447.43394, 376.9991397, 1.0
Y0_TOP = -2957821389.0, 7062834065.0, -512359803.6, 10879881.29, -86327.92757, 228.4622733
Y0_BOTTOM = 40076544269.0, 745249964.8, 7189466.438, 47447.26470, 226.1030244, 1.0
Y1_TOP = -0.4900604943e13, 0.1275274390e13, -0.5153438139e11, 0.7349264551e9, -0.4237922726e7, 0.8511937935e4
Y1_BOTTOM = 0.2499580570e14, 0.4244419664e12, 0.3733650367e10, 0.2245904002e8, 0.1020426050e6, 0.3549632885e3, 1.0
#: Of both beyond 8.
FAR_0 = (1.0, -0.1098628627e-2, 0.2734510407e-4, -0.2073370639e-5, 0.2093887211e-6)
FAR_0_AND = (-0.1562499995e-1, 0.1430488765e-3, -0.6911147651e-5, 0.7621095161e-6, -0.934945152e-7)
FAR_1 = (1.0, 0.183105e-2, -0.3516396496e-4, 0.2457520174e-5, -0.240337019e-6)
FAR_1_AND = (0.04687499995, -0.2002690873e-3, 0.8449199096e-5, -0.88228987e-6, 0.105787412e-6)
#: Excel's own slips, which are in J but not in Y: digits changed places, and a coefficient stands there twice. So
#: its J₁(10) is wrong from the fifth digit on, and ours with it.
SLIP_0 = (1.0, -0.1098628267e-2, *FAR_0[2:])
SLIP_0_AND = (*FAR_0_AND[:4], -0.934935152e-7)
SLIP_1 = (*FAR_1[:3], *FAR_1[2:])
NEAR = 8.0


def _wave(x: Array, order: int, one: Sequence[float], two: Sequence[float], sine: bool) -> Array:
    """J, or Y (``sine``), of an x of 8 and more, by these two lines of coefficients."""
    x = np.maximum(x, NEAR)
    z = NEAR / x
    angle = x - (2.356194491 if order else 0.785398164)
    main, other = _polynomial(z * z, one), _polynomial(z * z, two)
    if sine:
        return np.sqrt(TWO_OVER_PI / x) * (np.sin(angle) * main + z * np.cos(angle) * other)
    return np.sqrt(TWO_OVER_PI / x) * (np.cos(angle) * main - z * np.sin(angle) * other)


def _j0(x: Array) -> Array:
    y = x * x
    near = _polynomial(y, J0_TOP) / _polynomial(y, J0_BOTTOM)
    return np.where(np.abs(x) < NEAR, near, _wave(np.abs(x), 0, SLIP_0, SLIP_0_AND, sine=False))


def _j1(x: Array) -> Array:
    y = x * x
    near = x * _polynomial(y, J1_TOP) / _polynomial(y, J1_BOTTOM)
    return np.where(np.abs(x) < NEAR, near, np.copysign(1.0, x) * _wave(np.abs(x), 1, SLIP_1, FAR_1_AND, sine=False))


def _y0(x: Array) -> Array:
    y = x * x
    near = _polynomial(y, Y0_TOP) / _polynomial(y, Y0_BOTTOM) + TWO_OVER_PI * _j0(x) * np.log(x)
    return np.where(x < NEAR, near, _wave(x, 0, FAR_0, FAR_0_AND, sine=True))


def _y1(x: Array) -> Array:
    y = x * x
    near = x * _polynomial(y, Y1_TOP) / _polynomial(y, Y1_BOTTOM) + TWO_OVER_PI * (_j1(x) * np.log(x) - 1.0 / x)
    return np.where(x < NEAR, near, _wave(x, 1, FAR_1, FAR_1_AND, sine=True))


# --- I and K of order 0 and 1 -----------------------------------------------------------------------------------------
I0_NEAR = 1.0, 3.5156229, 3.0899424, 1.2067492, 0.2659732, 0.360768e-1, 0.45813e-2
I0_FAR = (
    0.39894228, 0.1328592e-1, 0.225319e-2, -0.157565e-2, 0.916281e-2, -0.2057706e-1, 0.2635537e-1, -0.1647633e-1,
    0.392377e-2,
)  # fmt: skip
I1_NEAR = 0.5, 0.87890594, 0.51498869, 0.15084934, 0.2658733e-1, 0.301532e-2, 0.32411e-3
I1_FAR = (
    0.39894228, -0.3988024e-1, -0.362018e-2, 0.163801e-2, -0.1031555e-1, 0.2282967e-1, -0.2895312e-1, 0.1787654e-1,
    -0.420059e-2,
)  # fmt: skip
K0_NEAR = -0.57721566, 0.42278420, 0.23069756, 0.3488590e-1, 0.262698e-2, 0.10750e-3, 0.74e-5
K0_FAR = 1.25331414, -0.7832358e-1, 0.2189568e-1, -0.1062446e-1, 0.587872e-2, -0.251540e-2, 0.53208e-3
K1_NEAR = 1.0, 0.15443144, -0.67278579, -0.18156897, -0.1919402e-1, -0.110404e-2, -0.4686e-4
K1_FAR = 1.25331414, 0.23498619, -0.3655620e-1, 0.1504268e-1, -0.780353e-2, 0.325614e-2, -0.68245e-3
EDGE_OF_I, EDGE_OF_K = 3.75, 2.0
LARGEST_OF_I = 714.0  # beyond it I is no number any more
FALLS_OF_I = 60.0  # Iₘ(x) is about exp(-m² / 2x) of I₀(x): by m² = 60 x it has fallen to 1e-13


def _i0(x: Array) -> Array:
    size = np.abs(x)
    near = _polynomial((x / EDGE_OF_I) ** 2, I0_NEAR)
    beyond = np.maximum(size, EDGE_OF_I)
    far = np.exp(beyond) / np.sqrt(beyond) * _polynomial(EDGE_OF_I / beyond, I0_FAR)
    return np.where(size < EDGE_OF_I, near, far)


def _i1(x: Array) -> Array:
    size = np.abs(x)
    near = size * _polynomial((x / EDGE_OF_I) ** 2, I1_NEAR)
    beyond = np.maximum(size, EDGE_OF_I)
    far = _polynomial(EDGE_OF_I / beyond, I1_FAR) * (np.exp(beyond) / np.sqrt(beyond))
    return np.copysign(np.where(size < EDGE_OF_I, near, far), x)


def _k0(x: Array) -> Array:
    near = -np.log(x / 2.0) * _i0(x) + _polynomial(x * x / 4.0, K0_NEAR)
    return np.where(x <= EDGE_OF_K, near, _decaying(x, K0_FAR))


def _k1(x: Array) -> Array:
    near = np.log(x / 2.0) * _i1(x) + 1.0 / x * _polynomial(x * x / 4.0, K1_NEAR)
    return np.where(x <= EDGE_OF_K, near, _decaying(x, K1_FAR))


def _decaying(x: Array, coefficients: Sequence[float]) -> Array:
    beyond = np.maximum(x, EDGE_OF_K)
    return np.exp(-beyond) / np.sqrt(beyond) * _polynomial(2.0 / beyond, coefficients)


# --- higher orders ----------------------------------------------------------------------------------------------------
def _upwards(x: Array, order: int, zeroth: Array, first: Array, sign: float) -> Array:
    """f(n+1) = 2 n / x f(n) + sign f(n-1)."""
    twice = 2.0 / x
    before, now = zeroth, first
    for n in range(1, order):
        before, now = now, n * twice * now + sign * before
    return now if order else zeroth


def _downwards(x: Array, order: int, begin: int, sign: float) -> tuple[Array, Array, Array]:
    """The same the other way, from 1 and 0: what comes out for the order, for 0, and the sum of every second one, all
    in one unknown unit."""
    twice = 2.0 / np.where(x == 0, 1.0, x)
    after, now = np.zeros(x.shape), np.ones(x.shape)
    found, total, adds = np.zeros(x.shape), np.zeros(x.shape), False
    for n in range(begin, 0, -1):
        after, now = now, n * twice * now + sign * after
        scale = np.where(np.abs(now) > LARGE, 1.0 / LARGE, 1.0)
        after, now, found, total = after * scale, now * scale, found * scale, total * scale
        if adds:
            total = total + now
        adds = not adds
        if n == order:
            found = after
    return found, now, total


def _above(order: int) -> int:
    return order + int(np.sqrt(FAR_ABOVE * order))


def _j(x: Array, order: int) -> Array:
    if order < 2:
        return _j1(x) if order else _j0(x)
    size = np.abs(x)
    safe = np.maximum(size, float(order))
    up = _upwards(safe, order, _j0(safe), _j1(safe), -1.0)
    found, zeroth, total = _downwards(size, order, 2 * (_above(order) // 2), -1.0)
    down = np.where(size == 0, 0.0, found / (2.0 * total - zeroth))
    return np.where(size > order, up, down) * np.where((x < 0) & (order % 2 == 1), -1.0, 1.0)


def _i(x: Array, order: int) -> Array:
    if order < 2:
        return _i1(x) if order else _i0(x)

    def down(begin: int) -> Array:
        found, zeroth, _ = _downwards(np.abs(x), order, begin, 1.0)
        return found * (_i0(x) / zeroth)

    usual = 2 * _above(order)
    size = down(usual)
    far = FALLS_OF_I * np.abs(x) > usual**2  # the usual beginning is not yet small
    if far.any():
        size = np.where(far, down(int(np.sqrt(FALLS_OF_I * LARGEST_OF_I))), size)
    return np.where(x == 0, 0.0, size) * np.where((x < 0) & (order % 2 == 1), -1.0, 1.0)


def _y(x: Array, order: int) -> Array:
    return _upwards(x, order, _y0(x), _y1(x), -1.0)


def _k(x: Array, order: int) -> Array:
    return _upwards(x, order, _k0(x), _k1(x), 1.0)


LARGEST_ORDER = 10_000  # beyond it nothing but 0 or an infinity comes out of these recurrences
BESSEL = {"J": _j, "Y": _y, "I": _i, "K": _k}


def bessel(letter: str, x: Array, order: Array) -> Array:
    """J, Y, I or K of these orders, whole numbers from 0 on, at each x, element by element; NaN where it is not
    defined.

    >>> bessel("J", np.array([1.9, 0.0]), np.array([2.0, 0.0])).round(8).tolist()
    [0.32992583, 1.0]
    """
    x, order = np.broadcast_arrays(x, order)
    defined = (order >= 0) & (order <= LARGEST_ORDER) & ((x > 0) | (letter in "JI"))
    result = np.full(x.shape, np.nan)
    for n in set(order[defined].tolist()):
        at = defined & (order == n)
        result[at] = BESSEL[letter](x[at], int(n))
    return result


def _enter(letter: str, about: str) -> None:
    of_numbers(
        __name__,
        f"BESSEL{letter}",
        "x, order",
        lambda x, order: bessel(letter, x, np.trunc(order)),
        about,
        strict=True,
        gradient=Gradient.RULE,
        evidence=Evidence.DOCUMENTED,
    )


_enter("J", "Bessel's function Jₙ(x), to some eight digits, beyond 8 to five.")
_enter("Y", "Bessel's function Yₙ(x), also named after Weber or Neumann, to some eight digits.")
_enter("I", "Bessel's modified function Iₙ(x), to some eight digits.")
_enter("K", "Bessel's modified function Kₙ(x), to some eight digits.")
