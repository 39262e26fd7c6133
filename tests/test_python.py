"""What the command line can, Python can, by the same words: the same files, the same numbers."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from places import ROOT

import sheetsim
from sheetsim import InputError, NotFound, Workbook

Run = Callable[..., Any]


@pytest.mark.parametrize(
    ("words", "options"),
    [
        ([], {}),
        (["--epochs", 2], {"epochs": 2}),
        (["--epochs", 2, "--updated"], {"epochs": 2, "updated": True}),
        (["--points", "POINTS"], {"points": "POINTS"}),
        (["--points", "POINTS", "--epochs", 1, "--self-check"], {"points": "POINTS", "epochs": 1, "self_check": True}),
    ],
)
def test_build(run: Run, points: Path, tmp_path: Path, words: list[Any], options: dict[str, Any]) -> None:
    written = [str(points) if word == "POINTS" else word for word in words]
    assert run("build", "graddesc", "--out", tmp_path, *written).status == 0
    (path,) = tmp_path.glob("*.xlsx")
    book = sheetsim.build("graddesc", **{key: points if given == "POINTS" else given for key, given in options.items()})
    report = sheetsim.check(sheetsim.open(path), book)
    assert report.computed > 100
    assert report.differences == []
    assert book.name == path.stem or "epochs" not in options


def test_build_from_ratings(run: Run, ratings: Path, tmp_path: Path) -> None:
    options = {"users": 5, "movies": 6, "factors": 3, "seed": 2}
    words = [word for name, number in options.items() for word in (f"--{name}", number)]
    assert run("build", "collab_filter", "--ratings", ratings, *words, "--out", tmp_path).status == 0
    book = sheetsim.build("collab_filter", ratings=str(ratings), **options)
    assert sheetsim.check(sheetsim.open(tmp_path / "collab_filter.xlsx"), book).differences == []


@pytest.mark.parametrize(
    ("options", "kind", "message"),
    [
        ({"epochs": 0}, InputError, "0 epochs: one or more"),
        ({"updated": True}, InputError, "give epochs, too"),
        ({"points": "nowhere.csv"}, (InputError, OSError), "nowhere.csv"),
        ({"pionts": [(1, 2)]}, TypeError, "pionts"),
    ],
)
def test_what_cannot_be_built_is_refused(options: dict[str, Any], kind: Any, message: str) -> None:
    with pytest.raises(kind, match=message):
        sheetsim.build("graddesc", **options)


def test_epochs_of_a_workbook_without_any_are_refused() -> None:
    with pytest.raises(InputError, match="entropy_example has no sheet with Reset and Run"):
        sheetsim.build("entropy_example", epochs=2)


def test_run(run: Run) -> None:
    """The numbers that the command prints, to their last digit."""
    printed = run("run", "graddesc", "adam", "--epochs", 2, "--set", "lr=0.5").out.splitlines()
    history = sheetsim.run("graddesc", "adam", epochs=2, set={"lr": 0.5})
    lines = [line for line in printed if line.strip()]
    for line, row in zip(lines[-3:], history.table, strict=True):
        assert [float(word) for word in line.split()] == row
    pd.testing.assert_frame_equal(history.frame(), pd.DataFrame(history.table, columns=history.headings))


def test_recalc(run: Run, tmp_path: Path) -> None:
    source, by_command, by_python = (tmp_path / f"{name}.xlsx" for name in ("source", "command", "python"))
    sheetsim.build("entropy_example").save(source)
    assert run("recalc", source, "--set", "entropy!C2=0.25", "--out", by_command).status == 0
    book = sheetsim.recalc(source, set={"entropy!C2": 0.25}, out=by_python)
    assert book["entropy!C2"] == 0.25
    one, other = sheetsim.open(by_command), sheetsim.open(by_python)
    assert one["entropy!A1:D6"] == other["entropy!A1:D6"]
    assert sheetsim.check(one, other).ok


def test_solve_and_explain_and_gradient_of_a_workbook_are_those_of_its_name() -> None:
    book = Workbook("demo")
    sheet = book.add_sheet("s")
    sheet["A1"], sheet["A2"] = 1, "=(A1-3)^2+2"
    assert book.gradient("s!A2", by="A1", engine="differences").values[0][0] == pytest.approx(-4.0, abs=1e-6)
    assert book.explain("s!A2").formula == sheetsim.explain(book, "s!A2").formula == "=(A1-3)^2+2"
    solution = book.solve("s", cells="A1", minimise="A2", gradients="differences")
    assert (round(book["s!A1"], 6), round(solution.after, 6)) == (3.0, 2.0)


def test_the_stored_model_is_solved() -> None:
    book = sheetsim.open("collab_filter")
    before = book["dotprod!V41"]
    assert book.solve("dotprod", iterations=3).after <= before
    with pytest.raises(NotFound):
        book.solve("dotproduct")


def test_cells_of_torch_go_by_names() -> None:
    torch = pytest.importorskip("torch", reason="PyTorch is not installed: pip install 'sheetsim[torch]'")
    rate = torch.tensor([[0.25]], dtype=torch.float64, requires_grad=True)
    tensors = sheetsim.open("graddesc").torch("adam", inputs={"lr": rate})
    tensors["C5"].backward()
    book = sheetsim.open("graddesc")
    book["adam!lr"] = 0.25
    assert tensors["adam!C5"].item() == pytest.approx(book["adam!C5"], rel=1e-12)
    step = book["adam!J4"] / book["adam!L4"] ** 0.5  # C5 = C4 - J4·lr/√L4
    assert rate.grad.item() == pytest.approx(-step, rel=1e-12)


# --- one place for the optimizers -------------------------------------------------------------------------------------
def test_the_optimizers_come_from_one_place() -> None:
    pytest.importorskip("torch", reason="PyTorch is not installed: pip install 'sheetsim[torch]'")
    from sheetsim import optimizers
    from sheetsim.optimizers import steps, torch_classes

    for name in optimizers.__all__:
        home = torch_classes if name in optimizers.CLASSES else steps
        assert getattr(optimizers, name) is getattr(home, name)
    assert {*optimizers.__all__} <= {*dir(optimizers)}
    assert sheetsim.optimizers is optimizers
    with pytest.raises(AttributeError, match="has no attribute 'Adma'"):
        _ = optimizers.Adma  # type: ignore[attr-defined]


def test_the_pure_steps_leave_torch_out() -> None:
    code = "import sys; from sheetsim.optimizers import adam, sgd; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0
