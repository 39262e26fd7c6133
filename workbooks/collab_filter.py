"""collab_filter: movie ratings as dot products of a user's and a movie's factors, laid out in four ways; and words.

Where a block of cells ends depends on how many users, movies and factors there are, so blocks are placed beside and
below one another (``Area``). The comments give the addresses and formulas in the lecture's own size: 15 users,
15 movies, 5 factors.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sheetsim.address import Rect, column_name, parse_cell
from sheetsim.errors import InputError
from sheetsim.sheet import Sheet, Table, Workbook
from workbooks.data import Numbers, by_id, by_label, numbers, rows

FACTORS = 5  # the lecture's choice


def build(
    ratings: Sequence[Sequence[float]] | None = None,
    factors: int | None = None,
    text: Sequence[str] | None = None,
    seed: int = 0,
) -> Workbook:
    """The workbook for these ratings (user, movie, rating), so many factors and this text.

    What is not given is the lecture's. The weights are the lecture's where they fit, and else random numbers between
    0 and 1 drawn from ``seed``: press Solver to improve them.
    """
    table = Ratings.read(numbers("ratings.csv") if ratings is None else ratings)
    words = [word for (word,) in rows("text.csv")] if text is None else list(text)
    if len(vocabulary(words)) < 2:
        raise InputError("collab_filter needs a text of at least two different words")
    if factors is not None and factors < 2:
        raise InputError("collab_filter needs at least two factors")
    if ratings is None and factors is None:
        plain, biased = Weights.stored("dotprod"), Weights.stored("bias")
    else:
        random = np.random.default_rng(seed)
        plain = Weights.random(table, factors or FACTORS, random)
        biased = Weights.random(table, 1 + (factors or FACTORS), random)

    book = Workbook("collab_filter")
    users = dotprod(book, table, plain)
    movielens_1hot(book, table, plain, users)
    movielens_emb(book, table, plain, users)
    bias(book, table, biased)
    if text is None and factors is None:
        word_emb(book, words, by_label("word_embeddings.csv"))
    else:
        word_emb(book, words, random_embeddings(words, factors or FACTORS, seed))
    return book


# --- the inputs -------------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Ratings:
    """The ratings as a list in the order given, and their users and movies in ascending order, as MATCH wants them."""

    listed: list[Numbers]
    users: list[float]
    movies: list[float]

    @classmethod
    def read(cls, ratings: Sequence[Sequence[float]]) -> Ratings:
        listed: list[Numbers] = [(user, movie, rating) for user, movie, rating in ratings]
        users, movies = (sorted({row[column] for row in listed}) for column in (0, 1))
        if len(users) < 2 or len(movies) < 2:
            raise InputError("collab_filter needs ratings of at least two movies by at least two users")
        if len({row[:2] for row in listed}) < len(listed):
            raise InputError("collab_filter: a user has rated the same movie twice")
        return cls(listed, users, movies)

    def matrix(self) -> list[list[float | None]]:
        """A row for each user, a column for each movie; None where there is no rating."""
        given = {(user, movie): rating for user, movie, rating in self.listed}
        return [[given.get((user, movie)) for movie in self.movies] for user in self.users]


@dataclass(frozen=True)
class Weights:
    """A row of factors for each user and for each movie; on the sheet ``bias`` their bias comes first."""

    users: list[Numbers]
    movies: list[Numbers]

    @property
    def width(self) -> int:
        return len(self.users[0])

    @classmethod
    def stored(cls, sheet: str) -> Weights:
        """What Excel's Solver found on the lecture's sheet."""
        return cls(*(list(by_id(f"{sheet}_{who}.csv").values()) for who in ("users", "movies")))

    @classmethod
    def random(cls, table: Ratings, width: int, random: np.random.Generator) -> Weights:
        return cls(*(random_rows(len(who), width, random) for who in (table.users, table.movies)))


def random_rows(height: int, width: int, random: np.random.Generator) -> list[Numbers]:
    return [tuple(row) for row in random.random((height, width)).tolist()]


def vocabulary(text: Sequence[str]) -> list[str]:
    """The words of a text in the order that MATCH wants, each as it is first spelled; capitals do not count."""
    spelled: dict[str, str] = {}
    for word in text:
        spelled.setdefault(word.casefold(), word)
    return [spelled[word] for word in sorted(spelled)]


def random_embeddings(text: Sequence[str], factors: int, seed: int) -> dict[str, Numbers]:
    words = vocabulary(text)
    return dict(zip(words, random_rows(len(words), factors, np.random.default_rng(seed)), strict=True))


# --- laying out a sheet -----------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Area:
    """A block of cells, and the ways in which formulas refer to it.

    >>> weights = Area.at("B25", rows=15, columns=5)
    >>> str(weights), weights.first, weights.row, weights.column, weights.fixed
    ('B25:F39', 'B25', '$B25:$F25', 'B$25:B$39', '$B$25:$F$39')
    >>> str(weights.right_of(gap=1, columns=15)), str(weights.below(gap=1, rows=1))
    ('H25:V39', 'B41:F41')
    """

    rect: Rect

    @classmethod
    def at(cls, first: str, rows: int, columns: int = 1) -> Area:
        top, left = parse_cell(first)
        return cls(Rect(top, left, top + rows - 1, left + columns - 1))

    def right_of(self, gap: int = 0, columns: int = 1) -> Area:
        """The same rows, after ``gap`` empty columns."""
        left = self.rect.right + gap + 1
        return Area(Rect(self.rect.top, left, self.rect.bottom, left + columns - 1))

    def below(self, gap: int = 0, rows: int = 1) -> Area:
        """The same columns, after ``gap`` empty rows."""
        top = self.rect.bottom + gap + 1
        return Area(Rect(top, self.rect.left, top + rows - 1, self.rect.right))

    def above(self) -> Area:
        """The row of cells over the block, where its headings are."""
        return Area(Rect(self.rect.top - 1, self.rect.left, self.rect.top - 1, self.rect.right))

    def before(self) -> Area:
        """The column of cells to the left of the block."""
        return Area(Rect(self.rect.top, self.rect.left - 1, self.rect.bottom, self.rect.left - 1))

    def after_first(self) -> Area:
        """The block without its first cell, for a row or a column."""
        down = self.rect.columns == 1
        return Area(self.rect._replace(top=self.rect.top + down, left=self.rect.left + (not down)))

    def __str__(self) -> str:
        return str(self.rect)

    @property
    def left(self) -> str:
        return column_name(self.rect.left)

    @property
    def right(self) -> str:
        return column_name(self.rect.right)

    @property
    def top(self) -> int:
        return self.rect.top + 1

    @property
    def bottom(self) -> int:
        return self.rect.bottom + 1

    @property
    def first(self) -> str:
        return f"{self.left}{self.top}"

    @property
    def first_row(self) -> str:
        return f"{self.left}{self.top}:{self.right}{self.top}"

    @property
    def down(self) -> str:
        """The first cell, its column held fast."""
        return f"${self.first}"

    @property
    def across(self) -> str:
        """The first cell, its row held fast."""
        return f"{self.left}${self.top}"

    @property
    def row(self) -> str:
        """The first row, its columns held fast: to be filled down and across."""
        return f"${self.left}{self.top}:${self.right}{self.top}"

    @property
    def column(self) -> str:
        """The first column, its rows held fast: to be filled down and across."""
        return f"{self.left}${self.top}:{self.left}${self.bottom}"

    @property
    def fixed(self) -> str:
        return f"${self.left}${self.top}:${self.right}${self.bottom}"


def count(sheet: Sheet, area: Area) -> None:
    """1, 2, 3, … down a column or along a row, each but the first computed from the one before."""
    sheet[area.first] = 1
    sheet.fill(f"{area.after_first()}", f"={area.first}+1")
    sheet.style(f"{area}", "label")


def turned(table: Sequence[Sequence[float]]) -> list[list[float]]:
    """Rows as columns."""
    return [list(column) for column in zip(*table, strict=True)]


# --- the Solver -------------------------------------------------------------------------------------------------------
#: What the Solver's dialogue stores on every sheet: its limits and tolerances as they come, and no constraints.
SOLVER_DEFAULTS = """
    eng=1 est=1 msl=2 neg=2 nwt=1 rlx=2 sho=2 ver=3 num=0 rsd=0 val=0
    itr=2147483647 mip=2147483647 nod=2147483647 tim=2147483647 mni=30 ssz=100
    cvg=0.0001 mrt=0.075 pre=0.000001 tol=0.01
