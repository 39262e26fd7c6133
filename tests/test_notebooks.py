"""The example notebooks run, and show what they came to; every cell that has an output shows the one it has now."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

pytest.importorskip("nbclient", reason="nbclient is not installed: pip install 'sheetsim[test]'")
pytest.importorskip("ipykernel", reason="ipykernel is not installed: pip install 'sheetsim[notebook]'")
pytest.importorskip("torch", reason="PyTorch is not installed: pip install 'sheetsim[torch]'")

import nbformat
from notebooks import ROOT, code_cells, printed, run
from pages import alike

NOTEBOOKS = sorted((ROOT / "examples").glob("*.ipynb"))


def test_there_are_three() -> None:
    assert len(NOTEBOOKS) == 3


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
@pytest.mark.filterwarnings("ignore")  # of the kernel's own libraries
def test_a_notebook_runs_and_shows_what_it_shows(path: Path) -> None:
    stored, now = nbformat.read(path, as_version=4), run(path)
    for before, after in zip(code_cells(stored), code_cells(now), strict=True):
        shown, found = ("\n".join(printed(cell)) for cell in (before, after))
        assert alike(found, shown, near=True), f"{before.source}\nprinted:\n{found}\nstored:\n{shown}"


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_links_of_a_notebook_lead_somewhere(path: Path) -> None:
    notebook = nbformat.read(path, as_version=4)
    found = [target for cell in notebook.cells for target in re.findall(r"\]\((\.\./[^)#]+)", cell.source)]
    assert [target for target in found if not (path.parent / target).exists()] == []
