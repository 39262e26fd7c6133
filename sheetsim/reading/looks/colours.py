"""A file's colours: said outright, by a number in a palette, or by the theme and a tint."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from colorsys import hls_to_rgb, rgb_to_hls
from xml.etree.ElementTree import Element

from sheetsim.reading.package import find_all, local, whole

BLACK = "#000000"
_CODE = re.compile(r"(?:[0-9A-Fa-f]{2})?([0-9A-Fa-f]{6})\Z")
#: The colours 0 to 63, by ECMA-376 part 1, 18.8.27: eight, the same eight again, and 48 more.
_EIGHT = "000000 FFFFFF FF0000 00FF00 0000FF FFFF00 FF00FF 00FFFF".split()
_MORE = """
800000 008000 000080 808000 800080 008080 C0C0C0 808080 9999FF 993366 FFFFCC CCFFFF 660066 FF8080 0066CC CCCCFF
000080 FF00FF FFFF00 00FFFF 800080 800000 008080 0000FF 00CCFF CCFFFF CCFFCC FFFF99 99CCFF FF99CC CC99FF FFCC99
3366FF 33CCCC 99CC00 FFCC00 FF9900 FF6600 666699 969696 003366 339966 003300 333300 993300 993366 333399 333333
""".split()
INDEXED = [*_EIGHT, *_EIGHT, *_MORE, "000000", "FFFFFF"]  # the last two: the system's letters and ground
#: A theme's colours in the order in which cells number them: light and dark stand the other way round in its part.
_THEME = ("lt1", "dk1", "lt2", "dk2", *(f"accent{n}" for n in range(1, 7)), "hlink", "folHlink")
#: The theme of Office 2013 to 2022, for files that bring none.
_USUAL = "FFFFFF 000000 E7E6E6 44546A 4472C4 ED7D31 A5A5A5 FFC000 5B9BD5 70AD47 0563C1 954F72".split()


class Palette:
    """The colours that a workbook's styles speak of: ``theme`` and ``indexed``, six hexadecimal digits each."""

    def __init__(self, theme: Element | None, styles: Element | None):
        self.theme, self.indexed = _theme(theme), list(INDEXED)
        own = [code(entry.get("rgb", "")) for entry in find_all(styles, "rgbColor")] if styles is not None else []
        for at, colour in enumerate(own[: len(INDEXED)]):
            self.indexed[at] = colour or self.indexed[at]

    def of(self, element: Element | None) -> str:
        """``#rrggbb`` for an element such as ``<fgColor theme="4" tint="0.4"/>``; "" where it says none: the program
        is to choose then."""
        return "" if element is None else self.said(element.attrib)

    def said(self, attributes: Mapping[str, str]) -> str:
        """The same for its attributes alone."""
        if found := code(attributes.get("rgb", "")):
            base = found
        elif (at := whole(attributes.get("indexed", ""))) is not None and at < len(self.indexed):
            base = self.indexed[at]
        elif (at := whole(attributes.get("theme", ""))) is not None and at < len(self.theme):
            base = self.theme[at]
        else:
            return ""
        return tinted(f"#{base}", _number(attributes.get("tint", "0")))


def code(text: str) -> str:
    """The six digits of a colour written with or without its opacity; "" if it is none.

    >>> code("FFc00000"), code("C00000"), code("red")
    ('C00000', 'C00000', '')
    """
    found = _CODE.match(text)
    return found[1].upper() if found else ""


def tinted(colour: str, tint: float) -> str:
    """A colour made darker, down to black at -1, or lighter, up to white at 1 (ECMA-376 part 1, 18.8.19).

    >>> tinted("#4472C4", 0.8), tinted("#4472C4", -0.5), tinted("#4472C4", 0)
    ('#DAE3F3', '#203864', '#4472C4')
    """
    tint = min(max(tint, -1.0), 1.0)
    if not tint:
        return colour
    hue, light, saturation = rgb_to_hls(*(int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)))
    light = light * (1 + tint) if tint < 0 else light * (1 - tint) + tint
    return "#" + "".join(f"{round(part * 255):02X}" for part in hls_to_rgb(hue, light, saturation))


def _theme(tree: Element | None) -> list[str]:
    """The colours of a theme's part, the usual ones where it says none."""
    found = dict(zip(_THEME, _USUAL, strict=True))
    schemes: Iterable[Element] = find_all(tree, "clrScheme") if tree is not None else ()
    for scheme in schemes:
        for entry in scheme:
            said = next((code(child.get("lastClr") or child.get("val") or "") for child in entry), "")
            if said and local(entry.tag) in found:
                found[local(entry.tag)] = said
    return list(found.values())


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return 0.0
