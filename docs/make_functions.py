"""Writes functions.md, beside this file, and which module to import for a function, from their table: `make docs`."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

from sheetsim.functions import FUNCTIONS, Function
from sheetsim.functions.table import MODULES, Evidence, Gradient, first_sentence

PAGE = Path(__file__).with_name("functions.md")

HEAD = """\
# Functions

Made from the table of functions by `make docs`; a test compares the two. There are {count}; any other in a formula is
named together with its cell.

## How to read the tables

**Arguments.** What stands in `[ ]` may be left out, what stands before `…` may be repeated. A word behind a colon says
what the argument is taken as; without one it is a single value, and a range given there means its cell in the formula's
own row or column.

| word | taken as |
|---|---|
| `range` | all cells of a range, or a value; arithmetic inside it is on single values, as in `SUM(A1:A3)` |
| `array` | an array; arithmetic inside it is element by element, as in `SUMPRODUCT((A1:A3>1)*B1:B3)` |
| `same` | whatever the function itself is asked for |
| `place` | a reference, of which not the values but the place is wanted |
| `size` | a single value, that decides how large the reference is that comes out |
| `alike` | an array of which the first cell is enough: it is taken as large as the first argument |

**Exact.** Measured where there is something to measure by, else what the tests hold the function to. A *cell* is one
whose formula is a call of the function, in a workbook that Excel saved: 102 that belong to other projects, and the
lecture's own. A *point* is one of a grid, computed by mpmath with 40 digits. `tests/exactness/measuring.py` measures, a
test finds out whether it holds.

| | |
|---|---|
| bit for bit | all values are the very numbers |
| 1 unit in the last place | the others are the next number above or below |
| within 3e-15 | the furthest is off by that part of itself |
| {excel} | the lecture's three workbooks use it, and each of their cells has the bits that Excel stored |
| {libreoffice} | LibreOffice recalculates the same, to the 15 digits that its files hold; \
where the two programs are known to differ, Excel's documented value stands in the test |
| {documented} | the examples and rules of Microsoft's documentation |

**Gradient**, in the torch engine: {shared} has a derivative, that of the very rule that NumPy computes, {rule} has one
by a rule of its own, {flat} has none other than 0 (counts, places, texts, roundings), so that no gradient passes
through it.
"""


def page() -> str:
    """The whole page."""
    words = {member.name.lower(): f"*{member.value}*" for member in (*Evidence, *Gradient)}
    families = sorted({row.family for row in FUNCTIONS.values()})
    return "\n".join([HEAD.format(count=len(FUNCTIONS), **words), *(_family(name) for name in families)])


def _family(name: str) -> str:
    """A family; of a folder each module by itself."""
    rows = [row for row in FUNCTIONS.values() if row.family == name]
    modules = sorted({row.rule.__module__ for row in rows})
    if len(modules) == 1:
        return _table(f"## {name.capitalize()}", rows)
    package = import_module(modules[0].partition(f".{name}.")[0] + f".{name}")
    parts = [f"## {name.capitalize()}", "", _code(first_sentence(package.__doc__ or "")), ""]
    for module in modules:
        within = [row for row in rows if row.rule.__module__ == module]
        parts.append(_table(f"### {module.rpartition('.')[2].replace('_', ' ').capitalize()}", within))
    return "\n".join(parts)


def _table(heading: str, rows: list[Function]) -> str:
    module = import_module(rows[0].rule.__module__)
    lines = [heading, "", _code(first_sentence(module.__doc__ or "")), ""]
    lines += ["| function | what it gives | exact | gradient | |", "|---|---|---|---|---|"]
    return "\n".join([*lines, *map(_row, sorted(rows, key=lambda row: row.name)), ""])


def _row(row: Function) -> str:
    cells = [f"`{row.name}({row.arguments})`", _code(row.about), row.exact, row.gradient.value, _notes(row)]
    return f"| {' | '.join(cells)} |".replace("|  |", "| |")


def _notes(row: Function) -> str:
    """What else is worth knowing."""
    notes = {
        "another value at every calculation": row.volatile,
        "gives a reference": row.gives_reference,
        "beside a colon it gives a reference": row.as_place is not None,
        "passes over cells that hold a total themselves": row.counted is not None,
        "a pair of which one is no number is left out": row.by_pairs,
        "filled down from a fixed cell it costs one pass": row.cumulative is not None,
        f"`{row.prefix}` in files": bool(row.prefix),
    }
    return "; ".join(note for note, holds in notes.items() if holds)


def _code(text: str) -> str:
    return text.replace("``", "`")


def modules() -> str:
    """A line a function, and the module below ``sheetsim/functions`` that enters it."""
    return "".join(f"{name},{row.entered_by.removeprefix('sheetsim.functions.')}\n" for name, row in FUNCTIONS.items())


if __name__ == "__main__":
    MODULES.write_text(modules(), encoding="utf-8")
    PAGE.write_text(page(), encoding="utf-8")
