"""Charts into ``.xlsx``, with openpyxl: the program that opens the file draws them, from its cells.

The cells' present values go with them, for viewers that draw a chart without reading its cells.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Any
from xml.sax.saxutils import unescape

import numpy as np
from openpyxl.chart import BarChart, ScatterChart
from openpyxl.chart.data_source import AxDataSource, NumData, NumDataSource, NumRef, StrData, StrRef, StrVal
from openpyxl.chart.legend import LegendEntry
from openpyxl.chart.marker import Marker
from openpyxl.chart.series import Series as BarSeries
from openpyxl.chart.series import SeriesLabel, XYSeries
from openpyxl.chart.shapes import GraphicalProperties
from openpyxl.chart.text import RichText, Text
from openpyxl.chart.title import Title
from openpyxl.drawing.line import LineProperties
from openpyxl.drawing.text import CharacterProperties, Paragraph, ParagraphProperties, RegularTextRun
from openpyxl.xml.functions import tostring

from exporters.markup import number_texts
from sheetsim.errors import InputError
from sheetsim.model.address import parse_rect
from sheetsim.model.look import Chart, Limits, Series
from sheetsim.model.nodes import quoted, unquoted
from sheetsim.model.sheet import Book, Sheet
from sheetsim.model.values import NUMBER

#: Told apart by those who see no red or green, too; a chart's series take them in this order.
COLOURS = {
    "blue": "2A6FBB",
    "orange": "E07B00",
    "green": "2E8B57",
    "purple": "7B4FA3",
    "red": "C0392B",
    "grey": "8A8A8A",
}
INK, RULE = "404040", "D9D9D9"
FEW = 12  # steps of an axis that are all named
POINT = 12700  # the file's units in a point
TITLE, TEXT = 1300, 900  # sizes, in hundredths of a point
MARKED = 100  # a line through no more points shows each of them
_CACHE = re.compile(r'<numRef><f>([^<]*)</f><numCache><formatCode>General</formatCode><ptCount val="[0-9]+" ?/>')
CROWDED = 4  # so many series are drawn thinner, with the legend below them


def file_chart(chart: Chart, sheet: Sheet) -> Any:
    """The chart as openpyxl writes it. ``sheet`` is where it stands, and where addresses without a sheet are.

    Raises InputError for an address that is none and for a colour there is not, NotFound for a sheet there is not.
    """
    drawn = BarChart() if chart.kind == "bars" else ScatterChart()
    crowded = len(chart.series) >= CROWDED
    drawn.series = [_series(each, chart.kind, sheet, at, crowded) for at, each in enumerate(chart.series)]
    if isinstance(drawn, ScatterChart):
        drawn.style, drawn.scatterStyle = None, "lineMarker"
    else:
        drawn.gapWidth, drawn.overlap = 60, None
    drawn.title, drawn.anchor = _title(chart.title, TITLE), chart.at
    drawn.width, drawn.height = chart.width, chart.height
    drawn.legend = drawn.legend if len(chart.series) > 1 else None
    if drawn.legend:
        drawn.legend.position = "b" if crowded else "r"
        nameless = [at for at, each in enumerate(chart.series) if not each.name]
        drawn.legend.legendEntry = [LegendEntry(idx=at, delete=True) for at in nameless]
    drawn.varyColors = False  # else a program may colour each point of the only series otherwise
    _axis(drawn.x_axis, chart.x_title, chart.x_limits, rules=False)
    low, high = chart.x_limits
    if low is not None and high is not None and high - low <= FEW:
        drawn.x_axis.majorUnit = 1  # no half epochs
    drawn.x_axis.axPos = "b"
    if chart.kind == "bars":
        drawn.x_axis.crosses = "autoZero"  # bars stand on the axis: those of negative numbers hang from it
    _axis(drawn.y_axis, chart.y_title, chart.y_limits, rules=True)
    if chart.logarithmic:
        drawn.y_axis.scaling.logBase = 10
    drawn.graphical_properties = GraphicalProperties(solidFill="FFFFFF", ln=LineProperties(solidFill=RULE))
    drawn.roundedCorners = False
    return drawn


def chart_xml(drawn: Any, book: Book) -> str:
    """A chart's part of the file: openpyxl's, with the numbers of its cells put in, of each of which openpyxl would
    make three objects."""
    xml: str = tostring(drawn._write()).decode()
    points = cache(lambda cells: Cells(unescape(cells), book.sheets[0]).points())  # what stands on an axis comes again
    return _CACHE.sub(lambda found: found[0] + points(found[1]), xml)


# --- what is drawn ----------------------------------------------------------------------------------------------------
def _series(series: Series, kind: str, sheet: Sheet, order: int, thin: bool) -> BarSeries | XYSeries:
    y, x = Cells(series.y, sheet), Cells(series.x, sheet) if series.x else None
    numbers = NumDataSource(numRef=y.numbers())
    colour = colour_code(series.colour or list(COLOURS)[order % len(COLOURS)])
    if kind == "bars":
        drawn = BarSeries(idx=order, order=order, val=numbers, cat=AxDataSource(strRef=x.texts()) if x else None)
        drawn.spPr = GraphicalProperties(solidFill=colour)
        drawn.invertIfNegative = False
    else:
        places = AxDataSource(numRef=x.numbers()) if x else None
        drawn = XYSeries(idx=order, order=order, yVal=numbers, xVal=places, smooth=False)
        points = kind == "points" and not series.dashed
        weight = 1 if thin or series.dashed else 2
        line = LineProperties(noFill=True) if points else _line(colour, series.dashed, weight)
        drawn.spPr = GraphicalProperties(ln=line)
        marked = points or (y.rect.size <= MARKED and not series.dashed)
        drawn.marker = _marker(colour, 5 if points else 3 if thin else 4) if marked else Marker(symbol="none")
    drawn.tx = _label(series.name, sheet) if series.name else None
    return drawn


class Cells:
    """The cells that a chart draws: ``C4:C9`` → ``adam!$C$4:$C$9``, as charts name cells, and what they hold."""

    def __init__(self, where: str, sheet: Sheet):
        title, mark, cells = where.rpartition("!")
        self.sheet = sheet.book[unquoted(title)] if mark else sheet
        rect = parse_rect(cells)
        self.name = f"{quoted(self.sheet.title)}!{rect.fixed}"
        self.rect = rect

    def numbers(self) -> NumRef:
        """The cells for openpyxl's chart, with room for the numbers they hold: viewers that do not calculate draw
        these."""
        return NumRef(self.name, NumData("General", self.rect.size))

    def points(self) -> str:
        """The numbers they hold, as they stand in that room."""
        rows, columns = np.divmod(np.arange(self.rect.size), self.rect.columns)
        rows, columns = rows + self.rect.top, columns + self.rect.left
        known = (rows < self.sheet.rows) & (columns < self.sheet.columns)
        places = np.flatnonzero(known)
        places = places[self.sheet.kind[rows[places], columns[places]] == NUMBER]
        texts = number_texts(self.sheet.num[rows[places], columns[places]])
        pairs = zip(places.tolist(), texts, strict=True)
        return "".join([f'<pt idx="{place}"><v>{text}</v></pt>' for place, text in pairs])

    def texts(self) -> StrRef:
        """The cells for openpyxl's chart as labels, with what they show stored beside; blank cells are left out."""
        values = [self.sheet.value(*cell) for cell in self.rect.cells()]
        points = [StrVal(at, _shown(value)) for at, value in enumerate(values) if value is not None]
        return StrRef(self.name, StrData(len(values), points))


