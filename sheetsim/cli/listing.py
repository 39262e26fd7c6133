"""``sheetsim list``: the workbooks and sheets that there are."""

from __future__ import annotations


def list_() -> None:
    """List the workbooks and sheets that sheetsim can build.

    \b
    Example:
        sheetsim list
    """
    from sheetsim import library
    from sheetsim.support import terminal

    for name, description in library.names().items():
        print(f"{name}: {description}")
        sheets = library.build(name).sheets
        rows = [[sheet.title, int(sheet.computed().sum()), ", ".join(sheet.buttons)] for sheet in sheets]
        terminal.table("", ["sheet", "formula cells", "buttons"], rows, ["formula cells"])
