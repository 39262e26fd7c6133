"""Arrays of values: shapes that go together, kinds, texts as numbers and numbers as texts."""

from __future__ import annotations

import operator
from contextlib import nullcontext

import numpy as np
import pytest

from sheetsim.excel.arrays import (
    Values,
    choose,
    elementwise,
    elementwise_checked,
    fitted,
    numbers,
    single,
    trapping,
    truths,
    uniform,
)
from sheetsim.excel.comparison import compare, text_order
from sheetsim.excel.number_text import number_text, text_number
from sheetsim.functions.families.mathematics.operations import divide
from sheetsim.functions.lifting import Uneven, each_cell, is_missing, same_everywhere
from sheetsim.model.values import BLANK, DIV0, ERROR, LOGICAL, NA, NUM, NUMBER, TEXT, VALUE, decode, encode


def values(rows, ref=False):
    """A window of Python values for a block of one cell."""
    pairs = [[encode(v) for v in row] for row in rows]
    both = np.array(pairs, dtype=np.float64)[None, None]
    return Values(both[..., 0], uniform(both[..., 1].astype(np.uint8)), ref)


def python(v):
    """The window of the first cell of the block, as rows of Python values."""
    kinds = np.broadcast_to(v.kinds(), v.num.shape)[0, 0]
    rows = zip(v.num[0, 0].tolist(), kinds.tolist(), strict=True)
    return [[decode(n, int(k)) for n, k in zip(nums, row, strict=True)] for nums, row in rows]


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("12", 12),
        (" 12 ", 12),
        ("-1.5", -1.5),
        ("+1.", 1),
        (".5", 0.5),
        ("1e3", 1000),
        ("1E-3", 0.001),
        ("12%", 0.12),
        ("12 %", 0.12),
        ("1,234,567.5", 1234567.5),
        ("$12", 12),
        ("-$1,000.25", -1000.25),
        ("", None),
        (" ", None),
        (".", None),
        ("e3", None),
        ("1e", None),
        ("abc", None),
        ("1 2", None),
        ("1,23", None),
        ("--1", None),
        ("%", None),
        ("0x10", None),
        ("1_000", None),
        ("inf", None),
        ("nan", None),
        ("1e999", None),
        ("12\u00a0", None),
        ("١٢", None),
        ("TRUE", None),
    ],
)
def test_texts_as_numbers(text, number):
    assert text_number(text) == number


def test_numbers_as_texts_are_read_back_to_15_digits():
    draw = np.random.default_rng(4)
    for number in (draw.normal(size=2000) * 10.0 ** draw.integers(-30, 30, 2000)).tolist():
        text = number_text(number)
        assert float(text) == pytest.approx(number, rel=5.1e-15, abs=0)
        assert len(text.lstrip("-")) <= 20 or "E" in text
        assert len(text.split("E")[0].replace(".", "").strip("-0")) <= 15


@pytest.mark.parametrize(
    ("number", "text"), [(0.0, "0"), (-0.0, "0"), (2.0**-1074, "0"), (1e15, "1000000000000000"), (1e20, "1E+20")]
)
def test_numbers_as_texts_at_the_edges(number, text):
    assert number_text(number) == text


def test_a_row_and_a_column_make_a_table():
    total = elementwise(np.add, values([[1], [2]]), values([[10, 20, 30]]))
    assert python(total) == [[11, 21, 31], [12, 22, 32]]


def test_arrays_of_unequal_length_go_on_as_not_available():
    total = elementwise(np.add, values([[1], [2], [3]]), values([[1], [2]]))
    assert python(total) == [[2], [4], ["#N/A"]]
    wide = elementwise(np.add, values([[1, 2]]), values([[1, 2, 3], [4, 5, 6]]))
    assert python(wide) == [[2, 4, "#N/A"], [5, 7, "#N/A"]]
    assert python(compare(operator.lt, values([[1, 2]]), values([[2, 2, 2]]))) == [[True, False, "#N/A"]]


def test_arrays_that_fit_are_left_alone():
    one, row = single(1), values([[1, 2, 3]])
    assert fitted(one, row) == (one, row)


def test_choosing_between_arrays_of_several_sizes():
    condition = np.array([True, False]).reshape(1, 1, 2, 1)
    assert python(choose(condition, values([[1], [2], [3]]), single("no"))) == [[1], ["no"], ["#N/A"]]
    assert python(choose(condition, values([["a", 1]]), values([[True], [None]]))) == [["a", 1], [None, None]]


def test_errors_travel_and_the_first_operand_comes_first():
    left, right = values([[1, "x", "12", None, True]]), values([[encode_error("#N/A"), 1, 1, 1, 1]])
    assert python(elementwise(np.add, left, right)) == [["#N/A", "#VALUE!", 13, 1, 2]]
    both = elementwise(np.add, values([[encode_error("#DIV/0!")]]), values([[encode_error("#N/A")]]))
    assert python(both) == [["#DIV/0!"]]


