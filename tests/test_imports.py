"""Imports go one way, the light ones stay light, and the public names are these."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import sheetsim

ROOT = Path(__file__).parents[1]

#: Which of the three packages each may import; in sheetsim only the command line and the registry know the others.
ALLOWED = {"sheetsim": {"sheetsim"}, "workbooks": {"workbooks", "sheetsim"}, "exporters": {"exporters", "sheetsim"}}
LATE = {
    "sheetsim/cli/app.py",
    "sheetsim/cli/compare.py",
    "sheetsim/cli/own_data.py",
    "sheetsim/cli/train/results.py",
    "sheetsim/library.py",
}


def imports(path: Path) -> Iterator[str]:
    """The top-level packages that a file imports, wherever in it."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (name.name.split(".")[0] for name in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            yield node.module.split(".")[0]


@pytest.mark.parametrize("package", ALLOWED)
def test_imports_go_one_way(package: str) -> None:
    wrong = [
        f"{path.relative_to(ROOT)} imports {name}"
        for path in sorted((ROOT / package).rglob("*.py"))
        for name in imports(path)
        if name in ALLOWED and name not in ALLOWED[package] and str(path.relative_to(ROOT)) not in LATE
    ]
    assert wrong == []


@pytest.mark.parametrize("module", ["torch", "matplotlib", "pandas", "numba", "openpyxl", "scipy"])
def test_importing_sheetsim_leaves_the_heavy_ones_out(module: str) -> None:
    code = f"import sys, sheetsim; sys.exit({module!r} in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0


def test_the_public_names() -> None:
    assert sorted(sheetsim.__all__) == [
        "CycleError",
        "Difference",
        "ExcelError",
        "FormulaError",
        "InputError",
        "NotFound",
        "OutputError",
        "Report",
        "Sheet",
        "SheetsimError",
        "UnknownFunction",
        "Workbook",
        "build",
        "check",
        "names",
        "open",
    ]
    assert all(hasattr(sheetsim, name) for name in sheetsim.__all__)
