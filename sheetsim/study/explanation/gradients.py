"""∂cell/∂every other cell: by torch, or by differences where torch is not installed or has no rule for a function.

Both go through all formulas in between. Of a computed cell the gradient says what a change of its would do, everything
before it staying as it is.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.util import find_spec
from typing import Any

import numpy as np

from sheetsim.engine.paths import needed_by
from sheetsim.engine.plan import plan_of
from sheetsim.engine.volatility import all_edges
from sheetsim.errors import InputError, SheetsimError, UnknownFunction
from sheetsim.model.address import Rect
from sheetsim.model.sheet import Book, Sheet
from sheetsim.model.snapshot import Snapshot
from sheetsim.model.values import LOGICAL, NUMBER, Unsupported, decode
from sheetsim.outside import Drawn
from sheetsim.study.explanation.differences import by_differences
from sheetsim.study.explanation.explained import as_json
from sheetsim.study.explanation.meant import area_meant, cell_meant

TORCH, DIFFERENCES = "torch", "differences"
ENGINES = ("auto", TORCH, DIFFERENCES)
MOST_LINES = 2_000  # lines computed one after the other: of more, gradients take many seconds


@dataclass(frozen=True)
class Gradient(Drawn):
    """∂cell/∂each cell of a range: ``values`` row by row, None where there is no derivative (a text, a blank that
    nothing reads, a number drawn at random). ``engine`` is torch or differences."""

    cell: str
    by: str
    value: float
    values: list[list[float | None]]
    engine: str

    def to_json(self) -> dict[str, Any]:
        """The same as plain data, fit for ``json.dumps``."""
        found = as_json(self)
        assert isinstance(found, dict)
        return found


@dataclass(frozen=True)
class Gradients:
    """∂cell/∂every cell: for each sheet an array (rows, columns), NaN where there is no derivative. ``by`` is torch or
    differences, or "" where there are none: then ``why`` says why."""

    by: str = ""
    why: str = ""
    arrays: dict[str, np.ndarray] = field(default_factory=dict)

    def of(self, sheet: Sheet, rect: Rect) -> np.ndarray:
        """The gradients by some cells, of shape (rows, columns); NaN beyond the cells in use."""
        found = np.full((rect.rows, rect.columns), np.nan)
        held = self.arrays.get(sheet.title)
        if held is not None:
            part = held[rect.slices]
            found[: part.shape[0], : part.shape[1]] = part
        return found

    def inputs(self, book: Book) -> Iterator[tuple[Sheet, np.ndarray, np.ndarray]]:
        """The inputs that have a gradient other than 0, sheet by sheet: their places (n, 2) and gradients (n,)."""
        for sheet in book.sheets:
            if (held := self.arrays.get(sheet.title)) is not None:
                numbers = sheet.kind[: sheet.rows, : sheet.columns] == NUMBER
                places = np.argwhere(~np.isnan(held) & (held != 0) & numbers & ~sheet.computed())
                yield sheet, places, held[tuple(places.T)]


def gradient(book: Book, cell: str, by: str, engine: str = "auto") -> Gradient:
    """∂cell/∂each cell of the range or name ``by``; addresses without a sheet are on that of ``cell``.

    ``engine`` is torch, differences, or auto: torch where it is installed and has a rule for every function on the way.
    Raises InputError for a cell that holds no number, and where there is no gradient.

    >>> import sheetsim
    >>> gradient(sheetsim.open("graddesc"), "basic!F4", "C4:D4", engine="differences").values[0][0].__round__(4)
    -41.4892
    """
    if engine not in ENGINES:
        raise InputError(f"gradients are by {' or '.join(ENGINES[1:])}, not by {engine!r}")
    book.refresh()
    sheet, row, column = cell_meant(book, cell)
    where, rect = area_meant(book, by, sheet)
    held = sheet.value(row, column)
    if not isinstance(held, float | bool):
        why = f" cannot be computed: {held.reason}" if isinstance(held, Unsupported) else f" holds {held!r}, no number"
        raise InputError(f"{sheet.where(row, column)}{why}")
    found = gradients_of(book, sheet, row, column, engine)
    if not found.by:
        raise InputError(f"{sheet.where(row, column)} has no gradient: {found.why}")
    values = [[None if np.isnan(one) else float(one) for one in line] for line in found.of(where, rect)]
    return Gradient(sheet.where(row, column), f"{where.title}!{rect}", float(held), values, found.by)


def gradients_of(book: Book, sheet: Sheet, row: int, column: int, engine: str = "auto") -> Gradients:
    """The gradients of a cell by all others, by torch where that can; those of what holds no number are none."""
    if sheet.value(row, column) is None or sheet.kind[row, column] not in (NUMBER, LOGICAL):
        return Gradients(why="it holds no number")
    lines = _lines(book, sheet, row, column)
    if lines > MOST_LINES:
        return Gradients(why=f"{lines:,} lines are computed one after the other, which would take long")
    with undisturbed(book):
        if engine != DIFFERENCES and find_spec("torch") is not None:
            try:
                return Gradients(TORCH, arrays=_by_torch(book, sheet, row, column))
            except UnknownFunction as lacking:
                if engine == TORCH:
                    raise InputError(str(lacking)) from None
            except SheetsimError as error:
                return Gradients(why=str(error))
        elif engine == TORCH:
            raise InputError("a gradient by torch needs torch; --engine differences does without")
        try:
            return Gradients(DIFFERENCES, arrays=by_differences(book, sheet, row, column))
        except SheetsimError as error:
            return Gradients(why=str(error))


@contextmanager
def undisturbed(book: Book) -> Iterator[None]:
    """Within it the workbook may be calculated: its values and its random numbers are put back afterwards."""
    stored, changed, drawn = Snapshot.of(book), book.changed, book.random.bit_generator.state
    try:
        yield
    finally:
        stored.put_back()
        book.changed = changed
        book.random.bit_generator.state = drawn


def _lines(book: Book, sheet: Sheet, row: int, column: int) -> int:
    """How many lines are computed one after the other on the way to a cell."""
    plan = plan_of(book)
    needed = needed_by(all_edges(plan), plan.map.within(sheet.title, Rect(row, column, row, column)))
    groups = [group for group in plan.order if plan.waits_for_itself(group) and not needed.isdisjoint(group)]
    return sum(max(max(plan.blocks[i].cells.shape) for i in group) for group in groups)


def _by_torch(book: Book, sheet: Sheet, row: int, column: int) -> dict[str, np.ndarray]:
    """One pass forward to the cell, and one back. Raises UnknownFunction where torch has no rule for something on the
    way."""
    import torch

    from sheetsim.tensors.tape import Tape

    places = [(s.title, Rect(0, 0, s.rows - 1, s.columns - 1)) for s in book.sheets if s.rows and s.columns]
    own = Rect(row, column, row, column)
    tape = Tape(book, places, [(sheet.title, own)])
    tape.run([tensor.requires_grad_() for tensor in tape.start()])
    memory = tape.memory
    arrays = {s.title: np.full((s.rows, s.columns), np.nan) for s in book.sheets}
    read = memory.read(sheet, own)
    held = decode(float(read.host.num.flat[0]), int(read.kinds().flat[0]))
    if isinstance(held, Unsupported):  # what torch has no rule for: the cell itself holds a number
        raise UnknownFunction(str(held.reason), {})
    output = read.num.reshape(-1)[0]
    tracked = [piece for piece, num in enumerate(memory.nums) if num.requires_grad]
    found: list[Any] = [None] * len(tracked)
    if isinstance(output, torch.Tensor) and output.requires_grad:
        found = list(torch.autograd.grad(output, [memory.nums[piece] for piece in tracked], allow_unused=True))
    for piece, slope in zip(tracked, found, strict=True):
        where, rect = memory.places[piece]
        mine = memory.owner[where.title][rect.slices] == piece + 1
        arrays[where.title][rect.slices][mine] = 0.0 if slope is None else slope.numpy()[mine]
    arrays[sheet.title][row, column] = 1.0
    return arrays
