"""Names and table references → references: what a formula means in its own sheet."""

from __future__ import annotations

from collections.abc import Iterator

from sheetsim.errors import FormulaError, LimitError
from sheetsim.functions import row_of
from sheetsim.functions.arguments import Want
from sheetsim.functions.operands import operand_want
from sheetsim.model.address import MAX_COLUMNS, MAX_ROWS
from sheetsim.model.formula import Formula
from sheetsim.model.names import Table
from sheetsim.model.nodes import (
    Binary,
    Call,
    Corner,
    Error,
    Lacking,
    Name,
    Node,
    Ref,
    TableRef,
    Unary,
    children,
    fold,
    quoted,
    walk,
)
from sheetsim.model.sheet import Book, Sheet
from sheetsim.model.values import EXTERNAL

MOST = 1 << 14  # operands and operators of a formula, its names replaced: names of names grow with every step

Key = tuple[str, str]  # a name: the sheet that it is seen from, and itself, both in lower case


def bind(tree: Node, sheet: Sheet, row: int) -> Node:
    """The tree with every name and table reference replaced by what it stands for, and every reference naming its
    sheet. ``row`` is that of the formula (it decides which table ``[@Sex]`` means). Raises FormulaError for a sheet
    that is not there; an unknown name is Excel's ``#NAME?``, a value."""
    meanings: dict[Key, Node] = {}
    for key, meant, scope in _named_in(tree, sheet, row):
        meanings[key] = _replaced(meant, scope, row, meanings)
    return _replaced(tree, sheet, row, meanings)


def _replaced(tree: Node, sheet: Sheet, row: int, meanings: dict[Key, Node]) -> Node:
    return fold(tree, lambda node, below: _bound(node, below, sheet, row, meanings))


def _named_in(tree: Node, sheet: Sheet, row: int) -> Iterator[tuple[Key, Node, Sheet]]:
    """The names that a formula uses, those that they use before them, each once: what it stands for and where that is
    seen from. The walk goes into depth with a stack of its own, as names may stand for names a thousand times over."""
    sizes: dict[Key, int] = {}
    begun: dict[Key, str] = {}  # the names on the way to the one at hand
    path = [(tree, sheet, _names_of(tree))]
    while path:
        tree, scope, names = path[-1]
        name = next((n for n in names if _key(n, scope) not in sizes), None)
        if name is not None:
            key, other = _key(name, scope), _sheet_of(name.sheet, scope)
            if key in begun:
                chain = [*list(begun.values())[list(begun).index(key) :], name.name]
                raise LimitError(f"names that stand for one another in a circle: {' → '.join(chain)}")
            begun[key] = name.name
            meant = _meant(name, other, row)
            path.append((meant, other, _names_of(meant)))
            continue
        path.pop()
        size = sum(sizes[_key(node, scope)] if isinstance(node, Name) else 1 for node in walk(tree))
        if size > MOST:
            what = f"the name {list(begun.values())[-1]} stands for" if begun else "stands for"
            raise LimitError(f"{what} a formula of more than {MOST:,} operands and operators, its names replaced")
        if begun:
            key, _ = begun.popitem()
            sizes[key] = size
            yield key, tree, scope


def _names_of(tree: Node) -> Iterator[Name]:
    return (node for node in walk(tree) if isinstance(node, Name))


def _key(name: Name, sheet: Sheet) -> Key:
    return _sheet_of(name.sheet, sheet).title.casefold(), name.name.casefold()


def _bound(node: Node, below: tuple[Node, ...], sheet: Sheet, row: int, meanings: dict[Key, Node]) -> Node:
    if isinstance(node, Ref):
        if (node.sheet or "").startswith("["):
            return _outside(node, sheet)
        return Ref(_sheet_of(node.sheet, sheet).title, node.first, node.last, node.shape)
    if isinstance(node, Name):
        return meanings[_key(node, sheet)]
    if isinstance(node, TableRef):
        return _table_cells(node, sheet, row)
    rebuilt = _rebuilt(node, below)
    return _made_alike(rebuilt) if isinstance(rebuilt, Call) else rebuilt


def _outside(ref: Ref, sheet: Sheet) -> Node:
    """A reference to another file, if values of its sheet are stored here."""
    there = sheet.book.find_sheet(ref.sheet or "")
    if there is None or not there.rows:
        return Lacking(EXTERNAL, f"{quoted(ref.sheet or '')}!", ref.key())
    return Ref(there.title, ref.first, ref.last, ref.shape)


def _made_alike(call: Call) -> Call:
    """``SUMIF(A1:A6,">0",E1)``: the row says that the third range is taken as large as the first."""
    row = row_of(call)
    if row is None:
        return call
    wants = [row.arguments.at(place).want for place in range(len(call.arguments))]
    pairs = zip(call.arguments, wants, strict=True)
    made = (_as_large_as(call.arguments[0], node) if want is Want.ALIKE else node for node, want in pairs)
    return Call(call.name, tuple(made))


