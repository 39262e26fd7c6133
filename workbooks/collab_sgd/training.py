"""collab_sgd's sheet ``sgd``: one epoch of stochastic gradient descent on embeddings, a rating a row.

A row looks up where its user and its movie were changed last, takes their weights from there, predicts, and changes
them: w ← w − lr · (gradient + wd · w). All other users and movies stay as they are.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sheetsim.model.address import column_name
from sheetsim.model.buttons import Append, Clear, Copy, Macro, Recalculate
from sheetsim.model.sheet import Sheet
from sheetsim.workbook import Workbook
from workbooks.collab_filter.ratings import Ratings, random_rows
from workbooks.collab_sgd.look import dress
from workbooks.collab_sgd.places import BIASES, HEADINGS, LR, RMSE, ROOM, WD, Places, bias, both, factors
from workbooks.shared.data import Numbers
from workbooks.shared.layout import Area

LEARNING_RATE = 0.02
RUN_EPOCHS = 5  # what one press of Run does


@dataclass(frozen=True)
class Start:
    """What a training starts from: the order of the ratings, and a row of factors for each user and each movie."""

    order: list[int]
    users: list[Numbers]
    movies: list[Numbers]

    @classmethod
    def random(cls, table: Ratings, width: int, random: np.random.Generator) -> Start:
        """``width`` factors, uniform in [0, 1), and the ratings shuffled."""
        users, movies = (random_rows(len(who), width, random) for who in (table.users, table.movies))
        return cls(random.permutation(len(table.listed)).tolist(), users, movies)


def training(book: Workbook, table: Ratings, start: Start, at: Places, solver: dict[str, str]) -> None:
    """The sheet ``sgd``, as Reset leaves it. ``solver`` has a formula for the error of the Solver's weights,
    without biases and with them."""
    sheet = book.add_sheet("sgd")
    sheet.about = "Gradient descent on the embeddings, a rating a row; with --epochs one epoch below the other."
    given(sheet, table, start, at)
    steps(sheet, at)
    whole(sheet, at)
    goals(sheet, solver)
    foot(sheet, at)
    buttons(sheet, at)
    dress(sheet, at, table)


def given(sheet: Sheet, table: Ratings, start: Start, at: Places) -> None:
    """The settings, the ratings in their order, and the weights to start from: at the head, and kept for Reset."""
    sheet.values("B1", [["lr", "wd", "biases", "RMSE"], [LEARNING_RATE, 0, 1]])
    sheet.values(f"A{HEADINGS + 1}", [[line] for line in range(1, at.lines + at.line.rect.rows + 1)])
    sheet.values(at.user.id.first, [table.listed[place] for place in start.order])
    listed = (table.users, start.users, at.user), (table.movies, start.movies, at.movie)
    for part in at.head, at.foot, at.start:
        for ids, rows, side in listed:
            sheet.values(part(side.id).first, [[one] for one in ids])
            if part != at.foot:
                sheet.values(part(side.new).first, [[*row, 0] for row in rows])
    sheet.values(at.errors.before().first, [[epoch] for epoch in range(1, at.errors.rect.rows + 1)])


def steps(sheet: Sheet, at: Places) -> None:
    """A row for each rating: looked up, predicted, differentiated, changed."""
    above, lines = at.line.top - 1, at.all_lines(at.line)
    for side in at.sides:
        # =SUMPRODUCT(LARGE(($B$4:$B$224=$B19)*($A$4:$A$224<$A19)*$A$4:$A$224,1)): of the user's lines above the last
        same = f"({at.all_lines(side.id).fixed}={side.id.down})"
        sheet.fill(f"{side.line}", f"=SUMPRODUCT(LARGE({same}*({lines.fixed}<{at.line.down})*{lines.fixed},1))")
        # =INDEX(AG$4:AG18,$E19): what that line left
        sheet.fill(f"{side.weights}", f"=INDEX({side.new.left}${lines.top}:{side.new.left}{above},{side.line.down})")
    user, movie = (factors(side.weights) for side in at.sides)
    dot = "+".join(f"{one}*{other}" for one, other in zip(_row(user), _row(movie), strict=True))
    of_user, of_movie = (bias(side.weights).first for side in at.sides)
    sheet.fill(f"{at.predicted}", f"={dot}+{BIASES}*({of_user}+{of_movie})")
    sheet.fill(f"{at.error}", f"={at.predicted.first}-{at.rating.first}")
    for side, other in zip(at.sides, reversed(at.sides), strict=True):
        sheet.fill(f"{factors(side.gradient)}", f"=2*{at.error.down}*{other.weights.first}")
        sheet.fill(f"{bias(side.gradient)}", f"=2*{at.error.down}*{BIASES}")
        weight = side.weights.first
        sheet.fill(f"{side.new}", f"={weight}-{LR}*({side.gradient.first}+{WD}*{weight})")


def _row(area: Area) -> list[str]:
    """The cells of the first row: G19, H19, …"""
    return [f"{column_name(column)}{area.top}" for column in range(area.rect.left, area.rect.right + 1)]


def whole(sheet: Sheet, at: Places) -> None:
    """The error of all ratings with the weights at the head, none of which moves meanwhile.

    =SUMPRODUCT(OFFSET($AG$4,$AT19-1,0,1,5),OFFSET($AM$4,$AU19-1,0,1,5))+$D$2*(…): all factors of a row at once.
    """
    rows, biases = [], []
    for side in at.sides:
        sheet.fill(f"{side.place}", f"=MATCH({side.id.first},{at.head(side.id, side.count).fixed},0)")
        weights = at.head(side.new, side.count)
        first, width = weights.fixed.partition(":")[0], factors(weights).rect.columns
        rows.append(f"OFFSET({first},{side.place.down}-1,0,1,{width})")
        biases.append(f"INDEX({bias(weights).fixed},{side.place.down})")
    sheet.fill(f"{at.at_start}", f"=SUMPRODUCT({','.join(rows)})+{BIASES}*({'+'.join(biases)})")
    sheet.fill(f"{at.loss}", f"=({at.at_start.first}-{at.rating.first})^2")
    sheet[RMSE.replace("$", "")] = f"=SQRT(AVERAGE({at.loss}))"


def goals(sheet: Sheet, solver: dict[str, str]) -> None:
    """What the Solver came to, as the two ends of a line of the chart each: D4:F6."""
    first, last = HEADINGS + 2, HEADINGS + 3
    sheet.values(f"D{HEADINGS + 1}", [["epoch", *(f"Solver, {name}" for name in solver)], [0], [ROOM]])
    for column, error in zip("EF", solver.values(), strict=True):
        sheet[f"{column}{first}"], sheet[f"{column}{last}"] = f"={error}", f"={column}{first}"
    sheet.watch = {"rmse": f"={RMSE}"}
    sheet.goals = {"rmse": f"=IF({BIASES},$F${first},$E${first})"}


def foot(sheet: Sheet, at: Places) -> None:
    """What the epoch ends with, found as every row finds its weights."""
    for side in at.sides:
        ids, new, lines = (at.all_lines(column) for column in (side.id, side.new, at.line))
        line, ended = at.foot(side.line, side.count), at.foot(side.new, side.count)
        sheet.fill(f"{line}", f"=SUMPRODUCT(LARGE(({ids.fixed}={at.foot(side.id).down})*{lines.fixed},1))")
        sheet.fill(f"{ended}", f"=INDEX({new.column},{line.down})")


def buttons(sheet: Sheet, at: Places) -> None:
    """The names of the cells that the buttons and ``--set`` need, and the buttons."""
    weights = both(at.user.new, at.movie.new)
    for name, part in {"weights": at.head, "end": at.foot, "start": at.start}.items():
        sheet.name(name, part(weights).fixed)
    for name, cells in {"lr": LR, "wd": WD, "biases": BIASES, "rmse": RMSE, "rmses": at.errors.fixed}.items():
        sheet.name(name, cells)
    reset = Copy("start", "weights"), Clear("rmses"), Recalculate()
    epoch = Copy("end", "weights"), Recalculate(), Append("rmse", "rmses")
    sheet.button("reset", Macro(reset, help="put the weights back to where they start"))
    sheet.button("run", Macro(epoch, times=RUN_EPOCHS, help=f"do {RUN_EPOCHS} epochs from where the sheet stands"))
    sheet.epoch_rows = f"A{HEADINGS}:{at.loss.right}{at.line.bottom}"