"""
MINIMISE = "2"
DELETED = "#REF!"  # the objective of two sheets: the cell that it once was is gone


def solver(sheet: Sheet, change: Sequence[Area], objective: str, central: bool) -> None:
    """The sheet's Solver model, as hidden names: minimise ``objective`` by changing the cells ``change``.

    With ``central``, derivatives by central differences, unscaled and with no bounds asked for; else the other way.
    """
    defaults = dict(entry.split("=") for entry in SOLVER_DEFAULTS.split())
    options = dict.fromkeys(("drv", "rbv", "scl"), "2" if central else "1")
    model = {
        "adj": ",".join(f"{sheet.title}!{area.fixed}" for area in change),
        "opt": f"{sheet.title}!{objective}",
        "typ": MINIMISE,
    }
    for key, text in {**defaults, **options, **model}.items():
        sheet.name(f"solver_{key}", text, hidden=True)


# --- ratings as a matrix ----------------------------------------------------------------------------------------------
def rating_matrix(sheet: Sheet, table: Ratings, room: int) -> Area:
    """H2:V16: a row for each user, a column for each movie. ``room``: columns on the left for the users' weights."""
    users = Area.at(f"{column_name(room)}2", rows=len(table.users))
    ratings = users.right_of(columns=len(table.movies))
    sheet.values(ratings.first, table.matrix())
    matrix_headings(sheet, ratings, table)
    sheet[users.above().first] = "movieId"
    sheet[users.before().first] = "userId"

    sheet.style(f"{users.above()},{users.before().first}", "heading")
    sheet.style(f"{ratings}", "input")
    sheet.width(f"A:{users.before().left}", 6)
    sheet.width(users.before().left, 9.2)  # userId stands here
    sheet.width(users.left, 10.6)
    sheet.width(f"{ratings.left}:{ratings.right}", 6)
    return ratings


