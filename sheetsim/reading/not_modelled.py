"""What a file asks of the program that calculates it and sheetsim does not do: a line each, for the reader's warnings.

Days counted from 1904 are not among them: dates are read, computed and written by that calendar.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from sheetsim.model.sheet import Book
from sheetsim.reading.package import Package, find_all

FALSE = ("0", "false")
SHOWN = 5  # data tables that are named

#: Attributes of <calcPr>, what they are when there is something to say, and what it is.
SETTINGS = (
    ("fullPrecision", FALSE, "asks for the precision displayed; sheetsim computes with all digits"),
    ("calcMode", ("manual",), "is calculated by hand: values stored in it may be older than what they depend on"),
)


def warnings(package: Package, book: Book, by_lotus: Iterable[str]) -> list[str]:
    """What there is to say of a workbook that has been read; ``by_lotus`` are the sheets that ask for the rules of
    Lotus 1-2-3."""
    said = [*_settings(package), *(_lotus(title) for title in by_lotus), *_data_tables(book), *_other_files(book)]
    return [f"{package.path} {line}" for line in said]


def _settings(package: Package) -> Iterator[str]:
    for entry in find_all(package.book, "calcPr"):
        for attribute, values, line in SETTINGS:
            if entry.get(attribute, "").strip() in values:
                yield line


def _lotus(title: str) -> str:
    return f"asks for formulas in {title} to be evaluated as Lotus 1-2-3 does; sheetsim evaluates them as Excel does"


def _other_files(book: Book) -> Iterator[str]:
    """Only files whose values are there to be used: what uses one of another is found when it is computed."""
    used = sorted({int(sheet.title[1 : sheet.title.index("]")]) for sheet in book.externals.values() if sheet.rows})
    if used:
        names = [book.external_files[number] or f"[{number}]" for number in used]
        more = f" and {len(names) - SHOWN:,} more" if len(names) > SHOWN else ""
        yield f"refers to other files; the values that it stores of them are used: {', '.join(names[:SHOWN])}{more}"


def _data_tables(book: Book) -> Iterator[str]:
    if places := book.data_tables:
        more = f" and {len(places) - SHOWN:,} more" if len(places) > SHOWN else ""
        yield (
            f"has data tables, which sheetsim does not compute: {', '.join(places[:SHOWN])}{more}; "
            "the values stored there stay, and what depends on them is computed from these"
        )
