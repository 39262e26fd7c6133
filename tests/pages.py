"""The documentation as stories: each page's examples are run in their order, in a folder of their own.

What a fenced block is, by its language and its beginning:

    console          commands after ``$ `` and what they print; ``$ echo $?`` shows the exit status of the one before
    text, with ``$ `` the same, but long, or in need of data; numbers there may differ a little from machine to machine
    python, ``>>>``  examples as in doctest
    python, ``# x.py``  the file x.py; with a folder in its path, in a copy of the project's code that the rest of the
                     page runs; ``# folder/x.py, at the end`` goes to the end of a file of that copy
    python           a program
    diff, ``# folder/x.py``  lines changed in that copy; of ``# x.py`` in a file that the page has made
    sh               commands that nothing here runs (``test_docs.py`` says who does)

A line ``…`` in what is shown stands for any lines. A comment ``<!-- needs torch ml-100k -->`` before a block names the
extras and data sets without which it is left out.

    python tests/pages.py docs/use/commands.md …

runs pages and writes what was printed in place of what is shown: look at the difference before you believe it.
"""

from __future__ import annotations

import doctest
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import chdir, contextmanager, redirect_stderr, redirect_stdout
from importlib.util import find_spec
from io import StringIO
from math import isclose
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

ROOT = Path(__file__).parents[1]
DATA = ROOT.parent / "shared" / "data"
FRONT = ("README.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md")
PAGES = [*(ROOT / name for name in FRONT), *sorted((ROOT / "docs").rglob("*.md"))]
CODE = [ROOT / folder for folder in ("sheetsim", "exporters", "workbooks", "docs")]  # what a page may change a copy of
EXTRAS = {"torch": "torch", "train": "matplotlib", "fast": "numba", "notebook": "anywidget"}
#: How far the numbers of a long search or training may differ, for last bits do from machine to machine: those with a
#: decimal point, and counts (of iterations).
NEAR, NEAR_COUNTS = 0.05, 0.5
ENVIRONMENT = {
    **os.environ,
    "PYTHONPATH": str(ROOT),
    "PYTHONUTF8": "1",
    "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")]),
    "SHEETSIM_DATA": str(DATA),
    "PYTEST_PLUGINS": "sheetsim.testing.plugin",  # as where this version is installed
}
ENVIRONMENT.pop("COLUMNS", None)  # tables are as wide as they are

_BLOCK = re.compile(r"^(?:<!-- needs (?P<needs>[\w -]+?) -->\n)?```(?P<language>\w*)\n(?P<text>.*?)^```$", re.M | re.S)
_TIMES = re.compile(r"\b\d+\.\d+ ?s\b")
_FILE = re.compile(r"# ([\w/]+\.py)(, at the end)?\n")
_NUMBER = re.compile(r"-?\d[\d,]*(?:\.\d+)?(?:e[-+]\d+)?")


class Block(NamedTuple):
    """A fenced block of a page; ``line`` is that of its fence, ``start`` and ``end`` are places in the page's text."""

    page: Path
    line: int
    language: str
    text: str
    needs: tuple[str, ...]
    start: int
    end: int

    @property
    def is_long(self) -> bool:
        return self.language == "text" and self.text.startswith("$ ")

    @property
    def where(self) -> str:
        return f"{self.page.relative_to(ROOT)}, line {self.line}"


class Shown(NamedTuple):
    """A command and what the page shows of its output."""

    command: str
    output: str


def blocks(page: Path) -> list[Block]:
    text = page.read_text(encoding="utf-8")
    return [
        Block(
            page,
            text.count("\n", 0, found.start("language")) + 1,
            found["language"],
            found["text"],
            tuple((found["needs"] or "").split()),
            *found.span("text"),
        )
        for found in _BLOCK.finditer(text)
    ]


def file_of(block: Block) -> str:
    """The file that a block is, or changes: ``x.py`` in the page's folder, ``folder/x.py`` in a copy of the code."""
    found = _FILE.match(block.text)
    return found[1] if found else ""


def lacking(block: Block) -> list[str]:
    """What a block needs and is not here."""
    return [
        f"the extra {need}" if need in EXTRAS else f"../shared/data/{need}"
        for need in block.needs
        if not (find_spec(EXTRAS[need]) if need in EXTRAS else (DATA / need).is_dir())
    ]


