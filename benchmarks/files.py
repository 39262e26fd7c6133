"""Times reading and writing files, ours and others', and writes the tables: ``python benchmarks/files.py``.

Every measurement is a process of its own, one after the other, in rounds. The times of a process are those of its work:
imports are done before. What a target asks is compared with the least that the clock showed, which is what a person
waits: while a large file is written, a second thread compresses it. Beside it stand the seconds of the processor, of
both threads: a machine that does other work too shows those alike. Peers not installed get a line that says so.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

import machine
from measure import ROOT, Failed, _reason, peak_memory
from report import cell_text, table, written

PAGE = ROOT / "docs" / "performance.md"
BEGIN, END = "<!-- written by benchmarks/files.py -->", "<!-- to here -->"
LIMIT = 300.0  # seconds that are waited for a process
SHORT = 30.0  # what took longer is not repeated
STAGES = ("read", "recalculate", "write")
Times = dict[str, tuple[float, float]]  # of each stage the seconds on the clock, and those of the processor


@contextmanager
def timed(times: Times, stage: str) -> Iterator[None]:
    """Notes how long what is done inside takes."""
    clock, processor = time.perf_counter(), time.process_time()
    yield
    times[stage] = time.perf_counter() - clock, time.process_time() - processor


# --- on the inside: one measurement -----------------------------------------------------------------------------------
def make(rows: int, path: str) -> dict[str, Any]:
    """Writes the file that is read: MovieLens, laid out as the sheet ``movielens_emb``."""
    from measure import repack
    from workloads import formula_cells, movielens

    book = movielens(rows)
    book.recalculate()
    book.save(path)
    repack(Path(path))
    return {"cells": formula_cells(book)}


def ours(path: str, out: str, other_values: bool) -> Times:
    """sheetsim: with other values than the file's if so asked, every number of the result is another."""
    import numpy as np

    import exporters.refresh
    import sheetsim
    import sheetsim.library
    import sheetsim.reading.book
    from sheetsim.model.values import NUMBER

    assert exporters.refresh is not None
    sheetsim.library.build("entropy_example").recalculate()
    times: Times = {}
    with timed(times, "read"):
        book = sheetsim.open(path)
    if other_values:
        for sheet in book.sheets:
            used = slice(sheet.rows), slice(min(sheet.columns, 8))  # the factors stand in the first columns
            given = (sheet.kind[used] == NUMBER) & ~sheet.computed()[used]
            sheet.num[used] += np.where(given & (sheet.num[used] % 1 != 0), 0.125, 0.0)
    with timed(times, "recalculate"):
        book.recalculate()
    with timed(times, "write"):
        book.save(out)
    return times


def ironcalc(path: str, out: str, other_values: bool) -> Times:
    """IronCalc, which writes everything anew."""
    import ironcalc

    Path(out).unlink(missing_ok=True)  # it replaces no file
    times: Times = {}
    with timed(times, "read"):
        model = ironcalc.load_from_xlsx(path)
    with timed(times, "recalculate"):
        model.evaluate()
    with timed(times, "write"):
        model.save_to_xlsx(out)
    return times


def ours_save(rows: int, out: str) -> Times:
    """sheetsim: a workbook made in memory, calculated, into a new file, which is read back before it is there."""
    from workloads import movielens

    import exporters.xlsx

    assert exporters.xlsx is not None
    book = movielens(rows)
    book.recalculate()
    times: Times = {}
    with timed(times, "write"):
        book.save(out)
    return times


def xlsxwriter_save(rows: int, out: str) -> Times:
    """XlsxWriter: the same cells, formulas and values, without looks and charts; the texts of the formulas are made
    before."""
    import xlsxwriter
    from workloads import movielens

    book = movielens(rows)
    book.recalculate()
    sheets = {
        sheet.title: [(*cell, sheet.formula_text(*cell), sheet.value(*cell)) for cell in sheet.cells()]
        for sheet in book.sheets
    }
    times: Times = {}
    with timed(times, "write"):
        made = xlsxwriter.Workbook(out)
        for title, cells in sheets.items():
            sheet = made.add_worksheet(title)
            for row, column, formula, value in cells:
                if formula:
                    sheet.write_formula(row, column, formula, None, value)
                elif isinstance(value, str):
                    sheet.write_string(row, column, value)
                else:
                    sheet.write_number(row, column, value)
        made.close()
    return times


