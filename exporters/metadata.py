"""The part of a file that makes array formulas dynamic: a cell points to its one entry with ``cm``.

Without it Excel shows ``{=SORT(A1:A9)}`` over fixed cells. The elements are those of [MS-XLSX] 2.4.21 and of ECMA-376,
18.9, as Excel writes them.
"""

from __future__ import annotations

import posixpath
from collections.abc import Collection

from sheetsim.model.sheet import Book
from sheetsim.reading.metadata import PROPERTIES

DYNAMIC = ' cm="1"'  # of a cell whose formula is dynamic
PART = "xl/metadata.xml"
_ID = "rIdDynamicArrays"  # of the relationship in a copy
TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheetMetadata+xml"
_ACTIONS = "copy pasteAll pasteValues merge splitFirst rowColShift clearFormats clearComments assign coerce cellMeta"
XML = f"""\
<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<metadata xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" \
xmlns:xda="http://schemas.microsoft.com/office/spreadsheetml/2017/dynamicarray">\
<metadataTypes count="1"><metadataType name="{PROPERTIES}" minSupportedVersion="120000" \
{" ".join(f'{action}="1"' for action in _ACTIONS.split())}/></metadataTypes>\
<futureMetadata name="{PROPERTIES}" count="1"><bk><extLst><ext uri="{{bdbb8cdc-fa1e-496e-a857-3c3f30c029c3}}">\
<xda:dynamicArrayProperties fDynamic="1" fCollapsed="0"/></ext></extLst></bk></futureMetadata>\
<cellMetadata count="1"><bk><rc t="1" v="0"/></bk></cellMetadata></metadata>"""

LINK = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/sheetMetadata"


def mark_of(dynamic: Collection[str]) -> str:
    """The attribute of dynamic cells in a copy of a file, given those that the file has for them."""
    return f' cm="{min(dynamic)}"' if dynamic else DYNAMIC


def beside(main: str) -> str:
    """The name of the part, given that of the part that lists the sheets."""
    return posixpath.join(posixpath.dirname(main), "metadata.xml")


def announced(xml: bytes, name: str, main: str) -> bytes:
    """The list of content types, or of what the main part is related to, with this part in it; any other as it is."""
    folder, file = posixpath.split(main)
    if name == "[Content_Types].xml":
        entry = f'<Override PartName="/{beside(main)}" ContentType="{TYPE}"/>'
    elif name == posixpath.join(folder, "_rels", f"{file}.rels"):
        entry = f'<Relationship Id="{_ID}" Type="{LINK}" Target="metadata.xml"/>'
    else:
        return xml
    end = xml.rindex(b"</")
    prefix = xml[end + 2 : xml.rindex(b">")].rpartition(b":")
    return xml[:end] + entry.replace("<", f"<{prefix[0].decode()}{prefix[1].decode()}").encode() + xml[end:]


def is_needed(book: Book) -> bool:
    """Whether the workbook has dynamic array formulas."""
    return any(sheet.dynamic for sheet in book.sheets)
