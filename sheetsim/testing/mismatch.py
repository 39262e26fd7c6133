"""What a failed assertion carries: the message, and the comparison behind it, to be looked at as a coloured sheet."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from sheetsim.checking.findings import Difference, Report
from sheetsim.checking.report import report_book
from sheetsim.model.sheet import Book
from sheetsim.writing import save

MOST = 20  # lines of a table
LONGEST = 60  # characters that are shown of a text or a formula


class Mismatch(AssertionError):
    """Numbers that are not the sheet's. ``report`` holds every difference (``sheetsim.Report``), ``original`` is the
    workbook whose numbers were expected.

    >>> import sheetsim
    >>> from sheetsim.testing import Mismatch, assert_matches
    >>> try:
    ...     assert_matches(sheetsim.open("graddesc"), "adam!E4:E5", [56.95103724635253, 194.0])
    ... except Mismatch as failed:
    ...     print([each.where for each in failed.report.differences])
    ['adam!E5']
    """

    def __init__(self, message: str, report: Report, original: Book):
        super().__init__(message)
        self.report, self.original = report, original

    def write_report(self, path: str | Path) -> None:
        """Writes the expected sheet as an ``.xlsx``, its cells coloured by what was found of them, with a comment on
        each difference; a file that is there is replaced. Raises OutputError for a place that cannot be written."""
        save(report_book(self.report, self.original), Path(path))


Mismatch.__module__ = "sheetsim.testing"  # the name under which pytest shows it


def value_text(value: Any) -> str:
    """A value as a message shows it: a number with all its digits, a text in quotes, an empty cell in words."""
    if value is None:
        return "nothing"
    return cut(f'"{value}"') if type(value) is str else repr(value) if isinstance(value, float) else cut(str(value))


def cut(text: str) -> str:
    """A text on one line, its end left out where it is long."""
    line = " ".join(text.split())
    return line if len(line) <= LONGEST else f"{line[: LONGEST - 1]}…"


def distances(difference: Difference) -> tuple[str, str]:
    """How far apart two numbers are, relative to the larger one, and in doubles; both empty for what is no number.

    >>> distances(Difference("s", "A1", "value", None, 1.0, 1.0 + 2**-52, ulps=1))
    ('2.2e-16', '1')
    """
    if difference.ulps is None or difference.relative is None:
        return "", ""
    return f"{difference.relative:.2g}", f"{difference.ulps:,}" if difference.ulps < 10**7 else f"{difference.ulps:.1e}"


def table(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    """The lines of a table, columns that are empty left out.

    >>> table(["cell", "formula", "got"], [["A1", "", "1.5"], ["A10", "", "2"]])
    ['  cell  got', '  A1    1.5', '  A10   2']
    """
    grid = [list(headings), *map(list, rows)]
    used = [k for k in range(len(headings)) if any(row[k] for row in grid[1:])]
    widths = {k: max(len(row[k]) for row in grid) for k in used}
    return ["  " + "  ".join(row[k].ljust(widths[k]) for k in used).rstrip() for row in grid]
