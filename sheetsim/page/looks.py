"""How the cells of a window look: the styles, number formats, conditions and shades of a definition or of a file."""

from __future__ import annotations

from functools import cache, lru_cache
from typing import Any

import numpy as np

from sheetsim.engine.numpy_engine import evaluate_over
from sheetsim.errors import SheetsimError
from sheetsim.excel.calendar import offset
from sheetsim.excel.number_formats import BadFormat, formatted, formatted_text
from sheetsim.excel.number_formats.general import general
from sheetsim.model.address import Rect, parse_cell
from sheetsim.model.look import USUAL_WIDTH
from sheetsim.model.sheet import Sheet
from sheetsim.model.values import LOGICAL, NUMBER
from sheetsim.outside import APPEARANCE, ROW_HEIGHTS, found
from sheetsim.reading.looks.conditions import Stop
from sheetsim.reading.looks.looking import FileLook, look_of

Style = dict[str, Any]
POINT = 4 / 3  # pixels
PADDING = 5 / 7  # of a column's width, in digits, is left empty
NARROW = "-.,:/ ()"  # what takes half the room of a digit
MOST_MERGED, MOST_JOINED = 1_000, 60  # merged cells of a window, and columns of one of them


@cache
def appearance() -> dict[str, Any]:
    """What the names of styles, colours and shades mean: that of the exported files."""
    meanings: dict[str, Any] = found(APPEARANCE)()
    return meanings


def heights(sheet: Sheet) -> dict[int, float]:
    """The rows that are not as high as others, in pixels; hidden ones are 0."""
    look = look_of(sheet)
    points = look.heights if isinstance(look, FileLook) else {}
    given = {row: height * POINT for row, height in {**points, **found(ROW_HEIGHTS)(sheet)}.items()}
    return given | dict.fromkeys(sheet.hidden_rows, 0.0)


def widths(sheet: Sheet) -> dict[int, float]:
    """The columns that are not as wide as others, in pixels: a digit is 7, and 5 are left empty; hidden ones are 0."""
    return {column: width * 7 + 5 if width else 0.0 for column, width in look_of(sheet).widths.items()}


def freeze(sheet: Sheet) -> tuple[int, int]:
    """The first cell that scrolls; what is above and to its left stays."""
    where = look_of(sheet).freeze
    return parse_cell(where) if where else (0, 0)


def merged(sheet: Sheet, rect: Rect) -> list[Rect]:
    """The cells that are drawn as one and are, in part, in a rectangle."""
    look = look_of(sheet)
    return [each for each in look.merged if each.meets(rect)][:MOST_MERGED] if isinstance(look, FileLook) else []


def together(sheet: Sheet, rect: Rect) -> float:
    """How many characters wide cells are that are drawn as one."""
    given = look_of(sheet).widths
    wide = [given.get(column, USUAL_WIDTH) + PADDING for column in range(rect.left, rect.right + 1)[:MOST_JOINED]]
    return sum(wide) - PADDING


def beyond(sheet: Sheet) -> list[Rect]:
    """Where cells may have looks, whether they hold something or not."""
    look = look_of(sheet)
    styled = [rect for rect, _ in look.styles]
    if isinstance(look, FileLook):
        visible = [number for number, each in enumerate(look.cells) if is_seen(each.style)]
        styled += look.areas.around(visible) + look.merged
    return styled


def is_seen(style: Style) -> bool:
    """Whether a cell that holds nothing shows it."""
    return bool(style.get("fill") or style.get("rule"))