def transcript(block: Block) -> Iterator[Shown]:
    for part in re.split(r"^\$ ", block.text, flags=re.MULTILINE)[1:]:
        command, _, output = part.partition("\n")
        while command.endswith("\\"):
            more, _, output = output.partition("\n")
            command = f"{command[:-1].rstrip()} {more.strip()}"
        yield Shown(command, output)


# --- running ----------------------------------------------------------------------------------------------------------
class Story:
    """Runs the blocks of a page one after the other; ``wrong`` collects what is not as shown."""

    def __init__(self, folder: Path):
        self.folder, self.names, self.status = folder, dict[str, Any](__name__="__main__"), 0
        self.has_copy = False
        self.wrong: list[str] = []

    def tell(self, block: Block) -> str:
        """Runs a block; returns its text with what was printed now."""
        with chdir(self.folder), _surroundings(self.folder):
            if block.language == "console" or block.is_long:
                return self._commands(block)
            if block.language == "python" and block.text.startswith(">>> "):
                return self._examples(block)
            if block.language == "diff":
                self._change(block)
            elif block.language == "python" and (file := _FILE.match(block.text)):
                path = self._copied(file[1]) if "/" in file[1] else Path(file[1])
                with path.open("a" if file[2] else "w", encoding="utf-8") as out:
                    out.write("\n\n" * bool(file[2]) + block.text)
            elif block.language == "python":
                exec(compile(block.text, block.where, "exec"), self.names)
        return block.text

    def _copied(self, path: str) -> Path:
        """A file of the story's own copy of the project's code, which is made when it is first asked for."""
        if not self.has_copy:
            for folder in CODE:
                shutil.copytree(folder, self.folder / folder.name, ignore=shutil.ignore_patterns("__pycache__"))
        self.has_copy = True
        found = self.folder / path
        found.parent.mkdir(exist_ok=True)
        return found

    def _change(self, block: Block) -> None:
        head, *lines = block.text.splitlines(keepends=True)
        name = head.removeprefix("# ").strip()
        path = self._copied(name) if "/" in name else self.folder / name
        before, after = ("".join(line[1:] for line in lines if line[0] in f" {mark}") for mark in "-+")
        text = path.read_text(encoding="utf-8")
        if text.count(before) != 1:
            self.wrong.append(f"{block.where}: {text.count(before)} times in {path.name}:\n{before}")
        path.write_text(text.replace(before, after), encoding="utf-8")

    def _commands(self, block: Block) -> str:
        for need in {*block.needs} - {*EXTRAS}:
            for path in (DATA / need).glob("ratings.csv"):
                shutil.copy(path, self.folder)
        steps = list(transcript(block))
        parts = re.split(r"(?<=\n)(?=\$ )", block.text)
        for number, (command, shown) in enumerate(steps):
            printed = f"{self.status}\n" if command == "echo $?" else self._run(command)
            asked = [step.command for step in steps[number + 1 : number + 2]] == ["echo $?"]
            if self.status and command != "echo $?" and not asked:
                self.wrong.append(f"{block.where}: {command} ended with {self.status}: {printed}")
            if not alike(printed, shown, block.is_long):
                self.wrong.append(f"{block.where}: {command}\nshown:\n{shown}\nprinted:\n{printed}")
                head = parts[number][: len(parts[number]) - len(shown)]
                gap = "\n" if number + 1 < len(parts) and printed.strip() else ""
                parts[number] = head + "\n".join(_tidy(printed)) + ("\n" if _tidy(printed) else "") + gap
        return "".join(parts)

    def _run(self, command: str) -> str:
        if self.has_copy or not command.startswith("sheetsim ") or re.search("[>$]", command.split("'")[0]):
            words = re.sub(r"^sheetsim ", "python -m sheetsim ", command)
            code = os.pathsep.join([str(self.folder), str(ROOT)])
            done = subprocess.run(
                words,
                shell=True,
                cwd=self.folder,
                env={**ENVIRONMENT, "PYTHONPATH": code},
                capture_output=True,
                text=True,
                check=False,
            )
            self.status = done.returncode
            return done.stdout + done.stderr
        self.status, printed = run_here(command)
        return printed

    def _examples(self, block: Block) -> str:
        test = doctest.DocTestParser().get_doctest(block.text, self.names, block.where, str(block.page), block.line)
        runner = _Runner(optionflags=doctest.NORMALIZE_WHITESPACE)
        runner.run(test, out=self.wrong.append, clear_globs=False)
        self.names = test.globs
        lines = block.text.splitlines(keepends=True)
        for example, got in reversed(runner.found):
            at = example.lineno + example.source.count("\n")
            lines[at : at + example.want.count("\n")] = [re.sub(r" +$", "", got, flags=re.M)]
        return "".join(lines)


