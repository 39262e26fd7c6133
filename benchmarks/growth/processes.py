"""Whole commands: what a person waits for, from the first import to the last line printed."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from measure import ROOT

ROUNDS = 4
COMMANDS = {
    "train movielens": ("train", "movielens"),
    "train movielens --backend numpy": ("train", "movielens", "--backend", "numpy"),
    "train movielens --backend torch": ("train", "movielens", "--backend", "torch"),
    "train mnist": ("train", "mnist"),
}
FIRST = "train movielens, the first time: the loop is compiled"


@dataclass
class Command:
    """A command's seconds by the clock, and the processor's, of each run."""

    name: str
    clock: list[float] = field(default_factory=list)
    processor: list[float] = field(default_factory=list)

    def line(self) -> tuple[str, ...]:
        """Its line of the table."""
        best = f"{min(self.processor):.2f} s", f"{median(self.processor):.2f} s"
        return (f"`sheetsim {self.name}`", *best, f"{min(self.clock):.2f} s", str(len(self.clock)))


def measured(folder: Path, quick: bool, say: Callable[[str], None]) -> list[Command]:
    """Each command some times, in turns; the first of them once more where nothing has been compiled yet."""
    commands = [Command(name) for name in COMMANDS]
    for number in range(2 if quick else ROUNDS + 1):
        for command in commands:
            run(command, COMMANDS[command.name], folder, count=number > 0)  # the first fills the caches
        say(", ".join(f"{command.name} {command.processor[-1]:.2f} s" for command in commands if command.processor))
    with TemporaryDirectory() as empty:
        first = Command(FIRST)
        run(first, COMMANDS["train movielens"], folder, count=True, NUMBA_CACHE_DIR=empty)
    return [*commands, first]


def run(command: Command, words: tuple[str, ...], folder: Path, count: bool, **variables: str) -> None:
    """One run; its seconds are kept if they are to count."""
    variables |= {"PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1", "SHEETSIM_DATA": str(folder)}
    environment = {**os.environ, **variables}
    before, begun = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    subprocess.run([sys.executable, "-m", "sheetsim", *words], env=environment, stdout=subprocess.DEVNULL, check=True)
    clock, after = time.perf_counter() - begun, resource.getrusage(resource.RUSAGE_CHILDREN)
    if count:
        command.clock.append(clock)
        command.processor.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
