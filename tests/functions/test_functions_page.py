"""``docs/functions.md`` is what the table of functions says, and so is the list of the modules."""

from __future__ import annotations

import runpy
import subprocess
import sys

from places import ROOT

from sheetsim.functions import FUNCTIONS
from sheetsim.functions.table import MODULES

DOCS = ROOT / "docs"


def test_the_page_is_that_of_the_table() -> None:
    made = runpy.run_path(str(DOCS / "make_functions.py"))["page"]()
    assert (DOCS / "functions.md").read_text(encoding="utf-8") == made, "run `make docs`"
    assert made.count("\n| `") == len(FUNCTIONS) + 6, "every function is a row, and so is every word for arguments"


def test_the_list_of_the_modules_is_that_of_the_table() -> None:
    made = runpy.run_path(str(DOCS / "make_functions.py"))["modules"]()
    assert MODULES.read_text(encoding="utf-8") == made, "run `make docs`"


def asked(code: str) -> str:
    """What a process prints that has the table, and nothing of it looked at yet."""
    code = f"import sys; from sheetsim.functions import FUNCTIONS, table; {code}"
    return subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True).stdout


def test_a_function_brings_its_module_alone() -> None:
    families = "[name for name in sys.modules if '.families.' in name]"
    assert "bessel" not in asked(f"FUNCTIONS['COUNTIF'], 'SUM' in FUNCTIONS; print({families})")
    assert "bessel" in asked(f"FUNCTIONS['BESSELJ']; print({families})")


def test_a_function_that_is_not_in_the_list_is_found_all_the_same() -> None:
    assert asked("table._modules().clear(); print('BESSELJ' in FUNCTIONS, 'NONE' in FUNCTIONS)") == "True False\n"
