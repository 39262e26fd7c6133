"""Times full recalculation, ours and others', and writes the table: ``python benchmarks/recalculation.py``.

Each number comes from a process of its own, one after the other. A full run takes some minutes, ``--quick`` about one;
its table goes elsewhere.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import libreoffice
import machine
import report
from engines import PEERS
from measure import ROOT, Failed, Result, agree, measured
from report import OURS, PLAIN, Row
from workloads import FULL as WORKBOOKS
from workloads import WORKLOADS

ORIGINALS = ROOT / "../shared/originals"
LIBREOFFICE = "LibreOffice, whole process less start"


@dataclass(frozen=True)
class Effort:
    """How much to measure. ``rows`` are at most those of a workload; slow engines get fewer (``FEWER``), divided by
    ``thinned``."""

    quick: bool
    rows: int
    seconds: float  # to repeat a recalculation for
    limit: float  # for one measurement of another engine, reading the file included
    scaling: tuple[int, ...]
    repeat: int  # processes to take the best of
    thinned: int
    short: float = 8.0  # a process that took longer than these seconds is not repeated


FULL = Effort(False, 100_000, seconds=1.0, limit=60.0, scaling=(10_000, 100_000, 1_000_000), repeat=3, thinned=1)
QUICK = Effort(True, 1_000, seconds=0.2, limit=5.0, scaling=(1_000, 10_000), repeat=1, thinned=20)

#: Engines too slow for all the rows get so many; their cost is compared a cell.
FEWER = {
    ("formualizer", "movielens"): 2000,
    ("formualizer", "adam"): 20_000,
    ("formulas", "movielens"): 100,
    ("formulas", "adam"): 300,
    ("pycel", "movielens"): 100,
    ("pycel", "adam"): 1000,
    (LIBREOFFICE, "movielens"): 20_000,
}


class Files:
    """The workbooks as files, each written once."""

    def __init__(self, room: Path):
        self.room = room
        self.written: dict[tuple[str, int], Result] = {}

    def path(self, workload: str, rows: int) -> Path:
        """Where the file of a workload of so many rows is, or will be."""
        return self.room / f"{workload}_{rows}.xlsx"

    def saved(self, workload: str, rows: int) -> Result:
        """How many formula cells the file has, and what the watched cell must be for each input."""
        if (workload, rows) not in self.written:
            path = str(self.path(workload, rows))
            self.written[workload, rows] = measured(300.0, task="save", workload=workload, rows=rows, path=path)
        return self.written[workload, rows]


# --- one measurement each ---------------------------------------------------------------------------------------------
def our_row(workload: str, rows: int, seconds: float, numba: bool = True) -> Row:
    """sheetsim on a workload, repeated for ``seconds``; a failure becomes the row's reason."""
    row = Row(workload, OURS if numba else PLAIN, rows)
    try:
        result = measured(300.0, task="ours", workload=workload, rows=rows, seconds=seconds, numba=numba)
    except Failed as failure:
        row.reason = str(failure)
        return row
    take_times(row, result)
    row.cells, row.peak = result["cells"], result["peak"]
    return row


def peer_row(engine: str, workload: str, rows: int, files: Files, effort: Effort) -> Row:
    """Another engine on the same workbook as a file, whose watched cells must agree with ours; a failure becomes the
    row's reason."""
    row = Row(workload, engine, rows)
    try:
        saved = files.saved(workload, rows)
        row.cells = saved["cells"]
        job = {"task": "peer", "engine": engine, "workload": workload, "rows": rows, "seconds": effort.seconds}
        result = measured(effort.limit, **job, path=str(files.path(workload, rows)), due=saved["values"])
    except Failed as failure:
        row.reason = str(failure)
        return row
    take_times(row, result)
    return row


def best_row(measure: Callable[[], Row], effort: Effort) -> Row:
    """The best of some processes: the times of one differ from the next's, as memory lies elsewhere."""
    rows = []
    for _ in range(effort.repeat):
        begun = time.perf_counter()
        rows.append(measure())
        if rows[-1].reason or time.perf_counter() - begun > effort.short:
            break
    return min(rows, key=lambda row: (row.reason != "", row.best))


def take_times(row: Row, result: Result) -> None:
    """Copies the times (seconds) and the number of runs of a result into a row."""
    row.first, row.best, row.median, row.runs = (result[name] for name in ("first", "best", "median", "runs"))


