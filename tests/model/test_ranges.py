"""Cells as a person asks for them: by address, by name, as arrays; and what is refused, with the cell named."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from sheetsim import FormulaError, InputError, NotFound, Sheet, Workbook, library


@pytest.fixture
def sheet() -> Sheet:
    sheet = Workbook("book").add_sheet("s")
    sheet.values("A1", [["x", "y", "z"], [1, 2, True], [3, None, "text"]])
    sheet.name("rate", "$A$2")
    sheet.name("table", "$A$2:$B$3")
    sheet.aliases["first"] = "A1"
    sheet["D2"] = "=A2+B2"
    return sheet


READ: list[tuple[str, Any]] = [
    ("A2", 1.0),
    ("$A$2", 1.0),
    ("rate", 1.0),
    ("RATE", 1.0),
    ("first", "x"),
    ("D2", 3.0),
    ("table", [[1.0, 2.0], [3.0, None]]),
    ("A2:A2", [[1.0]]),
    ("s!A2", 1.0),
    ("'s'!rate", 1.0),
    ("A:B", [["x", "y"], [1.0, 2.0], [3.0, None]]),
    ("Z9", None),
]


@pytest.mark.parametrize(("where", "held"), READ)
def test_cells_go_by_address_and_by_name(sheet: Sheet, where: str, held: Any) -> None:
    assert sheet[where] == held
    if where != "s!A2" and "!" not in where:
        assert sheet.book[f"s!{where}"] == held


def test_a_book_reads_and_writes_cells() -> None:
    book = library.build("graddesc")
    assert (book["adam!lr"], book["adam!H5"]) == (book["adam"]["D2"], book["adam"]["H5"])
    assert book.formula("adam!H5") == book.sheet("adam").formula("H5") == "=C5-J5*$D$2/SQRT(L5)"
    before = book["adam!H5"]
    book["adam!lr"] = 0.5
    assert book["adam"]["D2"] == 0.5
    assert book["adam!H5"] != before  # calculated before it is read
    assert "ADAM" in book
    assert "Adam!" not in book
    assert book["adam"] in book
    assert len(book) == len(list(book)) == 7


REFUSED: list[tuple[str, str]] = [
    ("no", "graddesc has no sheet 'no'; it has Sheet1, data, .*; a cell is book\\['Sheet1!A1'\\]"),
    ("no!A1", "graddesc has no sheet 'no'"),
    ("adam!no", "adam has no name or cell 'no'; it has .*lr"),
    ("H5", "graddesc has no sheet 'H5'"),
]


@pytest.mark.parametrize(("where", "message"), REFUSED)
def test_what_is_not_there_is_said(where: str, message: str) -> None:
    with pytest.raises(NotFound, match=message):
        _ = library.build("graddesc")[where]


def test_a_name_of_several_sheets_wants_its_sheet() -> None:
    with pytest.raises(InputError, match="'lr' is a name on several sheets; write SHEET!lr"):
        _ = library.build("graddesc")["lr"]


def test_other_keys_are_no_cells(sheet: Sheet) -> None:
    for thing in (sheet, sheet.book):
        with pytest.raises(InputError, match="not by"):
            _ = thing[0, 1]  # type: ignore[index]


# --- ranges as arrays -------------------------------------------------------------------------------------------------
def test_numbers(sheet: Sheet) -> None:
    assert sheet["A2:B3"].numpy().tolist() == [[1.0, 2.0], [3.0, 0.0]]
    assert sheet["A2:C2"].numpy().tolist() == [[1.0, 2.0, 1.0]]
    np.testing.assert_array_equal(sheet["A2:C3"].numpy(missing=np.nan), [[1, 2, 1], [3, np.nan, np.nan]])
    assert sheet["A2:C3"].numpy(missing=0).tolist() == [[1.0, 2.0, 1.0], [3.0, 0.0, 0.0]]
    with pytest.raises(InputError, match="s!C3 holds 'text', not a number"):
        sheet["A2:C3"].numpy()


def test_frames(sheet: Sheet) -> None:
    """With the headings in the range, with those above it, and without any."""
    for where in ("A1:B3", "A2:B3"):
        frame = sheet[where].frame()
        assert frame.columns.tolist() == ["x", "y"]
        assert frame.x.tolist() == [1.0, 3.0]
    assert sheet["A3:B3"].frame().columns.tolist() == ["A", "B"]
    assert sheet["A1:B3"].frame(headings=False).columns.tolist() == ["A", "B"]
    assert sheet["A2:B3"].frame(headings=True).columns.tolist() == [1.0, 2.0]


def test_tensors(sheet: Sheet) -> None:
    torch = pytest.importorskip("torch", reason="PyTorch is not installed: pip install 'sheetsim[torch]'")
    tensor = sheet["A2:B3"].tensor(requires_grad=True)
    assert (tensor.dtype, tensor.tolist(), tensor.requires_grad) == (torch.float64, [[1.0, 2.0], [3.0, 0.0]], True)
    assert sheet["A2:B3"].tensor(dtype=torch.float32).dtype == torch.float32
    assert torch.tensor(sheet["A2:A3"])[:, 0].tolist() == [1.0, 3.0]  # a list of rows, as before


def test_a_range_keeps_what_was_read(sheet: Sheet) -> None:
    some = sheet["A2:D2"]
    sheet["A2"] = 100
    assert some == [[1.0, 2.0, True, 3.0]]
    assert (some.address, some.shape) == ("s!A2:D2", (1, 4))
    assert some.formulas() == [[None, None, None, "=A2+B2"]]


# --- cells one by one -------------------------------------------------------------------------------------------------
def test_cells_one_by_one(sheet: Sheet) -> None:
    found = {cell.address: (cell.value, cell.formula) for cell in sheet}
    assert found["D2"] == (3.0, "=A2+B2")
    assert found["A1"] == ("x", None)
    assert len(sheet) == len(found) == 9
    assert "B3" not in found


def test_what_is_empty_is_there() -> None:
    book = Workbook("book")
    assert book
    assert book.add_sheet("s")
    assert (len(book), len(book["s"]), list(book["s"])) == (1, 0, [])


def test_the_formula_of_a_cell(sheet: Sheet) -> None:
    assert (sheet.formula("D2"), sheet.formula("rate"), sheet.formula("Z9")) == ("=A2+B2", None, None)
    with pytest.raises(InputError, match="A1:D2 is 8 cells"):
        sheet.formula("A1:D2")


def test_the_tab_key_offers_sheets_and_names() -> None:
    book = library.build("graddesc")
    assert {"adam", "basic", "adam!lr"} <= {*book._ipython_key_completions_()}
    assert {"lr", "const"} <= {*book["adam"]._ipython_key_completions_()}


# --- typing -----------------------------------------------------------------------------------------------------------
GIVEN: list[tuple[Any, list[list[Any]]]] = [
    (7, [[7.0, 7.0], [7.0, 7.0]]),
    ([[1, 2], [3, 4]], [[1.0, 2.0], [3.0, 4.0]]),
    (np.array([[1, 2], [3, 4]]), [[1.0, 2.0], [3.0, 4.0]]),
    (pd.DataFrame({"a": [1, 3], "b": [2, 4]}), [[1.0, 2.0], [3.0, 4.0]]),
    ([["=1+1", "a"], [None, "="]], [[2.0, "a"], [None, "="]]),
    ("=ROW()", [[1.0, 1.0], [2.0, 2.0]]),
]


@pytest.mark.parametrize(("given", "held"), GIVEN)
def test_a_range_takes_one_value_or_one_for_each_cell(given: Any, held: list[list[Any]]) -> None:
    sheet = Workbook("book").add_sheet("s")
    sheet["A1:B2"] = given
    assert sheet["A1:B2"] == held


@pytest.mark.parametrize("given", [[[1, 2]], [1, 2, 3], [[1], [2, 3]], np.zeros((3, 2)), []])
def test_values_of_another_shape_are_refused(sheet: Sheet, given: Any) -> None:
    before = sheet["A1:C3"]
    with pytest.raises(InputError, match=r"s!A1 has 2 × 2 cells, and .* values were given for it"):
        sheet["A1:B2"] = given
    assert sheet["A1:C3"] == before


@pytest.mark.parametrize("text", ["=1+*2", "=SUM(A1", "=)", "=A1 +", '="open'])
def test_a_formula_that_does_not_parse_is_refused_at_once(sheet: Sheet, text: str) -> None:
    before = [tuple(cell) for cell in sheet]
    for kind in (sheet.fill, sheet.array):
        with pytest.raises(FormulaError, match=r"s!D2: .* in ="):
            kind("D2:D9", text)
    with pytest.raises(FormulaError, match="s!D2: "):
        sheet.book["s!D2"] = text
    assert [tuple(cell) for cell in sheet] == before
