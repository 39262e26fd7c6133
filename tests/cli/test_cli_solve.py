"""``sheetsim solve`` as a user meets it: what it prints, what it writes and how it ends."""

from __future__ import annotations

import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from conftest import Run

from sheetsim import Workbook
from sheetsim.reading.book import read
from sheetsim.solver import solving as solver
from sheetsim.support import terminal


@pytest.fixture
def plan(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A small workbook with a model in a folder of its own, which is the one we are in."""
    book = Workbook("plan")
    sheet = book.add_sheet("s")
    for where, value in {"A1": 1, "A2": 1, "B1": "=(A1-3)^2+(A2+4)^2+2", "B2": "=9-A1^2"}.items():
        sheet[where] = value
    for key, text in {"adj": "$A$1:$A$2", "opt": "$B$1", "typ": "2"}.items():
        sheet.name(f"solver_{key}", text, hidden=True)
    book.add_sheet("empty")
    monkeypatch.chdir(tmp_path)
    book.save("plan.xlsx")
    return tmp_path / "plan.xlsx"


def test_it_solves_prints_and_writes(run: Run, plan: Path) -> None:
    before = plan.read_bytes()
    found = run("solve", "plan.xlsx", "s")
    assert (found.status, found.err) == (0, "")
    solved = openpyxl.load_workbook("out/plan_s_solved.xlsx", data_only=True)["s"]
    assert [solved[cell].value for cell in ("A1", "A2", "B1")] == pytest.approx([3, -4, 2], abs=1e-4)
    assert openpyxl.load_workbook("out/plan_s_solved.xlsx")["s"]["B1"].value == "=(A1-3)^2+(A2+4)^2+2"
    assert "plan: minimise s!B1 by changing A1:A2 (2 cells)" in found.out
    assert "gradients by " in found.out
    assert f"s!B1 = {float(solved['B1'].value)!r}, before 31.0; " in found.out
    assert found.out.rstrip().endswith("written to out/plan_s_solved.xlsx")
    assert plan.read_bytes() == before


def test_a_line_for_each_start(run: Run, plan: Path) -> None:
    found = run("solve", plan, "s", "--seed", "3", "--starts", "2")
    lines = [line.split() for line in found.out.splitlines()]
    assert [line[1] for line in lines if line[:1] == ["seed"]] == ["3", "4"]
    assert "from the stored cells" in run("solve", plan, "s").out


def test_the_help_promises_what_the_options_do(run: Run) -> None:
    told = " ".join(run("solve", "--help").out.split())
    assert "brought to a value" not in told
    assert "Only a stored model, and no option, can ask for a value to be reached." in told


@pytest.mark.parametrize(("target", "said"), [("5", False), ("-5", True)])
def test_a_value_that_is_not_reached(run: Run, plan: Path, target: str, said: bool) -> None:
    book = Workbook("reach")
    sheet = book.add_sheet("s")
    sheet["A1"], sheet["B1"] = 1, "=(A1-3)^2+2"
    for key, text in {"adj": "$A$1", "opt": "$B$1", "typ": "3", "val": target}.items():
        sheet.name(f"solver_{key}", text, hidden=True)
    book.save("reach.xlsx")
    found = run("solve", "reach.xlsx", "s")
    assert found.status == 0
    assert ("-5.0 was not reached" in found.out) == said


def test_options(run: Run, plan: Path) -> None:
    found = run(
        "solve", plan, "s", "--cells", "A1", "--maximise", "B2", "--gradients", "differences", "--out", "b.xlsx"
    )
    assert "maximise s!B2 by changing A1 (1 cell)" in found.out
    assert "gradients by differences: a recalculation for each cell" in found.out
    assert read(Path("b.xlsx"))["s"]["A1"] == pytest.approx(0, abs=1e-4)
    found = run("solve", plan, "s", "--iterations", "1", "--out", "c.xlsx")
    assert "that was the last iteration allowed" in found.out


def test_the_rest_of_the_file_is_kept(run: Run, plan: Path) -> None:
    with zipfile.ZipFile(plan, "a") as file:
        file.writestr("xl/charts/chart1.xml", "<anything/>")
    assert run("solve", plan, "s").status == 0
    with zipfile.ZipFile("out/plan_s_solved.xlsx") as file:
        assert file.read("xl/charts/chart1.xml") == b"<anything/>"
    assert read(Path("out/plan_s_solved.xlsx")).names["s", "solver_opt"].hidden


def test_a_workbook_by_name(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("torch", reason="PyTorch is not installed: pip install 'sheetsim[torch]'")
    monkeypatch.chdir(tmp_path)
    found = run("solve", "collab_filter", "dotprod", "--seed", "0")
    assert found.status == 0
    assert read(Path("out/collab_filter_dotprod_solved.xlsx"))["dotprod"]["V41"] <= 0.3930
    assert "before 0.3930154712865702" in found.out


REFUSED = [
    (["nosuch", "s"], "no workbook is called 'nosuch'"),
    (["plan.xlsx", "nosuch"], "plan has no sheet 'nosuch'; it has s, empty"),
    (["plan.xlsx", "empty"], "plan!empty has no Solver model (the sheets with one are s); or name the cells"),
    (["plan.xlsx", "s", "--out", "plan.xlsx"], "would take the place of the file that was read"),
    (["plan.xlsx", "s", "--out", "solved.pdf"], "cannot write .pdf files"),
    (["plan.xlsx", "s", "--minimise", "B1", "--maximise", "B2"], "either minimised or maximised, not both"),
    (["plan.xlsx", "s", "--cells", "B2"], "s!B2 is to be changed, but holds the formula =9-A1^2"),
    (["plan.xlsx", "s", "--minimise", "B7"], "s!B7 is to be the objective, but holds no formula"),
    (["plan.xlsx", "s", "--seed", "-1"], "--seed"),
    (["plan.xlsx", "s", "--starts", "0"], "--starts"),
    (["plan.xlsx", "s", "--gradients", "magic"], "--gradients"),
    (["collab_filter", "movielens_1hot"], "its Solver model names a cell that was deleted"),
]


@pytest.mark.parametrize(("arguments", "message"), REFUSED)
def test_what_is_refused(arguments: list[str], message: str, run: Run, plan: Path) -> None:
    before = plan.read_bytes()
    found = run("solve", *arguments)
    assert (found.status, found.out) == (2, "")
    assert message in found.err
    assert found.err.startswith("sheetsim: ")
    assert found.err.count("\n") == 1
    assert [path.name for path in Path().iterdir()] == ["plan.xlsx"]
    assert plan.read_bytes() == before


def test_ctrl_c(run: Run, plan: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    search: Callable[..., Any] = solver.Search.note

    def interrupted(*arguments: Any) -> None:
        search(*arguments)
        raise KeyboardInterrupt

    monkeypatch.setattr(solver.Search, "note", lambda self, intermediate_result: interrupted(self, intermediate_result))
    found = run("solve", plan, "s")
    assert (found.status, found.out, found.err) == (130, "", "sheetsim: stopped\n")
    assert [path.name for path in Path().iterdir()] == ["plan.xlsx"]


def test_how_far_it_has_come_is_shown_on_a_terminal(
    run: Run, plan: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    shown: list[str] = []
    monkeypatch.setattr("rich.status.Status.update", lambda self, text: shown.append(text))
    monkeypatch.setattr(terminal, "PATIENCE", -1.0)
    run("solve", plan, "s")
    assert shown == []
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    with terminal.status("work") as show:
        show("iteration 1, objective 0.5\x1b[31m")
    assert shown == ["work iteration 1, objective 0.5 [31m"]
