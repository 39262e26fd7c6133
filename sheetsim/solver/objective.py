"""The objective as a function of the cells to change, with its gradient: by torch, or by differences as Excel does."""

from __future__ import annotations

from collections.abc import Callable
from importlib.util import find_spec

import numpy as np

from sheetsim.engine.numpy_engine import run_towards
from sheetsim.engine.paths import moved_by, needed_by, refers
from sheetsim.engine.plan import plan_of
from sheetsim.engine.volatility import all_edges
from sheetsim.errors import InputError
from sheetsim.excel.arithmetic import normal
from sheetsim.model.values import NUMBER
from sheetsim.solver.model import Model
from sheetsim.solver.stored import Area
from sheetsim.support.extras import need

Objective = Callable[[np.ndarray], tuple[float, np.ndarray]]  # x (n,) → value, gradient (n,); values may be nan

TORCH, DIFFERENCES = "torch", "differences"
ENGINES = ("auto", TORCH, DIFFERENCES)


def objective_of(model: Model, engine: str = "auto") -> tuple[Objective, str]:
    """The objective of a model and the engine that computes its gradient: torch where it is installed and can.

    The workbook must have been calculated, with a number in every cell to change. Raises InputError if torch is asked
    for and missing or unable, or if the objective does not depend on the cells to change.
    """
    if engine not in ENGINES:
        raise InputError(f"gradients are by {' or '.join(ENGINES[1:])}, not by {engine!r}")
    path = between(model)
    if engine == "auto":
        engine = DIFFERENCES if find_spec("torch") is None or _wanders(model, path) else TORCH
    if engine == DIFFERENCES:
        return Differences(model, path), engine
    need("torch", "torch", "a gradient by torch")
    if wandering := _wanders(model, path):
        raise InputError(f"{wandering}: where its OFFSET points may change on the way; take gradients by differences")
    from sheetsim.tensors.engine import Objective as TorchObjective

    sheet, rect = model.objective
    inputs = [(changed.title, cells) for changed, cells in model.change]
    return TorchObjective(model.book, inputs, (sheet.title, rect.top, rect.left)), engine


class Differences:
    """Value and gradient by recalculation: each cell is moved a little forward, or with ``central`` to both sides."""

    def __init__(self, model: Model, path: list[list[int]]):
        self.model, self.path = model, path
        self.plan = plan_of(model.book)
        self.order = self.plan.order
        self.step = float(np.finfo(float).eps) ** (1 / 3 if model.central else 1 / 2)

    def __call__(self, x: np.ndarray) -> tuple[float, np.ndarray]:
        value = self.value(x)
        low, high = self._neighbours(x)
        gradient = np.zeros(len(x))
        for k in np.flatnonzero(low < high).tolist():
            ends = [value if end == x[k] else self._moved(x, k, end) for end in (low[k], high[k])]
            gradient[k] = (ends[1] - ends[0]) / (high[k] - low[k])
        return value, gradient

    def _neighbours(self, x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Between which two values of each cell the difference is taken: within its bounds."""
        size = self.step * np.maximum(1.0, np.abs(x))
        high = np.minimum(x + size, self.model.upper)
        back = np.ones(len(x), bool) if self.model.central else high <= x
        return np.where(back, np.maximum(x - size, self.model.lower), x), high

    def _moved(self, x: np.ndarray, k: int, to: float) -> float:
        moved = x.copy()
        moved[k] = to
        return self.value(moved)

    def value(self, x: np.ndarray) -> float:
        """The objective at x, nan where it is no number."""
        put(self.model.change, x)
        if self.order is not self.plan.order:  # an OFFSET pointed elsewhere
            self.order, self.path = self.plan.order, between(self.model)
        sheet, rect = self.model.objective
        run_towards(self.plan, self.path, sheet, rect)
        return float(sheet.num[rect.top, rect.left]) if sheet.kind[rect.top, rect.left] == NUMBER else np.nan


def put(change: list[Area], x: np.ndarray) -> None:
    """Puts numbers into the cells to change, which must hold numbers already."""
    at = 0
    for sheet, rect in change:
        part = x[at : at + rect.size].reshape(rect.shape)
        sheet.num[rect.slices] = normal(part)  # as a cell holds numbers
        sheet.book.values_changed(sheet, rect)
        at += rect.size


def between(model: Model) -> list[list[int]]:
    """The groups of blocks on the way from the cells to change to the objective, in the order of calculation."""
    plan = plan_of(model.book)
    edges = all_edges(plan)
    sheet, rect = model.objective
    wanted = needed_by(edges, plan.map.within(sheet.title, rect)) & moved_by(plan, edges, model.change)
    path = [group for group in plan.order if not wanted.isdisjoint(group)]
    if not wanted.intersection(plan.map.within(sheet.title, rect)):
        raise InputError(f"{model.where} does not depend on the cells to change")
    return path


def _wanders(model: Model, path: list[list[int]]) -> str:
    """A formula on the way that looks up its place by what depends on the cells to change; "" if there is none."""
    plan = plan_of(model.book)
    moved = {i for group in path for i in group}
    for i in sorted(moved):
        block = plan.blocks[i]
        if block.runtime and (not moved.isdisjoint(plan.edges[i]) or refers(plan, i, model.change)):
            return block.where()
    return ""
