"""The benchmarks' commands, as far as no time is measured: ``.ci/run`` runs them, small."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest
from places import ROOT

BENCHMARKS = ROOT / "benchmarks"


@pytest.mark.parametrize(
    ("target", "folder", "requirements", "script"),
    [
        ("benchmark", ".venv-peers", "requirements.txt", "recalculation.py"),
        ("benchmark-training", ".venv-peers-training", "training_requirements.txt", "training.py"),
    ],
)
def test_peers_have_an_environment_of_their_own(target: str, folder: str, requirements: str, script: str) -> None:
    """One without constraints.txt, with which they do not go together."""
    if not shutil.which("make"):
        pytest.skip("make is not installed")
    alone = {name: value for name, value in os.environ.items() if not name.startswith(("MAKE", "MFLAGS"))}
    command = ["make", "-n", "-B", "--no-print-directory", target]
    told = subprocess.run(command, cwd=ROOT, env=alone, capture_output=True, text=True, check=True).stdout
    [installing] = [line for line in told.splitlines() if f"benchmarks/{requirements}" in line]
    assert installing.startswith(f"{folder}/bin/python -m pip install")
    assert "constraint" not in installing
    assert f"python benchmarks/{script}" in told.splitlines()[-1]


@pytest.mark.parametrize(("quick", "place"), [(True, "out/quick_{}"), (False, "benchmarks/{}")])
@pytest.mark.parametrize("name", ["RESULTS.md", "TRAINING.md"])
def test_a_quick_run_does_not_take_a_full_ones_place(
    name: str, quick: bool, place: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(BENCHMARKS)
    import report

    monkeypatch.setattr(report, "HERE", tmp_path / "benchmarks")
    assert report.written("page", name, None, quick) == tmp_path / place.format(name)
    assert (tmp_path / place.format(name)).read_text() == "page"
    assert report.written("page", name, tmp_path / "asked.md", quick) == tmp_path / "asked.md"
