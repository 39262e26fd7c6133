"""What is written is decided by what was read: the kind of a copy, the names of .csv files, texts like formulas, and
what killed runs leave behind. Each file is made by code; what a table says is what a spreadsheet program needs."""

from __future__ import annotations

import csv
import os
import signal
import subprocess
import sys
from pathlib import Path

import openpyxl
import pytest
from conftest import Run
from gnumeric import recalculated
from places import ROOT
from zips import members, pack

from exporters import csv as exporter
from sheetsim.errors import OutputError
from sheetsim.reading.kind import suffix_of
from sheetsim.support import atomic
from sheetsim.workbook import Workbook

posix = pytest.mark.skipif(os.name != "posix", reason="signals and locks of Unix")

KINDS = {
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml",
    ".xlsm": "application/vnd.ms-excel.sheet.macroEnabled.main+xml",
    ".xltx": "application/vnd.openxmlformats-officedocument.spreadsheetml.template.main+xml",
    ".xltm": "application/vnd.ms-excel.template.macroEnabled.main+xml",
}
KEPT = ("xl/charts/chart1.xml", "xl/drawings/drawing1.xml", "xl/comments/comment1.xml")  # as openpyxl names them


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def file(name: str, kind: str = ".xlsx") -> Path:
    """A workbook with a formula, a chart and a comment, of a kind that its name may not tell."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet["A1"], sheet["A2"], sheet["B1"] = 1, 2, "=SUM(A1:A2)"
    sheet["A1"].comment = openpyxl.comments.Comment("keep me", "somebody")
    chart = openpyxl.chart.LineChart()
    chart.add_data(openpyxl.chart.Reference(sheet, min_col=1, min_row=1, max_row=2))
    sheet.add_chart(chart, "D1")
    book.save("made.zip")
    contents = members(Path("made.zip"))
    types = contents["[Content_Types].xml"].decode()
    assert KINDS[".xlsx"] in types
    return pack(Path(name), contents | {"[Content_Types].xml": types.replace(KINDS[".xlsx"], KINDS[kind])})


# --- which way out ----------------------------------------------------------------------------------------------------
READ = [  # the name of what is read, its kind by content → the suffix of its copy
    ("a.xlsx", ".xlsx"),
    ("a.xlsx.bak", ".xlsx"),
    ("a", ".xlsx"),
    ("a.zip", ".xlsx"),
    ("A.XLSX", ".xlsx"),
    ("a.xltx", ".xltx"),
    ("a.xlsx", ".xltx"),
    ("a.xltx", ".xlsx"),
    ("a.xlsm", ".xlsm"),
    ("a.xlsm.bak", ".xlsm"),
    ("a.xlsx", ".xlsm"),
    ("a", ".xltm"),
]


@pytest.mark.parametrize(("name", "kind"), READ)
def test_a_copy_keeps_all_under_any_name(name: str, kind: str, run: Run) -> None:
    path = file(name, kind)
    assert suffix_of(path) == kind
    before = members(path)
    found = run("recalc", f"./{name}", "--out", f"new{kind}")
    assert (found.status, found.err) == (0, "")
    after = members(Path(f"new{kind}"))
    assert {part: after[part] for part in KEPT} == {part: before[part] for part in KEPT}
    assert openpyxl.load_workbook(f"new{kind}", data_only=True).active["B1"].value == 3


@pytest.mark.parametrize(("name", "kind"), READ)
def test_no_other_suffix_is_written(name: str, kind: str, run: Run) -> None:
    """Excel opens no file whose suffix and contents disagree."""
    file(name, kind)
    for other in KINDS.keys() - {kind}:
        found = run("recalc", f"./{name}", "--out", f"new{other}")
        assert (found.status, found.out, found.err.count("\n")) == (2, "", 1)
        assert not Path(f"new{other}").exists()


@pytest.mark.parametrize(
    ("name", "kind", "out"),
    [("a.xlsx.bak", ".xlsx", "a.xlsx"), ("a", ".xlsm", "a.xlsm"), ("A.XLSX", ".xlsx", "A.XLSX")],
)
def test_what_build_and_solve_name_themselves(name: str, kind: str, out: str, run: Run) -> None:
    file(name, kind)
    assert run("build", f"./{name}").status == 0
    assert [path.name for path in Path("out").iterdir()] == [out]
    assert set(KEPT) <= members(Path("out", out)).keys()


def test_two_workbooks_for_one_file(run: Run) -> None:
    for place in ("x", "y"):
        Path(place).mkdir()
        file(f"{place}/a.xlsx")
    for more in ([], ["--csv"]):
        found = run("build", "x/a.xlsx", "y/a.xlsx", *more)
        assert (found.status, found.err) == (2, "sheetsim: x/a.xlsx and y/a.xlsx would both be written to out/a.xlsx\n")
    assert not Path("out").exists()


NOWHERE = [
    "recalc a.xlsx --out",
    "run graddesc adam --epochs 1 --out",
    "solve graddesc basic --cells C1 --minimise F4 --out",
    "check a.xlsx --out",
    "compare --epochs 1 --out",
    "compare --epochs 1 --plot",
]


@pytest.mark.parametrize("place", [".", "", "/", ".."])
@pytest.mark.parametrize("command", NOWHERE)
def test_a_place_that_is_no_file(command: str, place: str, run: Run, folder: Path) -> None:
    file("a.xlsx")
    before = sorted(folder.rglob("*"))
    found = run(*command.split(), place)
    assert (found.status, found.out, found.err.count("\n")) == (2, "", 1)
    assert "internal error" not in found.err
    assert sorted(folder.rglob("*")) == before


# --- the names of .csv files ------------------------------------------------------------------------------------------
TITLES = [
    (["a<b", "a>b"], ["a_b", "a_b_2"]),
    (["a<b", "a_b", "a|b"], ["a_b_2", "a_b", "a_b_3"]),
    (["a<b", "a_b_2", "A>B"], ["a_b", "a_b_2", "A_B_3"]),
    (["é", "e\u0301"], ["é", "e\u0301_2"]),
]


@pytest.mark.parametrize(("titles", "names"), TITLES)
def test_every_sheet_has_a_file_of_its_own(titles: list[str], names: list[str], folder: Path) -> None:
    book = Workbook("b")
    for number, title in enumerate(titles):
        book.add_sheet(title)["A1"] = number
    paths = exporter.write(book, folder)
    assert [path.name for path in paths] == [f"b.{name}.csv" for name in names]
    assert [path.read_text() for path in paths] == [f"{number}\n" for number in range(len(titles))]
    assert exporter.differing(book, folder) == []


def test_all_files_or_none(folder: Path) -> None:
    book = Workbook("b")
    book.add_sheet("one")["A1"] = 1
    book.add_sheet("two")["C3"] = "\ud800"
    with pytest.raises(OutputError, match=r"^two!C3 holds half a character, which no \.csv can$"):
        exporter.write(book, folder)
    assert list(folder.iterdir()) == []


# --- texts that look like formulas ------------------------------------------------------------------------------------
TEXTS = [  # a text in a cell → what stands in the file
    ("=1+1", "'=1+1"),
    ("+49 30 1234", "'+49 30 1234"),
    ("-", "'-"),
    ("@SUM(A1)", "'@SUM(A1)"),
    ("\t=1+1", "'\t=1+1"),
    ("\r=1+1", "'\r=1+1"),
    ("\n=1+1", "'\n=1+1"),
    ("＝1+1", "'＝1+1"),
    ("'=1+1", "''=1+1"),
    ("=cmd|' /C calc'!A0", "'=cmd|' /C calc'!A0"),
    ("a=1", "a=1"),
    ("'tis", "'tis"),
    ("", ""),
]


@pytest.mark.parametrize(("text", "stands"), TEXTS)
def test_a_text_stays_a_text(text: str, stands: str, run: Run) -> None:
    book = Workbook("b")
    sheet = book.add_sheet("s")
    sheet.values("A1", [[text, -5]])
    sheet["C1"] = '=A1&""'
    book.save("b.xlsx")
    for option, wanted in ([], stands), (["--raw"], text):
        book.save("b.csv", raw=bool(option))
        assert run("build", "b.xlsx", "--csv", "--out", "built", *option, "--force").status == 0
        assert run("recalc", "b.xlsx", "--out", "again.csv", *option, "--force").status == 0
        for path in ("b/b.s.csv", "built/b.s.csv", "again/b.s.csv"):
            with open(path, newline="", encoding="utf-8") as lines:
                assert list(csv.reader(lines)) == [[wanted, "-5", wanted]]
    for command in ("build b.xlsx --csv --out built", "recalc b.xlsx --out again.csv"):
        assert run(*command.split(), "--raw").status == 0  # the same again: nothing is lost


@pytest.mark.filterwarnings("ignore:Workbook contains no default style")
@pytest.mark.parametrize(("raw", "found"), [(False, "=1+1"), (True, 2)])
def test_what_another_program_makes_of_it(raw: bool, found: object) -> None:
    book = Workbook("b")
    book.add_sheet("s").values("A1", [["=1+1"]])
    book.save("b.csv", raw=raw)
    assert recalculated(Path("b/b.s.csv")).active["A1"].value == found


@pytest.mark.parametrize(
    "command",
    [
        "build graddesc",
        "run graddesc adam",
        "run graddesc adam --out a.xlsx",
        "recalc b.xlsx --out a.xlsx",
        "solve graddesc basic --cells C1 --minimise F4",
    ],
)
def test_raw_is_for_csv(command: str, run: Run) -> None:
    found = run(*command.split(), "--raw")
    assert (found.status, found.err) == (2, "sheetsim: --raw is for texts in .csv files: ask for such files, too\n")


# --- what a killed run leaves -----------------------------------------------------------------------------------------
WRITER = """
import sys, time
from pathlib import Path
from sheetsim.support import atomic, last_resort

