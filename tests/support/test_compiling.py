"""Compiled functions: nothing that was compiled before a change is run after it, wherever they are kept."""

from __future__ import annotations

import inspect
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import FunctionType

import pytest

import sheetsim
from sheetsim.engine.recurrences.machine import scan
from sheetsim.excel.arithmetic import product
from sheetsim.support.compiling import checksum

PACKAGE = Path(sheetsim.__file__).parent
RULE = Path(inspect.getfile(product)).relative_to(PACKAGE.parent)

#: A chain of products, by the compiled loop.
CHAIN = f"""
import sheetsim
import {inspect.getmodule(scan).__name__} as machine

machine.WORTH_COMPILING = 0
sheet = sheetsim.Workbook("chain").add_sheet("s")
sheet["A1"] = 2
sheet.fill("A2:A9", "=A1*3")
sheet.book.recalculate()
assert len(machine._compiled().signatures) == 1
print(sheet["A9"])
"""


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    """A folder with a copy of the package, nothing in it compiled."""
    pytest.importorskip("numba", reason="Numba is not installed")
    shutil.copytree(PACKAGE, tmp_path / "copy" / PACKAGE.name, ignore=shutil.ignore_patterns("__pycache__"))
    return tmp_path / "copy"


def chain(folder: Path, home: Path) -> float:
    """What the end of the chain is, computed by the copy in a new process."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("NUMBA", "XDG", "PYTHON"))}
    environment |= {"PYTHONPATH": str(folder), "HOME": str(home), "LOCALAPPDATA": str(home)}
    done = subprocess.run([sys.executable, "-c", CHAIN], env=environment, cwd=folder, capture_output=True, text=True)
    assert not done.returncode, done.stderr
    return float(done.stdout)


def kept(folder: Path) -> set[Path]:
    return set(folder.rglob("*.nbc"))


def test_an_edited_rule_is_computed_the_new_way(copied: Path) -> None:
    assert chain(copied, copied) == 2 * 3.0**8
    compiled = kept(copied)
    assert compiled
    assert chain(copied, copied) == 2 * 3.0**8
    assert kept(copied) == compiled  # what is kept is used
    rule = copied / RULE
    text = rule.read_text(encoding="utf-8")
    assert text.count("    p = a * b\n") == 1
    rule.write_text(text.replace("    p = a * b\n", "    p = a * b + 1.0\n"), encoding="utf-8")
    assert chain(copied, copied) == 2 * 3.0**8 + sum(3.0**k for k in range(8))


def test_where_no_folder_can_be_written_to(copied: Path) -> None:
    (copied / "file").touch()
    for folder in {path.parent for path in (copied / PACKAGE.name).rglob("*.py")}:
        (folder / "__pycache__").touch()  # a file: no folder can be made in its place
    assert chain(copied, copied / "file") == 2 * 3.0**8
    assert not kept(copied)


#: Source of small modules; each compiles something else into ``f``.
MODULES = {
    "as it was": "A = 2.0\nB = 3.0\ndef g(x): return x * B\ndef f(x): return g(x) + A",
    "another body": "A = 2.0\nB = 3.0\ndef g(x): return x * B\ndef f(x): return g(x) - A",
    "another constant": "A = 2.5\nB = 3.0\ndef g(x): return x * B\ndef f(x): return g(x) + A",
    "another function that it calls": "A = 2.0\nB = 3.0\ndef g(x): return x / B\ndef f(x): return g(x) + A",
    "another constant of that one": "A = 2.0\nB = 3.5\ndef g(x): return x * B\ndef f(x): return g(x) + A",
    "another literal": "A = 2.0\nB = 3.0\ndef g(x): return x * 4\ndef f(x): return g(x) + A",
}


def test_the_checksum_is_of_all_that_is_compiled_in() -> None:
    def of(source: str) -> str:
        names: dict[str, Callable[[float], float]] = {}
        exec(source, names)
        function = names["f"]
        assert isinstance(function, FunctionType)
        return checksum(function)

    assert len({of(source) for source in MODULES.values()}) == len(MODULES)
    untouched = MODULES["as it was"]
    assert of(untouched) == of(f"# a comment\nC = 5\n\n{untouched}")


#: One of ours, then one that multiplies matrices, for which SciPy is needed.
PRODUCT = """
import sys, numba, numpy
from sheetsim.support.compiling import compiled

def double(x):
    return 2 * x

assert compiled(double)(21) == 42
print("scipy.linalg" in sys.modules)
print(numba.njit(lambda a, b: a @ b)(numpy.eye(2), numpy.full((2, 2), 3.0)).tolist())
"""


def test_scipy_is_not_imported_and_matrix_products_are_compiled_all_the_same(tmp_path: Path) -> None:
    pytest.importorskip("numba")
    pytest.importorskip("scipy")
    (tmp_path / "product.py").write_text(PRODUCT)
    done = subprocess.run([sys.executable, tmp_path / "product.py"], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == ["False", "[[3.0, 3.0], [3.0, 3.0]]"]
