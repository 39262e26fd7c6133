"""The walk along the rows: an optimizer takes the sheet's gradients; what it makes of them is held against the rows."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from math import isfinite
from pathlib import Path
from typing import Any

import numpy as np
import torch

from sheetsim.checking.findings import Difference, Report
from sheetsim.errors import InputError, NotFound
from sheetsim.library import build
from sheetsim.macros.settings import free
from sheetsim.model.address import parse_cell
from sheetsim.model.named_cells import place_of
from sheetsim.model.sheet import Book, Sheet
from sheetsim.model.values import NUMBER
from sheetsim.optimizers.steps import shares
from sheetsim.testing.given import Given
from sheetsim.testing.matching import opened
from sheetsim.testing.mismatch import Mismatch, cut, distances, table, value_text
from sheetsim.testing.nearness import Nearness
from sheetsim.testing.optimizers.rows import (
    SQUARE,
    Rows,
    State,
    corrects,
    keywords_of,
    refuse_settings,
    settings_of,
    where,
)
from sheetsim.testing.optimizers.starting import Start, step
from sheetsim.testing.sides import Piece, compared

WORKBOOKS = ("graddesc", "weight_decay")  # in which an optimizer's sheet is looked for
HEADINGS = ("state", "cell", "formula", "expected", "got", "relative", "ulps", "")


def follow(
    optimizer: Callable[..., Any],
    sheet: str | Sheet,
    book: str | Path | Book | None,
    settings: Mapping[str, float],
    states: Mapping[str, str],
    near: Nearness,
    dtype: Any,
    device: Any,
    keywords: Mapping[str, Any],
) -> None:
    """Raises Mismatch where the optimizer leaves the sheet's way; see ``assertions.py``."""
    rows = Rows.of(_sheet(sheet, book, settings))
    name = str(getattr(getattr(optimizer, "func", optimizer), "__name__", "") or cut(repr(optimizer)))
    try:
        like = torch.empty(2, dtype=dtype or torch.float64, device=device)
    except (RuntimeError, AssertionError, TypeError) as error:
        raise InputError(f"device {device}, dtype {dtype}: {str(error).splitlines()[0]}") from None
    if not like.is_floating_point() or like.is_meta:
        raise InputError(f"an optimizer's parameter holds floating point numbers, not {like.dtype} on {like.device}")
    make = _maker(optimizer, name, keywords_of(rows), keywords)
    averages = {state: torch.tensor(rows.start(state)).to(like) for state in rows.averages}
    start = Start(make, name, averages, states, torch.tensor(rows.numbers(rows.weights)[0]).to(like))
    path = _walked(rows, start)
    precision = str(like.dtype).removeprefix("torch.")
    pieces = [
        Piece(rows.sheet, cells, Given(values[:, [k]], np.full((len(values), 1), NUMBER, np.uint8), precision))
        for state, values in path.items()
        for k, cells in enumerate(rows.cells(state))
    ]
    report = compared(rows.sheet.book, pieces, near, name)
    if report.differences:
        raise Mismatch(_message(name, rows, start, path, report), report, rows.sheet.book)


def _sheet(sheet: str | Sheet, book: str | Path | Book | None, settings: Mapping[str, float]) -> Sheet:
    """The sheet that is meant, with the settings in it, calculated."""
    if not isinstance(sheet, str | Sheet):
        raise InputError(f"a sheet's title is needed, such as 'adam', not a {type(sheet).__name__}")
    if isinstance(sheet, Sheet) or isinstance(book, Book):
        found = sheet if isinstance(sheet, Sheet) else opened(book)[sheet]  # type: ignore[arg-type]
        refuse_settings(found, settings)
        found.book.refresh()
        return found
    if book is not None:
        found = opened(book)[sheet]
    else:
        places = (opening.find_sheet(sheet) for opening in map(build, WORKBOOKS))
        there = next((place for place in places if place is not None), None)
        if there is None:
            raise NotFound(f"no workbook of {', '.join(WORKBOOKS)} has a sheet {sheet!r}; for another give book=")
        found = there
    for word, value in settings.items():
        place, cells = free(f"settings {word}", *place_of(found, word))
        if not isinstance(value, int | float) or isinstance(value, bool) or not isfinite(value):
            raise InputError(f"settings {word}: {value!r} is no number that a cell can hold")
        for row, column in cells.cells():
            place.put(row, column, value)
    found.book.refresh()
    return found


# --- the optimizer ----------------------------------------------------------------------------------------------------
def _maker(
    optimizer: Callable[..., Any], name: str, own: Mapping[str, object], keywords: Mapping[str, Any]
) -> Callable[[Any], torch.optim.Optimizer]:
    """What makes the optimizer of a parameter, with those of the sheet's settings that it takes."""
    try:
        parameters = inspect.signature(optimizer).parameters
    except (TypeError, ValueError):
        raise InputError(f"{name} is no optimizer's class: nothing is known of its arguments") from None
    fixed = {*keywords, *(optimizer.keywords if isinstance(optimizer, partial) else ())}
    taken = {key: value for key, value in own.items() if key in parameters and key not in fixed} | dict(keywords)

    def make(parameter: Any) -> torch.optim.Optimizer:
        try:
            made = optimizer([parameter], **taken)
        except Exception as error:
            said = ", ".join(f"{key}={value!r}" for key, value in taken.items())
            raise InputError(
                f"{name}([…], {said}) cannot be made: {type(error).__name__}: {cut(str(error))}"
            ) from error
        if not isinstance(made, torch.optim.Optimizer):
            raise InputError(f"{name} makes a {type(made).__name__}, and not a torch.optim.Optimizer")
        return made

    return make


