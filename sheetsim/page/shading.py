"""A sheet's cells shaded by the derivative of a chosen cell: what would become of it if they changed."""

from __future__ import annotations

from typing import Any

import numpy as np

from sheetsim.errors import InputError
from sheetsim.model.sheet import Book, Sheet
from sheetsim.page.looks import between
from sheetsim.study.explanation.gradients import gradients_of
from sheetsim.study.explanation.meant import cell_meant

DOWN, UP = ("#FFFFFF", "#4C93D9"), ("#FFFFFF", "#F0902E")  # the more the darker: a rise of the cell lowers, raises it
STEEPEST = 8  # cells that are listed


class Shading:
    """The derivatives of one cell by every other of its workbook, until something changes. Raises InputError for a cell
    that has none."""

    def __init__(self, book: Book, of: str):
        self.sheet, self.row, self.column = cell_meant(book, of)
        self.of = self.sheet.where(self.row, self.column)
        self.found = gradients_of(book, self.sheet, self.row, self.column)
        if not self.found.by:
            raise InputError(f"{self.of} has no gradient: {self.found.why}")

    def slopes(self, sheet: Sheet) -> np.ndarray:
        """∂cell/∂each cell of a sheet, 0 where none is known, and for the cell itself: (rows, columns)."""
        known = self.found.arrays.get(sheet.title, np.zeros((sheet.rows, sheet.columns)))
        slopes: np.ndarray = np.nan_to_num(known, nan=0.0, posinf=0.0, neginf=0.0)
        if sheet is self.sheet:
            slopes[self.row, self.column] = 0.0
        return slopes

    def fills(self, sheet: Sheet) -> dict[tuple[int, int], str]:
        """The colours of the cells that it depends on: as dark as the root of their share of the steepest."""
        slopes = self.slopes(sheet)
        most = np.abs(slopes).max(initial=0.0)
        return {
            (r, c): between(*(UP if slopes[r, c] > 0 else DOWN), float(np.sqrt(abs(slopes[r, c]) / most)) * 0.9 + 0.1)
            for r, c in np.argwhere(slopes != 0).tolist()
        }

    def said(self, sheet: Sheet) -> dict[str, Any]:
        """The cell, and the inputs on a sheet that matter most to it."""
        inputs = self.slopes(sheet)
        inputs[sheet.computed()] = 0.0
        order = np.argsort(-np.abs(inputs), axis=None, kind="stable")[:STEEPEST]
        cells = [divmod(int(at), sheet.columns) for at in order]
        steepest = [[sheet.where(*cell), float(inputs[cell])] for cell in cells if inputs[cell] != 0]
        return {"of": self.of, "by": self.found.by, "steepest": steepest}
