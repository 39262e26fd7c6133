"""A workbook to a file: which writer, by the kind of file that is asked for."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from sheetsim.errors import InputError
from sheetsim.model.sheet import Book
from sheetsim.outside import DIFFERING_CSV, WRITERS, found

Progress = Callable[[int], None]
CSV = ("", ".csv")  # what asks for a directory of .csv files


def save(book: Book, path: Path, progress: Progress | None = None, as_csv: bool = False) -> Path:
    """Writes a workbook as ``.xlsx``, or its sheets as ``.csv`` files into a directory (``path`` itself if ``as_csv``,
    else one of that name without ``.csv``); returns the file or directory.

    One that was read from a file keeps everything else the file holds: styles, charts, macros. Raises InputError for a
    kind of file that cannot be written, OutputError for a place that cannot.
    """
    suffix = path.suffix.casefold()
    if as_csv or suffix in CSV:
        directory = path if as_csv else path.with_suffix("")
        found(WRITERS[".csv"])(book, directory)
        return directory
    refuse_suffix(book, path)
    if book.source is not None and book.source.suffix.casefold() == suffix:
        found(WRITERS["a copy"])(book, path)
    else:
        found(WRITERS[".xlsx"])(book, path, progress)
    return path


def replaced(book: Book, path: Path, as_csv: bool = False) -> list[Path]:
    """The files that ``save`` would write; of .csv files those alone that hold something else now."""
    if as_csv or path.suffix.casefold() in CSV:
        differing: list[Path] = found(DIFFERING_CSV)(book, path if as_csv else path.with_suffix(""))
        return differing
    return [path]


def refuse_suffix(book: Book, path: Path) -> None:
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
