"""Pictures of a training, as PNG files: the losses, the schedule, the learning-rate finder, and what the digits show.

Each function draws arrays into one file. matplotlib's figures are used without pyplot: nothing global, no window.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from sheetsim.support.figures import BLUE, INK, ORANGE, QUIET, RED, panels, save
from sheetsim.training.models.digits_model import pixels_of
from sheetsim.training.settings import ALL_CLASSES

if TYPE_CHECKING:
    from sheetsim.training.results.confusion import Worst

DIGIT = (28, 28)
STEEP = 10  # times the lowest loss: higher curves get a logarithmic axis


def losses(path: Path, raw: np.ndarray, smooth: np.ndarray) -> None:
    """The loss of each batch, and its exponentially weighted moving average over it."""
    figure, (axes,) = panels(1, width=9, height=4.5)
    batches = np.arange(1, len(raw) + 1)
    axes.plot(batches, raw, color=BLUE, alpha=0.25 if len(raw) > 2000 else 0.5, linewidth=0.6, label="each batch")
    axes.plot(batches, smooth, color=ORANGE, linewidth=2, label="moving average")
    axes.set_ylim(*_without_spikes(raw))
    axes.set(title="Training loss", xlabel="batch", ylabel="loss")
    axes.legend(frameon=False)
    save(figure, path)


def _without_spikes(values: np.ndarray) -> tuple[float, float]:
    """Limits that leave out the rarest values, so that the rest is not pressed flat."""
    finite = values[np.isfinite(values)]
    low, high = np.quantile(finite, [0.0, 0.998]) if finite.size else (0.0, 1.0)
    margin = 0.05 * (high - low) or 1.0
    return float(low - margin), float(high + margin)


def schedule(path: Path, rates: np.ndarray, momenta: np.ndarray) -> None:
    """Learning rate and momentum of each batch, side by side."""
    figure, (left, right) = panels(2, width=11, height=3.8)
    batches = np.arange(1, len(rates) + 1)
    left.plot(batches, rates, color=BLUE, linewidth=2)
    left.set(title="Learning rate", xlabel="batch", ylim=(0, None))
    left.ticklabel_format(axis="y", style="plain", useOffset=False)
    right.plot(batches, momenta, color=ORANGE, linewidth=2)
    right.set(title="Momentum", xlabel="batch")
    right.ticklabel_format(axis="y", style="plain", useOffset=False)
    save(figure, path)


def finder(path: Path, rates: np.ndarray, losses: np.ndarray, steepest: float, minimum_tenth: float) -> None:
    """Loss against learning rate, the whole curve, as the rate is raised batch by batch, with the two rates that one
    may take."""
    figure, (axes,) = panels(1, width=9, height=4.8)
    axes.plot(rates, losses, color=BLUE, linewidth=1.8)
    axes.set_xscale("log")
    axes.set(title="Learning-rate finder", xlabel="learning rate", ylabel="loss (moving average)")
    for rate, name, colour in (steepest, "steepest", ORANGE), (minimum_tenth, "minimum / 10", RED):
        height = float(np.interp(np.log(rate), np.log(rates), losses))
        axes.axvline(rate, color=colour, linewidth=1, linestyle=":")
        axes.plot([rate], [height], "o", color=colour, markersize=8, label=f"{name}: {rate:.2g}")
    low, high = float(np.nanmin(losses)), float(np.nanmax(losses))
    if high > STEEP * low > 0:  # the explosion would press the rest flat
        axes.set_yscale("log")
    else:
        axes.set_ylim(low - 0.06 * (high - low), high + 0.06 * (high - low))
    axes.legend(frameon=False)
    save(figure, path)


def confusion(path: Path, matrix: np.ndarray, classes: Sequence[int] = ALL_CLASSES) -> None:
    """The confusion matrix; colours and numbers show the mistakes, the digits that are right stand on the diagonal."""
    figure, (axes,) = panels(1, width=7, height=6.6)
    wrong = np.where(np.eye(len(matrix), dtype=bool), np.nan, matrix.astype(float))
    highest = max(1.0, float(np.nanmax(wrong)))
    axes.imshow(wrong, cmap="Oranges", vmin=0, vmax=highest * 1.3)
    for (row, column), count in np.ndenumerate(matrix):
        right = row == column
        weight, colour = ("bold", BLUE) if right else ("normal", INK if count else QUIET)
        text = f"{count:,}" if count else "·"
        axes.text(column, row, text, ha="center", va="center", fontsize=9.5, weight=weight, color=colour)
    accuracy = np.trace(matrix) / max(1, matrix.sum())
    axes.set(
        title=f"{np.trace(matrix):,} of {matrix.sum():,} right ({accuracy:.2%})", xlabel="predicted", ylabel="actual"
    )
    axes.set_xticks(range(len(matrix)), labels=map(str, classes[: len(matrix)]))
    axes.set_yticks(range(len(matrix)), labels=map(str, classes[: len(matrix)]))
    axes.tick_params(length=0)
    axes.spines[:].set_visible(False)
    save(figure, path)


def worst_digits(path: Path, images: np.ndarray, found: Sequence[Worst]) -> None:
    """The digits with the highest loss, each with what it was taken for. ``images``: (n, 784), rows as in ``found``."""
    columns = min(4, len(found))
    rows = -(-len(found) // columns)
    figure, grid = panels(columns, rows, width=2.1 * columns, height=2.4 * rows + 0.5)
    figure.suptitle("Worst predicted: predicted / actual, loss", fontsize=12, weight="bold", color=INK)
    for axes in grid:
        axes.axis("off")
    for axes, worst in zip(grid, found, strict=False):
        pixels = pixels_of(images[worst.row], np.dtype(np.float32))
        axes.imshow(pixels.reshape(DIGIT), cmap="gray_r", vmin=0, vmax=1)
        axes.set_title(f"{worst.predicted} / {worst.label},  {worst.loss:.2f}", fontsize=11, color=INK)
    save(figure, path)


def digit_weights(path: Path, weights: np.ndarray, classes: Sequence[int] = ALL_CLASSES) -> None:
    """The columns of a logistic model's weights, (784, 10) for ten digits, as pictures: ink in red speaks for,
    in blue against."""
    rows = -(-len(classes) // 5)
    figure, grid = panels(min(5, len(classes)), rows, width=10, height=2.3 * rows)
    figure.suptitle("Weights: where ink speaks for a digit (red) or against it (blue)", fontsize=12, weight="bold")
    highest = float(np.quantile(np.abs(weights), 0.995)) or 1.0
    for axes in grid:
        axes.axis("off")
    for axes, digit, column in zip(grid, classes, weights.T, strict=False):
        axes.imshow(column.reshape(DIGIT), cmap="RdBu_r", vmin=-highest, vmax=highest)
        axes.set_title(str(digit), fontsize=12)
    save(figure, path)


# --- what all of them need --------------------------------------------------------------------------------------------
