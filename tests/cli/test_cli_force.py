"""No command replaces, unasked, a file that a person changed: every command and every file it writes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pytest
import typer
from conftest import Run

from sheetsim.api import check
from sheetsim.cli import app as cli
from sheetsim.cli.files import FORCE
from sheetsim.support.ownership import KINDS, is_own
from sheetsim.workbook import Workbook

TRAIN = "train movielens --ratings ratings.csv --factors 4 --epochs 1 --backend numpy --no-interpret"
DRAWN = [f"p/movielens_{name}.png" for name in ("losses", "schedule", "components_1_2", "components_1_3")]
TABLES = [f"t/entropy_example.{title}.csv" for title in ("softmax", "entropy", "log_entropy")]

#: Each command that writes → the files it writes.
COMMANDS = {
    "build entropy_example": ["out/entropy_example.xlsx"],
    "build entropy_example graddesc --out .": ["entropy_example.xlsx", "graddesc.xlsx"],
    "build entropy_example --csv --out t": TABLES,
    "build graddesc entropy_example --csv --out t": ["t/graddesc.data.csv", "t/graddesc.adam.csv", *TABLES],
    "build graddesc --epochs 2": ["out/graddesc_2_epochs.xlsx"],
    "build graddesc --points points.csv": ["out/graddesc.xlsx"],
    "build entropy_example --self-check": ["out/entropy_example.xlsx"],
    "build plan.xlsx": ["out/plan.xlsx"],
    "check plan.xlsx --out report.xlsx": ["report.xlsx"],
    "recalc plan.xlsx --out new.xlsx": ["new.xlsx"],
    "recalc plan.xlsx --out tables.csv": ["tables/plan.s.csv"],
    "run graddesc adam --epochs 1 --out after.xlsx": ["after.xlsx"],
    "run graddesc adam --epochs 1 --out after.csv": ["after/graddesc.adam.csv"],
    "solve plan.xlsx s": ["out/plan_s_solved.xlsx"],
    "compare --epochs 1": ["out/compare.png"],
    "compare --epochs 1 --out c.xlsx --plot c.png": ["c.xlsx", "c.png"],
    f"{TRAIN} --save w.npz --out t.xlsx --plots p": ["w.npz", "t.xlsx", *DRAWN],
    f"{TRAIN} --save w.safetensors": ["w.safetensors"],
    f"{TRAIN} --find-lr --plots p": ["p/movielens_finder.png"],
}


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """What the commands read, in a folder of its own, which is the one we are in."""
    monkeypatch.chdir(tmp_path)
    Path("points.csv").write_text("x,y\n1,5\n2,8\n4,14\n")
    Path("ratings.csv").write_text("".join(f"{n % 7},{n % 11},{n % 5 + 1}\n" for n in range(77)))
    book = Workbook("plan")
    sheet = book.add_sheet("s")
    sheet["A1"], sheet["B1"] = 1, "=(A1-3)^2"
    for key, text in {"adj": "$A$1", "opt": "$B$1", "typ": "2"}.items():
        sheet.name(f"solver_{key}", text, hidden=True)
    book.save("plan.xlsx")
    return tmp_path


@pytest.fixture(params=COMMANDS)
def command(request: pytest.FixtureRequest) -> str:
    text: str = request.param
    for word, library in {"compare": "matplotlib", "--plots": "matplotlib"}.items():
        if word in text.split():
            pytest.importorskip(library)
    if ".safetensors" in text:
        pytest.importorskip("safetensors")
    return text


def resaved(path: Path) -> None:
    """As a person who opens the file in another program, changes something and saves it."""
    if path.suffix == ".xlsx":
        book = openpyxl.load_workbook(path)
        book.worksheets[0]["Z99"] = "a note of mine"
        book.save(path)
    elif path.suffix == ".npz":
        np.savez(path, **dict(np.load(path)))
    elif path.suffix == ".csv":
        path.write_bytes(path.read_bytes() + b"a note of mine\r\n")
    else:
        whole = bytearray(path.read_bytes())
        whole[len(whole) // 2] ^= 1
        path.write_bytes(whole)


def content(folder: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def refusal(paths: list[str]) -> str:
    them = "it" if len(paths) == 1 else "them"
    return f"sheetsim: {', '.join(paths)} would be replaced and may hold work of yours: --force replaces {them}\n"


def test_its_own_files_are_replaced_unasked(command: str, run: Run) -> None:
    """What is written carries the mark, but a .csv, which is compared."""
    for _ in range(2):
        assert run(*command.split())[::2] == (0, "")
        assert all(is_own(Path(path)) for path in COMMANDS[command] if Path(path).suffix in KINDS)


def test_what_a_person_changed_is_not(command: str, run: Run, folder: Path) -> None:
    """Neither that file nor any other is written; and none of the work is begun."""
    paths = COMMANDS[command]
    run(*command.split())
    for changed in (paths[0], paths[-1]):
        resaved(Path(changed))
        for path in paths:  # nor do the others come back
            if path != changed:
                Path(path).unlink()
        before = content(folder)
        found = run(*command.split())
        assert (found.status, found.out, found.err) == (2, "", refusal([changed]))
        assert content(folder) == before
        forced = run(*command.split(), "--force")
        assert (forced.status, forced.err) == (0, "")
        assert all(Path(path).exists() for path in paths)
        assert b"a note of mine" not in Path(changed).read_bytes()  # the .csv
        assert is_own(Path(changed)) == (Path(changed).suffix in KINDS)


def test_all_that_would_be_lost_is_named(run: Run, folder: Path) -> None:
    run("build", "entropy_example", "graddesc")
    for name in ("entropy_example", "graddesc"):
        Path(f"out/{name}.xlsx").write_text("mine")
    before = content(folder)
    found = run("build")
    assert (found.status, found.err) == (2, refusal(["out/graddesc.xlsx", "out/entropy_example.xlsx"]))
    assert content(folder) == before


LONG = {
    "run graddesc adam --out a.xlsx": "sheetsim.macros.running.run",
    "solve plan.xlsx s --out a.xlsx": "sheetsim.solver.solving.solve",
    "solve plan.xlsx s --out tables.csv": "sheetsim.solver.solving.solve",
    "compare --out a.xlsx": "sheetsim.study.comparison.comparing.start",
    "build graddesc --epochs 2 --out .": "sheetsim.study.comparison.comparing.start",
    "check plan.xlsx --out a.xlsx": "sheetsim.api.check",
    "recalc plan.xlsx --out a.xlsx": "sheetsim.cli.what_if.recalculate",
    f"{TRAIN} --out a.xlsx": "sheetsim.training.loop.train",
    f"{TRAIN} --checkpoint c.npz --plots p": "sheetsim.training.data.movielens.load",
    f"{TRAIN} --find-lr --plots p": "sheetsim.training.finder.find_rate",
}


@pytest.mark.parametrize("command", LONG)
def test_the_refusal_comes_before_long_work(command: str, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    if "--plots" in command:
        pytest.importorskip("matplotlib")
    names = ("a.xlsx", "c.npz", "graddesc_2_epochs.xlsx", "tables/plan.s.csv", DRAWN[0], "p/movielens_finder.png")
    for name in names:
        Path(name).parent.mkdir(exist_ok=True)
        Path(name).write_text("mine")

    def begun(*_: object, **__: object) -> None:
        raise AssertionError("the work was begun")

    monkeypatch.setattr(LONG[command], begun)
    found = run(*command.split())
    assert (found.status, found.out) == (2, "")
    assert "--force" in found.err
    assert found.err.count("\n") == 1
    assert all(Path(name).read_text() == "mine" for name in names)
    assert "the work was begun" in run(*command.split(), "--force").err


def test_what_is_changed_while_a_command_works_is_kept(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    assert run("check", "plan.xlsx", "--out", "report.xlsx").status == 0

    def meanwhile(*arguments: Any, **settings: Any) -> Any:
        resaved(Path("report.xlsx"))
        return check(*arguments, **settings)

    monkeypatch.setattr("sheetsim.api.check", meanwhile)
    found = run("check", "plan.xlsx", "--out", "report.xlsx")
    line = "report.xlsx was changed meanwhile and is left as it is; the result is in"
    assert (found.status, line in found.err, found.err.count("\n")) == (2, True, 1)
    assert not is_own(Path("report.xlsx"))
    assert is_own(Path("report_2.xlsx"))


def test_what_was_asked_about_is_forgotten_with_the_command(run: Run) -> None:
    """A program that saves into the same file afterwards replaces it, as ever."""
    assert run("check", "plan.xlsx", "--out", "report.xlsx").status == 0
    resaved(Path("report.xlsx"))
    Workbook("other").add_sheet("s").book.save("report.xlsx")
    assert openpyxl.load_workbook("report.xlsx").sheetnames == ["s"]


def test_numbers_of_before_the_search_are_not_replaced(run: Run) -> None:
    """They are what the .csv would hold, were it not for the search."""
    Path("tables").mkdir()
    Path("tables/plan.s.csv").write_text("1,4\n")
    found = run("solve", "plan.xlsx", "s", "--out", "tables.csv")
    assert (found.status, found.out, found.err) == (2, "", refusal(["tables/plan.s.csv"]))
    assert Path("tables/plan.s.csv").read_text() == "1,4\n"


@pytest.mark.parametrize("command", ["run graddesc adam --out {}.xlsx", "solve plan.xlsx s --out {}.xlsx"])
def test_a_folder_in_the_place_is_seen_before_the_work(command: str, run: Run) -> None:
    Path("there.xlsx").mkdir()
    found = run(*command.format("there").split())
    assert (found.status, found.out, found.err) == (2, "", "sheetsim: cannot write there.xlsx: it is a folder\n")


# --- in place, and checkpoints ----------------------------------------------------------------------------------------
def test_recalculated_in_its_own_place(run: Run) -> None:
    """Unasked only what is sheetsim's; a person's file stays a person's, the next time too."""
    assert run("recalc", "plan.xlsx", "--out", "plan.xlsx").status == 0
    resaved(Path("plan.xlsx"))
    for _ in range(2):
        found = run("recalc", "plan.xlsx", "--out", "plan.xlsx")
        assert (found.status, found.err) == (2, refusal(["plan.xlsx"]))
        assert run("recalc", "plan.xlsx", "--out", "plan.xlsx", "--force").status == 0
        assert openpyxl.load_workbook("plan.xlsx", data_only=True)["s"]["B1"].value == 4
        assert openpyxl.load_workbook("plan.xlsx")["s"]["Z99"].value == "a note of mine"


