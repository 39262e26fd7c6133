"""Charts into ``.xlsx``, with openpyxl: the program that opens the file draws them, from its cells."""

from __future__ import annotations

from typing import Any

from openpyxl.chart import BarChart, ScatterChart
from openpyxl.chart.data_source import AxDataSource, NumDataSource, NumRef, StrRef
from openpyxl.chart.marker import Marker
from openpyxl.chart.series import Series as BarSeries
from openpyxl.chart.series import SeriesLabel, XYSeries
from openpyxl.chart.shapes import GraphicalProperties
from openpyxl.chart.text import RichText, Text
from openpyxl.chart.title import Title
from openpyxl.drawing.line import LineProperties
from openpyxl.drawing.text import CharacterProperties, Paragraph, ParagraphProperties, RegularTextRun

from sheetsim.address import parse_rect
from sheetsim.errors import InputError
from sheetsim.look import Chart, Limits, Series
from sheetsim.nodes import quoted

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
POINT = 12700  # the file's units in a point
TITLE, TEXT = 1300, 900  # sizes, in hundredths of a point


def file_chart(chart: Chart, sheet: str) -> Any:
    """The chart as openpyxl writes it. ``sheet`` is where addresses without a sheet are.

    Raises InputError for an address that is none and for a colour there is not.
    """
    drawn = BarChart() if chart.kind == "bars" else ScatterChart()
    drawn.series = [_series(each, chart.kind, sheet, at) for at, each in enumerate(chart.series)]
    if isinstance(drawn, ScatterChart):
        drawn.style, drawn.scatterStyle = None, "lineMarker"
    else:
        drawn.gapWidth, drawn.overlap = 60, None
    drawn.title, drawn.anchor = _title(chart.title, TITLE), chart.at
    drawn.width, drawn.height = chart.width, chart.height
    drawn.legend = drawn.legend if len(chart.series) > 1 else None
    if drawn.legend:
        drawn.legend.position = "b"
    _axis(drawn.x_axis, chart.x_title, chart.x_limits, rules=False)
    _axis(drawn.y_axis, chart.y_title, chart.y_limits, rules=True)
    if chart.logarithmic:
        drawn.y_axis.scaling.logBase = 10
    drawn.graphical_properties = GraphicalProperties(solidFill="FFFFFF", ln=LineProperties(solidFill=RULE))
    drawn.roundedCorners = False
    return drawn


# --- what is drawn ----------------------------------------------------------------------------------------------------
def _series(series: Series, kind: str, sheet: str, order: int) -> BarSeries | XYSeries:
    numbers = NumDataSource(numRef=NumRef(f=_fixed(series.y, sheet)))
    x = _fixed(series.x, sheet)
    colour = _colour(series, order)
    if kind == "bars":
        drawn = BarSeries(idx=order, order=order, val=numbers, cat=AxDataSource(strRef=StrRef(f=x)))
        drawn.spPr = GraphicalProperties(solidFill=colour)
        drawn.invertIfNegative = False
    else:
        drawn = XYSeries(idx=order, order=order, yVal=numbers, xVal=AxDataSource(numRef=NumRef(f=x)), smooth=False)
        drawn.spPr = GraphicalProperties(ln=_line(colour, series.dashed) if kind == "line" else LineProperties())
        if kind == "points":
            drawn.spPr.ln.noFill = True
        drawn.marker = _marker(colour) if kind == "points" else Marker(symbol="none")
    drawn.tx = _label(series.name, sheet)
    return drawn


def _fixed(where: str, sheet: str) -> str:
    """``C4:C9`` → ``adam!$C$4:$C$9``, as charts name cells."""
    title, mark, cells = where.rpartition("!")
    return f"{quoted(title.strip(chr(39)) if mark else sheet)}!{parse_rect(cells).fixed}"


def _colour(series: Series, order: int) -> str:
    if series.colour is None:
        return list(COLOURS.values())[order % len(COLOURS)]
    if series.colour not in COLOURS:
        raise InputError(f"there is no colour {series.colour!r} for a chart; there are {', '.join(COLOURS)}")
    return COLOURS[series.colour]


def _line(colour: str, dashed: bool) -> LineProperties:
    line = LineProperties(solidFill=colour, w=POINT * (1 if dashed else 2))
    line.prstDash = "dash" if dashed else "solid"
    return line


def _marker(colour: str) -> Marker:
    marker = Marker(symbol="circle", size=5)
    marker.spPr = GraphicalProperties(solidFill=colour, ln=LineProperties(solidFill=colour))
    return marker


def _label(name: str, sheet: str) -> SeriesLabel:
    return SeriesLabel(strRef=StrRef(f=_fixed(name[1:], sheet))) if name.startswith("=") else SeriesLabel(v=name)


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
    axis.txPr = RichText(p=[Paragraph(pPr=ParagraphProperties(defRPr=_characters(TEXT)), endParaRPr=_characters(TEXT))])
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
