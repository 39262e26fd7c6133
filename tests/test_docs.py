"""The documentation says what happens: its examples run and print what is shown, and its links lead somewhere."""

from __future__ import annotations

import re
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pages
import pytest
import typer
from pages import PAGES, ROOT, Block, Story, alike, blocks, file_of, lacking, transcript

from sheetsim.cli import app

README = ROOT / "README.md"

#: Commands in the pages that no test of the pages runs, and what does.
ELSEWHERE = {
    "make run": ".ci/run",
    "make test": ".ci/run",
    "make fuzz SECONDS=600": "takes ten minutes; tests/attack/test_mutations.py tries a few inputs of each kind",
    "make fuzz SECONDS=600 SEED=8128": "as above",
    "make fuzz-formulas SECONDS=600": "takes ten minutes; tests/differential/ compares two hundred formulas",
    "make hostile": "takes minutes; tests/attack/test_hostile.py measures the worst of these files",
    "make clean": "removes the environment that the tests run in",
    "make benchmark": "takes minutes; .ci/run does it with QUICK=1",
    "make benchmark QUICK=1": ".ci/run",
    "make benchmark-files": "takes minutes; tests/test_benchmarks.py looks at what it would run",
    "python benchmarks/single_change.py": "takes minutes, and wants the other engines",
    "make benchmark-training": "takes minutes; .ci/run does it with QUICK=1",
    "make benchmark-training QUICK=1": ".ci/run",
    "make benchmark-page": "takes minutes",
    "sheetsim study graddesc": "does not end; tests/page/test_server.py starts it, and ends it",
    "pip install -c constraints.txt -e '.[study]'": "the extras are a part of [test]",
    "python3 -m venv .venv": "Makefile",
    ".venv/bin/pip install -c constraints.txt -e .": "Makefile",
    ".venv/bin/sheetsim build --out out": "Makefile",
    ".venv/bin/pip install -c constraints.txt -e '.[test]'": "Makefile",
    ".venv/bin/ruff check . && .venv/bin/ruff format --check . && .venv/bin/mypy && .venv/bin/pytest": "Makefile",
    ".venv/bin/pytest tests/functions -q": "a part of make test",
    ".venv/bin/python tests/pages.py docs/use/commands.md": "test_a_page_is_refreshed",
    "pip install -c constraints.txt -e '.[all]'": "the extras are a part of [test]",
    "pip install pre-commit && pre-commit install": "needs the network; tests/test_same_checks.py looks at the hooks",
}

#: The words of these lines, in this order, are looked for in the Makefile, where a variable stands for some of them.
IN_MAKEFILE = {
    "python3 -m venv .venv": "-m venv .venv",
    ".venv/bin/pip install -c constraints.txt -e .": "--editable .\n",
    ".venv/bin/sheetsim build --out out": "$(BIN)/sheetsim build --out out",
    ".venv/bin/pip install -c constraints.txt -e '.[test]'": "--editable '.[test]'",
    ".venv/bin/ruff check . && .venv/bin/ruff format --check . && .venv/bin/mypy && .venv/bin/pytest": (
        "$(BIN)/ruff check .\n\t$(BIN)/ruff format --check .\n\t$(BIN)/mypy\n\t$(BIN)/pytest"
    ),
}


def named(page: Path) -> str:
    return str(page.relative_to(ROOT))


ALL = [block for page in PAGES for block in blocks(page)]
LONG = [block for block in ALL if block.is_long]


# --- what is shown is what happens ------------------------------------------------------------------------------------
@pytest.mark.parametrize("page", [page for page in PAGES if blocks(page)], ids=named)
def test_a_page_tells_the_truth(page: Path, tmp_path: Path) -> None:
    story, left_out = Story(tmp_path), set[str]()
    for block in blocks(page):
        if missing := lacking(block):
            left_out.update(missing)
        elif not block.is_long:
            story.tell(block)
    assert not story.wrong, "\n\n".join(story.wrong)
    if left_out:
        pytest.skip(f"all but the examples that need {', '.join(sorted(left_out))} hold")


