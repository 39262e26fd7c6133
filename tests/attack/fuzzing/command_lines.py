"""Random command lines: each command with what it asks for, its options with values that fit, or that do not."""

from __future__ import annotations

import random
from functools import cache
from pathlib import Path
from typing import Any

import typer
import xml_changes

from sheetsim.cli import app
from sheetsim.training.settings import CHOICES

FILES = {
    "points.csv": "x,y\n1,5\n2,8\n4,14\n",
    "ratings.csv": "user,movie,rating\n" + "".join(f"{u},{m},{(u * m) % 5 + 1}\n" for u in range(6) for m in range(7)),
    "garbage": "\x00\x01PK\x03\x04\ufffd",
    "empty.xlsx": "",
    "folder/in.csv": "1,2\n",
}
READ = ["book.xlsx", *FILES, "missing.xlsx", "folder", "graddesc", "/dev/null"]
PATHS = ["out.xlsx", "out.csv", "out", "deep/er/out.xlsx", "out.npz", "out.png", "out.safetensors", "OUT.XLSX", *READ]
PATHS += [
    "",
    ".",
    "..",
    "/",
    "-",
    "~",
    "book.xlsx/x",
    "\udcff.xlsx",
    "x" * 300 + ".xlsx",
    "a\nb.xlsx",
    "out.xlsm",
    "out.x y",
]
BOOKS = ["graddesc", "entropy_example", "collab_filter", "book.xlsx", "book.xlsx", "book.xlsx"]
SHEETS = ["adam", "basic", "s", "dotprod", "S", "none", "", "\udcff", "compare"]
CELLS = ["A1", "s!B1", "adam!H5", "B1", "A1:B2,D4", "A0", "XFE1", "A1:XFD1048576", "'s'!A1", "s!", "!", "rate", "ÄÖ1"]
NUMBERS = [
    "0",
    "1",
    "2",
    "3",
    "-1",
    "17",
    "1000000",
    "9" * 30,
    "1.5",
    "",
    "x",
    "nan",
    "inf",
    "-inf",
    "1e400",
    "１",
    "0x10",
]
SMALL = ["1", "2", "3", "0", "-1", "9" * 30, "1.5", "x", ""]  # of what takes as long as it is large
TEXTS = [
    "lr=0.5",
    "adam.lr=0.1",
    "lr",
    "=",
    "lr=",
    "lr=x",
    "A1=1E300",
    "s!A1=2",
    "b=nan",
    "\udcff=1",
    "x" * 1000,
    "None",
]
LONG = {"--epochs", "--starts", "--iterations", "--batch-size"}
KINDS = {"workbook": BOOKS, "names": BOOKS, "sheet": SHEETS}
KINDS |= dict.fromkeys(("cell", "cells", "minimise", "maximise"), CELLS)
KINDS |= {"original": READ, "file": READ, "points": ["points.csv", *READ], "ratings": ["ratings.csv", *READ]}


@cache
def commands() -> dict[tuple[str, ...], Any]:
    """Every command, by its words."""
    found: dict[tuple[str, ...], Any] = {}
    for name, command in typer.main.get_command(app.app).commands.items():  # type: ignore[attr-defined]
        below = getattr(command, "commands", {})
        found |= {(name, each): below[each] for each in below} or {(name,): command}
    return found


def value(rng: random.Random, param: Any) -> str:
    """A value for a parameter, now and then one for another."""
    if rng.random() < 0.1:
        return rng.choice(rng.choice([PATHS, CELLS, NUMBERS, TEXTS]))
    name, kind = param.name, type(param.type).__name__.casefold()  # IntRange, FloatParamType, TyperPath …
    if LONG & {*param.opts}:
        return rng.choice(SMALL)
    if choices := getattr(param.type, "choices", None):
        return rng.choice([*map(str, choices), "x", ""])
    if name in CHOICES:
        return rng.choice([*CHOICES[name], "x", ""])
    if any(number in kind for number in ("int", "float", "tuple")):
        return rng.choice(NUMBERS)
    return rng.choice(KINDS.get(name) or (PATHS if "path" in kind else TEXTS))


def words_of(rng: random.Random, param: Any) -> list[str]:
    """An option with its values, or an argument."""
    flag = [rng.choice([*param.opts, *param.secondary_opts])] if param.param_type_name == "option" else []
    if getattr(param, "is_flag", False):
        return flag
    return flag + [value(rng, param) for _ in range(max(1, param.nargs))]


def made(rng: random.Random) -> dict[str, Any]:
    """One command line."""
    name = rng.choice([*commands()])
    params = commands()[name].params
    required = [param for param in params if param.required or param.param_type_name == "argument"]
    options = [param for param in params if param not in required and "--help" not in param.opts]
    chosen = [*required, *rng.sample(options, rng.randint(0, min(4, len(options))))]
    if rng.random() < 0.05 and chosen:
        chosen.remove(rng.choice(chosen))
    words = [*name, *(word for param in chosen for word in words_of(rng, param))]
    if rng.random() < 0.05:
        strange = rng.choice([*PATHS, *NUMBERS, "--", "--nonsense", "-x", "--out=", "--version"])
        words.insert(rng.randrange(len(words)), strange)
    if name[0] == "train":  # nothing is fetched, and no real data is gone through
        words += ["--data", "folder"]
    return {"words": [word.replace("\x00", "") for word in words]}


def write(given: dict[str, Any], folder: Path) -> Path:
    """The files that the words name."""
    for name, text in FILES.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    return xml_changes.write({"part": "xl/s.xml", "text": xml_changes.SEED}, folder)
