"""``sheetsim list``: the workbooks and sheets that there are."""

from __future__ import annotations

from workbooks import GROUPS


def list_() -> None:
    """List the workbooks and sheets that sheetsim can build.

    The lecture's own come first: mirrors of its files. Ours show what it explains and its files leave out.

    \b
    Example:
        sheetsim list
    """
    from sheetsim.support import terminal
    from workbooks.sheets import sheets_of

    sheets = {name: sheets_of(name) for group in GROUPS.values() for name in group}
    for heading, group in GROUPS.items():
        print(f"{heading}\n{'─' * len(heading)}")
        for name, description in group.items():
            print(f"{name}: {description}")
            terminal.table("", ["sheet", "formula cells", "buttons"], sheets[name], ["formula cells"])
