"""collab_sgd's sheet ``one_rating``: for one row of ``sgd``, the gradients of all factors, had in two ways.

An embedding is a lookup, and the same as a product with a one-hot row. So is its gradient: through the product it is
the one-hot column times the gradient of the factors picked out, through the lookup these are put into the row they came
from. All other rows are 0, which is why a step changes no others. Finite differences say the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sheetsim.model.sheet import Sheet
from sheetsim.workbook import Workbook
from workbooks.collab_filter.rating_list import ONE_HOT
from workbooks.collab_filter.ratings import Ratings
from workbooks.collab_sgd.places import BIASES, Places, Side, bias, factors
from workbooks.shared.layout import Area

LOOK = "Look at the two gradients side by side: through the one-hot product and through the lookup they are the same."
TRY = "Type another rating's number into A5: other rows of gradients are not 0. The factors are those before its step."
FIRST = 100  # the rating that is shown, counted in the order of the steps
CHANGE = 0.001  # of a weight, for finite differences
APART = "[=0]0;0E+00"
TOP = 11  # the first row of the users
FACTS = ["rating no.", "line", "user", "movie", "rating", "biases", "predict", "error"]
GRADIENT = "gradient of error^2, "


@dataclass(frozen=True)
class Block:
    """The users or the movies: a row for each, its place in the one-hot column, its factors, its gradients."""

    who: str
    ids: Area
    one_hot: Area
    line: Area
    factors: Area
    product: Area
    lookup: Area
    differences: Area
    chosen: str  # the cell with the user of the rating

    @classmethod
    def at(cls, who: str, top: int, count: int, width: int, chosen: str) -> Block:
        """The block for ``count`` users, from this row on."""
        ids = Area.at(f"A{top}", rows=count)
        found = ids.right_of(gap=2, columns=width)
        product = found.right_of(gap=1, columns=width)
        lookup = product.right_of(gap=1, columns=width)
        last = lookup.right_of(gap=1, columns=width)
        return cls(who, ids, ids.right_of(), ids.right_of(gap=1), found, product, lookup, last, chosen)

    @property
    def change(self) -> str:
        """The cell that says by how much finite differences change a weight."""
        return f"${self.differences.left}$5"

    @property
    def multiplied(self) -> Area:
        """The factors as the one-hot row times all of them."""
        return self.factors.below()

    @property
    def picked(self) -> Area:
        """The factors as they are looked up."""
        return self.factors.below(gap=1)

    @property
    def slope(self) -> Area:
        """The gradient of the squared error by the factors picked, below ``product``."""
        return self.product.below(gap=1)


def one_rating(book: Workbook, table: Ratings, at: Places) -> None:
    """The sheet ``one_rating``, which fetches from ``sgd`` what stood there before the chosen step."""
    sheet = book.add_sheet("one_rating")
    sheet.about = "The gradients of one rating: by the one-hot product, by the lookup, by finite differences."
    width = factors(at.user.new).rect.columns
    users = Block.at("user", TOP, at.user.count, width, "$C$5")
    movies = Block.at("movie", users.slope.bottom + 6, at.movie.count, width, "$D$5")
    facts(sheet, at, users, movies)
    for block, other, side, ids in (users, movies, at.user, table.users), (movies, users, at.movie, table.movies):
        fetched(sheet, block, at, side, ids)
        gradients(sheet, block, other)
        agreement(sheet, block, side)
        dress(sheet, block)


def facts(sheet: Sheet, at: Places, users: Block, movies: Block) -> None:
    """The chosen rating and its prediction, in row 5."""
    sheet["A1"], sheet["A2"] = LOOK, TRY
    sheet.values("A4", [FACTS, [min(FIRST, at.line.rect.rows)]])
    for cell, area in {"B5": at.line, "C5": at.user.id, "D5": at.movie.id, "E5": at.rating}.items():
        sheet[cell] = f"={_of_rating(area)}"
    own = "+".join(_of_rating(bias(side.weights)) for side in at.sides)
    sheet["F5"] = f"=sgd!{BIASES}*({own})"
    sheet["G5"] = f"=SUMPRODUCT({users.picked},{movies.picked})+F5"
    sheet["H5"] = "=G5-E5"
    change = users.change.replace("$", "")
    sheet.values(f"{users.differences.left}4", [["change"], [CHANGE]])
    sheet.name("rating_no", "$A$5")

    sheet.style("A1:A2", "note")
    sheet.style(f"A4:H4,{users.differences.left}4", "heading")
    sheet.style(f"A5,{change}", "parameter")
    sheet.style("B5:E5", "input")
    sheet.style("F5:G5", "activation")
    sheet.style("H5", "loss")
    sheet.number_format(f"F5:H5,{change}", "0.0000")
    sheet.width("A", 10)
    sheet.width("B:H", 9)


def _of_rating(column: Area) -> str:
    """What a column of ``sgd`` has in the row of the chosen rating."""
    return f"INDEX(sgd!{column.fixed},$A$5)"


def fetched(sheet: Sheet, block: Block, at: Places, side: Side, ids: Sequence[float]) -> None:
    """The one-hot column, all factors as the chosen step finds them, and those that it picks out, in two ways."""
    listed, lines = (f"sgd!{at.all_lines(area).fixed}" for area in (side.id, at.line))
    sheet.values(block.ids.first, [[one] for one in ids])
    sheet.fill(f"{block.one_hot}", f"=IF({block.ids.first}={block.chosen},1,0)")
    same = f"({listed}={block.ids.first})*({lines}<$B$5)"
    sheet.fill(f"{block.line}", f"=SUMPRODUCT(LARGE({same}*{lines},1))")
    new = at.all_lines(side.new).column
    sheet.fill(f"{block.factors}", f"=INDEX(sgd!{new},{block.line.down})")
    sheet.array(f"{block.multiplied}", f"=MMULT(TRANSPOSE({block.one_hot}),{block.factors})")
    place = f"MATCH({block.chosen},{block.ids.fixed},0)"
    sheet.fill(f"{block.picked}", f"=INDEX({block.factors.column},{place})")


def gradients(sheet: Sheet, block: Block, other: Block) -> None:
    """Of the squared error, by every factor."""
    sheet.fill(f"{block.slope}", f"=2*$H$5*{other.picked.first}")
    sheet.array(f"{block.product}", f"=MMULT({block.one_hot},{block.slope})")
    sheet.fill(f"{block.lookup}", f"=IF({block.ids.down}={block.chosen},{block.slope.across},0)")
    change = f"{block.one_hot.down}*{block.change}*{other.picked.across}"
    sheet.fill(f"{block.differences}", f"=(($H$5+{change})^2-($H$5-{change})^2)/(2*{block.change})")


def agreement(sheet: Sheet, block: Block, side: Side) -> None:
    """How far apart the gradients are, and those of the factors picked from what ``sgd`` has in the rating's row."""
    for area, name in (block.lookup, "apart by"), (block.differences, "apart by"):
        foot = area.below(gap=1)
        sheet[foot.first] = name
        sheet[f"{foot.right}{foot.top}"] = f"=SQRT(SUMXMY2({area},{block.product}))"
        sheet.style(foot.first, "label")
        sheet.style(f"{foot.right}{foot.top}", "result")
        sheet.number_format(f"{foot.right}{foot.top}", APART)
    row = f"OFFSET(sgd!{_corner(side.gradient)},$A$5,0,1,{block.slope.rect.columns})"
    below = block.slope.below()
    sheet[below.first] = "from sgd's row by"
    sheet[f"{below.right}{below.top}"] = f"=SQRT(SUMXMY2({block.slope},{row}))"
    sheet.style(below.first, "label")
    sheet.style(f"{below.right}{below.top}", "result")
    sheet.number_format(f"{below.right}{below.top}", APART)


