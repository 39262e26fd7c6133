"""How collab_sgd's sheet ``sgd`` looks: what is said on it, headings, styles, charts."""

from __future__ import annotations

from dataclasses import replace

from sheetsim.model.address import cell_name
from sheetsim.model.look import Chart, Series
from sheetsim.model.sheet import Sheet
from workbooks.collab_filter.charts import FROM_0, against
from workbooks.collab_filter.ratings import Ratings
from workbooks.collab_sgd.places import HEADINGS, ROOM, Places, both

LOOK = "Look at a row: its user's and movie's weights come from the line that changed them last; no others are changed."
TRY = "Try another learning rate, a wd of 0.1, biases 0 (Reset first): how near to the Solver's RMSE does it come?"
WIDEST, HEIGHT = 15.0, 7.9  # centimetres of a chart: it stands on the lines at the head
NARROWEST = 1.6  # of a column below it


def dress(sheet: Sheet, at: Places, table: Ratings) -> None:
    """All that is not computed."""
    words(sheet, at)
    styles(sheet, at, table)
    charts(sheet, at)


def words(sheet: Sheet, at: Places) -> None:
    """The two sentences, and what columns and parts are called."""
    sheet["G1"], sheet["G2"] = LOOK, TRY
    names = {at.line: "line", at.user.id: "user", at.movie.id: "movie", at.rating: "rating", at.predicted: "predict"}
    names |= {at.user.line: "user's line", at.movie.line: "movie's line", at.error: "error", at.at_start: "predict"}
    names |= {at.user.place: "user idx", at.movie.place: "movie idx", at.loss: "error^2"}
    for area, name in names.items():
        sheet[f"{area.left}{HEADINGS}"] = name
    for side, who in (at.user, "u"), (at.movie, "m"):
        for block, sign in (side.weights, "{}"), (side.gradient, "de/d{}"), (side.new, "new {}"):
            numbered = [f"{who}{number}" for number in range(1, block.rect.columns)]
            sheet.values(f"{block.left}{HEADINGS}", [[sign.format(name) for name in (*numbered, f"{who} bias")]])
    sheet[f"{at.user.place.left}{HEADINGS - 1}"] = "with the weights the epoch starts from"
    for part, name in (at.foot, "the epoch's end"), (at.start, "Reset starts from"):
        for side, who in (at.user, "user"), (at.movie, "movie"):
            sheet[part(side.id).above().first] = who
            ids = part(side.new).above()
            sheet.values(ids.first, sheet[f"{side.new.left}{HEADINGS}:{side.new.right}{HEADINGS}"])
        sheet[part(at.rating).above().first] = name
    sheet.values(at.errors.before().above().first, [["epoch", "RMSE"]])


def styles(sheet: Sheet, at: Places, table: Ratings) -> None:
    """Styles, number formats, shades and widths."""
    last = at.loss.right
    sheet.style("B1:E1", "label")
    sheet.style("B2:D2", "parameter")
    sheet.style("E2", "result")
    sheet.style(f"G1:G2,{at.user.place.left}{HEADINGS - 1}", "note")
    sheet.style(f"A{HEADINGS}:{last}{HEADINGS}", "heading")
    sheet.style(f"{at.all_lines(at.line)}", "label")
    ids = both(at.user.id, at.movie.id)
    for part in at.head, at.foot, at.start:
        sheet.style(f"{part(ids)}", "label")
    for part in at.foot, at.start:
        heads = [part(area).above() for area in (ids, at.rating, both(at.user.new, at.movie.new))]
        sheet.style(",".join(map(str, heads)), "heading")
    sheet.style(f"{both(at.user.id, at.rating)}", "input")
    sheet.style(f"{both(at.user.line, at.predicted)},{both(at.user.place, at.at_start)}", "activation")
    sheet.style(f"{at.error},{at.loss}", "loss")
    sheet.style(f"{both(at.user.gradient, at.movie.gradient)}", "gradient")
    new = both(at.user.new, at.movie.new)
    sheet.style(f"{at.head(new)},{new},{at.foot(new)}", "state")
    sheet.style(f"{at.foot(both(at.user.line, at.movie.line))}", "activation")
    sheet.style(f"{at.start(new)}", "parameter")
    sheet.style(f"D{HEADINGS + 1}:F{HEADINGS + 1}", "heading")
    sheet.style(f"D{HEADINGS + 2}:D{HEADINGS + 3}", "label")
    sheet.style(f"E{HEADINGS + 2}:F{HEADINGS + 3}", "result")
    sheet.style(f"{at.errors.before().above()},{at.errors.above()}", "heading")
    sheet.style(f"{at.errors.before()}", "label")
    sheet.style(f"{at.errors}", "result")
    decimals = [
        both(at.user.weights, at.error),
        new,
        at.head(new),
        at.foot(new),
        at.start(new),
        both(at.at_start, at.loss),
    ]
    sheet.number_format(",".join(map(str, decimals)), "0.00")
    sheet.number_format(f"{both(at.user.gradient, at.movie.gradient)}", "0.00")
    sheet.number_format(f"E2,E{HEADINGS + 2}:F{HEADINGS + 3},{at.errors}", "0.0000")
    for side, shade in (at.user, "green"), (at.movie, "green"):
        sheet.shade(f"{side.weights}", shade)
    sheet.shade(f"{at.loss}", "red", low=0)
    sheet.width("A", 6)
    sheet.width("B:F", 9)
    sheet.width("E:F", 15)
    sheet.width(f"{at.user.weights.left}:{at.movie.new.right}", 8)
    for block in (side_block for side in at.sides for side_block in (side.weights, side.gradient, side.new)):
        sheet.width(block.right, 11)
    sheet.width(f"{at.movie.new.right_of().left}", 3)
    sheet.width(f"{at.user.place.left}:{at.loss.right}", 9)
    sheet.look.freeze = f"E{HEADINGS + 1}"


def charts(sheet: Sheet, at: Places) -> None:
    """On the free part of the lines at the head: the error by epoch beside the Solver's, and what is predicted."""
    top, left = HEADINGS + 1, at.user.weights.rect.left
    free = at.user.new.rect.left - left  # columns
    wide = min(WIDEST, free * NARROWEST / 2)
    found = Series(f"{at.errors}", f"{at.errors.before()}", "gradient descent", "blue")
    goals = [
        Series(f"{column}{top + 1}:{column}{top + 2}", f"D{top + 1}:D{top + 2}", f"={column}{top}", colour, dashed=True)
        for column, colour in (("E", "orange"), ("F", "green"))
    ]
    title = "RMSE after each epoch, and the Solver's"
    sheet.chart(
        Chart(
            "points",
            title,
            cell_name(top - 1, left),
            [found, *goals],
            "epoch",
            "RMSE",
            (0, ROOM),
            FROM_0,
            width=wide,
            height=HEIGHT,
        )
    )
    dots = against(cell_name(top - 1, left + (free + 1) // 2), at.at_start, at.rating)
    sheet.chart(replace(dots, title="Ratings, and what the epoch's first weights predict", width=wide, height=HEIGHT))
    foot, start = at.foot(at.line), at.start(at.line)
    sheet.look.page = f"A1:{at.loss.right}{foot.bottom},A{start.top - 1}:{at.loss.right}{at.errors.bottom}"
