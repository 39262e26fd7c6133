"""Lines over an axis, as SVG: for histories and comparisons."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import floor, isfinite, log10

from sheetsim.notebook.markup import esc
from sheetsim.page.looks import appearance

WIDTH, HEIGHT = 390, 210
LEFT, RIGHT, TOP, BOTTOM = 52, 10, 22, 26  # what is left empty around the lines
MOST = 500  # points of a line; of more, evenly chosen ones
TICKS = 4

Points = Sequence[tuple[float, float]]


def lines(title: str, series: Mapping[str, Points], logarithmic: bool = False) -> str:
    """A picture of some lines, each under its name, and their names in their colours below. What is not finite, or not
    above 0 on a logarithmic axis, is left out."""
    kept = {name: _kept(points, logarithmic) for name, points in series.items()}
    every = [point for points in kept.values() for point in points]
    if not every:
        return ""
    x_limits = min(x for x, _ in every), max(x for x, _ in every)
    y_limits = min(y for _, y in every), max(y for _, y in every)
    colours = list(appearance()["charts"].values())
    parts = [_axes(title, x_limits, y_limits, logarithmic)]
    keys = []
    for at, (name, points) in enumerate(kept.items()):
        colour = colours[at % len(colours)]
        path = " ".join(f"{_across(x, x_limits):.1f},{_down(y, y_limits):.1f}" for x, y in points)
        parts.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="1.8"/>')
        keys.append(f'<span class="key" style="background:{colour}"></span>{esc(name)}')
    drawn = f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" role="img">{"".join(parts)}</svg>'
    return f'<div>{drawn}<div class="line">{"".join(keys)}</div></div>'


def _kept(points: Points, logarithmic: bool) -> list[tuple[float, float]]:
    whole = [(x, y) for x, y in points if isfinite(x) and isfinite(y) and (y > 0 or not logarithmic)]
    step = max(1, -(-len(whole) // MOST))
    return [(x, log10(y) if logarithmic else y) for x, y in [*whole[::step], *whole[-1:]]]


def _across(x: float, limits: tuple[float, float]) -> float:
    width = limits[1] - limits[0]
    return LEFT + (WIDTH - LEFT - RIGHT) * ((x - limits[0]) / width if width else 0.5)


def _down(y: float, limits: tuple[float, float]) -> float:
    height = limits[1] - limits[0]
    return HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * ((y - limits[0]) / height if height else 0.5)


def _axes(title: str, x_limits: tuple[float, float], y_limits: tuple[float, float], logarithmic: bool) -> str:
    parts = [f'<text x="{LEFT}" y="13">{esc(title)}</text>']
    for value in ticks(*y_limits):
        y = _down(value, y_limits)
        shown = f"{10**value:.3g}" if logarithmic else f"{value:.4g}"
        parts.append(
            f'<line x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y:.1f}" y2="{y:.1f}" stroke="currentColor" opacity=".15"/>'
        )
        parts.append(f'<text x="{LEFT - 6}" y="{y + 4:.1f}" text-anchor="end">{shown}</text>')
    for value in ticks(*x_limits):
        x = _across(value, x_limits)
        parts.append(f'<text x="{x:.1f}" y="{HEIGHT - 8}" text-anchor="middle">{value:g}</text>')
    return "".join(parts)


def ticks(low: float, high: float) -> list[float]:
    """Round numbers between two, about four.

    >>> ticks(0, 20), ticks(1.1, 3.9), ticks(5, 5)
    ([0.0, 5.0, 10.0, 15.0, 20.0], [2.0, 3.0], [5])
    """
    if not high > low:
        return [low]
    power = 10.0 ** floor(log10((high - low) / TICKS))
    step = next(times * power for times in (1, 2, 5, 10) if (high - low) / (times * power) <= TICKS)
    first = int(-(-low // step))
    return [round(each * step, 12) for each in range(first, int(high // step) + 1)]
