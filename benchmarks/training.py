"""Times training, ours and others', and writes the table: ``python benchmarks/training.py``.

Each number comes from a process of its own, one after the other: in rounds, each trainer once a round, so that a
machine that slows down slows all. A round's number is the seed. A full run takes about fifteen, ``--quick`` a few
minutes; its table goes elsewhere.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cache, partial
from pathlib import Path
from typing import Any

import training_report as report
from growth import processes, table
from measure import HERE, ROOT, Failed, Result, _reason
from report import written
from training_report import Row

PARTS = ("stream", "processes", "growth")  # what --only can name beside trainers and works
LIMIT = 240.0  # seconds for one process
SEEDS = range(5)  # on the device, where one process trains with all of them, after a training that warms it up


@dataclass(frozen=True)
class Job:
    """What one trainer does; ``needs`` is the package that its interpreter must have."""

    work: str
    name: str
    group: str  # what --only calls it
    trainer: str
    needs: str
    rounds: int
    options: dict[str, Any] = field(default_factory=dict)
    threads: int = 1

    @property
    def device(self) -> str:
        """Where it trains: "cpu" unless its options say otherwise."""
        return str(self.options.get("device", "cpu"))


def ours(work: str, backend: str, rounds: int = 5, threads: int = 1) -> Job:
    """sheetsim's training, with one of its backends."""
    return Job(work, f"sheetsim, {backend}", "ours", "ours", backend, rounds, {"backend": backend}, threads)


def plain(work: str, fused: bool = False, rounds: int = 3, threads: int = 1) -> Job:
    """The hand-written PyTorch loop; ``fused`` takes PyTorch's fused kernel for Adam."""
    name = "plain PyTorch loop" + (", fused Adam" if fused else "")
    return Job(work, name, "plain", "plain_torch", "torch", rounds, {"fused": fused}, threads)


def fastai(work: str, name: str, rounds: int, threads: int = 1) -> Job:
    """fastai's training, under the name of the function or class that does it."""
    return Job(work, f"fastai {name}", "fastai", "fastai_learner", "fastai", rounds, {}, threads)


SOLVED = ("dotprod", "bias", "dotprod_sigmoid", "bias_sigmoid")

JOBS = (
    ours("movielens", "numba"),
    ours("movielens", "torch"),
    ours("movielens", "torch", rounds=2, threads=2),
    ours("movielens", "numpy"),
    plain("movielens"),
    plain("movielens", fused=True),
    plain("movielens", rounds=2, threads=2),
    fastai("movielens", "collab_learner", 2),
    fastai("movielens", "collab_learner", 1, threads=2),
    ours("u1", "numba"),
    ours("u1", "torch"),
    ours("u1", "numpy"),
    Job("u1", "Surprise SVD", "surprise", "surprise_svd", "surprise", 5),
    ours("small", "numba"),
    ours("small", "torch", rounds=2),
    ours("small", "numpy", rounds=2),
    Job("small", "Surprise SVD", "surprise", "surprise_svd", "surprise", 5),
    ours("mnist", "numpy"),
    ours("mnist", "torch"),
    plain("mnist"),
    plain("mnist", fused=True),
    fastai("mnist", "Learner", 3),
    *(Job(sheet, "sheetsim.solver.solving", "solver", "solver", "scipy", 5) for sheet in SOLVED),
)


# --- what to do -------------------------------------------------------------------------------------------------------
def chosen(only: Sequence[str], device: str, quick: bool) -> list[Job]:
    """``only`` may name trainers, works, or both."""
    jobs = named(named(JOBS, only, "group"), only, "work")
    there = [on_device(job) for job in jobs if can_run_there(job)] if device != "cpu" else []
    jobs = [*(jobs if device != "cuda" else []), *there]
    return [replace(job, rounds=1) for job in jobs if job.threads == 1] if quick else jobs


def named(jobs: Sequence[Job], only: Sequence[str], part: str) -> list[Job]:
    """The jobs whose ``part`` (group or work) is in ``only``; all of them if ``only`` names none."""
    wanted = {*only} & names(part)
    return [job for job in jobs if not wanted or getattr(job, part) in wanted]


def names(part: str) -> set[str]:
    """The groups or works of all the jobs there are."""
    return {getattr(job, part) for job in JOBS}


def can_run_there(job: Job) -> bool:
    """Whether a job makes sense on the device: ours and the plain loop, in PyTorch, once and not for each number of
    threads."""
    return job.trainer in ("ours", "plain_torch") and job.threads == 1 and job.options.get("backend") in (None, "torch")


def on_device(job: Job) -> Job:
    """The same job on CUDA; one round, for its process trains several times."""
    return replace(job, options={**job.options, "device": "cuda"}, rounds=1)


@cache
def interpreter(package: str, candidates: tuple[str, ...]) -> str:
    """The first interpreter that has a package. Raises Failed."""
    question = f"import importlib.util, sys; sys.exit(importlib.util.find_spec({package!r}) is None)"
    for python in candidates:
        if subprocess.run([python, "-c", question], capture_output=True, check=False).returncode == 0:
            return python
    raise Failed("not installed")


@cache
def has_cuda(candidates: tuple[str, ...]) -> bool:
    """Whether the first interpreter that has torch sees a CUDA device."""
    question = "import sys, torch; sys.exit(not torch.cuda.is_available())"
    try:
        command = [interpreter("torch", candidates), "-c", question]
    except Failed:
        return False
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


