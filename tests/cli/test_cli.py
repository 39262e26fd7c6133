"""The command line as a user meets it: what it prints, what it writes and how it ends."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from conftest import Plant, Run, added, formula, one_ulp, removed, value
from places import ROOT

import sheetsim
from sheetsim.reading.book import read
from sheetsim.support import terminal

COMMANDS = ["list", "build", "check", "recalc", "run", "show", "explain", "gradient", "functions", "solve"]


def process(*arguments: str, **settings: Any) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(ROOT), **settings.pop("env", {})}
    command = [sys.executable, "-m", "sheetsim", *arguments]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False, **settings)


# --- help -------------------------------------------------------------------------------------------------------------
def test_without_arguments_it_shows_help(run: Run) -> None:
    found = run()
    assert found.status == 0
    assert all(f"  {command} " in found.out for command in COMMANDS)
    assert found == run("--help") == run("-h")


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help_with_an_example(command: str, run: Run) -> None:
    found = run(command, "--help")
    assert found.status == 0
    assert "Example" in found.out
    assert f"    sheetsim {command}" in found.out


@pytest.mark.parametrize("arguments", [("--help",), ("train", "--help")])
def test_the_list_of_commands_is_not_cut(arguments: tuple[str, ...], run: Run) -> None:
    _, _, commands = run(*arguments).out.partition("Commands:\n")
    assert commands
    assert "..." not in commands


def test_version(run: Run) -> None:
    assert run("--version") == (0, f"sheetsim {sheetsim.__version__}\n", "")


# --- list, build ------------------------------------------------------------------------------------------------------
def test_list(run: Run) -> None:
    found = run("list")
    assert found.status == 0
    lines = [line.split() for line in found.out.splitlines()]
    assert ["movielens_1hot", "9,196"] in lines
    assert ["adam", "325", "reset,", "run"] in lines


def test_build_writes_formulas_and_values(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "300")  # the whole path on one line
    found = run("build", "entropy_example", "--out", tmp_path / "new" / "folder")
    path = tmp_path / "new" / "folder" / "entropy_example.xlsx"
    assert found.status == 0
    assert str(path) in found.out
    assert openpyxl.load_workbook(path)["entropy"]["D2"].value.startswith("=")
    assert openpyxl.load_workbook(path, data_only=True)["entropy"]["D2"].value == 0.3010299956639812


def test_build_all_and_from_a_file(run: Run, exported: Callable[[str], Path], tmp_path: Path) -> None:
    assert run("build", "--out", tmp_path / "a").status == 0
    assert {p.stem for p in (tmp_path / "a").iterdir()} == set(sheetsim.names())
    assert run("build", exported("entropy_example"), "--out", tmp_path / "b").status == 0
    assert [p.name for p in (tmp_path / "b").iterdir()] == ["entropy_example.xlsx"]


def test_build_csv(run: Run, tmp_path: Path) -> None:
    found = run("build", "entropy_example", "--csv", "--out", tmp_path / "v1.2")
    assert found.status == 0
    names = {path.name for path in (tmp_path / "v1.2").iterdir()}
    assert names == {f"entropy_example.{title}.csv" for title in ("softmax", "entropy", "log_entropy")}
    assert str(tmp_path / "v1.2") in found.out


def test_build_computes_a_file_anew(run: Run, exported: Callable[[str], Path], plant: Plant, tmp_path: Path) -> None:
    path = plant(exported("entropy_example"), "entropy", "D2", value("12345"))
    assert run("build", path, "--out", tmp_path / "new").status == 0
    assert read(tmp_path / "new" / path.name)["entropy"]["D2"] == 0.3010299956639812


@pytest.mark.parametrize(
    "command", ["build FILE --out DIR", "check FILE --out FILE", "check OTHER --workbook FILE --out FILE"]
)
def test_a_file_that_was_read_is_not_replaced(
    command: str, run: Run, exported: Callable[[str], Path], plant: Plant, tmp_path: Path
) -> None:
    path = plant(exported("entropy_example"), "entropy", "D2", value("12345"))
    before = path.read_bytes()
    places = {"FILE": path, "DIR": tmp_path, "OTHER": exported("entropy_example")}
    found = run(*(places.get(word, word) for word in command.split()))
    assert found.status == 2
    assert "would take the place of the file that was read" in found.err
    assert path.read_bytes() == before


# --- check ------------------------------------------------------------------------------------------------------------
PLANTED = [
    ("E10", one_ulp, "adam!E10  value: expected 170.31441069299038, got 170.31441069299035, 1 ULP apart, in =C10+"),
    ("F12", formula("C12+A12"), "adam!F12  formula: expected =C12+A12, got =2*(D12*A12+C12-B12)"),
    ("A20", removed, "adam!A20  extra: expected nothing, got 44.0"),
    ("Z9", added, "adam!Z9  missing: expected 1.0, got nothing"),
    ("A7", value("52"), "adam!A7  value: expected 52.0, got 51.0, "),
]


@pytest.mark.parametrize("source", ["exported", "original"])
@pytest.mark.parametrize(("cell", "change", "line"), PLANTED, ids=[line for line, _, _ in PLANTED])
def test_check_names_exactly_the_cell_that_is_wrong(
    source: str, cell: str, change: Any, line: str, request: pytest.FixtureRequest, plant: Plant, run: Run
) -> None:
    path = plant(request.getfixturevalue(source)("graddesc"), "adam", cell, change)
    found = run("check", path)
    lines = [text for text in found.out.splitlines() if "!" in text]
    assert found.status == 1
    assert len(lines) == 1
    assert lines[0].startswith(line)
    data = json.loads(run("check", path, "--json").out)
    assert [(d["sheet"], d["cell"]) for d in data["differences"]] == [("adam", cell)]


@pytest.mark.parametrize("name", ["graddesc", "collab_filter", "entropy_example"])
def test_check_of_the_originals(name: str, original: Callable[[str], Path], run: Run) -> None:
    found = run("check", original(name))
    data = json.loads(run("check", original(name), "--json").out)
    assert (found.status, data["ok"]) == (0, True)
    assert f"{data['equal']:,} of {data['computed']:,} computed cells equal, bit for bit" in found.out


def test_check_against_another_workbook(run: Run, exported: Callable[[str], Path]) -> None:
    found = run("check", exported("graddesc"), "--workbook", exported("graddesc"))
    assert (found.status, "against the workbook graddesc" in found.out) == (0, True)
    found = run("check", exported("graddesc"), "--workbook", "entropy_example", "--show", "3")
    assert found.status == 1
    assert sum(line.startswith(("Sheet1", "data")) and "expected" in line for line in found.out.splitlines()) == 3
    assert "more differences" in found.out


def test_check_writes_a_report(run: Run, exported: Callable[[str], Path], tmp_path: Path) -> None:
    found = run("check", exported("entropy_example"), "--out", tmp_path / "report.xlsx")
    assert found.status == 0
    assert openpyxl.load_workbook(tmp_path / "report.xlsx").sheetnames == ["check", "softmax", "entropy", "log_entropy"]


def test_check_of_a_file_without_values_says_so(run: Run, tmp_path: Path) -> None:
    frame = openpyxl.Workbook()
    frame.active["A1"], frame.active["A2"] = 2, "=A1*2"
    frame.save(tmp_path / "plain.xlsx")
    found = run("check", tmp_path / "plain.xlsx")
    assert found.status == 1
    assert "nothing stored to compare with" in found.out


# --- recalc -----------------------------------------------------------------------------------------------------------
def test_recalc_ignores_the_stored_values(
    run: Run, exported: Callable[[str], Path], plant: Plant, tmp_path: Path
) -> None:
    path = plant(exported("entropy_example"), "entropy", "D2", value("12345"))
    found = run("recalc", path, "--out", tmp_path / "out.xlsx")
    assert found.status == 0
    assert "75 formula cells computed" in found.out
    assert "1 other than stored" in found.out
    assert read(tmp_path / "out.xlsx")["entropy"]["D2"] == 0.3010299956639812
    assert read(path)["entropy"]["D2"] == 12345


def test_recalc_onto_the_file_itself(run: Run, exported: Callable[[str], Path], plant: Plant, tmp_path: Path) -> None:
    path = plant(exported("entropy_example"), "entropy", "D2", value("12345"))
    assert run("recalc", path, "--out", path).status == 2
    assert read(path)["entropy"]["D2"] == 12345
    assert run("recalc", path, "--out", path, "--force").status == 0
    assert read(path)["entropy"]["D2"] == 0.3010299956639812
    assert [p.name for p in tmp_path.iterdir()] == [path.name]


def test_recalc_of_volatile_cells(run: Run, exported: Callable[[str], Path], tmp_path: Path) -> None:
    assert run("recalc", exported("graddesc"), "--out", tmp_path / "graddesc.xlsx").status == 0
    assert run("check", tmp_path / "graddesc.xlsx").status == 0


def test_recalc_to_csv(run: Run, exported: Callable[[str], Path], tmp_path: Path) -> None:
    found = run("recalc", exported("entropy_example"), "--out", tmp_path / "out.csv")
    assert found.status == 0
    assert (tmp_path / "out" / "entropy_example.entropy.csv").exists()
    assert found.out.rstrip().endswith(str(tmp_path / "out"))


# --- run, explain -----------------------------------------------------------------------------------------------------
def test_run(run: Run, tmp_path: Path) -> None:
    found = run("run", "graddesc", "adam", "--out", tmp_path / "after.xlsx")
    assert found.status == 0
    assert "24.960097789510424" in found.out
    assert read(tmp_path / "after.xlsx")["adam"]["C1"] == 24.960097789510424


def test_run_from_the_stored_state_with_a_setting(run: Run) -> None:
    found = run("run", "graddesc", "adam", "--no-reset", "--set", "lr=0.5", "--epochs", "1")
    assert "29.713174380227404" in found.out


def test_run_trace_prints_every_row(run: Run) -> None:
    found = run("run", "graddesc", "basic", "--epochs", "2", "--trace")
    assert found.status == 0
    assert [line for line in found.out.splitlines() if line.startswith("epoch ")] == ["epoch 0", "epoch 1", "epoch 2"]
    assert sum(line.split()[:3] == ["4", "14.0", "58.0"] for line in found.out.splitlines()) == 3


@pytest.mark.parametrize("sheet", ["momentum", "rmsprop", "adam", "adam_ann"])
def test_run_trace_of_every_sheet(run: Run, sheet: str) -> None:
    found = run("run", "graddesc", sheet, "--epochs", "1", "--trace")
    assert found.status == 0
    assert "average" in found.out


def test_explain(run: Run) -> None:
    found = run("explain", "graddesc", "adam!H4")
    assert found.status == 0
    for part in ("adam!H4 = 29.688782042548546   (new b)", "=C4-J4*$D$2/SQRT(L4)", "NumPy", "used by   adam!C5"):
        assert part in found.out


def test_explain_of_offset_and_of_an_input(run: Run) -> None:
    assert "perhaps by OFFSET in movielens_emb!M3:Q208" in run("explain", "collab_filter", "movielens_emb!C5").out
    assert "no formula: an input" in run("explain", "graddesc", "adam!A4").out


# --- the terminal -----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "arguments", [("list",), ("run", "graddesc", "basic", "--epochs", "1", "--trace"), ("run", "graddesc", "adam_ann")]
)
def test_tables_fit_a_narrow_terminal(arguments: tuple[str, ...], run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def lines_shown() -> list[str]:
        found = run(*arguments)
        assert (found.status, found.err) == (0, "")
        lines = [line for line in found.out.splitlines() if ": " not in line]
        assert any(lines), found.out
        return lines

    monkeypatch.setenv("COLUMNS", "80")
    narrow = lines_shown()
    assert max(map(len, narrow)) <= 80
    monkeypatch.delenv("COLUMNS")
    wide = lines_shown()
    numbers = [{word for line in lines for word in line.split() if word[0].isdigit()} for lines in (narrow, wide)]
    assert numbers[0] == numbers[1]  # none is cut or folded


def test_no_number_is_broken_in_a_narrow_terminal(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "50")
    rows = [[1, 0.1234567890123456, 2 / 3, "a long text that wraps at its blanks, as long as it may be"]]
    terminal.table("title", ["row", "first", "second", "third"], rows, ["row", "first", "second"])
    shown = capsys.readouterr().out
    assert "0.1234567890123456 " in shown
    assert "0.6666666666666666 " in shown
    assert shown.count("row") == 2


@pytest.mark.parametrize("width", [8, 13, 20, 27, 33, 40, 57])
@pytest.mark.parametrize("numeric", [["row", "second"], []])
def test_no_digit_is_lost_at_any_width(
    width: int, numeric: list[str], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    rows = [
        [-(2 / 3), "数数数数数数数", 1e-300 / 3, "(0.1234567890123456, 1.5)"],
        [10**9, "of 2", -7, "a long text of words"],
    ]
    terminal.table("", ["row", "name", "second", "third"], rows, numeric)
    words = capsys.readouterr().out.split()
    for number in ("-0.6666666666666666", "1,000,000,000", repr(1e-300 / 3), "-7", "(0.1234567890123456,", "1.5)", "2"):
        assert number in words


def test_texts_from_files_cannot_steer_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    terminal.table("a\x1b[31m", ["b"], [["\x1b[2Jgone [bold]not markup[/bold] :smile:"]])
    shown = capsys.readouterr().out
    assert "\x1b" not in shown
    assert "[bold]not markup[/bold] :smile:" in shown


# --- as a process -----------------------------------------------------------------------------------------------------
def test_statuses_of_the_process(exported: Callable[[str], Path], plant: Plant) -> None:
    good = process("check", str(exported("entropy_example")))
    assert (good.returncode, good.stderr) == (0, "")
    bad = process("check", str(plant(exported("entropy_example"), "entropy", "D2", one_ulp)))
    assert (bad.returncode, bad.stderr) == (1, "")
    none = process("check", "nosuch.xlsx")
    assert (none.returncode, none.stdout, none.stderr) == (2, "", "sheetsim: nosuch.xlsx does not exist\n")


@pytest.mark.skipif(os.name != "posix", reason="pipes and /dev/full are of Unix")
@pytest.mark.parametrize("arguments", ["list", "run graddesc adam --trace"])
def test_a_reader_that_stops_early(arguments: str) -> None:
    command = f"({sys.executable} -m sheetsim {arguments}; echo $? >&2) | head -1"
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    found = subprocess.run(["sh", "-c", command], env=environment, capture_output=True, text=True, check=False)
    assert (found.stdout.count("\n"), found.stderr) == (1, "0\n")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full")
def test_output_that_cannot_be_printed() -> None:
    with open("/dev/full", "w") as full:
        environment = {**os.environ, "PYTHONPATH": str(ROOT)}
        command = [sys.executable, "-m", "sheetsim", "list"]
        found = subprocess.run(command, env=environment, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert found.returncode == 2
    assert found.stderr.splitlines()[0] == "sheetsim: output: No space left on device"
    assert "Traceback" not in found.stderr


def test_a_terminal_without_the_signs() -> None:
    found = process("explain", "graddesc", "adam!H4", env={"PYTHONIOENCODING": "ascii"})
    assert (found.returncode, found.stderr) == (0, "")


def test_the_command_line_starts_without_heavy_libraries() -> None:
    heavy = "{'torch', 'matplotlib', 'scipy', 'pandas', 'numba', 'openpyxl'}"
    code = f"import sys, sheetsim.cli.app; print(sorted({heavy} & set(sys.modules)))"
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    found = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=False)
    assert found.stdout.strip() == "[]"
