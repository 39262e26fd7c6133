"""A check's report as the command line prints it: counts, a line a difference, and what explains many of them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sheetsim.checking.findings import Report
from sheetsim.checking.groups import Group, explained, groups_of
from sheetsim.model.values import ExcelError
from sheetsim.support import terminal
from sheetsim.support.terminal import cut, shown

MOST_CAUSES = 3  # that are named in one line
MOST_REASONS = 30  # that are printed; a report for programs has all
NEAR = 64  # ULP: what is left of a number that is stored with 15 digits


def print_report(report: Report, show: int, out: Path | None) -> None:
    """Prints the counts sheet by sheet, the first ``show`` differences and remarks; ``out`` is where the full report
    went."""
    headings = ["sheet", "computed", "equal", "different", "constants", "prose", "volatile", "not checked"]
    rows: list[list[Any]] = [
        [s.title, s.computed, s.equal, len(s.differences), s.constants, s.prose, s.volatile, s.unchecked]
        for s in report.sheets
    ]
    if report.names:
        rows.append(["(names)", 0, 0, len(report.names), 0, 0, 0, 0])
    total = ["all", *(sum(row[k] for row in rows) for k in range(1, len(headings)))]
    used = [k for k in range(len(headings)) if k < 5 or total[k]]  # the last three are seldom needed
    table = [[row[k] for k in used] for row in ([*rows, total] if len(rows) > 1 else rows)]
    names = [headings[k] for k in used]
    terminal.table(f"{report.original} against {report.against}", names, table, names[1:])
    groups = groups_of(report)
    for group in groups[:show]:
        print(line_of(group))
    if left := sum(len(group.differences) for group in groups[show:]):
        print(f"… and {left:,} more difference{'' if left == 1 else 's'} (--show, --json and --out show more)")
    _print_remarks(report)
    if report.nothing_stored:
        print("nothing stored to compare with: no spreadsheet program has calculated the file")
    else:
        unchecked = f", {report.unchecked:,} not checked" if report.unchecked else ""
        print(f"{report.verdict}{unchecked}")
    if out:
        print(f"report written to {out}")


def line_of(group: Group) -> str:
    """``adam!H4  value: expected 2.0, got 3.0, relative difference 0.33, in =A1, from A1``, whole on its line so that
    it can be searched; of several cells that share a formula, how many and the worst of them."""
    worst = group.worst
    count = len(group.differences)
    many = f"{so_many(count)}, worst {worst.cell}: " if count > 1 else ""
    expected, got = (_side(value, worst.what) for value in (worst.expected, worst.got))
    apart = f", {worst.apart}" if worst.apart else ""
    formula = f", in {cut(shown(worst.formula))}" if worst.formula and worst.what != "formula" else ""
    causes = ", ".join(map(shown, group.causes[:MOST_CAUSES])) + (", …" if len(group.causes) > MOST_CAUSES else "")
    follows = f", follows from {causes}" if causes else ""
    return f"{shown(group.where)}  {worst.what}: {many}expected {expected}, got {got}{apart}{formula}{follows}"


def _side(value: Any, what: str) -> str:
    """A value of one side; a text in quotes, so that "1" is not taken for 1."""
    if value is None:
        return "nothing"
    is_text = isinstance(value, str) and not isinstance(value, ExcelError) and what in ("value", "missing", "extra")
    return f'"{cut(shown(value))}"' if is_text else cut(shown(value))


def _print_remarks(report: Report) -> None:
    """What explains many differences at once, and what could not be checked."""
    found = [difference for difference in report.differences if difference.what == "value" and difference.formula]
    near = sum(difference.ulps is not None and difference.ulps <= NEAR for difference in found)
    if near:
        print(f"{so_many(near)} with formulas differ by {NEAR} ULP or less, as if stored with 15 digits")
    causes = explained(report)
    for cause, count in causes[:MOST_CAUSES]:
        print(f"{shown(cause)} explains {count:,} other difference{'' if count == 1 else 's'}")
    if rest := causes[MOST_CAUSES:]:
        print(f"{len(rest):,} more differences explain {sum(count for _, count in rest):,} others")
    if report.left_out:
        print(f"left out, since only one side has them: {', '.join(report.left_out)}")
    print_reasons("not checked", report.reasons, report.unsupported)


def print_reasons(what: str, reasons: dict[str, int], where: dict[str, list[str]]) -> None:
    """A table of what cannot be computed: how many cells for each reason, and where it is used."""
    rows = []
    for name, count in list(reasons.items())[:MOST_REASONS]:
        cells = where.get(name, [])
        more = f" and {len(cells) - 5:,} more" if len(cells) > 5 else ""
        rows.append([cut(shown(name)), count, ", ".join(map(shown, cells[:5])) + more])
    if rows:
        terminal.table(f"{what}: {so_many(sum(reasons.values()))}", ["because of", "cells", "used in"], rows, ["cells"])
    if len(reasons) > MOST_REASONS:
        print(f"… and {len(reasons) - MOST_REASONS:,} more reasons")


def so_many(count: int) -> str:
    """``1 cell`` or ``1,234 cells``."""
    return "1 cell" if count == 1 else f"{count:,} cells"
