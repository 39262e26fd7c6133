"""An optimizer's sheet as its headings tell it: where weights, gradients, averages and settings stand.

A row takes weights ``b`` and ``a``, has their gradients ``de/db`` and ``de/da``, perhaps running averages of these
(``avg de/db``, ``avg (de/db)^2``), and gives ``new b`` and ``new a``. The lecture's five sheets and the four of
weight_decay are headed so; so may be one's own.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass

import numpy as np

from sheetsim.errors import InputError, NotFound
from sheetsim.model.address import Rect, cell_name
from sheetsim.model.named_cells import place_of
from sheetsim.model.sheet import Sheet
from sheetsim.model.values import NUMBER

Pair = tuple[int, int]  # the columns of b and of a, counted from 0

GRADIENTS = ("de/db", "de/da")
WEIGHTS = (("b", "a"), ("intercept", "slope"))
AFTER = ("new b", "new a")
MEAN, SQUARE = "average", "mean square"  # of the gradients, of their squares
AVERAGED = {
    MEAN: (("de/db", "de/da"), ("b", "a")),
    SQUARE: (("(de/db)^2", "(de/da)^2"), ("b²", "a²")),
}
NAMED = {MEAN: "momlast", SQUARE: "ms_last"}  # the lecture's names for them in the last row

#: What an optimizer's setting is called on a sheet, and the cells of those that have no name on the lecture's sheets.
SETTINGS = {"lr": ("lr",), "beta1": ("beta_1", "beta"), "beta2": ("beta_2",), "eps": ("eps",), "wd": ("wd",)}
CELLS = {
    "momentum": {"beta1": "J1"},
    "rmsprop": {"lr": "D2", "beta1": "J1"},
    "adam": {"beta1": "J1", "beta2": "L1"},
    "adam_ann": {"beta1": "J1", "beta2": "L1"},
}
LR_CELLS = {"basic": "F1"}  # a name only in the workbooks that are built here, not in a file


@dataclass(frozen=True)
class State:
    """What is compared after each step: the sheet's words for it and its columns, of b and of a."""

    kind: str  # MEAN, SQUARE or "weight"
    words: tuple[str, str]
    columns: Pair


@dataclass(frozen=True)
class Rows:
    """The rows of a sheet, ``first`` to ``last`` counted from 0, and the columns in which things stand."""

    sheet: Sheet
    first: int
    last: int
    weights: Pair
    gradients: Pair
    after: State
    averages: tuple[State, ...]

    @classmethod
    def of(cls, sheet: Sheet) -> Rows:
        """Reads the headings. Raises InputError for a sheet that has no such rows."""
        head, gradients = _headed(sheet, GRADIENTS)
        weights = next((found for words in WEIGHTS if (found := _beside(sheet, head, words))), None)
        after = _beside(sheet, head, AFTER)
        if weights is None or after is None:
            raise _no_optimizer(sheet, f"row {head + 1} has no headings b and a, new b and new a")
        first = next((row for row in (head + 1, head + 2) if sheet.value(row, weights[0]) is not None), head + 1)
        last = first
        while isinstance(sheet.value(last + 1, weights[0]), float):
            last += 1
        rows = cls(sheet, first, last, weights, gradients, State("weight", AFTER, after), _averages(sheet, first, last))
        for what in (weights, gradients, after, *(state.columns for state in rows.averages)):
            rows.numbers(what)
        return rows

    def numbers(self, columns: Pair) -> np.ndarray:
        """Two columns in all rows: shape (rows, 2). Raises InputError where one holds no number."""
        picked = np.ix_(range(self.first, self.last + 1), columns)
        wrong = np.argwhere(self.sheet.kind[picked] != NUMBER)
        if len(wrong):
            self._refuse(self.first + int(wrong[0][0]), columns[int(wrong[0][1])])
        return self.sheet.num[picked]

    def start(self, state: State) -> np.ndarray:
        """What the averages of b and a start from: the row above the first."""
        values = [self.sheet.value(self.first - 1, column) for column in state.columns]
        for column, value in zip(state.columns, values, strict=True):
            if not isinstance(value, float):
                self._refuse(self.first - 1, column)
        return np.array(values)

    def cells(self, state: State) -> list[Rect]:
        """The columns of b and a, in all rows."""
        return [Rect(self.first, column, self.last, column) for column in state.columns]

    def _refuse(self, row: int, column: int) -> None:
        value = self.sheet.value(row, column)
        holds = "is empty" if value is None else f"holds {value!r}"
        raise InputError(f"{self.sheet.where(row, column)} {holds}, and a number is needed there")


def settings_of(sheet: Sheet) -> dict[str, float]:
    """The settings that a sheet has, of those in ``SETTINGS``; ``wd`` stands for the term wd·w² in the loss."""
    cells = CELLS.get(sheet.title, {}) | ({"lr": LR_CELLS[sheet.title]} if sheet.title in LR_CELLS else {})
    found = {}
    for setting, names in SETTINGS.items():
        for name in (*names, *([cells[setting]] if setting in cells else [])):
            try:
                where, rect = place_of(sheet, name)
            except NotFound:
                continue
            if isinstance(value := where.value(rect.top, rect.left), float):
                found[setting] = value
                break
    return found


