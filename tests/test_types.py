"""A program that uses the library is checked by ``mypy --strict`` as it stands, and what it does wrong is found."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from places import ROOT

pytest.importorskip("mypy", reason="mypy is not installed: pip install 'sheetsim[test]'")

PROGRAM = '''
"""Somebody's program."""

from collections.abc import Iterator
from math import nan

import numpy as np
import sheetsim
import torch
from sheetsim import Cell, Range, Report, Sheet, Workbook
from sheetsim.optimizers import Adam, AdamState, adam


def formulas(sheet: Sheet) -> Iterator[str]:
    for cell in sheet:
        if cell.formula is not None:
            yield f"{cell.address}: {cell.formula} = {cell.value}"


def own() -> Workbook:
    book = Workbook("own")
    sheet = book.add_sheet("s")
    sheet["A1"], sheet["A2:B3"] = 1, [[1, 2], [3, 4]]
    sheet.fill("C1:C3", "=A1*2")
    sheet.name("rate", "$A$1")
    book["s!A1"] = 2.5
    book.recalculate()
    return book


def first(sheet: Sheet) -> Cell:
    return next(iter(sheet))


def numbers(book: Workbook) -> tuple[np.ndarray, torch.Tensor, list[list[str | None]]]:
    some: Range = book["s!A1:C3"]
    return some.numpy(missing=nan), some.tensor(), some.formulas()


def titles(book: Workbook) -> list[str]:
    return [sheet.title for sheet in book] if "s" in book and len(book) > 1 else [book.sheet("s").title]


def asked(book: Workbook) -> float:
    total: float = book["adam!H5"] + book["adam"]["lr"]
    text: str | None = book.formula("adam!H5")
    found = book.explain("adam!H5", depth=2)
    slopes: list[list[float | None]] = book.gradient("basic!F4", by="C4:D4").values
    history = book.run("adam", epochs=2, set={"lr": 0.5}, reset=True)
    return total + len(text or "") + len(found.parts) + len(slopes) + len(history.table)


def solved() -> float:
    solution = sheetsim.open("collab_filter").solve("dotprod", seed=1, starts=2, iterations=5)
    return solution.seconds + float(solution.best.after)


def trained(book: Workbook, weights: torch.Tensor) -> torch.Tensor:
    optimizer = Adam([weights], lr=0.1)
    tensors = book.torch("s", inputs={"A2:B3": weights}, dtype=torch.float64, device="cpu")
    torch.autograd.backward(tensors["C1"])
    optimizer.step()
    update, state = adam(1.0, AdamState(0.0, 1.0), lr=0.1)
    return tensors["C1:C3"] + float(update) + float(state.step)


def checked() -> bool:
    report: Report = sheetsim.check("file.xlsx", tolerance=1e-12)
    return report.ok and not report.differences


built = sheetsim.build("graddesc", epochs=20, self_check=True)
built.save("graddesc.xlsx")
sheetsim.recalc("graddesc.xlsx", set={"adam!lr": 0.5}, out="other.xlsx")
print(sheetsim.names(), sheetsim.compare(epochs=2, set={"adam.lr": 0.5}), sheetsim.run("graddesc", "adam"))
'''

#: A line of a program, and what is wrong with it.
WRONG = {
    "book.recaculate()": "attr-defined",
    "book.press('adam', 3)": "arg-type",
    "book.solve('dotprod', start=1)": "call-arg",
    "n: int = book.formula('adam!H5')": "assignment",
    "book.sheet('adam').fil('A1', '=1')": "attr-defined",
    "sheetsim.bild('graddesc')": "attr-defined",
    "sheetsim.build('graddesc', epochs='twenty')": "arg-type",
}


def mypy(*paths: Path) -> str:
    """What ``mypy --strict`` says of files outside the project."""
    options = ["--strict", "--follow-imports=silent", "--no-warn-unused-configs", f"--cache-dir={ROOT / '.mypy_cache'}"]
    done = subprocess.run(
        [sys.executable, "-m", "mypy", *options, "--config-file=", *(path.name for path in paths)],
        cwd=paths[0].parent,
        env={**os.environ, "MYPYPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout + done.stderr


def test_a_program_of_a_user(tmp_path: Path) -> None:
    """And one with mistakes in it: each line's own, and no other."""
    pytest.importorskip("torch", reason="PyTorch is not installed: pip install 'sheetsim[torch]'")
    program, wrong = tmp_path / "program.py", tmp_path / "wrong.py"
    program.write_text(PROGRAM, encoding="utf-8")
    wrong.write_text("\n".join(["import sheetsim", "book = sheetsim.build('graddesc')", *WRONG, ""]), encoding="utf-8")
    said = mypy(program, wrong)
    errors = [line for line in said.splitlines() if ": error:" in line]
    assert errors, said
    assert [line for line in errors if not line.startswith("wrong.py")] == []
    assert [line.rsplit("[", 1)[1].rstrip("]") for line in errors] == list(WRONG.values()), said
