"""The part of a package that says what the numbers of styles mean: a cell says only ``s="7"``."""

from __future__ import annotations

from typing import Any, NamedTuple
from xml.etree.ElementTree import Element

from sheetsim.errors import InputError
from sheetsim.reading.looks.colours import BLACK, Palette
from sheetsim.reading.package import Package, local, whole

GENERAL = "General"
USUAL_SIZE = 11.0  # points: what the drawings take letters without a size for
LONGEST_CODE = 1_000  # characters of a number format: Excel takes 255
_ACCOUNTING = [
    '_(* #,##0_);_(* (#,##0);_(* "-"_);_(@_)',
    '_("$"* #,##0_);_("$"* (#,##0);_("$"* "-"_);_(@_)',
    '_(* #,##0.00_);_(* (#,##0.00);_(* "-"??_);_(@_)',
    '_("$"* #,##0.00_);_("$"* (#,##0.00);_("$"* "-"??_);_(@_)',
]
_MONEY = [
    '"$"#,##0_);("$"#,##0)',
    '"$"#,##0_);[Red]("$"#,##0)',
    '"$"#,##0.00_);("$"#,##0.00)',
    '"$"#,##0.00_);[Red]("$"#,##0.00)',
]
_BARE = ["#,##0_);(#,##0)", "#,##0_);[Red](#,##0)", "#,##0.00_);(#,##0.00)", "#,##0.00_);[Red](#,##0.00)"]
_DATES = ["m/d/yyyy", "d-mmm-yy", "d-mmm", "mmm-yy", "h:mm AM/PM", "h:mm:ss AM/PM", "h:mm", "h:mm:ss", "m/d/yyyy h:mm"]
#: The number formats that files name by number only (ECMA-376 part 1, 18.8.30), as Excel shows them in the United
#: States; 14 and 22 stand there as mm-dd-yy and m/d/yy h:mm, and are shown as the computer's own dates.
BUILT_IN: dict[int, str] = {
    **dict(enumerate([GENERAL, "0", "0.00", "#,##0", "#,##0.00", *_MONEY, "0%", "0.00%", "0.00E+00"])),
    **dict(enumerate(["# ?/?", "# ??/??", *_DATES], 12)),
    **dict(enumerate([*_BARE, *_ACCOUNTING, "mm:ss", "[h]:mm:ss", "mmss.0", "##0.0E+0", "@"], 37)),
}
_ALIGN = {"left": "left", "right": "right", "center": "center", "centerContinuous": "center"}
_LEVEL = {"top": "top", "center": "middle", "distributed": "middle"}
Style = dict[str, Any]


class FileStyle(NamedTuple):
    """How a cell looks: ``style`` in the words of ``exporters/appearance.py``, those that apply, beside them ``level``,
    top or middle, in a high row; and ``code``, its number format, "" where it has none of its own."""

    style: Style
    code: str


PLAIN = FileStyle({}, "")


