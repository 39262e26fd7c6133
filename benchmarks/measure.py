"""One measurement in a process of its own: ``python measure.py '{"task": "ours", "workload": "adam", …}'``.

The process prints its result as one line of JSON. A fresh process for each measurement keeps engines from warming or
crowding one another, gives an honest peak of memory, and can be stopped when it takes too long.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable, Sequence
from math import isclose
from pathlib import Path
from statistics import median
from typing import Any

HERE = Path(__file__).parent
ROOT = HERE.parent
INPUTS = (1.0, 2.0)  # what is written into the changed cell, in turn
FEWEST = 3  # runs after the first
Result = dict[str, Any]


class Failed(Exception):
    """A measurement that came to nothing; the message is the reason, short enough for a table."""


# --- from the outside -------------------------------------------------------------------------------------------------
def measured(limit: float, **job: Any) -> Result:
    """The result of one measurement, made in a new process. Raises Failed."""
    command = [sys.executable, str(HERE / "measure.py"), json.dumps(job)]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])}
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=limit, env=environment, check=False)
    except subprocess.TimeoutExpired:
        raise Failed(f"not done in {limit:.0f} s") from None
    if done.returncode:
        raise Failed(_reason(done))
    result: Result = json.loads(done.stdout.splitlines()[-1])
    return result


def _reason(done: subprocess.CompletedProcess[str]) -> str:
    """The last line that looks like an exception: Numba and others print a page after it."""
    if done.returncode < 0:
        return f"killed by signal {-done.returncode}"
    lines = [line.strip() for line in done.stderr.splitlines() if line.strip()]
    named = [line for line in lines if line.split(":")[0].endswith(("Error", "Exception", "Failed")) and ":" in line]
    return (named or lines or [f"exit status {done.returncode}"])[-1].removeprefix("Failed: ")[:120]


# --- on the inside ----------------------------------------------------------------------------------------------------
def runs(engine: Any, change: Any, watch: Any, seconds: float, due: Sequence[float] = ()) -> Result:
    """Recalculates again and again, an input changing each time; the watched cell must change with it, and agree with
    the values that are ``due``, where they are known."""
    times: list[float] = []
    values: list[float] = []
    started = time.perf_counter()
    while len(times) <= FEWEST or time.perf_counter() - started < seconds:
        engine.change(change, INPUTS[len(times) % 2])
        begun = time.perf_counter()
        engine.recalculate()
        times.append(time.perf_counter() - begun)
        values.append(_number(engine.value(watch)))
        if due:
            agree(values[-1], due[(len(values) - 1) % 2])
        if len(values) > 1 and values[-1] == values[-2]:
            raise Failed("hands back the old value though an input has changed")
    warm = times[1:]
    return {"first": times[0], "best": min(warm), "median": median(warm), "runs": len(warm)}


def agree(value: float, due: float) -> None:
    """Engines differ in the last bits; more than that, and they did not compute the same workbook."""
    if not isclose(value, due, rel_tol=1e-9):
        raise Failed(f"computes {value:.10g} where {due:.10g} is due")


def _number(value: Any) -> float:
    try:
        return float(value)
    except (TypeError, ValueError):
        raise Failed(f"computes {str(value)[:40]} where a number is due") from None


def ours(workload: str, rows: int, seconds: float, numba: bool = True, full: bool = True) -> Result:
    """sheetsim on a workbook defined in memory; and the most memory that the process had in use. ``full``: every cell
    is computed each time, else only what depends on the changed one."""
    if not numba:
        sys.modules["numba"] = None  # type: ignore[assignment]  # importing it now fails
    from engines import Ours
    from workloads import WORKLOADS, formula_cells

    load = WORKLOADS[workload]
    book = load.build(rows)
    result = runs(Ours(book, full), load.change, load.watch(rows), seconds)
    return {**result, "cells": formula_cells(book), "peak": peak_memory()}


def peer(engine: str, workload: str, rows: int, seconds: float, path: str, due: list[float]) -> Result:
    """Another engine on the same workbook, read from a file."""
    from engines import PEERS
    from workloads import WORKLOADS

    load = WORKLOADS[workload]
    return runs(PEERS[engine](Path(path)), load.change, load.watch(rows), seconds, due)


def save(workload: str, rows: int, path: str) -> Result:
    """Writes the file for the other engines. Its changed cell holds the first input, the values stored beside the
    formulas are those of the last: an engine that only hands back what it has read is found out."""
    from workloads import WORKLOADS, formula_cells

    load = WORKLOADS[workload]
    book = load.build(rows)
    sheet, row, column = load.change
    watched, *place = load.watch(rows)
    values = []
    for number in INPUTS:
        book[sheet].put(row, column, number)
        book.recalculate()
        values.append(book[watched].value(*place))
    book[sheet].put(row, column, INPUTS[0])
    for each in book.sheets:
        each.look.comments.clear()  # IronCalc does not find the part that they stand in
    book.save(path)
    repack(Path(path))
    return {"cells": formula_cells(book), "values": values}


def repack(path: Path) -> None:
    """Writes the parts of a package anew, each of a known size: not every reader takes parts in the ZIP64 form."""
    with zipfile.ZipFile(path) as package:
        parts = [(entry.filename, package.read(entry)) for entry in package.infolist()]
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as package:
        for name, content in parts:
            package.writestr(name, content)


def stored(workload: str, rows: int, path: str) -> Result:
    """The watched cell as a file holds it."""
    from workloads import WORKLOADS

    from sheetsim.reading.book import read

    sheet, row, column = WORKLOADS[workload].watch(rows)
    return {"value": read(path)[sheet].value(row, column)}


def peak_memory() -> int:
    """In bytes; Linux counts in KiB, macOS in bytes."""
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most if sys.platform == "darwin" else most * 1024


TASKS: dict[str, Callable[..., Result]] = {"ours": ours, "peer": peer, "save": save, "stored": stored}

if __name__ == "__main__":
    asked = json.loads(sys.argv[1])
    print(json.dumps(TASKS[asked.pop("task")](**asked)))
