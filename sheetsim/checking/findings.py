"""What a check finds, as plain data: each difference, each sheet's counts, the whole report."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from sheetsim.outside import Drawn

#: What a cell is found to be; where a cell could be several, the later word wins.
EMPTY, CONSTANT, EQUAL, PROSE, VOLATILE, NOT_CHECKED, DIFFERENT, MISSING, EXTRA = range(9)
FEW = 9  # ULP: numbers further apart are shown with their relative difference, which says more than so many doubles
NOTHING_STORED = "no value stored to compare with"  # why a cell is not checked that no program has calculated
WORDS = ("empty", "constant", "equal", "prose", "volatile", "not checked", "different", "missing", "extra")


@dataclass(frozen=True)
class Difference:
    """One place in which the two sides differ.

    ``what`` is value, formula, missing (only the original has it), extra (only ours has it) or name: then ``cell`` is
    the defined name and ``sheet`` the one it belongs to, if any. Without a cell, it is the sheet itself that is missing
    or extra. ``ulps`` says how many doubles apart two numbers are: 0 for 0 and -0, whose bits differ all the same.
    ``copies`` is what a formula shares with its copies down a column, "" where there is none. ``cause`` is the
    difference that this one follows from, found by going back from cell to cell; None for one that stands by itself.
    """

    sheet: str
    cell: str
    what: str
    formula: str | None
    expected: Any
    got: Any
    ulps: int | None = None
    copies: str = ""
    cause: str | None = None

    @property
    def relative(self) -> float | None:
        """How far apart two numbers are, as a part of the larger one: 2 at most. None where one of them is no number.

        >>> Difference("s", "A1", "value", None, 100.0, 101.0, ulps=70368744177664).relative
        0.009900990099009901
        """
        if self.ulps is None:
            return None
        largest = max(abs(self.expected), abs(self.got))
        half = 0.5 if largest > 1 else 1.0  # the difference of two numbers may be too large for one
        return abs(half * self.expected - half * self.got) / (half * largest) if largest else 0.0

    @property
    def apart(self) -> str:
        """How far apart two numbers are, in words; "" where one of them is no number.

        >>> Difference("s", "A1", "value", None, 1.0, 1.0 + 2**-52, ulps=1).apart
        '1 ULP apart'
        """
        if self.ulps is None or self.relative is None:
            return ""
        return f"{self.ulps} ULP apart" if self.ulps <= FEW else f"relative difference {self.relative:.2g}"

    @property
    def where(self) -> str:
        """Sheet and cell, ``adam!H4``, as far as they are given."""
        return "!".join(part for part in (self.sheet, self.cell) if part)


@dataclass
class SheetReport:
    """One sheet: how many cells are what, and the state of each (``states``, an array of the codes above)."""

    title: str
    computed: int = 0  # formula cells of the original, array cells one by one, volatile ones left out
    equal: int = 0  # of those, the ones whose value has the same bits and whose formula means the same
    near: int = 0  # of the equal ones, those whose bits differ, within the tolerance
    constants: int = 0  # plain values that are the same
    prose: int = 0
    volatile: int = 0
    unchecked: int = 0  # cells that cannot be computed, or of which no value is stored
    reasons: dict[str, int] = field(default_factory=dict)  # why, and how many of them
    differences: list[Difference] = field(default_factory=list)
    states: npt.NDArray[np.uint8] = field(default_factory=lambda: np.zeros((0, 0), np.uint8))


@dataclass
class Report(Drawn):
    """The result of a check. ``names`` are the differences in defined names; ``unsupported`` maps what cannot be
    computed, a function by its name, to the cells that use it, the first of each block, "data tables" to where they
    are, and what no program has calculated to its sheets; ``left_out`` are the sheets beside the workbook's own
    (``Sheet.companion``) that one side lacks."""

    original: str
    against: str
    sheets: list[SheetReport]
    names: list[Difference] = field(default_factory=list)
    unsupported: dict[str, list[str]] = field(default_factory=dict)
    left_out: list[str] = field(default_factory=list)
    tolerance: float = 0.0  # the relative difference up to which numbers count as equal; 0: only the same bits do

    def __str__(self) -> str:
        found = f"{self.equal:,} of {self.computed:,} computed cells equal, {len(self.differences):,} differences"
        return f"{self.original} against {self.against}: {found}"

    @property
    def differences(self) -> list[Difference]:
        """All differences, sheet by sheet, those in names last."""
        return [difference for sheet in self.sheets for difference in sheet.differences] + self.names

    @property
    def computed(self) -> int:
        """How many formula cells of the original were compared, volatile ones left out."""
        return sum(sheet.computed for sheet in self.sheets)

    @property
    def equal(self) -> int:
        """How many of the computed cells agree, in the bits of the value and in what the formula means."""
        return sum(sheet.equal for sheet in self.sheets)

    @property
    def unchecked(self) -> int:
        """How many cells wait for what the engine lacks: not wrong, but not found right either."""
        return sum(sheet.unchecked for sheet in self.sheets)

    @property
    def reasons(self) -> dict[str, int]:
        """Why cells could not be checked, and how many."""
        found = dict.fromkeys(self.unsupported, 0)
        for sheet in self.sheets:
            for reason, count in sheet.reasons.items():
                found[reason] = found.get(reason, 0) + count
        return found

    @property
    def nothing_stored(self) -> bool:
        """Whether no program has calculated the original: then there is nothing to compare with."""
        return NOTHING_STORED in self.reasons and self.unchecked == self.computed

    @property
    def verdict(self) -> str:
        """How many cells are equal, and in which way."""
        near = sum(sheet.near for sheet in self.sheets)
        within = f" within {self.tolerance:g} of their size ({self.equal - near:,} of them bit for bit)"
        way = within if self.tolerance else ", bit for bit"
        return f"{self.equal:,} of {self.computed:,} computed cells equal{way}"

    @property
    def ok(self) -> bool:
        """Whether everything that can be compared is equal and no cell is left unchecked."""
        return not self.differences and not self.unchecked

    def as_dict(self) -> dict[str, Any]:
        """The report as plain data, for JSON."""
        sheets = []
        for sheet in self.sheets:
            row = {key: value for key, value in vars(sheet).items() if key not in ("states", "differences")}
            sheets.append(row | {"different": len(sheet.differences)})
        return {
            "original": self.original,
            "against": self.against,
            "ok": self.ok,
            "computed": self.computed,
            "equal": self.equal,
            "tolerance": self.tolerance,
            "sheets": sheets,
            "unsupported": self.unsupported,
            "reasons": self.reasons,
            "left_out": self.left_out,
            "differences": [asdict(each) | {"relative": each.relative} for each in self.differences],
        }
