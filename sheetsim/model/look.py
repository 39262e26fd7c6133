"""How a sheet is to look, as plain data: styles, number formats, links, charts. What a style's name means, and how a
chart is drawn, only the exporters know."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from math import ceil, inf

from sheetsim.errors import InputError
from sheetsim.model.address import Rect, around, cell_name, parse_cell, parse_rect

KINDS = ("line", "points", "bars")
Limits = tuple[float | None, float | None]  # the least and the greatest number of an axis; None: as the program likes
ROW = 15 / 72 * 2.54  # centimetres: the height of a row is 15 points
USUAL_WIDTH = 8.43  # the width of a column that is given none, in digits


@dataclass(frozen=True)
class Series:
    """One line, cloud of points or row of bars of a chart.

    ``y`` and ``x`` are the cells that hold its numbers (for bars, ``x`` those that hold their names), on another sheet
    with that sheet's title: ``adam!Q4:Q23``. Without ``x`` they are counted: 1, 2, 3. ``name`` is what the legend says,
    or after ``=`` the cell that says it; without a name there is no entry. ``colour`` is one of the exporters' (blue,
    orange, green, purple, red, grey). ``dashed`` is for what is to be reached: a line, among points too.
    """

    y: str
    x: str | None
    name: str
    colour: str | None = None
    dashed: bool = False


@dataclass(frozen=True)
class Chart:
    """A chart that the spreadsheet program draws from cells, and draws anew when they change.

    ``kind``: line, points or bars. ``at`` is the cell under its upper left corner; ``width`` and ``height`` are in
    centimetres. ``logarithmic`` is the y axis. Raises InputError for a kind there is not, for no series, for a cell
    that is none.
    """

    kind: str
    title: str
    at: str
    series: Sequence[Series]
    x_title: str = ""
    y_title: str = ""
    x_limits: Limits = (None, None)
    y_limits: Limits = (None, None)
    logarithmic: bool = False
    width: float = 16.0
    height: float = 9.0

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise InputError(f"there is no chart {self.kind!r}; there are {', '.join(KINDS)}")
        if not self.series:
            raise InputError(f"the chart {self.title!r} has nothing to draw")
        if not (0 < self.width < inf and 0 < self.height < inf):
            raise InputError(f"the chart {self.title!r} cannot be {self.width:g} by {self.height:g} centimetres")
        parse_cell(self.at)


def stacked(charts: Sequence[Chart]) -> list[Chart]:
    """The charts one under the other: the first where it stands, each other a row below the one before.

    >>> error, weight = (Chart("line", title, "P4", [Series("B4:B9", "A4:A9", title)]) for title in ("error", "b"))
    >>> [chart.at for chart in stacked([error, weight])]
    ['P4', 'P23']
    """
    placed: list[Chart] = []
    row, column = parse_cell(charts[0].at) if charts else (0, 0)
    for chart in charts:
        placed.append(replace(chart, at=cell_name(row, column)))
        row += ceil(chart.height / ROW) + 1
    return placed


@dataclass
class Look:
    """How a sheet is to look. ``styles`` and ``formats`` are (rectangle, name) and (rectangle, number format) in the
    order given, later ones over earlier ones. ``colours`` are (rectangle, condition, name): a formula without ``=``,
    typed for the first cell and filled over the rest, that says which cells are coloured. ``shades`` are (rectangle,
    limits, name): the greater the number the darker the cell, from the one limit to the other. ``links`` leads from a
    cell to the cells that a click on it shows, ``comments`` to the text that shows beside it. ``freeze`` is the first
    cell that scrolls; what is above and to its left stays, and is printed on every page. ``page`` is what is printed,
    one range or several (``A1:M33,O1:S40``), each from a new page; None: all. ``tab`` is the colour of the sheet's tab,
    one of those of charts."""

    styles: list[tuple[Rect, str]] = field(default_factory=list)
    formats: list[tuple[Rect, str]] = field(default_factory=list)
    widths: dict[int, float] = field(default_factory=dict)
    freeze: str | None = None
    colours: list[tuple[Rect, str, str]] = field(default_factory=list)
    shades: list[tuple[Rect, Limits, str]] = field(default_factory=list)
    links: dict[str, str] = field(default_factory=dict)
    comments: dict[str, str] = field(default_factory=dict)
    charts: list[Chart] = field(default_factory=list)
    page: str | None = None
    gridlines: bool = True
    tab: str | None = None

    def under(self, chart: Chart) -> Rect:
        """The cells that a chart covers.

        >>> chart = Chart("line", "wide", "B2", [Series("A1:A9", None, "y")], width=6, height=3)
        >>> str(Look(widths={1: 20.0}).under(chart))
        'B2:D7'
        """
        top, left = parse_cell(chart.at)
        right, width = left, self._centimetres(left)
        while width < chart.width:
            right += 1
            width += self._centimetres(right)
        return Rect(top, left, top + ceil(chart.height / ROW) - 1, right)

    def centimetres(self, cells: Rect) -> float:
        """How wide cells are."""
        return sum(self._centimetres(column) for column in range(cells.left, cells.right + 1))

    def _centimetres(self, column: int) -> float:
        """A digit is 7 pixels wide, and 5 are left empty; an inch has 96."""
        return (self.widths.get(column, USUAL_WIDTH) * 7 + 5) / 96 * 2.54

    def around(self, charts: Sequence[Chart], *cells: Rect) -> Rect:
        """The least rectangle that holds the charts and the cells."""
        return around([*cells, *(self.under(chart) for chart in charts)])


class Styled:
    """A sheet as what gives it its looks: each word here adds a line to ``look``."""

    look: Look

    def style(self, where: str, style: str) -> None:
        """Gives cells a named style: heading, parameter, activation, loss, note, …"""
        for part in where.split(","):
            self.look.styles.append((parse_rect(part), style))

    def number_format(self, where: str, code: str) -> None:
        """Gives cells, ``A1:A9,C3``, a number format in Excel's code: ``0.00%``."""
        for part in where.split(","):
            self.look.formats.append((parse_rect(part), code))

    def colour(self, where: str, condition: str, name: str) -> None:
        """Colours the cells for which a condition holds: good, bad, apart or quiet. ``colour("A2:A9", "$B2>0",
        "bad")``. With power they get no colour, but are shown as powers of ten; with ``good power`` both; with dot
        or circle as such a mark."""
        self.look.colours.append((parse_rect(where), condition, name))

    def shade(self, where: str, name: str, low: float | None = None, high: float | None = None) -> None:
        """Shades cells by their numbers, from pale at ``low`` to dark at ``high``, of all the cells if not given."""
        for part in where.split(","):
            self.look.shades.append((parse_rect(part), (low, high), name))

    def link(self, cell: str, target: str) -> None:
        """A click on ``cell`` shows ``target``, such as ``adam!C4:D4``."""
        parse_rect(cell)
        self.look.links[cell] = target

    def comment(self, cell: str, text: str) -> None:
        """A remark that the spreadsheet program shows where the pointer rests on ``cell``."""
        parse_rect(cell)
        self.look.comments[cell] = text

    def chart(self, chart: Chart) -> None:
        """A chart that the spreadsheet program draws on this sheet, live."""
        self.look.charts.append(chart)

    def width(self, columns: str, width: float) -> None:
        """``width("A:C", 6)``: columns so many characters wide."""
        rect = parse_rect(":".join(f"{letters}1" for letters in columns.split(":")))
        for column in range(rect.left, rect.right + 1):
            self.look.widths[column] = width
