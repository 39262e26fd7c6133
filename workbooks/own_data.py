"""Files of one's own in place of the lecture's numbers: which workbook takes which, and what is made of them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from sheetsim.errors import InputError
from sheetsim.training.data.ratings import STARS
from workbooks import TAKES
from workbooks.collab_filter import own_ratings
from workbooks.collab_sigmoid.workbook import HIGHEST
from workbooks.graddesc import own_points

FARTHEST = 1000.0  # ratings are read as float32: within it three decimals are exact


def read(
    workbook: str,
    points: str | Path | None = None,
    ratings: str | Path | None = None,
    users: int | None = None,
    movies: int | None = None,
    factors: int | None = None,
    rating_range: tuple[float, float] | None = None,
    seed: int | None = None,
    progress: Callable[[int], None] | None = None,
) -> dict[str, Any]:
    """What a workbook's definition is to be built with, from a file of points or of ratings; nothing where it takes
    none. ``users``, ``movies`` and ``factors`` say how many; what a rating may be is 0 to 5 unless ``rating_range``
    says otherwise. Raises InputError for what the file does not hold, or not rightly."""
    taken = TAKES.get(workbook)
    if taken == "points" and points is not None:
        return {"points": own_points.read(Path(points))}
    if taken != "ratings" or ratings is None:
        return {}
    low, high = allowed = rating_range or STARS
    if not -FARTHEST <= low < high <= FARTHEST:  # nor NaN
        raise InputError(f"--rating-range {low:g} {high:g}: LOW is below HIGH, both within ±{FARTHEST:,.0f}")
    chosen = own_ratings.choose(Path(ratings), users, movies, factors, allowed, progress)
    data = chosen._asdict() | ({} if seed is None else {"seed": seed})
    if workbook != "collab_sigmoid" or allowed == STARS:
        return data
    if low < 0 or high <= 0:
        raise InputError(f"--rating-range {low:g} {high:g}: the predictions of collab_sigmoid lie above 0")
    return {**data, "highest": HIGHEST / STARS[1] * high}  # as far above the best rating as before
