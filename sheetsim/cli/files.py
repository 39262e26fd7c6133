"""What the commands share: files opened, calculated and written, each with a bar when it takes long."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sheetsim.errors import InputError
from sheetsim.support import ownership

if TYPE_CHECKING:
    from sheetsim.workbook import Workbook

FORCE = "Replace files even if they hold work of yours: what sheetsim did not write, or was changed since."
Force = Annotated[bool, typer.Option("--force", help=FORCE)]
STRICT = "Refuse a workbook with a cell that cannot be computed, instead of computing around it."
Strict = Annotated[bool, typer.Option("--strict", help=STRICT)]
RAW = "In .csv files, leave texts as they are that a spreadsheet program would take for formulas: no apostrophe."
Raw = Annotated[bool, typer.Option("--raw", help=RAW)]


def refuse_early(out: Path | None, force: bool) -> None:
    """Raises InputError if the file may hold a person's work: before any of ours. What .csv files would lose shows
    when they are computed (``refuse_loss``)."""
    if out and out.suffix.casefold() in ownership.KINDS:
        ownership.refuse([out], force)


def refuse_loss(book: Workbook, out: Path, force: bool, raw: bool = False) -> None:
    """Raises InputError if .csv files of the workbook as it is now would replace what may be a person's work. Any other
    file was asked about before the work."""
    from sheetsim import writing

    if out.suffix.casefold() not in ownership.KINDS:
        ownership.refuse(writing.replaced(book, out, raw=raw), force)


def refuse_raw(raw: bool, as_csv: bool) -> None:
    """Raises InputError where ``--raw`` would say nothing."""
    if raw and not as_csv:
        raise InputError("--raw is for texts in .csv files: ask for such files, too")


def refuse_same(out: Path | None, source: Path) -> None:
    """What is made beside a file must not take its place."""
    if out and out.exists() and source.exists() and out.samefile(source):
        raise InputError(f"{out} would take the place of the file that was read; choose another name")


def read_file(path: Path) -> Workbook:
    """Any workbook by its path; its stored values are kept."""
    from sheetsim import library

    with reading(path) as progress:
        book = library.open(path, progress)
    return _warned(book)


def open_book(what: str, data: dict[str, Any] | None = None) -> Workbook:
    """A definition by name, built from other ``data`` if there is any, or a file by path; its values are kept."""
    from sheetsim import library

    if data:
        return library.build(what, **data)
    with reading(Path(what)) as progress:
        book = library.open(what, progress)
    return _warned(book)


def _warned(book: Workbook) -> Workbook:
    """The workbook, what there is to say of its file said: on standard error, for the rest may be read by a program."""
    from sheetsim.support.plain import plain

    for line in book.warnings:
        print(f"sheetsim: {plain(line)}", file=sys.stderr)
    return book


@contextmanager
def reading(path: Path) -> Iterator[Callable[[int], None]]:
    """A bar for the reader, which tells how many cells it has read so far."""
    from sheetsim.support import terminal

    seen = 0
    with terminal.progress(f"reading {path.name}", None) as advance:

        def cells(count: int) -> None:
            nonlocal seen
            advance(count - seen)
            seen = count

        yield cells


def recalculate(book: Workbook, strict: bool = False) -> None:
    """Computes all of a workbook, with a bar."""
    from sheetsim.support import terminal

    total = sum(int(sheet.computed().sum()) for sheet in book.sheets)
    with terminal.progress(f"computing {book.name}", total) as advance:
        book.recalculate(advance, strict)


INCOMPLETE = 3  # the exit status of what is written though some of its cells could not be computed


def say_unsupported(book: Workbook) -> int:
    """How many cells could not be computed; if there are any, a table says why, and what stands there instead."""
    from sheetsim.checking.text import print_reasons
    from sheetsim.reading.stored import unsupported_cells

    counts: dict[str, int] = {}
    where: dict[str, list[str]] = {}
    for reason, cells in unsupported_cells(book).items():
        counts[reason.label] = counts.get(reason.label, 0) + sum(len(places) for _, places in cells)
        where.setdefault(reason.label, []).append(reason.where)
    print_reasons("not computed, the stored values kept", counts, where)
    return sum(counts.values())


def save(book: Workbook, path: Path, as_csv: bool = False, raw: bool = False) -> Path:
    """Writes a workbook, with a bar; returns where. One that sheetsim defines gets its contents sheet."""
    from sheetsim import writing
    from sheetsim.study.contents import add_contents
    from sheetsim.support import terminal

    if book.source is None and not as_csv and path.suffix.casefold() == ".xlsx":
        add_contents(book)
    total = sum(int(sheet.computed().sum()) for sheet in book.sheets)
    with terminal.progress(f"writing {path.name}", total) as advance:
        return writing.save(book, path, advance, as_csv, raw)


def say(line: str) -> None:
    """A line that may hold texts from a file."""
    print("".join(c if c.isprintable() else " " for c in line).rstrip())