def _corner(block: Area) -> str:
    """The cell above its first one: OFFSET counts from there."""
    return block.above().fixed.partition(":")[0]


def dress(sheet: Sheet, block: Block) -> None:
    """Titles, headings, styles."""
    titles = {block.ids: f"{block.who}s", block.factors: "factors", block.product: f"{GRADIENT}one-hot product"}
    titles |= {block.lookup: f"{GRADIENT}lookup", block.differences: f"{GRADIENT}finite differences"}
    for area, title in titles.items():
        sheet[f"{area.left}{area.top - 2}"] = title
        sheet.style(f"{area.left}{area.top - 2}", "title")
    sheet.values(block.ids.above().first, [[block.who, "one-hot", "its line"]])
    wide = (block.factors, block.product, block.lookup, block.differences)
    for area in wide:
        sheet.values(area.above().first, [list(range(1, area.rect.columns + 1))])
        sheet.width(f"{area.left}:{area.right}", 9)
        if area is not block.factors:
            sheet.width(area.before().left, 3)
        sheet.style(f"{area.above()}", "heading")
    sheet[block.multiplied.before().first] = "product"
    sheet[block.picked.before().first] = "lookup"

    sheet.style(f"{block.ids.above()},{block.one_hot.above()},{block.line.above()}", "heading")
    sheet.style(f"{block.ids},{block.multiplied.before()},{block.picked.before()}", "label")
    sheet.style(f"{block.one_hot},{block.line},{block.factors},{block.multiplied},{block.picked}", "activation")
    sheet.style(f"{block.product},{block.lookup},{block.differences},{block.slope}", "gradient")
    sheet.number_format(f"{block.one_hot}", ONE_HOT)
    numbers = (*wide, block.multiplied, block.picked, block.slope)
    sheet.number_format(",".join(map(str, numbers)), "0.0000")
    sheet.shade(f"{block.one_hot}", "green", 0, 1)
    for area in block.product, block.lookup, block.differences:
        sheet.colour(f"{area}", f"{area.first}=0", "quiet")
