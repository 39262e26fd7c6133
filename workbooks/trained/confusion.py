"""Which digits a trained MNIST model takes for which: the confusion matrix, counted by formulas over all the validation
digits, and the pairs that it confuses at least so often, sorted by formulas."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from sheetsim.model.sheet import Sheet
from sheetsim.workbook import Workbook
from workbooks.shared.layout import Area, count
from workbooks.trained.sorting import sorted_out

LEAST = 2  # times that a pair must have been confused to be listed


def confusion(book: Workbook, actual: np.ndarray, predicted: np.ndarray, classes: Sequence[int]) -> None:
    """The sheets ``predictions`` (a row for each validation digit) and ``confusion``; digits, ints (n,)."""
    given, answered = predictions(book, actual, predicted)
    sheet = book.add_sheet("confusion")
    sheet.about = "How often each digit was taken for which, and the pairs confused most often."
    matrix = Area.at("B6", len(classes), len(classes))
    totals, shares = matrix.right_of(), matrix.right_of(gap=1)
    sheet["A1"] = f"What {len(actual):,} validation digits were taken for"
    sheet["A2"] = (
        "On the diagonal what is read right; shaded what is mistaken at least as often as the orange cell below says."
    )
    sheet["A4"], sheet["B4"] = "actual", "predicted"
    sheet.values(matrix.above().first, [[*classes, "all", "right"]])
    sheet.values(matrix.before().first, [[digit] for digit in classes])
    this, that = matrix.before().down, matrix.above().across
    sheet.fill(f"{matrix}", f"=COUNTIFS({given},{this},{answered},{that})")
    sheet.fill(f"{totals}", f"=SUM({matrix.first_row})")
    right = f"INDEX({matrix.first_row},ROW()-{matrix.top - 1})"
    sheet.fill(f"{shares}", f'=IF({totals.first}=0,"",{right}/{totals.first})')
    foot = matrix.bottom + 2
    sheet.values(f"A{foot}", [["read right"], ["accuracy"]])
    on_diagonal = f"({matrix.before().fixed}={matrix.above().fixed})*{matrix.fixed}"
    sheet[f"B{foot}"] = f"=SUMPRODUCT({on_diagonal})"
    sheet[f"B{foot + 1}"] = f"=B{foot}/SUM({totals})"
    most_confused(sheet, matrix, foot + 3)
    look(sheet, matrix, foot)


def predictions(book: Workbook, actual: np.ndarray, predicted: np.ndarray) -> tuple[str, str]:
    """What each validation digit is and what it was taken for; returns the references to both columns."""
    sheet = book.add_sheet("predictions")
    sheet.about = "What the model takes each of the validation digits for, as it said itself."
    given = Area.at("B4", rows=len(actual))
    sheet["A1"] = "Predictions of the validation digits"
    sheet.values("A3", [["digit", "actual", "predicted"]])
    sheet.values("A4", np.column_stack([np.arange(len(actual)), actual, predicted]).tolist())
    sheet.style("A1", "title")
    sheet.style("A3:C3", "heading")
    sheet.style(f"A4:A{given.bottom}", "label")
    sheet.style(f"B4:C{given.bottom}", "input")
    sheet.colour(f"A4:C{given.bottom}", "$B4<>$C4", "bad")
    sheet.width("A:C", 10)
    sheet.look.freeze = "A4"
    sheet.look.page = "A1:C45"
    return f"predictions!{given.fixed}", f"predictions!{given.right_of().fixed}"


def most_confused(sheet: Sheet, matrix: Area, top: int) -> None:
    """The pairs confused at least so often, below the matrix; to the right of it every pair, with how often."""
    classes = matrix.rect.rows
    pairs = Area.at(f"{matrix.right_of(gap=4).left}{matrix.top}", rows=classes * (classes - 1))
    other, times = pairs.right_of(), pairs.right_of(gap=1)
    names = [int(sheet[f"A{row}"]) for row in range(matrix.top, matrix.bottom + 1)]  # type: ignore[arg-type]
    sheet.values(pairs.above().first, [["actual", "predicted", "times"]])
    sheet.values(pairs.first, [[one, taken] for one in names for taken in names if one != taken])
    at_row, at_column = (
        f"MATCH({pairs.first},{matrix.before().fixed},0)",
        f"MATCH({other.first},{matrix.above().fixed},0)",
    )
    sheet.fill(f"{times}", f"=INDEX({matrix.fixed},{at_row},{at_column})")

    number = Area.at(f"A{top + 3}", rows=pairs.rect.rows)
    shown, value, row = Area.at(f"B{top + 3}", pairs.rect.rows, 3), number.right_of(gap=3), number.right_of(gap=4)
    sheet.values(f"A{top}", [["most confused"], ["at least", LEAST]])
    sheet.values(f"A{top + 2}", [[None, "actual", "predicted", "times", "sorted", "row"]])
    count(sheet, number)
    sheet.fill(f"{value}", f"=LARGE({times.fixed},{number.first})")
    sorted_out(sheet, row, value, f"confusion!{times.fixed}")
    for column, source in zip("BCD", (pairs, other, times), strict=True):
        sheet.fill(
            f"{column}{top + 3}:{column}{number.bottom}",
            f'=IF({value.down}<$B${top + 1},"",INDEX({source.fixed},{row.down}))',
        )
    sheet.style(f"A{top}", "title")
    sheet.style(f"A{top + 1},{number}", "label")
    sheet.style(f"B{top + 1}", "parameter")
    sheet.style(f"A{top + 2}:F{top + 2},{pairs.above().first}:{times.above().first}", "heading")
    sheet.style(f"{shown}", "result")
    sheet.style(f"{value}", "note")
    sheet.style(f"{pairs},{other}", "input")
    sheet.style(f"{times}", "activation")
    sheet.width(f"{pairs.left}:{times.left}", 10)
    sheet.look.page = f"A1:{matrix.right_of(gap=1).left}{top + 2 + 15}"


def look(sheet: Sheet, matrix: Area, foot: int) -> None:
    """Styles and colours of the matrix; the mistakes are shaded, the diagonal stands out."""
    totals, shares = matrix.right_of(), matrix.right_of(gap=1)
    sheet.style("A1", "title")
    sheet.style("A2", "note")
    sheet.style(f"A4:B4,A{foot}:A{foot + 1}", "label")
    sheet.style(f"{matrix.above().first}:{shares.above().first},{matrix.before()}", "heading")
    sheet.style(f"{matrix}", "activation")
    sheet.style(f"{totals},{shares}", "state")
    sheet.style(f"B{foot}:B{foot + 1}", "result")
    sheet.colour(f"{matrix}", f"{matrix.before().down}={matrix.above().across}", "good")
    sheet.colour(f"{matrix}", f"{matrix.first}=0", "quiet")
    sheet.colour(f"{matrix}", f"{matrix.first}>=$B${foot + 4}", "apart")
    sheet.number_format(f"{shares},B{foot + 1}", "0.00%")
    sheet.number_format(f"B{foot}", "#,##0")
    sheet.width(f"A:{shares.left}", 10)
