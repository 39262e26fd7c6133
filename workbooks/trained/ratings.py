"""A trained MovieLens model as a workbook: its embeddings, and the predictions of the validation ratings from them.

The predictions are live formulas as in ``movielens_emb``, where a MATCH finds a user's and a movie's place in the
lists and an OFFSET fetches the factors from there. Here it fetches all the factors at once, one reference 40 columns
wide, so that a row takes 8 formulas and not 88. Weights are exported as the doubles that they are exactly; a run in
float32 computes its own loss in float32, so its valid loss and the sheet's MSE differ by about 1 part in a million.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from sheetsim.model.look import Chart, Series
from sheetsim.model.sheet import Sheet
from sheetsim.training.results.interpretation import most_rated
from sheetsim.workbook import Workbook
from workbooks.collab_filter.embedding import NUMBERED, Embedding, embedding
from workbooks.shared.charts import chart_anchor, show
from workbooks.shared.layout import Area
from workbooks.trained import batches as trained_batches
from workbooks.trained import history as trained_history
from workbooks.trained.extremes import extremes, neighbours
from workbooks.trained.movies import first_ratings, most_rated_movies

if TYPE_CHECKING:
    from sheetsim.training.data.ratings import RatingSplit
    from sheetsim.training.history import History
    from sheetsim.training.settings import Settings

LONGEST_KEY = 255  # characters of a text that MATCH accepts
MOST_ROWS = 100_000  # validation ratings listed: a larger sheet is slow in any spreadsheet
MOST_LEVELS = 20  # different ratings that are listed one by one
TOP = 6  # the first row of ratings
HEADINGS = ["user", "movie", "rating", "user idx", "movie idx", "dot product", "user bias", "movie bias", "sum"]
HEADINGS += ["predict", "error^2"]


def build(
    history: History,
    weights: dict[str, np.ndarray],
    split: RatingSplit,
    settings: Settings,
    rows: int | None = None,
) -> Workbook:
    """The workbook of a run: ``history``, ``batches``, ``first_ratings``, ``users``, ``movies`` and ``ratings``, and
    what the model has learnt: ``components``, ``most_rated``, ``extremes`` and ``neighbours``.

    ``rows`` limits the sheet ``ratings`` to the first so many of the validation ratings; its MSE is then theirs only.
    """
    book = Workbook("trained_ratings")
    ratings = split.ratings
    facts = [("split", split.name), ("ratings", len(ratings.values)), ("for training", len(split.train))]
    trained_history.history(book, history, settings, [*facts, ("for validation", len(split.valid))])
    trained_batches.batches(book, history, settings)
    first_ratings(book, ratings)
    who, movies = ratings.user_names, keys(ratings.item_names.tolist())
    user_list = embeddings(book, "users", who.tolist(), weights["user_factors"], weights["user_bias"])
    movie_list = embeddings(book, "movies", movies, weights["item_factors"], weights["item_bias"])

    valid = split.valid[: MOST_ROWS if rows is None else rows]
    users, items, values = ratings.users[valid], ratings.items[valid], ratings.values[valid]
    named = [(int(who[u]), movies[i], float(v)) for u, i, v in zip(users, items, values, strict=True)]
    sheet = book.add_sheet("ratings")
    sheet.about = "The validation ratings: each is predicted by a formula from the weights on the other sheets."
    loss = predictions(sheet, named, user_list, movie_list, settings.low is not None)
    head(sheet, loss, settings, len(split.valid), history)
    by_rating(sheet, sorted(set(values.astype(float).tolist())), len(valid))
    most = most_rated_movies(book, ratings, weights["item_factors"], movie_list)
    extremes(book, most)
    neighbours(book, most, movie_list, movies[int(most_rated(ratings.items, 1)[0])])
    return book


def keys(names: Sequence[str | int]) -> list[str] | list[int]:
    """The names by which MATCH is to find the movies: titles, or 1, 2, 3, … if it could mistake one for another.

    MATCH makes no difference between capital and small letters, and ``*``, ``?`` and ``~`` have a meaning for it.

    >>> keys(["Diva (1981)", "M*A*S*H (1970)"]), keys(["Much Ado", "M*A*"])
    (['Diva (1981)', 'M*A*S*H (1970)'], [1, 2])
    """
    texts = [str(name) for name in names]
    folded = "\n".join(text.casefold() for text in texts)
    patterns = [_pattern(text.casefold()) for text in texts if re.search(r"[*?]", text)]
    unclear = any(len(re.findall(pattern, folded, re.MULTILINE)) != 1 for pattern in patterns)
    if unclear or "~" in folded or len(set(folded.split("\n"))) < len(texts) or max(map(len, texts)) > LONGEST_KEY:
        return list(range(1, len(texts) + 1))
    return texts


def _pattern(text: str) -> str:
    """What MATCH finds when it looks for this text, as a regular expression."""
    return "^" + re.escape(text).replace(r"\*", ".*").replace(r"\?", ".") + "$"


def embeddings(book: Workbook, title: str, names: Sequence, factors: np.ndarray, bias: np.ndarray) -> Embedding:
    """A sheet with a row for each user or movie: number, name, factors, and the bias in the last column."""
    sheet = book.add_sheet(title)
    sheet.about = f"The trained factors and biases of the {title}."
    sheet["A1"] = f"{title.capitalize()}: factors and bias"
    found = embedding(sheet, "B4", names, factors.shape[1])
    biases = found.factors.right_of()
    sheet[found.ids.above().first] = title.removesuffix("s")
    sheet.values(found.factors.above().first, [[*range(1, factors.shape[1] + 1), "bias"]])
    sheet.values(found.factors.first, np.column_stack([factors, bias]).astype(np.float64).tolist())

    sheet.style(f"A1:{biases.right}1", "title")
    sheet.style(f"{found.factors.above()},{biases.above()}", "heading")
    sheet.style(f"{biases}", "parameter")
    sheet.shade(f"{biases}", "orange")
    sheet.number_format(f"{biases}", "0.00")
    sheet.width("A", 6)
    sheet.width("B", 12 if title == "users" else 42)
    sheet.width(biases.left, 7)
    sheet.look.freeze = "C4"
    return found


def predictions(sheet: Sheet, named: Sequence[Sequence], users: Embedding, movies: Embedding, sigmoid: bool) -> Area:
    """A row for each rating, from who rated what to the squared error; returns the column of errors."""
    width = users.factors.rect.columns
    user, movie, rating, user_idx, movie_idx, dot, user_bias, movie_bias, total, predicted, loss = (
        Area.at(f"{column}{TOP}", rows=len(named)) for column in "ABCDEFGHIJK"
    )
    at_user, at_movie = f"users!{users.corner},{user_idx.down}", f"movies!{movies.corner},{movie_idx.down}"
    sheet.values(user.above().first, [HEADINGS])
    sheet.values(user.first, named)
    sheet.fill(f"{user_idx}", f"=MATCH({user.first},users!{users.ids.fixed},0)")
    sheet.fill(f"{movie_idx}", f"=MATCH({movie.first},movies!{movies.ids.fixed},0)")
    sheet.fill(f"{dot}", f"=SUMPRODUCT(OFFSET({at_user},1,1,{width}),OFFSET({at_movie},1,1,{width}))")
    sheet.fill(f"{user_bias}", f"=OFFSET({at_user},{width + 1})")
    sheet.fill(f"{movie_bias}", f"=OFFSET({at_movie},{width + 1})")
    sheet.fill(f"{total}", f"={dot.first}+{user_bias.first}+{movie_bias.first}")
    stretched = f"=$D$3+($E$3-$D$3)/(1+EXP(-{total.first}))"  # the sigmoid, over the range of ratings
    sheet.fill(f"{predicted}", stretched if sigmoid else f"={total.first}")
    sheet.fill(f"{loss}", f"=({rating.first}-{predicted.first})^2")

    sheet.style(f"{user.above().first}:{loss.above().first}", "heading")
    sheet.style(f"{user.first}:{rating.left}{rating.bottom}", "input")
    sheet.style(f"{user_idx.first}:{predicted.left}{predicted.bottom}", "activation")
    sheet.style(f"{loss}", "loss")
    sheet.shade(f"{loss}", "red", low=0)
    sheet.number_format(f"{user}", NUMBERED)
    sheet.number_format(f"{dot.first}:{loss.left}{loss.bottom}", "0.0000")
    sheet.width("A:K", 11)
    sheet.width("B", 42)
    sheet.look.freeze = f"A{TOP}"
    return loss


def head(sheet: Sheet, loss: Area, settings: Settings, whole: int, history: History) -> None:
    """Above the table: the range of the sigmoid, the mean of the errors, and what the run itself said of it."""
    rows = loss.rect.rows
    shown = f"{rows:,} validation ratings" if rows == whole else f"the first {rows:,} of {whole:,} validation ratings"
    sheet["A1"] = f"Predictions of {shown}"
    if settings.low is not None:
        sheet.values("D2", [["low", "high"], [settings.low, settings.high]])
    sheet.values("I2", [["run's loss", "RMSE", "MSE"]])
    sheet["I3"] = history.epochs[-1].valid_loss if history.epochs and rows == whole else None
    sheet["J3"] = "=SQRT(K3)"
    sheet["K3"] = f"=AVERAGE({loss})"

    sheet.style("A1:K1", "title")
    sheet.style("D2:E2,I2:K2", "heading")
    sheet.style("D3:E3", "parameter")
    sheet.style("I3", "input")
    sheet.style("J3:K3", "result")
    sheet.number_format("I3:K3", "0.000000")


def by_rating(sheet: Sheet, levels: Sequence[float], rows: int) -> None:
    """Beside the table, a row for each rating there is: what is predicted where that was given, and how far off."""
    if len(levels) > MOST_LEVELS:
        return
    last, end = TOP + rows - 1, TOP + len(levels) - 1
    sheet.values(f"M{TOP - 1}", [["rating", "count", "mean predicted", "RMSE"], *([level] for level in levels)])
    given = f"$C${TOP}:$C${last}"
    sheet.fill(f"N{TOP}:N{end}", f"=COUNTIF({given},M{TOP})")
    sheet.fill(f"O{TOP}:O{end}", f"=AVERAGEIF({given},M{TOP},$J${TOP}:$J${last})")
    sheet.fill(f"P{TOP}:P{end}", f"=SQRT(AVERAGEIF({given},M{TOP},$K${TOP}:$K${last}))")

    sheet.style(f"M{TOP - 1}:P{TOP - 1}", "heading")
    sheet.style(f"M{TOP}:M{end}", "input")
    sheet.style(f"N{TOP}:P{end}", "result")
    sheet.number_format(f"N{TOP}:N{end}", "#,##0")
    sheet.number_format(f"O{TOP}:P{end}", "0.00")
    sheet.width("L", 3)
    sheet.width("O", 15)
    rating = f"M{TOP}:M{end}"
    mean = Series(f"O{TOP}:O{end}", rating, "mean prediction", "blue")
    lines = [mean, Series(rating, rating, "predicted exactly", "orange", dashed=True)]
    at = chart_anchor(sheet)
    predicted = Chart("line", "What is predicted where a rating was given", at, lines, "rating", "prediction")
    error = Series(f"P{TOP}:P{end}", rating, "RMSE", "red")
    off = Chart("bars", "How far off the predictions are", at, [error], "rating", "RMSE")
    show(sheet, [predicted, off], rows=trained_batches.PRINTED)
