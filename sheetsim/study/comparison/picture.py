"""The picture of a comparison: error, b and a of every optimizer, epoch by epoch."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from sheetsim.study.comparison.places import FAR, HIGH, TITLES
from sheetsim.support.figures import QUIET, panels, save

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

FEW = 1000.0  # a logarithmic axis of a smaller range has a number at 1, 2 and 5 of each power of ten
MARKED = 50  # a line through no more epochs shows each of them


def draw(path: Path, frame: pd.DataFrame, goal: Mapping[str, float], colours: Mapping[str, str]) -> None:
    """Draws what ``compare`` found, each optimizer in its colour, into a PNG. Raises InputError without matplotlib."""
    figure, grid = panels(3, width=14, height=4.6)
    from matplotlib.ticker import MaxNLocator

    for axes, (what, title) in zip(grid, TITLES.items(), strict=True):
        for optimizer, own in frame.groupby("optimizer", sort=False):
            marker = "o" if own.epoch.max() <= MARKED else None
            colour = colours.get(str(optimizer))
            axes.plot(own.epoch, own[what], marker=marker, markersize=3, linewidth=1.6, color=colour, label=optimizer)
        axes.set(title=title, xlabel="epochs done")
        axes.xaxis.set_major_locator(MaxNLocator(integer=True))
        first = frame[frame.epoch == 0][what].to_numpy()
        if what == "error":
            _logarithmic(axes, frame[what].to_numpy(), first)
        elif what in goal:
            axes.axhline(goal[what], color=QUIET, linestyle="--", linewidth=1.2, zorder=0, label="goal")
            _around(axes, goal[what], frame[what].to_numpy(), first)
    lines, names = grid[-1].get_legend_handles_labels()
    figure.legend(lines, names, loc="outside lower center", ncols=len(names), frameon=False)
    save(figure, path)


def _logarithmic(axes: Axes, errors: np.ndarray, first: np.ndarray) -> None:
    """A logarithmic axis with plain numbers, where there are errors that have a logarithm."""
    from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

    shown = errors[np.isfinite(errors) & (errors > 0)]
    starts = first[np.isfinite(first) & (first > 0)]
    if not shown.size:
        return
    axes.set_yscale("log")
    axes.grid(axis="y", alpha=0.3)
    top = min(shown.max(), HIGH * (starts.min() if starts.size else shown.min()))
    bottom = min(shown.min(), top) / 1.5
    axes.set_ylim(bottom, top * 1.5)
    if top / bottom < FEW:
        axes.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    axes.yaxis.set_minor_formatter(NullFormatter())


def _around(axes: Axes, goal: float, values: np.ndarray, first: np.ndarray) -> None:
    """Limits that leave out what is too far from the goal."""
    finite = first[np.isfinite(first)]
    reach = FAR * max(np.abs(finite - goal).max(initial=0.0), 1e-3 * abs(goal), 1e-3)
    shown = values[np.abs(values - goal) <= reach]  # NaN is in no reach
    low, high = min(shown.min(initial=goal), goal), max(shown.max(initial=goal), goal)
    margin = 0.08 * (high - low) or 1.0
    axes.set_ylim(low - margin, high + margin)
