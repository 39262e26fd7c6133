"""The self-check as LibreOffice and Gnumeric compute it, against their own cells, compared one by one with ours."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from gnumeric import recalculated as recalculated_by_gnumeric
from libreoffice import VOLATILE, recalculated, without_values

from sheetsim import Workbook, library
from sheetsim.macros.unrolling import unroll
from sheetsim.model.address import parse_rect
from sheetsim.study.self_check.building import add_self_check

TOLERANCE = 1e-10  # what the sheet takes for agreement, unless its cell is changed
KNOWN = {"bias!V42"}  # LibreOffice takes a blank as 0 in SUMXMY2; listed apart, with what both make of it
Regions = dict[tuple[str, str], tuple[float, float | None]]  # (sheet, region) → cells that differ, first row


def saved(book: Workbook, folder: Path, change: Callable[[openpyxl.Workbook], None] | None = None) -> Path:
    """The file with its check, without results; after ``change``, if any, in openpyxl, which drops results itself."""
    add_self_check(book)
    book.save(folder / "saved.xlsx")
    path = folder / "bare.xlsx"
    if change is None:
        without_values(folder / "saved.xlsx", path)
    else:
        file = openpyxl.load_workbook(folder / "saved.xlsx")
        change(file)
        keep_all_digits(file)
        file.save(path)
    return path


def keep_all_digits(file: openpyxl.Workbook) -> None:
    """openpyxl writes 16 digits, and adam_ann magnifies what is lost."""
    for cell in (cell for sheet in file for row in sheet.iter_rows() for cell in row):
        if isinstance(cell.value, float):
            cell._value = repr(cell.value)  # stays a number, written as it is


def regions_in(file: openpyxl.Workbook) -> Regions:
    """What the check says of each region."""
    lines: Regions = {}
    for title, region, _, _, differ, _, first, verdict in file["check"].iter_rows(
        min_row=11, max_col=8, values_only=True
    ):
        if title is None:
            break
        assert verdict == ("differs" if differ else "agrees")
        lines[title, region] = (differ, first or None)
    return lines


def expected(book: Workbook, file: openpyxl.Workbook, listed: Regions, ours: dict[str, Any] | None = None) -> Regions:
    """The same found here, cell by cell. ``ours`` are stored values that were changed."""
    found: Regions = {}
    for title, region in listed:
        rect, sheet = parse_rect(region), book[title]
        differing = [
            row
            for row in range(rect.top, rect.bottom + 1)
            for column in range(rect.left, rect.right + 1)
            if sheet.computed()[row, column]
            and (where := sheet.where(row, column)) not in KNOWN
            and file[f"values {title}"].cell(row + 1, column + 1).value is not None  # else rounding decides it
            and not near(file[title].cell(row + 1, column + 1).value, (ours or {}).get(where, sheet.value(row, column)))
        ]
        found[title, region] = (len(differing), differing[0] + 1 if differing else None)
    return found


def near(theirs: Any, ours: Any) -> bool:
    """Whether LibreOffice's value and ours are the same; it saves 15 digits, and says TRUE as a logical."""
    if isinstance(ours, float) and isinstance(theirs, int | float) and not isinstance(theirs, bool):
        return abs(theirs - ours) <= TOLERANCE * abs(ours)
    return bool(theirs == ours)


def headline(file: openpyxl.Workbook) -> str:
    return str(file["check"]["A1"].value)


# --- nothing changed --------------------------------------------------------------------------------------------------
#: How many cells are not compared, since rounding decides them: small remainders of subtractions, and their squares.
#: In ideas, most of an elimination that is nearly singular: degree 9 through ten points.
ROUNDING = {"graddesc": 10, "weight_decay": 0, "collab_sgd": 3, "tiny_nn": 3, "ideas": 2302}


def rounding(name: str) -> int:
    return ROUNDING.get(name, 0)


@pytest.mark.parametrize("name", library.names())
def test_agrees_in_libreoffice(name: str, tmp_path: Path) -> None:
    book = library.build(name)
    known = {cell for cell in KNOWN if book.find_sheet(cell.split("!")[0])}
    computed = sum(int(sheet.computed().sum()) for sheet in book if sheet.title not in VOLATILE)
    cells = computed - len(known) - rounding(name)
    file = recalculated(saved(book, tmp_path))
    said = regions_in(file)
    assert {count for count, _ in said.values()} == {0}
    more = f"; {len(known)} more does not, as known" if known else ""
    assert headline(file) == f"All {cells} cells agree with sheetsim{more}"
    rows = list(file["check"].iter_rows(values_only=True))
    apart = {f"{row[0]}!{row[1]}" for row in rows if row[7] == "differs"}
    assert apart == known
    left_out = [row[0] for row in rows if row[0] and row[0].startswith("    ")]
    counts = {note.split(" in ")[1]: int(note.split()[0].replace(",", "")) for note in left_out}
    assert counts.pop("data!B5:C33", 0) == (58 if name == "graddesc" else 0)  # drawn anew
    assert sum(counts.values()) == rounding(name)


@pytest.mark.filterwarnings("ignore::UserWarning")  # Gnumeric writes print areas and styles that openpyxl does not know
@pytest.mark.parametrize("name", library.names())
def test_agrees_in_gnumeric(name: str, tmp_path: Path) -> None:
    file = recalculated_by_gnumeric(saved(library.build(name), tmp_path))
    assert re.fullmatch(r"All \d+ cells agree with sheetsim", headline(file))
    assert file["check"]["B8"].value == 1


