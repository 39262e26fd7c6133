"""What a cell can hold, and how a whole array of cells is held.

A value is a blank, a number, a text, a logical or an error. An array of values is two arrays: ``kind`` says which
of the five each one is and ``num`` holds a float64: the number itself, 0 or 1 for a logical, the place of a text in
the table of texts, the code of an error, 0 for a blank. Numbers, by far the most, are then plain NumPy.
"""

from __future__ import annotations

from datetime import date
from typing import Any, NamedTuple

import numpy as np

from sheetsim.model.limits import SMALLEST

BLANK, NUMBER, TEXT, LOGICAL, ERROR = range(5)

ERRORS = {"#NULL!": 1, "#DIV/0!": 2, "#VALUE!": 3, "#REF!": 4, "#NAME?": 5, "#NUM!": 6, "#N/A": 7}
#: Those that came later. No formula makes them here, but files hold them. Up to 14 the codes are those of ERROR.TYPE.
ERRORS |= {"#GETTING_DATA": 8, "#SPILL!": 9, "#CONNECT!": 10, "#BLOCKED!": 11, "#UNKNOWN!": 12, "#FIELD!": 13}
ERRORS |= {"#CALC!": 14, "#BUSY!": 15, "#EXTERNAL!": 16, "#PYTHON!": 17, "#TIMEOUT!": 18}
ERROR_NAMES = {code: name for name, code in ERRORS.items()}
DIV0, VALUE, REF, NAME, NUM, NA = (ERRORS[name] for name in ("#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#N/A"))

#: Codes from here on are none of Excel's errors: the value of a cell that cannot be computed, and of every cell that
#: depends on it. Each stands for a ``Reason``. No function hides one, so such cells are told apart from wrong numbers.
UNSUPPORTED = 1_000


class ExcelError(str):
    """An error value, as Python sees it: a text such as ``#DIV/0!`` that is known to be an error.

    >>> ExcelError("#N/A") == "#N/A"
    True
    """

    __slots__ = ()


class Reason(NamedTuple):
    """Why a cell cannot be computed: one of the kinds below, what is lacking, and the cell that lacks it; what depends
    on that cell has the same reason."""

    kind: str
    what: str
    where: str

    def __str__(self) -> str:
        return f"{self.cause} in {self.where}"

    @property
    def label(self) -> str:
        """What a table of reasons calls it: a function by its name."""
        return self.what if self.kind == FUNCTION else self.cause

    @property
    def cause(self) -> str:
        """The same without the cell.

        >>> Reason(FUNCTION, "CUBEVALUE", "s!A1").cause, str(Reason(CIRCLE, "s!A1 → s!A1", "s!A1"))
        ('the function CUBEVALUE', 'the circular reference s!A1 → s!A1 in s!A1')
        """
        return f"{self.kind} {self.what}"


#: The kinds of reasons, as messages begin with them.
FUNCTION, FORM, EXTERNAL, CIRCLE, ITERATED = (
    "the function",
    "a formula that is not read:",
    "a reference to another file, no value of which is stored:",
    "the circular reference",
    "the circular reference, computed by iteration,",
)

_REASONS: list[Reason] = []  # the reason of the code UNSUPPORTED + its place; grows for the life of the process
_CODES: dict[Reason, int] = {}


def reason_code(reason: Reason) -> int:
    """The code of the unsupported value that carries a reason."""
    if reason not in _CODES:
        _CODES[reason] = UNSUPPORTED + len(_REASONS)
        _REASONS.append(reason)
    return _CODES[reason]


def reason_of(code: float) -> Reason:
    """The reason that an unsupported value carries."""
    return _REASONS[int(code) - UNSUPPORTED]


class Unsupported(ExcelError):
    """The value of a cell that cannot be computed, as Python sees it; ``reason`` says why.

    >>> value = Unsupported(Reason(FUNCTION, "CUBEVALUE", "s!A1"))
    >>> value, str(value.reason)
    ('#UNSUPPORTED!', 'the function CUBEVALUE in s!A1')
    """

    __slots__ = ("reason",)

    reason: Reason

    def __new__(cls, reason: Reason) -> Unsupported:
        """The value for a reason."""
        made = super().__new__(cls, "#UNSUPPORTED!")
        made.reason = reason
        return made

    def __reduce__(self) -> tuple[Any, ...]:
        return Unsupported, (self.reason,)


class Texts:
    """The table of texts: each distinct text once; a cell holds its place. Grows for the life of the process."""

    def __init__(self) -> None:
        self._places: dict[str, int] = {}
        self._texts: list[str] = []
        self._folded: list[int] = []

    def place(self, text: str) -> int:
        """The place of ``text``, added if it is new."""
        found = self._places.get(text)
        if found is None:
            found = self._places[text] = len(self._texts)
            self._texts.append(text)
            folded = text.casefold()
            self._folded.append(found if folded == text else self.place(folded))
        return found

    def __getitem__(self, place: float) -> str:
        return self._texts[int(place)]

    def folded(self, places: np.ndarray) -> np.ndarray:
        """The places of the same texts in lower case: Excel compares texts without regard to case."""
        return np.asarray(self._folded, dtype=np.float64)[places.astype(np.int64)]


TEXTS = Texts()


def held(number: float) -> float:
    """A number as a cell holds it when it is typed there: Excel has no -0, and 0 for what is below ``SMALLEST``.

    >>> held(-0.0), held(-5e-324), held(-1e-300)
    (0.0, 0.0, -1e-300)
    """
    return number if abs(number) >= SMALLEST else 0.0


def encode(value: Any) -> tuple[float, int]:
    """A Python value → (num, kind); a date or datetime becomes Excel's number of days.

    >>> encode(2), encode(None), encode(True)
    ((2.0, 1), (0.0, 0), (1.0, 3))
    """
    if value is None:
        return 0.0, BLANK
    if isinstance(value, (bool, np.bool_)):
        return float(value), LOGICAL
    if isinstance(value, (int, float, np.integer, np.floating)):
        number = float(value)
        return (held(number), NUMBER) if np.isfinite(number) else (float(NUM), ERROR)
    if isinstance(value, Unsupported):
        return float(reason_code(value.reason)), ERROR
    if isinstance(value, ExcelError):
        return float(ERRORS.get(value, VALUE)), ERROR
    if isinstance(value, str):
        return float(TEXTS.place(value)), TEXT
    if isinstance(value, date):  # Excel counts the days since 1900
        from openpyxl.utils.datetime import to_excel

        return float(to_excel(value)), NUMBER
    raise TypeError(f"a cell cannot hold a {type(value).__name__}")


def decode(num: float, kind: int) -> Any:
    """(num, kind) → a Python value: None, float, str, bool or ExcelError.

    >>> decode(2.0, ERROR)
    '#DIV/0!'
    """
    if kind == NUMBER:
        return float(num)
    if kind == BLANK:
        return None
    if kind == TEXT:
        return TEXTS[num]
    if kind == LOGICAL:
        return bool(num)
    return Unsupported(reason_of(num)) if num >= UNSUPPORTED else ExcelError(ERROR_NAMES[int(num)])
