"""One search of the Solver: from a start downhill, by L-BFGS-B."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from sheetsim.engine.numpy_engine import recalculate
from sheetsim.errors import InputError
from sheetsim.solver.model import Model
from sheetsim.solver.objective import Objective, put

REMEMBERED = 20  # the steps from which the search guesses how the slope changes
SMALLEST_GAIN = 1e-9  # of the objective in one iteration, relative to it; with less the search ends
SMALLEST_SLOPE = 1e-8
EVALUATIONS = 5  # for each iteration, at the most
UNFINISHED = (1, 99)  # scipy: it came to the last iteration, or was told to stop
ENDLESS = 1e30  # an objective that came so far from where it started has no smallest value

Told = Callable[[int, float], None]


@dataclass(frozen=True)
class Found:
    """What a search came to. ``seed`` is that of its start (None: the cells as they stood), ``before`` and ``after``
    are the objective at its start and at its end, ``cells`` the end, of shape (cells,)."""

    seed: int | None
    before: float
    after: float
    iterations: int
    finished: bool  # False: it came to its last iteration, or was stopped, and more might find more
    cells: np.ndarray


class Stopped(InputError):
    """A search without result: the objective is no number at its start, or has no end."""


class Point(NamedTuple):
    """A point that was looked at: the objective there, and the loss, what is to become small, with its slope."""

    x: np.ndarray
    value: float
    loss: float
    slope: np.ndarray


class Search:
    """A search, as scipy's ``minimize`` asks it: ``loss`` at a point, ``note`` after each iteration."""

    def __init__(self, model: Model, objective: Objective, told: Told | None = None):
        self.model, self.objective, self.told = model, objective, told
        self.iteration, self.scale = 0, 1.0
        self.latest: Point | None = None
        self.here: Point | None = None  # where the search has come to: steps go on from here

    @np.errstate(over="ignore", invalid="ignore")  # such points are looked for, and found, in _look
    def run(self, x: np.ndarray, most: int, seed: int | None = None) -> Found:
        """Searches from x, for so many iterations at the most. Raises Stopped."""
        from scipy.optimize import minimize

        x = np.clip(x, self.model.lower, self.model.upper)
        start = self._look(x)
        if start is None:
            raise Stopped(self._why(x))
        if 0 < abs(start.loss) < 1 or abs(start.loss) > ENDLESS:
            self.scale = abs(start.loss)  # a small objective has small gains; the squares of a huge one overflow
        self.here = start
        result = minimize(
            self.loss,
            x,
            jac=True,
            method="L-BFGS-B",
            bounds=list(zip(self.model.lower, self.model.upper, strict=True)),
            callback=self.note,
            options={
                "maxcor": REMEMBERED,
                "ftol": SMALLEST_GAIN,
                "gtol": SMALLEST_SLOPE,
                "maxiter": most,
                "maxfun": EVALUATIONS * most,
            },
        )
        end = self._look(result.x) or self.here
        if end.loss < -ENDLESS < start.loss:
            where, values = self.model.where, f"{start.value!r} to {end.value!r}"
            raise Stopped(f"{where} goes from {values} and on without end: the cells to change need bounds")
        return Found(seed, start.value, end.value, int(result.nit), result.status not in UNFINISHED, end.x)

    def loss(self, x: np.ndarray) -> tuple[float, np.ndarray]:
        """The loss and its slope, scaled.

        Where there is none, a step went too far: into an overflow, or out of what a root is defined for. Such a point
        counts as a hill, as far up as the slope promised to go down, so that the search tries a shorter step.
        """
        self.latest = self._look(x)
        if self.latest is not None:
            return self.latest.loss / self.scale, self.latest.slope / self.scale
        assert self.here is not None
        rise = abs(float(self.here.slope @ (x - self.here.x)))
        return (self.here.loss + rise) / self.scale, -self.here.slope / self.scale

    def note(self, intermediate_result: Any) -> None:
        """An iteration is done; the last point that was looked at is its end. (scipy goes by the argument's name.)"""
        self.iteration += 1
        self.here = self.latest
        if self.told and self.here:
            self.told(self.iteration, self.here.value)

    def _look(self, x: np.ndarray) -> Point | None:
        """The point x, None if it, the objective, the loss or its slope is no number there."""
        if not np.isfinite(x).all():  # the search has lost its way
            return None
        try:
            value, slope = self.objective(x)
        except InputError:  # it holds a text or an error
            return None
        loss, by_value = self.model.loss(float(value))
        slope = by_value * slope
        if not (np.isfinite(value) and np.isfinite(loss) and np.isfinite(slope).all()):
            return None
        return Point(x.copy(), value, loss, slope)

    def _why(self, x: np.ndarray) -> str:
        put(self.model.change, x)
        recalculate(self.model.book)
        sheet, rect = self.model.objective
        found = sheet.value(rect.top, rect.left)
        too_steep = (
            f", and its {'distance squared, or its slope,' if self.model.goal == 'reach' else 'slope'} is no number"
        )
        slope = too_steep if isinstance(found, float) else ", not a number"
        return f"{self.model.where} is {found!r} at the start{slope}: change the cells by hand, or start elsewhere"
