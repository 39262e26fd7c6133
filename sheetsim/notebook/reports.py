"""A check's report: the verdict, the counts of each sheet, what differs and where that begins."""

from __future__ import annotations

from typing import Any

from sheetsim.checking.findings import Report, SheetReport
from sheetsim.checking.groups import Group, groups_of
from sheetsim.notebook.markup import code, esc, line, quiet, shown, strong, table, whole

MOST = 20  # groups of differences that are shown


def of_report(report: Report) -> str:
    """The report; of many differences the first groups."""
    mark = '<span class="good">✓</span>' if report.ok else '<span class="bad">✗</span>'
    pieces = [
        line(mark, strong(report.verdict)),
        line(quiet(f"{report.original} against {report.against}")),
        table(
            ["sheet", "computed", "equal", "different", "constants", "not checked"],
            [
                [
                    strong(s.title),
                    *(f"{n:,}" for n in (s.computed, s.equal, len(s.differences), s.constants, s.unchecked)),
                ]
                for s in report.sheets
            ],
            range(1, 6),
        ),
    ]
    groups = groups_of(report)
    if groups:
        headings = ["where", "what", "expected", "got", "apart", "formula", "follows from"]
        pieces += [line(strong("What differs")), table(headings, map(_row, groups[:MOST]))]
    if left := sum(len(group.differences) for group in groups[MOST:]):
        pieces.append(line(quiet(f"and {left:,} more differences")))
    if report.reasons:
        rows = [[esc(reason), f"{count:,}"] for reason, count in list(report.reasons.items())[:MOST]]
        pieces += [line(strong("Not checked")), table(["because of", "cells"], rows, [1])]
    if report.left_out:
        pieces.append(line(quiet(f"left out, since only one side has them: {', '.join(report.left_out)}")))
    return whole(*pieces)


def _counts(sheet: SheetReport) -> list[str]:
    counts = sheet.computed, sheet.equal, len(sheet.differences), sheet.constants, sheet.unchecked
    return [strong(sheet.title), *(f"{count:,}" for count in counts)]


def _row(group: Group) -> list[str]:
    worst, count = group.worst, len(group.differences)
    many = quiet(f" ({count:,} cells, worst {worst.cell})") if count > 1 else ""
    causes = ", ".join(group.causes[:3])
    formula = code(worst.formula) if worst.formula else ""
    return [
        strong(group.where) + many,
        esc(worst.what),
        *(_side(value, worst.what) for value in (worst.expected, worst.got)),
        esc(worst.apart),
        formula,
        esc(causes),
    ]


def _side(value: Any, what: str) -> str:
    if value is None:
        return "nothing"
    if what in ("formula", "name"):
        return code(value)
    return esc(repr(value)) if isinstance(value, float) else shown(value)
