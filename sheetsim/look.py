"""How a sheet is to look, as plain data: styles, number formats, links, charts. What a style's name means, and how a
chart is drawn, only the exporters know."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from sheetsim.address import Rect, parse_cell
from sheetsim.errors import InputError

KINDS = ("line", "points", "bars")
Limits = tuple[float | None, float | None]  # the least and the greatest number of an axis; None: as the program likes


@dataclass(frozen=True)
class Series:
    """One line, cloud of points or row of bars of a chart.

    ``y`` and ``x`` are the cells that hold its numbers (for bars, ``x`` those that hold their names), on another sheet
    with that sheet's title: ``adam!Q4:Q23``. ``name`` is what the legend says, or after ``=`` the cell that says it.
    ``colour`` is one of the exporters' (blue, orange, green, red, purple, grey); ``dashed`` is for what is
    to be reached.
    """

    y: str
    x: str
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
        parse_cell(self.at)


@dataclass
class Look:
    """How a sheet is to look. ``styles`` and ``formats`` are (rectangle, name) and (rectangle, number format) in the
    order given, later ones over earlier ones. ``colours`` are (rectangle, condition, name): a formula without ``=``,
    typed for the first cell and filled over the rest, that says which cells are coloured. ``links`` leads from a cell
    to the cells that a click on it shows. ``freeze`` is the first cell that scrolls; what is above and to its left
    stays, and is printed on every page. ``page`` is what is printed; None: all."""

    styles: list[tuple[Rect, str]] = field(default_factory=list)
    formats: list[tuple[Rect, str]] = field(default_factory=list)
    widths: dict[int, float] = field(default_factory=dict)
    freeze: str | None = None
    colours: list[tuple[Rect, str, str]] = field(default_factory=list)
    links: dict[str, str] = field(default_factory=dict)
    charts: list[Chart] = field(default_factory=list)
    page: str | None = None
    gridlines: bool = True