@pytest.mark.parametrize("command", ["build plan.xlsx --out .", "solve plan.xlsx s --out plan.xlsx"])
def test_what_is_made_beside_a_file_never_takes_its_place(command: str, run: Run, folder: Path) -> None:
    before = content(folder)
    found = run(*command.split(), "--force")
    assert found.status == 2
    assert "would take the place of the file that was read" in found.err
    assert content(folder) == before


def test_a_checkpoint(run: Run) -> None:
    """Going on replaces it; to begin anew over one is asked for, whoever wrote it."""
    keep = (*TRAIN.split(), "--checkpoint", "c.npz")
    assert run(*keep).status == 0
    found = run(*keep)
    assert (found.status, found.out) == (2, "")
    assert "go on from it with --resume, replace it with --force, or name another file" in found.err
    assert run(*keep, "--force").status == 0
    assert run(*keep, "--resume").status == 0
    resaved(Path("c.npz"))
    assert run(*keep, "--resume").status == 0


# --- help -------------------------------------------------------------------------------------------------------------
def commands(group: typer.core.TyperGroup, name: str = "") -> dict[str, typer.core.TyperCommand]:
    """Every command by its full name, those of groups too."""
    found = {}
    for own, one in group.commands.items():
        found |= commands(one, f"{own} ") if hasattr(one, "commands") else {name + own: one}
    return found


def test_every_command_that_writes_has_the_option() -> None:
    """With the same words; a command that writes has --out."""
    helps: dict[str, dict[str, str | None]] = {
        name: {option: getattr(parameter, "help", None) for parameter in one.params for option in parameter.opts}
        for name, one in commands(typer.main.get_command(cli.app)).items()
    }
    writing = sorted(name for name, options in helps.items() if "--out" in options)
    assert writing == ["build", "check", "compare", "page", "recalc", "run", "solve", "train mnist", "train movielens"]
    assert {helps[name].get("--force") for name in writing} == {FORCE}
    assert [name for name, options in helps.items() if "--force" in options and name not in writing] == []
