"""What an explanation is made of: plain data that a terminal, a notebook and a page can draw, and JSON can hold."""

from __future__ import annotations

from dataclasses import dataclass, fields, is_dataclass
from math import isfinite
from typing import Any

from sheetsim.model.values import ExcelError
from sheetsim.outside import Drawn

Interval = tuple[float, float]  # the least and the greatest of several numbers


@dataclass(frozen=True)
class Summary:
    """Several cells in short: how many rows and columns, how many of them hold numbers, the least and the greatest of
    these (None where there are none), and the value of the first cell."""

    rows: int
    columns: int
    numbers: int
    least: float | None
    greatest: float | None
    first: Any = None


@dataclass(frozen=True)
class Part:
    """A range that a formula reads: how it is written, its heading on the sheet, what it holds, where that is from.

    ``where`` is its address with the sheet. ``gradient`` is ∂cell/∂part, of the explained cell, through all formulas in
    between; of several cells the least and the greatest; None where there is none."""

    written: str
    heading: str
    value: str
    origin: str
    where: str = ""
    gradient: float | Interval | None = None


@dataclass(frozen=True)
class Step:
    """One step of the evaluation: what is computed as the formula writes it, the same with the numbers in it, what
    comes out, and the whole formula after it. ``value`` is a Summary for an array. ``note`` says where digits are lost.

    ``numbers`` is a formula again, all of whose digits are there; ``shown`` is for people to read."""

    formula: str
    numbers: str
    shown: str
    value: Any
    rest: str
    note: str = ""


@dataclass(frozen=True)
class Branch:
    """A cell or a range in the tree of what a cell comes from. ``value`` is a Summary for a range, ``origin`` says
    input, formula, blank or where it is stored. ``branches`` is what it reads itself, each distinct cell in one place
    of the tree only; what it reads that stands in another place is named by ``elsewhere``. ``cut``: it reads more, and
    the tree ends here."""

    where: str
    heading: str
    value: Any
    formula: str | None
    origin: str
    gradient: float | Interval | None
    branches: tuple[Branch, ...] = ()
    elsewhere: tuple[str, ...] = ()
    cut: bool = False


@dataclass(frozen=True)
class Influence:
    """An input that the cell depends on: ∂cell/∂input, and ``effect``, by how much 1 % more of it moves the cell."""

    where: str
    heading: str
    value: float
    gradient: float
    effect: float


@dataclass(frozen=True)
class Piece:
    """Cells of an explained range that share a formula, and how they are computed; without a formula the inputs."""

    cells: str
    formula: str | None
    block: str | None
    summary: Summary
    numpy: str | None = None
    recurrence: str | None = None
    unsupported: str | None = None


@dataclass(frozen=True)
class Explanation(Drawn):
    """Everything there is to say about a cell, or about a range.

    Of a cell: ``numbers`` is its formula with the values in place of the cells (a formula again, all digits there),
    ``shown`` the same for people to read; ``steps`` how it is evaluated; ``parts`` what it reads, ``tree`` the same
    down to the ``depth`` asked for; ``gradients_by`` torch or differences, or why there are none; ``inputs`` those that
    move it most; ``notes`` where rounding decides. ``numpy`` runs as it stands among the words of ``words.py``.
    ``used_at_run_time`` names the blocks that may use it too, through references that only the calculation makes.
    Of a range ``summary`` says what it holds and ``pieces`` how it is filled; ``value`` is None."""

    cell: str
    heading: str
    value: Any
    formula: str | None
    block: str | None
    parts: list[Part]
    numpy: str | None
    used_by: list[str]
    used_by_more: int
    used_at_run_time: list[str]
    recurrence: str | None
    unsupported: str | None = None  # why the cell cannot be computed
    numbers: str | None = None
    shown: str | None = None
    steps: tuple[Step, ...] = ()
    tree: Branch | None = None
    gradients_by: str = ""
    inputs: tuple[Influence, ...] = ()
    inputs_more: int = 0
    notes: tuple[str, ...] = ()
    summary: Summary | None = None
    pieces: tuple[Piece, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """The same as dictionaries, lists, numbers, texts and None, fit for ``json.dumps``.

        >>> import sheetsim
        >>> sheetsim.explain("entropy_example", "entropy!D2", gradients=False).to_json()["formula"]
        '=-B2*LOG(C2)-(1-B2)*LOG(1-C2)'
        """
        found = as_json(self)
        assert isinstance(found, dict)
        return found


def as_json(thing: Any) -> Any:
    """A dataclass, or what one holds, as plain data. Errors are texts; what JSON has no number for is None: the endless
    slope of a root at 0."""
    if is_dataclass(thing) and not isinstance(thing, type):
        return {field.name: as_json(getattr(thing, field.name)) for field in fields(thing)}
    if isinstance(thing, list | tuple):
        return [as_json(each) for each in thing]
    if isinstance(thing, float) and not isfinite(thing):
        return None
    return str(thing) if isinstance(thing, ExcelError) else thing
