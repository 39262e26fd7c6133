"""Times whole processes from their start to their end, and writes the tables: ``python benchmarks/waiting/startup.py``.

Each round starts every command once, one after the other. What a target asks is compared with the best processor time
of all rounds: on a machine that has other work to do, that is what a person waits on an idle one.
"""

from __future__ import annotations

import argparse
import os
import resource
import subprocess
import sys
import time
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

sys.path.insert(0, str(Path(__file__).parents[1]))

import machine
from report import into_docs, table, written

IMPORT = "import sheetsim"
NUMPY = "import numpy"
HELP = "sheetsim --help"
LIST = "sheetsim list"
CHECK = "sheetsim check graddesc.xlsx"
EXPLAIN = "sheetsim explain graddesc adam!H6"


@dataclass
class Command:
    """A command, and the seconds of each of its rounds."""

    name: str
    arguments: list[str]
    clock: list[float] = field(default_factory=list)
    processor: list[float] = field(default_factory=list)

    def run(self, folder: str) -> None:
        """One round. The modules are compiled, as those of an installed package are: the first round is thrown away."""
        environment = {name: text for name, text in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
        before, started = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
        done = subprocess.run([sys.executable, *self.arguments], cwd=folder, env=environment, capture_output=True)
        self.clock.append(time.perf_counter() - started)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        self.processor.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
        if done.returncode:
            raise SystemExit(f"{self.name} ended with status {done.returncode}: {done.stderr.decode()[-300:]}")

    @property
    def best(self) -> float:
        """The processor time of the best round but the first."""
        return min(self.processor[1:])

    def line(self) -> tuple[str, ...]:
        """Its cells in the table."""
        times = (self.best, median(self.processor[1:]), min(self.clock[1:]), median(self.clock[1:]))
        torch = " (imports PyTorch)" if self.name == EXPLAIN and find_spec("torch") else ""
        return f"`{self.name}`{torch}", *(f"{seconds:.3f} s" for seconds in times)


def commands() -> list[Command]:
    """What a person waits for, and what of it is Python's and NumPy's."""
    command = ["-m", "sheetsim"]
    return [
        Command('python -c ""', ["-c", ""]),
        Command(NUMPY, ["-c", NUMPY]),
        Command(IMPORT, ["-c", IMPORT]),
        Command("sheetsim.open('graddesc')", ["-c", "import sheetsim; sheetsim.open('graddesc')"]),
        Command(HELP, [*command, "--help"]),
        Command(LIST, [*command, "list"]),
        Command(CHECK, [*command, "check", "graddesc.xlsx"]),
        Command(EXPLAIN, [*command, "explain", "graddesc", "adam!H6"]),
    ]


def targets(best: dict[str, float]) -> list[tuple[str, ...]]:
    """What is to be reached, what was, and whether."""
    limits = [(IMPORT, 1.5 * best[NUMPY], "1.5 × NumPy's"), (HELP, 0.15, "0.15 s")]
    limits += [(name, 0.35, "0.35 s") for name in (LIST, CHECK)]
    return [
        (f"`{name}` ≤ {shown}", f"{best[name]:.3f} s", "met" if best[name] <= limit else "**not met**")
        for name, limit, shown in limits
    ]


def main() -> None:
    """Measures and writes."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="two rounds; the page goes to out/")
    parser.add_argument("--rounds", type=int, default=12)
    asked = parser.parse_args()
    every = commands()
    with TemporaryDirectory() as folder:
        subprocess.run(
            [sys.executable, "-m", "sheetsim", "build", "graddesc", "--out", folder], check=True, capture_output=True
        )
        for _ in range(1 + (2 if asked.quick else asked.rounds)):
            for command in every:
                command.run(folder)
    best = {command.name: command.best for command in every}
    headings = ("whole process", "processor, best", "median", "on the clock, best", "median")
    text = f"{table(('to reach', 'measured', ''), targets(best))}\n\n{table(headings, (c.line() for c in every))}"
    head = f"# How long a start takes\n\n{machine.description()}\n\nWritten by `startup.py`; not to be edited by hand."
    print(written(f"{head}\n\n{text}\n", "STARTUP.md", None, asked.quick))
    if not asked.quick:
        into_docs("waiting/startup.py", text)


if __name__ == "__main__":
    main()
