"""What the sheets with ratings have to look at: dots for the predictions, shades for what is high and what is low."""

from __future__ import annotations

from collections.abc import Iterator

from sheetsim.model.look import Chart, Limits, Series
from workbooks.shared.layout import Area

TITLE = "Ratings and their predictions"
FROM_0 = (0.0, None)  # else what is predicted where there is no rating would stretch the axis
MOST_LINES = 120  # of a matrix that are drawn: Excel takes 255 series, and each line is two


def against(at: str, predictions: Area, ratings: Area) -> Chart:
    """A dot for each rating, at its prediction: on the dashed line the two are equal.

    A series is a row or a column of cells, so a matrix is drawn line by line, along its longer side. Where a user has
    given no rating there is no dot: the ratings are the y of the series, and programs leave out a dot without y.
    """
    pairs = list(zip(_lines(predictions), _lines(ratings), strict=True))[:MOST_LINES]
    once = [True, *[False] * (len(pairs) - 1)]  # in the legend
    dots = [Series(given, found, "a rating" * named, "blue") for (found, given), named in zip(pairs, once, strict=True)]
    exact = [
        Series(given, given, "predicted exactly" * named, "orange", dashed=True)
        for (_, given), named in zip(pairs, once, strict=True)
    ]
    return Chart("points", TITLE, at, [*dots, *exact], "prediction", "rating", x_limits=FROM_0, y_limits=FROM_0)


def _lines(area: Area) -> Iterator[str]:
    rect = area.rect
    if rect.columns < rect.rows:
        return (str(rect._replace(left=column, right=column)) for column in range(rect.left, rect.right + 1))
    return (str(rect._replace(top=row, bottom=row)) for row in range(rect.top, rect.bottom + 1))


def of_each(
    at: str, title: str, numbers: Area, names: Area, x_title: str, colour: str, y_limits: Limits = (None, None)
) -> Chart:
    """A bar for each number, under it the name."""
    bars = Series(str(numbers), str(names), title, colour)
    return Chart("bars", title, at, [bars], x_title, y_limits=y_limits)
