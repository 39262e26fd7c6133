"""collab_filter's sheets that list the ratings, a row for each: ``movielens_1hot`` and ``movielens_emb``.

On the left the weights of dotprod as two embeddings, the users' and the movies'; beside them each rating, the factors
of its user and of its movie, their product, and the error.
"""

from __future__ import annotations

from sheetsim.model.sheet import Sheet
from sheetsim.workbook import Workbook
from workbooks.collab_filter.charts import against
from workbooks.collab_filter.embedding import Embedding, embedding, look_up
from workbooks.collab_filter.ratings import Ratings, Weights
from workbooks.shared.charts import chart_anchor, show
from workbooks.shared.labels import headings, numbered
from workbooks.shared.layout import Area, count
from workbooks.shared.solver_models import DELETED, solver

TITLE = 24  # characters: "Movie activations" above the factors, in larger letters
ONE_HOT = '0;-0;"·"'  # a dot for a 0, so that the ones stand out


def users_and_movies(sheet: Sheet, table: Ratings, weights: Weights, on_dotprod: Area) -> tuple[Embedding, Embedding]:
    """The weights of dotprod as two lists: the users' are looked up there, the movies' were pasted, turned."""
    users = embedding(sheet, "B4", table.users, weights.width)  # B4:B18 and C4:G18
    movies = embedding(sheet, users.ids.below(gap=3).first, table.movies, weights.width)  # B22:B36 and C22:G36
    sheet.fill(f"{users.factors}", f"=dotprod!{on_dotprod.first}")
    sheet.values(movies.factors.first, weights.movies)
    solver(sheet, change=(users.factors, movies.factors), objective=DELETED, central=False)

    for found in users, movies:
        headings(sheet, found.factors, numbered("f", found.factors))
    for title, listed in ("Users", users.ids), ("Movies", movies.ids):
        sheet[f"A{listed.top - 1}"] = "idx"
        sheet[f"B{listed.top - 2}"] = title
        sheet.style(f"B{listed.top - 2}", "title")
    sheet.width("A", 5)
    return users, movies


def movielens_1hot(book: Workbook, table: Ratings, weights: Weights, on_dotprod: Area) -> None:
    """A row for each rating; a one-hot row times the matrix of weights picks out the factors."""
    sheet = book.add_sheet("movielens_1hot")
    sheet.about = "A row for each rating: a row of one 1 and zeros, times the weights, picks out the factors."
    users, movies = users_and_movies(sheet, table, weights, on_dotprod)
    user_id = Area.at(f"{users.factors.right_of(gap=1).left}3", rows=len(table.listed))  # I3:I208
    movie_id = user_id.right_of()  # J
    user_idx, movie_idx = movie_id.right_of(), movie_id.right_of(gap=1)  # K, L
    rating = movie_idx.right_of()  # M
    one_user = rating.right_of(gap=1, columns=len(table.users))  # O3:AC208
    user_factors = one_user.right_of(gap=1, columns=weights.width)  # AE3:AI208
    one_movie = user_factors.right_of(gap=1, columns=len(table.movies))  # AK3:AY208
    movie_factors = one_movie.right_of(gap=1, columns=weights.width)  # BA3:BE208
    prediction = movie_factors.right_of(gap=1)  # BG
    loss = prediction.right_of()  # BH

    sheet.values(user_id.first, [[user, movie] for user, movie, _ in table.listed])
    sheet.values(rating.first, [[value] for _, _, value in table.listed])
    sheet.fill(f"{user_idx}", f"=MATCH({user_id.first},{users.ids.fixed})")
    sheet.fill(f"{movie_idx}", f"=MATCH({movie_id.first},{movies.ids.fixed})")
    for one, idx in (one_user, user_idx), (one_movie, movie_idx):
        count(sheet, one.above())
        sheet.fill(f"{one}", f"=IF({idx.down}={one.above().across},1,0)")  # =IF($K3=O$2,1,0)
    sheet.array(f"{user_factors}", f"=MMULT({one_user},{users.factors})")
    sheet.array(f"{movie_factors}", f"=MMULT({one_movie},{movies.factors})")
    sheet.fill(f"{prediction}", f"=SUMPRODUCT({user_factors.first_row},{movie_factors.first_row})")
    sheet.fill(f"{loss}", f"=({prediction.first}-{rating.first})^2")
    mean_error(sheet, loss)

    titles = {user_id: "original data", one_user: "User", user_factors: "User activations", one_movie: "Movie"}
    titles |= {movie_factors: "Movie activations", prediction: "Preds", loss: "Loss"}
    for area, title in titles.items():
        sheet[f"{area.left}1"] = title
    sheet.values(f"{user_id.left}2", [["userId", "movieId", "user idx", "movie idx", "rating"]])
    headings(sheet, user_factors, numbered("u", user_factors))
    headings(sheet, movie_factors, numbered("m", movie_factors))
    headings(sheet, prediction, ["predict"])
    headings(sheet, loss, ["error^2"])

    sheet.style(f"A1:{loss.right}1", "title")
    sheet.style(f"{user_id.left}2:{rating.left}2,{one_user.above()},{one_movie.above()}", "heading")
    sheet.style(f"{user_id},{movie_id},{rating}", "input")
    sheet.style(f"{user_idx},{movie_idx},{one_user},{one_movie},{user_factors},{movie_factors}", "activation")
    errors_look(sheet, prediction, loss)
    sheet.number_format(f"{user_factors},{movie_factors}", "0.00")
    sheet.number_format(f"{one_user},{one_movie}", ONE_HOT)
    sheet.width(f"{user_id.left}:{rating.left}", 10)
    for area in one_user, one_movie:
        sheet.width(f"{area.left}:{area.right}", 3.5)
    for area in user_factors, movie_factors:
        sheet.width(f"{area.left}:{area.right}", max(6, TITLE / weights.width))
    for area in one_user, user_factors, one_movie, movie_factors, prediction:
        sheet.width(area.before().left, 3)
    sheet.shade(f"{one_user},{one_movie}", "green", 0, 1)
    sheet.shade(f"{user_factors},{movie_factors}", "green")
    sheet.look.freeze = "A3"
    show(sheet, [against(chart_anchor(sheet), prediction, rating)])


