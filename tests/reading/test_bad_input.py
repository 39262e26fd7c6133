"""Whatever a user can do wrong ends in one line on standard error and exit status 2, never in a traceback."""

from __future__ import annotations

import errno
import zipfile
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
from conftest import Run, editing

from sheetsim.cli import app as cli

READERS = [
    ("check", "FILE"),
    ("recalc", "FILE", "--out", "OUT"),
    ("explain", "FILE", "A1"),
    ("build", "FILE", "--out", "DIR"),
]


@pytest.fixture(scope="session")
def files(tmp_path_factory: pytest.TempPathFactory, exported: Callable[[str], Path]) -> Path:
    """A folder of files that are no good."""
    tmp_path = tmp_path_factory.mktemp("bad")
    good = exported("entropy_example").read_bytes()
    content = {
        "empty.xlsx": b"",
        "text.xlsx": b"hello, this is no workbook\n" * 9,
        "picture.xlsx": b"\x89PNG\r\n\x1a\n" + bytes(100),
        "truncated.xlsx": good[: len(good) // 2],
        "flipped.xlsx": good[:3000] + bytes(200) + good[3200:],
        "old.xls": bytes.fromhex("D0CF11E0A1B11AE1") + bytes(600),
        "encrypted.xlsx": bytes.fromhex("D0CF11E0A1B11AE1") + bytes(600) + "EncryptedPackage".encode("utf-16-le"),
    }
    for name, data in content.items():
        (tmp_path / name).write_bytes(data)
    with zipfile.ZipFile(tmp_path / "zip.xlsx", "w") as file:
        file.writestr("readme.txt", "not a workbook")
    with zipfile.ZipFile(tmp_path / "bomb.xlsx", "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("xl/worksheets/sheet1.xml", bytes(80_000_000))
    laughs = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]>'
    with editing(exported("entropy_example"), tmp_path / "laughs.xlsx", "xl/worksheets/sheet1.xml") as parts:
        parts[0] = laughs + parts[0]
    (tmp_path / "folder.xlsx").mkdir()
    return tmp_path


BAD_FILES = {
    "nosuch.xlsx": "does not exist",
    "folder.xlsx": "is a folder",
    "empty.xlsx": "is empty",
    "text.xlsx": "is not a workbook",
    "picture.xlsx": "is not a workbook",
    "truncated.xlsx": "damaged or truncated",
    "flipped.xlsx": "damaged",
    "old.xls": "before 2007 (.xls)",
    "encrypted.xlsx": "is encrypted",
    "zip.xlsx": "not a workbook",
    "bomb.xlsx": "a zip bomb?",
    "laughs.xlsx": "document type declaration",
}


def one_line(error: str) -> str:
    assert error.startswith("sheetsim: ")
    assert error.count("\n") == 1
    assert "Traceback" not in error
    return error


@pytest.mark.parametrize("command", READERS, ids=lambda command: command[0])
@pytest.mark.parametrize("name", BAD_FILES)
def test_files_that_are_no_good(name: str, command: tuple[str, ...], files: Path, run: Run, tmp_path: Path) -> None:
    places = {"FILE": str(files / name), "OUT": str(tmp_path / "out.xlsx"), "DIR": str(tmp_path / "dir")}
    found = run(*(places.get(word, word) for word in command))
    assert (found.status, found.out) == (2, "")
    assert BAD_FILES[name] in one_line(found.err)
    assert str(files / name) in found.err
    assert list(tmp_path.iterdir()) == []


# --- workbooks with formulas that are no good -------------------------------------------------------------------------
def workbook(path: Path, **cells: object) -> Path:
    frame = openpyxl.Workbook()
    frame.active.title = "s"
    for where, value in cells.items():
        frame.active[where] = value
    frame.save(path)
    return path


FORMULAS = {
    "=1+": ["s!A1", "=1+"],
    "=SUM(B1": ["s!A1", "=SUM(B1"],
    "=nosuch!B1+1": ["s!A1", "'nosuch'", "=nosuch!B1+1"],
    "=A1+1": ["circular reference: s!A1 → s!A1"],
    "=B1": ["circular reference", "s!A1 → s!B1 → s!A1"],
    "=NOSUCH(1)+1": ["NOSUCH (s!A1)"],
    "=1~2": ["s!A1: cannot read '~2', in =1~2"],
    "=" + "(" * 5000 + "1" + ")" * 5000: ["s!A1"],
}


@pytest.mark.parametrize("formula", FORMULAS, ids=lambda text: text[:20])
def test_formulas_that_are_no_good(formula: str, tmp_path: Path, run: Run) -> None:
    path = workbook(tmp_path / "bad.xlsx", A1=formula, **({"B1": "=A1"} if formula == "=B1" else {"B1": 1}))
    found = run("recalc", path, "--strict", "--out", tmp_path / "out.xlsx")
    assert found.status == 2
    for part in FORMULAS[formula]:
        assert part in one_line(found.err)
    assert len(found.err) < 500
    assert not (tmp_path / "out.xlsx").exists()
    status = 2 if len(formula) > 8192 else 3  # no program takes so long a one
    assert run("recalc", path, "--out", tmp_path / "out.xlsx").status == status
    assert (tmp_path / "out.xlsx").exists() == (status == 3)


def test_an_unknown_function_does_not_stop_a_check(tmp_path: Path, run: Run) -> None:
    path = workbook(tmp_path / "bad.xlsx", A1="=NOSUCH(1)", A2=7)
    found = run("check", path)
    assert found.err == ""
    assert "not checked: 1 cell" in found.out
    assert " NOSUCH          1  s!A1" in found.out
    assert found.status == 1


# --- arguments that are no good ---------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("command", "message"),
    [
        ("nosuch", "No such command 'nosuch'"),
        ("--nosuch", "No such option"),
        ("check", "Missing argument"),
        ("recalc x.xlsx", "give --out, to write the result, or --watch"),
        ("build nosuch", "no workbook is called 'nosuch'; there are graddesc"),
        ("explain nosuch A1", "no workbook is called 'nosuch'"),
        ("explain graddesc H4", "names no sheet; write SHEET!H4"),
        ("explain graddesc adam!Z99", "adam!Z99 is empty"),
        ("explain graddesc adam!!", "adam has no name or cell ''"),
        ("explain graddesc nosuch!A1", "graddesc has no sheet 'nosuch'; it has Sheet1, data, basic"),
        ("run graddesc nosuch", "graddesc has no sheet 'nosuch'"),
        ("run graddesc Sheet1", "the sheets with buttons are basic, momentum, rmsprop, adam, adam_ann"),
        ("run entropy_example entropy", "no sheet of entropy_example has any"),
        ("run graddesc adam --epochs 0", "'--epochs'"),
        ("run graddesc adam --epochs many", "'--epochs'"),
        ("run graddesc adam --set lr", "--set 'lr': expected NAME=NUMBER"),
        ("run graddesc adam --set lr=fast", "expected NAME=NUMBER"),
        ("run graddesc adam --set nosuch=1", "adam has no name or cell 'nosuch'; it has"),
        ("run graddesc adam --set XFE1=1", "adam has no name or cell 'XFE1'"),
        ("run graddesc adam --out after.pdf", "cannot write .pdf files"),
        ("check graddesc.xlsx --out report.pdf", "the report is an .xlsx file"),
        ("check graddesc.xlsx --workbook nosuch", "graddesc.xlsx does not exist"),
        ("check --show -1 graddesc.xlsx", "'--show'"),
    ],
)
def test_arguments_that_are_no_good(
    command: str, message: str, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    found = run(*command.split())
    assert (found.status, found.out) == (2, "")
    assert message in one_line(found.err)
    assert list(tmp_path.iterdir()) == []


def test_the_buttons_of_a_file_are_not_run(exported: Callable[[str], Path], run: Run) -> None:
    found = run("run", exported("graddesc"), "adam")
    assert found.status == 2
    assert "the macros of a file are not run" in one_line(found.err)


def test_a_control_sequence_in_a_name_is_not_obeyed(run: Run) -> None:
    found = run("build", "\x1b[31mred\x07")
    assert (found.status, "\x1b" in found.err, "\x07" in found.err) == (2, False, False)


# --- places that cannot be written ------------------------------------------------------------------------------------
WRITERS = [
    ["build", "entropy_example", "--out", "OUT"],
    ["build", "entropy_example", "--csv", "--out", "OUT"],
    ["check", "FILE", "--out", "OUT.xlsx"],
    ["recalc", "FILE", "--out", "OUT.xlsx"],
    ["run", "graddesc", "basic", "--epochs", "1", "--out", "OUT.xlsx"],
]


@pytest.mark.parametrize("command", WRITERS, ids=lambda command: " ".join(command[:3]))
def test_below_a_regular_file(command: list[str], exported: Callable[[str], Path], run: Run, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    places = {
        "FILE": str(exported("entropy_example")),
        "OUT": str(tmp_path / "file" / "out"),
        "OUT.xlsx": str(tmp_path / "file" / "out.xlsx"),
    }
    found = run(*(places.get(word, word) for word in command))
    assert found.status == 2
    assert "cannot write" in one_line(found.err)
    assert (tmp_path / "file").read_text() == "in the way"


@pytest.mark.parametrize("command", ["check", "recalc"])
def test_onto_a_folder(command: str, exported: Callable[[str], Path], run: Run, tmp_path: Path) -> None:
    (tmp_path / "out.xlsx").mkdir()
    found = run(command, exported("entropy_example"), "--out", tmp_path / "out.xlsx")
    assert found.status == 2
    assert "it is a folder" in one_line(found.err)


def test_recalc_to_a_kind_that_cannot_be_written(exported: Callable[[str], Path], run: Run, tmp_path: Path) -> None:
    found = run("recalc", exported("entropy_example"), "--out", tmp_path / "out.pdf")
    assert found.status == 2
    assert "cannot write .pdf files" in one_line(found.err)


def test_a_full_disk(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("exporters.xlsx._Writer.write_strings", full)
    found = run("build", "entropy_example", "--out", tmp_path)
    assert found.status == 2
    assert "No space left on device" in one_line(found.err)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("error", "message"), [(MemoryError(), "not enough memory"), (OSError(5, "bad disk"), "bad disk")]
)
def test_troubles_of_the_machine(error: Exception, message: str, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise error

    monkeypatch.setattr("workbooks.sheets.sheets_of", fail)
    found = run("list")
    assert found.status == 2
    assert message in one_line(found.err)


def test_stopped_by_hand(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "entropy_example.xlsx").write_text("before")

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("exporters.xlsx._Writer.write_strings", interrupt)
    found = run("build", "entropy_example", "--out", tmp_path, "--force")
    assert found.status == 130
    assert found.err.strip() == "sheetsim: stopped"
    assert [(path.name, path.read_text()) for path in tmp_path.iterdir()] == [("entropy_example.xlsx", "before")]


def test_a_fault_of_our_own_is_not_hidden(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """A bug must show where it is."""

    def fail(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("workbooks.sheets.sheets_of", fail)
    with pytest.raises(ZeroDivisionError):
        cli.app(args=["list"], standalone_mode=False)
