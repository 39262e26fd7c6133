"""What a cell becomes in a file: its value as a text or as markup, its formula as markup. Every writer asks here."""

from __future__ import annotations

from collections.abc import Callable

from exporters.formulas import Stored
from exporters.markup import cell_text, error_text, escaped, kept_space, number_text
from sheetsim.errors import OutputError
from sheetsim.model.sheet import Book, Sheet
from sheetsim.model.values import BLANK, ERROR, LOGICAL, NUMBER, TEXT, TEXTS, decode

LONGEST = 32_767  # characters that a cell can hold


def value_text(num: float, kind: int) -> str:
    """A value where all is text, as in .csv: a number with all its digits, an error by its name, a blank as nothing."""
    if kind == NUMBER:
        return number_text(num)
    if kind == TEXT:
        return TEXTS[num]
    if kind == LOGICAL:
        return "TRUE" if num else "FALSE"
    return str(decode(num, kind)) if kind == ERROR else ""


class Formulas(dict[int, Stored]):
    """A book's formulas as files spell them, by their numbers; each is made when it is first asked for."""

    def __init__(self, book: Book):
        super().__init__()
        self.book = book
        self.names = {name for _, name in book.names}

    def __missing__(self, number: int) -> Stored:
        self[number] = stored = Stored(self.book.formulas[number], self.names)
        return stored


class Cells:
    """What the cells of one sheet become in its XML. ``shared`` gives a text its number in the file's table of texts;
    without it a plain text stands in its cell, and the table stays as it is."""

    def __init__(self, sheet: Sheet, formulas: Formulas, shared: Callable[[float], int] | None = None):
        self.sheet = sheet
        self.formulas = formulas
        self.shared = shared

    def value(self, row: int, column: int, num: float, kind: int, computed: bool) -> tuple[str, str]:
        """The attribute that says what a cell holds, and the element that holds it; both may be empty.

        Raises OutputError, naming the cell, for a text that is too long."""
        if kind == NUMBER:
            return "", f"<v>{number_text(num)}</v>"
        if kind == TEXT:
            return self._text(row, column, num, computed)
        if kind == BLANK:
            return "", ""
        return (' t="b"', f"<v>{num:.0f}</v>") if kind == LOGICAL else (' t="e"', f"<v>{error_text(num)}</v>")

    def number_of_text(self, row: int, column: int, num: float) -> str:
        """The number in the file's table of a plain text, as a text itself. Raises OutputError as ``value`` does."""
        assert self.shared is not None
        self._fitting(row, column, num)
        return str(self.shared(num))

    def _fitting(self, row: int, column: int, num: float) -> str:
        text = TEXTS[num]
        if len(text) > LONGEST:
            where = self.sheet.where(row, column)
            raise OutputError(f"{where} holds a text of {len(text):,} characters; a file's cell ends at {LONGEST:,}")
        return text

    def _text(self, row: int, column: int, num: float, computed: bool) -> tuple[str, str]:
        if self.shared and not computed:
            return ' t="s"', f"<v>{self.number_of_text(row, column, num)}</v>"
        text = self._fitting(row, column, num)
        markup = f"{kept_space(text)}>{cell_text(text)}</"
        return (' t="str"', f"<v{markup}v>") if computed else (' t="inlineStr"', f"<is><t{markup}t></is>")

    def formula(self, row: int, column: int, number: int, attributes: str = "") -> str:
        """The element of a cell's own formula, or of the array formula that begins there; else nothing."""
        if not number:
            if (row, column) not in self.sheet.arrays:
                return ""
            area, number = self.sheet.arrays[row, column]
            attributes = f' t="array" ref="{area}"'
        return f"<f{attributes}>{escaped(self.formulas[number].text(row, column, self.sheet))}</f>"

    def formula_at(self, row: int, column: int) -> str:
        """The same for any cell, beyond those in use too."""
        inside = row < self.sheet.rows and column < self.sheet.columns
        return self.formula(row, column, int(self.sheet.formula_numbers[row, column]) if inside else 0)