@pytest.mark.parametrize("block", LONG, ids=lambda block: block.where)
def test_a_long_transcript_tells_the_truth(block: Block, tmp_path: Path) -> None:
    if missing := lacking(block):
        pytest.skip(f"not here: {', '.join(missing)}")
    story = Story(tmp_path)
    story.tell(block)
    assert not story.wrong, "\n\n".join(story.wrong)


def test_long_transcripts_say_what_they_need() -> None:
    assert LONG
    assert [block.where for block in LONG if not block.needs] == []


# --- what finds it out ------------------------------------------------------------------------------------------------
WRONG = {
    "a number": "```console\n$ sheetsim run graddesc basic --epochs 1\ngraddesc!basic\n 1  1.5\n```\n",
    "an output left out": "```console\n$ sheetsim --version\n```\n",
    "a status": "```console\n$ sheetsim explain graddesc 'adam!H5' --epochs\n…\n```\n",
    "a shown status": "```console\n$ sheetsim explain graddesc 'no!H5'\n…\n$ echo $?\n0\n```\n",
    "an example": "```python\n>>> import sheetsim\n>>> len(sheetsim.names())\n500\n```\n",
    "an error": '```python\n>>> import sheetsim\n>>> sheetsim.open("nowhere")\n```\n',
    "a change": "```diff\n# sheetsim/errors.py\n-no such line\n+another\n```\n",
    "a test": "```python\n# test_no.py\ndef test_no(): assert 0\n```\n\n```console\n$ pytest -q test_no.py\n…\n```\n",
}


@pytest.mark.parametrize("text", WRONG.values(), ids=WRONG)
def test_a_wrong_page_is_found_out(text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "ROOT", tmp_path)
    page = tmp_path / "page.md"
    page.write_text(text)
    story = Story(tmp_path)
    for block in blocks(page):
        story.tell(block)
    assert len(story.wrong) == 1


@pytest.mark.parametrize(
    ("printed", "shown", "near", "same"),
    [
        ("took 1.23 s", "took 4.56 s", False, True),
        ("1.23", "1.24", False, False),
        ("loss 0.8133\nworse", "loss 0.8150\nworse", True, True),
        ("loss 0.8133", "loss 0.9133", True, False),
        ("loss 0.8133", "less 0.8133", True, False),
        ("a\nb\nc\nd", "a\n…\nd", False, True),
        ("a\nb\nc", "a\n…\nd", False, False),
        ("a\nb", "a", False, False),
    ],
)
def test_outputs_are_compared_line_by_line(printed: str, shown: str, near: bool, same: bool) -> None:
    assert alike(printed, shown, near) is same


def test_a_page_is_refreshed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "ROOT", tmp_path)
    page = tmp_path / "page.md"
    text = "```console\n$ sheetsim --version\n{}```\n\n```python\n>>> 1 + 1\n{}\n>>> 2\n2\n```\n\nEnd.\n"
    page.write_text(text.format("", 3))
    assert len(pages.refreshed(page)) == 2
    assert page.read_text() == text.format("sheetsim 0.1.0\n", 2)
    assert pages.refreshed(page) == []


# --- nothing is shown that nobody runs --------------------------------------------------------------------------------
def commands(block: Block) -> list[str]:
    """The commands of a block that is not run: its lines, without remarks."""
    lines = (re.sub(r"(^|\s+)#.*", "", line).removeprefix("$ ").strip() for line in block.text.splitlines())
    return [line for line in lines if line]


def is_run(block: Block) -> bool:
    return block.language in ("console", "python") or block.is_long


NOT_RUN = {command for block in ALL if block.language == "sh" for command in commands(block)}


def test_every_command_is_run_by_somebody() -> None:
    assert sorted(NOT_RUN) == sorted(ELSEWHERE)


def test_other_blocks_hold_no_commands() -> None:
    """Drawings, and nothing else: neither run nor marked as commands."""
    rest = [block for block in ALL if not is_run(block) and block.language != "sh"]
    found = [(block.where, line) for block in rest for line in commands(block) if re.match(r"(sheetsim|make) ", line)]
    assert found == []
    assert {block.language for block in rest} <= {"text", "diff"}


