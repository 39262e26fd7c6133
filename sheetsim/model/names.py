"""Names and tables of a workbook: words that stand for cells."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from sheetsim.errors import FormulaError
from sheetsim.model.address import CELLS, Rect
from sheetsim.model.formula import Formula
from sheetsim.model.nodes import Corner, Error, Node, Ref, TableRef, Unary, quoted


@dataclass(frozen=True)
class DefinedName:
    """A name: ``text`` is what it stands for, a formula without ``=``; ``sheet`` the one it belongs to, or None."""

    name: str
    text: str
    sheet: str | None = None
    hidden: bool = False

    @cached_property
    def tree(self) -> Node:
        """What it stands for, seen from A1; read once. Raises FormulaError where that is no formula."""
        return Formula.read("=" + self.text, 0, 0).tree

    @cached_property
    def cells(self) -> Rect | None:
        """The cells that it stands for, of whatever sheet; None if it stands for something else."""
        return self.tree.rect(0, 0) if isinstance(self.tree, Ref) else None


@dataclass(frozen=True)
class Table:
    """A table: its first row holds the column names; ``totals`` says whether its last row holds totals."""

    name: str
    sheet: str
    rect: Rect
    columns: tuple[str, ...]
    headings: bool = True
    totals: bool = False


def table_cells(node: TableRef, tables: Mapping[str, Table], sheet: str, cells: Rect) -> Node:
    """The reference that ``Table1[Sex]`` stands for in formulas in some cells of a sheet; an error where the table, or
    the part of it, is not there. ``tables`` by their names in lower case. Raises FormulaError for a column that the
    table does not have."""
    table = tables.get(node.table.casefold()) if node.table is not None else _table_around(tables, sheet, cells)
    if table is None:
        return Error("#REF!")
    left, right = table.rect.left, table.rect.right
    if node.first is not None:
        names = [name.casefold() for name in table.columns]
        wanted = (node.first, node.last or node.first)
        for name in wanted:
            if name.casefold() not in names:
                raise FormulaError(f"the table {table.name} has no column {name!r}")
        left, right = sorted(table.rect.left + names.index(name.casefold()) for name in wanted)
    body = (table.rect.top + table.headings, table.rect.bottom - table.totals)
    if "#this row" in (item.casefold() for item in node.items):
        return _own_row(table.sheet, Rect(body[0], left, body[1], right), cells)
    return _rows_of(node, table, body, left, right)


def _table_around(tables: Mapping[str, Table], sheet: str, cells: Rect) -> Table | None:
    """``[@Sex]`` means the table that the formula stands in; beside a table, that of the same row."""
    first = Rect(cells.top, cells.left, cells.top, cells.left)
    beside = [t for t in tables.values() if t.sheet == sheet and t.rect.top <= cells.top <= t.rect.bottom]
    return next((t for t in beside if t.rect.meets(first)), beside[0] if beside else None)


def _own_row(sheet: str, body: Rect, cells: Rect) -> Node:
    """The cells of the formula's own row, ``#VALUE!`` above and below the table's rows."""
    if cells.bottom < body.top or cells.top > body.bottom:
        return Error("#VALUE!")
    first, last = Corner(0, body.left, False, True), Corner(0, body.right, False, True)
    if body.left != body.right:
        return Ref(sheet, first, last, "range")
    if body.top <= cells.top and cells.bottom <= body.bottom:
        return Ref(sheet, first, last)
    first, last = Corner(body.top, body.left, True, True), Corner(body.bottom, body.left, True, True)
    return Unary("@", Ref(sheet, first, last, "range"))


def _rows_of(node: TableRef, table: Table, body: tuple[int, int], left: int, right: int) -> Node:
    """The rows that are asked for, of the columns from ``left`` to ``right``: the table's own if none are."""
    top, bottom = table.rect.top, table.rect.bottom
    rows = {"#all": (top, bottom), "#data": body}
    rows |= {"#headers": (top, top)} if table.headings else {}
    rows |= {"#totals": (bottom, bottom)} if table.totals else {}
    asked = {item.casefold() for item in node.items} or {"#data"}
    found = [rows[item] for item in asked if item in rows]
    if not found or (found == [body] and body[0] > body[1]):
        return Error("#REF!")
    first = Corner(min(first for first, _ in found), left, True, True)
    last = Corner(max(last for _, last in found), right, True, True)
    return Ref(table.sheet, first, last, "cell" if first == last else "range")


class Named:
    """A workbook as what knows its names and tables."""

    def __init__(self) -> None:
        super().__init__()
        self.names: dict[tuple[str, str], DefinedName] = {}  # (sheet or "", name), both in lower case
        self.tables: dict[str, Table] = {}

    def formulas_changed(self) -> None:
        """What was made of the formulas may hold no longer: a name in them means something else."""
        raise NotImplementedError

    def define_name(self, name: str, text: str, sheet: str | None = None, hidden: bool = False) -> None:
        """Makes ``name`` stand for ``text`` (``adam!$C$1``), in one sheet only if ``sheet`` is given."""
        text = text.removeprefix("=")
        if sheet is not None and CELLS.match(text):
            text = f"{quoted(sheet)}!{text}"
        key = ((sheet or "").casefold(), name.casefold())
        self.names[key] = DefinedName(name, text, sheet, hidden)
        self.formulas_changed()

    def find_name(self, name: str, sheet: str | None) -> DefinedName | None:
        """The name as seen from a sheet: its own first, then the workbook's."""
        own = self.names.get(((sheet or "").casefold(), name.casefold()))
        return own or self.names.get(("", name.casefold()))
