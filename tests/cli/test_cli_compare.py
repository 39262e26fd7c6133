"""``sheetsim compare`` as a user meets it, and the comparison that ``build --epochs`` writes."""

from __future__ import annotations

import operator
from pathlib import Path

import epochs_by_hand
import openpyxl
import pytest
from conftest import Run
from epochs_by_hand import OPTIMIZERS, by_loops

from sheetsim.api import compare
from sheetsim.support import extras
from workbooks.shared.data import numbers

TITLES = ("rms error", "b, to reach 30.0000", "a, to reach 2.0000")


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Each test works in a folder of its own."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def tables(text: str) -> dict[str, dict[int, list[str]]]:
    """The lines of each table, by its title and their epoch."""
    found: dict[str, dict[int, list[str]]] = {}
    title = previous = ""
    for line in text.splitlines():
        words = line.split()
        if words[:1] == ["epoch"]:
            assert words[1:] == OPTIMIZERS
            title = previous
            found[title] = {}
        elif len(words) == 6 and words[0].isdigit():
            found[title][int(words[0])] = words[1:]
        previous = line.strip() or previous
    return found


@pytest.mark.parametrize("updated", [False, True])
def test_it_prints_what_is_compared(run: Run, updated: bool) -> None:
    done = run("compare", "--epochs", 3, "--set", "lr=0.01", "--set", "adam.lr=0.5", *["--updated"][: int(updated)])
    assert (done.status, done.err) == (0, "")
    frame = compare(epochs=3, settings={"lr": 0.01, "adam.lr": 0.5}, updated=updated)
    printed = tables(done.out)
    assert tuple(printed) == TITLES
    for title, what in zip(TITLES, ("error", "b", "a"), strict=True):
        assert list(printed[title]) == [0, 1, 2, 3]
        for epoch, line in printed[title].items():
            for optimizer, shown in zip(OPTIMIZERS, line, strict=True):
                number = frame[(frame.optimizer == optimizer) & (frame.epoch == epoch)][what].item()
                assert (
                    shown == "-"
                    if number != number
                    else float(shown.replace(",", "")) == pytest.approx(number, rel=5e-5, abs=5e-5)
                )
    assert "All 5 optimizers start from b = 1, a = 1 on the same 29 points." in done.out
    assert "learning rates: basic 0.01, momentum 0.01, rmsprop 0.01, adam 0.5, adam_ann 0.01" in done.out
    assert "are printed" not in done.out


def test_the_lectures_five_epochs_are_among_many(run: Run) -> None:
    done = run("compare")
    printed = tables(done.out)["b, to reach 30.0000"]
    assert list(printed) == [0, 1, 2, 3, 4, 5, 10, 20]
    assert printed[5][3] == "24.9601"
    assert "8 of the epochs 0 to 20 are printed; --out writes them all" in done.out
    *_, last = epochs_by_hand.epochs("adam_ann", numbers("points.csv"), 21, False, by_loops(operator.mul))
    least = epochs_by_hand.error(numbers("points.csv"), *last.states[0].weights)
    assert f"smallest error after 20 epochs: adam_ann, {least:.4f}" in done.out
    assert "rms error: of b and a, on all points\n(the optimizers' own sheets and sheetsim run show that of" in done.out
    assert done.out.rstrip().endswith(f"plot written to {Path('out') / 'compare.png'}")


def test_the_files(run: Run, folder: Path) -> None:
    pytest.importorskip("matplotlib")
    from matplotlib.image import imread

    done = run("compare", "--epochs", 2, "--out", "files/all.xlsx", "--plot", "files/all.png")
    assert (done.status, done.err) == (0, "")
    assert sorted(path.name for path in folder.rglob("*") if path.is_file()) == ["all.png", "all.xlsx"]
    assert imread("files/all.png").shape[:2] == (690, 2100)
    file = openpyxl.load_workbook("files/all.xlsx", data_only=True)
    frame = compare(epochs=2)
    end = frame[frame.epoch == 2].set_index("optimizer")
    assert [file["compare"][f"D{row}"].value for row in range(7, 12)] == [end.b[title] for title in OPTIMIZERS]
    assert file["compare"]["A5"].value == "after 2 epochs"
    assert run("check", "files/all.xlsx").status == 0


def test_build_with_epochs_compares(run: Run) -> None:
    assert run("build", "graddesc", "--epochs", 3, "--updated").status == 0
    sheet = openpyxl.load_workbook("out/graddesc_3_epochs.xlsx", data_only=True)["compare"]
    assert [sheet[cell].value for cell in ("A5", "B3", "J11")] == ["after 3 epochs", 1, 1]
    assert sheet.print_area == "'compare'!$A$1:$R$38"
    charts = openpyxl.load_workbook("out/graddesc_3_epochs.xlsx")["compare"]._charts
    assert [chart.legend.position for chart in charts] == ["b"] * 3
    assert [(chart.x_axis.scaling.min, chart.x_axis.scaling.max) for chart in charts] == [(0, 3)] * 3


