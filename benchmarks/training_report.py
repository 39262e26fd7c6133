"""What was measured of training, as a page of Markdown."""

from __future__ import annotations

import platform
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from statistics import mean, median

import machine
from growth import table as growth
from growth.processes import Command
from growth.table import Cell
from measure import Result
from report import cell_text, table

HEADS = {
    "movielens": "MovieLens 100k, the lecture's split: five epochs",
    "u1": "MovieLens 100k, the official split u1",
    "small": "ml-latest-small, 100,836 ratings by 610 users of 9,724 movies: five epochs",
    "mnist": "MNIST, 784–50–10: one epoch",
    "dotprod": "Solver, sheet dotprod: from random starts",
    "bias": "Solver, sheet bias: from random starts",
    "dotprod_sigmoid": "Solver, sheet dotprod_sigmoid: from random starts",
    "bias_sigmoid": "Solver, sheet bias_sigmoid: from random starts",
}
SHOWN = {"movielens": ("valid loss",), "u1": ("RMSE",), "small": ("RMSE",), "mnist": ("valid loss", "accuracy")}
LECTURE = {  # best, median, processor, runs, against ours, what is shown
    "movielens": ("33 s", "", "", "1", "", "0.8136"),
    "mnist": ("3 s", "", "", "1", "", "0.1358", "0.9608"),
}
COMMANDS = {"train movielens": 1.5, "train mnist": 0.8}  # seconds that they are to take at most
BEGIN, END = "<!-- begin: written by benchmarks/training.py -->", "<!-- end: written by benchmarks/training.py -->"
GROWTH = """\
Processor time by the ratings of an epoch, one thread, best of the runs. Those made up are spread over users and movies
as unevenly as MovieLens's. The dense loops, which change all rows at each step, are stopped after some hundred batches:
each costs the same. Surprise makes a step of plain descent for each rating, without moments; the models of the package
`implicit` learn from clicks, without ratings, and cannot do this work."""
NOTES = """\
*best*, *median*: from the call that trains (data in memory, no model yet) to the end of the last epoch, validation
included. Each run is in a process of its own; on the device one process trains again and again, *first* to warm up
(*epochs alone*: without recording the steps as a graph and copying the data to the device, which is in *best*).
*processor*: the seconds of the processor, best. *before*: importing the libraries and reading the data. *against
ours*: the best time by that of the first line. Losses are means over the seeds, the lowest and the highest in brackets.
Written by `training.py`; not to be edited by hand.

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


@dataclass(frozen=True)
class Sections:
    """All that was measured: trainers, whole commands, what a rating costs, and lines on the reading of large files."""

    rows: Sequence[Row]
    commands: Sequence[Command]
    cells: Sequence[Cell]
    read: Sequence[str]

    def row(self, work: str, name: str) -> Row | None:
        """A trainer's row on one thread of the processor, where it has times."""
        fit = (row for row in self.rows if (row.work, row.name, row.device, row.threads) == (work, name, "cpu", 1))
        return next((row for row in fit if row.times), None)


def page(sections: Sections, quick: bool) -> str:
    """The whole Markdown page: the targets, a table for each work and device, commands, what a rating costs, then the
    reading of large files."""
    rows, read = sections.rows, sections.read
    parts = [
        "# How fast training is, and how well it ends",
        f"{date.today():%d %B %Y}. {surroundings(rows)}" + (" A quick run." if quick else ""),
        NOTES,
    ]
    if asked := targets(sections):
        parts += ["## Targets", table(("", "target", "measured", ""), asked)]
    for work, device in dict.fromkeys((row.work, row.device) for row in rows):
        section = [row for row in rows if (row.work, row.device) == (work, device)]
        head = HEADS[work] + (f" on {device_name(section)}" if device != "cpu" else "")
        parts += [f"## {head}", work_table(work, section)]
    parts += tables_of_growth(sections)
    if read:
        parts += ["## Reading large files of ratings", "\n".join(f"- {line}" for line in read)]
    return "\n\n".join(parts) + "\n"


def tables_of_growth(sections: Sections) -> list[str]:
    """Whole commands, and what a rating costs on few ratings and on many, each below its head."""
    parts = []
    if sections.commands:
        heads = ("", "processor, best", "median", "by the clock, best", "runs")
        lines = [command.line() for command in sections.commands]
        parts += ["## Whole commands, with all that they print", table(heads, lines)]
    if sections.cells:
        heads, *lines = growth.lines(sections.cells)
        parts += ["## What a rating costs, however many there are", table(heads, lines), GROWTH]
    return parts


def targets(sections: Sections) -> list[tuple[str, ...]]:
    """What is to be reached, what was measured, and whether that will do; nothing for what was not measured."""
    found: list[tuple[str, float, float, str]] = []
    for what, work, name, most in (
        ("MovieLens 100k, five epochs, one thread", "movielens", "sheetsim, numba", 0.35),
        ("MNIST, one cycle", "mnist", "sheetsim, numpy", 0.24),
    ):
        if row := sections.row(work, name):
            found.append((what, most, min(run["processor"] for run in row.runs), " s"))
    found += [
        (f"`sheetsim {command.name}`, the whole process", COMMANDS[command.name], min(command.processor), " s")
        for command in sections.commands
        if command.name in COMMANDS
    ]
    if (times := growth.flatness(sections.cells)) is not None:
        found.append(("a rating among 20 million, by one of 80,000", 2.0, times, " ×"))
    return [
        (what, f"≤ {most:g}{unit}", f"{is_now:.3g}{unit}", "met" if is_now <= most else "not met")
        for what, most, is_now, unit in found
    ]


def summary_page(sections: Sections) -> str:
    """The part of docs/performance.md that is written by the script."""
    head = f"{date.today():%d %B %Y}. {surroundings(sections.rows)} One thread."
    parts = [head, table(("", "target", "measured", ""), targets(sections))]
    rows = [row for row in sections.rows if row.threads == 1 and row.device == "cpu" and row.group != "solver"]
    for work in dict.fromkeys(row.work for row in rows):
        parts += [f"### {HEADS[work]}", work_table(work, [row for row in rows if row.work == work])]
    return "\n\n".join([*parts, *(part.replace("## ", "### ", 1) for part in tables_of_growth(sections))])


def into_docs(page: Path, text: str) -> None:
    """Puts a text between the marks that say that it is written by the script."""
    before, begin, rest = page.read_text(encoding="utf-8").partition(BEGIN)
    _, end, after = rest.partition(END)
    page.write_text(f"{before}{begin}\n\n{text}\n\n{end}{after}", encoding="utf-8")


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
    heads = (
        "",
        "threads",
        *warm,
        "best",
        "median",
        "processor",
        "runs",
        "against ours",
        *shown,
        "before",
        "peak memory",
    )
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
    worked = min(run["processor"] for run in row.runs)
    times = (*warm, *map(seconds_text, (best, median(row.times), worked)), f"{len(row.times)}")
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
