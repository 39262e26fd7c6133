"""Cells as they are read: one by one, and a range of them, whose rows are lists and which knows where it is from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from sheetsim.errors import InputError
from sheetsim.model.address import Rect, column_name
from sheetsim.model.grid import Grid
from sheetsim.outside import Drawn
from sheetsim.support.extras import need

if TYPE_CHECKING:
    import pandas as pd
    import torch


class Cell(NamedTuple):
    """A cell as ``for cell in sheet`` gives it: its address, its value, and its formula or None."""

    address: str
    value: Any
    formula: str | None


class Range(list[list[Any]], Drawn):
    """The values of some cells of a sheet as they were when they were read: a list of rows, each a list of values. It
    can be had as an array, a frame and a tensor, too.

    >>> import sheetsim
    >>> sheet = sheetsim.Workbook("demo").add_sheet("s")
    >>> sheet["A1:B3"] = [["x", "y"], [1, 2], [3, 4]]
    >>> some = sheet["A2:B3"]
    >>> some, some.address, some.shape
    ([[1.0, 2.0], [3.0, 4.0]], 's!A2:B3', (2, 2))
    >>> some.numpy().sum(axis=0)
    array([4., 6.])
    >>> some.frame().columns.tolist()                    # the headings stand above these cells
    ['x', 'y']
    """

    def __init__(self, sheet: Grid, rect: Rect):
        super().__init__(sheet.block(rect))
        self.sheet: Grid = sheet
        self.rect: Rect = rect

    @property
    def address(self) -> str:
        """Sheet and cells: ``adam!A4:B32``."""
        return f"{self.sheet.title}!{self.rect}"

    @property
    def shape(self) -> tuple[int, int]:
        """How many rows and columns there are."""
        return self.rect.shape

    def numpy(self, missing: float | None = None) -> np.ndarray:
        """The numbers as a float64 array of shape (rows, columns). Logicals are 1 and 0, blanks 0, as in formulas.

        A text or an error is refused, by an InputError that names its cell, unless ``missing`` is given: it then stands
        for whatever is no number, blanks among that. ``missing=nan`` suits plots.
        """
        wrong = [
            (row, column)
            for row, values in enumerate(self)
            for column, value in enumerate(values)
            if not isinstance(value, (int, float)) and not (value is None and missing is None)
        ]
        if wrong and missing is None:
            row, column = wrong[0]
            where = self.sheet.where(self.rect.top + row, self.rect.left + column)
            raise InputError(f"{where} holds {self[row][column]!r}, not a number; missing=nan takes it for none")
        held = [[value if isinstance(value, (int, float)) else missing or 0.0 for value in row] for row in self]
        return np.array(held, dtype=np.float64).reshape(self.shape)

    def tensor(self, missing: float | None = None, **options: Any) -> torch.Tensor:
        """The numbers as a torch tensor of shape (rows, columns), float64 if no other ``dtype`` is asked for; further
        options are those of ``torch.tensor``: ``device``, ``requires_grad``. What is no number is as in ``numpy``.
        Raises InputError where torch is not installed.

        It holds the values and nothing else: gradients through formulas are those of ``Workbook.torch``.
        """
        need("torch", "torch", "a tensor")
        import torch

        return torch.tensor(self.numpy(missing), **{"dtype": torch.float64, **options})

    def frame(self, headings: bool | None = None) -> pd.DataFrame:
        """The values as a pandas DataFrame. With ``headings`` the first row names the columns; without, all rows are
        values, and the row above them names the columns if it holds a text over each, else their letters do. Where
        nothing is said, the first row names the columns if texts are all it holds.
        """
        import pandas as pd

        if headings is None:
            headings = _are_headings(self[0])
        if headings:
            names, rows = self[0], self[1:]
        else:
            names, rows = self._names(), list(self)
        return pd.DataFrame(rows, columns=["" if name is None else name for name in names])

    def _names(self) -> list[Any]:
        """What the columns are called: by the texts above them, or else by their letters."""
        top, columns = self.rect.top, range(self.rect.left, self.rect.right + 1)
        above = [self.sheet.value(top - 1, column) for column in columns] if top else []
        return above if above and _are_headings(above) else [column_name(column) for column in columns]

    def formulas(self) -> list[list[str | None]]:
        """The formulas, row by row; None where a cell has none."""
        columns = range(self.rect.left, self.rect.right + 1)
        rows = range(self.rect.top, self.rect.bottom + 1)
        return [[self.sheet.formula_text(row, column) for column in columns] for row in rows]


def _are_headings(row: list[Any]) -> bool:
    return all(isinstance(value, str) and value and not value.startswith("#") for value in row)


def is_many(given: Any) -> bool:
    """Whether what is to be put into cells is several values: a list, an array, a frame, a tensor."""
    return isinstance(given, (list, tuple)) or hasattr(given, "tolist") or hasattr(given, "to_numpy")


def rows_given(where: str, rect: Rect, given: Any) -> list[list[Any]]:
    """Several values for some cells, as rows of their shape: a row for a row, a list for a column, rows, an array, a
    frame or a tensor; one of NumPy or torch without axes is for all of them. Raises InputError for another shape.

    >>> rows_given("s!A1:A3", Rect(0, 0, 2, 0), [1, 2, 3]), rows_given("s!A1:B1", Rect(0, 0, 0, 1), np.array([1, 2]))
    ([[1], [2], [3]], [[1, 2]])
    """
    if hasattr(given, "to_numpy"):  # of pandas
        given = given.to_numpy()
    if hasattr(given, "tolist"):  # of NumPy and torch
        given = given.tolist()
    if not isinstance(given, (list, tuple)):
        return [[given] * rect.columns for _ in range(rect.rows)]
    if not any(isinstance(row, (list, tuple)) for row in given):
        given = [[value] for value in given] if rect.columns == 1 else [given]
    rows = [list(row) if isinstance(row, (list, tuple)) else [row] for row in given]
    if len(rows) != rect.rows or any(len(row) != rect.columns for row in rows):
        widths = sorted({len(row) for row in rows}) or [0]
        shape = f"{len(rows)} × {widths[0]}" if len(widths) == 1 else "rows of different lengths"
        raise InputError(f"{where} has {rect.rows} × {rect.columns} cells, and {shape} values were given for it")
    return rows
