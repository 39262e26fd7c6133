"""Opens a workbook by name or by file, and saves one: the one place in the library that knows the definitions in
``workbooks`` and the writers in ``exporters``, and it looks at them late."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from sheetsim.errors import InputError, NotFound
from sheetsim.sheet import Workbook

Progress = Callable[[int], None]


def names() -> dict[str, str]:
    """The workbooks there are definitions of: name → what it is, in a line."""
    from workbooks import DESCRIPTIONS

    return dict(DESCRIPTIONS)


def build(name: str) -> Workbook:
    """A workbook from its definition, calculated. Raises NotFound."""
    from workbooks import WORKBOOKS

    if name not in WORKBOOKS:
        raise NotFound(f"no workbook is called {name!r}; there are {', '.join(WORKBOOKS)}, or give a path to an .xlsx")
    book = WORKBOOKS[name]()
    book.recalculate()
    return book


def open(what: str | Path, progress: Progress | None = None) -> Workbook:
    """A workbook by name (``"graddesc"``), or any ``.xlsx`` or ``.xlsm`` by its path.

    A file comes with its formulas and the values stored in it; ``recalculate()`` computes them anew.

    >>> open("entropy_example")["entropy"]["D2"]
    0.3010299956639812
    """
    text = str(what)
    if text in names():
        return build(text)
    if isinstance(what, str) and not Path(what).suffix and not Path(what).exists():
        return build(text)  # a word that is no file: say which names there are
    from sheetsim.reading import read

    return read(Path(what), progress)


def definition_of(path: Path) -> str | None:
    """The name of the definition that a file is a copy of, by its file name."""
    stem = path.stem.casefold()
    return next((name for name in names() if name.casefold() == stem), None)


def save(book: Workbook, path: Path, progress: Progress | None = None) -> None:
    """Writes a workbook as ``.xlsx``, or its sheets as ``.csv`` files into a directory.

    One that was read from a file keeps everything else the file holds: styles, charts, macros.
    """
    suffix = path.suffix.casefold()
    if suffix in (".xlsx", ".xlsm"):
        from exporters import refresh, xlsx

        if book.source is not None and book.source.suffix.casefold() == suffix:
            refresh.write(book, path)
        elif suffix == ".xlsx":
            xlsx.write(book, path, progress)
        else:
            raise InputError(f"{path}: an .xlsm can only be made from another one; write an .xlsx")
    elif suffix in ("", ".csv"):
        from exporters import csv

        csv.write(book, path.with_suffix(""))
    else:
        raise InputError(f"{path}: cannot write {suffix} files; .xlsx and .csv there are")
