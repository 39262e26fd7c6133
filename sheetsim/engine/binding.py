"""Names and table references → references: what a formula means in its own sheet."""

from __future__ import annotations

from collections.abc import Iterator

from sheetsim.errors import FormulaError, LimitError
from sheetsim.functions import FUNCTIONS, row_of
from sheetsim.functions.areas import areas_of, stated_common, stated_span, united
from sheetsim.functions.arguments import Want
from sheetsim.functions.operands import makes_reference, operand_want
from sheetsim.model.address import MAX_COLUMNS, MAX_ROWS, Rect
from sheetsim.model.names import table_cells
from sheetsim.model.nodes import (
    AS_ARRAY,
    ArrayConstant,
    Binary,
    Call,
    Corner,
    Error,
    Form,
    Lacking,
    Logical,
    Missing,
    Name,
    Node,
    Number,
    Ref,
    TableRef,
    Text,
    Unary,
    Variable,
    children,
    fold,
    is_union,
    quoted,
    walk,
)
from sheetsim.model.sheet import Book, Sheet
from sheetsim.model.values import EXTERNAL

MOST = 1 << 14  # operands and operators of a formula, its names replaced: names of names grow with every step
#: What is never a reference, unless it makes one.
PLAIN_VALUES = (ArrayConstant, Binary, Call, Error, Logical, Missing, Number, Text, Unary)
AS_VALUE = "_xleta."  # what files write before a function that is given to another: BYROW(A1:C3,SUM)

Key = tuple[str, str]  # a name: the sheet that it is seen from, and itself, both in lower case


def bind(tree: Node, sheet: Sheet, cells: Rect) -> Node:
    """The tree as ``bound_alone`` gives it, and with it the functions that are names of the workbook: those it calls,
    those that they call, and so on. One may call itself, so they stand beside the tree and not in it."""
    bound = bound_alone(tree, sheet, cells)
    functions: dict[str, Node] = {}
    waiting = [bound]
    while waiting:
        for name in [node.name for node in walk(waiting.pop()) if isinstance(node, Variable)]:
            if "!" in name and name not in functions:
                title, _, text = name.rpartition("!")
                scope = _sheet_of(title or None, sheet)
                functions[name] = bound_alone(_meant(Name(None, text), scope, cells), scope, cells)
                waiting.append(functions[name])
    return Form("WHERE", tuple(functions), (*functions.values(), bound)) if functions else bound


def bound_alone(tree: Node, sheet: Sheet, cells: Rect) -> Node:
    """The tree with every name and table reference replaced by what it stands for, and every reference naming its
    sheet. ``cells`` are those of the formula (they decide which table ``[@Sex]`` means). Raises FormulaError for a
    sheet that is not there; an unknown name is Excel's ``#NAME?``, a value."""
    tree = _from_names(tree, sheet)
    meanings: dict[Key, Node] = {}
    for key, meant, scope in _named_in(tree, sheet, cells):
        meanings[key] = _as_array(_replaced(meant, scope, cells, meanings))
    return _replaced(tree, sheet, cells, meanings)


def _from_names(tree: Node, sheet: Sheet) -> Node:
    """``corner:Sheet1!C3``, which reads like the sheets from one to another, as a range that begins at a name."""
    return fold(tree, lambda node, below: _from_name(node, sheet) or rebuilt(node, below))


def _from_name(node: Node, sheet: Sheet) -> Node | None:
    if not isinstance(node, Ref):
        return None
    first, colon, last = (node.sheet or "").partition(":")
    if not colon or sheet.book.find_sheet(first) or not sheet.book.find_name(first, sheet.title):
        return None
    return Binary(":", Name(None, first), Ref(last, node.first, node.last, node.shape))


def _replaced(tree: Node, sheet: Sheet, cells: Rect, meanings: dict[Key, Node]) -> Node:
    return fold(tree, lambda node, below: _bound(node, below, sheet, cells, meanings))


