"""The names under which sheetsim finds what stands above it: definitions of workbooks, writers of files, and what a
notebook shows of things.

``workbooks`` and ``exporters`` import sheetsim. What sheetsim wants of them it looks up here, late; besides, only
the command line knows them. In the same way whatever shows itself in a notebook finds ``sheetsim/notebook/``, which
imports them all.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

DESCRIPTIONS, DEFINITIONS = "workbooks:DESCRIPTIONS", "workbooks:WORKBOOKS"  # name → a line; name → its builder
GROUPS = "workbooks:GROUPS"  # heading → name → a line

#: Which function writes what: (workbook, path) → None.
WRITERS = {
    ".xlsx": "exporters.xlsx:write",
    ".csv": "exporters.csv:write",  # with a third argument, whether texts stay raw
    "a copy": "exporters.refresh:write",  # of the file that the workbook was read from, with new values
}
APPEARANCE = "exporters.appearance:appearance"  # → what the names of styles, colours and shades mean
ROW_HEIGHTS = "exporters.styles:row_heights"  # sheet → the rows that are higher than others, in points
CSV_FILES = "exporters.csv:paths"  # (workbook, folder) → its .csv files
DIFFERING_CSV = "exporters.csv:differing"  # (workbook, folder, raw) → those that hold something else now

OWN_DATA = "workbooks.own_data:read"  # (workbook, the options of the command line) → what its definition is built with
HTML = "sheetsim.notebook:html"  # a thing → its HTML
WIDGET = "sheetsim.notebook.opening:widget"  # (workbook or sheet, the cell chosen first, pixels) → its live widget


def found(name: str) -> Any:
    """``package.module:thing`` → the thing, imported when it is asked for.

    >>> list(found(DESCRIPTIONS))[0]
    'graddesc'
    """
    module, _, thing = name.partition(":")
    return getattr(import_module(module), thing)


class Drawn:
    """What shows itself in a notebook."""

    __slots__ = ()

    def _repr_html_(self) -> str:
        """What a notebook shows: HTML that needs no script and nothing from the network."""
        html: str = found(HTML)(self)
        return html


class Live(Drawn):
    """What a notebook can also show alive."""

    __slots__ = ()

    def widget(self, where: str | None = None, height: int = 480) -> Any:
        """The sheet, or workbook, as a widget for the notebook: choose a cell and see what it comes from, type and all
        is recalculated, press the buttons, slide back through the epochs, shade the cells by a gradient. ``where`` is
        the cell chosen first, ``"H5"``, of a workbook ``"adam!H5"`` or a sheet's title; ``height`` is in pixels. Needs
        the extra ``notebook``: raises InputError without.
        """
        return found(WIDGET)(self, where, height)