TASKS: dict[str, Callable[..., Any]] = {
    "make": make,
    "sheetsim": ours,
    "IronCalc": ironcalc,
    "sheetsim, save": ours_save,
    "XlsxWriter, save": xlsxwriter_save,
}


# --- from the outside -------------------------------------------------------------------------------------------------
@dataclass
class Row:
    """What one does with one workbook: of each round the seconds of each stage, and the most memory in bytes."""

    what: str
    who: str
    cells: int
    rounds: list[Times] = field(default_factory=list)
    peak: int = 0
    reason: str = ""

    def total(self, which: int) -> list[float]:
        """The seconds of each round, on the clock (0) or of the processor (1)."""
        return [sum(times[which] for times in stages.values()) for stages in self.rounds]

    @property
    def best(self) -> float:
        """The least processor time."""
        return min(self.total(1))


@dataclass(frozen=True)
class Target:
    """What is asked of a row: seconds, and megabytes if any are said."""

    what: str
    who: str
    seconds: float
    megabytes: float | None = None

    def line(self, rows: list[Row]) -> tuple[str, str, str]:
        """What was asked, what was measured, and whether that is met."""
        asked = f"{self.what}: ≤ {self.seconds:g} s" + (f", ≤ {self.megabytes:g} MB" if self.megabytes else "")
        row = next((each for each in rows if (each.what, each.who) == (self.what, self.who)), None)
        if row is None or not row.rounds:
            return asked, "not measured", "?"
        waited = min(row.total(0))
        met = waited <= self.seconds and row.peak <= (self.megabytes or float("inf")) * 1e6
        return asked, f"{waited:.2f} s, {row.peak / 1e6:,.0f} MB", "met" if met else "**not met**"


def run(task: str, **job: Any) -> tuple[Any, int]:
    """What a task gives in a process of its own, and the most memory that it had. Raises Failed."""
    command = [sys.executable, __file__, "--one", json.dumps({"task": task, **job})]
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, check=False, env=environment(), timeout=4 * LIMIT
        )
    except subprocess.TimeoutExpired:
        raise Failed(f"not done in {4 * LIMIT:.0f} s") from None
    if done.returncode:
        raise Failed(_reason(done))
    found = json.loads(done.stdout.splitlines()[-1])
    return found["result"], found["peak"]


def environment() -> dict[str, str]:
    """One thread, and this project before all others."""
    path = os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])
    return {**os.environ, "PYTHONPATH": path, "OMP_NUM_THREADS": "1"}


def measure(row: Row, task: str, **job: Any) -> None:
    """One round of a row; after a failure there are no others."""
    if row.reason:
        return
    try:
        times, peak = run(task, **job)
    except Failed as failure:
        row.reason = str(failure)
        return
    row.rounds.append({stage: tuple(pair) for stage, pair in times.items()})
    row.peak = max(row.peak, peak)


