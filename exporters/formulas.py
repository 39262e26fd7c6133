"""Formulas as a file spells them, which is not quite as a person types them.

Functions newer than Excel 2007 carry a prefix in the file, ``@`` is a function there, arguments are parted by commas
only, and a table's ``[@Column]`` is written out.
"""

from __future__ import annotations

from collections.abc import Collection
from functools import cached_property

from sheetsim.engine.binding import AS_VALUE
from sheetsim.errors import FormulaError
from sheetsim.functions import FUNCTIONS
from sheetsim.functions.table import NEWER
from sheetsim.model.address import MAX_COLUMNS, MAX_ROWS, Rect
from sheetsim.model.formula import Formula
from sheetsim.model.nodes import Form, Ref, TableRef, walk
from sheetsim.model.parser import BINDING, OPTIONAL, PARAMETER, plain_name
from sheetsim.model.sheet import Sheet
from sheetsim.model.tokens import Token
from sheetsim.reading.sheet_formulas import Pattern, pattern

#: Functions that Excel 2010 and later added, of those that are not in the table: what a file writes before their names.
PREFIXES = dict.fromkeys(
    """
    FILTERXML FORECAST.ETS FORECAST.ETS.CONFINT FORECAST.ETS.SEASONALITY FORECAST.ETS.STAT SINGLE WEBSERVICE
    """.split(),
    NEWER,
)
SINGLE: Token = ("function", f"{NEWER}SINGLE(")
ANCHOR: Token = ("function", f"{NEWER}ANCHORARRAY(")
Piece = str | Ref | TableRef
_AS_TYPED = frozenset(("ref", "number", "text", "space"))
_REWRITTEN = frozenset("@#;")


class Stored:
    """One formula and all its copies, as they stand in a file.

    >>> Stored(Formula.read("=STDEV.S(A1;$B$2)", 0, 2)).text(9, 2)
    '_xlfn.STDEV.S(A10,$B$2)'
    """

    def __init__(self, formula: Formula, defined: Collection[str] = ()):
        """``defined`` are the workbook's names, in lower case: none of them is a function's."""
        self.tokens: Collection[Token] = formula.tokens
        if not _as_typed(formula):
            anchored = _with_anchors(_with_functions(_with_parameters(formula), defined))
            self.tokens = _with_commas(_with_single(anchored))
        self.pieces = [_piece(token) for token in self.tokens]
        self.patterns: dict[int, Pattern | None] = {}

    @cached_property
    def shareable(self) -> bool:
        """Whether copies can share one text."""
        return not any(_unshareable(token) for token in self.tokens)

    @cached_property
    def references(self) -> list[Ref]:
        """The references in it."""
        return [piece for _, piece in self.tokens if isinstance(piece, Ref)]

    @cached_property
    def around(self) -> Rect:
        """What moves along with the cell, seen from it."""
        corners = [corner for ref in self.references for corner in (ref.first, ref.last)]
        rows = [corner.row for corner in corners if not corner.row_absolute] or [0]
        columns = [corner.column for corner in corners if not corner.column_absolute] or [0]
        return Rect(min(rows), min(columns), max(rows), max(columns))

    def text(self, row: int, column: int, sheet: Sheet | None = None) -> str:
        """The text for the cell (row, column), without ``=``; ``sheet`` tells which table is around the cell."""
        if column not in self.patterns:  # the first of the column may be the only one: most formulas have few copies
            self.patterns[column] = None
            return self._spelled(row, column, sheet)
        known = self.patterns[column] = self.patterns[column] or self._pattern(column)
        if known is not None and known.first <= row <= known.last:
            return known.text % tuple([row + offset for offset in known.offsets])
        return self._spelled(row, column, sheet)

    def _spelled(self, row: int, column: int, sheet: Sheet | None) -> str:
        return "".join(_piece_text(piece, row, column, sheet) for piece in self.pieces)

    def _pattern(self, column: int) -> Pattern | None:
        """The text of all copies in a column but for the rows; None if that cannot be said beforehand."""
        tokens = tuple(("", piece) for piece in self.pieces if not isinstance(piece, TableRef))
        corners = [corner.place(0, column)[1] for ref in self.references for corner in (ref.first, ref.last)]
        known = len(tokens) == len(self.pieces) and all(0 <= place < MAX_COLUMNS for place in corners)
        return pattern(Formula(tokens), 0, column) if known else None

    def shareable_over(self, rect: Rect) -> bool:
        """Whether one text serves the whole rectangle: no copy may refer beyond the sheet's edge."""
        up, left, down, right = self.around
        inside = rect.top + up >= 0 and rect.left + left >= 0
        return self.shareable and inside and rect.bottom + down < MAX_ROWS and rect.right + right < MAX_COLUMNS


