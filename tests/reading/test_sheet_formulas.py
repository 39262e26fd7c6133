"""Formulas as files store them: shared, filled, of arrays; and none is parsed."""

from __future__ import annotations

from pathlib import Path

import pytest
from book_by_hand import column, formulas, read_cells

from sheetsim.model.address import Rect
from sheetsim.model.formula import Formula
from sheetsim.reading.sheet_formulas import form, pattern, with_rows

TABLE = [[f"=B{4 * k + 1}*2", f"=SUM(B{4 * k + 1}:B{4 * k + 3})/$C$1"] for k in range(4)]
SIMILAR = ["=B1*2", "=C1", "=B3*2", "=C1", "=B5*3", "=$C1", "=B7*3", "=C$7"]

FORMULAS = [
    (
        "shared",
        column('<f t="shared" ref="A1:A3" si="0">B1+$C$9</f>', '<f t="shared" si="0"/>', '<f t="shared" si="0"> </f>'),
        {"A1": "=B1+$C$9", "A2": "=B2+$C$9", "A3": "=B3+$C$9"},
    ),
    (
        "member with a text of its own",
        column('<f t="shared" ref="A1:A3" si="0">B1</f>', '<f t="shared" si="0">C7</f>', '<f t="shared" si="0"/>'),
        {"A1": "=B1", "A2": "=C7", "A3": "=B3"},
    ),
    (
        "number of a group used again",
        column(
            '<f t="shared" ref="A1:A2" si="0">B1</f>',
            '<f t="shared" si="0"/>',
            '<f t="shared" ref="A3" si="0">C3</f>',
            '<f t="shared" si="0"/>',
        ),
        {"A1": "=B1", "A2": "=B2", "A3": "=C3", "A4": "=C4"},
    ),
    (
        "plain, filled down",
        column(*(f'<f>B{r}*2%&amp;"%d"&amp;SUM(D$1:D{r},E:E,2:2)</f>' for r in range(1, 6))),
        {f"A{r}": f'=B{r}*2%&"%d"&SUM(D$1:D{r},E:E,2:2)' for r in range(1, 6)},
    ),
    (
        "plain, a break in the column",
        column("<f>B1</f>", "<f>B2</f>", "<f>B3</f>", "<f>B5</f>", "<f>B5</f>", "<f>$B6</f>"),
        {"A1": "=B1", "A2": "=B2", "A3": "=B3", "A4": "=B5", "A5": "=B5", "A6": "=$B6"},
    ),
    (
        "plain, copies of a table under one another",
        column(*(f"<f>{text}</f>" for k in (0, 4, 8, 12) for text in (f"B{k + 1}*2", f"SUM(B{k + 1}:B{k + 3})/$C$1"))),
        {f"A{i + 2 * k + 1}": t for k in range(4) for i, t in enumerate(TABLE[k])},
    ),
    (
        "plain, copies that differ in a number or in a fixed row",
        column(*(f"<f>{text}</f>" for text in ("B1*2", "C1", "B3*2", "C1", "B5*3", "$C1", "B7*3", "C$7"))),
        dict(zip((f"A{r}" for r in range(1, 9)), SIMILAR, strict=True)),
    ),
    ("spelling is kept", column("<f>sum( b1 )</f>", "<f>sum( B2 )</f>"), {"A1": "=sum( B1 )", "A2": "=sum( B2 )"}),
    ("an equals sign in the file", column("<f>=B1</f>"), {"A1": "=B1"}),
    ("empty", column("<f/><v>1</v>"), {}),
    (
        "array",
        column('<f t="array" ref="A1:B2">C1:D2*2</f><v>1</v>') + '<row r="2"><c r="B2"><v>4</v></c></row>',
        dict.fromkeys(("A1", "A2", "B1", "B2"), "=C1:D2*2"),
    ),
    ("array of one cell", column('<f t="array" ref="A1">SUM(B1:B2*2)</f><v>1</v>'), {"A1": "=SUM(B1:B2*2)"}),
]


@pytest.mark.parametrize(("cells", "expected"), [row[1:] for row in FORMULAS], ids=[row[0] for row in FORMULAS])
def test_formulas(cells: str, expected: dict[str, str], tmp_path: Path) -> None:
    assert formulas(read_cells(tmp_path, cells)) == expected


