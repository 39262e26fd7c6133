"""``sheetsim check`` of several files: a line for each, a table of them all; one that is broken stops no other."""

from __future__ import annotations

import json
import sys
import traceback
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sheetsim.cli.files import open_book, say
from sheetsim.cli.own_data import OwnData
from sheetsim.errors import SheetsimError
from sheetsim.support import last_resort

if TYPE_CHECKING:
    from sheetsim.checking.findings import Report
    from sheetsim.workbook import Workbook

HEADINGS = ["file", "computed", "equal", "different", "not checked", "result"]
STOPPED = "the process that checked it was stopped, perhaps for want of memory: try --jobs 1"
UNUSABLE = 2


@dataclass(frozen=True)
class How:
    """What each file is compared with, and how."""

    workbook: str | None
    own: OwnData
    strict: bool = False
    tolerance: float = 0.0


@dataclass(frozen=True)
class Checked:
    """What became of one file: a report, or what was wrong with it."""

    path: Path
    report: Report | None = None
    error: str = ""
    ours: bool = False  # the error is a mistake in sheetsim
    warnings: list[str] = field(default_factory=list)

    @property
    def result(self) -> str:
        """In two words."""
        if self.report is None:
            return "unusable"
        return "equal" if self.report.ok else "different" if self.report.differences else "not all checked"

    @property
    def data(self) -> dict[str, Any]:
        """For JSON."""
        if self.report is None:
            return {"original": str(self.path), "ok": False, "error": self.error}
        return self.report.as_dict()


def check_many(files: Sequence[Path], how: How, jobs: int, show: int, as_json: bool) -> int:
    """Checks the files, prints what they come to, and returns the exit status: 1 if one differs, 2 if one could not be
    used, 70 after a mistake of sheetsim's own."""
    from sheetsim.support import terminal

    _same_for_all.cache_clear()  # an earlier call may have opened what is another file by now
    if how.workbook:
        _same_for_all(how)  # what is wrong with that is wrong for all
    done = []
    with terminal.progress("checking", len(files)) as advance:
        for checked in _checked(files, how, jobs):
            done.append(checked)
            _say(checked, show, as_json)
            advance(1)
    if as_json:
        print(json.dumps(_data(done), indent=2, default=str))
    else:
        _print_table(done)
    if any(checked.ours for checked in done):
        return last_resort.INTERNAL
    return UNUSABLE if any(checked.error for checked in done) else int(not all(each.result == "equal" for each in done))


# --- the work ---------------------------------------------------------------------------------------------------------
def reference(original: Path, workbook: str | None, own: OwnData) -> Workbook | None:
    """What a file is to be compared with, where that was said."""
    from sheetsim import library

    if workbook is None and own != OwnData():
        workbook = library.definition_of(original) or str(original)
    if workbook is None:
        return None
    own.refuse_unused([workbook])
    return open_book(workbook, own.read(workbook))


@cache
def _same_for_all(how: How) -> Workbook | None:
    """What every file is compared with, opened once in each process."""
    return reference(Path(), how.workbook, how.own)


def _checked(files: Sequence[Path], how: How, jobs: int) -> Iterator[Checked]:
    """In the order of the files."""
    if min(jobs, len(files)) < 2:
        yield from (check_one(file, how) for file in files)
        return
    from sheetsim.support import processes

    with processes.pool(min(jobs, len(files))) as pool:
        try:
            results = [pool.submit(check_one, file, how) for file in files]
            for file, result in zip(files, results, strict=True):
                try:
                    yield result.result()
                except processes.Broken:  # by this file, or by one beside it
                    yield _alone(file, how)
        finally:
            pool.shutdown(cancel_futures=True)


def _alone(file: Path, how: How) -> Checked:
    from sheetsim.support import processes

    with processes.pool(1) as pool:
        try:
            return pool.submit(check_one, file, how).result()
        except processes.Broken:
            return Checked(file, error=STOPPED)


def check_one(path: Path, how: How) -> Checked:
    """One file checked, whatever is wrong with it."""
    from sheetsim import library
    from sheetsim.api import check

    try:
        book = library.open(path)
        other = _same_for_all(how) if how.workbook else reference(path, None, how.own)
        report = check(book, other, how.strict, how.tolerance)
        for sheet in report.sheets:
            sheet.states = sheet.states[:0]  # they are for a picture of the check, and large
        return Checked(path, report, warnings=book.warnings)
    except SheetsimError as error:
        return Checked(path, error=str(error))
    except MemoryError:
        return Checked(path, error="there is not enough memory for that")
    except OSError as error:
        return Checked(path, error=error.strerror or str(error))
    except Exception as error:
        if last_resort.DEBUG in sys.argv:
            traceback.print_exception(error)
        return Checked(path, error=f"internal error: {type(error).__name__}: {error}", ours=True)


# --- what is printed --------------------------------------------------------------------------------------------------
def _say(checked: Checked, show: int, as_json: bool) -> None:
    """A file's line, and so many of its differences; on standard error where it is an error."""
    from sheetsim.checking.groups import groups_of
    from sheetsim.checking.text import line_of

    path, report = str(checked.path), checked.report
    for warning in checked.warnings:
        last_resort.say(f"{path}: {warning}")
    if report is None:
        last_resort.say(checked.error if checked.error.startswith(path) else f"{path}: {checked.error}")
    elif report.nothing_stored and not as_json:
        say(f"{path}: nothing stored to compare with: no spreadsheet program has calculated the file")
    elif not as_json:
        found = len(report.differences)
        groups = groups_of(report)
        first = f"; {found:,} difference{'' if found == 1 else 's'}, first {groups[0].where}" if groups else ""
        left = f"; {report.unchecked:,} not checked" if report.unchecked else ""
        say(f"{path}: {report.verdict}{first}{left}")
        for group in groups[:show]:
            say(f"  {line_of(group)}")


def _print_table(done: Sequence[Checked]) -> None:
    from sheetsim.support import terminal

    rows = []
    for checked in done:
        report = checked.report
        numbers = (report.computed, report.equal, len(report.differences), report.unchecked) if report else ("",) * 4
        rows.append([str(checked.path), *numbers, checked.result])
    print()
    terminal.table("", HEADINGS, rows, HEADINGS[1:-1])
    counts = _counts(done)
    print(f"{len(done):,} files: " + ", ".join(f"{count:,} {result}" for result, count in counts.items() if count))


def _counts(done: Sequence[Checked]) -> dict[str, int]:
    results = [checked.result for checked in done]
    return {result: results.count(result) for result in ("equal", "different", "not all checked", "unusable")}


def _data(done: Sequence[Checked]) -> dict[str, Any]:
    counts = {result.replace(" ", "_"): count for result, count in _counts(done).items()}
    return {"ok": all(each.result == "equal" for each in done), **counts, "files": [each.data for each in done]}
