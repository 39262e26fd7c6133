"""The table of functions: one row holds all that is known of a function, and stands above its rule.

    @function("MATCH", "value, list: array, [type]", gradient=Gradient.FLAT, evidence=Evidence.EXCEL)
    def match(value: Values, listed: Values, mode: Values | None = None) -> Values:
        \"\"\"The place, counted from 1, of a value in a row or column; ``#N/A`` where there is none.\"\"\"

That is all there is to adding a function, but for its derivative: where its rule does not hold for tensors too, and it
has a derivative, a rule for tensors stands under the same name in ``tensors/``. ``docs/functions.md`` is made from this
table.

A workbook uses a few of the functions, so a module of them is imported when one is asked for. Where each is entered
stands in ``modules.csv``, which ``make docs`` writes. It only saves time: a name that is not there is looked for in all
modules.

A rule gets ``Values`` (or a ``Reference`` for a place) and gives ``Values``; with ``context`` it first gets where it
is computed. Each is the plain formula of Excel's documentation, with the accumulation of ``arithmetic.py``. Where a
rule that also looks at ranges or arrays is given several values for a single one, it is asked once for each.
"""

from __future__ import annotations

import pkgutil
import re
import sys
from collections.abc import Callable, Iterator, MutableMapping
from dataclasses import dataclass
from enum import Enum
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

from sheetsim.functions.arguments import Arguments, Want
from sheetsim.functions.exactness import measured
from sheetsim.functions.lifting import Rule, asked_of_each
from sheetsim.model.nodes import Call, Node

MODULES = Path(__file__).with_name("modules.csv")  # function → the module here that enters it
NEWER = "_xlfn."  # how a file prefixes the functions that came with Excel 2010 and later


class Gradient(Enum):
    """How the derivative of a function is had."""

    NONE = "not supported"  # on tensors the function is named as lacking
    FLAT = "flat"  # 0 wherever there is one: counts, places, texts, roundings; the NumPy rule gives the value
    SHARED = "shared rule"  # by this row's rule itself: it is said by what a backend gives, torch as well as NumPy
    RULE = "rule"  # by the rule for tensors that stands under the same name in tensors/


class Evidence(Enum):
    """What the rule is held to. The strongest that holds is stated, and a test finds out whether it does."""

    EXCEL = "every bit"  # the lecture's workbooks use it, and each of their cells has the bits that Excel stored
    LIBREOFFICE = "15 digits"  # LibreOffice recalculates the same, to the digits a file of it holds
    DOCUMENTED = "documented"  # tested by what Microsoft documents: its examples, or the rules it states


class Cumulative(Enum):
    """What a function makes of all cells so far: ``SUM(A$1:A5)`` filled down is one pass, ``running_totals.py``."""

    SUM, SQUARES, PRODUCT, COUNT, FILLED, MEAN, LARGEST, SMALLEST = range(8)


class Scanned(Enum):
    """What a function becomes in the program of plain numbers for recurrences, ``recurrences/scan.py``."""

    SQRT, ABS, FLOOR, SIGN, SELECT, TAKE, EXP, LN, LOG10, SUM, SQUARES, COUNT, MATCH, OFFSET = range(14)


