"""The same checks everywhere: before a commit, in ``make test``, in CI; on every Python that the project names."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[1]
HOOKS = ROOT / ".pre-commit-config.yaml"
WORKFLOW = ROOT / ".github" / "workflows" / "ci.yml"


def text(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def made(target: str) -> list[str]:
    """The commands of a target of the Makefile."""
    recipe = re.search(rf"^{target}:.*\n((?:\t.*\n)+)", text(ROOT / "Makefile"), re.MULTILINE)
    assert recipe is not None
    return [line.strip().replace("$(BIN)", ".venv/bin") for line in recipe[1].splitlines()]


def test_hooks_are_the_first_checks_of_make_test() -> None:
    hooks = re.findall(r"^ +entry: (.+)$", text(HOOKS), re.MULTILINE)
    assert hooks
    assert made("test") == [*hooks, ".venv/bin/pytest --numprocesses 2 --dist loadscope"]


def test_versions_stand_in_the_constraints_alone() -> None:
    assert re.findall(r"^ *- repo: (.+)$", text(HOOKS), re.MULTILINE) == ["local"]
    assert not re.search(r"^ *rev:", text(HOOKS), re.MULTILINE)


def test_ci_runs_the_same_script_on_every_python() -> None:
    named = tomllib.loads(text(ROOT / "pyproject.toml"))["project"]["classifiers"]
    prefix = "Programming Language :: Python :: "
    matrix = re.search(r"^ +python: \[(.+)\]$", text(WORKFLOW), re.MULTILINE)
    assert matrix is not None
    assert re.findall(r'"(.+?)"', matrix[1]) == [n.removeprefix(prefix) for n in named if n.startswith(prefix)]
    assert re.search(r"^ +run: bash \.ci/run$", text(WORKFLOW), re.MULTILINE)


def test_ci_installs_what_the_script_installs() -> None:
    """As root: the script then finds the programs there."""
    programs = re.compile(r"libreoffice-\S+ gnumeric \S+")
    assert programs.findall(text(WORKFLOW)) == programs.findall(text(ROOT / ".ci" / "run")) != []
