"""collab_filter's sheets that show the ratings as a matrix: ``dotprod`` and ``bias``.

At the top the ratings, a row for each user and a column for each movie; below them the predictions, with the movies'
weights above and the users' to the left.
"""

from __future__ import annotations

from collections.abc import Sequence

from sheetsim.model.address import column_name
from sheetsim.model.sheet import Sheet
from sheetsim.workbook import Workbook
from workbooks.collab_filter.charts import against, of_each
from workbooks.collab_filter.ratings import Ratings, Weights
from workbooks.shared.charts import chart_anchor, show
from workbooks.shared.labels import labels
from workbooks.shared.layout import Area, turned
from workbooks.shared.solver_models import solver

NOTE = 38  # characters: the width of the note on dotprod


def rating_matrix(sheet: Sheet, table: Ratings, room: int) -> Area:
    """H2:V16: a row for each user, a column for each movie. ``room``: columns on the left for the users' weights."""
    users = Area.at(f"{column_name(room)}2", rows=len(table.users))
    ratings = users.right_of(columns=len(table.movies))
    sheet.values(ratings.first, table.matrix())
    matrix_headings(sheet, ratings, table)
    sheet[users.above().first] = "movieId"
    sheet[users.before().first] = "userId"
    sheet.headings[f"{ratings}"] = "ratings"

    sheet.style(f"{users.above()},{users.before().first}", "label")
    sheet.style(f"{ratings}", "input")
    sheet.colour(f"{ratings}", f'{ratings.first}=""', "quiet")
    shade_as_ratings(sheet, ratings, table, "blue")
    sheet.width(f"A:{users.before().left}", 7.5)
    sheet.width(users.left, 9.5)
    sheet.width(f"{ratings.left}:{ratings.right}", max(7.5, 1.5 + longest(table.movies)))
    return ratings


def longest(ids: Sequence[float]) -> int:
    """How many digits the longest has."""
    return max(len(f"{one:.0f}") for one in ids)


def shade_as_ratings(sheet: Sheet, area: Area, table: Ratings, shade: str) -> None:
    """The higher the darker, on one scale for ratings and predictions."""
    values = [value for _, _, value in table.listed]
    sheet.shade(f"{area}", shade, min(values), max(values))


def prediction_matrix(sheet: Sheet, predictions: Area, table: Ratings, ratings: Area) -> str:
    """What stands around the predictions: headings, and the error below. Returns the address of the error."""
    rmse = f"${predictions.right}${predictions.bottom + 2}"
    before = f"{column_name(predictions.rect.right - 1)}{predictions.bottom + 2}"
    corner = predictions.before().above()
    matrix_headings(sheet, predictions, table)
    sheet[corner.above().first] = "movieId"
    sheet[corner.before().first] = "userId"
    sheet.headings[f"{predictions}"] = "predictions"
    sheet[rmse] = f"=SQRT(SUMXMY2({ratings},{predictions})/COUNT({ratings}))"
    labels(sheet, {before: "RMSE"})

    sheet.style(f"{corner.above()},{corner.before()}", "label")
    sheet.style(f"{predictions}", "activation")
    sheet.colour(f"{predictions}", f'{ratings.first}=""', "quiet")  # no rating: it does not count
    shade_as_ratings(sheet, predictions, table, "green")
    sheet.style(rmse, "result")
    sheet.number_format(f"{predictions}", "0.00")
    sheet.number_format(rmse, "0.0000")
    return rmse


def matrix_headings(sheet: Sheet, matrix: Area, table: Ratings) -> None:
    """The movies above a matrix, the users to its left."""
    users, movies = matrix.before(), matrix.above()
    sheet.values(movies.first, [table.movies])
    sheet.values(users.first, [[user] for user in table.users])
    sheet.style(f"{users}", "label")
    sheet.style(f"{movies}", "heading")


