"""Excel's last-bit rules against whole numbers of any size, and sums against plain Python loops."""

from __future__ import annotations

import math
import random

import numpy as np
import pytest

from sheetsim import Workbook
from sheetsim.excel.arithmetic import matrix_product, multiply, product, running_sum, whole_power

COUNT = 20_000


def rounded(mantissa: int, bits: int) -> int:
    """A positive whole number rounded to so many significant bits, half to even."""
    drop = mantissa.bit_length() - bits
    if drop <= 0:
        return mantissa
    kept, rest, half = mantissa >> drop, mantissa & ((1 << drop) - 1), 1 << (drop - 1)
    kept += rest > half or (rest == half and kept & 1)
    return kept << drop


def exact(a: float, b: float) -> float:
    """The product rounded to 64 bits and then to 53, in whole numbers."""
    (m, e), (n, f) = math.frexp(a), math.frexp(b)
    whole = int(abs(m) * 2**53) * int(abs(n) * 2**53)
    size = math.ldexp(rounded(rounded(whole, 64), 53), e + f - 106)
    return math.copysign(size, a) * math.copysign(1.0, b)


def near_midpoints(draw: random.Random, count: int) -> list[tuple[float, float]]:
    """Factors whose exact product lies next to the midpoint of two doubles: b ≈ (midpoint) / a, then its neighbours."""
    pairs = []
    while len(pairs) < count:
        a = draw.randrange(1 << 52, 1 << 53)
        drop = draw.choice([52, 53])
        target = (draw.randrange(1 << 52, 1 << 53) << drop) + (1 << (drop - 1))
        b = target // a
        if 1 << 52 <= b < 1 << 53:
            # of the products around there, look for one that ends like a midpoint: solve a·b ≡ half (mod 2**drop)
            odd = a | 1
            half = (1 << (drop - 1)) + draw.randrange(-(1 << (drop - 13)), 1 << (drop - 13))
            b = half * pow(odd, -1, 1 << drop) % (1 << drop)
            if 1 << 51 < b < 1 << 53:
                pairs.append((float(odd), float(b)))
    return pairs


