"""``--self-check`` from the command line to what LibreOffice makes of the file."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from conftest import Run
from libreoffice import TIME_LIMIT, recalculated
from zips import members, pack

from sheetsim import library
from sheetsim.study.self_check.building import NOT_YET

POINTS = "x,y\n1,5\n2,8.5\n4,14\n7,19.25\n"
RATINGS = "user,movie,rating\n1,1,4\n1,2,3\n2,1,5\n2,3,2\n3,2,1\n3,3,5\n"


@pytest.fixture
def data(tmp_path: Path) -> Path:
    (tmp_path / "points.csv").write_text(POINTS)
    (tmp_path / "ratings.csv").write_text(RATINGS)
    return tmp_path


def verdict(path: Path) -> str:
    return str(recalculated(path)["check"]["A1"].value)


def opened(path: Path) -> openpyxl.Workbook:
    """What LibreOffice shows of a file when a user opens it who has set nothing: most stored numbers are trusted."""
    program = shutil.which("soffice") or shutil.which("libreoffice")
    if program is None:
        pytest.skip("LibreOffice is not installed")
    profile, folder = path.parent / "new profile", path.parent / "opened"
    command = [program, f"-env:UserInstallation={profile.as_uri()}", "--headless", "--convert-to", "xlsx"]
    subprocess.run([*command, "--outdir", str(folder), str(path)], check=True, capture_output=True, timeout=TIME_LIMIT)
    return openpyxl.load_workbook(folder / path.name, data_only=True)


# --- what is built ----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("arguments", "file", "said"),
    [
        (["graddesc", "--epochs", "20"], "graddesc_20_epochs.xlsx", r"All \d{5} cells agree with sheetsim"),
        (["graddesc", "--epochs", "4", "--updated"], "graddesc_4_epochs.xlsx", r"All \d{4} cells agree with sheetsim"),
        (["graddesc", "--points", "points.csv"], "graddesc.xlsx", r"All \d{3} cells agree with sheetsim"),
        (
            ["collab_filter", "--ratings", "ratings.csv"],
            "collab_filter.xlsx",
            r"All \d{3} cells agree with sheetsim(; \d+ more (do|does) not, as known)?",
        ),
        (["entropy_example", "collab_sigmoid"], "collab_sigmoid.xlsx", "All 452 cells agree with sheetsim"),
    ],
)
def test_agrees_after_recalculation(run: Run, data: Path, arguments: list[str], file: str, said: str) -> None:
    paths = [str(data / word) if word.endswith(".csv") else word for word in arguments]
    done = run("build", *paths, "--self-check", "--out", data / "out")
    assert (done.status, done.err) == (0, "")
    assert re.fullmatch(said, verdict(data / "out" / file))


def test_every_workbook_asked_for_has_its_check(run: Run, tmp_path: Path) -> None:
    run("build", "--self-check", "--out", tmp_path)
    for path in tmp_path.glob("*.xlsx"):
        assert openpyxl.load_workbook(path).sheetnames[0] == "check", path
    assert {path.stem for path in tmp_path.glob("*.xlsx")} == set(library.names())


def test_after_a_run(run: Run, tmp_path: Path) -> None:
    done = run("run", "graddesc", "adam", "--epochs", 2, "--out", tmp_path / "after.xlsx", "--self-check")
    assert done.status == 0
    assert verdict(tmp_path / "after.xlsx").startswith("All 1")


# --- changed, as a user changes it ------------------------------------------------------------------------------------
def change(title: str, cell: str, value: Any) -> Callable[[openpyxl.Workbook], None]:
    def edit(file: openpyxl.Workbook) -> None:
        file[title][cell].value = value

    return edit


@pytest.mark.parametrize(
    ("edit", "differ"),
    [
        (change("softmax", "B4", 0), {"C3:D7": (6, 3), "K3:L7": (1, 4), "C8:D8": (1, 8)}),
        (change("softmax", "C5", "=EXP(B5)*2"), {"C3:D7": (6, 3), "K3:L7": (1, 5), "C8:D8": (1, 8)}),
        (change("values softmax", "K6", 0.5), {"K3:L7": (1, 6)}),
    ],
    ids=["an input", "a formula", "a stored value"],
)
def test_says_how_many_differ_and_where(
    run: Run, tmp_path: Path, edit: Callable[[openpyxl.Workbook], None], differ: dict[str, tuple[int, int]]
) -> None:
    run("build", "entropy_example", "--self-check", "--out", tmp_path)
    file = openpyxl.load_workbook(tmp_path / "entropy_example.xlsx")
    edit(file)
    file.save(tmp_path / "changed.xlsx")
    page = recalculated(tmp_path / "changed.xlsx")["check"]
    lines = page.iter_rows(min_row=11, max_row=40, max_col=8, values_only=True)
    assert {row[1]: (row[4], row[6]) for row in lines if row[7] == "differs"} == differ
    cells = sum(count for count, _ in differ.values())
    regions = "1 region" if len(differ) == 1 else f"{len(differ)} regions"
    assert page["A1"].value == f"No: {cells} of 75 cells differ from sheetsim, in {regions}"


# --- a program that trusts the stored numbers -------------------------------------------------------------------------
@pytest.mark.parametrize("name", ["graddesc", "collab_filter"])
def test_says_that_nothing_was_calculated_where_stored_numbers_are_trusted(run: Run, tmp_path: Path, name: str) -> None:
    """The stored numbers are made wrong: a program that took them for its own would be told that all agree."""
    run("build", name, "--self-check", "--out", tmp_path / "built")
    wrong = tmp_path / f"{name}.xlsx"
    parts = members(tmp_path / "built" / wrong.name)
    for member, text in parts.items():
        if re.match(r"xl/worksheets/sheet\d", member) and b"sheetsim" not in text:
            parts[member] = re.sub(rb"(</f>|<f [^>]*/>)<v>([1-9][\d.]*)</v>", rb"\1<v>9\2</v>", text)
    pack(wrong, parts)
    said = opened(wrong)["check"]["A1"].value
    assert said == NOT_YET or said.startswith("No: ")
    assert verdict(wrong).startswith("All ")


def test_says_so_in_an_untouched_file_too(run: Run, tmp_path: Path) -> None:
    run("build", "graddesc", "--self-check", "--out", tmp_path)
    page = opened(tmp_path / "graddesc.xlsx")["check"]
    assert (page["A1"].value, page["B8"].value) == (NOT_YET, 0)


# --- check and recalc -------------------------------------------------------------------------------------------------
def test_check_leaves_it_out_beside_the_definition(run: Run, tmp_path: Path) -> None:
    run("build", "graddesc", "--self-check", "--out", tmp_path)
    done = run("check", tmp_path / "graddesc.xlsx")
    assert done.status == 0
    assert "1,565 of 1,565 computed cells equal" in done.out
    assert "left out, since only one side has them: check, " in " ".join(done.out.split())


def test_check_of_own_data_takes_it_as_it_is_stored(run: Run, data: Path) -> None:
    run("build", "graddesc", "--points", data / "points.csv", "--self-check", "--out", data)
    done = run("check", data / "graddesc.xlsx")
    assert (done.status, done.err) == (0, "")
    assert "against its recalculation" in done.out


@pytest.mark.parametrize(
    ("sheet", "cell", "value", "found"),
    [
        ("check", "A1", "All 187 cells agree with sheetsim", "check!A1"),
        ("check", "B5", 1, "check!B5"),
        ("values adam", "G5", 3, "check!E"),
        ("adam", "G5", 3, "adam!G5"),
    ],
)
def test_check_of_own_data_sees_what_was_tampered_with(
    run: Run, data: Path, sheet: str, cell: str, value: object, found: str
) -> None:
    run("build", "graddesc", "--points", data / "points.csv", "--self-check", "--out", data)
    path, tampered = data / "graddesc.xlsx", data / "tampered.xlsx"
    part = f"xl/worksheets/sheet{openpyxl.load_workbook(path).sheetnames.index(sheet) + 1}.xml"
    parts = members(path)
    text, count = re.subn(rf'(<c r="{cell}"[^>]*>.*?<v)[^<]*</v>', rf"\1>{value}</v>", parts[part].decode(), count=1)
    assert count == 1
    pack(tampered, parts | {part: text})
    done = run("check", tampered)
    assert done.status == 1
    assert found in done.out


def test_recalc_keeps_it_to_be_calculated(run: Run, tmp_path: Path) -> None:
    run("build", "entropy_example", "--self-check", "--out", tmp_path)
    done = run("recalc", tmp_path / "entropy_example.xlsx", "--out", tmp_path / "again.xlsx")
    assert done.status == 0
    assert " 0 other than stored" in done.out
    assert openpyxl.load_workbook(tmp_path / "again.xlsx", data_only=True)["check"]["A1"].value == NOT_YET
    assert verdict(tmp_path / "again.xlsx") == "All 75 cells agree with sheetsim"


# --- what is refused --------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            ["build", "entropy_example", "accounts.xlsx"],
            "for the workbooks that sheetsim defines, not for accounts.xlsx",
        ),
        (["build", "graddesc", "--csv"], "a .csv has no formulas that could be checked"),
        (["run", "graddesc", "adam"], "give --out, too"),
        (["run", "graddesc", "adam", "--out", "after.csv"], "a .csv has no formulas that could be checked"),
    ],
)
def test_refuses(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], message: str) -> None:
    monkeypatch.chdir(tmp_path)
    openpyxl.Workbook().save("accounts.xlsx")
    done = run(*arguments, "--self-check")
    assert done.status == 2
    assert message in done.err
    assert done.err.count("\n") == 1
    assert [path.name for path in tmp_path.iterdir()] == ["accounts.xlsx"]
