"""``sheetsim functions``: what the table says, on the command line."""

from __future__ import annotations

import json

from conftest import Run

from sheetsim.functions import FUNCTIONS


def test_all_of_them_are_listed(run: Run) -> None:
    found = run("functions")
    assert (found.status, found.err) == (0, "")
    assert all(f" {name}({row.arguments}) " in found.out for name, row in FUNCTIONS.items())
    assert found.out.endswith(f"{len(FUNCTIONS)} functions\n")


def test_a_part_of_a_name_or_of_the_sentence(run: Run) -> None:
    for pattern in ("vlook", "VLOOKUP", "whose first cell is the value"):
        assert "VLOOKUP(value, table: array, column, [nearest])" in run("functions", pattern).out


def test_a_pattern_is_the_whole_name(run: Run) -> None:
    found = json.loads(run("functions", "stdev.?", "--json").out)
    assert [row["name"] for row in found] == ["STDEV.P", "STDEV.S"]
    assert json.loads(run("functions", "*look*", "--json").out)[0]["name"] == "HLOOKUP"


def test_json_has_all_that_is_known(run: Run) -> None:
    (found,) = json.loads(run("functions", "IFERROR", "--json").out)
    assert found == {
        "name": "IFERROR",
        "arguments": "value: same, instead: same",
        "about": "The value, or another one where it is an error.",
        "exact": "15 digits",
        "gradient": "rule",
        "family": "logic",
        "volatile": False,
        "reference": False,
        "prefix": "",
    }
    (rand,) = json.loads(run("functions", "RAND", "--json").out)[:1]
    assert rand["volatile"]


def test_a_pattern_that_nothing_fits_is_named(run: Run) -> None:
    found = run("functions", "no such*")
    assert (found.status, found.out) == (2, "")
    assert found.err == "sheetsim: no function fits 'no such*'; sheetsim functions lists all of them\n"
