"""The picture of a sweep: the validation loss of each choice, over its seeds, and the published benchmark as a line."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from sheetsim.support.figures import BLUE, INK, ORANGE, PALE, QUIET, RED, panels, save
from sheetsim.training.sweeps import Row

COLOURS = (BLUE, ORANGE, RED, INK, QUIET)
SLANTED = 12  # choices: from here on their names do not fit side by side


def sweep(path: Path, names: Sequence[str], rows: Sequence[Row], benchmark: float | None = None) -> None:
    """Draws a dot for the mean of each choice, a bar from the lowest to the highest seed. What was swept first lies
    along the axis; each combination of the others is a line of its own. ``benchmark``: a mean squared error.
    """
    figure, (axes,) = panels(1, width=9, height=5)
    along = list(dict.fromkeys(row.chosen[0] if row.chosen else "" for row in rows))
    lines = list(dict.fromkeys(row.chosen[1:] for row in rows))
    for number, others in enumerate(lines):
        own = [row for row in rows if row.chosen[1:] == others and row.loss is not None]
        places = [along.index(row.chosen[0] if row.chosen else "") for row in own]
        means = [row.loss or 0.0 for row in own]
        colour = COLOURS[number % len(COLOURS)]
        off = [[mean - min(row.losses) for mean, row in zip(means, own, strict=True)]]
        off += [[max(row.losses) - mean for mean, row in zip(means, own, strict=True)]]
        label = (
            ", ".join(f"{name} {value}" for name, value in zip(names[1:], others, strict=False)) or "mean of the seeds"
        )
        axes.errorbar(places, means, off, color=colour, marker="o", linewidth=1.6, capsize=4, label=label)
    if benchmark is not None:
        axes.axhline(benchmark, color=RED, linewidth=1.2, linestyle="--", label=f"published benchmark: {benchmark:.2f}")
    axes.set_xticks(range(len(along)), labels=along, rotation=45 if len(along) > SLANTED else 0)
    axes.set(title="Validation loss", xlabel=names[0] if names else "", ylabel="valid loss")
    axes.margins(x=0.06, y=0.12)
    axes.grid(axis="y", color=PALE, linewidth=0.5)
    axes.legend(frameon=False)
    save(figure, path)