def encode_error(name):
    from sheetsim.model.values import ExcelError

    return ExcelError(name)


@pytest.mark.parametrize(
    "around",
    [nullcontext, trapping, lambda: trapping(on=False), lambda: np.errstate(all="raise")],
    ids=["nothing", "trapping", "not trapping", "NumPy's own"],
)
def test_results_that_are_no_finite_numbers_are_errors(around):
    with around():
        assert python(elementwise(np.multiply, values([[1e300, 2]]), single(1e300))) == [["#NUM!", 2e300]]
        assert python(elementwise(np.sqrt, values([[4, -1]]))) == [[2, "#NUM!"]]
        assert python(divide(values([[1, 1, 1e300]]), values([[0, 2, 1e-300]]))) == [["#DIV/0!", 0.5, "#NUM!"]]


def test_trapping_ends_where_it_ends():
    with trapping():
        with pytest.raises(FloatingPointError), trapping():
            np.divide(1.0, np.zeros(1))
        with trapping(on=False):
            assert np.divide(1.0, np.zeros(1)) == np.inf
        with pytest.raises(FloatingPointError):
            np.divide(1.0, np.zeros(1))


def test_rules_that_raise_no_flag():
    quiet = elementwise_checked(lambda x: np.where(x > 0, x, np.nan), values([[1, -1]]))
    assert python(quiet) == [[1, "#NUM!"]]


def test_numbers_and_truths_of_each_kind():
    v = values([[2, None, "3", "x", True, encode_error("#DIV/0!"), "false"]])
    worth, errors = numbers(v)
    assert worth.ravel().tolist() == [2, 0, 3, 0, 1, 0, 0]
    assert errors is not None
    assert errors.ravel().tolist() == [0, 0, 0, VALUE, 0, DIV0, VALUE]
    held, wrong = truths(v)
    assert held.ravel().tolist()[:5] == [True, False, False, False, True]
    assert wrong is not None
    assert wrong.ravel().tolist() == [0, 0, VALUE, VALUE, 0, DIV0, 0]


def test_order_of_texts():
    """Signs before digits before letters, whatever the case."""
    words = ["_x", "-a", "~", "1a", "10", "2", "a", "ab", "b", "ä"]
    assert sorted(["b", "ab", "10", "~", "ä", "2", "_x", "1a", "a", "-a"], key=text_order)[3:9] == [
        "10",
        "1a",
        "2",
        "a",
        "ab",
        "b",
    ]
    assert set(words[:3]) == set(sorted(words, key=text_order)[:3])


@pytest.mark.parametrize("rule", [operator.eq, operator.lt, operator.ge])
def test_numbers_compare_by_15_digits_one_by_one_and_together(rule):
    draw = np.random.default_rng(6)
    a = draw.normal(size=3000)
    b = a * (1 + draw.integers(-60, 60, 3000) * 2.0**-52)
    together = compare(rule, Values(a.reshape(-1, 1, 1, 1)), Values(b.reshape(-1, 1, 1, 1))).num.ravel()
    expected = [rule(float(f"{x:.14e}"), float(f"{y:.14e}")) for x, y in zip(a.tolist(), b.tolist(), strict=True)]
    assert together.tolist() == expected


def test_one_kind_or_an_array_of_kinds():
    assert uniform(np.array([NUMBER, NUMBER], np.uint8)) == NUMBER
    assert uniform(np.zeros(0, np.uint8)) == BLANK
    mixed = values([[1, "a"]])
    assert not isinstance(mixed.kind, int)
    assert mixed.has(TEXT)
    assert not mixed.has(LOGICAL)
    assert not mixed.only(NUMBER)
    assert single(1).only(NUMBER)
    assert Values(np.zeros((1, 1, 1, 1)), ERROR).has(ERROR)


def test_a_missing_argument_is_not_a_blank_cell():
    blank = Values(np.zeros((1, 1, 1, 1)), BLANK, ref=True)
    assert is_missing(single(None))
    assert not is_missing(blank)
    assert not is_missing(single(0))


def test_the_rule_cell_by_cell_gives_up_arrays_of_several_sizes():
    """Filled up with blanks they would be other arrays: each cell must be computed by itself."""
    sizes = Values(np.array([1.0, 3.0]).reshape(2, 1, 1, 1))
    assert not same_everywhere(sizes)

    def count(n):
        return Values(np.arange(1, n.num.flat[0] + 1).reshape(1, 1, -1, 1))

    with pytest.raises(Uneven):
        each_cell(count, sizes)
    assert each_cell(count, Values(np.full((2, 1, 1, 1), 3.0))).num[:, 0, :, 0].tolist() == [[1, 2, 3]] * 2


def test_codes_of_errors_are_told_apart():
    assert len({NA, DIV0, VALUE, NUM}) == 4
