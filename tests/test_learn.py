"""The walk through the lesson: its pages in their order, each with what a page of it is to have."""

from __future__ import annotations

import re
from pathlib import Path
from struct import unpack

import pytest
from pages import EXTRAS, ROOT, blocks, transcript

LEARN = ROOT / "docs" / "learn"
PAGES = sorted(LEARN.glob("[0-9]*.md"))
THEMES = [
    *("layers", "fine-tuning", "embeddings", "fitting-embeddings", "movies", "overfitting", "weight-decay", "mnist"),
    *("gradient-descent", "batches", "running-averages", "optimizers", "one-cycle", "cross-entropy", "several-labels"),
]
LARGEST = 60_000  # bytes of a picture
PICTURE = re.compile(r"^!\[(?P<words>[^]]+)\]\((?P<file>[^)]+\.png)\)\n\n\*Made by (?P<how>.+?)\*$", re.M | re.S)
ANSWER = re.compile(r"^<details><summary>Answer</summary>\n\n(.+?)^</details>$", re.M | re.S)


def text(page: Path) -> str:
    return page.read_text(encoding="utf-8")


def named(page: Path) -> str:
    return page.stem


def test_the_pages_are_the_themes_of_the_lesson_in_its_order() -> None:
    assert [page.stem for page in PAGES] == [f"{number:02}-{theme}" for number, theme in enumerate(THEMES, 1)]


@pytest.mark.parametrize("index", [LEARN / "README.md", ROOT / "docs" / "README.md"], ids=["learn", "docs"])
def test_both_lists_have_them_all_in_order_by_their_titles(index: Path) -> None:
    found = re.findall(r"^\d+\. \[(.+?)\]\((?:learn/)?(.+?)\.md\)", text(index), re.MULTILINE)
    wanted = [(text(page).partition("\n")[0].partition(" ")[2].partition(" ")[2], page.stem) for page in PAGES]
    assert found == wanted


@pytest.mark.parametrize("page", PAGES, ids=named)
class TestAPage:
    def test_begins_with_its_number(self, page: Path) -> None:
        assert text(page).startswith(f"# {int(page.stem[:2])} ")

    def test_shows_it_by_a_command_that_needs_nothing_fetched(self, page: Path) -> None:
        needs = [
            block.needs for block in blocks(page) if block.language in ("console", "text") and block.text[:2] == "$ "
        ]
        if page.stem not in ("05-movies",):  # of which the small sheets are on the two pages before
            assert any({*need} <= {*EXTRAS} for need in needs)  # extras are installed, data sets are fetched

    def test_has_a_picture_that_is_small_and_says_what_made_it(self, page: Path) -> None:
        found = [*PICTURE.finditer(text(page))]
        assert found
        assert len(found) == text(page).count("![")
        for picture in found:
            file = (page.parent / picture["file"]).resolve()
            content = file.read_bytes()
            assert content[:8] == b"\x89PNG\r\n\x1a\n"
            assert min(unpack(">II", content[16:24])) > 100
            if file.parent == LEARN:
                assert len(content) <= LARGEST
            assert "`" in picture["how"] or "the command above" in picture["how"]

    def test_has_two_or_three_things_to_try_with_their_answers_folded(self, page: Path) -> None:
        tries = text(page).partition("\n## Try\n")[2].partition("\n## In the code\n")[0]
        asked, answers = re.findall(r"^\*\*[A-C]\. ", tries, re.MULTILINE), ANSWER.findall(tries)
        assert len(answers) in (2, 3)
        assert asked == [f"**{letter}. " for letter in "ABC"[: len(answers)]]
        assert text(page).count("<details>") == len(answers)

    def test_says_where_it_stands_in_the_code(self, page: Path) -> None:
        place = text(page).partition("\n## In the code\n")[2]
        assert len(re.findall(r"`(?:sheetsim|workbooks)/[\w/]+\.py`", place)) >= 2

    def test_leads_to_the_next(self, page: Path) -> None:
        last = text(page).rstrip().splitlines()[-1]
        after = PAGES[PAGES.index(page) + 1 :]
        assert ("Next: [" in last and f"({after[0].name})" in last) if after else "(README.md)" in last


def test_every_picture_is_shown() -> None:
    shown = {picture["file"] for page in PAGES for picture in PICTURE.finditer(text(page))}
    assert sorted(file.name for file in LEARN.glob("*.png") if file.name not in shown) == []


WORKBOOKS = [
    "collab_filter",
    "collab_sgd",
    "collab_sigmoid",
    "entropy_example",
    "graddesc",
    "ideas",
    "losses",
    "tiny_nn",
]


@pytest.mark.parametrize("name", [*WORKBOOKS, "weight_decay"])
def test_every_workbook_is_met(name: str) -> None:
    told = [
        step.command for page in PAGES for block in blocks(page) if "$ " in block.text for step in transcript(block)
    ]
    told += [block.text for page in PAGES for block in blocks(page) if block.language == "python"]
    assert any(re.search(rf"\b{name}\b", each) for each in told)
