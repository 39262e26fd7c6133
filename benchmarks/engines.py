"""The engines behind one face: load a file, change an input, recalculate, read a cell.

Rows and columns are counted from 0, as in ``workloads.Cell``. Each engine is imported when it is made, so that one that
is not installed costs only its own line in the table.
"""

from __future__ import annotations

import sys
from functools import partial
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from workloads import Cell

from sheetsim.model.address import cell_name
from sheetsim.model.sheet import Sheet
from sheetsim.model.values import NUMBER
from sheetsim.reading.book import read
from sheetsim.workbook import Workbook


class Engine(Protocol):
    """What is asked of an engine. Only ``recalculate`` is timed."""

    def change(self, cell: Cell, number: float) -> None:
        """Writes a number into an input, and whatever else makes the next recalculation a full one."""

    def recalculate(self) -> None:
        """Computes every formula cell."""

    def value(self, cell: Cell) -> Any:
        """The value that the last recalculation gave a cell, as the engine represents it."""


class Ours(Engine):
    """sheetsim; told to compute every cell at each recalculation, or left to compute what has changed."""

    def __init__(self, book: Workbook, full: bool = True):
        self.book = book
        self.recalculate = partial(book.recalculate, full=full)

    def change(self, cell: Cell, number: float) -> None:
        sheet, row, column = cell
        self.book[sheet].put(row, column, number)

    def value(self, cell: Cell) -> Any:
        sheet, row, column = cell
        return self.book[sheet].value(row, column)


class IronCalc(Engine):
    """Its low-level model: nothing is computed before ``evaluate``, which then computes every cell."""

    def __init__(self, path: Path):
        import ironcalc

        self.model = ironcalc.load_from_xlsx(str(path))
        self.sheets = [sheet["name"] for sheet in self.model.get_worksheets_properties()]
        self.recalculate = self.model.evaluate

    def place(self, cell: Cell) -> tuple[int, int, int]:
        """A cell as IronCalc's model takes it: number of the sheet, row and column counted from 1."""
        sheet, row, column = cell
        return self.sheets.index(sheet), row + 1, column + 1

    def change(self, cell: Cell, number: float) -> None:
        self.model.update_cell_with_number(*self.place(cell), number)

    def value(self, cell: Cell) -> Any:
        return self.model.get_cell_value(*self.place(cell))


class Formualizer(Engine):
    """It recomputes only what depends on a changed cell; so every input is written again before each recalculation but
    the first, which computes all there is."""

    def __init__(self, path: Path):
        import formualizer

        self.book = formualizer.load_workbook(str(path))
        self.inputs = [(sheet.title, *run) for sheet in read(path).sheets for run in columns_of_inputs(sheet)]
        self.computed = False

    def recalculate(self) -> None:
        self.book.evaluate_all()
        self.computed = True

    def change(self, cell: Cell, number: float) -> None:
        for sheet, row, column, numbers in self.inputs if self.computed else ():
            self.book.set_values_batch(sheet, row + 1, column + 1, numbers)
        sheet, row, column = cell
        self.book.set_value(sheet, row + 1, column + 1, number)

    def value(self, cell: Cell) -> Any:
        sheet, row, column = cell
        return self.book.get_value(sheet, row + 1, column + 1)


def columns_of_inputs(sheet: Sheet) -> list[tuple[int, int, list[list[float]]]]:
    """The runs of plain numbers down each column: first row, column, and the numbers as rows of one."""
    plain = (sheet.kind[: sheet.rows, : sheet.columns] == NUMBER) & ~sheet.computed()
    runs = []
    for column in range(sheet.columns):
        edges = np.flatnonzero(np.diff(plain[:, column], prepend=False, append=False)).tolist()
        for first, after in zip(edges[::2], edges[1::2], strict=True):
            runs.append((first, column, sheet.num[first:after, column : column + 1].tolist()))
    return runs


class Formulas(Engine):
    """It walks its whole graph of cells at each ``calculate``."""

    def __init__(self, path: Path):
        import formulas

        self.file = path.name
        self.model = formulas.ExcelModel().loads(str(path)).finish()
        self.inputs: dict[str, float] = {}
        self.solution: Any = None

    def key(self, cell: Cell) -> str:
        """A cell as the library's dictionaries name it: ``'[book.xlsx]SHEET'!A1``."""
        sheet, row, column = cell
        return f"'[{self.file}]{sheet.upper()}'!{cell_name(row, column)}"

    def change(self, cell: Cell, number: float) -> None:
        self.inputs = {self.key(cell): number}

    def recalculate(self) -> None:
        self.solution = self.model.calculate(inputs=self.inputs)

    def value(self, cell: Cell) -> Any:
        return self.solution[self.key(cell)].value[0, 0]


class Pycel(Engine):
    """It computes a cell when its value is asked for; so all values are forgotten, then all are asked for."""

    def __init__(self, path: Path):
        from pycel import ExcelCompiler

        sys.setrecursionlimit(50_000)  # it goes from cell to cell by recursion
        self.compiler = ExcelCompiler(filename=str(path))
        for address in self.compiler.formula_cells():
            self.compiler.evaluate(address)  # compiles it

    def name(self, cell: Cell) -> str:
        """A cell as pycel names it: ``sheet!A1``."""
        sheet, row, column = cell
        return f"{sheet}!{cell_name(row, column)}"

    def change(self, cell: Cell, number: float) -> None:
        self.compiler.set_value(self.name(cell), number)

    def recalculate(self) -> None:
        """What its own ``recalculate`` does, on a copy of its list of cells: OFFSET adds to the list on the way."""
        cells = list(self.compiler.cell_map.values())
        for cell in cells:
            if cell.formula or cell.address.is_range:
                cell.value = None
        for cell in cells:
            self.compiler.evaluate(cell.address.address)

    def value(self, cell: Cell) -> Any:
        return self.compiler.evaluate(self.name(cell))


PEERS = {"ironcalc": IronCalc, "formualizer": Formualizer, "formulas": Formulas, "pycel": Pycel}