def dotprod(book: Workbook, table: Ratings, weights: Weights, highest: float | None = None) -> Area:
    """The prediction is the dot product of the user's factors and the movie's. Returns where the users' are.

    With ``highest`` a sigmoid keeps it between 0 and that number.
    """
    sheet = book.add_sheet("dotprod" if highest is None else "dotprod_sigmoid")
    sheet.about = f"A rating is predicted as the dot product of the user's factors and the movie's{_kept(highest)}."
    factors = weights.width
    ratings = rating_matrix(sheet, table, room=1 + factors)  # H2:V16
    movies = ratings.below(gap=2, rows=factors)  # H19:V23
    predictions = movies.below(gap=1, rows=len(table.users))  # H25:V39
    users = Area.at(f"B{predictions.top}", rows=len(table.users), columns=factors)  # B25:F39

    sheet.values(movies.first, turned(weights.movies))
    sheet.values(users.first, weights.users)
    product = f"MMULT({users.row},{movies.column})"
    sheet.width("A", 3)
    if highest is not None:
        product = sigmoid(sheet, highest, product)
    # =IF(H2="",0,MMULT($B25:$F25,H$19:H$23))
    sheet.fill(f"{predictions}", f'=IF({ratings.first}="",0,{product})')
    rmse = prediction_matrix(sheet, predictions, table, ratings)  # V41
    solver(sheet, change=(movies, users), objective=rmse, central=True)

    labels(sheet, {movies.before().first: "factors", users.above().first: "users' factors"})
    note = Area.at(f"B{min(movies.top, predictions.top - 4)}", rows=3)  # B19:B21
    sheet[f"B{note.top}"] = "Orange: the weights, random at the start."
    sheet[f"B{note.top + 1}"] = "Solver changes all of them, bit by bit,"
    sheet[f"B{note.top + 2}"] = f"to make the RMSE in {rmse.replace('$', '')} as small as it can."
    sheet.prose.append(note.rect)

    sheet.style(f"{note}", "note")
    sheet.style(f"{movies},{users}", "parameter")
    sheet.number_format(f"{movies},{users}", "0.00")
    sheet.width(f"{users.left}:{users.right}", max(7.5, NOTE / factors))
    show(sheet, [against(chart_anchor(sheet), predictions, ratings)])
    return users


def bias(book: Workbook, table: Ratings, weights: Weights, highest: float | None = None) -> None:
    """dotprod with a number of its own for each user and each movie, added to the product.

    With ``highest`` a sigmoid of the sum keeps the prediction between 0 and that number.
    """
    sheet = book.add_sheet("bias" if highest is None else "bias_sigmoid")
    sheet.about = f"The same, with a number of its own added for each user and each movie{_kept(highest)}."
    factors = weights.width - 1
    ratings = rating_matrix(sheet, table, room=1 + factors)  # H2:V16
    movies = ratings.below(gap=2, rows=1 + factors)  # H19:V24, their bias in the first row
    movie_factors = ratings.below(gap=3, rows=factors)  # H20:V24
    predictions = movies.below(gap=1, rows=len(table.users))  # H26:V40
    users = Area.at(f"A{predictions.top}", rows=len(table.users), columns=1 + factors)  # A26:F40, their bias in A
    user_factors = Area.at(f"B{predictions.top}", rows=len(table.users), columns=factors)  # B26:F40

    sheet.values(movies.first, turned(weights.movies))
    sheet.values(users.first, weights.users)
    product, biases = f"MMULT({user_factors.row},{movie_factors.column})", f"{movies.across}+{users.down}"
    if highest is None:
        # =IF(H2="",0,MMULT($B26:$F26,H$20:H$24))+H$19+$A26
        sheet.fill(f"{predictions}", f'=IF({ratings.first}="",0,{product})+{biases}')
    else:
        squeezed = sigmoid(sheet, highest, f"({product}+{biases})")
        sheet.fill(f"{predictions}", f'=IF({ratings.first}="",0,{squeezed})')
    rmse = prediction_matrix(sheet, predictions, table, ratings)  # V42
    left, above = movies.before().first, users.above().first
    labels(
        sheet,
        {left: "bias", movie_factors.before().first: "factors", above: "bias", user_factors.above().first: "factors"},
    )
    solver(sheet, change=(movies, users), objective=rmse, central=True)

    sheet.style(f"{movies},{users}", "parameter")
    sheet.number_format(f"{movies},{users}", "0.00")
    movie_biases = Area(movies.rect._replace(bottom=movies.rect.top))  # H19:V19
    user_biases = Area(users.rect._replace(right=users.rect.left))  # A26:A40
    dots = against(chart_anchor(sheet), predictions, ratings)
    liked = of_each(dots.at, "Bias of each movie", movie_biases, predictions.above(), "movieId", "orange")
    lenient = of_each(dots.at, "Bias of each user", user_biases, predictions.before(), "userId", "orange")
    show(sheet, [dots, liked, lenient])


def sigmoid(sheet: Sheet, highest: float, x: str) -> str:
    """``$A$2/(1+EXP(-x))``: between 0 and the number in A2."""
    sheet.values("A1", [["highest"], [highest]])
    sheet.name("highest", "$A$2")
    sheet.style("A1", "label")
    sheet.style("A2", "parameter")
    sheet.width("A", 7.5)
    return f"$A$2/(1+EXP(-{x}))"


def _kept(highest: float | None) -> str:
    return "" if highest is None else f"; a sigmoid keeps it between 0 and {highest:g}"