def _shown(value: Any) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)


def _label(name: str, sheet: Sheet) -> SeriesLabel:
    return SeriesLabel(strRef=Cells(name[1:], sheet).texts()) if name.startswith("=") else SeriesLabel(v=name)


def colour_code(name: str) -> str:
    """Raises InputError for a colour there is not."""
    if name not in COLOURS:
        raise InputError(f"there is no colour {name!r} for a chart; there are {', '.join(COLOURS)}")
    return COLOURS[name]


def _line(colour: str, dashed: bool, weight: int) -> LineProperties:
    line = LineProperties(solidFill=colour, w=POINT * weight)
    line.prstDash = "dash" if dashed else "solid"
    return line


def _marker(colour: str, size: int) -> Marker:
    marker = Marker(symbol="circle", size=size)
    marker.spPr = GraphicalProperties(solidFill=colour, ln=LineProperties(solidFill=colour))
    return marker


# --- around it --------------------------------------------------------------------------------------------------------
def _axis(axis: Any, title: str, limits: Limits, rules: bool) -> None:
    axis.delete = False  # openpyxl's default hides axes in newer programs
    axis.title = _title(title, TEXT) if title else None
    axis.scaling.min, axis.scaling.max = limits
    axis.crosses = "min"
    axis.tickLblPos = "low"
    axis.number_format = "General"
    axis.majorTickMark = "out"
    axis.spPr = GraphicalProperties(ln=LineProperties(solidFill=RULE))
    text = ParagraphProperties(defRPr=_characters(TEXT))
    axis.txPr = RichText(p=[Paragraph(pPr=text, r=[], endParaRPr=_characters(TEXT))])
    if not rules:
        axis.majorGridlines = None
    elif axis.majorGridlines is not None:
        axis.majorGridlines.spPr = GraphicalProperties(ln=LineProperties(solidFill=RULE))


def _characters(size: int, bold: bool = False) -> CharacterProperties:
    return CharacterProperties(sz=size, b=bold, solidFill=INK)


def _title(text: str, size: int) -> Title:
    title = Title(overlay=False)
    run = RegularTextRun(rPr=_characters(size), t=text)
    paragraph = Paragraph(pPr=ParagraphProperties(defRPr=_characters(size)), r=[run])
    title.tx = Text(rich=RichText(p=[paragraph]))
    return title
