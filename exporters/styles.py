"""How the named styles look, and which cell gets which.

Colour says what a number is: orange for what may be adjusted, as in the lecture; pale tints for what is computed.
"""

from __future__ import annotations

import math

import numpy as np
import openpyxl
from openpyxl.formatting.rule import ColorScaleRule, FormulaRule, Rule
from openpyxl.styles import Alignment, Border, Color, NamedStyle, PatternFill, Side
from openpyxl.styles import Font as FileFont
from openpyxl.styles.differential import DifferentialStyle
from openpyxl.styles.numbers import NumberFormat
from openpyxl.styles.styleable import StyleableObject
from openpyxl.utils.indexed_list import IndexedList
from openpyxl.worksheet.worksheet import Worksheet

from sheetsim.errors import InputError
from sheetsim.model.address import Rect
from sheetsim.model.look import Limits, Look
from sheetsim.model.sheet import Sheet

FACE = "Calibri"
INK, QUIET, RULE = "222222", "6B6B6B", "9A9A9A"
WIDE = 30  # characters; sentences wrap in columns at least so wide and run on to the right of narrower ones
WRAPPING = ("note", "prose")
LINE = 15.0  # points: the height of a line
LARGE_LINES = {"title": 20.0, "verdict": 33.0}  # the height of a row whose text is of that style
COLOURS = {  # ink, fill
    "good": ("1E5B2A", "CDEBCF"),
    "bad": ("8A1111", "F8C9C4"),
    "apart": ("6B4E00", "FFEBB0"),
    "quiet": ("B8B8B8", "FFFFFF"),  # for what does not count
}
SHADES = {  # at the least and at the greatest number: tints of the inputs, activations, parameters and losses; ink
    "blue": ("F4F8FC", "8DB8E2"),
    "green": ("F3F9F3", "86C28B"),
    "orange": ("FEF2E4", "F2AC66"),
    "red": ("FDF1F1", "F09A94"),
    "ink": ("FFFFFF", "222222"),
    "classes": ("F6B26B", "6FA8DC"),  # from one class to the other
}
FOUND = {  # what a check found of a cell: its fill
    "equal": "D9EDD6",
    "prose": "E8E8E8",
    "volatile": "DCEAF7",
    "not checked": "FFF3C4",
    "different": "F2A9A2",
    "missing": "F8C892",
    "extra": "F8C892",
}
#: What a condition shows in place of a number, colours aside: a number that no other format of a file has, the format.
SHOWN = {
    "power": (200, "0.00E+00"),  # what does not fit into its column
    "circle": (201, '"○"'),  # a point of one class among shades, and of the other
    "dot": (202, '"●"'),
}
BEYOND = 200  # rows and columns past the last cell in use that may carry a style

Ids = np.ndarray  # of style numbers, one a cell


class Font(FileFont):  # type: ignore[misc]
    """openpyxl's font with its elements in the order that the format prescribes; openpyxl has an order of its own."""

    __elements__ = tuple(
        "b i strike condense extend outline shadow u vertAlign sz color name family charset scheme".split()
    )
    __attrs__, __nested__ = FileFont.__attrs__, FileFont.__nested__  # what the class above it says of each


def new_frame(**options: bool) -> openpyxl.Workbook:
    """An empty workbook of openpyxl's, its first font one of ours; ``options`` are its own."""
    frame = openpyxl.Workbook(**options)
    frame._fonts = IndexedList([Font(name=FACE, sz=11, family=2, color=Color(theme=1), scheme="minor")])
    return frame


def _style(name: str, ink: str = INK, fill: str | None = None, rule: str | None = None, **font: object) -> NamedStyle:
    """A named style: text colour, fill, and a thin line on the side ``rule``."""
    return NamedStyle(
        name=name,
        font=Font(name=FACE, color=ink, **{"size": 11, **font}),
        fill=PatternFill("solid", fgColor=fill) if fill else PatternFill(),
        border=Border(**{rule: Side("thin", color=RULE)}) if rule else Border(),
    )


def _aligned(style: NamedStyle, **alignment: object) -> NamedStyle:
    style.alignment = Alignment(**alignment)
    return style


def named_styles() -> list[NamedStyle]:
    """The styles, new for each file: openpyxl ties a style to its workbook."""
    return [
        _style("title", "1F3864", bold=True, size=14),
        _aligned(_style("heading", rule="bottom", bold=True), horizontal="center"),
        _style("label", "404040", bold=True),
        _style("parameter", "7A3B00", "FCD9B0"),
        _style("input", "1F4E79", "EEF4FA"),
        _style("activation", INK, "E6F2E6"),
        _style("gradient", INK, "ECE6F5"),
        _style("loss", "7A1F1F", "FBE5E5"),
        _style("state", INK, "E9EDF1"),
        _style("result", INK, "FFF2BF", bold=True),
        _style("note", QUIET, italic=True),
        _style("link", "1F4E9E", underline="single"),
        _aligned(_style("verdict", bold=True, size=20), vertical="center"),
        _style("prose"),
        _aligned(_style("note wrapped", QUIET, italic=True), wrap_text=True, vertical="top"),
        _aligned(_style("prose wrapped"), wrap_text=True, vertical="top"),
    ]


def report_styles() -> list[NamedStyle]:
    """The styles of a check's report, which only a workbook that uses them has."""
    over_numbers = _aligned(_style("label right", "404040", bold=True), horizontal="right")
    return [over_numbers, *(_style(f"found {word}", fill=fill) for word, fill in FOUND.items())]


