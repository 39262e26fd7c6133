"""Times what a person waits for who changes one cell, and small sheets: ``python benchmarks/single_change.py``.

After one changed cell sheetsim computes what depends on it; beside it the same workbook computed whole, IronCalc and
formulas, whose evaluation is a whole one. Each measurement is a process of its own, one after the other; the engines
take turns, so that all of them see the same machine. The table goes into docs/performance.md, between two marks there.
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

import machine
import report
from measure import ROOT, Failed, Result, measured
from workloads import SINGLE, WORKLOADS

PAGE = ROOT / "docs" / "performance.md"
BEGIN, END = "<!-- single_change.py writes from here -->", "<!-- to here -->"
SMALL = ("graddesc", "entropy_example")

OURS, PLAIN, WHOLE, IRONCALC, FORMULAS = "sheetsim", "without Numba", "all of it", "IronCalc", "formulas"
LIMITS = {  # the milliseconds asked for
    "graddesc": 0.4,
    "entropy_example": 0.1,
    "adam, a new rate": 0.3,
    "movielens, one factor": 5.0,
}
FEWER = 20_000  # rows that IronCalc gets of a long list: more take it minutes
NAMES = {
    "graddesc": "graddesc, all 1,623 cells",
    "entropy_example": "entropy_example, all 75 cells",
    "adam, a new rate": "graddesc, after a new rate in `adam`",
    "movielens, one factor": "MovieLens, 1.4 million cells, after one changed factor",
}


@dataclass(frozen=True)
class Effort:
    """How much to measure."""

    rows: int
    seconds: float  # to repeat a recalculation for
    limit: float  # for one measurement of another engine
    rounds: int  # processes of each engine to take the best and the median of


FULL = Effort(100_000, seconds=4.0, limit=60.0, rounds=2)
QUICK = Effort(1_000, seconds=0.3, limit=10.0, rounds=1)


def one(workload: str, engine: str, effort: Effort, room: Path) -> Result:
    """One measurement. Raises Failed."""
    rows = min(WORKLOADS[workload].rows, effort.rows, FEWER if engine == IRONCALC else effort.rows)
    asked = {"workload": workload, "rows": rows}
    if engine in (OURS, PLAIN, WHOLE):
        full = workload in SMALL or engine == WHOLE
        seconds = effort.seconds
        return measured(300.0, task="ours", **asked, seconds=seconds, numba=engine != PLAIN, full=full)
    if engine == FORMULAS and rows:
        raise Failed("too slow for so many rows")
    path = room / f"{workload.replace(' ', '_').replace(',', '')}_{rows}.xlsx"
    if not path.exists():
        measured(300.0, task="save", **asked, path=str(path))
    due = measured(300.0, task="save", **asked, path=str(room / "values.xlsx"))["values"] if not rows else []
    return measured(
        effort.limit, task="peer", engine=engine.lower(), **asked, seconds=effort.seconds, path=str(path), due=due
    )


def line(workload: str, effort: Effort, room: Path) -> list[str]:
    """A workload's cells in the table: the target, then of each engine best and median."""
    engines = [OURS, PLAIN, *(() if workload in SMALL else (WHOLE,)), IRONCALC, FORMULAS]
    found: dict[str, list[Result]] = {engine: [] for engine in engines}
    reasons: dict[str, str] = {}
    for _ in range(effort.rounds):
        for engine in engines:
            if engine in reasons:
                continue
            try:
                found[engine].append(one(workload, engine, effort, room))
            except Failed as failure:
                reasons[engine] = str(failure)
            print(f"{workload}: {engine}: {reasons.get(engine) or times(found[engine])}", flush=True)
    limit = LIMITS[workload]
    met = "?" if not found[OURS] else "met" if 1000 * min(r["best"] for r in found[OURS]) <= limit else "**not met**"
    cells = [
        reasons[e] if e in reasons else shown(workload, e, found[e]) if e in found else ""
        for e in (OURS, PLAIN, WHOLE, IRONCALC, FORMULAS)
    ]
    return [NAMES[workload], f"≤ {limit:g} ms", met, *map(report.cell_text, cells)]


def shown(workload: str, engine: str, results: list[Result]) -> str:
    """The times, and how many rows an engine got if they are fewer."""
    fewer = engine == IRONCALC and WORKLOADS[workload].rows > FEWER
    return times(results) + (f" with {FEWER:,} rows" if fewer else "")


def times(results: list[Result]) -> str:
    """The best of all, and the median of the processes' medians."""
    medians = sorted(result["median"] for result in results)
    best = min(result["best"] for result in results)
    return f"{report.milliseconds(best)} ({report.milliseconds(medians[len(medians) // 2])})"


def main() -> None:
    """The command: measures and writes the table."""
    parser = argparse.ArgumentParser(description="Times small sheets, and the recalculation after one changed cell.")
    parser.add_argument("--quick", action="store_true", help="few rows and repetitions; the table is only printed")
    asked = parser.parse_args()
    effort = QUICK if asked.quick else FULL
    with TemporaryDirectory() as room:
        lines = [line(workload, effort, Path(room)) for workload in (*SMALL, *SINGLE)]
    head = ("what a person does", "asked for", "", "sheetsim", PLAIN, "sheetsim, all of it", IRONCALC, FORMULAS)
    text = f"{report.table(head, lines)}\n\nBest (median), {date.today():%d %B %Y}, {machine.description()}"
    print(text)
    if not asked.quick:
        before, _, rest = PAGE.read_text(encoding="utf-8").partition(BEGIN)
        if END not in rest:
            sys.exit(f"{PAGE}: the marks between which the table stands are gone")
        PAGE.write_text(f"{before}{BEGIN}\n\n{text}\n\n{END}{rest.partition(END)[2]}", encoding="utf-8")


if __name__ == "__main__":
    main()