def test_what_diverges(run: Run) -> None:
    done = run("compare", "--epochs", 12, "--set", "basic.lr=0.01", "--set", "momentum.lr=1e300", "--plot", "d.png")
    assert (done.status, done.err) == (0, "")
    printed = tables(done.out)
    assert printed["rms error"][12][:2] == ["-", "-"]
    assert "e+" in printed["rms error"][1][0]
    assert "momentum diverged: no error is a number from epoch 1 on; try a smaller learning rate" in done.out
    assert "smallest error after 12 epochs: " in done.out
    assert not any(word in done.out for word in ("nan", "inf "))
    assert Path("d.png").stat().st_size > 10_000


def test_nothing_but_what_diverges(run: Run) -> None:
    done = run("compare", "--epochs", 2, "--set", "lr=1e300")
    assert (done.status, done.err) == (0, "")
    assert done.out.count("diverged") >= 3


def test_own_points(run: Run) -> None:
    Path("points.csv").write_text("x,y\n1,5\n2,8.2\n3,9\n4,13\n")
    done = run("compare", "--epochs", 1, "--points", "points.csv")
    assert "All 5 optimizers start from b = 1, a = 1 on the same 4 points." in done.out
    assert "a, to reach 2.4800" in done.out  # of the normal equations, by hand: 12.4 / 5


def test_points_without_a_line_through_them(run: Run) -> None:
    Path("points.csv").write_text("x,y\n1,5\n1,8\n1,9\n")
    done = run("compare", "--epochs", 1, "--points", "points.csv")
    assert (done.status, done.err) == (0, "")
    assert tuple(tables(done.out)) == ("rms error", "b", "a")


def test_without_matplotlib(run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(extras, "find_spec", lambda name: None)
    done = run("compare", "--epochs", 1)
    assert (done.status, done.err) == (0, "")
    assert done.out.splitlines()[-1].startswith("the plot needs matplotlib: ")
    assert list(folder.iterdir()) == []
    asked = run("compare", "--epochs", 1, "--plot", "a.png")
    assert (asked.status, asked.out) == (2, "")
    assert asked.err.startswith("sheetsim: --plot needs matplotlib: ")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--epochs", "0"], "Invalid value for '--epochs'"),
        (["--epochs", "ten"], "Invalid value for '--epochs'"),
        (["--epochs", "1000000"], "1,000,000 epochs: from 1 to 2,000 can be compared"),
        (["--set", "lr"], "--set 'lr': expected NAME=NUMBER, such as lr=0.1"),
        (["--set", "lr=much"], "expected NAME=NUMBER"),
        (["--set", "foo=1"], "foo: no optimizer's sheet has that name; there are const,"),
        (["--set", "adma.lr=1"], "adma.lr: there is no optimizer 'adma'"),
        (["--set", "adam.foo=1"], "adam has no name or cell 'foo'"),
        (["--set", "adam!C4=1"], "adam!C4 holds the formula =C1"),
        (["--points", "none.csv"], "none.csv: No such file"),
        (["--points", "bad.csv"], "bad.csv, line 3: y is 'zz', not a number"),
        (["--points", "points.xlsx", "--out", "points.xlsx"], "would take the place of the file that was read"),
        (["--out", "a.csv"], "a.csv: --out writes .xlsx files"),
        (["--plot", "a.gif"], "a.gif: --plot writes .png files"),
        (["--plot", "folder.png"], "folder.png: a folder; --plot needs a file"),
        (["nosuch"], "no workbook is called 'nosuch'"),
        (["entropy_example"], "entropy_example has no optimizers to compare"),
        (["weight_decay", "--updated"], "weight_decay: its Run carries the updated weights anyway"),
        (["graddesc", "weight_decay"], "unexpected extra argument"),
    ],
)
def test_what_cannot_be_compared(run: Run, folder: Path, arguments: list[str], message: str) -> None:
    Path("bad.csv").write_text("x,y\n1,5\n2,zz\n")
    Path("points.xlsx").write_text("x,y\n1,5\n2,7\n")
    Path("folder.png").mkdir()
    before = sorted(folder.rglob("*"))
    done = run("compare", *arguments)
    assert (done.status, done.out) == (2, "")
    assert message in done.err
    assert done.err.count("\n") == 1
    assert sorted(folder.rglob("*")) == before
