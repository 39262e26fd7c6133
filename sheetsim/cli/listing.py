"""``sheetsim list``: the workbooks and sheets that there are."""

from __future__ import annotations


def list_() -> None:
    """List the workbooks and sheets that sheetsim can build.

    The lecture's own come first: mirrors of its files. Ours show what it explains and its files leave out.

    \b
    Example:
        sheetsim list
    """
    from sheetsim import library
    from sheetsim.support import terminal

    for heading, group in library.groups().items():
        print(f"{heading}\n{'─' * len(heading)}")
        for name, description in group.items():
            print(f"{name}: {description}")
            sheets = library.build(name).sheets
            rows = [[sheet.title, int(sheet.computed().sum()), ", ".join(sheet.buttons)] for sheet in sheets]
            terminal.table("", ["sheet", "formula cells", "buttons"], rows, ["formula cells"])
