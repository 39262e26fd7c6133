"""sheetsim: a numerical engine that mirrors spreadsheets, to the last bit of Excel's arithmetic.

>>> import sheetsim
>>> book = sheetsim.open("graddesc")
>>> book.press("adam", "reset"); book.press("adam", "run")
>>> book["adam"]["C1"]
24.960097789510424
"""

from sheetsim.api import check, compare, explain, solve, train
from sheetsim.checking.findings import Difference, Report
from sheetsim.errors import (
    CycleError,
    FormulaError,
    InputError,
    NotFound,
    OutputError,
    SheetsimError,
    UnknownFunction,
)
from sheetsim.library import build, names, open
from sheetsim.model.sheet import Sheet
from sheetsim.model.values import ExcelError
from sheetsim.workbook import Workbook

__version__ = "0.1.0"

__all__ = [
    "CycleError",
    "Difference",
    "ExcelError",
    "FormulaError",
    "InputError",
    "NotFound",
    "OutputError",
    "Report",
    "Sheet",
    "SheetsimError",
    "UnknownFunction",
    "Workbook",
    "build",
    "check",
    "compare",
    "explain",
    "names",
    "open",
    "solve",
    "train",
]
