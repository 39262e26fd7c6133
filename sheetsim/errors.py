"""Every exception that sheetsim raises, as one tree.

    SheetsimError
    ├── InputError           a file or an argument that cannot be used
    │   └── NotFound         no such workbook, sheet, name, cell or button
    ├── FormulaError         a formula that cannot be understood
    │   ├── UnknownFunction  a formula that uses functions the engine lacks
    │   └── LimitError       a formula beyond the limits of spreadsheet programs
    ├── CycleError           cells that wait for one another
    └── OutputError          a file that cannot be written

Each message is one line that says what and where. Excel's own errors (``#DIV/0!`` and the like) are not
exceptions: they are values that travel through formulas.
"""

from __future__ import annotations


class SheetsimError(Exception):
    """The root of the tree: catch this to catch everything that sheetsim raises by itself."""


class InputError(SheetsimError):
    """A file or an argument that cannot be used; the message names it and says why."""


class NotFound(InputError):
    """No workbook, sheet, name, cell or button of that name; the message lists those there are."""


class FormulaError(SheetsimError):
    """A formula that does not parse or refers to something that is not there; names the cell and the formula."""


class UnknownFunction(FormulaError):
    """A formula that uses functions which the engine does not have.

    ``functions`` maps each missing function to the first cells that use it.
    """

    def __init__(self, message: str, functions: dict[str, list[str]] | None = None):
        super().__init__(message)
        self.functions = functions or {}


class LimitError(FormulaError):
    """A formula that no spreadsheet program takes: longer, deeper or wider than its limits, or names that stand for one
    another in a circle. Such a formula is refused wherever it is met; any other that cannot be understood leaves its
    cell uncomputed (``Workbook.recalculate``)."""


class CycleError(SheetsimError):
    """Cells that depend on themselves. ``cells`` is the chain, the first cell again at its end."""

    def __init__(self, cells: list[str]):
        shown = cells if len(cells) <= 12 else [*cells[:8], f"({len(cells) - 11} more)", *cells[-3:]]
        self.cells, self.chain = cells, " → ".join(shown)
        super().__init__(f"circular reference: {self.chain}")


class OutputError(SheetsimError):
    """A file that cannot be written; what was there before is untouched."""