def stored_name(text: str) -> str:
    """What a name stands for, as files spell it; what is no formula that can be read stays as it is.

    >>> stored_name("LAMBDA(x,STDEV.S(x))"), stored_name("adam!$C$1"), stored_name("#REF!#")
    ('_xlfn.LAMBDA(_xlpm.x,_xlfn.STDEV.S(_xlpm.x))', 'adam!$C$1', '#REF!#')
    """
    try:
        formula = Formula.read(f"={text}", 0, 0)
        return Stored(formula).text(0, 0) if any(kind == "function" for kind, _ in formula.tokens) else text
    except FormulaError:
        return text


def _piece_text(piece: Piece, row: int, column: int, sheet: Sheet | None) -> str:
    if isinstance(piece, str):
        return piece
    return piece.text(row, column) if isinstance(piece, Ref) else _table_text(piece, _table_around(sheet, row, column))


def _unshareable(token: Token) -> bool:
    """Excel's shared formulas hold no other sheets, tables or array constants."""
    kind, piece = token
    if isinstance(piece, Ref):
        return piece.sheet is not None
    return kind == "table" or piece == "{" or (kind in ("name", "error") and "!" in str(piece)[:-1])


def _piece(token: Token) -> Piece:
    kind, piece = token
    if kind == "function" and isinstance(piece, str):
        return _prefixed(piece)
    if kind == "table" and isinstance(piece, str) and (piece.startswith("[") or "[@" in piece):
        node = Formula.read("=" + piece, 0, 0).tree
        assert isinstance(node, TableRef)
        return node
    return piece


def _prefixed(function: str) -> str:
    """``xlookup(`` → ``_xlfn.XLOOKUP(``; a name that has its prefix keeps it."""
    if function.startswith(PARAMETER):
        return function
    name = function[:-1].strip().upper()
    row = FUNCTIONS.get(name)
    prefix = row.prefix if row else PREFIXES.get(name, "")
    return f"{prefix}{name}(" if prefix else function


def _as_typed(formula: Formula) -> bool:
    """Whether it has nothing in it that a file spells otherwise: no function, name or table, none of ``@ # ;``."""
    return all(kind in _AS_TYPED or (kind == "operator" and piece not in _REWRITTEN) for kind, piece in formula.tokens)


def _with_commas(tokens: list[Token]) -> list[Token]:
    """Semicolons between arguments become commas; within ``{ }`` they part rows and stay."""
    inside, changed = 0, []
    for kind, piece in tokens:
        inside += (piece == "{") - (piece == "}")
        changed.append((kind, "," if kind == "operator" and piece == ";" and not inside else piece))
    return changed


def _with_single(tokens: list[Token]) -> list[Token]:
    """``@A1:A9`` → ``_xlfn.SINGLE(A1:A9)``."""
    changed: list[Token] = []
    place = 0
    while place < len(tokens):
        if tokens[place] == ("operator", "@"):
            end = _operand_end(tokens, place + 1)
            changed += [SINGLE, *_with_single(tokens[place + 1 : end]), ("operator", ")")]
            place = end
        else:
            changed.append(tokens[place])
            place += 1
    return changed


