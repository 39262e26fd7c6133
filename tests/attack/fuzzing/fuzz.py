"""Random inputs for as long as one likes: ``make fuzz SECONDS=600 SEED=3``.

First come the findings of earlier runs. What is found now is written beside them as a file that holds the input: commit
it with the mending of its cause, and every test run tries it from then on. Of each cause the shortest input is kept.
The exit status is 1 where there is a finding.
"""

from __future__ import annotations

import argparse
import json
import secrets
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from hashlib import sha256
from itertools import count, cycle
from pathlib import Path
from typing import Any

from judge import MAKERS, made
from pool import ROOT, Worker

from sheetsim.support import terminal

FINDINGS = Path(__file__).parent / "findings"
Given = dict[str, Any]


def findings(folder: Path = FINDINGS) -> list[Path]:
    """The files of findings."""
    return sorted(folder.glob("*.json"))


def given_in(path: Path) -> Given:
    """The input of a finding."""
    given: Given = json.loads(path.read_text(encoding="utf-8"))["given"]
    return given


def inputs(seed: int, kinds: list[str]) -> Iterator[Given]:
    """One input of each kind in turn, without end."""
    kind = cycle(kinds)
    return (made(next(kind), f"{seed} {number}") for number in count())


class Tally:
    """What came of the inputs; safe for many threads."""

    def __init__(self, folder: Path):
        self.folder = folder
        self.lock = threading.Lock()
        self.outcomes: Counter[tuple[str, str]] = Counter()
        self.seconds: Counter[str] = Counter()
        self.peaks: Counter[str] = Counter()
        self.offences: Counter[str] = Counter()
        self.files: dict[str, Path] = {}

    def add(self, given: Given, verdict: dict[str, Any], known: Path | None = None) -> None:
        """Counts an input, and writes it down if it is the first or the shortest of an offence."""
        kind, offence = given["kind"], verdict["offence"]
        with self.lock:
            self.outcomes[kind, "offence" if offence else verdict["outcome"]] += 1
            self.seconds[kind] = max(self.seconds[kind], verdict["seconds"])
            self.peaks[kind] = max(self.peaks[kind], verdict["peak"])
            if offence:
                self._found(given, offence, known)

    def _found(self, given: Given, offence: str, known: Path | None) -> None:
        cause, *more = offence.replace(f"{ROOT}/", "").splitlines()
        self.offences[cause] += 1
        before = self.files.get(cause)
        text = json.dumps({"offence": [cause, *more[-1:]], "given": given}, indent=1) + "\n"
        if known or (before and len(before.read_text(encoding="utf-8")) <= len(text)):
            self.files.setdefault(cause, known or before)  # type: ignore[arg-type]
            return
        path = self.folder / f"{given['kind']}-{sha256(json.dumps(given).encode()).hexdigest()[:10]}.json"
        path.write_text(text, encoding="utf-8")
        self.files[cause] = path
        if before and before not in self.kept:
            before.unlink()

    @property
    def total(self) -> int:
        return sum(self.outcomes.values())

    kept: frozenset[Path] = frozenset()  # findings of earlier runs stay


def fuzz(
    seconds: float,
    seed: int,
    kinds: list[str],
    jobs: int = 2,
    folder: Path = FINDINGS,
    worker: Callable[[], Worker] = Worker,
    say: Callable[[str], None] = print,
) -> Tally:
    """Tries the findings in ``folder``, and then inputs until the time is up."""
    folder.mkdir(exist_ok=True)
    tally, source, lock = Tally(folder), inputs(seed, kinds), threading.Lock()
    earlier = [path for path in findings(folder) if given_in(path)["kind"] in kinds]
    tally.kept = frozenset(earlier)
    due: list[Path] = [*reversed(earlier)]
    end = time.monotonic() + seconds

    def work() -> None:
        with worker() as process:
            while True:
                with lock:
                    known = due.pop() if due else None
                    if not known and time.monotonic() > end:
                        return
                    given = given_in(known) if known else next(source)
                tally.add(given, process.tried(given), known)

    threads = [threading.Thread(target=work, daemon=True) for _ in range(jobs)]
    for thread in threads:
        thread.start()
    for thread in threads:
        while thread.is_alive():
            thread.join(10)
            left = max(0.0, end - time.monotonic())
            say(f"{tally.total:,} inputs tried, {len(tally.offences)} causes found, {left:.0f} s left")
    return tally


def report(tally: Tally) -> None:
    """What came of it, as tables."""
    outcomes = sorted({outcome for _, outcome in tally.outcomes})
    rows = []
    for kind in sorted(tally.seconds):
        counts = [tally.outcomes[kind, outcome] for outcome in outcomes]
        most = f"{tally.seconds[kind]:.1f} s", f"{tally.peaks[kind] / 2**20:.0f} MiB"
        rows.append([kind, sum(counts), *counts, *most])
    headings = ["inputs", "tried", *outcomes, "longest", "memory"]
    terminal.table("", headings, rows, headings[1:])
    for cause, number in tally.offences.most_common():
        print(f"{number:,} × {cause}\n    {tally.files[cause]}")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=60, help="how long to go on (60)")
    parser.add_argument("--seed", type=int, default=secrets.randbelow(10**6), help="another seed, other inputs")
    parser.add_argument("--kinds", nargs="+", choices=MAKERS, default=[*MAKERS], help="what is changed (all)")
    parser.add_argument("--jobs", type=int, default=2, help="processes at a time (2)")
    asked = parser.parse_args()
    print(f"seed {asked.seed}: the same seed gives the same inputs", flush=True)
    tally = fuzz(asked.seconds, asked.seed, asked.kinds, asked.jobs, say=lambda line: print(line, flush=True))
    report(tally)
    return 1 if tally.offences else 0


if __name__ == "__main__":
    sys.exit(main())