@contextmanager
def _surroundings(folder: Path) -> Iterator[None]:
    """What a program finds around it: the variables, and in its folder the modules that the page wrote there."""
    variables, modules = dict(os.environ), set(sys.modules)
    os.environ.clear()
    os.environ.update(ENVIRONMENT)
    sys.path.insert(0, str(folder))
    try:
        yield
    finally:
        sys.path.remove(str(folder))
        for name in {*sys.modules} - modules:
            if str(getattr(sys.modules[name], "__file__", "")).startswith(str(folder)):
                del sys.modules[name]
        os.environ.clear()
        os.environ.update(variables)


class _Runner(doctest.DocTestRunner):
    """Keeps what an example came to where that is not what is shown."""

    def __init__(self, **options: Any):
        super().__init__(verbose=False, **options)
        self.found: list[tuple[doctest.Example, str]] = []

    def report_failure(self, out: Any, test: doctest.DocTest, example: doctest.Example, got: str) -> None:
        self.found.append((example, got))
        super().report_failure(out, test, example, got)


def run_here(command: str) -> tuple[int, str]:
    """A ``sheetsim`` command line in this process, which is quicker by the second that a fresh one takes: its exit
    status, and what a terminal would show."""
    from sheetsim.cli import app  # here: what only lists the pages needs none of it

    printed, before = StringIO(), sys.argv
    sys.argv = shlex.split(command)
    try:
        with redirect_stdout(printed), redirect_stderr(printed):
            app.main()
    except SystemExit as stopped:
        return int(stopped.code or 0), printed.getvalue()
    finally:
        sys.argv = before
    raise AssertionError("main always exits")


# --- comparing --------------------------------------------------------------------------------------------------------
def _tidy(text: str) -> list[str]:
    return [line.rstrip() for line in text.splitlines() if line.strip()]


def alike(printed: str, shown: str, near: bool = False) -> bool:
    """Whether all lines are as shown, but for times, which differ from run to run. ``…`` stands for any lines."""
    found, wanted = ([_TIMES.sub("… s", line) for line in _tidy(text)] for text in (printed, shown))
    return _lines_alike(found, wanted, near)


def _lines_alike(found: list[str], wanted: list[str], near: bool) -> bool:
    for number, line in enumerate(wanted):
        if line.strip() == "…":
            rest = wanted[number + 1 :]
            return any(_lines_alike(found[skip:], rest, near) for skip in range(number, len(found) + 1))
        if number >= len(found) or not _line_alike(found[number], line, near):
            return False
    return len(found) == len(wanted)


def _line_alike(found: str, wanted: str, near: bool) -> bool:
    if found == wanted or not near:
        return found == wanted
    words = [re.sub(r"[─\s]+", " ", _NUMBER.sub("#", line)) for line in (found, wanted)]
    numbers = zip(_NUMBER.findall(found), _NUMBER.findall(wanted), strict=False)
    return words[0] == words[1] and all(_number_near(*pair) for pair in numbers)


def _number_near(found: str, wanted: str) -> bool:
    near = NEAR if "." in wanted else NEAR_COUNTS
    return isclose(float(found.replace(",", "")), float(wanted.replace(",", "")), rel_tol=near)


# --- writing what is printed into the pages ---------------------------------------------------------------------------
def refreshed(page: Path) -> list[str]:
    """Writes what is printed now into a page; returns what was not as shown. A block with ``…`` is left alone."""
    text, changes, wrong = page.read_text(encoding="utf-8"), [], []
    with TemporaryDirectory() as folder:
        story = Story(Path(folder))
        for block in blocks(page):
            if lacking(block):
                continue
            if block.is_long:
                with TemporaryDirectory() as own:
                    long = Story(Path(own))
                    now, wrong = long.tell(block), wrong + long.wrong
            else:
                now = story.tell(block)
            if "\n…\n" not in block.text and "\n …\n" not in block.text:
                changes.append((block, now))
    for block, now in reversed(changes):
        text = text[: block.start] + now + text[block.end :]
    page.write_text(text, encoding="utf-8")
    return wrong + story.wrong


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    for argument in sys.argv[1:]:
        print("\n".join(refreshed(Path(argument).resolve())) or f"{argument}: all as shown")