def write():
    with atomic.replacing("out.xlsx") as temporary:
        temporary.write_bytes(b"half")
        print("begun", flush=True)
        time.sleep(60)

last_resort.run(write)
"""


def killed(number: int) -> tuple[int, str]:
    """A process that is sent a signal while it writes ``out.xlsx``: its status, what it said."""
    command = [sys.executable, "-c", WRITER]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with subprocess.Popen(command, env=environment, text=True, **pipes) as process:  # type: ignore[call-overload]
        assert process.stdout.readline() == "begun\n"
        process.send_signal(number)
        _, said = process.communicate()
    return process.returncode, said


@posix
@pytest.mark.parametrize(("name", "status"), [("SIGINT", 130), ("SIGTERM", 143), ("SIGHUP", 129), ("SIGQUIT", 131)])
def test_a_signal_leaves_nothing(name: str, status: int, folder: Path) -> None:
    Path("out.xlsx").write_text("old")
    assert killed(getattr(signal, name)) == (status, "sheetsim: stopped\n")
    assert [(path.name, path.read_text()) for path in folder.iterdir()] == [("out.xlsx", "old")]


@posix
def test_what_sigkill_leaves_the_next_run_clears(folder: Path, run: Run) -> None:
    assert killed(signal.SIGKILL) == (-9, "")
    assert len(list(folder.glob(".sheetsim-*.tmp"))) == 1
    assert run("build", "entropy_example", "--out", ".").status == 0
    assert [path.name for path in folder.iterdir()] == ["entropy_example.xlsx"]


@posix
def test_what_is_still_written_is_not_cleared(folder: Path) -> None:
    """By a parallel run, or by the same; nor what only has such a name."""
    Path(".sheetsim-mine.tmp").write_text("mine")
    Path("real").write_text("mine")
    Path(f".sheetsim-{'0' * 12}.tmp").symlink_to("real")
    with atomic.replacing("a") as first, atomic.replacing("b") as second:
        first.write_text("1")
        second.write_text("2")
        other = "from sheetsim.support import atomic\nwith atomic.replacing('c') as third: third.write_text('3')"
        environment = {**os.environ, "PYTHONPATH": str(ROOT)}
        subprocess.run([sys.executable, "-c", other], env=environment, check=True)
        assert (first.read_text(), second.read_text()) == ("1", "2")
    assert {path.name: path.read_text() for path in folder.iterdir() if "sheetsim" not in path.name} == {
        "a": "1",
        "b": "2",
        "c": "3",
        "real": "mine",
    }
    assert len(list(folder.glob(".sheetsim-*"))) == 2


@posix
def test_many_writers_at_once(folder: Path) -> None:
    """None clears away what another has just made."""
    code = "import sys\nfrom sheetsim.support import atomic\nfor n in range(200):\n"
    code += "    with atomic.replacing(sys.argv[1]) as part: part.open('r+').write('whole')"
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    commands = [[sys.executable, "-c", code, f"out{number}"] for number in range(4)]
    writers = [subprocess.Popen(command, env=environment) for command in commands]
    assert [writer.wait() for writer in writers] == [0] * 4
    assert {path.read_text() for path in folder.iterdir()} == {"whole"}
    assert sorted(path.name for path in folder.iterdir()) == [f"out{number}" for number in range(4)]
