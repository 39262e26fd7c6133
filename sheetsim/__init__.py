"""sheetsim: a numerical engine that mirrors spreadsheets, to the last bit of Excel's arithmetic.

>>> import sheetsim
>>> book = sheetsim.open("graddesc")
>>> book.press("adam", "reset"); book.press("adam", "run")
>>> book["adam"]["C1"]
24.960097789510424
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sheetsim.api import check, compare, explain, gradient, solve, train
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
    "gradient",
    "names",
    "open",
    "solve",
    "train",
]

#: Where the public names are defined. Each is imported when it is first used: importing sheetsim takes no time.
_HOMES = {
    "api": "check compare explain gradient solve train",
    "checking.findings": "Difference Report",
    "errors": "CycleError FormulaError InputError NotFound OutputError SheetsimError UnknownFunction",
    "library": "build names open",
    "model.sheet": "Sheet",
    "model.values": "ExcelError",
    "workbook": "Workbook",
}


def __getattr__(name: str) -> Any:
    for module, public in _HOMES.items():
        if name in public.split():
            return globals().setdefault(name, getattr(import_module(f"sheetsim.{module}"), name))
    raise AttributeError(f"module 'sheetsim' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
