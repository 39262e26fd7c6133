"""A sheet's cells shaded by the derivative of a chosen cell: what would become of it if they changed."""

from __future__ import annotations

from typing import Any

import numpy as np

from sheetsim.model.address import cell_name
from sheetsim.model.sheet import Book, Sheet
from sheetsim.page.looks import between
from sheetsim.study.explanation.explaining import split
from sheetsim.support.extras import need

DOWN, UP = ("#FFFFFF", "#4C93D9"), ("#FFFFFF", "#F0902E")  # the more the darker: a rise of the cell lowers, raises it
STEEPEST = 8  # cells that are listed


class Shading:
    """The derivatives of one cell by every number of its workbook, until something changes."""

    def __init__(self, book: Book, of: str):
        need("torch", "torch", "a gradient")
        from sheetsim.tensors.engine import torch_book

        self.sheet, self.row, self.column = split(book, of)
        self.of = self.sheet.where(self.row, self.column)
        self.tensors = torch_book(book, self.sheet.title)
        self.by_sheet: dict[str, np.ndarray] = {}

    def slopes(self, sheet: Sheet) -> np.ndarray:
        """∂cell/∂each cell of a sheet, NaN where none is known: (rows, columns)."""
        if sheet.title not in self.by_sheet:
            self.by_sheet[sheet.title] = self.tensors.slopes(cell_name(self.row, self.column), sheet.title)
        return self.by_sheet[sheet.title]

    def fills(self, sheet: Sheet) -> dict[tuple[int, int], str]:
        """The colours of the cells that it depends on: as dark as the root of their share of the steepest."""
        slopes = self.slopes(sheet)
        known = np.abs(np.nan_to_num(slopes, nan=0.0, posinf=0.0, neginf=0.0))
        if sheet is self.sheet:
            known[self.row, self.column] = 0.0  # itself, by which it is 1
        most = known.max(initial=0.0)
        if not most > 0:
            return {}
        return {
            (r, c): between(*(UP if slopes[r, c] > 0 else DOWN), float(np.sqrt(known[r, c] / most)) * 0.9 + 0.1)
            for r, c in np.argwhere(known > 0).tolist()
        }

    def said(self, sheet: Sheet) -> dict[str, Any]:
        """The cell, and the cells of a sheet that matter most to it."""
        slopes = np.nan_to_num(self.slopes(sheet), nan=0.0, posinf=0.0, neginf=0.0)
        if sheet is self.sheet:
            slopes[self.row, self.column] = 0.0
        inputs = np.where(sheet.computed(), 0.0, slopes)
        order = np.argsort(-np.abs(inputs), axis=None, kind="stable")[:STEEPEST]
        cells = [divmod(int(at), sheet.columns) for at in order]
        steepest = [[sheet.where(*cell), float(inputs[cell])] for cell in cells if inputs[cell] != 0]
        return {"of": self.of, "steepest": steepest}