def _as_large_as(span: Node, target: Node) -> Node:
    """Excel goes by the first cell of the target and takes as many as the span has."""
    if not (isinstance(span, Ref) and isinstance(target, Ref)) or span.shape not in ("cell", "range"):
        return target
    alike = [one == two for one, two in zip(span.first[2:], span.last[2:], strict=True)]
    if not all(alike):  # the size of the range differs from cell to cell
        return target
    first = target.first
    wide = span.last.column - span.first.column
    last = first._replace(row=first.row + span.last.row - span.first.row, column=first.column + wide)
    return Ref(target.sheet, first, last, span.shape)


def _sheet_of(title: str | None, sheet: Sheet) -> Sheet:
    if title is None:
        return sheet
    found = sheet.book.find_sheet(title)
    if found is None and title.startswith("["):
        return Sheet(sheet.book, title)  # of another file, of which nothing is stored
    if found is None:
        raise FormulaError(f"refers to a sheet {title!r}, which is not there")
    return found


def _meant(node: Name, scope: Sheet, row: int) -> Node:
    """What a name stands for where it is seen from a sheet, the names in that as they are."""
    found = scope.book.find_name(node.name, scope.title)
    if scope.title.startswith("[") and (found is None or found.sheet != scope.title):
        return Lacking(EXTERNAL, f"{scope.title}!{node.name}")
    if found is None:
        table = scope.book.tables.get(node.name.casefold())
        return Error("#NAME?") if table is None else _table_cells(TableRef(table.name, (), None, None), scope, row)
    try:
        tree = Formula.read("=" + found.text, 0, 0).tree
    except FormulaError as error:
        raise type(error)(f"the name {node.name} stands for {found.text!r}: {error}") from None
    return _wrapped(tree)


def _wrapped(tree: Node) -> Node:
    """A name that means the cell above is stored as seen from A1, where the cell above is the sheet's last: relative
    references go around the edges."""
    return fold(tree, _wrapped_node)


def _wrapped_node(node: Node, below: tuple[Node, ...]) -> Node:
    if isinstance(node, Ref):
        return Ref(node.sheet, _around(node.first), _around(node.last), node.shape)
    return _rebuilt(node, below)


def _around(corner: Corner) -> Corner:
    row, column = corner.row, corner.column
    if not corner.row_absolute and row > MAX_ROWS // 2:
        row -= MAX_ROWS
    if not corner.column_absolute and column > MAX_COLUMNS // 2:
        column -= MAX_COLUMNS
    return corner._replace(row=row, column=column)


def _rebuilt(node: Node, below: tuple[Node, ...]) -> Node:
    """The node on other operands."""
    if isinstance(node, Call):
        return Call(node.name, below)
    if isinstance(node, Unary):
        return Unary(node.operator, below[0])
    return Binary(node.operator, below[0], below[1]) if isinstance(node, Binary) else node


def _table_cells(node: TableRef, sheet: Sheet, row: int) -> Node:
    table = _table_of(node, sheet, row)
    if table is None:
        return Error("#REF!")
    left, right = table.rect.left, table.rect.right
    if node.first is not None:
        names = [name.casefold() for name in table.columns]
        wanted = [node.first.casefold(), (node.last or node.first).casefold()]
        if any(name not in names for name in wanted):
            raise FormulaError(f"the table {table.name} has no column {node.first!r}")
        left, right = (table.rect.left + names.index(name) for name in wanted)
    return _rows_of(node, table, left, right)


def _table_of(node: TableRef, sheet: Sheet, row: int) -> Table | None:
    if node.table is not None:
        return sheet.book.tables.get(node.table.casefold())
    around = (t for t in sheet.book.tables.values() if t.sheet == sheet.title and t.rect.top <= row <= t.rect.bottom)
    return next(around, None)


def _rows_of(node: TableRef, table: Table, left: int, right: int) -> Node:
    items = {item.casefold() for item in node.items}
    if "#this row" in items:
        first, last = Corner(0, left, False, True), Corner(0, right, False, True)
        return Ref(table.sheet, first, last, "cell" if left == right else "range")
    top, bottom = table.rect.top, table.rect.bottom
    body = (top + table.headings, bottom - table.totals)
    rows = {"#all": (top, bottom), "#headers": (top, top), "#data": body, "#totals": (bottom, bottom)}
    tops, bottoms = zip(*([rows[item] for item in items if item in rows] or [body]), strict=True)
    top, bottom = min(tops), max(bottoms)
    if not 0 <= top <= bottom < MAX_ROWS:
        return Error("#REF!")
    first, last = Corner(top, left, True, True), Corner(bottom, right, True, True)
    return Ref(table.sheet, first, last, "cell" if (top, left) == (bottom, right) else "range")


def references(book: Book, tree: Node) -> list[Ref]:
    """The references whose values a bound tree uses: not those of which only the place is asked, as in ``ROW(A1)`` or
    beside the colon of ``A1:INDEX(…)``."""
    found = []
    waiting = [(tree, Want.ONE)]
    while waiting:
        node, want = waiting.pop()
        if isinstance(node, Ref) and want is not Want.PLACE:
            found.append(node)
        below = [(child, operand_want(node, k, want)) for k, child in enumerate(children(node))]
        waiting += reversed(below)
    return found