def _walked(rows: Rows, start: Start) -> dict[State, np.ndarray]:
    """The states after each row, what comes first first: averages, then weights, each of shape (rows, 2)."""
    optimizer, parameter = start.begun()
    path: dict[State, list[list[float]]] = {state: [] for state in (*start.keys, rows.after)}
    for gradient in rows.numbers(rows.gradients):
        step(optimizer, parameter, torch.tensor(gradient).to(parameter), start.name)
        for state in start.keys:
            path[state].append(start.value(optimizer, parameter, state))
        path[rows.after].append(parameter.detach().tolist())
    return {state: np.array(values) for state, values in path.items()}


# --- the words --------------------------------------------------------------------------------------------------------
def _message(name: str, rows: Rows, start: Start, path: Mapping[State, np.ndarray], report: Report) -> str:
    found = {each.cell: each for each in report.differences}
    row = min(parse_cell(cell)[0] for cell in found) - rows.first
    lines, first = [], ""
    for state, values in path.items():
        for k, word in enumerate(state.words):
            each, line = _line(rows, state, values, row, k, found)
            first = first or (word if each else "")
            lines.append((f"{word} [{start.keys[state]}]" if state in start.keys else word, *line))
    sheet = f"{rows.sheet.book.name}!{rows.sheet.title}"
    steps = f"its step {row + 1} of {rows.last - rows.first + 1}"
    head = f"{name} departs from {sheet} in row {rows.first + row + 1} ({steps}), first in {first}"
    untold = [" and ".join(state.words) for state in rows.averages if state not in start.keys]
    more = [f"  not compared, {name} keeps no such state: {', '.join(untold)}"] if untold else []
    return "\n".join([head, *table(HEADINGS, lines), *_step_lines(rows, path, row), *more])


def _line(
    rows: Rows, state: State, values: np.ndarray, row: int, k: int, found: Mapping[str, Difference]
) -> tuple[Difference | None, tuple[str, ...]]:
    """A state in the row in which something departs, whether or not it does."""
    cell = where(rows, state, row, k)
    at = rows.first + row, state.columns[k]
    each = found.get(cell.rpartition("!")[2])
    sides = value_text(rows.sheet.value(*at)), value_text(float(values[row, k]))
    apart = distances(each) if each else ("", "")
    return each, (cell, cut(rows.sheet.formula_text(*at) or ""), *sides, *apart, "" if each else "the same")


def _step_lines(rows: Rows, path: Mapping[State, np.ndarray], row: int) -> list[str]:
    """How much longer or shorter the step of that row is than the sheet's, and what would make it so."""
    entering = rows.numbers(rows.weights)[row]
    steps = rows.numbers(rows.after.columns)[row] - entering, path[rows.after][row] - entering
    with np.errstate(divide="ignore", invalid="ignore"):
        factors = steps[1] / steps[0]
    if not np.isfinite(factors).all() or np.allclose(factors, 1, rtol=1e-6):
        return []
    line = f"  its step is {factors[0]:.6g} times the sheet's for b, {factors[1]:.6g} times for a"
    reasons = (reason for made, reason in _reasons(rows, row) if np.allclose(factors, made, rtol=1e-4))
    return [line + "".join(f": as if {reason}" for reason in list(reasons)[:1])]


def _reasons(rows: Rows, row: int) -> Iterator[tuple[np.ndarray, str]]:
    """What is often the matter, and by what factors a step then differs."""
    own, by_kind = settings_of(rows.sheet), {state.kind: state for state in rows.averages}
    square = by_kind.get(SQUARE)
    if square is None:
        return
    if {"beta1", "beta2"} <= {*own} and len(by_kind) == 2:
        first, second = (shares(own[beta], row + 1) for beta in ("beta1", "beta2"))
        if corrects(rows.sheet) is None:
            return
        if corrects(rows.sheet):
            for factor, what in ((first / second**0.5, "averages"), (second**-0.5, "squares"), (first, "gradients")):
                which = "its averages" if what == "averages" else f"its average of the {what}"
                yield np.full(2, factor), f"it did not correct {which} for having started at 0, as the sheet does"
        else:
            factor = second**0.5 / first
            yield np.full(2, factor), "it corrected its averages for having started at 0, which the sheet does not"
    roots = np.vstack([rows.start(square), rows.numbers(square.columns)])[row : row + 2] ** 0.5
    if (roots > 0).all():
        yield roots[0] / roots[1], "it divided by the root of its own row, and the sheet by that of the row above"
        yield roots[1] / roots[0], "it divided by the root of the row above, and the sheet by that of its own row"