def prediction_matrix(sheet: Sheet, predictions: Area, table: Ratings, ratings: Area) -> str:
    """What stands around the predictions: headings, and the error below. Returns the address of the error."""
    rmse = f"${predictions.right}${predictions.bottom + 2}"
    corner = predictions.before().above()
    matrix_headings(sheet, predictions, table)
    sheet[corner.above().first] = "movieId"
    sheet[corner.before().first] = "userId"
    sheet[rmse] = f"=SQRT(SUMXMY2({ratings},{predictions})/COUNT({ratings}))"

    sheet.style(f"{corner.above()},{corner.before()}", "heading")
    sheet.style(f"{predictions}", "activation")
    sheet.style(rmse, "result")
    sheet.number_format(f"{predictions},{rmse}", "#,##0.00")
    return rmse


def matrix_headings(sheet: Sheet, matrix: Area, table: Ratings) -> None:
    """The movies above a matrix, the users to its left."""
    users, movies = matrix.before(), matrix.above()
    sheet.values(movies.first, [table.movies])
    sheet.values(users.first, [[user] for user in table.users])
    sheet.style(f"{users},{movies}", "heading")


def dotprod(book: Workbook, table: Ratings, weights: Weights) -> Area:
    """The prediction is the dot product of the user's factors and the movie's. Returns where the users' are."""
    sheet = book.add_sheet("dotprod")
    factors = weights.width
    ratings = rating_matrix(sheet, table, room=1 + factors)  # H2:V16
    movies = ratings.below(gap=2, rows=factors)  # H19:V23
    predictions = movies.below(gap=1, rows=len(table.users))  # H25:V39
    users = Area.at(f"B{predictions.top}", rows=len(table.users), columns=factors)  # B25:F39

    sheet.values(movies.first, turned(weights.movies))
    sheet.values(users.first, weights.users)
    # =IF(H2="",0,MMULT($B25:$F25,H$19:H$23))
    sheet.fill(f"{predictions}", f'=IF({ratings.first}="",0,MMULT({users.row},{movies.column}))')
    rmse = prediction_matrix(sheet, predictions, table, ratings)  # V41
    solver(sheet, change=(movies, users), objective=rmse, central=True)

    note = Area.at(f"B{movies.top}", rows=3)  # B19:B21
    sheet[f"B{note.top}"] = "Orange: the weights, random at the start."
    sheet[f"B{note.top + 1}"] = "Solver changes all of them, bit by bit,"
    sheet[f"B{note.top + 2}"] = f"to make the RMSE in {rmse.replace('$', '')} as small as it can."
    sheet.prose.append(note.rect)

    sheet.style(f"{note}", "note")
    sheet.style(f"{movies},{users}", "parameter")
    sheet.number_format(f"{movies},{users}", "#,##0.00")
    return users


