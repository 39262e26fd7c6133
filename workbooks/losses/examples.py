"""What the sheets of losses have in common: a row an example, a group of columns for the classes, means at the foot."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from sheetsim.model.address import Rect, cell_name
from sheetsim.model.look import Chart
from sheetsim.model.sheet import Sheet
from sheetsim.workbook import Workbook
from workbooks.shared.columns import Column, Table
from workbooks.shared.introduction import begin

FIRST = 5  # the row of the first example
LOSS = "0.0000"
LOSS_OR_WORD = '0.0000;-0.0000;0.0000;"  "@'


def sheet_of(
    book: Workbook,
    title: str,
    about: str,
    sentences: Sequence[str],
    columns: Sequence[Column],
    examples: int,
    groups: Mapping[str, str] | None = None,
) -> tuple[Sheet, Table]:
    """A new sheet with its sentences, and the columns' headings, formulas and looks in a row for each example.
    ``groups`` are headings over the columns of all classes (see ``each``)."""
    sheet = book.add_sheet(title)
    sheet.about = about
    begin(sheet, *sentences)
    table = Table(columns, FIRST, FIRST + examples - 1, steps=False)
    table.write(sheet)
    for name, heading in (groups or {}).items():
        over = f"{table.letters(f'{name}1')}{FIRST - 2}"
        sheet[over] = heading
        sheet.style(over, "label")
        for column in columns:
            if column.name.rstrip("123456789") == name:
                sheet.headings[table.down(column.name)] = f"{heading} {column.heading}"
    sheet.look.freeze = f"B{FIRST}"
    return sheet, table


def each(
    classes: Sequence[str], name: str, formula: str = "", style: str = "activation", code: str = LOSS
) -> list[Column]:
    """A column for each class: ``name`` and its number from 1 is what formulas call it. In the formula ``#`` stands for
    the number."""
    return [
        Column(f"{name}{k}", label, formula.replace("#", str(k)), style, code, 8.5)
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


def show_below(sheet: Sheet, charts: Sequence[Chart], foot: int) -> None:
    """Puts charts beside one another below row ``foot``. Printed is all on one page."""
    left = 0
    for chart in charts:
        placed = replace(chart, at=cell_name(foot + 1, left), height=7.4)
        sheet.chart(placed)
        left = sheet.look.under(placed).right + 2
    cells = Rect(0, 0, sheet.rows - 1, sheet.columns - 1)
    sheet.look.page = str(sheet.look.around(sheet.look.charts, cells))