def test_what_others_are_said_to_run_they_run() -> None:
    for command, who in ELSEWHERE.items():
        if who in (".ci/run", "Makefile"):
            assert IN_MAKEFILE.get(command, command) in (ROOT / who).read_text(encoding="utf-8"), command


def test_blocks_are_closed_and_marked() -> None:
    for page in PAGES:
        fences = re.findall(r"^```.*$", page.read_text(encoding="utf-8"), re.MULTILINE)
        assert len(fences) == 2 * len(blocks(page)), named(page)


# --- every option is described ----------------------------------------------------------------------------------------
COMMANDS: Any = typer.main.get_command(app.app)


def options() -> list[tuple[str, str]]:
    """(command, option) of all there are."""

    def found(command: Any, name: str) -> list[tuple[str, str]]:
        below = [pair for sub, each in getattr(command, "commands", {}).items() for pair in found(each, sub)]
        own = [text for each in command.params for text in (*each.opts, *each.secondary_opts) if text.startswith("--")]
        return [(name, text) for text in own] + below

    return found(COMMANDS, "sheetsim")


def test_every_option_is_described() -> None:
    text = (ROOT / "docs" / "use" / "commands.md").read_text(encoding="utf-8")
    assert len(options()) > 80
    assert sorted({pair for pair in options() if not re.search(rf"{pair[1]}(?![\w-])", text)}) == []


def run_by_a_page() -> set[tuple[str, str]]:
    """(command, option) of all that the pages' examples run; the two of ``train`` share their options."""
    shown = [
        each.command for block in ALL if is_run(block) and block.language != "python" for each in transcript(block)
    ]
    found = [re.search(r"\bsheetsim (?:(\w+) )?(.*)", command) for command in shown]
    return {(each[1] or "sheetsim", option) for each in found if each for option in re.findall(r"--[\w-]+", each[2])}


def test_every_option_is_run() -> None:
    wanted = {("train" if name in ("movielens", "mnist") else name, option) for name, option in options()}
    assert sorted(wanted - run_by_a_page() - {(name, "--help") for name, _ in wanted}) == []


def test_every_command_has_its_section() -> None:
    text = (ROOT / "docs" / "use" / "commands.md").read_text(encoding="utf-8")
    assert re.findall(r"^## `sheetsim (\w+)", text, re.MULTILINE) == list(COMMANDS.commands)
    readme = README.read_text(encoding="utf-8")
    assert re.findall(r"^\| `sheetsim (\w+)", readme, re.MULTILINE) == list(COMMANDS.commands)


