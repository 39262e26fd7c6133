"""Each command on each file of the hostile set: the longest time, the most memory. ``make hostile`` prints the table.

The files are those of ``tests/attack/fuzzing/hostile_files.py``. Every command goes through them in a process of its
own, so that the memory is that of one command; the time is that of the processor, without the start of the process.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT / place) for place in ("", "tests/attack/fuzzing", "tests/attack", "tests/helpers", "tests")]

from hostile_files import COMMANDS, FILES, words  # noqa: E402
from pool import Worker  # noqa: E402

Line = list[str]


def measured(command: str, files: list[str]) -> tuple[Line, list[str]]:
    """The line of a command, and what it must not have done."""
    outcomes: Counter[str] = Counter()
    wrong, longest, most = [], (0.0, ""), 0
    with Worker() as process:
        for file in files:
            verdict = process.tried({"kind": "hostile", "file": file, "words": words(command, file)})
            outcomes[verdict["outcome"]] += 1
            longest, most = max(longest, (verdict["seconds"], file)), max(most, verdict["peak"])
            if verdict["offence"]:
                wrong.append(f"{command}, {file}: {verdict['offence']}")
    counts = [f"{outcomes[outcome]}" for outcome in ("held", "refused")]
    return [command, *counts, f"{longest[0]:.1f} s", longest[1], f"{most / 2**20:.0f} MiB"], wrong


def main() -> int:
    """Prints the table; 1 where a command did not keep to its limits."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", nargs="+", choices=COMMANDS, default=[*COMMANDS], help="these commands (all)")
    wrong = []
    print("| command | done | refused | longest | at | memory |\n|---|---|---|---|---|---|")
    for command in parser.parse_args().only:
        line, found = measured(command, [*FILES])
        wrong += found
        print(f"| {' | '.join(line)} |", flush=True)
    print(f"{len(FILES)} files, {len(wrong)} offences", *wrong, sep="\n")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
