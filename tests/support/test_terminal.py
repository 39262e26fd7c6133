"""A table that fits is printed as Rich draws it, without Rich."""

from __future__ import annotations

import os
import random
import subprocess
import sys

import pytest
from places import ROOT

from sheetsim.support import plain_tables, rich_tables

WORDS = ["", "a", "adam", "1,234", "-0.5", "two words", "größe", "数値", "✓", "…", "0.1 + 0.2 = 0.30000000000000004"]


@pytest.mark.parametrize("seed", range(20))
def test_the_same_lines_as_rich(seed: int, capsys: pytest.CaptureFixture[str]) -> None:
    drawn = random.Random(seed)
    columns, rows = drawn.randint(1, 6), drawn.randint(0, 5)
    names = [drawn.choice(WORDS) + str(k) for k in range(columns)]
    grid = [drawn.choices(WORDS, k=columns) for _ in range(rows)]
    right = {name for name in names if drawn.random() < 0.5}
    wide = plain_tables.widths(names, grid, right)
    rich_tables.draw("", names, grid, right, None, wide, 1000)
    assert "\n".join(plain_tables.lines(names, grid, right, wide[1])) + "\n" == capsys.readouterr().out


@pytest.mark.parametrize(("setting", "rich"), [({}, False), ({"FORCE_COLOR": "1"}, True), ({"COLUMNS": "5"}, True)])
def test_rich_is_there_only_where_it_draws(setting: dict[str, str], rich: bool) -> None:
    code = """if True:
        import sys
        from sheetsim.support import terminal
        terminal.table("title", ["a", "b"], [["x", 1]])
        print("rich.table" in sys.modules)
    """
    settings = {"PATH": os.environ["PATH"], "PYTHONIOENCODING": "utf-8", **setting}
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=settings, capture_output=True, check=True)
    assert done.stdout.decode().splitlines()[-1] == str(rich)
