"""The table of functions: what a row states is what the tests find, and a row is all that a function needs."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from test_functions_libreoffice import ARRAY_FORMULAS, NOT_AMONG, formulas

import exporters.formulas
import sheetsim
from sheetsim import Workbook
from sheetsim.engine.plan import plan_of
from sheetsim.engine.recurrences.translating import OF_RANGES, ONE_NUMBER
from sheetsim.engine.running_totals import RUNNING
from sheetsim.excel.arrays import Values, elementwise
from sheetsim.functions import FUNCTIONS, row_of
from sheetsim.functions.arguments import Arguments
from sheetsim.functions.families.arrays.sorting import LATER
from sheetsim.functions.table import NEWER, Cumulative, Evidence, Gradient, Scanned, function
from sheetsim.model.nodes import walk

LECTURE = ("graddesc", "collab_filter", "entropy_example")
VOLATILE = "data"  # the sheet whose numbers are drawn anew


def named(texts: list[str]) -> set[str]:
    """The functions that some formulas call."""
    return {name for text in texts for name in re.findall(r"([A-Z][A-Z0-9.]*)\(", text)}


def lecture() -> set[str]:
    """The functions of the lecture's workbooks, in the cells that the tests hold against what Excel stored."""
    blocks = [block for name in LECTURE for block in plan_of(sheetsim.open(name)).blocks]
    rows = [row_of(node) for block in blocks if block.sheet.title != VOLATILE for node in walk(block.tree)]
    return {row.name for row in rows if row}


def test_the_evidence_is_the_strongest_that_there_is() -> None:
    """``test_originals.py`` compares every cell of the lecture's workbooks by its bits, ``test_functions_libreoffice``
    every formula of its table; what neither of them has stands in a table of documented values."""
    bits, recalculated = lecture(), named([*formulas(), *ARRAY_FORMULAS])
    found = {
        name: Evidence.EXCEL if name in bits else Evidence.LIBREOFFICE if name in recalculated else Evidence.DOCUMENTED
        for name in FUNCTIONS
    }
    assert {name: row.evidence for name, row in FUNCTIONS.items()} == found


def test_what_is_only_documented_is_in_a_table_of_documented_values() -> None:
    tables = [path.read_text(encoding="utf-8") for path in Path(__file__).parent.rglob("test_functions_*.py")]
    documented = {name for name, row in FUNCTIONS.items() if row.evidence is Evidence.DOCUMENTED}
    assert documented - named(tables) == set()
    late = {name for name, row in FUNCTIONS.items() if ".arrays." in row.rule.__module__}  # from LibreOffice 24.8 on
    assert documented - late == {*NOT_AMONG, "ANCHORARRAY"}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_row(name: str) -> None:
    row = FUNCTIONS[name]
    assert row.name == name
    assert row.about.endswith("."), "every function says in a sentence what it does"
    assert row.prefix in ("", NEWER, LATER)
    assert name not in exporters.formulas.PREFIXES, "of a function in the table the row knows the prefix"


def test_the_engine_knows_all_that_rows_ask_of_it() -> None:
    assert set(RUNNING) == set(Cumulative)
    assert {*ONE_NUMBER, *OF_RANGES, Scanned.SELECT, Scanned.TAKE} == set(Scanned)


@pytest.mark.parametrize(
    ("text", "count", "wants"),
    [
        ("", "0", ""),
        ("number", "1", "one"),
        ("number, digits", "2", "one one"),
        ("value, list: array, [type]", "2 to 3", "one array one"),
        ("[reference: place]", "0 to 1", "place"),
        ("number: range…", "1 to 255", "range range range"),
        ("sum: array, (range: array, criterion)…", "3 to 255", "array array one array one"),
        ("reference: place, down, [height: size]", "2 to 3", "place one one"),
        ("range: array, criterion, [sum: alike]", "2 to 3", "array one array"),
    ],
)
def test_arguments(text: str, count: str, wants: str) -> None:
    found = Arguments.read(text)
    assert (str(found), found.count) == (text, count)
    assert [found.want(place).value for place in range(len(wants.split()))] == wants.split()


@pytest.mark.parametrize("text", ["number: sum", "number digits", "number;digits", "[number", "(number)", "n: array,"])
def test_arguments_that_cannot_be_read(text: str) -> None:
    with pytest.raises(ValueError, match=r"is not a valid Want|read as"):
        Arguments.read(text)


def test_a_function_is_one_rule_and_one_row() -> None:
    """A row entered here is found by the engine, in arrays too, and by the exporter."""
    try:

        @function("TWICE.PLUS", "number, [more]", prefix=NEWER)
        def twice(a: Values, more: Values | None = None) -> Values:
            """Twice a number. More is said below."""
            doubled = elementwise(lambda x: x + x, a)
            return doubled if more is None else elementwise(lambda x, y: x + y, doubled, more)

        sheet = Workbook("b").add_sheet("s")
        sheet.values("A1", [[1], [2.5], ["x"]])
        sheet.fill("B1:B3", "=TWICE.PLUS(A1)")
        sheet["C1"] = "=SUM(TWICE.PLUS({1,2;3,4},10))"
        sheet["C2"] = "=SUMPRODUCT(TWICE.PLUS(A1:A2))"
        sheet.book.recalculate()
        assert sheet["B1:B3"] == [[2.0], [5.0], ["#VALUE!"]]
        assert (sheet["C1"], sheet["C2"]) == (60.0, 7.0)
        row = FUNCTIONS["TWICE.PLUS"]
        assert (row.about, row.gradient, row.evidence) == ("Twice a number.", Gradient.NONE, Evidence.DOCUMENTED)
        assert exporters.formulas._prefixed("TWICE.PLUS(") == "_xlfn.TWICE.PLUS("
        with pytest.raises(ValueError, match=r"TWICE\.PLUS is in the table already"):
            function("TWICE.PLUS", "number")(twice)
    finally:
        FUNCTIONS.pop("TWICE.PLUS", None)


def test_a_row_has_no_other_fields() -> None:
    with pytest.raises(TypeError, match="volatil"):
        function("NEVER", "", volatil=True)(lambda: None)
    assert "NEVER" not in FUNCTIONS
