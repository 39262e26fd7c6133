"""Every command on the hostile set keeps to its limits: 20 s of processor time, 1 GB of memory, one line, nothing lost.

All files and all commands are gone through by ``make hostile``; here each command meets every so many-th file and those
that once took longest."""

from __future__ import annotations

import pytest
from hostile_files import COMMANDS, FILES, SLOW, words
from pool import Worker

EVERY = 12
WORST = ["COUNTIF of each of 20,000 texts", "a text of 600,000 runs", "growing MEDIAN", "30 names that double"]
FEW = [*[*FILES][::EVERY], *WORST]


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_keeps_to_its_limits(command: str) -> None:
    with Worker() as process:
        given = [{"kind": "hostile", "file": file, "words": words(command, file)} for file in FEW]
        verdicts = [(each["file"], process.tried(each)) for each in given]
    assert [(file, verdict["offence"]) for file, verdict in verdicts if verdict["offence"]] == []


def test_files_are_what_they_are_called() -> None:
    assert len(FILES) > 120
    assert FILES.keys() >= SLOW.keys()
    assert set(WORST) <= SLOW.keys()