def samples() -> list[tuple[float, float]]:
    draw = random.Random(3)
    pairs = [(draw.uniform(-10, 10), draw.uniform(-10, 10)) for _ in range(COUNT)]
    pairs += [(math.ldexp(draw.random(), draw.randint(-200, 200)), draw.gauss(0, 1)) for _ in range(COUNT)]
    pairs += [(draw.randint(1, 10**6) / 1000, draw.randint(1, 10**6) / 100) for _ in range(COUNT)]
    pairs += [(draw.uniform(1, 2), float(draw.randint(0, 4096))) for _ in range(COUNT // 10)]
    return pairs + near_midpoints(draw, COUNT // 4)


PAIRS = samples()


def test_products_are_rounded_twice():
    a, b = np.array(PAIRS).T
    expected = [exact(x, y) if x and y else 0.0 for x, y in PAIRS]
    assert multiply(a.copy(), b.copy()).tolist() == expected
    assert [product(x, y) for x, y in PAIRS] == expected


def test_the_sample_tells_two_roundings_from_one():
    plain = sum(x * y != exact(x, y) for x, y in PAIRS if x and y)
    assert plain > 500


def test_each_product_alone_is_rounded_twice():
    alone = [float(multiply(np.array([x]), np.array([y]))[0]) for x, y in PAIRS[-3000:]]
    assert alone == [exact(x, y) for x, y in PAIRS[-3000:]]


def test_products_of_every_shape():
    a, b = np.array(PAIRS[-60:]).T
    table = multiply(a[:, None].copy(), b[None, :].copy())
    assert table.tolist() == [[exact(x, y) for y in b.tolist()] for x in a.tolist()]


@pytest.mark.parametrize(
    ("a", "b"), [(1e-300, 1e-300), (5e-324, 0.5), (0.0, 3.0), (-0.0, 3.0), (1e300, 0.1), (1e-150, 1e-150)]
)
def test_products_at_the_edges_are_plain(a, b):
    assert product(a, b) == a * b
    assert multiply(np.full(9, a), np.full(9, b)).tolist() == [a * b] * 9


def test_a_product_too_small_is_0_as_excel_has_no_subnormal_numbers():
    assert product(1e-170, -1e-150) == 0.0
    assert product(2.0**-1000, 2.0**-22) == 2.0**-1022


@pytest.mark.parametrize("beside", [1.0, "word"])
@pytest.mark.parametrize("formula", ["A1-B1", "A1+-B1", "A1/2", "A1/3", "A1%", "A1*0.3", "-A1/4", "C1%"])
def test_no_result_within_a_formula_is_too_small_whatever_stands_in_the_next_row(formula, beside):
    book = Workbook("test")
    sheet = book.add_sheet("s")
    sheet.values("A1", [[2.3e-308, 2.29e-308, 100 * 2.0**-1023], [beside, 2.0, 3.0]])
    sheet.fill("E1:E2", f"=IF({formula},1,2)")
    book.recalculate()
    assert sheet["E1"] == 2.0


def test_a_product_too_large_is_seen_by_the_engine():
    with np.errstate(over="raise"), pytest.raises(FloatingPointError):
        multiply(np.full(9, 1e200), np.full(9, 1e200))


@pytest.mark.parametrize("exponent", [1, 2, 3, 5, 8, 20])
def test_whole_powers_multiply_from_the_left(exponent):
    bases = [x for x, _ in PAIRS[:2000] if x]
    expected = []
    for base in bases:
        result = base
        for _ in range(exponent - 1):
            result = exact(result, base)
        expected.append(result)
    assert whole_power(np.array(bases), exponent).tolist() == expected


@pytest.mark.parametrize("shape", [(1,), (7,), (8,), (1000,), (3, 5), (400, 3), (2, 3, 100)])
def test_sums_run_from_left_to_right(shape):
    terms = np.random.default_rng(5).normal(size=shape) * 10.0 ** np.arange(shape[-1], dtype=float).__mod__(7)
    got = np.asarray(running_sum(terms))
    for place in np.ndindex(*shape[:-1]):
        total = 0.0
        for term in terms[place].tolist():
            total += term
        assert got[place] == total


def test_the_sum_is_not_numpys_own():
    terms = np.random.default_rng(1).normal(size=(50, 1000))
    assert (running_sum(terms) != terms.sum(axis=-1)).any()


def test_the_sum_of_nothing():
    assert running_sum(np.zeros((2, 0))).tolist() == [0.0, 0.0]


def test_matrix_products_round_each_product_twice_and_add_from_the_left():
    draw = np.random.default_rng(2)
    a, b = draw.normal(size=(6, 40)), draw.normal(size=(40, 5))
    expected = np.zeros((6, 5))
    for i, j in np.ndindex(6, 5):
        total = 0.0
        for k in range(40):
            total += exact(a[i, k], b[k, j])
        expected[i, j] = total
    assert matrix_product(a, b).tolist() == expected.tolist()


def book_of(rows: list[list[float]], formulas: dict[str, str]) -> Workbook:
    book = Workbook("sums")
    sheet = book.add_sheet("s")
    sheet.values("A1", rows)
    for where, formula in formulas.items():
        sheet[where] = formula
    book.recalculate()
    return book


def test_functions_accumulate_as_a_plain_loop_does():
    draw = random.Random(9)
    rows = [[draw.gauss(0, 1) * 10 ** draw.randint(-3, 3), draw.gauss(0, 1)] for _ in range(300)]
    formulas = {
        "D1": "=SUM(A1:B300)",
        "D2": "=AVERAGE(A1:A300)",
        "D3": "=SUMSQ(A1:A300)",
        "D4": "=SUMXMY2(A1:A300,B1:B300)",
        "D5": "=SUMPRODUCT(A1:A300,B1:B300)",
        "D6": "=VAR.P(A1:A300)",
        "D7": "=SUMX2PY2(A1:A300,B1:B300)",
        "D8": '=SUMIF(A1:A300,">0")',
    }
    sheet = book_of(rows, formulas)["s"]
    assert sheet["D1"] == loop(x for row in rows for x in row)
    mean = loop(a for a, _ in rows) / 300
    assert sheet["D2"] == mean
    assert sheet["D3"] == loop(a * a for a, _ in rows)
    assert sheet["D4"] == loop((a - b) * (a - b) for a, b in rows)
    assert sheet["D5"] == loop(a * b for a, b in rows)
    sums, squares = loop(a for a, _ in rows), loop(a * a for a, _ in rows)
    assert sheet["D6"] == (300 * squares - sums * sums) / (300 * 300)
    assert sheet["D7"] == loop(a * a + b * b for a, b in rows)
    assert sheet["D8"] == loop(a for a, _ in rows if a > 0)


def loop(terms) -> float:  # type: ignore[no-untyped-def]
    total = 0.0
    for term in terms:
        total += term
    return total


def test_the_operator_and_the_square_use_the_rule():
    pairs = [(x, y) for x, y in PAIRS[-500:]]
    book = Workbook("products")
    sheet = book.add_sheet("s")
    sheet.values("A1", pairs)
    sheet.fill("C1:C500", "=A1*B1")
    sheet.fill("D1:D500", "=A1^2")
    book.recalculate()
    assert sheet.num[:500, 2].tolist() == [exact(x, y) for x, y in pairs]
    assert sheet.num[:500, 3].tolist() == [exact(x, x) for x, _ in pairs]
