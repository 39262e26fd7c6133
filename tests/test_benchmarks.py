"""The benchmarks' commands, as far as no time is measured: ``.ci/run`` runs them, small."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from places import ROOT
from training_data import real

BENCHMARKS = ROOT / "benchmarks"


@pytest.mark.parametrize(
    ("target", "folder", "requirements", "script"),
    [
        ("benchmark", ".venv-peers", "requirements.txt", "recalculation.py"),
        ("benchmark-files", ".venv-peers", "requirements.txt", "files.py"),
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
@pytest.mark.parametrize("name", ["RESULTS.md", "TRAINING.md", "FILES.md"])
def test_a_quick_run_does_not_take_a_full_ones_place(
    name: str, quick: bool, place: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(BENCHMARKS)
    import report

    monkeypatch.setattr(report, "HERE", tmp_path / "benchmarks")
    assert report.written("page", name, None, quick) == tmp_path / place.format(name)
    assert (tmp_path / place.format(name)).read_text() == "page"
    assert report.written("page", name, tmp_path / "asked.md", quick) == tmp_path / "asked.md"


def test_fine_tuning_beats_training_from_scratch() -> None:
    """On a hundred and on three hundred images a digit; the table of the documentation is over five seeds."""
    command = [sys.executable, "benchmarks/fine_tuning.py", "--quick", "--data", str(real("mnist"))]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    told = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True).stdout
    rows = [line.strip("| \n").split(" | ") for line in told.splitlines()[2:]]
    assert [row[0] for row in rows] == ["100", "300"]
    assert all(row[-1].startswith("**") for row in rows)


def test_the_script_writes_between_its_marks_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(BENCHMARKS)
    import training_report

    page = tmp_path / "performance.md"
    page.write_text(f"before\n\n{training_report.BEGIN}\n\nold\n\n{training_report.END}\n\nafter\n")
    training_report.into_docs(page, "new")
    assert page.read_text() == f"before\n\n{training_report.BEGIN}\n\nnew\n\n{training_report.END}\n\nafter\n"
    marks = (ROOT / "docs" / "performance.md").read_text(encoding="utf-8")
    assert marks.count(training_report.BEGIN) == marks.count(training_report.END) == 1
