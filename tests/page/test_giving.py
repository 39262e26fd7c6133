"""A page to give away: what it holds, and that it needs nothing else."""

from __future__ import annotations

import base64
import gzip
import json
import re
from pathlib import Path
from typing import Any

import pytest
from browser import Page, opened, tools

import sheetsim
from sheetsim import front
from sheetsim.cli.app import app
from sheetsim.errors import InputError
from sheetsim.page.giving import give, page_of

EPOCH_5 = 24.960097789510424  # the lecture: "5 steps, we're at 25"


@pytest.fixture(scope="module")
def graddesc() -> str:
    return page_of(sheetsim.open("graddesc"), epochs=5)


def held(page: str) -> dict[str, Any]:
    """The answers in a page."""
    found = re.search(r'id="answers">([^<]+)<', page)
    assert found
    answers: dict[str, Any] = json.loads(gzip.decompress(base64.b64decode(found[1])))
    return answers


def test_every_value_formula_and_explanation(graddesc: str) -> None:
    answers, book = held(graddesc), sheetsim.open("graddesc")
    for sheet in book.sheets:
        found = {tuple(cell["at"]): cell for cell in answers["sheets"][sheet.title]["cells"]}
        for cell in sheet.cells():
            assert found[cell].get("formula") == sheet.formula_text(*cell)
            if sheet.title == "Sheet1":  # the others stand after their epochs, or are drawn at random
                assert found[cell].get("number", found[cell]["text"]) == sheet.value(*cell)
            assert answers["explanations"][sheet.where(*cell)]["formula"] == sheet.formula_text(*cell)


def test_the_epochs(graddesc: str) -> None:
    adam = held(graddesc)["sheets"]["adam"]
    assert len(adam["steps"]) == 6
    assert next(cell for cell in adam["cells"] if cell["at"] == [0, 2])["number"] == EPOCH_5
    assert [0, 2, "24.9601", EPOCH_5] in adam["steps"][5]["changed"]
    assert adam["epochs"]["rows"][5][1] == EPOCH_5


def test_the_workbook_is_afterwards_as_it_was() -> None:
    book = sheetsim.open("graddesc")
    before = book["adam"]["A1:M33"]
    page_of(book, epochs=1)
    assert book["adam"]["A1:M33"] == before


def test_nothing_is_fetched_from_anywhere(graddesc: str) -> None:
    assert "default-src 'none'" in graddesc
    script = graddesc.partition('<script type="module">')[2]
    assert not re.search(r"\b(src|href)=|\bimport\b|\bfetch\(|https?://(?!www\.w3\.org/2000/svg)", script)


@pytest.mark.parametrize(
    ("epochs", "path", "said"),
    [(501, "x.html", "501 epochs"), (1, "x.pdf", "an .html file"), (-1, "x.html", "-1 epochs")],
)
def test_what_cannot_be_given(tmp_path: Path, epochs: int, path: str, said: str) -> None:
    with pytest.raises(InputError, match=said):
        give(sheetsim.open("entropy_example"), tmp_path / path, epochs)
    assert list(tmp_path.iterdir()) == []


def test_the_command_replaces_its_own_file_and_no_other(tmp_path: Path) -> None:
    from typer.testing import CliRunner

    path = tmp_path / "page.html"
    command = ["page", "entropy_example", "--out", str(path)]
    assert CliRunner().invoke(app, command).exit_code == 0
    assert CliRunner().invoke(app, command).exit_code == 0
    path.write_text(path.read_text() + "mine")
    refused = CliRunner().invoke(app, command)
    assert "may hold work of yours" in str(refused.exception)
    assert path.read_text().endswith("mine")


@pytest.mark.parametrize("first", ["live.js", "still.js", "app.js"])
def test_the_modules_can_be_put_behind_one_another(first: str) -> None:
    top = r"^(?:async )?(?:function|class|const|let) (\w+)"
    names = re.findall(top, front.bundled(first), re.MULTILINE)
    assert len(names) > 10
    assert len(names) == len(set(names))
    assert not re.search(r"^(import|export)\b", front.bundled(first), re.MULTILINE)


def test_modules_are_as_long_as_others() -> None:
    for name, path in front.files().items():
        assert len(path.read_text(encoding="utf-8").splitlines()) <= 350, name


def test_opened_in_a_browser_from_a_folder(tmp_path: Path, graddesc: str) -> None:
    tools()
    (tmp_path / "graddesc.html").write_text(graddesc, encoding="utf-8")
    with opened(tmp_path) as browser:
        page = Page(browser, (tmp_path / "graddesc.html").as_uri() + "#adam!C1")
        assert page.held("C1") == EPOCH_5
        browser.execute_script(
            "const s = document.querySelector('.slider'); s.value = 0; s.dispatchEvent(new Event('input'))"
        )
        page.until("sheetsim.controls.epochs.done === 0")
        assert page.held("C1") == 1
        page.go("H6")
        page.until("document.querySelectorAll('.parts .go').length === 4")
        page.press("5")
        assert "nothing can be changed" in page.status()
        assert page.complaints == []
