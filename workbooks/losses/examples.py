"""What the sheets of losses have in common: a row an example, a group of columns for the classes, means at the foot."""

from __future__ import annotations

from collections.abc import Sequence

from sheetsim.model.sheet import Sheet
from sheetsim.workbook import Workbook
from workbooks.shared.columns import Column, Table
from workbooks.shared.introduction import begin

FIRST = 5  # the row of the first example
LOSS = "0.0000"


def sheet_of(
    book: Workbook, title: str, about: str, sentences: Sequence[str], columns: Sequence[Column], examples: int
) -> tuple[Sheet, Table]:
    """A new sheet with its sentences, and the columns' headings, formulas and looks in a row for each example."""
    sheet = book.add_sheet(title)
    sheet.about = about
    begin(sheet, *sentences)
    table = Table(columns, FIRST, FIRST + examples - 1, steps=False)
    table.write(sheet)
    sheet.look.freeze = f"B{FIRST}"
    return sheet, table


def each(
    classes: Sequence[str], name: str, heading: str, formula: str = "", style: str = "activation", code: str = LOSS
) -> list[Column]:
    """A column for each class: ``name`` and its number from 1 is what formulas call it. In the formula ``#`` stands for
    the number."""
    return [
        Column(f"{name}{k}", f"{heading} {label}", formula.replace("#", str(k)), style, code, 11.5)
        for k, label in enumerate(classes, 1)
    ]


def means(sheet: Sheet, table: Table, *names: str, label: str = "mean") -> int:
    """The mean of some columns, two rows below the last example; returns its row."""
    foot = table.last + 2
    sheet[f"A{foot}"] = label
    sheet.style(f"A{foot}", "label")
    for name in names:
        cell = f"{table.letters(name)}{foot}"
        sheet[cell] = f"=AVERAGE({table.down(name)})"
        sheet.style(cell, "result")
        sheet.number_format(cell, LOSS)
    return foot
