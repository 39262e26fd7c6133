"""Where the rows and cells of a worksheet's XML stand: the one idea of a cell, for who reads them and who writes them.

An element counts only where the format has a place for it.
"""

from __future__ import annotations

from sheetsim.errors import InputError
from sheetsim.model.address import MAX_ROWS, cell_name, parse_cell
from sheetsim.reading.own_elements import PASSED_OVER, Handler, OwnElements
from sheetsim.reading.package import whole

_AMONG_ROWS, IN_ROW, _IN_CELL, _IN_PART, _IN_INLINE, _IN_TEXT = range(6)


class SheetWalk(OwnElements):
    """Goes through one sheet's XML as expat reads it. ``where`` is how messages call the sheet.

    Inside a cell ``row`` and ``column`` say which it is; at its end ``type``, ``value``, ``formula`` (the attributes)
    and ``formula_text`` are what it holds, None for what it lacks. Subclasses extend ``end_cell`` and its like."""

    root, what = "worksheet", "a worksheet"

    def __init__(self, where: str):
        super().__init__(where)
        self.row, self.row_text, self.column = -1, "", -1
        self.letters: dict[str, int] = {}
        self.type: str | None = None
        self.attributes: dict[str, str] = {}
        self.value: str | None = None
        self.formula: dict[str, str] | None = None
        self.formula_text = ""
        self.depth = _AMONG_ROWS
        self.runs: list[str] = []  # of the inline text that is being read
        self.rows_at = -1  # the byte of the part at which the element of all rows begins
        self.left_out = 0  # bytes before the place at hand that the parser was not given (``rows/feed.py``)
        self.unknown = ""  # what is wrong with the first element that no sheet has

    def handlers(self) -> tuple[dict[str, Handler], dict[str, Handler]]:
        """What is called where an element of the sheet's own starts and where it ends, by its local name."""
        starts: dict[str, Handler] = {"row": self.start_row, "c": self.start_cell, "f": self._start_formula}
        starts |= {"v": self._start_value, "is": self._start_inline, "r": self._start_run, "t": self._start_text}
        ends: dict[str, Handler] = {"sheetData": self.end_rows, "row": self.end_row, "c": self.end_cell}
        ends |= {"f": self._end_formula, "v": self._end_value, "is": self._end_inline, "t": self._end_text}
        return starts | dict.fromkeys(PASSED_OVER, self.pass_over), ends | {"r": _nothing}

    def refuse(self, tag: str) -> None:
        """Raises InputError for an element that has no place where it stands."""
        if tag == "c":
            inside = "inside another" if self.depth >= _IN_CELL else "outside of any row"
            raise InputError(f"{self.where}: a cell stands {inside}")
        if tag == "row":
            raise InputError(f"{self.where}: a row stands inside row {self.row_text}")
        raise InputError(f"{self.where}: {self._misplaced(tag)}")

    def _misplaced(self, tag: str) -> str:
        places = {_AMONG_ROWS: "among the rows", IN_ROW: f"in row {self.row_text}"}
        place = places.get(self.depth) or f"where it stands in cell {cell_name(self.row, self.column)}"
        return f"<{tag[:20]}> has no place {place}"

    def start_unknown(self, tag: str) -> None:
        """At an element that no sheet has there. It is refused at the end of the rows: where there is none, the XML is
        damaged, which is the better reason."""
        self.unknown = self.unknown or self._misplaced(tag)
        self.pass_over()

    # --- around the rows ------------------------------------------------------------------------------------------
    def begin(self) -> None:
        """At the root: what stands before the rows."""
        self.listen(self._start_around, None, None)

    def _start_around(self, name: str, attributes: dict[str, str]) -> None:
        if name == self.space + "sheetData":
            self.start_rows()
        else:
            self.start_other(name, attributes)
            self.pass_over()

    def start_other(self, name: str, attributes: dict[str, str]) -> None:
        """At each element that stands before the rows, by its full name."""

    def start_rows(self) -> None:
        """At the beginning of all rows."""
        self.rows_at = self.here()
        self.hear(*self.handlers())

    def here(self) -> int:
        """The byte of the part at which the parser stands: where what it has met begins."""
        return self.expat.CurrentByteIndex + self.left_out

    def end_rows(self) -> None:
        """At the end of all rows: what follows has elements of the same names with other meanings."""
        if self.unknown:
            raise InputError(f"{self.where}: {self.unknown}")
        self.listen(self._start_after, None, None)

    def among_rows(self) -> bool:
        """Whether what comes next is a row, or the end of them."""
        return self.depth == _AMONG_ROWS and not self.skipped

    def _start_after(self, name: str, attributes: dict[str, str]) -> None:
        if name == self.space + "sheetData":
            raise InputError(f"{self.where}: it has its cells in two places")
        self.start_after(name, attributes)

    def start_after(self, name: str, attributes: dict[str, str]) -> None:
        """At each element that stands after the rows, by its full name."""

    # --- rows and cells -------------------------------------------------------------------------------------------
    def start_row(self, attributes: dict[str, str]) -> None:
        """At the beginning of a row."""
        if self.depth != _AMONG_ROWS:
            self.refuse("row")
        self.depth = IN_ROW
        number = attributes.get("r")
        self.row, self.column = self.row + 1, -1
        self.row_text = str(self.row + 1)
        if number is not None and number != self.row_text:  # rows without cells are left out
            given = whole(number)
            if given is None or not 1 <= given <= MAX_ROWS:
                raise InputError(f"{self.where}: {number[:20]!r} is not a row number")
            self.row, self.row_text = given - 1, str(given)

    def end_row(self) -> None:
        """At the end of a row."""
        self.depth = _AMONG_ROWS

    def start_cell(self, attributes: dict[str, str]) -> None:
        """At the beginning of a cell."""
        if self.depth != IN_ROW:
            self.refuse("c")
        self.depth, self.value, self.formula = _IN_CELL, None, None
        self.type, self.attributes = attributes.get("t"), attributes
        reference = attributes.get("r")
        if reference is None:
            self.column += 1
            return
        row_text = self.row_text
        column = self.letters.get(reference[: -len(row_text)]) if reference.endswith(row_text) else None
        if column is None:  # another row's, letters not met yet, or no letters at all, as the A1 of A15 in row 5
            self._place(reference)
        else:
            self.column = column

    def _place(self, reference: str) -> None:
        try:
            row, self.column = parse_cell(reference)
        except InputError as error:
            raise InputError(f"{self.where}: {str(error)[:80]}") from None
        if row != self.row:
            self.row, self.row_text = row, str(row + 1)
        if reference.endswith(self.row_text):
            self.letters[reference[: -len(self.row_text)]] = self.column

    def end_cell(self) -> None:
        """At the end of a cell."""
        self.depth = IN_ROW

    # --- the parts of a cell --------------------------------------------------------------------------------------
    def _start_formula(self, attributes: dict[str, str]) -> None:
        if self.depth != _IN_CELL or self.formula is not None:
            self.refuse("f")
        self.depth, self.formula = _IN_PART, attributes
        self.pieces.clear()

    def _end_formula(self) -> None:
        self.depth, self.formula_text = _IN_CELL, "".join(self.pieces)

    def _start_value(self, _: dict[str, str]) -> None:
        if self.depth != _IN_CELL or self.value:
            self.refuse("v")
        self.depth = _IN_PART
        self.pieces.clear()

    def _end_value(self) -> None:
        self.depth, self.value = _IN_CELL, "".join(self.pieces)

    def _start_inline(self, _: dict[str, str]) -> None:
        if self.depth != _IN_CELL or self.value:
            self.refuse("is")
        self.depth = _IN_INLINE
        self.runs.clear()

    def _end_inline(self) -> None:
        self.depth, self.value = _IN_CELL, "".join(self.runs)

    def _start_run(self, _: dict[str, str]) -> None:
        if self.depth != _IN_INLINE:
            self.refuse("r")

    def _start_text(self, _: dict[str, str]) -> None:
        if self.depth != _IN_INLINE:
            self.refuse("t")
        self.depth = _IN_TEXT
        self.pieces.clear()

    def _end_text(self) -> None:
        self.depth = _IN_INLINE
        self.runs += self.pieces


def _nothing() -> None:
    pass