@dataclass(frozen=True)
class Function:
    """One row of the table."""

    name: str
    arguments: Arguments
    rule: Rule
    gradient: Gradient = Gradient.NONE
    evidence: Evidence = Evidence.DOCUMENTED
    about: str = ""  # one sentence; the rule's own docstring begins with it if it is not stated
    prefix: str = ""  # what a file writes before its name
    context: bool = False  # the rule first gets the place it is computed at
    higher: bool = False  # evaluated by engine/lambdas: it takes functions as arguments, or asks of a name
    volatile: bool = False  # another value at every calculation
    sized: bool = False  # how large the reference is that it gives is known only where it is computed
    gives_reference: bool = False  # the result is not values, but a place known only when the arguments are
    as_place: Rule | None = None  # another rule, of places, for beside a colon: A1:INDEX(…)
    passes_over_blanks: bool = False  # so that of A:A only the part in use need be looked at
    picks: bool = False  # its result are cells of its ranges: an unsupported one there counts only where it is picked
    counted: Rule | None = None  # what it looks at of a range: (values, sheet, rows, columns, arguments, fill) → values
    by_pairs: bool = False  # leaves out each pair of cells of which one is no number
    cumulative: Cumulative | None = None
    scanned: Scanned | None = None
    entered_by: str = ""  # the module that has to be imported for it

    @property
    def takes_functions(self) -> bool:
        """Whether its last argument is a function."""
        return self.higher and self.arguments.most > 1

    @property
    def family(self) -> str:
        """The module that its rule stands in, or of a family that is a folder, the folder."""
        _, _, within = self.rule.__module__.partition(".families.")
        return within.partition(".")[0] or self.rule.__module__.rpartition(".")[2]

    @property
    def exact(self) -> str:
        """How exact it is: as measured, else what it is held to."""
        found = measured().get(self.name)
        return self.evidence.value if found is None else str(found)


class Functions(MutableMapping[str, Function]):
    """The rows by their names, in the order of the alphabet; whoever looks at a row or at all of them finds them
    entered."""

    def __init__(self) -> None:
        self.entered: dict[str, Function] = {}
        self.complete = False

    def __getitem__(self, name: str) -> Function:
        if name not in self.entered and not self.complete:
            self._look_for(name)
        return self.entered[name]

    def __setitem__(self, name: str, row: Function) -> None:
        self.entered[name] = row

    def __delitem__(self, name: str) -> None:
        del self.entered[name]

    def __iter__(self) -> Iterator[str]:
        self._enter_all()
        return iter(sorted(self.entered))

    def __len__(self) -> int:
        self._enter_all()
        return len(self.entered)

    def _look_for(self, name: str) -> None:
        if name in _modules():
            import_module(f"{__package__}.{_modules()[name]}")
        if name not in self.entered:
            self._enter_all()

    def _enter_all(self) -> None:
        if not self.complete:
            package = sys.modules[__package__]
            for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
                import_module(module.name)
            self.complete = True


@cache
def _modules() -> dict[str, str]:
    lines = MODULES.read_text(encoding="utf-8").splitlines() if MODULES.exists() else []
    return dict(line.split(",") for line in lines)


FUNCTIONS = Functions()


def function(name: str, takes: str, **known: Any) -> Callable[[Rule], Rule]:
    """Enters a rule into the table: its name, its arguments, and what else of ``Function`` is known of it."""

    def enter(rule: Rule) -> Rule:
        if name in FUNCTIONS.entered:
            raise ValueError(f"{name} is in the table already")
        arguments = Arguments.read(takes)
        lifts = arguments.wants(Want.ONE) and arguments.wants(Want.RANGE, Want.ARRAY)
        asked = asked_of_each(rule, arguments) if lifts else rule
        stated = {"about": first_sentence(rule.__doc__ or ""), "entered_by": _now_imported(), **known}
        FUNCTIONS[name] = Function(name, arguments, asked, **stated)
        return rule

    return enter


def _now_imported() -> str:
    """The module whose lines are being run: rows are also entered by functions of other modules that it calls."""
    frame = sys._getframe()
    while frame.f_code.co_name != "<module>" and frame.f_back:
        frame = frame.f_back
    return str(frame.f_globals["__name__"])


def first_sentence(text: str) -> str:
    """
    >>> first_sentence("The natural logarithm.  Of 0 it is\\n  ``#NUM!``.")
    'The natural logarithm.'
    """
    return re.split(r"(?<=\.)\s", " ".join(text.split()))[0]


def row_of(node: Node) -> Function | None:
    """What the table knows of a node of a formula: None if it is no call, or of a function that is not in the table."""
    return FUNCTIONS.get(node.name) if isinstance(node, Call) else None


def gives_reference(node: Node) -> bool:
    """Whether a node is a call whose result is a reference, as ``OFFSET(…)``."""
    row = row_of(node)
    return row is not None and row.gives_reference
