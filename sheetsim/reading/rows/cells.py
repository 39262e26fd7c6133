"""Plain rows into a ``SheetReader``: what the XML parser would have it note cell by cell, whole columns at once."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import numpy as np

from sheetsim.model.values import BLANK, NUMBER, TEXT
from sheetsim.reading.package import Package
from sheetsim.reading.rows.feed import RowFeed
from sheetsim.reading.rows.plain import ERROR, LOGICAL, NAMES, OF_GROUP, OWN, SHARED, PlainRows
from sheetsim.reading.rows.plain import TEXT as TEXTS
from sheetsim.reading.sheet_xml import SheetReader
from sheetsim.support.beside import Beside

_PLAIN: dict[str, str] = {}


def fed(package: Package, part: str, reader: SheetReader) -> Iterator[None]:
    """Hands a part to a reader; yields now and then. A large one is unpacked by a second thread. Raises InputError."""
    feed = RowFeed(reader, partial(take, reader), PlainRows.read_numbers)
    with Beside(1 if package.is_large(part) else 0) as beside:
        yield from package.feed(part, reader.parser(), feed.parse, beside)


def take(reader: SheetReader, found: PlainRows, first: int, last: int) -> bool:
    """Gives a reader the cells of the plain rows from ``first`` up to ``last``; False, with nothing given, if one of
    their shared formulas is there twice or is used before it stands there."""
    part = found.cells_of(first, last)
    rows, columns = found.numbers[found.of_row[part]], found.column[part]
    numbers = _formulas(reader, found, part)
    if numbers is None:
        return False
    has = found.value[part] >= 0
    nums, kinds = _values(reader, found, part, has)
    kept = has | found.empty[part] | (numbers != 0)
    reader.rows.frombytes(rows[kept].astype(np.int32).tobytes())
    reader.columns.frombytes(columns[kept].astype(np.int32).tobytes())
    reader.numbers.frombytes(numbers[kept].astype(np.int32).tobytes())
    reader.nums.frombytes(nums[kept].tobytes())
    reader.kinds.frombytes(kinds[kept].tobytes())
    reader.row, reader.column = int(found.numbers[last - 1]), int(columns[-1]) if columns.size else -1
    return True


def _formulas(reader: SheetReader, found: PlainRows, part: slice) -> np.ndarray | None:
    """The numbers of the formulas of some cells, 0 for none; None if shared ones are not as usual."""
    formulas, own = reader.formulas, (np.flatnonzero(found.formula[part] == OWN) + part.start).tolist()
    copies = np.flatnonzero(found.formula[part] == OF_GROUP)
    groups = found.group[part][copies]
    written = [cell for cell in own if found.attributes.get(cell, _PLAIN).get("t") == "shared"]
    masters = {cell: found.attributes[cell].get("si", "") for cell in written if _text(found, cell).strip()}
    if len(set(masters.values())) < len(masters) or any(map(formulas.shares, masters.values())):
        return None
    before = {int(group): cell - part.start for cell, group in masters.items() if group.isdecimal() and len(group) < 9}
    if not (formulas.knows(groups) | _stand_behind(copies, groups, before)).all():  # the parser says which one does not
        return None
    numbers = np.zeros(part.stop - part.start, np.int64)
    for cell in own:
        _stand_at(reader, found, cell)
        attributes = found.attributes.get(cell, _PLAIN)
        numbers[cell - part.start] = formulas.number(reader.row, reader.column, _text(found, cell), attributes)
    numbers[copies] = formulas.copies(groups)
    return numbers


def _stand_behind(copies: np.ndarray, groups: np.ndarray, masters: dict[int, int]) -> np.ndarray:
    """Which cells stand behind the one that holds the text of their shared formula, by its group in ``masters``."""
    if not masters:
        return np.zeros(copies.size, bool)
    named, places = np.array(sorted(masters.items())).T
    at = np.minimum(np.searchsorted(named, groups), len(named) - 1)
    behind: np.ndarray = (named[at] == groups) & (places[at] < copies)
    return behind


def _text(found: PlainRows, cell: int) -> str:
    return found.content(int(found.formula_text[cell]), int(found.formula_end[cell]))


def _values(reader: SheetReader, found: PlainRows, part: slice, has: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """What the cells hold: ``num`` and ``kind``."""
    type_ = found.type[part]
    nums, kinds = found.num[part].copy(), np.where(has, NUMBER, BLANK).astype(np.uint8)
    strings = np.flatnonzero(has & (type_ == SHARED))
    if strings.size:
        _refuse_unknown(reader, found, strings + part.start)
        nums[strings], kinds[strings] = np.asarray(reader.strings, np.float64)[nums[strings].astype(np.int64)], TEXT
    others = np.flatnonzero(has & np.isin(type_, (TEXTS, LOGICAL, ERROR)))
    unread = [cell - part.start for cell in found.unread if part.start <= cell < part.stop]
    try:
        nums[unread] = [float(text) for text in _contents(found, part, unread)]
        unread = []
    except ValueError:  # the reader says which one is no number, or takes it for none
        pass
    for cell in [*others.tolist(), *unread]:
        _stand_at(reader, found, cell + part.start)
        reader.type = NAMES[type_[cell]]
        text = found.content(int(found.value[part][cell]), int(found.value_end[part][cell]))
        nums[cell], kinds[cell] = reader.typed(text)
    return nums, kinds


def _contents(found: PlainRows, part: slice, cells: list[int]) -> list[bytes]:
    """What stands in the file as the values of some cells of a part."""
    starts, ends = found.value[part][cells].tolist(), found.value_end[part][cells].tolist()
    return [found.text[start:end] for start, end in zip(starts, ends, strict=True)]


def _refuse_unknown(reader: SheetReader, found: PlainRows, cells: np.ndarray) -> None:
    """Raises InputError for the first cell whose shared string is not there."""
    wrong = cells[found.num[cells] >= len(reader.strings)]
    if wrong.size:
        _stand_at(reader, found, int(wrong[0]))
        reader.type = NAMES[SHARED]
        reader.typed(found.content(int(found.value[wrong[0]]), int(found.value_end[wrong[0]])))


def _stand_at(reader: SheetReader, found: PlainRows, cell: int) -> None:
    """Has the reader name that cell in its messages."""
    reader.row, reader.column = int(found.numbers[found.of_row[cell]]), int(found.column[cell])