class Looks:
    """How the cells of a rectangle of a sheet look, asked cell by cell."""

    def __init__(self, sheet: Sheet, rect: Rect):
        self.sheet, self.rect, self.meanings = sheet, rect, appearance()
        self.look = look = look_of(sheet)
        self.names = ["", *dict.fromkeys(name for _, name in look.styles)]
        self.codes = ["", *dict.fromkeys(code for _, code in look.formats)]
        self.style = self._painted([(area, self.names.index(name)) for area, name in look.styles])
        self.format = self._painted([(area, self.codes.index(code)) for area, code in look.formats])
        self.file = look if isinstance(look, FileLook) else None
        self.of_file = self.file.areas.painted(rect) if self.file else np.zeros(rect.shape, np.int32)
        self.conditions: dict[tuple[int, int], tuple[Style, str]] = {}
        self._rules()
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
        if self.file:
            below = self.file.cell(int(self.of_file[r, c]))
            style, code = style or below.style, code or below.code
        if (row, column) in self.conditions:
            above, shown = self.conditions[row, column]
            style, code = {**style, **above}, shown or code
        return style, code

    def styled(self) -> np.ndarray:
        """Which cells have a look, whether they hold something or not: bools of the rectangle's shape."""
        has: np.ndarray = self.style > 0
        if self.file:
            seen = [is_seen(each.style) for each in self.file.cells]
            has |= np.array([*seen, False])[np.minimum(self.of_file, len(seen))]
        for row, column in self.conditions:
            has[row - self.rect.top, column - self.rect.left] = True
        return has

    def width(self, column: int) -> float:
        """The width of a column in characters."""
        return self.look.widths.get(column, USUAL_WIDTH)

    # --- conditions and shades --------------------------------------------------------------------------------------
    def _colour(self) -> None:
        done: set[tuple[int, int]] = set()  # a condition that gives colours is the last that counts
        for area, condition, name in self.look.colours:
            for cell in self._holding(condition, area, area):
                if cell not in done:
                    self._put(cell, name, done)

    def _holding(self, condition: str, first: Rect, area: Rect) -> list[tuple[int, int]]:
        """The cells of an area for which a condition holds, typed for the first cell of ``first``."""
        inside = area.common(self.rect)
        if inside is None:
            return []
        try:
            num, kind = evaluate_over(self.sheet, condition, first, inside)
        except SheetsimError:  # the file has it, and the program that opens it says what is wrong
            return []
        holds = ((kind == LOGICAL) | (kind == NUMBER)) & (num != 0)
        return [(inside.top + r, inside.left + c) for r, c in np.argwhere(holds).tolist()]

    def _rules(self) -> None:
        """A file's conditional formats: of two that say a thing of a cell the first counts."""
        for rule in self.file.rules if self.file else []:
            for area in rule.areas:
                if rule.stops:
                    self._scale(area, rule.stops)
                if rule.look is None:
                    continue
                for cell in self._holding(rule.formula, rule.areas[0], area):
                    style, code = self.conditions.get(cell, ({}, ""))
                    self.conditions[cell] = {**rule.look.style, **style}, code or rule.look.code

    def _scale(self, area: Rect, stops: list[Stop]) -> None:
        """Shades cells by their numbers, from colour to colour."""
        numbers = self._numbers(area)
        inside = area.common(self.rect)
        if inside is None or not numbers.size:
            return
        least, most = float(numbers.min()), float(numbers.max())
        places = []
        for kind, value, colour in stops:
            at = {"min": least, "max": most, "num": value, "percent": least + (most - least) * value / 100}.get(kind)
            if at is None:
                at = float(np.percentile(numbers, min(max(value, 0.0), 100.0)))
            places.append((at, colour))
        for row, column in inside.cells():
            number = self.sheet.value(row, column)
            if isinstance(number, float):
                style, code = self.conditions.get((row, column), ({}, ""))
                self.conditions[row, column] = {"fill": _shade_of(number, places), **style}, code

    def _numbers(self, area: Rect) -> np.ndarray:
        """The numbers that the cells of an area hold."""
        used = area.common(Rect(0, 0, self.sheet.rows - 1, self.sheet.columns - 1)) if self.sheet.rows else None
        if used is None:
            return np.zeros(0)
        return np.asarray(self.sheet.num[used.slices][self.sheet.kind[used.slices] == NUMBER])

    def _put(self, cell: tuple[int, int], name: str, done: set[tuple[int, int]]) -> None:
        style, code = self.conditions.get(cell, ({}, ""))
        pair = self.meanings["colours"].get(name.removesuffix(" power"))
        if pair:
            style = {**style, "ink": pair[0], "fill": pair[1]}
            done.add(cell)
        shown = self.meanings["shown"].get("power" if name.endswith("power") else name, "")
        self.conditions[cell] = style, code or shown

    def _shade(self) -> None:
        for area, (low, high), name in self.look.shades:
            pale, dark = self.meanings["shades"][name]
            ends = ("min", pale, low), ("max", dark, high)
            self._scale(area, [Stop(kind if at is None else "num", at or 0.0, colour) for kind, colour, at in ends])


def _shade_of(number: float, places: list[tuple[float, str]]) -> str:
    """The colour of a number on a scale of numbers and their colours."""
    below = [place for place in places if place[0] <= number] or places[:1]
    above = [place for place in places if place[0] > number] or places[-1:]
    (low, pale), (high, dark) = below[-1], above[0]
    return between(pale, dark, (number - low) / (high - low) if high > low else 0.0)


def between(pale: str, dark: str, part: float) -> str:
    """The colour that lies so far from one to the other.

    >>> between("#000000", "#ffffff", 0.5)
    '#808080'
    """
    part = min(max(part, 0.0), 1.0)
    ends = [[int(code[at : at + 2], 16) for at in (1, 3, 5)] for code in (pale, dark)]
    return "#" + "".join(f"{round(a + (b - a) * part):02x}" for a, b in zip(*ends, strict=True))


@lru_cache(maxsize=1 << 16)
def _formatted(value: float | str, code: str, _: int) -> str:
    """A number or a text in a format; the last argument tells apart what dates are counted from."""
    try:
        return formatted_text(value, code) if isinstance(value, str) else formatted(value, code)
    except (BadFormat, ValueError, OverflowError, RecursionError):  # a file may hold any text as a format
        return value if isinstance(value, str) else general(value)


def text_of(value: Any, code: str, width: float) -> str:
    """What a cell shows: a number as its format says, or as many of its digits as fit into so many characters."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).upper()
    if not isinstance(value, float):
        return _formatted(str(value), code, 0) if code and "@" in code else str(value)
    text = _formatted(value, code, offset()) if code and code != "General" else _fitting(value, int(width))
    return (
        text
        if len(text.strip()) - sum(map(text.strip().count, NARROW)) / 2 <= width + 1.5
        else "#" * max(1, int(width))
    )


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
