"""Addresses: letters and numbers, there and back."""

from __future__ import annotations

import pytest
from openpyxl.utils import column_index_from_string, get_column_letter

from sheetsim.errors import InputError
from sheetsim.model.address import MAX_COLUMNS, Rect, cell_name, column_index, column_name, parse_cell, parse_rect


def test_every_column_has_the_letters_that_openpyxl_gives_it():
    for column in range(MAX_COLUMNS):
        assert column_name(column) == get_column_letter(column + 1)
        assert column_index(column_name(column)) == column == column_index_from_string(column_name(column)) - 1


@pytest.mark.parametrize(
    ("text", "place"),
    [("A1", (0, 0)), ("h4", (3, 7)), ("$H$4", (3, 7)), (" B2 ", (1, 1)), ("XFD1048576", (1048575, 16383))],
)
def test_cells(text, place):
    assert parse_cell(text) == place
    assert parse_cell(cell_name(*place)) == place


@pytest.mark.parametrize(
    "text", ["", "A", "1", "A0", "A01", "1A", "A1:B2", "XFE1", "A1048577", "AAAA1", "A1 B2", "A-1", "Ä1"]
)
def test_what_is_no_cell_is_refused(text):
    with pytest.raises(InputError, match="not a cell address"):
        parse_cell(text)


@pytest.mark.parametrize("text", ["A3:M32", "M32:A3", "A32:M3", "$A$3:M$32"])
def test_rectangles_in_whatever_order_of_corners(text):
    rect = parse_rect(text)
    assert rect == Rect(2, 0, 31, 12)
    assert (rect.rows, rect.columns, rect.size, str(rect)) == (30, 13, 390, "A3:M32")


def test_one_cell_is_a_rectangle():
    assert parse_rect("B2") == Rect(1, 1, 1, 1)
    assert str(parse_rect("B2:B2")) == "B2"


def test_common_cells_are_those_in_both():
    rect = parse_rect("B2:D5")
    for other in ("A1:B2", "D5:F9", "C3", "A3:Z3", "A1:Z99"):
        common = rect.common(parse_rect(other))
        cells = {(r, c) for r in range(1, 5) for c in range(1, 4)} & {
            (r, c) for r in range(99) for c in range(26) if parse_rect(other).meets(Rect(r, c, r, c))
        }
        assert common is not None
        assert {
            (r, c) for r in range(common.top, common.bottom + 1) for c in range(common.left, common.right + 1)
        } == cells
    assert rect.common(parse_rect("A1:A9")) is None
    assert not rect.meets(parse_rect("E1:E9"))
    assert rect.shifted(2, -1) == parse_rect("A4:C7")
