"""The words of a NumPy line: what stands for sheets, cells and functions there, so that the line can be run.

    from sheetsim.study.explanation.words import words
    globals().update(words(book))          # then any line that an explanation shows can be typed

An array of cells is of float64 where all of them are numbers, else of objects: None for a blank, texts, logicals,
errors. The functions are those of the table, with Excel's last bits and its rules for what is no number.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import as_strided

from sheetsim.excel.arrays import Values, error_value, trapping, uniform
from sheetsim.functions import FUNCTIONS
from sheetsim.functions.arguments import Want
from sheetsim.functions.operators import OPERATORS, SIGNS
from sheetsim.model.address import MAX_COLUMNS, MAX_ROWS, parse_cell, parse_rect
from sheetsim.model.nodes import ArrayConstant, Error, Logical, Missing, Node, Number, Text
from sheetsim.model.sheet import Book, Sheet
from sheetsim.model.values import BLANK, LOGICAL, NUMBER, ExcelError, decode, encode

#: The operators of formulas, called as NumPy calls its functions.
OPERATIONS = {"+": "add", "-": "subtract", "*": "multiply", "/": "divide", "^": "power", "&": "concatenate"}
OPERATIONS |= {"=": "equal", "<>": "not_equal", "<": "less", "<=": "less_equal"}
OPERATIONS |= {">": "greater", ">=": "greater_equal"}
SIGNED = {"-": "negative", "%": "percent"}
RESERVED = {"np", "sheets", "windows", "error", *OPERATIONS.values(), *SIGNED.values()}


class Unsaid(Exception):
    """A formula that no line of these words says."""


def literal_said(node: Node) -> str:
    """A constant of a formula as a line writes it. Raises Unsaid for what it has no words for."""
    if isinstance(node, Number):
        return repr(node.value).removesuffix(".0")
    if isinstance(node, Text | Logical):
        return repr(node.value)
    if isinstance(node, Error):
        return f"error({node.name!r})"
    if isinstance(node, Missing):
        return "None"
    if isinstance(node, ArrayConstant) and all(isinstance(one, Number) for row in node.rows for one in row):
        rows = ", ".join(f"[{', '.join(literal_said(one) for one in row)}]" for row in node.rows)
        return f"np.array([{rows}])"
    raise Unsaid


class FromCells(np.ndarray):
    """An array read of cells that do not all hold numbers: functions such as SUM skip its texts and logicals. ``held``
    is what was read, of a whole array: so that it need not be worked out of the objects again."""

    held: tuple[np.ndarray, np.ndarray] | None = None

    def __array_finalize__(self, of: Any) -> None:
        self.held = None


class SheetArrays:
    """A sheet as its NumPy arrays: ``adam["C4:D32"]``. What is assigned is kept here, and not in the workbook."""

    def __init__(self, sheet: Sheet):
        self.sheet = sheet
        self.num, self.kind = sheet.num.copy(order="F"), sheet.kind.copy(order="F")

    def __getitem__(self, where: str) -> Any:
        """The array (rows, columns) of a range; of one cell its value."""
        rect = parse_rect(where)
        rows, columns = np.arange(rect.top, rect.bottom + 1), np.arange(rect.left, rect.right + 1)
        return _python(*self._held(rows[:, None], columns[None, :]), of_cells=True)

    def __setitem__(self, where: str, values: Any) -> None:
        rect = parse_rect(where)
        given = _values(values)
        num = np.broadcast_to(given.num[:, :, 0, 0] + 0.0, (rect.rows, rect.columns))
        kind = np.broadcast_to(given.kinds()[:, :, 0, 0], (rect.rows, rect.columns))
        self.num[rect.slices], self.kind[rect.slices] = num, np.where(kind == BLANK, np.uint8(NUMBER), kind)

    def offset(self, base: str, rows: Any, columns: Any, height: int = 1, width: int = 1) -> Any:
        """The cells that stand so many rows below ``base`` and so many columns to its right, in their shape; of more
        than one cell for each with the axes (height, width) behind."""
        row, column = parse_cell(base)
        down, right = (np.trunc(np.asarray(step, np.float64)).astype(np.int64) for step in (rows, columns))
        if height * width > 1:
            down, right = down[..., None, None] + np.arange(height)[:, None], right[..., None, None] + np.arange(width)
        return _python(*self._held(row + down, column + right), of_cells=True)

    def _held(self, rows: np.ndarray, columns: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        rows, columns = np.broadcast_arrays(rows, columns)
        if rows.size and (min(rows.min(), columns.min()) < 0 or rows.max() >= MAX_ROWS or columns.max() >= MAX_COLUMNS):
            raise IndexError("outside the sheet")
        inside = (rows < self.num.shape[0]) & (columns < self.num.shape[1])
        at = (np.where(inside, rows, 0), np.where(inside, columns, 0))
        if not self.num.size:
            return np.zeros(rows.shape), np.full(rows.shape, np.uint8(BLANK))
        return np.where(inside, self.num[at], 0.0), np.where(inside, self.kind[at], np.uint8(BLANK))


class BookArrays:
    """A workbook's sheets by their titles, as arrays: ``sheets["my sheet"]["A1:B9"]``."""

    def __init__(self, book: Book):
        self.sheets = {sheet.title.casefold(): SheetArrays(sheet) for sheet in book.all_sheets()}

    def __getitem__(self, title: str) -> SheetArrays:
        return self.sheets[title.casefold()]