def keywords_of(rows: Rows) -> dict[str, object]:
    """The sheet's settings under all the names that optimizers have for them: PyTorch's, and those of
    ``torch_classes.py``. A sheet that divides by a root and has no eps is one with eps=0."""
    own, kinds = settings_of(rows.sheet), {state.kind for state in rows.averages}
    found: dict[str, object] = {"lr": own["lr"]} if "lr" in own else {}
    beta = own.get("beta1")
    if beta is not None and kinds == {MEAN}:
        found |= {"beta": beta, "momentum": beta, "dampening": beta}
    if beta is not None and kinds == {SQUARE}:
        found |= {"beta": beta, "alpha": beta}
    if beta is not None and kinds == {MEAN, SQUARE}:
        second = own.get("beta2", beta)
        found |= {"betas": (beta, second), "beta1": beta, "beta2": second}
    if SQUARE in kinds:
        found["eps"] = 0.0 if corrects(rows.sheet) is False else own.get("eps", 0.0)
    if "wd" in own:
        found["weight_decay"] = 2 * own["wd"]  # the slope of wd·w²
    return found


def refuse_settings(sheet: Sheet, settings: Mapping[str, object]) -> None:
    """Raises InputError where settings are given for a workbook that is somebody's own."""
    if settings:
        first = next(iter(settings))
        raise InputError(
            f"settings are for a workbook that is opened here; put {first} into the one given: "
            f"{sheet.book.name}[{sheet.title!r}][cell] = …"
        )


def corrects(sheet: Sheet) -> bool | None:
    """Whether the sheet corrects its averages for having started at 0; None where that is not known. On the sheets of
    weight_decay, ``correct`` switches it and eps with it; the lecture's do neither."""
    try:
        where, rect = place_of(sheet, "correct")
    except NotFound:
        return False if sheet.title in CELLS else None
    return bool(where.value(rect.top, rect.left) == 1)


# --- headings ---------------------------------------------------------------------------------------------------------
def _headed(sheet: Sheet, words: tuple[str, str]) -> tuple[int, Pair]:
    """The first row that has these headings, and their columns."""
    for row in range(min(sheet.rows, 20)):
        if found := _beside(sheet, row, words):
            return row, found
    raise _no_optimizer(sheet, f"no row has the headings {words[0]} and {words[1]}")


def _beside(sheet: Sheet, row: int, words: tuple[str, str]) -> Pair | None:
    texts = [sheet.value(row, column) for column in range(sheet.columns)]
    if not all(word in texts for word in words):
        return None
    return texts.index(words[0]), texts.index(words[1])


def _averages(sheet: Sheet, first: int, last: int) -> tuple[State, ...]:
    found = {word: column for column in range(sheet.columns) if (word := _called(sheet, first, last, column))}
    states = []
    for kind, pairs in AVERAGED.items():
        for pair in pairs:
            if pair[0] in found and pair[1] in found:
                columns = found[pair[0]], found[pair[1]]
                words = tuple(_words(sheet, first, last, column) for column in columns)
                states.append(State(kind, (words[0], words[1]), columns))
    return tuple(states or _named_averages(sheet, last))


def _named_averages(sheet: Sheet, last: int) -> Iterator[State]:
    """Those that have no headings, as in the lecture's own files: by the names of their last cells."""
    for kind, name in NAMED.items():
        with suppress(InputError):  # no such name, or one whose cells were deleted
            where, cells = place_of(sheet, name)
            if where is sheet and cells.columns == 2 and cells.bottom == last:
                words = f"{name}, for b", f"{name}, for a"
                yield State(kind, words, (cells.left, cells.right))


def _called(sheet: Sheet, first: int, last: int, column: int) -> str:
    """What a column is the average of: ``de/db`` of ``avg de/db``; "" for all others."""
    start, _, rest = _words(sheet, first, last, column).partition(" ")
    return rest if start in ("avg", "average") else ""


def _words(sheet: Sheet, first: int, last: int, column: int) -> str:
    """The sheet's words for a column: those of its definition, else the nearest text within three rows above it."""
    called = sheet.called(Rect(first, column, last, column))
    above = (sheet.value(row, column) for row in range(first - 1, max(first - 4, -1), -1))
    return called or next((value for value in above if type(value) is str), "")


def _no_optimizer(sheet: Sheet, why: str) -> InputError:
    return InputError(f"{sheet.book.name}!{sheet.title} is no optimizer's sheet: {why}")


def where(rows: Rows, state: State, row: int, element: int) -> str:
    """The cell of a state: sheet and address."""
    return f"{rows.sheet.title}!{cell_name(rows.first + row, state.columns[element])}"
