"""Measures how exact the functions are: `make exactness` writes what it finds to ``sheetsim/functions/exactness.csv``.

Against Excel: every cell of the workbooks that it saved (``../shared/excel-files``) whose formula is a call of the
function, and every cell of the lecture's whose formula calls it, which ``test_excel_checksums.py`` holds to Excel's
bits. Against mpmath, with 40 digits: the distributions that no such cell is of.
"""

from __future__ import annotations

import zipfile
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import mpmath
import numpy as np
from many_digits import POINTS, many_digits
from places import SHARED
from tables import computed

import sheetsim
from sheetsim.engine.numpy_engine import recalculate
from sheetsim.engine.plan import plan_of
from sheetsim.errors import SheetsimError
from sheetsim.functions import FUNCTIONS, row_of
from sheetsim.functions.exactness import Exactness, write
from sheetsim.model.nodes import Call, Node, Unary, children, walk
from sheetsim.model.sheet import Book
from sheetsim.model.values import ERROR, NUMBER, TEXT, TEXTS, UNSUPPORTED
from sheetsim.reading.book import read

FILES = SHARED / "excel-files"
LECTURE = ("graddesc", "collab_filter", "entropy_example")
DRAWN = "data"  # the sheet whose numbers are drawn anew


class Cell(NamedTuple):
    """A cell whose formula is a call: of which function, with calls in its arguments or not, ours and Excel's."""

    function: str
    nested: bool
    ours: Any
    theirs: Any
    where: str


def by_excel(path: Path) -> bool:
    """Whether Excel saved a file, and not another program."""
    with zipfile.ZipFile(path) as package:
        return "docProps/app.xml" in package.namelist() and b"Excel" in package.read("docProps/app.xml")


def outermost(tree: Node) -> Call | None:
    """The call that a formula is, None if it is anything else."""
    while isinstance(tree, Unary) and tree.operator in "+@":
        tree = tree.operand
    return tree if isinstance(tree, Call) else None


def cells_of(path: Path) -> Iterator[Cell]:
    """The cells of a workbook whose formulas are calls of functions of the table, computed from its inputs."""
    book = read(path)
    stored = {sheet.title: (sheet.num.copy(), sheet.kind.copy()) for sheet in book.sheets}
    plan = plan_of(book)
    recalculate(book)
    for block in plan.blocks:
        call, row = outermost(block.tree), row_of(outermost(block.tree) or block.tree)
        if call is None or row is None or row.volatile or any(r and r.volatile for r in map(row_of, walk(call))):
            continue
        nested = any(isinstance(node, Call) for child in children(call) for node in walk(child))
        num, kind = stored[block.sheet.title]
        for at in block.cells.cells():
            ours = _value(block.sheet.num[at], block.sheet.kind[at])
            if at[0] < num.shape[0] and at[1] < num.shape[1] and ours != ("error", float(UNSUPPORTED)):
                yield Cell(row.name, nested, ours, _value(num[at], kind[at]), f"{path.name} {block.sheet.where(*at)}")


def _value(num: float, kind: int) -> Any:
    if kind == NUMBER:
        return float(num)
    return ("error", float(num)) if kind == ERROR else TEXTS[num] if kind == TEXT else (int(kind), float(num))


def tallied(pairs: list[tuple[Any, Any]], against: str) -> Exactness:
    """The count of pairs of a value of ours and one that it should be."""
    counts: Counter[str] = Counter()
    worst = 0.0
    for ours, other in pairs:
        if ours == other:
            counts["equal"] += 1
        elif not (isinstance(ours, float) and isinstance(other, float)) or other == 0:
            counts["other"] += 1
        elif abs(ours - other) <= np.spacing(abs(other)):
            counts["near"] += 1
        else:
            worst = max(worst, abs(ours - other) / abs(other))
    return Exactness(against, len(pairs), counts["equal"], counts["near"], float(f"{worst:.2g}"), counts["other"])


def excel_cells() -> list[Cell]:
    """Those of all workbooks that can be computed."""
    found: list[Cell] = []
    for path in sorted(FILES.glob("*.xlsx")):
        if by_excel(path):
            try:
                found += cells_of(path)
            except SheetsimError:
                continue
    return found


def lecture_counts() -> Counter[str]:
    """How many cells of the lecture's workbooks call each function."""
    counts: Counter[str] = Counter()
    for name in LECTURE:
        book: Book = sheetsim.open(name)
        for block in plan_of(book).blocks:
            if block.sheet.title != DRAWN:
                called = {row.name for row in map(row_of, walk(block.tree)) if row}
                counts.update(dict.fromkeys(called, block.cells.size))
    return counts


def measure() -> dict[str, Exactness]:
    """The exactness of each function that there is something to compare with."""
    pairs: dict[str, list[tuple[Any, Any]]] = defaultdict(list)
    for cell in excel_cells():
        if cell.ours == cell.theirs or not cell.nested:  # what differs in an argument is not held against the function
            pairs[cell.function].append((cell.ours, cell.theirs))
    found = {name: tallied(of, "Excel") for name, of in pairs.items()}
    for name, count in lecture_counts().items():
        own = found.get(name, Exactness("Excel", 0, 0, 0, 0.0))
        found[name] = own._replace(cells=own.cells + count, equal=own.equal + count)
    with mpmath.workdps(40):
        for name, points in POINTS.items():
            if name not in found:
                wanted = [float(many_digits(name, *point)) for point in points]
                formulas = [f"={name}({','.join(str(v).upper() for v in point)})" for point in points]
                found[name] = tallied(list(zip(computed(formulas), wanted, strict=True)), "mpmath")
    return {name: exactness for name, exactness in found.items() if name in FUNCTIONS}


if __name__ == "__main__":
    write(measure())
