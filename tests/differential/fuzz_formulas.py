"""Random formulas against LibreOffice for as long as one likes: ``make fuzz-formulas SECONDS=600 SEED=3``.

What differs for no known reason is written beside, in ``findings/``, a file a formula: commit it with the mending of
its cause, or with a line of ``known_differences.py`` that says why LibreOffice has another value. Every test run asks
about the findings again. The exit status is 1 where there is a finding.
"""

from __future__ import annotations

import argparse
import json
import secrets
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable
from hashlib import sha256
from pathlib import Path
from typing import Any

import libreoffice
from judge_formulas import differences
from own_values import Difference
from random_formulas import Case, Part, drawn

from sheetsim.support import terminal

FINDINGS = Path(__file__).parent / "findings"
BATCH = 1500  # formulas in a file
PATIENCE = 90  # seconds for LibreOffice with one; a few formulas, as a sum over 1E+10 terms, keep it for hours


def as_data(part: Part) -> list[Any]:
    """A part for a finding's file."""
    return [part.name, part.text, [as_data(each) for each in part.inside], part.several]


def as_part(data: list[Any]) -> Part:
    name, text, inside, several = data
    return Part(name, text, tuple(map(as_part, inside)), several)


def findings(folder: Path = FINDINGS) -> list[Case]:
    """The formulas of earlier findings."""
    read = [json.loads(path.read_text(encoding="utf-8")) for path in sorted(folder.glob("*.json"))]
    return [Case(as_part(finding["part"]), finding["array"]) for finding in read]


def keep(found: Difference, folder: Path = FINDINGS) -> Path:
    """Writes a finding down."""
    folder.mkdir(exist_ok=True)
    path = folder / f"{sha256(str(found.part).encode()).hexdigest()[:10]}.json"
    shown = {"formula": str(found.part), "ours": str(found.ours), "LibreOffice": str(found.theirs)}
    text = json.dumps({**shown, "array": found.part.array, "part": as_data(found.part.part)}, ensure_ascii=False)
    path.write_text(text + "\n", encoding="utf-8")
    return path


def judged(cases: list[Case]) -> tuple[list[Difference], list[Case]]:
    """The differences, and the formulas that LibreOffice does not come to an end with: halves of them are tried."""
    try:
        return differences(cases), []
    except subprocess.SubprocessError:
        if len(cases) == 1:
            return [], cases
    middle = len(cases) // 2
    (found, stuck), (more, others) = judged(cases[:middle]), judged(cases[middle:])
    return found + more, stuck + others


def fuzz(seconds: float, seed: int, say: Callable[[str], None] = print, batch: int = BATCH) -> Counter[str]:
    """Compares batches until the time is up, and counts: formulas, differences by reason, findings."""
    libreoffice.TIME_LIMIT = PATIENCE
    count: Counter[str] = Counter()
    end, number = time.monotonic() + seconds, 0
    seen: Counter[str] = Counter()
    while time.monotonic() < end:
        cases = [*(findings() if number == 0 else []), *drawn(batch, seed * 10_000 + number)]
        found, stuck = judged(cases)
        count["formulas"] += len(cases)
        count["LibreOffice does not answer"] += len(stuck)
        count.update(difference.reason for difference in found if difference.reason)
        for difference in new(found):
            count["findings"] += 1
            seen[difference.part.part.name] += 1
            if seen[difference.part.part.name] <= 3:  # of one function a few are enough
                say(f"{difference}\n    {keep(difference)}")
        number += 1
        left = max(0.0, end - time.monotonic())
        say(f"{count['formulas']:,} formulas compared, {count['findings']:,} findings, {left:.0f} s left")
    return count


def new(found: Iterable[Difference]) -> list[Difference]:
    """Those without a known reason."""
    return [difference for difference in found if difference.reason is None]


def report(count: Counter[str]) -> None:
    """How many there were, and of those that differ why."""
    reasons = [(reason, number) for reason, number in count.most_common() if reason not in ("formulas", "findings")]
    rows = [["formulas", count["formulas"]], ["findings", count["findings"]], *map(list, reasons)]
    terminal.table("", ["what", "count"], rows, ["count"])


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=60, help="how long to go on (60)")
    parser.add_argument("--seed", type=int, default=secrets.randbelow(10**6), help="another seed, other formulas")
    asked = parser.parse_args()
    print(f"seed {asked.seed}: the same seed gives the same formulas", flush=True)
    count = fuzz(asked.seconds, asked.seed, lambda line: print(line, flush=True))
    report(count)
    return 1 if count["findings"] else 0


if __name__ == "__main__":
    sys.exit(main())