def test_copies_share_one_number(tmp_path: Path) -> None:
    cells = column(*(f"<f>B{r}+C{r}*$D$1</f>" for r in range(1, 101)))
    sheet = read_cells(tmp_path, cells)
    assert len(sheet.book.formulas) == 2
    assert set(sheet.formula_numbers[:, 0]) == {1}


def test_array_formula_keeps_its_cached_values(tmp_path: Path) -> None:
    cells = column('<f t="array" ref="A1:A2">B1:B2</f><v>1</v>', "<v>4</v>")
    sheet = read_cells(tmp_path, cells)
    assert sheet.arrays == {(0, 0): (Rect(0, 0, 1, 0), 1)}
    assert (sheet["A1"], sheet["A2"]) == (1, 4)
    assert not sheet.formula_numbers.any()
    assert sheet.computed().sum() == 2


PATTERNS = ["=C4+D4*$A$1", '=SUM(C$1:C4)&"50%"', "='a b%'!C4", "=A:B+4:5+$4:$4", "=C4:D9%", "=C1-C9", "=TRUE"]


@pytest.mark.parametrize("text", PATTERNS)
def test_pattern_reads_what_filling_gives(text: str) -> None:
    """A pattern claims the texts that ``Formula`` gives, all of them, and no others."""
    formula = Formula.read(text, 3, 5)
    found = pattern(formula, 1, 5)
    for row in [*range(12), *range(1_048_560, 1_048_576)]:
        filled = formula.text(row, 5)[1:]
        assert found.reads(row, filled) == ("#REF!" not in filled)
        assert not found.reads(row, filled + " ")


FORMS = [  # a formula; others that are the same but for numbers; of how many of these only rows differ
    ("adam!J30-E3", ["adam!J60-E4", "adam!J1-E1048576", "adam!J00007-E4"], 3),
    ("SUM($C$1:C4)*LOG10(b2)", ["SUM($C$7:C2)*LOG10(b9)", "SUM($C$7:C2)*LOG2(b9)"], 1),
    ("0.5*A1", ["0.5*A2", "0.25*A1", "0.05*A1"], 1),
    ("A:A+4:5+$4:$4", ["A:A+1:9+$7:$7", "A:A+9:9+$1:$1"], 2),
    ("A1", ["A0", "A1048577", "A12345678", "A00000001"], 0),
    ("'May 7'!A1", ["'May 7'!A2", "'May 8'!A1"], 0),
    ('A1&"x1"', ['A2&"x1"', 'A1&"x2"'], 0),
    ("rate1+A1", ["rate1+A2", "rate2+A1"], 0),
    ("IF(A1,#DIV/0!,A2)", ["IF(A3,#DIV/0!,A1)"], 0),
]


@pytest.mark.parametrize(("text", "others", "known"), FORMS, ids=[text for text, _, _ in FORMS])
def test_a_formula_with_other_rows_is_what_reading_it_gives(text: str, others: list[str], known: int) -> None:
    found, told = form(Formula.read(text, 3, 5)), 0
    for other in others:
        rows = found and found.rows(other)
        if found and rows:
            told += 1
            assert with_rows(found.tokens, rows, 90) == Formula.read(other, 90, 5).tokens
    assert told == known


def test_formulas_that_differ_in_their_rows_are_read_each_as_it_stands(tmp_path: Path) -> None:
    texts = [f"SUM(B{7 * k % 50 + 1}:B{11 * k % 60 + 1})/LOG10($C${k * k + 2})+D1" for k in range(40)]
    sheet = read_cells(tmp_path, column(*(f"<f>{text}</f>" for text in texts)))
    assert [sheet.formula_text(row, 0) for row in range(40)] == [f"={text}" for text in texts]
    assert [sheet.book.formulas[n].key for n in sheet.formula_numbers[:, 0]] == [
        Formula.read(text, row, 0).key for row, text in enumerate(texts)
    ]


def test_formulas_are_not_parsed(tmp_path: Path) -> None:
    """A formula of good tokens in bad order is the planner's fault to find; reading stays quick."""
    assert formulas(read_cells(tmp_path, column("<f>1+*2)</f>"))) == {"A1": "=1+*2)"}
