"""What a MovieLens model has learnt about its movies, as sheets of formulas over the trained factors: those most rated
with their bias and their place on three components.

Only the directions of the components are numbers that were worked out outside the sheet (a singular value
decomposition has no formula); where a movie stands along them is a sum of products, so it moves with the factors.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sheetsim.model.address import Rect
from sheetsim.model.look import Chart, Series
from sheetsim.model.sheet import Sheet
from sheetsim.training.data.ratings import Ratings
from sheetsim.training.results.interpretation import COMPONENTS, most_rated, principal_directions
from sheetsim.workbook import Workbook
from workbooks.collab_filter.embedding import NUMBERED, Embedding
from workbooks.shared.charts import chart_anchor, show
from workbooks.shared.layout import Area, count

TOP = 6  # the first row of movies
FIRST_RATINGS = 5
HEADINGS = ["number", "place", "movie", "ratings", "mean rating", "bias"]
PRINTED = 45  # rows of a sheet that has a thousand


@dataclass(frozen=True)
class Movies:
    """Where the sheet ``most_rated`` has what."""

    number: Area
    place: Area
    movie: Area
    ratings: Area
    mean: Area
    bias: Area
    along: Area
    component: Area


def first_ratings(book: Workbook, ratings: Ratings) -> None:
    """The sheet ``first_ratings``: the head of the data, as one looks at a table when one has read it."""
    sheet = book.add_sheet("first_ratings")
    sheet.about = "The first ratings of the data, in its order, and how many there are."
    rows = min(FIRST_RATINGS, len(ratings))
    sheet["A1"] = "The first ratings"
    sheet["A2"] = "Who gave which movie how many stars: this is all that the model is told."
    sheet.values("A4", [["user", "movie", "rating"]])
    users, movies = ratings.user_names[ratings.users[:rows]], ratings.item_names[ratings.items[:rows]]
    sheet.values("A5", [[int(u), str(m), float(v)] for u, m, v in zip(users, movies, ratings.values, strict=False)])
    sheet.values("E4", [["there are", None], ["ratings", len(ratings)]])
    sheet.values("E6", [["users", len(ratings.user_names)], ["movies", len(ratings.item_names)]])

    sheet.style("A1", "title")
    sheet.style("A2", "note")
    sheet.style("A4:C4,E4:F4", "heading")
    sheet.style(f"A5:C{4 + rows},F5:F7", "input")
    sheet.style("E5:E7", "label")
    sheet.number_format("F5:F7", "#,##0")
    sheet.number_format(f"A5:A{4 + rows}", NUMBERED)
    sheet.width("B", 42)
    sheet.width("D", 3)


def most_rated_movies(book: Workbook, ratings: Ratings, factors: np.ndarray, listed: Embedding) -> Movies:
    """The sheets ``components`` and ``most_rated``; ``listed`` is where the sheet ``movies`` has its list."""
    codes = most_rated(ratings.items)
    directions = principal_directions(factors[codes], COMPONENTS)
    return table(book, ratings, codes, listed, direction_rows(book, directions))


# --- most rated -------------------------------------------------------------------------------------------------------
def table(book: Workbook, ratings: Ratings, codes: np.ndarray, listed: Embedding, directions: list[str]) -> Movies:
    """A row for each of the most rated movies."""
    sheet = book.add_sheet("most_rated")
    sheet.about = "The movies most rated: how often, how well, their bias and their place on three components."
    at = columns(len(codes), len(directions))
    numbers, sums = (np.bincount(ratings.items, weights)[codes] for weights in (None, ratings.values))
    corner, width = f"movies!{listed.corner}", listed.factors.rect.columns
    of_movie = f"OFFSET({corner},{at.place.down},1,1,{width})"
    sheet["A1"] = f"The {len(codes):,} most rated movies"
    sheet["A2"] = (
        "The bias is how well a movie is liked, the tastes of those who rated it taken out: compare the mean rating."
    )
    sheet["A3"] = "A component is a direction in which the factors differ much; change a factor on movies, and see."
    sheet.values(at.number.above().first, [HEADINGS])
    count(sheet, at.number)
    sheet.values(at.place.first, (codes[:, None] + 1).tolist())
    sheet.fill(f"{at.movie}", f"=OFFSET({corner},{at.place.down},0)")
    sheet.values(at.ratings.first, np.column_stack([numbers, sums / numbers]).tolist())
    sheet.fill(f"{at.bias}", f"=OFFSET({corner},{at.place.down},{width + 1})")
    along, centred = (area.rect for area in (at.along, at.component))
    for number, direction in enumerate(directions):
        raw, own = (column(rect, number) for rect in (along, centred))
        sheet[raw.above().first], sheet[own.above().first] = f"along {number + 1}", f"component {number + 1}"
        sheet.fill(f"{raw}", f"=SUMPRODUCT({of_movie},{direction})")
        sheet.fill(f"{own}", f"={raw.first}-AVERAGE({raw.left}${raw.top}:{raw.left}${raw.bottom})")
    look(sheet, at)
    return at


def columns(rows: int, components: int) -> Movies:
    """The columns for so many movies."""
    number = Area.at(f"A{TOP}", rows=rows)
    place = number.right_of()
    movie = place.right_of()
    rated = movie.right_of()
    mean = rated.right_of()
    bias = mean.right_of()
    along = bias.right_of(columns=components)
    return Movies(number, place, movie, rated, mean, bias, along, along.right_of(columns=components))


def column(rect: Rect, number: int) -> Area:
    """One column of a block."""
    return Area(rect._replace(left=rect.left + number, right=rect.left + number))


def direction_rows(book: Workbook, directions: np.ndarray) -> list[str]:
    """The sheet ``components``, a direction a row; returns the reference to each."""
    sheet = book.add_sheet("components")
    sheet.about = "The directions of the principal components: how much each factor counts."
    area = Area.at("B5", *directions.shape)
    sheet["A1"] = "Principal components of the movies' factors"
    sheet["A2"] = "Worked out when the workbook was written, by a singular value decomposition: it has no formula."
    sheet.values(area.above().first, [range(1, directions.shape[1] + 1)])
    sheet["A4"] = "factor"
    sheet.values("A5", [[f"component {number}"] for number in range(1, len(directions) + 1)])
    sheet.values(area.first, directions.tolist())

    sheet.style("A1", "title")
    sheet.style("A2", "note")
    sheet.style(f"A4:{area.right}4", "heading")
    sheet.style(f"A5:A{area.bottom}", "label")
    sheet.style(f"{area}", "input")
    sheet.shade(f"{area}", "blue")
    sheet.number_format(f"{area}", "0.00")
    sheet.width("A", 14)
    sheet.width(f"B:{area.right}", 6)
    sheet.look.freeze = "B5"
    rows = range(area.top, area.bottom + 1)
    return [f"components!${area.left}${row}:${area.right}${row}" for row in rows]


def look(sheet: Sheet, at: Movies) -> None:
    """Styles, widths and the map of the sheet ``most_rated``."""
    last = at.component.right
    sheet.style("A1", "title")
    sheet.style("A2:A3", "note")
    sheet.style(f"A{TOP - 1}:{last}{TOP - 1}", "heading")
    sheet.style(f"{at.number}", "label")
    sheet.style(f"{at.place},{at.ratings},{at.mean}", "input")
    sheet.style(f"{at.movie},{at.bias.first}:{at.along.right}{at.along.bottom},{at.component}", "activation")
    sheet.shade(f"{at.bias}", "green")
    sheet.number_format(f"{at.number},{at.place}", NUMBERED)
    sheet.number_format(f"{at.mean}", "0.00")
    sheet.number_format(f"{at.bias.first}:{last}{at.bias.bottom}", "0.000")
    sheet.width(f"A:{last}", 9)
    sheet.width("C", 42)
    sheet.width("E", 12)
    sheet.width(f"{at.component.left}:{last}", 13)
    sheet.look.freeze = f"D{TOP}"
    if at.component.rect.columns > 1:
        x, y = (column(at.component.rect, number) for number in (0, 1))
        dots = [Series(f"{y}", f"{x}", "a movie", "blue")]
        title = "The movies by their first two components"
        map_of = Chart("points", title, chart_anchor(sheet), dots, "component 1", "component 2")
        show(sheet, [map_of], rows=PRINTED)
