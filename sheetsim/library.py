"""Workbooks by name or by file: opened, built from their definitions."""

from __future__ import annotations

from collections.abc import Callable
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from sheetsim.errors import InputError, NotFound
from sheetsim.model.sheet import Book
from sheetsim.outside import DEFINITIONS, DESCRIPTIONS, GROUPS, OWN_DATA, found
from sheetsim.reading.book import read_as
from sheetsim.study.comparison.laying_out import lay_out
from sheetsim.study.self_check.building import add_self_check
from sheetsim.workbook import Workbook

Progress = Callable[[int], None]
OTHER_DATA = "sheetsim_data"  # a hidden name: the workbook was not built from the lecture's numbers


def names() -> dict[str, str]:
    """The workbooks there are definitions of: name → what it is, in a line.

    >>> list(names())[:3]
    ['graddesc', 'collab_filter', 'entropy_example']
    """
    return dict(found(DESCRIPTIONS))


def groups() -> dict[str, dict[str, str]]:
    """The same names under their headings: the lecture's own workbooks, and ours.

    >>> list(groups()), "graddesc" in groups()["the lecture's own"]
    (["the lecture's own", 'ours'], True)
    """
    return {heading: dict(group) for heading, group in found(GROUPS).items()}


def build(
    name: str, *, epochs: int | None = None, updated: bool = False, self_check: bool = False, **data: Any
) -> Workbook:
    """A workbook from its definition, calculated: what ``sheetsim build`` writes, its options by the same words.

    ``data`` takes the place of the lecture's numbers: the definition's own arguments (``points``, ``ratings``,
    ``factors`` …), or for ``points`` and ``ratings`` the path of a file, with ``users``, ``movies``, ``factors``,
    ``rating_range`` and ``seed`` beside ``ratings``. With ``epochs`` the training of each optimizer stands in the
    sheets as formulas (``updated``: carried over are the updated weights), with ``self_check`` the workbook checks
    itself. Raises NotFound, InputError for epochs of a workbook that has none, and TypeError for an argument that the
    definition does not take.

    >>> build("graddesc")["data"]["C1"]
    30.0
    >>> build("graddesc", points=[(1, 5), (2, 8), (4, 14)])["adam"]["A4:B6"]
    [[1.0, 5.0], [2.0, 8.0], [4.0, 14.0]]
    >>> [sheet.title for sheet in build("graddesc", epochs=2, self_check=True)][:3]
    ['check', 'Sheet1', 'compare']
    """
    definitions: dict[str, Callable[..., Workbook]] = found(DEFINITIONS)
    if name not in definitions:
        near = get_close_matches(name, definitions, 1)
        meant = f" Did you mean {near[0]}?" if near else ""
        there = ", ".join(definitions)
        raise NotFound(f"no workbook is called {name!r}; there are {there}, or give a path to an .xlsx.{meant}")
    if updated and not epochs:
        raise InputError("updated says what an epoch starts from: give epochs, too")
    if epochs is not None and epochs < 1:
        raise InputError(f"{epochs} epochs: one or more can be laid out")
    if any(isinstance(data.get(word), str | Path) for word in ("points", "ratings")):
        data = found(OWN_DATA)(name, **data)
    book = definitions[name](**data)
    book.about = book.about or names()[name]
    if data:
        book.define_name(OTHER_DATA, f'"{" and ".join(data)}"', hidden=True)
    if epochs:
        lay_out(book, epochs, updated)
    book.recalculate(strict=True)
    if self_check:
        add_self_check(book)
    return book


def other_data(book: Book) -> str | None:
    """Which numbers a workbook was built from in place of the lecture's, if any; its file still knows it.

    >>> other_data(build("graddesc", points=[(1, 5), (2, 8)])), other_data(build("graddesc"))
    ('points', None)
    """
    name = book.find_name(OTHER_DATA, None)
    return name.text.strip('"') if name else None


def open(what: str | Path, progress: Progress | None = None) -> Workbook:
    """A workbook by name (``"graddesc"``), or any ``.xlsx`` or ``.xlsm`` by its path.

    A file comes with its formulas and the values stored in it; ``recalculate()`` computes them anew.

    >>> open("entropy_example")["entropy"]["D2"]
    0.3010299956639812
    """
    if isinstance(what, str) and (what in names() or not (Path(what).suffix or Path(what).exists())):
        return build(what)  # a word that is neither a name nor a file: says which names there are
    return read_as(Workbook, Path(what), progress)


def definition_of(path: Path) -> str | None:
    """The name of the definition that a file is a copy of, by its file name."""
    stem = path.stem.casefold()
    return next((name for name in names() if name.casefold() == stem), None)
