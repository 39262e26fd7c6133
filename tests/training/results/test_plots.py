"""Every picture is a PNG of its size that shows something, for common data and for the least there can be."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sheetsim.errors import InputError
from sheetsim.support import extras, figures
from sheetsim.training.history import smoothed
from sheetsim.training.results.confusion import Worst
from sheetsim.training.settings import Settings
from sheetsim.training.sweeps import Result, Row

pytest.importorskip("matplotlib")
from matplotlib.image import imread

from sheetsim.training.results import plots, plots_movies, plots_sweep
from sheetsim.training.results.plots_movies import Box, best_box

RANDOM = np.random.default_rng(0)
RATES = np.geomspace(1e-7, 10, 100)
LOSSES = np.concatenate([np.linspace(3, 1, 90), np.geomspace(1, 1e6, 10)])  # explodes at the end
PIXELS = RANDOM.random((20, 784))


def losses(raw: np.ndarray) -> Callable[[Path], None]:
    return lambda path: plots.losses(path, raw, smoothed(raw))


def movies(count: int) -> Callable[[Path], None]:
    titles = [f"Movie ${number}$ (19{number:02})" for number in range(count)]
    places = RANDOM.normal(size=(count, 2))
    return lambda path: plots_movies.movie_map(path, places, titles, ("component 1", "component 2"))


def worst(count: int) -> Callable[[Path], None]:
    return lambda path: plots.worst_digits(path, PIXELS, [Worst(row, 3, 5, 2.5) for row in range(count)])


def swept(names: list[str], seeds: int, benchmark: float | None) -> Callable[[Path], None]:
    """Two settings with three values each, of which one diverged."""
    values = [(one, other)[: len(names)] for one in ("10", "20", "40") for other in ("0", "0.1")][:: 3 - len(names)]
    rows = [
        Row(chosen, tuple(Result(Settings("nn"), *RANDOM.random(2).tolist()) for _ in range(seeds)))
        for chosen in values
    ]
    rows[-1] = Row(rows[-1].chosen, (Result(Settings("nn")),))
    return lambda path: plots_sweep.sweep(path, names, rows, benchmark)


PICTURES = {
    "losses": (losses(RANDOM.random(3000)), (1350, 675)),
    "losses of one batch": (losses(np.array([2.5])), (1350, 675)),
    "schedule": (lambda path: plots.schedule(path, RATES, RATES), (1650, 570)),
    "schedule of one batch": (lambda path: plots.schedule(path, np.array([0.1]), np.array([0.9])), (1650, 570)),
    "finder": (lambda path: plots.finder(path, RATES, LOSSES, 1e-3, 1e-2), (1350, 720)),
    "finder, loss only rises": (lambda path: plots.finder(path, RATES[:3], LOSSES[-3:], 1e-7, 1e-8), (1350, 720)),
    "confusion": (lambda path: plots.confusion(path, RANDOM.integers(0, 30, (10, 10))), (1050, 990)),
    "confusion without mistakes": (lambda path: plots.confusion(path, np.diag([5] * 10)), (1050, 990)),
    "worst digits": (worst(16), (1260, 1515)),
    "worst digits, one": (worst(1), (315, 435)),
    "weights": (lambda path: plots.digit_weights(path, RANDOM.normal(size=(784, 10))), (1500, 690)),
    "weights, all alike": (lambda path: plots.digit_weights(path, np.zeros((784, 10))), (1500, 690)),
    "weights, of three digits": (lambda path: plots.digit_weights(path, PIXELS[:3].T, (1, 4, 7)), (1500, 345)),
    "sweep": (swept(["factors"], 1, 0.83), (1350, 750)),
    "sweep of two settings": (swept(["factors", "wd"], 3, None), (1350, 750)),
    "sweep of the seed alone": (swept([], 3, None), (1350, 750)),
    "movies": (movies(80), (1950, 1650)),
    "movies, two": (movies(2), (1950, 1650)),
}


@pytest.mark.parametrize("name", PICTURES)
def test_picture(name: str, tmp_path: Path) -> None:
    draw, (width, height) = PICTURES[name]
    draw(tmp_path / "picture.png")
    assert [path.name for path in tmp_path.iterdir()] == ["picture.png"]
    picture = imread(tmp_path / "picture.png")
    assert picture.shape[:2] == (height, width)
    assert np.ptp(picture[..., :3]) > 0.5


@pytest.mark.parametrize("explosion", [1.2, 4.0, 1e6])
@pytest.mark.parametrize("seed", range(4))
def test_the_finder_shows_the_whole_curve_and_both_points(
    seed: int, explosion: float, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    random = np.random.default_rng(seed)
    curve = 2 + np.cumsum(random.normal(scale=0.02, size=90))  # may rise before it falls, as a real one
    raised = np.concatenate([curve, curve[-1] * np.geomspace(1, explosion, 10)])
    drawn: list[Any] = []
    monkeypatch.setattr(plots, "save", lambda figure, path: drawn.append(figure))
    plots.finder(tmp_path / "p.png", RATES, raised, 1e-3, 1e-2)
    (axes,) = drawn[0].axes
    for line in axes.lines[:1] + [line for line in axes.lines if len(line.get_xdata()) == 1]:
        inside = axes.viewLim.get_points()
        assert (line.get_ydata() >= inside[0, 1]).all()
        assert (line.get_ydata() <= inside[1, 1]).all()
        assert (np.asarray(line.get_xdata()) >= inside[0, 0]).all()
        assert (np.asarray(line.get_xdata()) <= inside[1, 0]).all()


@pytest.mark.parametrize("draw", [lambda: figures.panels(1), figures.require])
def test_without_matplotlib(draw: Callable[[], object], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(extras, "find_spec", lambda name: None)
    with pytest.raises(InputError, match=r"needs matplotlib: .*pip install 'sheetsim\[train\]'"):
        draw()


# --- where titles go --------------------------------------------------------------------------------------------------
BOUNDS = Box(0, 0, 1000, 1000)


def apart(one: Box, other: Box) -> bool:
    return one.right <= other.left or other.right <= one.left or one.top <= other.bottom or other.top <= one.bottom


def test_titles_of_crowded_dots_do_not_cover_one_another() -> None:
    dots = 500 + RANDOM.normal(size=(15, 2)) * 60
    taken = [Box(x - 3, y - 3, x + 3, y + 3) for x, y in dots]
    for dot in dots:
        taken.append(best_box(dot, (120, 14), taken, BOUNDS))
    assert all(apart(one, other) for one in taken[15:] for other in taken if other is not one)


@pytest.mark.parametrize("dot", [(2, 500), (998, 500), (500, 2), (500, 998), (2, 2), (998, 998)])
def test_a_title_at_the_edge_stays_inside(dot: tuple[float, float]) -> None:
    box = best_box(np.array(dot), (200, 14), [], BOUNDS)
    assert min(box.left, box.bottom) >= 0
    assert max(box.right, box.top) <= 1000


def test_the_ends_of_both_axes_are_labelled() -> None:
    places = np.array([[0, 0], [1, 9], [2, -9], [9, 1], [-9, 2], [0.5, 0.5]])
    assert plots_movies.extreme(places, 1).tolist() == [False, True, True, True, True, False]


def test_nearest() -> None:
    assert plots_movies.nearest(np.array([[0, 0], [3, 4], [3, 5]])).tolist() == [5, 1, 1]
    assert plots_movies.nearest(np.array([[1, 2]])).tolist() == [np.inf]


def test_titles_with_signs_that_no_font_has(tmp_path: Path) -> None:
    """Warnings are errors here."""
    pytest.importorskip("matplotlib")
    titles = ["\x01\t$\\frac$", "\U0001f600", "千と千尋", "\ufffe"]
    plots_movies.movie_map(tmp_path / "map.png", RANDOM.normal(size=(4, 2)), titles, ("component 1", "component 2"))
    assert (tmp_path / "map.png").exists()