def _as_array(tree: Node) -> Node:
    """What a name stands for is computed as in an array formula: ``A1:A3*2`` are three numbers. A plain reference stays
    one."""
    if isinstance(tree, Form):  # a function; and LET is computed so anyhow
        return tree
    for node in walk(tree):
        for place, child in enumerate(children(node)):
            several = isinstance(child, Ref) and child.shape != "cell"
            if several and operand_want(node, place, Want.ONE) is Want.ONE and not _is_at(node):
                return Unary(AS_ARRAY, tree)
    return tree


def _is_at(node: Node) -> bool:
    return isinstance(node, Unary) and node.operator == "@"


def _named_in(tree: Node, sheet: Sheet, cells: Rect) -> Iterator[tuple[Key, Node, Sheet]]:
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
            meant = _meant(name, other, cells)
            path.append((meant, other, _names_of(meant)))
            continue
        path.pop()
        size = sum(sizes[_key(node, scope)] if isinstance(node, Name) else _count(node, scope) for node in walk(tree))
        if size > MOST:
            what = f"the name {list(begun.values())[-1]} stands for" if begun else "stands for"
            raise LimitError(f"{what} a formula of more than {MOST:,} operands and operators, its names replaced")
        if begun:
            key, _ = begun.popitem()
            sizes[key] = size
            yield key, tree, scope


def _names_of(tree: Node) -> Iterator[Name]:
    return (node for node in walk(tree) if isinstance(node, Name))


def _count(node: Node, sheet: Sheet) -> int:
    """How many nodes become of one: of a reference to several sheets as many as there are."""
    return len(_sheets_of(node.sheet, sheet)) if isinstance(node, Ref) and ":" in (node.sheet or "") else 1


def _key(name: Name, sheet: Sheet) -> Key:
    return _sheet_of(name.sheet, sheet).title.casefold(), name.name.casefold()


def _bound(node: Node, below: tuple[Node, ...], sheet: Sheet, cells: Rect, meanings: dict[Key, Node]) -> Node:
    if isinstance(node, Ref):
        if (node.sheet or "").startswith("["):
            return _outside(node, sheet)
        titles = [each.title for each in _sheets_of(node.sheet, sheet)]
        return united(Ref(title, node.first, node.last, node.shape) for title in titles)
    if isinstance(node, Name):
        return meanings[_key(node, sheet)]
    if isinstance(node, TableRef):
        return table_cells(node, sheet.book.tables, sheet.title, cells)
    same = rebuilt(node, below)
    if isinstance(same, Call):
        if function := _of_the_workbook(same, sheet):
            return Form("CALL", (), (function, *same.arguments))
        stacked = _stacked(same)
        return _refused(stacked) or _of_one_area(_made_alike(stacked))
    if isinstance(same, Binary) and same.operator == ":":
        return stated_span(same.left, same.right) or same
    if isinstance(same, Binary) and same.operator in (" ", ","):
        return _of_references(same)
    return same


def _of_references(node: Binary) -> Node:
    """A union, or what two references have in common; an error where one is no reference."""
    for side in (node.left, node.right):
        if not (is_union(side) or _is_reference(side)):
            return side if isinstance(side, Error) else Error("#VALUE!")
    return stated_common(node.left, node.right) or node if node.operator == " " else node


def _is_reference(node: Node) -> bool:
    """Whether a node stands for cells, or may do so: of a function that nobody knows this is not the fault to name."""
    row = row_of(node)
    if isinstance(node, Call) and (row is None or row.as_place is not None):
        return True
    return makes_reference(node) or not isinstance(node, PLAIN_VALUES)


def _stacked(call: Call) -> Call:
    """``VSTACK(Jan:Mar!A1:B9)`` stacks what is on one sheet upon what is on the next."""
    if call.name not in ("VSTACK", "HSTACK"):
        return call
    return Call(call.name, tuple(area for argument in call.arguments for area in areas_of(argument)))


def _refused(call: Call) -> Error | None:
    """``#VALUE!`` where a function that looks at how cells lie is given a union of them."""
    row = row_of(call)
    if row is None or row.as_place is not None:
        return None
    unions = [place for place, argument in enumerate(call.arguments) if is_union(argument)]
    return Error("#VALUE!") if any(row.arguments.want(place) is Want.ARRAY for place in unions) else None