def movielens_emb(book: Workbook, table: Ratings, weights: Weights, on_dotprod: Area) -> None:
    """The same by a lookup: what the product with a one-hot row picks out can be fetched from its place."""
    sheet = book.add_sheet("movielens_emb")
    sheet.about = "The same ratings, the factors looked up by their index: what an embedding is."
    users, movies = users_and_movies(sheet, table, weights, on_dotprod)
    user_id = Area.at(f"{users.factors.right_of(gap=1).left}3", rows=len(table.listed))  # I3:I208
    movie_id = user_id.right_of()  # J
    rating = movie_id.right_of()  # K
    user_idx = rating.right_of()  # L
    user_factors = user_idx.right_of(columns=weights.width)  # M3:Q208
    movie_idx = user_factors.right_of()  # R
    movie_factors = movie_idx.right_of(columns=weights.width)  # S3:W208
    prediction = movie_factors.right_of()  # X
    loss = prediction.right_of()  # Y

    sheet.values(user_id.first, table.listed)
    sheet.fill(f"{user_idx}", f"=MATCH({user_id.first},{users.ids.fixed})")
    sheet.fill(f"{movie_idx}", f"=MATCH({movie_id.first},{movies.ids.fixed})")
    look_up(sheet, user_factors, users, user_idx)
    look_up(sheet, movie_factors, movies, movie_idx)
    sheet.fill(f"{prediction}", f"=SUMPRODUCT({user_factors.first_row},{movie_factors.first_row})")
    sheet.fill(f"{loss}", f"=({rating.first}-{prediction.first})^2")
    mean_error(sheet, loss)

    for area, title in (user_id, "original data"), (user_factors, "user embedding"), (movie_factors, "movie embedding"):
        sheet[f"{area.left}1"] = title
    sheet[f"{users.factors.left}2"] = "Embeddings"
    sheet.values(f"{user_id.left}2", [["userId", "movieId", "rating", "user idx"]])
    sheet[f"{movie_idx.left}2"] = "movie idx"
    sheet.values(f"{prediction.left}2", [["predict", "error^2"]])

    sheet.style(f"A1:{loss.right}1,{users.factors.left}2", "title")
    sheet.style(f"{user_id.left}2:{loss.left}2", "heading")
    sheet.style(f"{user_id},{movie_id},{rating}", "input")
    errors_look(sheet, prediction, loss)
    for area in user_id, movie_id, rating, user_idx, movie_idx:
        sheet.width(area.left, 10)
    sheet.look.freeze = "A3"
    show(sheet, [against(chart_anchor(sheet), prediction, rating)])


def mean_error(sheet: Sheet, loss: Area) -> None:
    """The root of the mean of the squared errors, two rows below them; the empty row between is within its range."""
    foot = loss.bottom + 2
    sheet[f"{loss.before().left}{foot}"] = "RMSE"
    sheet[f"{loss.left}{foot}"] = f"=SQRT(AVERAGE({loss.first}:{loss.left}{foot - 1}))"

    sheet.style(f"{loss.before().left}{foot}", "label")
    sheet.style(f"{loss.left}{foot}", "result")
    sheet.number_format(f"{loss.left}{foot}", "0.0000")


def errors_look(sheet: Sheet, prediction: Area, loss: Area) -> None:
    """How the last two columns look."""
    sheet.style(f"{prediction}", "activation")
    sheet.style(f"{loss}", "loss")
    sheet.shade(f"{loss}", "red", low=0)
    sheet.number_format(f"{prediction},{loss}", "0.00")
    sheet.width(f"{prediction.left}:{loss.left}", 9)
