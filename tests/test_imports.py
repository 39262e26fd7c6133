"""Imports go down only, the light ones stay light, and the public names are these."""

from __future__ import annotations

import ast
import importlib
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from places import ROOT

import sheetsim

PACKAGES = ("sheetsim", "exporters", "workbooks")
BESIDE = ("tests", "benchmarks", "examples", "docs")

#: The house, lowest floor first. A line is a floor; what stands on it may import from the floors below, and a folder
#: from itself. Of two names that fit a module the longer counts.
FLOORS = """
sheetsim.errors
sheetsim.support  sheetsim.outside
sheetsim.model
sheetsim.excel
sheetsim.functions
sheetsim.engine
sheetsim.tensors  sheetsim.macros  sheetsim.optimizers
sheetsim.solver
sheetsim.study
sheetsim.checking
sheetsim.reading
sheetsim.writing
sheetsim.workbook
sheetsim.library
sheetsim.training.shapes
sheetsim.training.state  sheetsim.training.history
sheetsim.training.groups
sheetsim.training.settings
sheetsim.training.schedule
sheetsim.training.models
sheetsim.training.data
sheetsim.training.backends
sheetsim.training.loop
sheetsim.training.finder  sheetsim.training.tuning  sheetsim.training.sweeps
sheetsim.training.results
sheetsim.training
sheetsim.api
sheetsim.front
sheetsim.page
sheetsim.notebook
sheetsim
sheetsim.testing
exporters  workbooks.shared
workbooks.collab_filter
workbooks
sheetsim.cli
sheetsim.__main__
"""
FLOOR = {name: number for number, line in enumerate(FLOORS.split("\n")) for name in line.split()}


def modules() -> dict[str, Path]:
    """Every module of the three packages: its name and its file."""
    files = sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py"))
    names = [".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__") for path in files]
    return dict(zip(names, files, strict=True))


MODULES = modules()
EVERY = [*MODULES.values(), *sorted(path for folder in BESIDE for path in (ROOT / folder).rglob("*.py"))]


def named(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def imports(path: Path) -> Iterator[str]:
    """The project's modules that a file imports, wherever in it: inside functions and for type checkers too."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names if name.name.split(".")[0] in PACKAGES)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path} imports by dots"
            if node.module and node.module.split(".")[0] in PACKAGES:
                for name in node.names:
                    whole = f"{node.module}.{name.name}"
                    yield whole if whole in MODULES else node.module


def place(module: str) -> str:
    """The name in the list of floors under which a module stands."""
    while module not in FLOOR:
        module = module.rpartition(".")[0]
    return module


def test_every_name_of_a_floor_is_there() -> None:
    assert [name for name in FLOOR if name not in MODULES] == []


def test_imports_go_down() -> None:
    wrong = [
        f"{name} imports {other}"
        for name, path in MODULES.items()
        for other in imports(path)
        if place(other) != place(name) and FLOOR[place(other)] >= FLOOR[place(name)]
    ]
    assert wrong == []


def test_no_imports_go_round() -> None:
    below = {name: set(imports(path)) - {name} for name, path in MODULES.items()}
    while free := {name for name, others in below.items() if others.isdisjoint(below)}:
        below = {name: others for name, others in below.items() if name not in free}
    assert below == {}, "these import one another, or what does"


@pytest.mark.parametrize(
    ("package", "others"),
    [("sheetsim", {"exporters", "workbooks"}), ("exporters", {"workbooks"}), ("workbooks", {"exporters"})],
)
def test_of_sheetsim_only_the_command_line_knows_the_packages_above(package: str, others: set[str]) -> None:
    wrong = [
        f"{name} imports {other}"
        for name, path in MODULES.items()
        if name.split(".")[0] == package and not name.startswith("sheetsim.cli")
        for other in imports(path)
        if other.split(".")[0] in others
    ]
    assert wrong == []


def test_only_four_places_import_by_name() -> None:
    """What is imported by a text, no test of the floors sees: the public names, what stands above the library, the
    functions and the workbooks are found so, and nothing else."""
    ways = {"import_module", "__import__"}
    found = {
        module
        for module, path in MODULES.items()
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if ways & {getattr(node, field, None) for field in ("id", "attr", "name")}
    }
    assert found == {"sheetsim", "sheetsim.outside", "sheetsim.functions.table", "workbooks"}


@pytest.mark.parametrize("folder", sorted({path.parent for path in EVERY}), ids=named)
def test_a_folder_can_be_taken_in_at_a_glance(folder: Path) -> None:
    assert len([path for path in folder.glob("*.py") if path.name != "__init__.py"]) <= 16


@pytest.mark.parametrize("path", EVERY, ids=named)
def test_a_module_can_be_read_in_one_go(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 350


@pytest.mark.parametrize("module", MODULES)
def test_every_module_can_be_imported(module: str) -> None:
    """Or lacks an extra, and nothing else: the run of the docstrings' examples leaves out what cannot be imported."""
    try:
        importlib.import_module(module)
    except ModuleNotFoundError as missing:
        if missing.name not in ("torch", "matplotlib", "pooch", "safetensors", "anywidget"):
            raise
        pytest.skip(f"{missing.name} is not installed")


@pytest.mark.parametrize("module", ["torch", "matplotlib", "pandas", "numba", "openpyxl", "scipy"])
def test_the_public_names_leave_the_heavy_ones_out(module: str) -> None:
    code = f"import sys; from sheetsim import *; sys.exit({module!r} in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0


def test_importing_sheetsim_imports_nothing_more() -> None:
    code = "import sys, sheetsim; sys.exit(any(name.startswith(('sheetsim.', 'numpy')) for name in sys.modules))"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0


def test_the_plugin_of_pytest_is_light() -> None:
    """It is imported by every run of pytest where sheetsim is installed."""
    code = "import sys, sheetsim.testing.plugin; sys.exit(any(name in sys.modules for name in ('numpy', 'torch')))"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0


def test_the_public_names() -> None:
    assert sorted(sheetsim.__all__) == [
        "Cell",
        "CycleError",
        "Difference",
        "ExcelError",
        "FormulaError",
        "InputError",
        "NotFound",
        "OutputError",
        "Range",
        "Report",
        "Sheet",
        "SheetsimError",
        "UnknownFunction",
        "Workbook",
        "build",
        "check",
        "compare",
        "explain",
        "gradient",
        "names",
        "open",
        "optimizers",
        "recalc",
        "run",
        "solve",
        "train",
    ]
    assert all(hasattr(sheetsim, name) for name in sheetsim.__all__)
    assert {*sheetsim.__all__} <= {*dir(sheetsim)}
    with pytest.raises(AttributeError, match="has no attribute 'calculate'"):
        _ = sheetsim.calculate
