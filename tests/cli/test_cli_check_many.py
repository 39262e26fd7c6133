"""``check`` of several files, with a tolerance, and what it prints of differences that belong together."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import Plant, Run

import sheetsim
from sheetsim.cli import check_many

EQUAL, DIFFERENT = "a.xlsx", "b.xlsx"


@pytest.fixture
def folder(exported: Callable[[str], Path], tmp_path: Path) -> Path:
    """Two submissions: one as it should be, and one with another input."""
    shutil.copy(exported("entropy_example"), tmp_path / EQUAL)
    book = sheetsim.open(exported("entropy_example"))
    book["entropy"]["C2"] = 0.25
    book.recalculate()
    book.save(tmp_path / DIFFERENT)
    return tmp_path


def check(run: Run, folder: Path, *names: str, options: tuple[object, ...] = ()) -> tuple[int, list[str], str]:
    ran = run("check", *(folder / name for name in names), "--workbook", "entropy_example", *options)
    return (
        ran.status,
        [line.strip() for line in ran.out.replace(f"{folder}/", "").splitlines() if line.strip()],
        ran.err,
    )


def test_a_line_for_each_and_a_table(folder: Path, run: Run) -> None:
    status, lines, err = check(run, folder, EQUAL, DIFFERENT)
    assert (status, err) == (1, "")
    assert lines[0] == "a.xlsx: 75 of 75 computed cells equal, bit for bit"
    assert lines[1].startswith("b.xlsx: 73 of 75 computed cells equal, bit for bit; 3 differences, first entropy!C2")
    assert [line.split() for line in lines[4:6]] == [
        ["a.xlsx", "75", "75", "0", "0", "equal"],
        ["b.xlsx", "75", "73", "3", "0", "different"],
    ]
    assert lines[-1] == "2 files: 1 equal, 1 different"


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_broken_one_does_not_stop_the_others(jobs: int, folder: Path, run: Run) -> None:
    (folder / "broken.xlsx").write_text("no workbook")
    (folder / "folder.xlsx").mkdir()
    names = ["broken.xlsx", EQUAL, "nosuch.xlsx", DIFFERENT, "folder.xlsx"]
    status, lines, err = check(run, folder, *names, options=("--jobs", jobs))
    assert status == 2
    assert [line.split(":")[0] for line in lines[:2]] == [EQUAL, DIFFERENT]
    assert lines[-1] == "5 files: 1 equal, 1 different, 3 unusable"
    errors = err.replace(f"{folder}/", "").splitlines()
    assert [line.split()[1].rstrip(":") for line in errors] == ["broken.xlsx", "nosuch.xlsx", "folder.xlsx"]


@pytest.mark.parametrize(
    ("names", "status"),
    [([EQUAL, "copy.xlsx"], 0), ([EQUAL, DIFFERENT], 1), ([EQUAL, "nosuch.xlsx"], 2), (["nosuch.xlsx", DIFFERENT], 2)],
)
def test_the_exit_status_is_true(names: list[str], status: int, folder: Path, run: Run) -> None:
    shutil.copy(folder / EQUAL, folder / "copy.xlsx")
    assert check(run, folder, *names)[0] == status


@pytest.mark.parametrize("jobs", [1, 2])
def test_one_json_for_all(jobs: int, folder: Path, run: Run) -> None:
    files = [folder / name for name in (DIFFERENT, "nosuch.xlsx", EQUAL)]
    ran = run("check", *files, "--workbook", "entropy_example", "--json", "--jobs", jobs)
    data = json.loads(ran.out)
    assert ran.status == 2
    assert {key: value for key, value in data.items() if key != "files"} == {
        "ok": False,
        "equal": 1,
        "different": 1,
        "not_all_checked": 0,
        "unusable": 1,
    }
    assert [each["original"] for each in data["files"]] == list(map(str, files))
    assert [each["ok"] for each in data["files"]] == [False, False, True]
    assert "does not exist" in data["files"][1]["error"]
    causes = {each["cell"]: each["cause"] for each in data["files"][0]["differences"]}
    assert causes == {"C2": None, "D2": "entropy!C2", "E2": "entropy!C2"}


def test_differences_are_printed_if_asked_for(folder: Path, run: Run) -> None:
    lines = check(run, folder, EQUAL, DIFFERENT, options=("--show", 1))[1]
    assert lines[2].startswith("entropy!C2  value: expected 0.25, got 0.5")


def test_what_is_wrong_with_the_workbook_is_wrong_for_all(folder: Path, run: Run) -> None:
    ran = run("check", folder / EQUAL, folder / DIFFERENT, "--workbook", "nosuch")
    assert (ran.status, ran.out, ran.err.count("\n")) == (2, "", 1)


def test_a_picture_is_of_one_file(folder: Path, run: Run) -> None:
    status, lines, err = check(run, folder, EQUAL, DIFFERENT, options=("--out", folder / "report.xlsx"))
    assert (status, lines) == (2, [])
    assert "--out writes the report on one file" in err


def test_a_pattern_that_the_shell_has_left(folder: Path, run: Run) -> None:
    assert check(run, folder, "[ab].xlsx")[1][-1] == "2 files: 1 equal, 1 different"
    assert "nosuch*.xlsx does not exist" in check(run, folder, "nosuch*.xlsx")[2]


def test_a_file_named_twice_is_one(folder: Path, run: Run) -> None:
    assert check(run, folder, EQUAL, EQUAL)[1][-1] == "75 of 75 computed cells equal, bit for bit"


def test_a_mistake_of_ours_stops_no_other_file(folder: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(original: object, *rest: object) -> object:
        if DIFFERENT in str(getattr(original, "source", "")):
            raise ZeroDivisionError("unforeseen")
        return found(original, *rest)  # type: ignore[arg-type]

    found = sheetsim.api.check
    monkeypatch.setattr(sheetsim.api, "check", fail)
    status, lines, err = check(run, folder, DIFFERENT, EQUAL)
    assert (status, lines[-1]) == (70, "2 files: 1 equal, 1 unusable")
    assert "internal error: ZeroDivisionError: unforeseen" in err


def test_a_process_that_dies_takes_no_other_file_with_it(folder: Path) -> None:
    how = check_many.How("entropy_example", check_many.OwnData())
    files = [folder / EQUAL, Deadly(folder / DIFFERENT), folder / DIFFERENT]
    found = list(check_many._checked(files, how, 2))
    assert [each.result for each in found] == ["equal", "unusable", "different"]
    assert found[1].error == check_many.STOPPED


class Deadly(type(Path())):  # type: ignore[misc]
    """A path that ends the process which is handed it."""

    def __reduce__(self) -> tuple[object, tuple[int]]:
        import os

        return os._exit, (1,)


# --- a tolerance ------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("tolerance", "status", "words"),
    [
        ("0", 1, "74 of 75 computed cells equal, bit for bit"),
        ("1e-12", 0, "75 of 75 computed cells equal within 1e-12 of their size (74 of them bit for bit)"),
    ],
)
def test_a_tolerance(
    tolerance: str, status: int, words: str, exported: Callable[[str], Path], plant: Plant, run: Run
) -> None:
    path = plant(
        exported("entropy_example"),
        "entropy",
        "D2",
        lambda part, cell: part.replace("<v>0.3010299956639812</v>", "<v>0.301029995663981</v>", 1),
    )
    ran = run("check", path, "--tolerance", tolerance)
    assert (ran.status, ran.out.splitlines()[-1]) == (status, words)


@pytest.mark.parametrize("tolerance", ["-1", "1", "nan", "much"])
def test_a_bad_tolerance(tolerance: str, folder: Path, run: Run) -> None:
    ran = run("check", folder / EQUAL, "--tolerance", tolerance)
    assert (ran.status, ran.out, ran.err.count("\n")) == (2, "", 1)


# --- what is printed --------------------------------------------------------------------------------------------------
def test_a_filled_column_is_one_line_with_its_worst_cell_and_its_cause(run: Run, tmp_path: Path) -> None:
    def saved(start: float, name: str) -> Path:
        book = sheetsim.Workbook("growth")
        sheet = book.add_sheet("s")
        sheet["A1"] = start
        sheet.fill("A2:A9", "=A1*2-1")
        book.save(tmp_path / name)
        return tmp_path / name

    ran = run("check", saved(3, "one.xlsx"), "--workbook", saved(2, "other.xlsx"))
    assert ran.status == 1
    assert [line for line in ran.out.splitlines() if "!" in line or "explain" in line] == [
        "s!A1  value: expected 3.0, got 2.0, relative difference 0.33",
        "s!A2:A9  value: 8 cells, worst A9: expected 513.0, got 257.0, relative difference 0.5, in =A8*2-1, "
        "follows from s!A1",
        "s!A1 explains 8 other differences",
    ]