class Styles:
    """What a workbook's styles mean: ``cells`` by the number that a cell says, ``differences`` by that of a conditional
    format."""

    def __init__(self, package: Package):
        styles, theme = (self._part(package, kind) for kind in ("styles", "theme"))
        self.palette = Palette(theme, styles)
        self.cells: list[FileStyle] = [PLAIN]
        self.differences: list[FileStyle] = []
        if styles is None:
            return
        codes = {whole(entry.get("numFmtId", "")): entry.get("formatCode", "") for entry in _under(styles, "numFmts")}
        self.codes = {**BUILT_IN, **{number: text for number, text in codes.items() if number is not None}}
        self.fonts, self.fills = list(_under(styles, "fonts")), list(_under(styles, "fills"))
        self.borders = list(_under(styles, "borders"))
        self.usual = _size(self.fonts[0]) if self.fonts else USUAL_SIZE  # the font that the rest of the sheet is in
        self.cells = [self._cell(entry) for entry in _under(styles, "cellXfs")] or self.cells
        self.differences = [self._difference(entry) for entry in _under(styles, "dxfs")]

    @staticmethod
    def _part(package: Package, kind: str) -> Element | None:
        """A part of the workbook; None where there is none, or it is damaged."""
        part = next(iter(package.related(package.main, kind).values()), None)
        try:
            return package.xml(part) if part is not None and part in package else None
        except InputError:
            return None

    def _cell(self, entry: Element) -> FileStyle:
        font, fill, border = (
            _at(found, entry.get(word, ""))
            for found, word in ((self.fonts, "fontId"), (self.fills, "fillId"), (self.borders, "borderId"))
        )
        said = {**self._font(font), "fill": self._fill(fill, "fgColor"), **_border(border), **_alignment(entry)}
        return FileStyle(_kept(said), self._code(entry.get("numFmtId", "")))

    def _difference(self, entry: Element) -> FileStyle:
        """Of a conditional format; its fills say their colour as that of the ground."""
        font, fill, border, shown = (_child(entry, word) for word in ("font", "fill", "border", "numFmt"))
        code = shown.get("formatCode", "") if shown is not None else ""
        said = {**self._font(font, sized=False), "fill": self._fill(fill, "bgColor"), **_border(border)}
        return FileStyle(_kept(said), code[:LONGEST_CODE])

    def _code(self, number: str) -> str:
        code = self.codes.get(whole(number) or 0, GENERAL)[:LONGEST_CODE]
        return "" if code.casefold() == GENERAL.casefold() else code

    def _font(self, font: Element | None, sized: bool = True) -> Style:
        if font is None:
            return {}
        ink = self.palette.of(_child(font, "color"))
        size = round(_size(font) * USUAL_SIZE / self.usual, 1) if sized else USUAL_SIZE
        return {
            "ink": "" if ink == BLACK else ink,  # as letters are anyway, and light ones where it is dark
            "bold": _is_on(font, "b"),
            "italic": _is_on(font, "i"),
            "underline": _is_on(font, "u"),
            "size": 0 if size == USUAL_SIZE else size,
        }

    def _fill(self, fill: Element | None, ground: str) -> str:
        """The colour of a ground: of a gradient its first; patterns but the solid one are left out."""
        if fill is None:
            return ""
        if (gradient := _child(fill, "gradientFill")) is not None:
            stops = [self.palette.of(_child(stop, "color")) for stop in gradient]
            return next(filter(None, stops), "")
        pattern = _child(fill, "patternFill")
        if pattern is None or pattern.get("patternType", "solid" if ground == "bgColor" else "none") != "solid":
            return ""
        return self.palette.of(_child(pattern, ground))


def _under(tree: Element, tag: str) -> list[Element]:
    """What stands in a child of the root."""
    found = _child(tree, tag)
    return [] if found is None else list(found)


def _child(tree: Element, tag: str) -> Element | None:
    return next((child for child in tree if local(child.tag) == tag), None)


def _at(found: list[Element], number: str) -> Element | None:
    place = whole(number)
    return found[place] if place is not None and place < len(found) else None


def _is_on(font: Element, tag: str) -> bool:
    found = _child(font, tag)
    return found is not None and found.get("val", "1") not in ("0", "false", "none")


def _size(font: Element) -> float:
    found = _child(font, "sz")
    try:
        size = float(found.get("val", "")) if found is not None else USUAL_SIZE
    except ValueError:
        return USUAL_SIZE
    return size if 1 <= size <= 409 else USUAL_SIZE


def _border(border: Element | None) -> Style:
    bottom = _child(border, "bottom") if border is not None else None
    return {"rule": bottom is not None and bottom.get("style", "none") != "none"}


def _alignment(entry: Element) -> Style:
    found = _child(entry, "alignment")
    if found is None:
        return {}
    return {
        "align": _ALIGN.get(found.get("horizontal", ""), ""),
        "level": _LEVEL.get(found.get("vertical", ""), ""),
        "wrap": found.get("wrapText") in ("1", "true"),
    }


def _kept(said: Style) -> Style:
    return {word: value for word, value in said.items() if value}
