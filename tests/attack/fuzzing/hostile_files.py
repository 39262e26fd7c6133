"""The hostile set: the files of the tables of ``tests/attack/``, and those that once took minutes or gigabytes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import book_by_hand
from test_cells import HELD, sheet_xml
from test_not_modelled import SAID, SHEETS, TABLE
from test_packages import BESIDE, DAMAGE, REFUSED, parts
from zips import pack

Maker = Callable[[Path], object]


def damaged(kind: str, member: str) -> Maker:
    def make(path: Path) -> None:
        content = bytearray(pack(path, parts()).read_bytes())
        DAMAGE[kind][0](content, member)
        path.write_bytes(content)

    return make


def by_hand(cells: str = "", book: str = "", sheet: str | None = None) -> Maker:
    return lambda path: book_by_hand.write(path, cells, book, sheet)


def filled(formula: str, rows: int, value: str = "<c><v>{}</v></c>") -> Maker:
    """Column A holds a value in each row, made of its number; B the number; C the formula, filled down."""

    def make(path: Path) -> None:
        shared = f'<c><f t="shared" ref="C1:C{rows}" si="0">{formula.replace("#", str(rows))}</f></c>'
        cells = ""
        for row in range(rows):
            cells += f"<row>{value.format(row * 7 % 1000)}<c><v>{row}</v></c>{shared}</row>"
            shared = '<c><f t="shared" si="0"/></c>'
        book_by_hand.write(path, cells)

    return make


def names(texts: list[str], formula: str) -> Maker:
    defined = "".join(f'<definedName name="n_{number}">{text}</definedName>' for number, text in enumerate(texts))
    cells = f"<row><c><v>1</v></c><c><f>{formula}</f></c></row>"
    return by_hand(cells, f"{SHEETS}<definedNames>{defined}</definedNames>")


def single(formula: str, attributes: str = "") -> Maker:
    return by_hand(f"<row><c><v>1</v></c><c><f{attributes}>{formula}</f></c></row>")


TEXT = '<c t="str"><v>Name {}</v></c>'
WIDE = "".join("<c><f>COUNTIF(s!A$1:A$1048576,1)</f></c>" for _ in range(500))
RUNS = '<row><c t="inlineStr"><is>' + "<r><t>ab</t></r>" * 600_000 + "</is></c></row>"
COUNTLESS = "".join(f'<row r="{row}"><c r="A{row}"><f>A{row + 1}+1</f></c></row>' for row in range(1, 20_001))

DOUBLING = '<row r="1"><c><v>12</v></c></row>'
DOUBLING += "".join(f'<row r="{row + 1}"><c><f>A{row}&amp;A{row}</f></c></row>' for row in range(1, 61))
CORNERS = '<row r="1"><c r="A1"/></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'

FILLED: dict[str, Maker] = {
    "COUNTIF of each of 20,000 texts": filled("COUNTIF(A$1:A$#,A1)", 20_000, TEXT),
    "COUNTIF of each of 20,000 numbers": filled("COUNTIF(A$1:A$#,A1)", 20_000),
    "SUMIFS of each of 20,000 texts": filled("SUMIFS(B$1:B$#,A$1:A$#,A1)", 20_000, TEXT),
    "VLOOKUP of each of 20,000 texts": filled("VLOOKUP(A1,A$1:B$#,2,FALSE)", 20_000, TEXT),
    "growing PRODUCT": filled("PRODUCT(A$1:A1)", 4_000),
    "growing STDEV": filled("STDEV(A$1:A1)", 4_000),
    "growing MEDIAN": filled("MEDIAN(A$1:A1)", 4_000),
    "growing MAX": filled("MAX(A$1:A1)", 20_000),
    "OFFSETs that point at later ones": filled("OFFSET(C1,1,0)", 4_000),
    "OFFSETs of whole columns": filled("SUM(OFFSET(A$1,0,0,1048576,2))", 2_000),
    "SUMPRODUCT of whole columns": filled("SUMPRODUCT(A:A*B:B)", 100),
    "sums of the whole sheet": filled("SUM(none!A1:XFD1048576,A$1:B$1048576)", 100),
}
SLOW: dict[str, Maker] = {
    **FILLED,
    "texts that double": by_hand(DOUBLING),
    "COUNTIF(A:A) in 500 columns": by_hand(f"<row>{WIDE}</row>"),
    "30 names that double": names(["s!$A$1", *(f"n_{k}+n_{k}" for k in range(30))], "n_30"),
    "a chain of 400 names": names(["s!$A$1", *(f"n_{k}+1" for k in range(400))], "n_400"),
    "names in a circle": names(["n_1", "n_2", "n_0"], "n_0"),
    "an array formula over a sheet": single("1+1", ' t="array" ref="A1:Z1048576"'),
    "an array of a million": single("ROW(A1:A1048576)*COLUMN(A1:Z1)", ' t="array" ref="B1:C2"'),
    "a text of 600,000 runs": by_hand(RUNS),
    "a chain of 20,000 cells": by_hand(COUNTLESS),
    "two cells in far corners": by_hand(CORNERS),
    "stars": single(f'COUNTIF(A1:A9,"{"*a" * 100}b")'),
    "100,000 terms": single("&amp;".join(["A1"] * 100_000)),
    "nested 3,000 deep": single("ABS(" * 3000 + "1" + ")" * 3000),
    "offsets without end": single("OFFSET(A1,1E300,-1E300,1E18,1E9)"),
    "a power of powers": single("9^9^9^9^9^9"),
}

FILES: dict[str, Maker] = {
    **{f"cells: {name}": by_hand(sheet=sheet_xml(cells)) for name, cells, _ in HELD},
    **{f"parts: {name}": lambda path, make=make: pack(path, make()) for name, (make, _) in REFUSED.items()},
    **{f"zip: {kind} of {member}": damaged(kind, member) for kind in DAMAGE for member in BESIDE},
    **{f"asks for {name}": by_hand(TABLE, SHEETS + setting) for name, (setting, _) in SAID.items()},
    **SLOW,
}

#: Each command, as it is tried on each file; it is told where the file's first formula stands.
COMMANDS = {
    "recalc": "recalc book.xlsx --out out.xlsx",
    "recalc to .csv": "recalc book.xlsx --out out.csv",
    "check": "check book.xlsx",
    "check --out": "check book.xlsx --out report.xlsx",
    "explain": "explain book.xlsx s!{formula}",
    "build": "build book.xlsx",
    "build --self-check": "build book.xlsx --self-check",
    "run": "run book.xlsx s --epochs 2",
    "compare": "compare --points book.xlsx --epochs 2",
    "solve, by differences": "solve book.xlsx s --cells A1 --minimise {formula} --iterations 2 --gradients differences",
    "solve, by torch": "solve book.xlsx s --cells A1 --minimise {formula} --iterations 2 --gradients torch",
    "train": "train movielens --ratings book.xlsx --epochs 1",
}


def words(command: str, file: str) -> list[str]:
    """The words of a command on a file."""
    return COMMANDS[command].format(formula="C1" if file in FILLED else "B1").split()


def write(given: dict[str, Any], folder: Path) -> Path:
    FILES[given["file"]](folder / "book.xlsx")
    return folder / "book.xlsx"