def style_ids(look: Look, used: tuple[int, int], worksheet: Worksheet) -> Ids:
    """The number of each cell's style in the file, for the cells in use and those that only have a look."""
    shape = _extent(look, used)
    names = ["", *worksheet.parent.named_styles[1:]]  # the first is Excel's own "Normal"
    codes = ["", *dict.fromkeys(code for _, code in look.formats)]
    places = {code: place for place, code in enumerate(codes)}
    numbers = {name: _find(names, name) for name in dict.fromkeys(name for _, name in look.styles)}
    style = _painted([(rect, numbers[name]) for rect, name in look.styles], shape)
    _wrap(style, look, names)
    style *= len(codes)
    style += _painted([(rect, places[code]) for rect, code in look.formats], shape)
    ids = np.zeros(len(names) * len(codes), dtype=np.int32)
    for pair in np.flatnonzero(np.bincount(style.ravel())).tolist():  # pairs of style and format
        ids[pair] = _style_id(worksheet, names[pair // len(codes)], codes[pair % len(codes)])
    return np.asarray(ids[style])


def _extent(look: Look, used: tuple[int, int]) -> tuple[int, int]:
    """Rows and columns that may carry a style: a look over whole columns must not write a million blank cells."""
    rects = [rect for rect, _ in [*look.styles, *look.formats]]
    rows = max([used[0], *(rect.bottom + 1 for rect in rects)])
    columns = max([used[1], *(rect.right + 1 for rect in rects)])
    return min(rows, used[0] + BEYOND), min(columns, used[1] + BEYOND)


def _painted(layers: list[tuple[Rect, int]], shape: tuple[int, int]) -> Ids:
    painted = np.zeros(shape, dtype=np.int32)
    for (top, left, bottom, right), number in layers:  # later ones over earlier ones
        painted[top : bottom + 1, left : right + 1] = number
    return painted


def _wrap(style: Ids, look: Look, names: list[str]) -> None:
    wide = [column for column, width in look.widths.items() if width >= WIDE and column < style.shape[1]]
    for name in WRAPPING:
        cells = style[:, wide]
        cells[cells == names.index(name)] = names.index(f"{name} wrapped")
        style[:, wide] = cells


def colour_rule(condition: str, name: str) -> Rule:
    """The conditional format that gives cells the colours of that name where the condition holds."""
    if name in SHOWN:
        return Rule("expression", formula=[condition], dxf=DifferentialStyle(numFmt=NumberFormat(*SHOWN[name])))
    colour = name.removesuffix(" power")
    if colour not in COLOURS:
        raise InputError(f"there is no colour {name!r}; there are {', '.join(COLOURS)}")
    ink, fill = COLOURS[colour]
    filled = PatternFill("solid", bgColor=fill)
    rule = FormulaRule(formula=[condition], font=Font(color=ink), fill=filled, stopIfTrue=True)
    if colour != name:
        rule.dxf.numFmt = NumberFormat(*SHOWN["power"])
    return rule


def shade_rule(limits: Limits, name: str) -> ColorScaleRule:
    """The conditional format that shades cells by their numbers."""
    if name not in SHADES:
        raise InputError(f"there is no shade {name!r}; there are {', '.join(SHADES)}")
    (pale, dark), (low, high) = SHADES[name], limits
    kinds = "min" if low is None else "num", "max" if high is None else "num"
    return ColorScaleRule(kinds[0], low, pale, end_type=kinds[1], end_value=high, end_color=dark)


def row_heights(sheet: Sheet) -> dict[int, float]:
    """The rows that hold titles or wrapped texts of several lines: not every reader fits them on opening."""
    heights = {row: height for name, height in LARGE_LINES.items() for row in _rows_of(sheet, name)}
    for rect in (rect for rect, name in sheet.look.styles if name in WRAPPING):
        for column in range(rect.left, min(rect.right + 1, sheet.columns)):
            width = sheet.look.widths.get(column, 0)
            for row in range(rect.top, min(rect.bottom + 1, sheet.rows) if width >= WIDE else 0):
                height = LINE * _lines(sheet.value(row, column), width)
                if height > max(LINE, heights.get(row, 0)):
                    heights[row] = height
    return heights


def _rows_of(sheet: Sheet, style: str) -> set[int]:
    """The rows in which a cell of that style holds something."""
    return {
        row
        for rect in (rect for rect, name in sheet.look.styles if name == style)
        for row in range(rect.top, min(rect.bottom + 1, sheet.rows))
        for column in range(rect.left, rect.right + 1)
        if sheet.value(row, column) is not None
    }


def _lines(value: object, width: float) -> int:
    """How many lines a text takes in a column; widths count digits, and letters are somewhat narrower."""
    lines = value.split("\n") if isinstance(value, str) else [""]
    return sum(max(1, math.ceil(len(line) / width / 1.1)) for line in lines)


def _find(names: list[str], name: str) -> int:
    if name not in names[1:]:
        raise InputError(f"there is no style {name!r}; there are {', '.join(names[1:])}")
    return names.index(name)


def _style_id(worksheet: Worksheet, name: str, code: str) -> int:
    cell = StyleableObject(worksheet)  # only carries the style; no cell is made
    if name:
        cell.style = name
    if code:
        cell.number_format = code
    return int(cell.style_id)
