"""How the cells of a window look: the styles, number formats, conditions and shades of the exported file."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np

from sheetsim.engine.numpy_engine import evaluate_over
from sheetsim.errors import SheetsimError
from sheetsim.excel.number_formats import BadFormat, formatted, formatted_text
from sheetsim.excel.number_formats.general import general
from sheetsim.model.address import Rect
from sheetsim.model.look import USUAL_WIDTH
from sheetsim.model.sheet import Sheet
from sheetsim.model.values import LOGICAL, NUMBER
from sheetsim.outside import APPEARANCE, ROW_HEIGHTS, found

Style = dict[str, Any]
POINT = 4 / 3  # pixels


@cache
def appearance() -> dict[str, Any]:
    """What the names of styles, colours and shades mean: that of the exported files."""
    meanings: dict[str, Any] = found(APPEARANCE)()
    return meanings


def heights(sheet: Sheet) -> dict[int, float]:
    """The rows that are not as high as others, in pixels; hidden ones are 0."""
    given = {row: points * POINT for row, points in found(ROW_HEIGHTS)(sheet).items()}
    return given | dict.fromkeys(sheet.hidden_rows, 0.0)


def widths(sheet: Sheet) -> dict[int, float]:
    """The columns that are not as wide as others, in pixels: a digit is 7, and 5 are left empty."""
    return {column: width * 7 + 5 for column, width in sheet.look.widths.items()}


class Looks:
    """How the cells of a rectangle of a sheet look, asked cell by cell."""

    def __init__(self, sheet: Sheet, rect: Rect):
        self.sheet, self.rect, self.meanings = sheet, rect, appearance()
        self.names = ["", *dict.fromkeys(name for _, name in sheet.look.styles)]
        self.codes = ["", *dict.fromkeys(code for _, code in sheet.look.formats)]
        self.style = self._painted([(area, self.names.index(name)) for area, name in sheet.look.styles])
        self.format = self._painted([(area, self.codes.index(code)) for area, code in sheet.look.formats])
        self.conditions: dict[tuple[int, int], tuple[Style, str]] = {}
        self._shade()
        self._colour()

    def _painted(self, layers: list[tuple[Rect, int]]) -> np.ndarray:
        painted = np.zeros(self.rect.shape, np.int32)
        for area, number in layers:  # later ones over earlier ones
            if inside := area.common(self.rect):
                painted[inside.shifted(-self.rect.top, -self.rect.left).slices] = number
        return painted

    def at(self, row: int, column: int) -> tuple[Style, str]:
        """The style and the number format of a cell."""
        r, c = row - self.rect.top, column - self.rect.left
        name = self.names[self.style[r, c]]
        if name in self.meanings["wrapping"] and self.width(column) >= self.meanings["wide"]:
            name = f"{name} wrapped"
        style, code = self.meanings["styles"].get(name, {}), self.codes[self.format[r, c]]
        if (row, column) in self.conditions:
            above, shown = self.conditions[row, column]
            style, code = {**style, **above}, shown or code
        return style, code

    def styled(self) -> np.ndarray:
        """Which cells have a look, whether they hold something or not: bools of the rectangle's shape."""
        has: np.ndarray = self.style > 0
        for row, column in self.conditions:
            has[row - self.rect.top, column - self.rect.left] = True
        return has

    def width(self, column: int) -> float:
        """The width of a column in characters."""
        return self.sheet.look.widths.get(column, USUAL_WIDTH)

    # --- conditions and shades --------------------------------------------------------------------------------------
    def _colour(self) -> None:
        done: set[tuple[int, int]] = set()  # a condition that gives colours is the last that counts
        for area, condition, name in self.sheet.look.colours:
            inside = area.common(self.rect)
            if inside is None:
                continue
            try:
                num, kind = evaluate_over(self.sheet, condition, area, inside)
            except SheetsimError:  # the file has it, and the program that opens it says what is wrong
                continue
            holds = ((kind == LOGICAL) | (kind == NUMBER)) & (num != 0)
            for r, c in np.argwhere(holds).tolist():
                cell = inside.top + r, inside.left + c
                if cell not in done:
                    self._put(cell, name, done)

    def _put(self, cell: tuple[int, int], name: str, done: set[tuple[int, int]]) -> None:
        style, code = self.conditions.get(cell, ({}, ""))
        pair = self.meanings["colours"].get(name.removesuffix(" power"))
        if pair:
            style = {**style, "ink": pair[0], "fill": pair[1]}
            done.add(cell)
        shown = self.meanings["shown"].get("power" if name.endswith("power") else name, "")
        self.conditions[cell] = style, code or shown

    def _shade(self) -> None:
        for area, (low, high), name in self.sheet.look.shades:
            inside = area.common(self.rect)
            used = area.common(Rect(0, 0, self.sheet.rows - 1, self.sheet.columns - 1)) if self.sheet.rows else None
            if inside is None or used is None:
                continue
            numbers = self.sheet.num[used.slices][self.sheet.kind[used.slices] == NUMBER]
            if not numbers.size:
                continue
            least = float(numbers.min()) if low is None else low
            most = float(numbers.max()) if high is None else high
            pale, dark = self.meanings["shades"][name]
            for row, column in inside.cells():
                value = self.sheet.value(row, column)
                if isinstance(value, float):
                    part = (value - least) / (most - least) if most > least else 0.0
                    self.conditions[row, column] = {"fill": between(pale, dark, part)}, ""


def between(pale: str, dark: str, part: float) -> str:
    """The colour that lies so far from one to the other.

    >>> between("#000000", "#ffffff", 0.5)
    '#808080'
    """
    part = min(max(part, 0.0), 1.0)
    ends = [[int(code[at : at + 2], 16) for at in (1, 3, 5)] for code in (pale, dark)]
    return "#" + "".join(f"{round(a + (b - a) * part):02x}" for a, b in zip(*ends, strict=True))


@cache
def _formatted(number: float, code: str) -> str:
    try:
        return formatted(number, code)
    except BadFormat:
        return general(number)


def text_of(value: Any, code: str, width: float) -> str:
    """What a cell shows: a number as its format says, or as many of its digits as fit into so many characters."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).upper()
    if not isinstance(value, float):
        return formatted_text(value, code) if code and "@" in code else str(value)
    text = _formatted(value, code) if code and code != "General" else _fitting(value, int(width))
    return text if len(text) <= width + 1.5 else "#" * max(1, int(width))


@cache
def _fitting(number: float, width: int) -> str:
    """A number without a format of its own, in so many characters where that can be."""
    text = general(number)
    if len(text) <= width:
        return text
    if "E" not in text and len(text.partition(".")[0]) <= width:
        places = max(0, width - len(text.partition(".")[0]) - 1)
        if (rounded := formatted(number, "0." + "#" * places if places else "0").removesuffix(".")) not in ("0", "-0"):
            return rounded
    for places in range(5, -1, -1):
        text = formatted(number, "0." + "0" * places + "E+00" if places else "0E+00")
        if len(text) <= width:
            return text
    return text