def bias(book: Workbook, table: Ratings, weights: Weights) -> None:
    """dotprod with a number of its own for each user and each movie, added to the product."""
    sheet = book.add_sheet("bias")
    factors = weights.width - 1
    ratings = rating_matrix(sheet, table, room=1 + factors)  # H2:V16
    movies = ratings.below(gap=2, rows=1 + factors)  # H19:V24, their bias in the first row
    movie_factors = ratings.below(gap=3, rows=factors)  # H20:V24
    predictions = movies.below(gap=1, rows=len(table.users))  # H26:V40
    users = Area.at(f"A{predictions.top}", rows=len(table.users), columns=1 + factors)  # A26:F40, their bias in A
    user_factors = Area.at(f"B{predictions.top}", rows=len(table.users), columns=factors)  # B26:F40

    sheet.values(movies.first, turned(weights.movies))
    sheet.values(users.first, weights.users)
    # =IF(H2="",0,MMULT($B26:$F26,H$20:H$24))+H$19+$A26
    product = f'IF({ratings.first}="",0,MMULT({user_factors.row},{movie_factors.column}))'
    sheet.fill(f"{predictions}", f"={product}+{movies.across}+{users.down}")
    rmse = prediction_matrix(sheet, predictions, table, ratings)  # V42
    solver(sheet, change=(movies, users), objective=rmse, central=True)

    sheet.style(f"{movies},{users}", "parameter")
    sheet.number_format(f"{movies},{users}", "#,##0.00")


# --- ratings as a list ------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Embedding:
    """A list of users, movies or words, and beside each its row of factors."""

    ids: Area
    factors: Area

    @property
    def corner(self) -> str:
        """The cell above the ids: OFFSET counts rows and columns from here."""
        return self.ids.above().fixed.partition(":")[0]


def embedding(sheet: Sheet, first: str, ids: Sequence[float | str], factors: int) -> Embedding:
    """The list that begins at ``first``, numbered on its left; its factors are still to be filled in."""
    listed = Area.at(first, rows=len(ids))
    found = Embedding(listed, listed.right_of(columns=factors))
    sheet.values(listed.first, [[one] for one in ids])
    sheet[listed.above().first] = "Row Labels"
    count(sheet, listed.before())

    sheet.style(f"{listed}", "label")
    sheet.style(f"{listed.before().above()},{listed.above()}", "heading")
    sheet.style(f"{found.factors}", "parameter")
    sheet.number_format(f"{found.factors}", "#,##0.00")
    return found


def users_and_movies(sheet: Sheet, table: Ratings, weights: Weights, on_dotprod: Area) -> tuple[Embedding, Embedding]:
    """The weights of dotprod as two lists: the users' are looked up there, the movies' were pasted, turned."""
    users = embedding(sheet, "B4", table.users, weights.width)  # B4:B18 and C4:G18
    movies = embedding(sheet, users.ids.below(gap=3).first, table.movies, weights.width)  # B22:B36 and C22:G36
    sheet.fill(f"{users.factors}", f"=dotprod!{on_dotprod.first}")
    sheet.values(movies.factors.first, weights.movies)
    solver(sheet, change=(users.factors, movies.factors), objective=DELETED, central=False)

    for title, listed in ("Users", users.ids), ("Movies", movies.ids):
        sheet[f"A{listed.top - 1}"] = "idx"
        sheet[f"B{listed.top - 2}"] = title
        sheet.style(f"B{listed.top - 2}", "title")
    sheet.width("A", 3.1)
    sheet.width(f"{users.factors.left}:{users.factors.right}", 4.7)
    return users, movies


def movielens_1hot(book: Workbook, table: Ratings, weights: Weights, on_dotprod: Area) -> None:
    """A row for each rating; a one-hot row times the matrix of weights picks out the factors."""
    sheet = book.add_sheet("movielens_1hot")
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

    sheet.style(f"A1:{loss.right}1", "title")
    sheet.style(f"{user_id.left}2:{rating.left}2", "heading")
    sheet.style(f"{user_id},{movie_id},{rating}", "input")
    sheet.style(f"{one_user},{one_movie},{user_factors},{movie_factors},{prediction}", "activation")
    sheet.style(f"{loss}", "loss")
    sheet.number_format(f"{user_factors},{movie_factors},{prediction},{loss}", "#,##0.00")
    sheet.width(f"{user_id.left}:{rating.left}", 7)
    for area in one_user, one_movie:
        sheet.width(f"{area.left}:{area.right}", 3)
    for area in user_factors, movie_factors:
        sheet.width(f"{area.left}:{area.right}", 4.8)
    sheet.look.freeze = "A3"


