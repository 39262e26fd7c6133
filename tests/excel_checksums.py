"""Checksums of what Excel computed and stored in the lecture's own workbooks: `python tests/excel_checksums.py`.

The workbooks themselves may not be kept here, their checksums may: one for each column of each sheet, so that a bit
that differs is told by its column. A file is read with zipfile and an XML parser alone, so that nothing under test has
a hand in it.
"""

from __future__ import annotations

import json
import posixpath
import re
import struct
import zipfile
from collections.abc import Iterable, Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

from conftest import ORIGINALS
from defusedxml import ElementTree
from openpyxl.utils import range_boundaries

#: Computed cells of each workbook, those of array formulas one by one, without the volatile sheets.
COMPUTED = {"graddesc": 1_565, "collab_filter": 12_937, "entropy_example": 75}
VOLATILE = ["data"]  # sheets of random numbers, drawn anew at every recalculation

STORED = Path(__file__).with_name("excel_checksums.json")

Cell = tuple[str, str, float | str]  #: address, type as the file has it (n, str, b, e), value
Checksums = dict[str, dict[str, str]]  #: sheet → column → "so many cells, their checksum"


def checksums(path: Path) -> Checksums:
    """The checksums of the computed cells that a file stores."""
    sheets = {title: of_sheet(computed_cells(xml)) for title, xml in _sheets(path) if title not in VOLATILE}
    return {title: columns for title, columns in sheets.items() if columns}


def of_sheet(cells: Iterable[Cell]) -> dict[str, str]:
    """A column's checksum is over a line for each of its computed cells, in the order of their texts."""
    columns: dict[str, list[str]] = {}
    for address, kind, value in cells:
        content = struct.pack(">d", value).hex() if isinstance(value, float) else value
        columns.setdefault(address.rstrip("0123456789"), []).append(f"{address} {kind} {content}")
    return {column: _checksum(sorted(lines)) for column, lines in columns.items()}


def _checksum(lines: list[str]) -> str:
    digest = sha256("\n".join(lines).encode()).hexdigest()
    return f"{len(lines)} cells, sha256 {digest}"


def computed_cells(xml: bytes) -> Iterator[Cell]:
    """The cells of a sheet that hold a formula or lie within an array formula, with their stored values."""
    cells = {cell.get("r"): cell for cell in ElementTree.fromstring(xml).iterfind("{*}sheetData/{*}row/{*}c")}
    formulas = {address: formula for address, cell in cells.items() if (formula := cell.find("{*}f")) is not None}
    arrays = [range_boundaries(f.get("ref")) for f in formulas.values() if f.get("t") == "array"]
    for address, cell in cells.items():
        column, row, _, _ = range_boundaries(address)
        if address in formulas or any(a <= column <= c and b <= row <= d for a, b, c, d in arrays):
            yield address, *_stored(cell)


def _stored(cell: Any) -> tuple[str, float | str]:
    kind, text = cell.get("t", "n"), cell.findtext("{*}v")
    if kind not in ("n", "str", "b", "e") or (text is None and kind != "str"):
        raise ValueError(f"{cell.get('r')}: type {kind}, value {text!r}: not the result of a formula")
    return kind, float(text) if kind == "n" else text or ""


def _sheets(path: Path) -> Iterator[tuple[str, bytes]]:
    with zipfile.ZipFile(path) as package:
        links = ElementTree.fromstring(package.read("xl/_rels/workbook.xml.rels"))
        parts = {link.get("Id"): posixpath.join("/xl", link.get("Target")).lstrip("/") for link in links}
        for sheet in ElementTree.fromstring(package.read("xl/workbook.xml")).iterfind("{*}sheets/{*}sheet"):
            link = next(value for name, value in sheet.items() if re.fullmatch(r"\{.*\}id", name))
            yield sheet.get("name"), package.read(parts[link])


def differing(found: Checksums, stored: Checksums) -> list[str]:
    """A line for each column that differs or that only one side has."""
    places = {(sheet, column) for side in (found, stored) for sheet in side for column in side[sheet]}
    pairs = {
        place: [side.get(place[0], {}).get(place[1], "nothing computed") for side in (found, stored)]
        for place in sorted(places)
    }
    return [
        f"{sheet}, column {column}: {ours}; Excel stored {excels}"
        for (sheet, column), (ours, excels) in pairs.items()
        if ours != excels
    ]


def stored() -> dict[str, Checksums]:
    """The checksums kept beside this file, by workbook."""
    kept: dict[str, Checksums] = json.loads(STORED.read_text())
    return kept


def of_originals() -> dict[str, Checksums]:
    return {name: checksums(ORIGINALS / f"{name}.xlsx") for name in COMPUTED}


if __name__ == "__main__":
    STORED.write_text(json.dumps(of_originals(), indent=1) + "\n")