def _with_parameters(formula: Formula) -> list[Token]:
    """``LET(x,1,x+1)`` → ``LET(_xlpm.x,1,_xlpm.x+1)``; ``[y]``, which may be left out, is ``_xlop.y`` where it is
    declared."""
    if not any(kind == "function" and _function_name(str(piece)) in BINDING for kind, piece in formula.tokens):
        return list(formula.tokens)
    try:
        names = {name for node in walk(formula.tree) if isinstance(node, Form) for name in node.names}
    except FormulaError:  # one that is not read stays as it stands
        return list(formula.tokens)
    return [
        _parameter(kind, piece, names) if isinstance(piece, str) else (kind, piece) for kind, piece in formula.tokens
    ]


def _parameter(kind: str, piece: str, names: set[str]) -> Token:
    name = plain_name(piece.rstrip("( "))
    if kind == "table" and f"?{plain_name(piece.strip('[]'))}" in names:
        return "name", OPTIONAL + piece.strip("[]")
    if kind not in ("name", "function") or piece.casefold().startswith((PARAMETER, OPTIONAL)):
        return kind, piece
    return kind, PARAMETER + piece if name in names or f"?{name}" in names else piece


def _with_functions(tokens: list[Token], defined: Collection[str]) -> list[Token]:
    """``BYROW(A1:C3,SUM)`` → ``BYROW(A1:C3,_xleta.SUM)``: a function that is given to another."""
    called = [FUNCTIONS.get(_function_name(str(piece))) for kind, piece in tokens if kind == "function"]
    if not any(row is not None and row.higher for row in called):
        return tokens
    return [
        (kind, AS_VALUE + str(piece).upper())
        if kind == "name" and str(piece).upper() in FUNCTIONS and str(piece).casefold() not in defined
        else (kind, piece)
        for kind, piece in tokens
    ]


def _function_name(piece: str) -> str:
    return piece[:-1].strip().upper().removeprefix(NEWER.upper())


def _with_anchors(tokens: list[Token]) -> list[Token]:
    """``A1#`` → ``_xlfn.ANCHORARRAY(A1)``."""
    changed: list[Token] = []
    for token in tokens:
        if token == ("operator", "#"):
            start = _operand_start(changed)
            changed[start:] = [ANCHOR, *changed[start:], ("operator", ")")]
        else:
            changed.append(token)
    return changed


def _operand_start(tokens: list[Token]) -> int:
    """Where the operand begins with which some tokens end: a reference, a name, or what stands in parentheses."""
    depth = 0
    for place in range(len(tokens) - 1, -1, -1):
        kind, piece = tokens[place]
        depth += (piece == ")") - (kind == "function" or piece == "(")
        if depth <= 0 and kind != "space":
            return place
    return 0


def _operand_end(tokens: list[Token], place: int) -> int:
    """Where the operand that begins at ``place`` ends: signs, a value, and ``:`` with more values."""
    while place < len(tokens) and (tokens[place][0] == "space" or tokens[place][1] in ("-", "+", "@")):
        place += 1
    place = _value_end(tokens, place)
    if place < len(tokens) and tokens[place] == ("operator", ":"):
        return _operand_end(tokens, place + 1)
    return place


def _value_end(tokens: list[Token], place: int) -> int:
    depth = 0
    for end in range(place, len(tokens)):
        kind, piece = tokens[end]
        depth += (kind == "function" or piece in ("(", "{")) - (piece in (")", "}"))
        if depth <= 0:
            return end + 1
    return len(tokens)


def _table_around(sheet: Sheet | None, row: int, column: int) -> str:
    if sheet is not None:
        for table in sheet.book.tables.values():
            if table.sheet == sheet.title and table.rect.meets(Rect(row, column, row, column)):
                return table.name
    return ""


def _table_text(node: TableRef, around: str) -> str:
    """``[@Sex]`` → ``Table1[[#This Row],[Sex]]``."""
    columns = [f"[{_quoted_column(column)}]" for column in dict.fromkeys((node.first, node.last)) if column is not None]
    parts = [f"[{item}]" for item in node.items] + ([":".join(columns)] if columns else [])
    inside = parts[0] if len(parts) == 1 and len(columns) < 2 else f"[{','.join(parts)}]"
    return (node.table or around) + inside


def _quoted_column(column: str) -> str:
    return "".join("'" + letter if letter in "[]#'@" else letter for letter in column)
