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

from exporters import xlsx
from sheetsim import Workbook, check, library
from sheetsim.errors import InputError
from sheetsim.macros.unrolling import unroll
from sheetsim.model.address import parse_rect
from sheetsim.model.sheet import Sheet
from sheetsim.model.values import ExcelError
from sheetsim.study.self_check.building import NOT_YET, add_self_check, has_self_check, regions_of, store

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
ROUNDING = {"graddesc": 10, "collab_filter": 0, "collab_sigmoid": 0, "entropy_example": 0}


@pytest.mark.parametrize("name", library.names())
def test_agrees_in_libreoffice(name: str, tmp_path: Path) -> None:
    book = library.build(name)
    known = {cell for cell in KNOWN if book.find_sheet(cell.split("!")[0])}
    computed = sum(int(sheet.computed().sum()) for sheet in book if sheet.title not in VOLATILE)
    cells = computed - len(known) - ROUNDING[name]
    file = recalculated(saved(book, tmp_path))
    said = regions_in(file)
    assert {count for count, _ in said.values()} == {0}
    more = f"; {len(known)} more does not, as known" if known else ""
    assert headline(file) == f"All {cells} cells agree with sheetsim{more}"
    rows = list(file["check"].iter_rows(values_only=True))
    apart = {f"{row[0]}!{row[1]}" for row in rows if row[7] == "differs"}
    assert apart == known
    left_out = [row[0] for row in rows if row[0] and row[0].startswith("    ")]
    counts = {note.split(" in ")[1]: int(note.split()[0]) for note in left_out}
    assert counts.pop("data!B5:C33", 0) == (58 if name == "graddesc" else 0)  # drawn anew
    assert sum(counts.values()) == ROUNDING[name]


@pytest.mark.filterwarnings("ignore::UserWarning")  # Gnumeric writes print areas and styles that openpyxl does not know
@pytest.mark.parametrize("name", [*library.names(), "20 epochs"])
def test_agrees_in_gnumeric(name: str, tmp_path: Path) -> None:
    file = recalculated_by_gnumeric(saved(twenty_epochs() if name == "20 epochs" else library.build(name), tmp_path))
    assert re.fullmatch(r"All \d+ cells agree with sheetsim", headline(file))
    assert file["check"]["B8"].value == 1


def twenty_epochs() -> Workbook:
    book = library.build("graddesc")
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
    book = twenty_epochs()

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


# --- every kind of value ----------------------------------------------------------------------------------------------
def mixed() -> Workbook:
    """Texts, empty texts, logicals, errors, zeros and an array formula, in one region and beside one another."""
    book = Workbook("mixed")
    sheet = book.add_sheet("it's mixed")
    sheet.values("A1", [[0], [1], [2], [3], [None], ["word"]])
    sheet.fill("C1:C6", '=IF(A1=0,"none",IF(A1=1,TRUE,IF(A1=2,1/0,IF(A1=3,NA(),A1))))')
    sheet.fill("D1:D6", '=IF(ISNUMBER(A1),A1,"")')
    sheet.fill("E1:E6", "=A1>1")
    sheet.array("F1:F6", "=A1:A6*2")
    book.recalculate()
    return book


def test_all_kinds_of_values_agree(tmp_path: Path) -> None:
    file = recalculated(saved(mixed(), tmp_path))
    assert headline(file) == "All 24 cells agree with sheetsim"
    assert file["check"]["F11"].value == 0


@pytest.mark.parametrize(
    ("cell", "value", "differ"),
    [
        ("A1", 1, 3),  # a text becomes TRUE, 0 becomes 1 and its double 2
        ("A2", 3, 4),  # TRUE becomes an error; 1, FALSE and 2 become others
        ("A3", 0, 4),  # an error becomes a text
        ("A6", "other", 1),  # a text another; the double of either is #VALUE!
        ("C3", "=SQRT(-1)", 0),  # errors are of one kind, but for #N/A
        ("C4", "=SQRT(-1)", 1),
        ("C2", 1, 1),  # TRUE is not 1
        ("E1", 0, 1),
        ("D1", "zero", 1),
    ],
)
def test_kinds_of_values_are_told_apart(cell: str, value: Any, differ: int) -> None:
    """By the engine itself, which knows what each of the functions does in other programs."""
    book = mixed()
    added = add_self_check(book)
    book["it's mixed"][cell] = value
    book.recalculate()
    assert added["B5"] == differ


def test_a_number_lost_is_no_small_difference() -> None:
    book = mixed()
    added = add_self_check(book)
    book["it's mixed"]["D1:D6"] = "text"
    book.recalculate()
    assert added["F11"] == "not a number"


# --- what is listed ---------------------------------------------------------------------------------------------------
def test_values_stand_at_the_addresses_of_their_cells() -> None:
    book = library.build("graddesc")
    add_self_check(book)
    adam, values = book["adam"], book["values adam"]
    assert values["E4:M32"] == adam["E4:M32"]
    assert not values.computed().any()
    assert values["A4"] is None  # an input
    assert values["E3"] == adam["E3"] == "pred"


def test_many_regions_of_a_sheet_are_one() -> None:
    book = Workbook("many")
    sheet = book.add_sheet("s")
    sheet["B30"] = sheet["B31"] = "a heading"  # no value, and not to be compared as one
    for row in [*range(1, 30), *range(32, 60)]:
        sheet[f"B{row}"] = f"={row}+A1*{row}"
    book.recalculate()
    assert [str(region.rect) for region in regions_of(sheet, sheet.computed())] == ["B1:B59"]
    assert add_self_check(book)["D11:E11"] == [[57.0, 0.0]]


