"""``docs/functions.md`` is what the table of functions says."""

from __future__ import annotations

import runpy
from pathlib import Path

from sheetsim.functions import FUNCTIONS

DOCS = Path(__file__).parents[2] / "docs"


def test_the_page_is_that_of_the_table() -> None:
    made = runpy.run_path(str(DOCS / "make_functions.py"))["page"]()
    assert (DOCS / "functions.md").read_text(encoding="utf-8") == made, "run `make docs`"
    assert made.count("\n| `") == len(FUNCTIONS) + 6, "every function is a row, and so is every word for arguments"
