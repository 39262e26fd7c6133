"""What a workbook says of cells beside their values: here, which array formulas are dynamic.

A cell of a worksheet points with ``cm`` to an entry of the part ``metadata.xml``, counted from 1, that names a type of
metadata and an entry of that type: for dynamic array formulas ``XLDAPR`` with ``fDynamic`` ([MS-XLSX] 2.4.21).
"""

from __future__ import annotations

from collections.abc import Iterator
from xml.etree.ElementTree import Element

from sheetsim.reading.package import Package, find_all, local, whole

PROPERTIES = "XLDAPR"  # the type of metadata


def dynamic_cells(package: Package) -> frozenset[str]:
    """What the attribute ``cm`` of a cell is where its array formula is a dynamic one."""
    parts = package.related(package.main, "sheetMetadata")
    return frozenset(cm for part in parts.values() if part in package for cm in _dynamic(package.xml(part)))


def _dynamic(tree: Element) -> Iterator[str]:
    types = [entry.get("name") for entry in find_all(tree, "metadataType")]
    entries = [
        _is_dynamic(entry)
        for future in find_all(tree, "futureMetadata")
        if future.get("name") == PROPERTIES
        for entry in _blocks(future)
    ]
    for cells in find_all(tree, "cellMetadata"):
        for number, block in enumerate(_blocks(cells), 1):
            for record in block:
                kind, place = whole(record.get("t", "")), whole(record.get("v", ""))
                if kind is None or place is None or not 1 <= kind <= len(types) or place >= len(entries):
                    continue
                if types[kind - 1] == PROPERTIES and entries[place]:
                    yield str(number)


def _blocks(tree: Element) -> list[Element]:
    return [child for child in tree if local(child.tag) == "bk"]


def _is_dynamic(entry: Element) -> bool:
    return any(
        local(element.tag) == "dynamicArrayProperties" and element.get("fDynamic") in ("1", "true")
        for element in entry.iter()
    )