def whole_process(row: Row, *command: str) -> None:
    """One round of a whole process of sheetsim."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    begun = time.perf_counter()
    timer = ["/usr/bin/env", sys.executable, "-c", _CHILD, *command]
    done = subprocess.run(timer, capture_output=True, text=True, check=False, env=environment())
    spent, after = time.perf_counter() - begun, resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode:
        row.reason = _reason(done)
        return
    processor = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    row.rounds.append({"all": (spent, processor)})
    row.peak = max(row.peak, int(done.stdout.splitlines()[-1]))


_CHILD = """
import resource, subprocess, sys
subprocess.run([sys.executable, "-m", "sheetsim", *sys.argv[1:]], check=True, stdout=subprocess.DEVNULL)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * (1 if sys.platform == "darwin" else 1024))
"""

READ_WRITE, OTHER, SAVE, BUILD = "read, recalculate, write", "the same, every value another", "save", "build graddesc"


def rows_measured(sizes: tuple[int, ...], epochs: int, rounds: int, room: Path) -> list[Row]:
    """All that is measured, in rounds."""
    rows: list[Row] = []
    jobs: list[Callable[[], None]] = []

    def add(what: str, who: str, cells: int, task: str, **job: Any) -> None:
        row = Row(what, who, cells)
        rows.append(row)
        jobs.append(lambda: measure(row, task, **job))

    for size in sizes:
        path, out = str(room / f"movielens_{size}.xlsx"), str(room / "out.xlsx")
        cells = run("make", rows=size, path=path)[0]["cells"]
        label = f"{cells:,} formula cells"
        add(f"{label}: {READ_WRITE}", "sheetsim", cells, "sheetsim", path=path, out=out, other_values=False)
        add(f"{label}: {OTHER}", "sheetsim", cells, "sheetsim", path=path, out=out, other_values=True)
        add(f"{label}: {SAVE}", "sheetsim", cells, "sheetsim, save", rows=size, out=out)
        if size == sizes[0]:  # the others take minutes for more
            add(f"{label}: {READ_WRITE}", "IronCalc", cells, "IronCalc", path=path, out=out, other_values=False)
            add(f"{label}: {SAVE}", "XlsxWriter", cells, "XlsxWriter, save", rows=size, out=out)
    built = Row(f"{BUILD} --epochs {epochs}", "sheetsim", 0)
    rows.append(built)
    jobs.append(
        lambda: whole_process(built, "build", "graddesc", "--epochs", str(epochs), "--out", str(room), "--force")
    )
    for _ in range(rounds):
        for job, row in zip(jobs, rows, strict=True):
            if row.rounds and row.total(0)[-1] > SHORT:
                continue
            job()
            print(*line(row), sep=" | ", file=sys.stderr, flush=True)
    return rows


def line(row: Row) -> tuple[str, ...]:
    """A row's cells in the table."""
    if not row.rounds:
        return row.what, row.who, f"– {cell_text(row.reason)}", *[""] * 6
    stages = [
        f"{min(times[stage][1] for times in row.rounds):.2f} s" if stage in row.rounds[0] else "" for stage in STAGES
    ]
    clock = row.total(0)
    spent = (f"{row.best:.2f} s", f"{median(row.total(1)):.2f} s", f"{min(clock):.2f} s")
    return row.what, row.who, *stages, *spent, f"{row.peak / 1e6:,.0f} MB"


def tables(rows: list[Row], targets: list[Target]) -> str:
    """The table of targets and that of all rows."""
    headings = ("what", "who", *STAGES, "all, best", "median", "on the clock", "peak memory")
    asked = table(("to reach", "on the clock", ""), (target.line(rows) for target in targets))
    return f"{asked}\n\n{table(headings, map(line, rows))}"


def put_into(page: Path, text: str) -> None:
    """Replaces what the page has between the marks."""
    before, begin, rest = page.read_text(encoding="utf-8").partition(BEGIN)
    _, end, after = rest.partition(END)
    if not (begin and end):
        raise SystemExit(f"{page} has no place for the tables: {BEGIN} … {END}")
    page.write_text(f"{before}{BEGIN}\n\n{text}\n\n{END}{after}", encoding="utf-8")


def main() -> None:
    """Measures and writes."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="small files, one round; the page goes to out/")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--one", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.one:
        job = json.loads(asked.one)
        result = TASKS[job.pop("task")](**job)
        print(json.dumps({"result": result, "peak": peak_memory()}))
        return
    sizes, epochs, rounds = ((1_000,), 20, 1) if asked.quick else ((20_000, 100_000), 1_000, asked.rounds)
    with TemporaryDirectory() as room:
        rows = rows_measured(sizes, epochs, rounds, Path(room))
    names = list(dict.fromkeys(row.what.partition(":")[0] for row in rows))
    targets = [
        Target(f"{names[0]}: {READ_WRITE}", "sheetsim", 1.2, 300),
        Target(f"{names[0]}: {OTHER}", "sheetsim", 1.2, 300),
        Target(f"{names[0]}: {SAVE}", "sheetsim", 0.8),
        Target(f"{BUILD} --epochs {epochs}", "sheetsim", 8.0, 700),
    ]
    if not asked.quick:
        targets.insert(2, Target(f"{names[1]}: {READ_WRITE}", "sheetsim", 6.0))
    text = tables(rows, targets)
    head = f"# How fast files are read and written\n\n{machine.description()}\n\n"
    print(written(f"{head}Written by `files.py`; not to be edited by hand.\n\n{text}\n", "FILES.md", None, asked.quick))
    if not asked.quick:
        put_into(PAGE, text)


if __name__ == "__main__":
    main()
