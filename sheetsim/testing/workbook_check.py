"""``assert_workbook``: the report of a check as an assertion."""

from __future__ import annotations

from pathlib import Path

from sheetsim.api import check
from sheetsim.checking.groups import explained, groups_of
from sheetsim.checking.text import line_of
from sheetsim.errors import InputError
from sheetsim.library import open as open_book
from sheetsim.model.sheet import Book
from sheetsim.reading.book import read
from sheetsim.testing.mismatch import MOST, Mismatch


def check_workbook(original: str | Path | Book, book: str | Path | Book | None, tolerance: float) -> None:
    """Raises Mismatch for a report that is not all right, with a line a formula; see ``assertions.py``."""
    for what in (original, *([] if book is None else [book])):
        if not isinstance(what, str | Path | Book):
            raise InputError(f"a workbook or a path is needed, not a {type(what).__name__}")
    theirs = original if isinstance(original, Book) else read(Path(original))
    theirs.refresh()
    ours = open_book(book) if isinstance(book, str | Path) else book
    report = check(theirs, ours, tolerance=tolerance)
    if report.ok:
        return
    count = len(report.differences)
    found = f"{count:,} difference{'' if count == 1 else 's'}"
    unchecked = f", {report.unchecked:,} not checked" if report.unchecked else ""
    groups = groups_of(report)
    left = sum(len(group.differences) for group in groups[MOST:])
    lines = [f"{report.original} against {report.against}: {found}, {report.verdict}{unchecked}"]
    lines += [f"  {line_of(group)}" for group in groups[:MOST]]
    lines += [f"  … and {left:,} more"] if left else []
    lines += [f"  {cause} explains {others:,} other{'s' * (others > 1)}" for cause, others in explained(report)[:3]]
    for reason, cells in report.reasons.items():
        where = ", ".join(report.unsupported.get(reason, [])[:5])
        lines.append(f"  not checked: {cells:,} because of {reason}" + (f", in {where}" if where else ""))
    raise Mismatch("\n".join(lines), report, theirs)