def test_takes_no_title_that_is_taken() -> None:
    book = Workbook("titles")
    long = "a sheet with a title of 31 sign"
    for title in ("check", "values check", long, f"values {long}"[:31]):
        book.add_sheet(title)["A1"] = "=1+1"
    book.recalculate()
    added = add_self_check(book)
    assert added.title == book.sheets[0].title == "check 2"
    assert max(len(sheet.title) for sheet in book) == 31
    book.recalculate()
    assert added["A1"] == "All 4 cells agree with sheetsim"


@pytest.mark.parametrize("name", library.names())
def test_the_original_sheets_stay_as_they_are(name: str) -> None:
    book, plain = library.build(name), library.build(name)
    add_self_check(book)
    for sheet in plain:
        if sheet.title not in VOLATILE:
            assert [list(book[sheet.title].cells())] == [list(sheet.cells())]
            assert book[sheet.title].num.tobytes() == sheet.num.tobytes()


def test_own_ratings_count_apart_only_what_their_blanks_make() -> None:
    book = library.build("collab_filter", ratings=[(1, 1, 4), (1, 2, 3), (2, 1, 5), (2, 3, 2), (3, 2, 1), (3, 3, 5)])
    added = add_self_check(book)
    reasons = {row[2] for row in added["A11:H60"] if row[2] and "LibreOffice" in str(row[2])}
    assert reasons
    assert all("SUMXMY2" in reason for reason in reasons)


# --- the file ---------------------------------------------------------------------------------------------------------
def test_the_file_says_that_nothing_is_calculated_yet(tmp_path: Path) -> None:
    """A program that shows stored results must not show that all agree."""
    saved(library.build("entropy_example"), tmp_path)
    assert headline(openpyxl.load_workbook(tmp_path / "saved.xlsx", data_only=True)) == NOT_YET
    file = openpyxl.load_workbook(tmp_path / "saved.xlsx")
    assert file.calculation.fullCalcOnLoad is True
    assert file.sheetnames[0] == "check"
    links = {cell: link.location for cell in ("B11", "D11") if (link := file["check"][cell].hyperlink)}
    assert links == {"B11": "softmax!C3:D7", "D11": "'values softmax'!C3:D7"}


def test_green_and_red_are_conditions(tmp_path: Path) -> None:
    saved(library.build("entropy_example"), tmp_path)
    page = openpyxl.load_workbook(tmp_path / "saved.xlsx")["check"]
    found = {
        (str(rules.sqref), rule.formula[0]): rule.dxf.fill.bgColor.rgb[2:]
        for rules in page.conditional_formatting
        for rule in rules.rules
    }
    assert found["A1:H1", "$B$5<>0"] == "F8C9C4"
    assert found["A1:H1", "AND($B$5=0,AND($B$8=1,$C$8=1))"] == "CDEBCF"
    assert found["A1:H1", "AND($B$5=0,NOT(AND($B$8=1,$C$8=1)))"] == "FFEBB0"
    assert found["D11:G19", "$E11<>0"] == "F8C9C4"
    assert found["H11:H19", "$E11<>0"] == "F8C9C4"


def test_an_unknown_colour_is_refused(tmp_path: Path) -> None:
    book = Workbook("colours")
    book.add_sheet("s").colour("A1", "A1>0", "mauve")
    with pytest.raises(InputError, match="no colour 'mauve'; there are good, bad, apart"):
        xlsx.write(book, tmp_path / "out.xlsx")


def test_a_file_read_back_knows_its_check_and_recalculates_to_the_same(tmp_path: Path) -> None:
    saved(library.build("entropy_example"), tmp_path)
    book = library.open(tmp_path / "saved.xlsx")
    assert has_self_check(book)
    book.recalculate()
    assert book["check"]["A1"] == "All 75 cells agree with sheetsim"


def test_check_compares_it_with_a_definition_that_has_its_check_too(tmp_path: Path) -> None:
    saved(library.build("entropy_example"), tmp_path)
    ours = library.build("entropy_example")
    add_self_check(ours)
    assert check(tmp_path / "saved.xlsx", ours).ok


# --- what is refused --------------------------------------------------------------------------------------------------
def test_refuses_a_second_check() -> None:
    book = library.build("entropy_example")
    add_self_check(book)
    with pytest.raises(InputError, match="has a self-check already"):
        add_self_check(book)


def test_refuses_a_workbook_that_computes_nothing() -> None:
    book = Workbook("still")
    book.add_sheet("s")["A1"] = 1
    with pytest.raises(InputError, match="computes nothing"):
        add_self_check(book)
    assert [sheet.title for sheet in book] == ["s"]


def test_refuses_a_file(tmp_path: Path) -> None:
    library.build("entropy_example").save(tmp_path / "e.xlsx")
    with pytest.raises(InputError, match=r"e\.xlsx: a self-check can be added"):
        add_self_check(library.open(tmp_path / "e.xlsx"))


def test_errors_are_stored_as_errors() -> None:
    sheet: Sheet = mixed()["it's mixed"]
    stored = store(sheet, sheet.computed(), [])
    assert stored["C3"] == ExcelError("#DIV/0!")
    assert isinstance(stored["C4"], ExcelError)
