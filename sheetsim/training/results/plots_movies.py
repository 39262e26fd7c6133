"""A map of movies: each a dot at its place on two principal components, the best known with their titles.

Titles of movies that lie close together would cover one another. Each is tried in several places around its dot, near
ones first, and stands where it covers least of what is there already; a thin line leads back to the dot where it had
to move away.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from sheetsim.support import figures
from sheetsim.support.plain import plain

if TYPE_CHECKING:
    from matplotlib.axes import Axes

LABELLED = 50
EXTREMES = 3  # movies at either end of a component that get their titles, too
LONGEST = 40  # characters of a title
RINGS = (4, 12, 24, 38, 54, 74, 98, 126)  # pixels between the dot and the title's box
AROUND = 24  # directions tried on each ring
COVERING = 10  # pixels farther off that a title goes rather than cover one pixel
DOT = 5  # pixels: half the side of a dot's box
NEAR = 20  # pixels: farther away, a title needs a line to its dot


class Box(NamedTuple):
    """A rectangle in pixels, counted from the lower left corner of the picture."""

    left: float
    bottom: float
    right: float
    top: float


@contextmanager
def _boxes_for_missing_signs() -> Iterator[None]:
    """matplotlib draws a box for a sign that its font lacks; that it warns of each helps nobody."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Glyph .* missing from", UserWarning)
        yield


@_boxes_for_missing_signs()
def movie_map(
    path: Path, places: np.ndarray, titles: Sequence[str], names: tuple[str, str], labelled: int = LABELLED
) -> None:
    """Draws movies at ``places`` (n, 2). The first ``labelled`` get their titles, so give the best known first, and
    so do those at the ends of both axes."""
    figure, (axes,) = figures.panels(1, width=13, height=11)
    known = np.arange(len(places)) < labelled
    shown = known | extreme(places)
    for which, size, colour in (
        (~shown, 9, figures.PALE),
        (shown & ~known, 24, figures.BLUE),
        (known, 24, figures.ORANGE),
    ):
        axes.scatter(places[which, 0], places[which, 1], s=size, color=colour, linewidths=0)
    axes.set(xlabel=names[0], ylabel=names[1], title=f"The {len(places):,} most rated movies")
    axes.margins(0.06)
    figure.draw_without_rendering()  # only now is it known where in the picture a movie lies
    _label(axes, places[shown], [shortened(title) for title, on in zip(titles, shown, strict=True) if on])
    figures.save(figure, path)


def extreme(places: np.ndarray, count: int = EXTREMES) -> np.ndarray:
    """Which points are among the ``count`` lowest or highest on either axis: (n, 2) → bools (n,).

    >>> extreme(np.array([[0, 0], [1, 5], [2, 5], [3, 9]]), 1).tolist()
    [True, False, False, True]
    """
    order = np.argsort(places, axis=0, kind="stable")
    found = np.zeros(len(places), dtype=bool)
    found[np.concatenate([order[:count], order[-count:]])] = True
    return found


def shortened(title: str) -> str:
    """A title cut to fit, with no sign that matplotlib would read as mathematics.

    >>> shortened("Star Wars (1977)"), shortened("The " + "long " * 9)
    ('Star Wars (1977)', 'The long long long long long long long …')
    """
    text = title if len(title) <= LONGEST else title[: LONGEST - 1] + "…"
    return plain(text).replace("$", r"\$")


def _label(axes: Axes, places: np.ndarray, titles: Sequence[str]) -> None:
    """Titles for all places, beginning with those that have the least room."""
    dots = axes.transData.transform(places)
    taken = [Box(x - DOT, y - DOT, x + DOT, y + DOT) for x, y in dots]
    bounds = Box(*axes.get_window_extent().extents)
    for which in np.argsort(nearest(dots), kind="stable"):
        at = dots[which]
        text = axes.text(0, 0, titles[which], fontsize=8.5)
        extent = text.get_window_extent()
        box = best_box(at, (extent.width, extent.height), taken, bounds)
        taken.append(box)
        text.remove()
        _draw(axes, places[which], titles[which], (box.left - at[0], box.bottom - at[1]), _distance(at, box) > NEAR)


def _draw(axes: Axes, place: np.ndarray, title: str, offset: tuple[float, float], line: bool) -> None:
    arrow = {"arrowstyle": "-", "color": figures.QUIET, "linewidth": 0.7, "shrinkA": 0, "shrinkB": 2} if line else None
    axes.annotate(
        title,
        (place[0], place[1]),
        xytext=offset,
        textcoords="offset pixels",
        verticalalignment="bottom",
        fontsize=8.5,
        color=figures.INK,
        arrowprops=arrow,
    )


def nearest(dots: np.ndarray) -> np.ndarray:
    """How far the nearest other dot is from each: (n, 2) → (n,)."""
    apart = np.linalg.norm(dots[:, None] - dots[None], axis=2)
    np.fill_diagonal(apart, np.inf)
    return np.asarray(apart.min(axis=1, initial=np.inf))


def best_box(dot: np.ndarray, size: tuple[float, float], taken: Sequence[Box], bounds: Box) -> Box:
    """Where a title of that size (width, height) stands best: covering least, not beyond the bounds, near its dot.

    >>> best_box(np.array([50.0, 50.0]), (20, 10), [], Box(0, 0, 100, 100))
    Box(left=54.0, bottom=45.0, right=74.0, top=55.0)
    """
    angles = np.linspace(0, 2 * np.pi, AROUND, endpoint=False)
    rings = np.repeat(RINGS, AROUND)
    across, up = np.tile(np.cos(angles), len(RINGS)), np.tile(np.sin(angles), len(RINGS))
    left = dot[0] + across * (rings + size[0] / 2) - size[0] / 2
    bottom = dot[1] + up * (rings + size[1] / 2) - size[1] / 2
    tried = np.column_stack([left, bottom, left + size[0], bottom + size[1]])
    covered = _common(tried, np.array(taken).reshape(-1, 4)).sum(axis=1)
    outside = size[0] * size[1] - _common(tried, np.array([bounds]))[:, 0]
    costs = (COVERING * (covered + outside) + rings).round(3)  # of equals the first: to the right of the dot
    return Box(*tried[costs.argmin()].tolist())


def _common(boxes: np.ndarray, others: np.ndarray) -> np.ndarray:
    """The area that each box shares with each other one: (n, 4) and (m, 4) → (n, m)."""
    low = np.maximum(boxes[:, None, :2], others[None, :, :2])
    high = np.minimum(boxes[:, None, 2:], others[None, :, 2:])
    return np.asarray(np.clip(high - low, 0, None).prod(axis=2))


def _distance(dot: np.ndarray, box: Box) -> float:
    """From the dot to the nearest point of the box."""
    across = max(box.left - dot[0], 0, dot[0] - box.right)
    up = max(box.bottom - dot[1], 0, dot[1] - box.top)
    return float(np.hypot(across, up))
