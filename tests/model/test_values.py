"""What a cell can hold: there and back between Python and (num, kind)."""

from __future__ import annotations

import math

import numpy as np
import pytest

from sheetsim.model.limits import SMALLEST
from sheetsim.model.values import (
    BLANK,
    ERROR,
    ERRORS,
    LOGICAL,
    NUM,
    NUMBER,
    TEXT,
    TEXTS,
    ExcelError,
    decode,
    encode,
)


@pytest.mark.parametrize(
    "value", [None, 0.0, -1.5, 1e308, 2.0**-1022, "", "abc", "=1", True, False, *map(ExcelError, ERRORS)]
)
def test_values_come_back_as_they_went(value):
    back = decode(*encode(value))
    assert back == value
    assert type(back) is type(value)


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        (None, BLANK),
        (3, NUMBER),
        (np.float32(0.5), NUMBER),
        (np.int64(7), NUMBER),
        ("3", TEXT),
        (True, LOGICAL),
        (np.bool_(False), LOGICAL),
        (ExcelError("#N/A"), ERROR),
        ("#N/A", TEXT),
    ],
)
def test_kinds(value, kind):
    assert encode(value)[1] == kind


@pytest.mark.parametrize(
    "value", [-0.0, 5e-324, -5e-324, np.nextafter(SMALLEST, 0), np.float32(-0.0), np.float32(1e-45)]
)
def test_numbers_that_no_cell_holds(value):
    number, kind = encode(value)
    expected = float(value) if abs(value) > 1e-300 else 0.0
    assert (number, math.copysign(1, number), kind) == (expected, 1, NUMBER)


@pytest.mark.parametrize("value", [float("inf"), float("-inf"), float("nan")])
def test_what_is_no_finite_number_is_an_error(value):
    assert encode(value) == (float(NUM), ERROR)


def test_what_a_cell_cannot_hold():
    with pytest.raises(TypeError, match="cannot hold a list"):
        encode([1])


def test_an_error_is_a_text_to_python_and_yet_known_to_be_one():
    assert ExcelError("#N/A") == "#N/A"
    assert isinstance(decode(ERRORS["#N/A"], ERROR), ExcelError)


def test_each_text_has_one_place_and_a_place_in_lower_case():
    places = np.array([TEXTS.place(text) for text in ("Straße", "STRASSE", "a", "A", "a")], float)
    assert places[2] == places[4] != places[3]
    assert [TEXTS[place] for place in places] == ["Straße", "STRASSE", "a", "A", "a"]
    folded = TEXTS.folded(places)
    assert folded[2] == folded[3] == folded[4] == places[2]
