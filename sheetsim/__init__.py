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
    from sheetsim import optimizers
    from sheetsim.api import check, compare, explain, gradient, recalc, run, solve, train
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
    from sheetsim.model.ranges import Cell, Range
    from sheetsim.model.sheet import Sheet
    from sheetsim.model.values import ExcelError
    from sheetsim.workbook import Workbook

__version__ = "0.1.0"

__all__ = [
    "Cell",
    "CycleError",
    "Difference",
    "ExcelError",
    "FormulaError",
    "InputError",
    "NotFound",
    "OutputError",
    "Range",
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
    "optimizers",
    "recalc",
    "run",
    "solve",
    "train",
]

#: Where the public names are defined. Each is imported when it is first used: importing sheetsim takes no time.
_HOMES = {
    "api": "check compare explain gradient recalc run solve train",
    "checking.findings": "Difference Report",
    "errors": "CycleError FormulaError InputError NotFound OutputError SheetsimError UnknownFunction",
    "library": "build names open",
    "model.ranges": "Cell Range",
    "model.sheet": "Sheet",
    "model.values": "ExcelError",
    "workbook": "Workbook",
}


if not TYPE_CHECKING:  # a type checker knows the names above, and that there are no others

    def __getattr__(name: str) -> Any:
        if name == "optimizers":  # a module
            return import_module("sheetsim.optimizers")
        for module, public in _HOMES.items():
            if name in public.split():
                return globals().setdefault(name, getattr(import_module(f"sheetsim.{module}"), name))
        raise AttributeError(f"module 'sheetsim' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