# --- one measurement --------------------------------------------------------------------------------------------------
def measured(job: Job, python: str, seeds: Sequence[int], data: Path | None) -> Result:
    """The result of a trainer, in a new process that may use so many threads. Raises Failed."""
    asked = {"trainer": job.trainer, "work": job.work, "seeds": list(seeds), "data": data and str(data)}
    threads = {name: str(job.threads) for name in ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS")}
    environment = {**os.environ, **threads, "PYTHONPATH": str(ROOT)}
    command = [python, "-W", "ignore", str(HERE / "training_run.py"), json.dumps({**asked, **job.options})]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=LIMIT, env=environment, check=False)
    except subprocess.TimeoutExpired:
        raise Failed(f"not done in {LIMIT:.0f} s") from None
    if done.returncode:
        raise Failed(_reason(done))
    result: Result = json.loads(done.stdout.splitlines()[-1])
    return result


def add_round(row: Row, job: Job, number: int, candidates: tuple[str, ...], data: Path | None) -> None:
    """Measures once more. On the device one process trains several times, the first to warm up."""
    seeds = [number] if job.device == "cpu" else [0, *SEEDS]
    try:
        row.results.append(measured(job, interpreter(job.needs, candidates), seeds, data))
    except Failed as failure:
        row.reason = without_folders(str(failure))
    place = f"{job.threads} {'thread' if job.threads == 1 else 'threads'}" if job.device == "cpu" else job.device
    say(f"{job.work}: {row.name}, {place}, seed {number}: {report.summary(row)}")


def without_folders(text: str) -> str:
    """The table does not tell where on a machine things are."""
    return re.sub(r"/(?:[^\s/:'\"]+/)+", "", text)


def compare(jobs: Sequence[Job], candidates: tuple[str, ...], data: Path | None) -> list[Row]:
    """A row for each job. The jobs take turns, one round each, so that a slow minute of the machine hits all of
    them."""
    rows = [Row(job.work, job.name, job.group, job.device, job.threads) for job in jobs]
    for number in range(max((job.rounds for job in jobs), default=0)):
        for job, row in zip(jobs, rows, strict=True):
            if number < job.rounds and not row.reason:
                add_round(row, job, number, candidates, data)
    return rows


def streams(quick: bool) -> list[str]:
    """What ``ratings_stream.py`` says of large files: it makes them, and reads each in a process of its own."""
    asked = {"csv": 2_000_000} if quick else {"csv": 20_000_000, "tab": 2_000_000, "dat": 2_000_000}
    return [stream(rows, style) for style, rows in asked.items()]


def stream(rows: int, style: str) -> str:
    """What ``ratings_stream.py`` prints for a file of so many rows, or why it failed."""
    command = [sys.executable, str(HERE / "ratings_stream.py"), str(rows), "--style", style]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
    text = done.stdout.strip() if done.returncode == 0 else f"{style}: {without_folders(_reason(done))}"
    say(text)
    return text


def data_here() -> Path | None:
    """The data sets beside the project, where they are; otherwise sheetsim's own ways of finding them."""
    beside = ROOT / "../shared/data"
    return beside.resolve() if beside.is_dir() else None


def say(text: str) -> None:
    """Prints a line at once, also into a pipe, so that a long run can be followed."""
    print(text, flush=True)


def main() -> None:
    """The command: trains with every job chosen and writes the table; exits with 2 for a ``--peers`` that cannot be
    run."""
    parser = argparse.ArgumentParser(description="Times training, ours and others'.")
    parser.add_argument("--quick", action="store_true", help="each once and on one thread, in a few minutes")
    known = ", ".join([*dict.fromkeys([job.group for job in JOBS] + [job.work for job in JOBS]), *PARTS])
    parser.add_argument("--only", default="", help=f"some of {known}, with commas")
    parser.add_argument("--device", choices=("auto", "cpu", "cuda"), default="auto", help="auto: both, if there")
    parser.add_argument("--data", type=Path, help="the folder that holds ml-100k and mnist")
    parser.add_argument("--peers", nargs="*", default=[], metavar="PYTHON", help="interpreters that have the others")
    parser.add_argument("--out", type=Path, help="where the table goes; else benchmarks/ or, of a quick run, out/")
    asked = parser.parse_args()
    for python in asked.peers:
        if shutil.which(python) is None:
            parser.error(f"--peers: {python} cannot be run")
    candidates = (sys.executable, *asked.peers)
    device = asked.device
    if device == "auto" and not has_cuda(candidates):
        device = "cpu"
    only = asked.only.split(",") if asked.only else []
    if unknown := {*only} - names("group") - names("work") - {*PARTS}:
        parser.error(f"--only knows no {', '.join(sorted(unknown))}")
    data = asked.data.resolve() if asked.data else data_here()
    rows = [] if only and {*only} <= {*PARTS} else compare(chosen(only, device, asked.quick), candidates, data)
    wanted = {part for part in PARTS if not only or part in only}
    read = streams(asked.quick) if "stream" in wanted else []
    commands = processes.measured(data or Path(), asked.quick, say) if "processes" in wanted and data else []
    find = partial(interpreter, candidates=candidates)
    cells = table.measured(find, data or Path(), asked.quick, say) if "growth" in wanted and data else []
    sections = report.Sections(rows, commands, cells, read)
    say(f"{written(report.page(sections, asked.quick), 'TRAINING.md', asked.out, asked.quick)} written")
    if cells and commands and not (asked.quick or device == "cuda"):
        report.into_docs(ROOT / "docs" / "performance.md", report.summary_page(sections))
    if failed := [row for row in rows if row.reason and row.group in ("ours", "solver")]:
        sys.exit("\n".join(f"{row.work}: {row.name} was not measured: {row.reason}" for row in failed))


if __name__ == "__main__":
    main()
