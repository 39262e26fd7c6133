"""What all pictures share: colours, panels, a figure into a file; matplotlib without pyplot, so nothing is global."""

from __future__ import annotations

import logging
import os
import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from sheetsim.support.atomic import replacing
from sheetsim.support.extras import need

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


INK, QUIET, PALE, BLUE, ORANGE, RED = "#222222", "#9a9a9a", "#d0d0d0", "#1f4e79", "#d9730d", "#b3261e"


DOTS = 150  # per inch


def panels(columns: int, rows: int = 1, width: float = 8, height: float = 5) -> tuple[Figure, list[Axes]]:
    """A figure, ``width`` × ``height`` inches, and its axes row by row. Raises InputError without matplotlib."""
    require()
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width, height), dpi=DOTS, layout="constrained")
    grid = list(figure.subplots(rows, columns, squeeze=False).flat)
    for axes in grid:
        axes.spines[["top", "right"]].set_visible(False)
        axes.tick_params(colors=INK, labelsize=9.5)
    return figure, grid


def require() -> None:
    """Raises InputError, one line, where matplotlib is not installed.

    Our figures open no window: that MPLBACKEND names one that there is not is no reason to draw nothing.
    """
    need("matplotlib", "train", "drawing")
    logging.getLogger("matplotlib.font_manager").setLevel(logging.ERROR)  # a first run on a busy machine is no warning
    if "matplotlib" in sys.modules:
        return
    backend = os.environ.pop("MPLBACKEND", None)
    try:
        import matplotlib
    finally:
        if backend is not None:
            os.environ["MPLBACKEND"] = backend
    if backend:
        with suppress(ValueError):  # what matplotlib's import does with it, and fails
            matplotlib.rcParams["backend"] = backend


def save(figure: Figure, path: Path) -> None:
    """Writes the figure as a PNG, whole or not at all. Raises OutputError."""
    with replacing(path) as temporary:
        figure.savefig(temporary, format="png")
