"""The README says what happens: its Python examples run, and its commands print what it shows."""

from __future__ import annotations

import doctest
import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"}
ENVIRONMENT.pop("COLUMNS", None)  # which processes of the suite have, and people do not
README = ROOT / "README.md"


def test_python_examples() -> None:
    pytest.importorskip("torch", reason="PyTorch is not installed")
    result = doctest.testfile(str(README), module_relative=False)
    assert result.attempted
    assert result.failed == 0


def transcript() -> list[tuple[str, str]]:
    """(command, output) of every ``console`` block; a line ``$ …`` begins a command."""
    found: list[tuple[str, str]] = []
    for block in re.findall(r"```console\n(.*?)```", README.read_text(encoding="utf-8"), re.DOTALL):
        for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            command, _, output = part.partition("\n")
            found.append((command, output))
    return found


def lines(text: str) -> list[str]:
    """Without empty lines; times, which differ from run to run, as dots, and blanks and rules in one width, which the
    times change."""
    dotted = (re.sub(r"\b\d+\.\d+ s\b", "… s", line.strip()) for line in text.splitlines() if line.strip())
    return [re.sub(r" {2,}", " ", re.sub(r"─+", "─", line)) for line in dotted]


def test_commands_print_what_is_shown(tmp_path: Path) -> None:
    assert transcript()
    (tmp_path / "out").mkdir()
    for command, shown in transcript():
        program, *arguments = shlex.split(command)
        assert program == "sheetsim"
        command_line = [sys.executable, "-m", "sheetsim", *arguments]
        done = subprocess.run(command_line, cwd=tmp_path, env=ENVIRONMENT, capture_output=True, text=True, check=False)
        assert (done.returncode, lines(done.stdout)) == (0, lines(shown)), command
    shutil.rmtree(tmp_path / "out")