class LibreOffice:
    """Conversions, and the least time that one of an empty workbook has taken so far."""

    def __init__(self, files: Files, effort: Effort):
        from openpyxl import Workbook

        self.files, self.effort = files, effort
        self.empty = files.room / "empty.xlsx"
        Workbook().save(self.empty)
        self.start = float("inf")
        self.ready = False

    def row(self, workload: str, rows: int) -> Row:
        """LibreOffice on the workbook as a file: the time of a conversion less that of an empty workbook."""
        row = Row(workload, LIBREOFFICE, rows)
        try:
            saved = self.files.saved(workload, rows)
            row.cells = saved["cells"]
            path = self.files.path(workload, rows)
            times = sorted(self.times(path))
            self.check(workload, rows, saved["values"][0])
        except Failed as failure:
            row.reason = str(failure)
            return row
        row.best, row.median, row.runs = times[0] - self.start, times[len(times) // 2] - self.start, len(times)
        if row.best < 0.1 * self.start:
            row.reason = f"no more than the noise of its start, {self.start:.2f} s"
        return row

    def times(self, path: Path) -> list[float]:
        """Empty workbook and file in turn, so that both see the same machine."""
        if not self.ready:
            self.convert(self.empty)  # makes the profile, and does not count
            self.ready = True
        times = []
        for _ in range(self.effort.repeat):
            self.start = min(self.start, self.convert(self.empty))
            times.append(self.convert(path))
            if times[-1] > self.effort.short:
                break
        return times

    def convert(self, path: Path) -> float:
        """Seconds that it takes to start, recalculate a file and write it. Raises Failed."""
        return libreoffice.convert(path, self.files.room, self.effort.limit)

    def check(self, workload: str, rows: int, expected: float) -> None:
        """Reads the watched cell of the converted file, which must hold what it was recalculated to."""
        path = libreoffice.converted(self.files.path(workload, rows), self.files.room)
        held = measured(self.effort.limit, task="stored", workload=workload, rows=rows, path=str(path))
        agree(held["value"], expected)


def check_times(repeat: int) -> dict[str, float | str]:
    """``sheetsim check`` on the originals, where they are: file → seconds, or why there are none."""
    found: dict[str, float | str] = {}
    for name in ("collab_filter.xlsx", "graddesc.xlsx", "entropy_example.xlsx"):
        found[name] = check_time(ORIGINALS / name, repeat)
        say(f"check {name}: {found[name]}")
    return found


def check_time(path: Path, repeat: int) -> float | str:
    """The best time in seconds of ``sheetsim check`` as a whole process, or why there is none."""
    if not path.exists():
        return "the original is not here"
    command = [sys.executable, "-m", "sheetsim", "check", str(path)]
    times = []
    for _ in range(repeat + 1):  # the first may have to compile the modules
        begun = time.perf_counter()
        done = subprocess.run(command, cwd=ROOT, capture_output=True, check=False)
        times.append(time.perf_counter() - begun)
        if done.returncode:
            return f"exit status {done.returncode}"
    return min(times)


# --- all of them ------------------------------------------------------------------------------------------------------
def compare(effort: Effort, room: Path) -> list[Row]:
    """Every engine on every workload."""
    files = Files(room)
    office = LibreOffice(files, effort)
    result: list[Row] = []
    for workload in WORKBOOKS:
        rows = min(WORKLOADS[workload].rows, effort.rows)
        jobs: list[Callable[[], Row]] = [
            partial(our_row, workload, rows, effort.seconds, numba=True),
            partial(our_row, workload, rows, effort.seconds, numba=False),
            *(partial(peer_row, engine, workload, fewer(engine, workload, effort), files, effort) for engine in PEERS),
        ]
        result += [told(best_row(job, effort)) for job in jobs]
        result.append(told(office.row(workload, fewer(LIBREOFFICE, workload, effort))))
    return result


def fewer(engine: str, workload: str, effort: Effort) -> int:
    """How many rows an engine gets: those of the workload, or as few as ``FEWER`` and ``effort`` say."""
    rows = min(WORKLOADS[workload].rows, effort.rows)
    return min(rows, FEWER.get((engine, workload), rows * effort.thinned) // effort.thinned)


def scale(effort: Effort) -> list[Row]:
    """Ours with more and more rows; for longer, as a recurrence of few rows is compiled only after some runs."""
    large = [workload for workload in WORKBOOKS if WORKLOADS[workload].rows]
    return [
        told(best_row(partial(our_row, workload, rows, 3 * effort.seconds), effort))
        for workload in large
        for rows in effort.scaling
    ]


def told(row: Row) -> Row:
    """The row, which is also printed."""
    found = row.reason or f"best {report.milliseconds(row.best)}, {row.per_cell:.3g} µs a cell, {row.runs} runs"
    size = f" {row.rows:,} rows" if row.rows else ""
    say(f"{row.workload}{size}: {row.engine}: {found}")
    return row


def say(text: str) -> None:
    """Prints a line at once, also into a pipe, so that a long run can be followed."""
    print(text, flush=True)


def main() -> None:
    """The command: measures, writes the table, and exits with 1 if one of our own rows failed."""
    parser = argparse.ArgumentParser(description="Times full recalculation, ours and others'.")
    parser.add_argument("--quick", action="store_true", help="small sheets and few repetitions, in about a minute")
    parser.add_argument("--out", type=Path, help="where the table goes; else benchmarks/ or, of a quick run, out/")
    asked = parser.parse_args()
    effort = QUICK if asked.quick else FULL
    with TemporaryDirectory() as room:
        rows = compare(effort, Path(room))
    scaling = scale(effort)
    text = report.page(machine.description(), effort.quick, rows, scaling, check_times(effort.repeat))
    say(f"{report.written(text, 'RESULTS.md', asked.out, asked.quick)} written")
    if failed := [row for row in rows + scaling if row.reason and row.engine in (OURS, PLAIN)]:
        sys.exit("\n".join(f"{row.workload}: {row.engine} was not measured: {row.reason}" for row in failed))


if __name__ == "__main__":
    main()
