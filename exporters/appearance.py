"""What the names of a look mean, as plain data: for those who draw a sheet themselves and want it as its file looks."""

from __future__ import annotations

from typing import Any

from openpyxl.styles import NamedStyle

from exporters import charts
from exporters.styles import COLOURS, SHADES, SHOWN, WIDE, WRAPPING, named_styles, report_styles


def appearance() -> dict[str, Any]:
    """``styles`` by their names: ink, fill, bold, italic, underline, size, rule, align, wrap, where they have them.
    ``colours`` and ``shades``: two colours for each name; ``shown``: the number format that a condition gives;
    ``charts``: the colour of each name, in the order of the series; ``wrapping``: the styles that wrap in columns of
    at least ``wide`` characters. Colours are as in CSS.

    >>> appearance()["styles"]["parameter"]
    {'ink': '#7A3B00', 'fill': '#FCD9B0'}
    """
    return {
        "styles": {style.name: _plain(style) for style in [*named_styles(), *report_styles()]},
        "colours": {name: [f"#{code}" for code in pair] for name, pair in COLOURS.items()},
        "shades": {name: [f"#{code}" for code in pair] for name, pair in SHADES.items()},
        "shown": {name: code for name, (_, code) in SHOWN.items()},
        "charts": {name: f"#{code}" for name, code in charts.COLOURS.items()},
        "marked": charts.MARKED,
        "crowded": charts.CROWDED,
        "wrapping": list(WRAPPING),
        "wide": WIDE,
    }


def _plain(style: NamedStyle) -> dict[str, Any]:
    font, fill, alignment = style.font, style.fill, style.alignment
    said = {
        "ink": f"#{font.color.rgb[-6:]}" if font.color is not None and isinstance(font.color.rgb, str) else None,
        "fill": f"#{fill.fgColor.rgb[-6:]}" if fill.fill_type == "solid" else None,
        "bold": bool(font.b),
        "italic": bool(font.i),
        "underline": bool(font.u),
        "size": font.sz if font.sz != 11 else None,
        "rule": bool(style.border.bottom and style.border.bottom.style),
        "align": alignment.horizontal,
        "wrap": bool(alignment.wrap_text),
    }
    return {word: value for word, value in said.items() if value}
