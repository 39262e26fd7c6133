"""sheetsim: a numerical engine that mirrors spreadsheets, to the last bit of Excel's arithmetic.

>>> import sheetsim
>>> book = sheetsim.open("graddesc")
>>> book.press("adam", "reset"); book.press("adam", "run")
>>> book["adam"]["C1"]
24.960097789510424
"""

from sheetsim.checking import check
from sheetsim.errors import (
    CycleError,
    FormulaError,
    InputError,
    NotFound,
    OutputError,
    SheetsimError,
    UnknownFunction,
)
from sheetsim.findings import Difference, Report
from sheetsim.registry import build, names, open
from sheetsim.sheet import Sheet, Workbook
from sheetsim.values import ExcelError

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
    "names",
    "open",
]
