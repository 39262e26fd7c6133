"""What was measured of training, as a page of Markdown."""

from __future__ import annotations

import platform
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from statistics import mean, median

import machine
from measure import Result
from report import cell_text, table

HEADS = {
    "movielens": "MovieLens 100k, the lecture's split: five epochs",
    "u1": "MovieLens 100k, the official split u1",
    "mnist": "MNIST, 784–50–10: one epoch",
    "dotprod": "Solver, sheet dotprod: from random starts",
    "bias": "Solver, sheet bias: from random starts",
    "dotprod_sigmoid": "Solver, sheet dotprod_sigmoid: from random starts",
    "bias_sigmoid": "Solver, sheet bias_sigmoid: from random starts",
}
SHOWN = {"movielens": ("valid loss",), "u1": ("RMSE",), "mnist": ("valid loss", "accuracy")}
LECTURE = {  # best, median, runs, against ours, what is shown
    "movielens": ("33 s", "", "1", "", "0.8136"),
    "mnist": ("3 s", "", "1", "", "0.1358", "0.9608"),
}
NOTES = """\
*best*, *median*: from the call that trains (data in memory, no model yet) to the end of the last epoch, validation
included. Each run is in a process of its own; on the device one process trains again and again, *first* to warm up
(*epochs alone*: without recording the steps as a graph and copying the data to the device, which is in *best*).
*before*: importing the libraries and reading the data. *against ours*: the best time by that of the first line. Losses
are means over the seeds, the lowest and the highest in brackets. Written by `training.py`; not to be edited by hand.

All train with the lecture's cycle, but for Surprise, which has settings of its own. fastai is given the loader that
takes each rating once an epoch; the one it takes by itself draws with replacement, and ends at a loss of 0.85.
Adam's eps is each one's own: 1e-4 for sheetsim's movies (chosen on training ratings), 1e-8 for the plain loop, 1e-5 for
fastai."""


@dataclass
class Row:
    """One trainer on one work. With a ``reason`` it came to nothing."""

    work: str
    name: str
    group: str
    device: str
    threads: int
    results: list[Result] = field(default_factory=list)
    reason: str = ""

    @property
    def runs(self) -> list[Result]:
        """On the device the first warms up, and does not count."""
        return [run for result in self.results for run in result["runs"][self.device != "cpu" :]]

    @property
    def times(self) -> list[float]:
        """Seconds of each run that counts."""
        return [run["seconds"] for run in self.runs]


def page(rows: Sequence[Row], read: Sequence[str], quick: bool) -> str:
    """The whole Markdown page: a table for each work and device, then the reading of large files."""
    parts = [
        "# How fast training is, and how well it ends",
        f"{date.today():%d %B %Y}. {surroundings(rows)}" + (" A quick run." if quick else ""),
        NOTES,
    ]
    for work, device in dict.fromkeys((row.work, row.device) for row in rows):
        section = [row for row in rows if (row.work, row.device) == (work, device)]
        head = HEADS[work] + (f" on {device_name(section)}" if device != "cpu" else "")
        parts += [f"## {head}", work_table(work, section)]
    if read:
        parts += ["## Reading large files of ratings", "\n".join(f"- {line}" for line in read)]
    return "\n\n".join(parts) + "\n"


def surroundings(rows: Sequence[Row]) -> str:
    """The machine and the versions of what ran, without the owner's name or paths."""
    results = [result for row in rows for result in row.results]
    versions = dict.fromkeys(f"{name} {number}" for result in results for name, number in result["versions"].items())
    cores = f"{machine.cores()} {'core' if machine.cores() == 1 else 'cores'}"
    computer = f"{machine.processor()}, {cores}, {platform.system()} {platform.machine()}"
    return f"{computer}. {', '.join((f'Python {platform.python_version()}', *versions))}."


def device_name(rows: Sequence[Row]) -> str:
    """What CUDA calls the device that the rows ran on."""
    return next((result["device"] for row in rows for result in row.results if result.get("device")), "the device")


def work_table(work: str, rows: Sequence[Row]) -> str:
    """The Markdown table of all trainers on one work, the lecture's own numbers below them."""
    shown = SHOWN.get(work, ("objective",))
    ours = next((min(row.times) for row in rows if row.group in ("ours", "solver") and row.times), None)
    warm = ("first", "epochs alone") if rows[0].device != "cpu" else ()
    heads = ("", "threads", *warm, "best", "median", "runs", "against ours", *shown, "before", "peak memory")
    lines = [line(row, ours, shown) for row in rows]
    if work in LECTURE and not warm:
        lines.append(("the lecture, on its GPU", "", *LECTURE[work], "", ""))
    return table(heads, (each + ("",) * (len(heads) - len(each)) for each in lines))


def line(row: Row, ours: float | None, shown: Sequence[str]) -> tuple[str, ...]:
    """A trainer's cells in the table; ``ours`` is the best time (seconds) that the others are compared with."""
    if not row.times:
        return (row.name, f"{row.threads}", f"– {cell_text(row.reason)}")
    best = min(row.times)
    warm = (seconds_text(row.results[0]["runs"][0]["seconds"]), epochs_alone(row)) if row.device != "cpu" else ()
    times = (*warm, seconds_text(best), seconds_text(median(row.times)), f"{len(row.times)}")
    ratio = "" if ours is None else "1" if best == ours else f"{best / ours:.2g} ×"
    ends = (mean_and_range([run[name] for run in row.runs]) for name in shown)
    before = median(result["import"] + result["data"] for result in row.results)
    peak = max(result["peak"] for result in row.results)
    return (row.name, f"{row.threads}", *times, ratio, *ends, seconds_text(before), f"{peak / 1e6:,.0f} MB")


def epochs_alone(row: Row) -> str:
    """The best time of the epochs without what comes before them: recording the steps, copying the data."""
    found = [run["epochs"] for run in row.runs if "epochs" in run]
    return seconds_text(min(found)) if found else ""


def mean_and_range(values: Sequence[float]) -> str:
    """The mean over the runs and, of several, the lowest and the highest in brackets."""
    if len(values) == 1:
        return f"{values[0]:.4f}"
    return f"{mean(values):.4f} ({min(values):.4f}–{max(values):.4f})"


def seconds_text(seconds: float) -> str:
    """Seconds as a text: three digits below 10 s, above one decimal."""
    return f"{seconds:.3g} s" if seconds < 10 else f"{seconds:.1f} s"


def summary(row: Row) -> str:
    """The newest run in a few words."""
    if row.reason:
        return row.reason
    last = row.runs[-1]
    return ", ".join(f"{name} {value:.4g}" for name, value in last.items() if name != "seed")