def words(book: Book) -> dict[str, Any]:
    """What a NumPy line may speak of, by name: ``np``, the sheets that a word of Python can call, ``sheets`` for all of
    them by their titles, and the functions.

    >>> import sheetsim
    >>> book = sheetsim.open("entropy_example")
    >>> known = words(book)
    >>> exec(sheetsim.explain(book, "softmax!D3", gradients=False).numpy, known)
    >>> bool(known["softmax"]["D3"] == book["softmax"]["D3"])
    True
    """
    arrays = BookArrays(book)
    found: dict[str, Any] = {sheet.sheet.title: sheet for sheet in arrays.sheets.values()}
    found |= {word: _word(OPERATORS[sign], 2) for sign, word in OPERATIONS.items()}
    found |= {word: _word(SIGNS[sign], 1) for sign, word in SIGNED.items()}
    found |= {word_of(name): _function(name) for name in FUNCTIONS}
    return found | {"np": np, "sheets": arrays, "windows": windows, "error": ExcelError}


def word_of(name: str) -> str:
    """A function's name as Python can call it.

    >>> word_of("STDEV.S")
    'STDEV_S'
    """
    return name.replace(".", "_")


def is_single(want: Want) -> bool:
    """Whether an argument is one value for each cell of the block, so that the axes of an array given for it are those
    of the block."""
    return want in (Want.ONE, Want.SAME)


def windows(cells: Any, height: int, width: int) -> Any:
    """What each cell sees of an array through a window that moves with it: (rows, columns) → (rows - height + 1,
    columns - width + 1, height, width), a view.

    >>> windows(np.arange(4.0)[:, None], 3, 1)[:, 0, :, 0].tolist()
    [[0.0, 1.0, 2.0], [1.0, 2.0, 3.0]]
    """
    down, right = cells.strides
    shape = (cells.shape[0] - height + 1, cells.shape[1] - width + 1, height, width)
    return as_strided(cells, shape, (down, right, down, right), subok=True, writeable=False)


# --- functions of arrays ----------------------------------------------------------------------------------------------
def _function(name: str) -> Callable[..., Any]:
    row = FUNCTIONS[name]
    return _word(row.rule, None, lambda place: is_single(row.arguments.want(place)))


def _word(
    rule: Callable[..., Values], count: int | None, one: Callable[[int], bool] = lambda place: True
) -> Callable[..., Any]:
    """A rule over ``Values`` as a function of arrays. ``one`` says which arguments are a value for each cell: there an
    array's two axes are those of the block, elsewhere those of the array that each cell sees."""

    def call(*arguments: Any) -> Any:
        if count is not None and len(arguments) != count:
            raise TypeError(f"{count} arguments are wanted")
        deep = any(isinstance(a, np.ndarray) and a.ndim == 4 for a in arguments)
        given = [_values(a, one(place) and not deep) for place, a in enumerate(arguments)]
        try:
            with trapping():
                found = rule(*given)
        except FloatingPointError:
            with trapping(on=False):
                found = rule(*given)
        return _plain(found)

    return call


def _values(thing: Any, of_block: bool = True) -> Values:
    """An array, or a single value, as ``Values``."""
    if not isinstance(thing, np.ndarray):
        if isinstance(thing, ExcelError):
            return error_value(int(encode(thing)[0]))
        num, kind = encode(thing)
        return Values(np.full((1, 1, 1, 1), num), kind)
    axes = thing.ndim
    shape: tuple[int, ...] = thing.shape if axes == 4 else (*thing.shape, 1, 1) if of_block else (1, 1, *thing.shape)
    if isinstance(thing, FromCells) and thing.held is not None:
        held, held_kinds = thing.held
        return Values(held.reshape(shape), uniform(held_kinds.reshape(shape)), True)
    if thing.dtype == object:
        pairs = np.array([encode(one) for one in thing.ravel()]).reshape(-1, 2)
        kinds = uniform(pairs[:, 1].astype(np.uint8).reshape(shape))
        return Values(pairs[:, 0].reshape(shape), kinds, isinstance(thing, FromCells))
    kind = LOGICAL if thing.dtype == bool else NUMBER
    return Values(np.array(thing, np.float64).reshape(shape), kind, isinstance(thing, FromCells))


def _plain(found: Values) -> Any:
    """``Values`` as an array: of two axes where the block or the array that a cell sees is a single value."""
    num, kinds = found.num, found.kinds()
    if num.shape[2:] == (1, 1):
        num, kinds = num[:, :, 0, 0], kinds[:, :, 0, 0]
    elif num.shape[:2] == (1, 1):
        num, kinds = num[0, 0], kinds[0, 0]
    return _python(num, kinds)


def _python(num: np.ndarray, kinds: np.ndarray, of_cells: bool = False) -> Any:
    """Numbers and kinds as one array; a single one as its value."""
    if num.size == 1:
        return decode(float(num.flat[0]), int(kinds.flat[0]))
    if (kinds == NUMBER).all():
        return num
    if (kinds == LOGICAL).all() and not of_cells:
        return num.astype(bool)
    found = num.astype(object)
    found[kinds == BLANK] = None
    others = (kinds != BLANK) & (kinds != NUMBER)
    pairs = zip(num[others].tolist(), kinds[others].tolist(), strict=True)
    found[others] = [decode(*pair) for pair in pairs]
    if not of_cells:
        return found
    read = found.view(FromCells)
    read.held = (num, kinds)
    return read


__all__ = ["BookArrays", "SheetArrays", "windows", "words"]
