"""Which kind of workbook a file is, by what stands in it: its name may have been given by anybody."""

from __future__ import annotations

from pathlib import Path

from sheetsim.reading.package import Package, find_all

CONTENTS = "[Content_Types].xml"
PLAIN = ".xlsx"
#: What the content type of the main part ends in → the suffix that the file ought to have. Excel opens no other.
KINDS = {
    "sheet.macroEnabled.main+xml": ".xlsm",
    "template.macroEnabled.main+xml": ".xltm",
    "template.main+xml": ".xltx",
}


def suffix_of(path: str | Path) -> str:
    """The suffix that fits what the file holds: ``.xlsx``, with macros ``.xlsm``, of templates ``.xltx`` and ``.xltm``.

    Raises InputError for a file that is no workbook.
    """
    with Package.open(path) as package:
        if CONTENTS not in package:
            return PLAIN
        main = "/" + package.main.casefold()
        entries = find_all(package.xml(CONTENTS), "Override")
        types = [entry.get("ContentType", "") for entry in entries if entry.get("PartName", "").casefold() == main]
    return next((suffix for kind in types for end, suffix in KINDS.items() if kind.endswith(end)), PLAIN)
