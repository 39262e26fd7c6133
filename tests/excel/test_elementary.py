"""exp, ln and log10 against ``decimal`` with 60 digits, whose results float() rounds correctly."""

from __future__ import annotations

import math
from decimal import Context, Decimal, FloatOperation, localcontext

import numpy as np
import pytest

from sheetsim.excel import elementary
from sheetsim.excel.elementary import EXP, LN, LOG10, Array, Function, exp, ln, log10

SIXTY = Context(prec=60)
SMALL = 2.0**-52
FUNCTIONS = {"exp": (exp, EXP), "ln": (ln, LN), "log10": (log10, LOG10)}
LOGARITHMS = [ln, log10]


def oracle(name: str, x: float) -> float:
    result = float(getattr(Decimal(x), name)(SIXTY))
    return 0.0 if name == "exp" and result < 2.0**-1022 else result


def check(name: str, x: Array) -> None:
    got = FUNCTIONS[name][0](x).tolist()
    wrong = [(v.hex(), g) for v, g in zip(x.tolist(), got, strict=True) if g != oracle(name, v)]
    assert not wrong


def any_positive(rng: np.random.Generator, count: int) -> Array:
    """Normal numbers with every exponent equally likely."""
    return rng.integers(1 << 52, 0x7FF << 52, count).view(np.float64)


def edges_of_log_cells() -> Array:
    edges = 1 + np.arange(elementary.LOG_CELLS) / elementary.LOG_CELLS
    return np.concatenate([edges, np.nextafter(edges, 0), edges / 2, edges * 2.0**100])


def middles_between_powers() -> Array:
    """Where the number of steps of ln2/512 changes, so that r is greatest."""
    middles = (np.arange(-700, 700) + 0.5) / elementary.STEPS_PER_UNIT
    return np.concatenate([middles, np.nextafter(middles, 1000), middles * 701])


RANGES = {
    "exp": {
        "all": lambda rng: rng.uniform(-709, 710, 3000),
        "around 0": lambda rng: rng.uniform(-3, 3, 3000),
        "tiny": lambda rng: rng.uniform(-1, 1, 2000) * 10.0 ** rng.uniform(-20, 0, 2000),
        "next to 1": lambda rng: np.arange(-500, 500) * 2.0**-55,
        "two decimals": lambda rng: np.round(rng.uniform(-50, 50, 2000), 2),
        "whole": lambda rng: np.arange(-710.0, 711.0),
        "edges": lambda rng: middles_between_powers(),
    },
    "ln": {
        "all": lambda rng: any_positive(rng, 3000),
        "around 1": lambda rng: rng.uniform(0.3, 3, 3000),
        "near 1": lambda rng: 1 + rng.uniform(-1, 1, 2000) * 10.0 ** rng.uniform(-16, -2, 2000),
        "next to 1": lambda rng: 1 + np.arange(-500, 500) * (SMALL / 2),
        "two decimals": lambda rng: np.round(rng.uniform(0.01, 10000, 2000), 2),
        "whole": lambda rng: np.arange(1.0, 1001.0),
        "edges": lambda rng: edges_of_log_cells(),
    },
}
RANGES["log10"] = RANGES["ln"]


@pytest.mark.parametrize(("name", "where"), [(name, where) for name in RANGES for where in RANGES[name]])
def test_correctly_rounded(name: str, where: str) -> None:
    check(name, RANGES[name][where](np.random.default_rng(2024)))


EXACT_CASES = [
    (exp, [0.0, -0.0, 5e-324, -1e-300], [1.0, 1.0, 1.0, 1.0]),
    (exp, [709.782712893384, 709.7827128933841, 1e308, math.inf], [1.7976931348622732e308, *[math.inf] * 3]),
    (exp, [-708.3964185322641, -708.3964185322642, -1e308, -math.inf], [2.2250738585072626e-308, 0.0, 0.0, 0.0]),
    (ln, [1.0, math.inf, 2.0**-1022], [0.0, math.inf, -708.3964185322641]),
    (log10, [1.0, math.inf, 2.0**-1022], [0.0, math.inf, -307.6526555685888]),
    (log10, [10.0**k for k in range(23)], [float(k) for k in range(23)]),
    (log10, [float(f"1e{k}") for k in range(-307, 309)], [float(k) for k in range(-307, 309)]),
    (ln, [1 + SMALL, 1 - SMALL / 2], [2.2204460492503128e-16, -1.1102230246251566e-16]),
]


@pytest.mark.parametrize(("function", "arguments", "expected"), EXACT_CASES)
def test_exact_cases(function, arguments, expected) -> None:
    assert function(arguments).tolist() == expected


@pytest.mark.parametrize("function", LOGARITHMS)
def test_logarithm_of_one_is_plus_zero(function) -> None:
    assert not np.signbit(function([1.0, 2.0]))[0]


@pytest.mark.parametrize("function", LOGARITHMS)
@pytest.mark.parametrize("x", [0.0, -0.0, -1.0, -1e-300, -math.inf, math.nan, 5e-324, np.nextafter(2.0**-1022, 0)])
def test_no_logarithm(function, x: float) -> None:
    both = function([x, 1.0])
    assert math.isnan(both[0])
    assert both[1] == 0


def test_exp_of_nan() -> None:
    assert math.isnan(exp(math.nan))