# --- links and names lead somewhere -----------------------------------------------------------------------------------
def headings(page: Path) -> set[str]:
    """The anchors of a page's headings, as GitHub makes them."""
    text = re.sub(r"^```.*?^```", "", page.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
    titles = re.findall(r"^#+ (.*)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


def links(page: Path) -> list[str]:
    text = re.sub(r"^```.*?^```", "", page.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
    return [target for target in re.findall(r"\]\(([^)\s]+)\)", text) if "://" not in target]


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_links_lead_somewhere(page: Path) -> None:
    for target in links(page):
        path, _, anchor = target.partition("#")
        there = (page.parent / path).resolve() if path else page
        assert there.exists(), target
        assert not anchor or anchor in headings(there), target


def test_every_page_is_linked() -> None:
    reached = {(page.parent / target.partition("#")[0]).resolve() for page in PAGES for target in links(page)}
    assert [named(page) for page in PAGES if page not in reached and page != README and page.name != "README.md"] == []


FOLDERS = ("sheetsim", "exporters", "workbooks", "tests", "benchmarks", "examples", "docs")
FILES = [path.relative_to(ROOT) for folder in FOLDERS for path in (ROOT / folder).rglob("*.py")]
NAMED = re.compile(rf"`((?:{'|'.join(FOLDERS)})/[\w/.]*)`(?:: `(\w+)`(?:, `(\w+)`)?)?")


def made(page: Path) -> set[str]:
    """The files that a page's own examples write."""
    return {file_of(block) for block in blocks(page)}


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_python_files_named_are_there(page: Path) -> None:
    """Wherever they are named; by the end of their path, as ``sums.py`` beside another, and ``*`` for any folder."""
    found = {*re.findall(r"[\w*][\w/*]*\.py\b", page.read_text(encoding="utf-8"))} - made(page)
    assert sorted(name for name in found if not any(file.match(name) for file in FILES)) == []


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_paths_and_definitions_named_are_there(page: Path) -> None:
    for path, *names in NAMED.findall(page.read_text(encoding="utf-8")):
        assert (ROOT / path).exists(), path
        for name in filter(None, names):
            text = (ROOT / path).read_text(encoding="utf-8")
            assert re.search(rf"^\s*(?:def|class) {name}\b", text, re.MULTILINE), f"{path}: {name}"


def is_there(name: str) -> bool:
    """Whether a dotted name is that of a module, or of something in one."""
    above, _, last = name.rpartition(".")
    return bool(find_spec(name)) or hasattr(import_module(above), last)


@pytest.mark.parametrize("page", [page for page in PAGES if page.stem != "CHANGELOG"], ids=named)
def test_names_below_sheetsim_are_there(page: Path) -> None:
    """In the changelog stand those, too, that are gone."""
    found = {*re.findall(r"`(sheetsim(?:\.\w+)+)", page.read_text(encoding="utf-8"))}
    assert sorted(name for name in found if not is_there(name)) == []


def test_the_architecture_names_every_room() -> None:
    text = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    rooms = [path for path in (ROOT / "sheetsim").iterdir() if not path.name.startswith(("_", ".", "py.typed"))]
    names = [f"{path.name}/" if path.is_dir() else path.name for path in rooms]
    assert sorted(name for name in names if not re.search(rf"(^| |/){name}", text, re.MULTILINE)) == []


# --- numbers that were measured ---------------------------------------------------------------------------------------
MEASURED = re.compile(r"\b\d[\d,]*(?:\.\d+)? (?:ms|s)\b|\b0\.\d{4}\b|\b\d[\d,]* rows a second")


WRITTEN = re.compile(r"^<!-- (?:begin: )?(?:written by )?([\w/]+\.py).*?-->\n(.*?)^<!-- (?:end:|to here)", re.M | re.S)


def tables() -> list[tuple[str, str]]:
    """(script, text) of what benchmarks write into the page on performance themselves, between marks."""
    return WRITTEN.findall((ROOT / "docs" / "performance.md").read_text(encoding="utf-8"))


def test_tables_between_marks_are_written_by_a_benchmark() -> None:
    """Each by a script that is there, and no mark is without its end."""
    page = (ROOT / "docs" / "performance.md").read_text(encoding="utf-8")
    assert len(tables()) == len(re.findall(r"^<!-- (?!end|to here)", page, re.MULTILINE)) > 0
    scripts = [*(ROOT / "benchmarks").rglob("*.py")]
    assert [name for name, _ in tables() if not any(script.match(name) for script in scripts)] == []


@pytest.mark.parametrize("page", ["README.md", "docs/performance.md"])
def test_measured_numbers_are_those_of_the_benchmarks(page: str) -> None:
    text = re.sub(r"^```.*?^```", "", (ROOT / page).read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
    results = [path.read_text(encoding="utf-8") for path in (ROOT / "benchmarks").glob("*.md")]
    results += [written for _, written in tables()]
    known = {*re.findall(MEASURED, " ".join(results).replace("rows/s", "rows a second"))}
    found = re.findall(MEASURED, " ".join(text.split()))
    assert len(found) > 4
    assert [number for number in found if number not in known] == []


# --- the README is for ten minutes ------------------------------------------------------------------------------------
def test_the_readme_is_short() -> None:
    assert len(README.read_text(encoding="utf-8").splitlines()) < 200


def test_every_example_is_found() -> None:
    """The pages are read as they are meant: so many blocks of each kind, and no transcript without a command."""
    kinds = [block.language for block in ALL]
    assert kinds.count("console") > 30
    assert kinds.count("python") > 40
    assert all(list(transcript(block)) for block in ALL if block.language == "console" or block.is_long)