@pytest.mark.filterwarnings("ignore::UserWarning")
@pytest.mark.parametrize("name", ["graddesc", "weight_decay", "tiny_nn", "ideas"])
def test_twenty_epochs_agree_in_gnumeric(name: str, tmp_path: Path) -> None:
    file = recalculated_by_gnumeric(saved(twenty_epochs(name), tmp_path))
    assert re.fullmatch(r"All \d+ cells agree with sheetsim", headline(file))


@pytest.mark.parametrize("name", ["weight_decay", "tiny_nn", "ideas"])
def test_twenty_epochs_agree_in_libreoffice(name: str, tmp_path: Path) -> None:
    """Those of graddesc: ``tests/macros/test_unrolling.py``."""
    file = recalculated(saved(twenty_epochs(name), tmp_path))
    assert re.fullmatch(r"All \d+ cells agree with sheetsim", headline(file))


def twenty_epochs(name: str) -> Workbook:
    book = library.build(name)
    for sheet in (sheet for sheet in book if sheet.buttons):
        book.press(sheet.title, "reset")
    return unroll(book, 20)


@pytest.mark.filterwarnings("ignore::UserWarning")
def test_gnumeric_finds_what_was_changed(tmp_path: Path) -> None:
    def edit(file: openpyxl.Workbook) -> None:
        file["momentum"]["A20"].value = 15

    book = library.build("graddesc")
    file = recalculated_by_gnumeric(saved(book, tmp_path, edit))
    said = regions_in(file)
    assert said == expected(book, file, said)
    assert {sheet for (sheet, _), (count, _) in said.items() if count} == {"momentum"}


# --- something changed ------------------------------------------------------------------------------------------------
CHANGES = {
    "an input of one sheet": ("graddesc", "adam!D2", 0.5, {"adam"}),
    "a point": ("graddesc", "momentum!A20", 15, {"momentum"}),
    "a formula": ("graddesc", "basic!G10", "=((C10+0.01)*A10+D10)", {"basic"}),
    "a text for a number": ("graddesc", "rmsprop!B9", "oops", {"rmsprop"}),
    "an embedding, used by other sheets": (
        "collab_filter",
        "dotprod!C27",
        1,
        {"dotprod", "movielens_1hot", "movielens_emb"},
    ),
    "a logit": ("entropy_example", "softmax!B4", 0, {"softmax"}),
    "a formula gone": ("entropy_example", "log_entropy!G4", None, {"log_entropy"}),
    "a logical for a number": ("entropy_example", "entropy!D3", True, {"entropy"}),
    "an error": ("collab_sigmoid", "bias_sigmoid!C30", "#N/A", {"bias_sigmoid"}),
    "a difference just too large": ("entropy_example", "entropy!C9", "=AVERAGE(D2:D6)*(1+2E-10)", {"entropy"}),
}


@pytest.mark.parametrize("change", CHANGES)
def test_finds_what_was_changed(change: str, tmp_path: Path) -> None:
    name, where, value, sheets = CHANGES[change]
    title, cell = where.split("!")
    book = library.build(name)

    def edit(file: openpyxl.Workbook) -> None:
        file[title][cell].value = value

    file = recalculated(saved(book, tmp_path, edit))
    said = regions_in(file)
    assert said == expected(book, file, said)
    assert {sheet for (sheet, _), (count, _) in said.items() if count} == sheets
    total = sum(count for count, _ in said.values())
    assert headline(file).startswith(f"No: {total} of ")
    assert file["check"]["B5"].value == total


def test_finds_the_place_among_many_epochs(tmp_path: Path) -> None:
    book = twenty_epochs("graddesc")

    def edit(file: openpyxl.Workbook) -> None:
        file["momentum"]["E600"].value = 0

    file = recalculated(saved(book, tmp_path, edit))
    said = regions_in(file)
    assert said == expected(book, file, said)
    rows = {key: first for key, (count, first) in said.items() if count and key[0] == "momentum"}
    epochs, table = sorted(rows, key=lambda key: parse_rect(key[1]).left)
    assert rows[epochs] == 600
    assert rows[table] < 30  # its line in the table of epochs


def test_finds_a_changed_stored_value(tmp_path: Path) -> None:
    book = library.build("graddesc")

    def edit(file: openpyxl.Workbook) -> None:
        file["values adam"]["G12"].value *= 1 + 1e-9

    file = recalculated(saved(book, tmp_path, edit))
    said = regions_in(file)
    assert said == expected(book, file, said, {"adam!G12": book["adam"]["G12"] * (1 + 1e-9)})
    assert [key for key, (count, _) in said.items() if count] == [("adam", "E4:M32")]
    assert headline(file) == "No: 1 of 1555 cells differ from sheetsim, in 1 region"
    assert file["check"]["B6"].value == pytest.approx(1e-9, rel=1e-4)


def test_the_tolerance_is_one_cell(tmp_path: Path) -> None:
    def edit(file: openpyxl.Workbook) -> None:
        file["values adam"]["G12"].value *= 1 + 1e-9
        file["check"]["B7"].value = 1e-8

    file = recalculated(saved(library.build("graddesc"), tmp_path, edit))
    assert headline(file) == "All 1555 cells agree with sheetsim"