# Arguments whose results lie next to the midpoint of two doubles, and how near at least, in units of the last place.
HARD = [
    ("exp", float.fromhex("0x1.9E9CBBFD6080Bp-31"), 1e-17),  # the hardest of all for exp (Lefèvre and Muller)
    ("exp", 2.0**-53, 1e-15),  # 1 + x, and x**2/2 beyond the midpoint
    ("exp", float.fromhex("0x1.49F86695D1438p6"), 1e-6),
    ("ln", 1 + 6 * SMALL, 1e-12),  # r - r**2/2 is a midpoint, and r**3/3 decides
    ("ln", float.fromhex("0x1.EC5C08B57260Cp-1"), 1e-6),
    ("log10", float.fromhex("0x1.2466C41683554p887"), 1e-6),
    ("log10", float.fromhex("0x1.05E521D4DE89Bp0"), 1e-6),
]


def distance_from_midpoint(name: str, x: float) -> Decimal:
    with localcontext(SIXTY):
        value = getattr(Decimal(x), name)()
        nearest = float(value)
        return abs(abs(value - Decimal(nearest)) / Decimal(math.ulp(nearest)) - Decimal("0.5"))


def unsure_places(function: Function, x: Array) -> list[int]:
    return function.kernel(x)[1].tolist()


@pytest.mark.parametrize(("name", "x", "distance"), HARD)
def test_hard_cases_are_decided_by_decimal(name: str, x: float, distance: float) -> None:
    public, function = FUNCTIONS[name]
    among = np.array([2.0, 3.0, x, 5.0])
    assert distance_from_midpoint(name, x) < distance
    assert unsure_places(function, among) == [2]
    assert public(among).tolist() == [oracle(name, v) for v in among.tolist()]
    marked = function._replace(exactly=lambda value, context: Decimal(-77))
    assert elementary._correctly_rounded(marked, among)[2] == -77


@pytest.mark.parametrize("name", FUNCTIONS)
def test_unsure_is_rare(name: str) -> None:
    x = np.random.default_rng(5).uniform(0.5, 100, 100_000)
    assert len(unsure_places(FUNCTIONS[name][1], x)) < 20


def test_reduced_argument_of_a_logarithm_fits_in_a_double() -> None:
    """|m c - 1| < 2**-9 at both ends of each cell, so that its 53 bits are exact."""
    for cell, c in enumerate(elementary.log_tables().c.tolist()):
        first = (elementary.LOG_CELLS + cell) << (52 - elementary.LOG_BITS)
        last = first + (1 << (52 - elementary.LOG_BITS)) - 1
        assert max(abs(first * c - 2**62), abs(last * c - 2**62)) < 2**53


def test_limits_of_exp() -> None:
    least, most = elementary.EXP_LEAST, elementary.EXP_MOST
    normal, beyond = Decimal(2) ** -1022, Decimal(2.0**1023) * 2
    assert Decimal(math.nextafter(least, -math.inf)).exp(SIXTY) < normal <= Decimal(least).exp(SIXTY)
    assert Decimal(most).exp(SIXTY) < beyond < Decimal(math.nextafter(most, math.inf)).exp(SIXTY)


SHAPES = [
    np.float64(2.5),
    np.array(2.5),
    np.empty((0, 3)),
    np.arange(1.0, 25.0).reshape(2, 3, 4),
    np.arange(1.0, 25.0).reshape(4, 6).T,
    np.arange(1.0, 25.0)[::-3],
    np.broadcast_to(np.array([1.5, 2.5]), (3, 2)),
    np.arange(1.0, 25.0).astype(">f8"),
    np.arange(1, 25),
]


@pytest.mark.parametrize("name", FUNCTIONS)
@pytest.mark.parametrize("x", SHAPES, ids=[f"shape{i}" for i in range(len(SHAPES))])
def test_shapes_and_strides(name: str, x: Array) -> None:
    before = np.array(x)
    result = FUNCTIONS[name][0](x)
    assert isinstance(result, np.ndarray)
    assert result.dtype == np.float64
    assert result.shape == np.shape(x)
    assert result.ravel().tolist() == [oracle(name, v) for v in before.ravel().tolist()]
    assert np.array_equal(before, x)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_chunks_join(name: str) -> None:
    x = np.random.default_rng(1).uniform(0.1, 9, 2 * elementary.CHUNK + 7)
    x[elementary.CHUNK] = math.nan
    whole = FUNCTIONS[name][0](x)
    piecewise = np.concatenate([FUNCTIONS[name][0](x[i : i + 1000]) for i in range(0, x.size, 1000)])
    assert np.array_equal(whole, piecewise, equal_nan=True)


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("name", FUNCTIONS)
@pytest.mark.parametrize("how", ["raise", "warn"])
def test_no_warnings_and_no_errors(name: str, how: str) -> None:
    x = np.array([math.nan, math.inf, -math.inf, 0.0, -0.0, -1.0, 5e-324, -5e-324, 1e308, -1e308, 1e-308, -745.0, 1.0])
    with np.errstate(all=how):
        for part in (x, x[:1], x[-1:], np.full(5, 1e-300), np.full(5, -708.0)):
            FUNCTIONS[name][0](part)


def test_the_decimal_context_of_the_caller_does_not_matter() -> None:
    elementary.powers_of_two.cache_clear()
    elementary.log_tables.cache_clear()
    elementary._ln_of_ratio.cache_clear()
    with localcontext(Context(prec=3, traps=[FloatOperation])):
        got = {name: FUNCTIONS[name][0]([7.1, *(x for n, x, _ in HARD if n == name)]) for name in FUNCTIONS}
    for name, values in got.items():
        assert values.tolist() == [oracle(name, 7.1), *(oracle(name, x) for n, x, _ in HARD if n == name)]
