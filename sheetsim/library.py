"""Opens a workbook by name or by file, and saves one: the one place in the library that knows the definitions in
``workbooks`` and the writers in ``exporters``, and it looks at them late."""

from __future__ import annotations

from collections.abc import Callable
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from sheetsim.errors import InputError, NotFound
from sheetsim.model.sheet import Workbook

Progress = Callable[[int], None]
CSV = ("", ".csv")  # what asks for a directory of .csv files
OTHER_DATA = "sheetsim_data"  # a hidden name: the workbook was not built from the lecture's numbers


def names() -> dict[str, str]:
    """The workbooks there are definitions of: name → what it is, in a line.

    >>> list(names())
    ['graddesc', 'collab_filter', 'collab_sigmoid', 'entropy_example']
    """
    from workbooks import DESCRIPTIONS

    return dict(DESCRIPTIONS)


def build(name: str, **data: Any) -> Workbook:
    """A workbook from its definition, calculated; with ``data`` the definition's own arguments in place of the
    lecture's numbers (``points``, ``ratings``, ``factors`` …). Raises NotFound, and TypeError for an argument that the
    definition does not take.

    >>> build("graddesc")["data"]["C1"]
    30.0
    >>> build("graddesc", points=[(1, 5), (2, 8), (4, 14)])["adam"]["A4:B6"]
    [[1.0, 5.0], [2.0, 8.0], [4.0, 14.0]]
    """
    from workbooks import WORKBOOKS

    if name not in WORKBOOKS:
        near = get_close_matches(name, WORKBOOKS, 1)
        meant = f" Did you mean {near[0]}?" if near else ""
        there = ", ".join(WORKBOOKS)
        raise NotFound(f"no workbook is called {name!r}; there are {there}, or give a path to an .xlsx.{meant}")
    book = WORKBOOKS[name](**data)
    book.about = book.about or names()[name]
    if data:
        book.define_name(OTHER_DATA, f'"{" and ".join(data)}"', hidden=True)
    book.recalculate()
    return book


def other_data(book: Workbook) -> str | None:
    """Which numbers a workbook was built from in place of the lecture's, if any; its file still knows it.

    >>> other_data(build("graddesc", points=[(1, 5), (2, 8)])), other_data(build("graddesc"))
    ('points', None)
    """
    found = book.find_name(OTHER_DATA, None)
    return found.text.strip('"') if found else None


def open(what: str | Path, progress: Progress | None = None) -> Workbook:
    """A workbook by name (``"graddesc"``), or any ``.xlsx`` or ``.xlsm`` by its path.

    A file comes with its formulas and the values stored in it; ``recalculate()`` computes them anew.

    >>> open("entropy_example")["entropy"]["D2"]
    0.3010299956639812
    """
    if isinstance(what, str) and (what in names() or not (Path(what).suffix or Path(what).exists())):
        return build(what)  # a word that is neither a name nor a file: says which names there are
    from sheetsim.reading.book import read

    return read(Path(what), progress)


def definition_of(path: Path) -> str | None:
    """The name of the definition that a file is a copy of, by its file name."""
    stem = path.stem.casefold()
    return next((name for name in names() if name.casefold() == stem), None)


def save(book: Workbook, path: Path, progress: Progress | None = None, as_csv: bool = False) -> Path:
    """Writes a workbook as ``.xlsx``, or its sheets as ``.csv`` files into a directory (``path`` itself if ``as_csv``,
    else one of that name without ``.csv``); returns the file or directory.

    One that was read from a file keeps everything else the file holds: styles, charts, macros. Raises InputError for a
    kind of file that cannot be written, OutputError for a place that cannot.
    """
    suffix = path.suffix.casefold()
    if as_csv or suffix in CSV:
        from exporters import csv

        directory = path if as_csv else path.with_suffix("")
        csv.write(book, directory)
        return directory
    refuse_suffix(book, path)
    from exporters import refresh, xlsx

    if book.source is not None and book.source.suffix.casefold() == suffix:
        refresh.write(book, path)
    else:
        xlsx.write(book, path, progress)
    return path


def refuse_suffix(book: Workbook, path: Path) -> None:
    """Raises InputError if a workbook cannot be written as that kind of file: better before long work than after."""
    suffix = path.suffix.casefold()
    if suffix == ".xlsm" and (book.source is None or book.source.suffix.casefold() != suffix):
        raise InputError(f"{path}: an .xlsm can only be made from another one; write an .xlsx")
    if suffix == ".xlsx" and book.source is not None and book.source.suffix.casefold() == ".xlsm":
        raise InputError(
            f"{path}: what {book.source.name} holds beside its cells can only be kept in an .xlsm; write one"
        )
    if suffix not in (".xlsx", ".xlsm", *CSV):
        raise InputError(f"{path}: cannot write {suffix} files; .xlsx and .csv there are")
