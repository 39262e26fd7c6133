"""The names under which sheetsim finds the packages that stand above it: definitions of workbooks, writers of files.

``workbooks`` and ``exporters`` import sheetsim. What sheetsim wants of them it looks up here, late; besides, only
the command line knows them.
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


def found(name: str) -> Any:
    """``package.module:thing`` → the thing, imported when it is asked for.

    >>> list(found(DESCRIPTIONS))[0]
    'graddesc'
    """
    module, _, thing = name.partition(":")
    return getattr(import_module(module), thing)