def movielens_emb(book: Workbook, table: Ratings, weights: Weights, on_dotprod: Area) -> None:
    """The same by a lookup: what the product with a one-hot row picks out can be fetched from its place."""
    sheet = book.add_sheet("movielens_emb")
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
    sheet.style(f"{user_factors},{movie_factors},{prediction}", "activation")
    sheet.style(f"{loss}", "loss")
    sheet.number_format(f"{user_factors},{movie_factors},{prediction},{loss}", "#,##0.00")
    sheet.width(f"{user_id.left}:{user_idx.left}", 7)
    for area in user_factors, movie_factors:
        sheet.width(f"{area.left}:{area.right}", 4.7)
    sheet.look.freeze = "A2"


def look_up(sheet: Sheet, factors: Area, source: Embedding, idx: Area) -> None:
    """Fetches a row of factors by its place in the list: =OFFSET($B$3,$L3,M$2), with 1, 2, 3, … above the columns."""
    numbered = factors.above()
    sheet.values(numbered.first, [list(range(1, factors.rect.columns + 1))])
    sheet.fill(f"{factors}", f"=OFFSET({source.corner},{idx.down},{numbered.across})")


def mean_error(sheet: Sheet, loss: Area) -> None:
    """The root of the mean of the squared errors, two rows below them; the empty row between is within its range."""
    foot = loss.bottom + 2
    sheet[f"{loss.before().left}{foot}"] = "RMSE"
    sheet[f"{loss.left}{foot}"] = f"=SQRT(AVERAGE({loss.first}:{loss.left}{foot - 1}))"
    sheet.style(f"{loss.before().left}{foot}", "label")
    sheet.style(f"{loss.left}{foot}", "result")
    sheet.number_format(f"{loss.left}{foot}", "#,##0.00")


# --- words ------------------------------------------------------------------------------------------------------------
def word_emb(book: Workbook, text: Sequence[str], embeddings: dict[str, Numbers]) -> None:
    """A text, each word looked up in the list of words and replaced by its factors."""
    sheet = book.add_sheet("word_emb")
    width = len(next(iter(embeddings.values())))
    words = embedding(sheet, "B4", list(embeddings), width)  # B4:B17 and C4:G17
    sheet.values(words.factors.first, list(embeddings.values()))

    text_left = words.factors.right_of(gap=1).left
    word = Area.at(f"{text_left}3", rows=len(text))  # I3:I50
    idx = word.right_of()  # J
    factors = idx.right_of(columns=width)  # K3:O50
    sheet.values(word.first, [[one] for one in text])
    sheet.fill(f"{idx}", f"=MATCH({word.first},{words.ids.fixed})")
    look_up(sheet, factors, words, idx)

    sheet[f"{factors.left}1"] = "Embedding matrix"
    sheet.values("B2", [["Vocab", "Embeddings"]])
    sheet.values(f"{word.left}2", [["Orig text", "Word Id"]])
    sheet["A3"] = "Word id"
    copy_as_table(book, sheet, words, embeddings)

    sheet.style(f"B2:C2,{factors.left}1", "title")
    sheet.style(f"{word.left}2:{factors.right}2", "heading")
    sheet.style(f"{word}", "input")
    sheet.style(f"{factors}", "activation")
    sheet.width("A:B", 8)
    sheet.width("C", 10.7)
    sheet.width(f"D:{words.factors.right}", 4.7)
    sheet.width(f"{factors.left}:{factors.right}", 4.8)


def copy_as_table(book: Workbook, sheet: Sheet, words: Embedding, embeddings: dict[str, Numbers]) -> None:
    """The list of words once more, as plain values in a table: A25:G39 with its title in A24."""
    title = words.ids.before().below(gap=6)
    width = words.factors.rect.columns
    head = Area.at(f"A{title.top + 1}", rows=1, columns=2 + width)
    body = head.below(rows=len(embeddings))
    headings = ["Word id", "Vocab", "Embeddings", *(str(number) for number in range(1, width))]
    sheet[title.first] = "Green eggs and Ham - Coefficients"
    sheet.values(head.first, [headings])
    sheet.values(body.first, [[number, word, *row] for number, (word, row) in enumerate(embeddings.items(), start=1)])
    rect = head.rect._replace(bottom=body.rect.bottom)
    book.tables["table1"] = Table("Table1", sheet.title, rect, tuple(headings))

    factors = f"C{body.top}:{body.right}{body.bottom}"
    sheet.style(title.first, "title")
    sheet.style(f"{head}", "heading")
    sheet.style(factors, "parameter")
    sheet.number_format(factors, "#,##0.00")
