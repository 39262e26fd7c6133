"""A workbook to a file: which writer, by the kind of file that is asked for and by what the workbook was read from."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from sheetsim.errors import InputError
from sheetsim.model.sheet import Book
from sheetsim.outside import CSV_FILES, DIFFERING_CSV, WRITERS, found
from sheetsim.reading.kind import PLAIN, suffix_of
from sheetsim.reading.stored import holding_stored

Progress = Callable[[int], None]
CSV = ("", ".csv")  # what asks for a directory of .csv files
WORKBOOKS = (".xlsx", ".xlsm", ".xltx", ".xltm")


def save(book: Book, path: Path, progress: Progress | None = None, as_csv: bool = False, raw: bool = False) -> Path:
    """Writes a workbook as ``.xlsx``, or its sheets as ``.csv`` files into a directory (``path`` itself if ``as_csv``,
    else one of that name without ``.csv``); returns the file or directory. ``raw`` is that of ``exporters/csv.py``.

    One that was read from a file keeps everything else the file holds: styles, charts, macros. Cells that cannot be
    computed keep the values that it stores; without any they stay without, and a new ``.xlsx`` asks the program that
    opens it to calculate. Raises InputError for a
    kind of file that cannot be written, OutputError for a place that cannot.
    """
    if not as_csv:
        refuse_suffix(book, path)
    if as_csv or is_csv(path):
        directory = _directory(path, as_csv)
        with holding_stored(book, otherwise=False):
            found(WRITERS[".csv"])(book, directory, raw)
        return directory
    with holding_stored(book):
        if book.source is not None:
            found(WRITERS["a copy"])(book, path)
        else:
            found(WRITERS[".xlsx"])(book, path, progress)
    return path


def is_csv(path: Path) -> bool:
    """Whether a path asks for ``.csv`` files."""
    return path.suffix.casefold() in CSV


def replaced(book: Book, path: Path, as_csv: bool = False, raw: bool = False) -> list[Path]:
    """The files that ``save`` would write; of .csv files those alone that hold something else now."""
    if as_csv or is_csv(path):
        with holding_stored(book, otherwise=False):
            differing: list[Path] = found(DIFFERING_CSV)(book, _directory(path, as_csv), raw)
        return differing
    return [path]


def csv_files(book: Book, directory: Path) -> list[Path]:
    """The .csv files that ``save`` would write into a directory."""
    files: list[Path] = found(CSV_FILES)(book, directory)
    return files


def _directory(path: Path, as_csv: bool) -> Path:
    return path if as_csv else path.with_suffix("")


def suffix_for(book: Book) -> str:
    """The suffix of a file that holds all of a workbook: of one read from a file, by what that file holds."""
    return PLAIN if book.source is None else suffix_of(book.source)


def refuse_suffix(book: Book, path: Path) -> None:
    """Raises InputError if a workbook cannot be written as that kind of file: better before long work than after."""
    if path.name in ("", ".."):
        raise InputError(f"{path} is a folder: name the file to write, or a folder for .csv files")
    if is_csv(path):
        return
    suffix = path.suffix.casefold()
    if suffix not in WORKBOOKS:
        raise InputError(f"{path}: cannot write {suffix} files; .xlsx and .csv there are")
    wanted = suffix_for(book)
    if suffix == wanted:
        return
    if book.source is not None and wanted != PLAIN:
        raise InputError(
            f"{path}: what {book.source.name} holds beside its cells can only be kept in an {wanted}; write one"
        )
    raise InputError(f"{path}: an {suffix} can only be made from another one; write an {PLAIN}")