def _of_one_area(call: Call) -> Call | Error:
    """``INDEX((A1:B2,C1:D2),1,2,2)``: where the number of the area is stated, INDEX on that alone."""
    if call.name != "INDEX" or not call.arguments or isinstance(call.arguments[0], Variable | Form):
        return call
    cells, *others = call.arguments
    which = others[2] if len(others) > 2 else Missing()
    if not isinstance(which, Number | Missing):
        return call
    areas, number = areas_of(cells), int(min(which.value, MAX_ROWS)) if isinstance(which, Number) else 1
    if not 1 <= number <= len(areas):
        return Error("#REF!" if number > 0 else "#VALUE!")
    return Call(call.name, (areas[number - 1], *others[:2]))


def _outside(ref: Ref, sheet: Sheet) -> Node:
    """A reference to another file, if values of its sheet are stored here."""
    there = sheet.book.find_sheet(ref.sheet or "")
    if there is None or not there.rows:
        return Lacking(EXTERNAL, f"{quoted(ref.sheet or '')}!", ref.key())
    return Ref(there.title, ref.first, ref.last, ref.shape)


def _of_the_workbook(call: Call, sheet: Sheet) -> Variable | None:
    """``TWICE(3)`` where a name of the workbook stands for a function: that, seen from its own sheet."""
    found = None if row_of(call) is not None else sheet.book.find_name(call.name, sheet.title)
    return None if found is None else Variable(f"{sheet.title}!{found.name.casefold()}")


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


def _sheets_of(title: str | None, sheet: Sheet) -> list[Sheet]:
    """The sheets that a reference names: of ``Jan:Mar`` all from the one to the other, in the workbook's order."""
    first, colon, last = (title or "").partition(":")
    if not colon or first.startswith("["):
        return [_sheet_of(title, sheet)]
    sheets = sheet.book.sheets
    ends = sorted(sheets.index(_sheet_of(end, sheet)) for end in (first, last))
    return sheets[ends[0] : ends[1] + 1]


def _meant(node: Name, scope: Sheet, cells: Rect) -> Node:
    """What a name stands for where it is seen from a sheet, the names in that as they are."""
    if node.name.casefold().startswith(AS_VALUE):
        return Form("FUNCTION", (node.name[len(AS_VALUE) :].upper(),), ())
    found = scope.book.find_name(node.name, scope.title)
    if scope.title.startswith("[") and (found is None or found.sheet != scope.title):
        return Lacking(EXTERNAL, f"{scope.title}!{node.name}")
    if found is None:
        table = scope.book.tables.get(node.name.casefold())
        if table is None and node.name.upper() in FUNCTIONS:
            return Form("FUNCTION", (node.name.upper(),), ())
        whole = TableRef(node.name, (), None, None)
        return Error("#NAME?") if table is None else table_cells(whole, scope.book.tables, scope.title, cells)
    try:
        tree = found.tree
    except FormulaError as error:
        raise type(error)(f"the name {node.name} stands for {found.text!r}: {error}") from None
    return _wrapped(_from_names(tree, scope))


def _wrapped(tree: Node) -> Node:
    """A name that means the cell above is stored as seen from A1, where the cell above is the sheet's last: relative
    references go around the edges."""
    return fold(tree, _wrapped_node)


def _wrapped_node(node: Node, below: tuple[Node, ...]) -> Node:
    if isinstance(node, Ref):
        return Ref(node.sheet, _around(node.first), _around(node.last), node.shape)
    return rebuilt(node, below)


def _around(corner: Corner) -> Corner:
    row, column = corner.row, corner.column
    if not corner.row_absolute and row > MAX_ROWS // 2:
        row -= MAX_ROWS
    if not corner.column_absolute and column > MAX_COLUMNS // 2:
        column -= MAX_COLUMNS
    return corner._replace(row=row, column=column)


def rebuilt(node: Node, below: tuple[Node, ...]) -> Node:
    """The node on other operands."""
    if isinstance(node, Call):
        return Call(node.name, below)
    if isinstance(node, Form):
        return Form(node.kind, node.names, below)
    if isinstance(node, Unary):
        return Unary(node.operator, below[0])
    return Binary(node.operator, below[0], below[1]) if isinstance(node, Binary) else node


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
