"""Points of one's own for graddesc, from a text file of two columns."""

from __future__ import annotations

from collections.abc import Iterator
from math import isfinite
from pathlib import Path

from sheetsim.errors import InputError
from sheetsim.training.data import rating_lines
from sheetsim.training.data.rating_lines import first_line, number_in, split

AXES = ("x", "y")
MOST = 100_000  # a line for each on five sheets: a file of a hundred megabytes


def read(path: Path) -> list[tuple[float, float]]:
    """The points in a file, in the file's order: x and y, separated by a comma or a tab, a point a line.

    A heading may name the columns; then they may stand in any order and others beside them. Raises InputError, naming
    the line and the column, for what is not a number, and for fewer than two points.
    """
    number, line = first_line(path)
    separator = "\t" if "\t" in line else ","
    fields = split(line, separator)
    if any(number_in(field) is not None for field in fields):
        columns, heading = _unheaded(path, number, len(fields)), number - 1
    else:
        columns, heading = _headed(path, number, fields), number
    points = []
    for number, row in _rows(path, heading, separator):
        points.append(_point(f"{path}, line {number}", row, columns, len(fields)))
        if len(points) > MOST:
            raise InputError(f"{path}, line {number}: more than {MOST:,} points")
    if len(points) < 2:
        raise InputError(f"{path}: too few points ({len(points)}); graddesc needs two or more")
    return points


def _unheaded(path: Path, number: int, width: int) -> tuple[int, ...]:
    if width != len(AXES):
        raise InputError(
            f"{path}, line {number}: {width} column{'' if width == 1 else 's'}; two are needed, x and y, separated by a"
            " comma or a tab, or a heading that names them"
        )
    return 0, 1


def _headed(path: Path, number: int, fields: list[str]) -> tuple[int, ...]:
    """Which columns are x and y."""
    words = [field.strip().casefold() for field in fields]
    for axis in AXES:
        if words.count(axis) != 1:
            many = "more than one column" if axis in words else "no column"
            shown = [field.strip()[:40] for field in fields[:8]]
            raise InputError(f"{path}, line {number}: {many} {axis}; there are {shown}")
    return tuple(words.index(axis) for axis in AXES)


def _rows(path: Path, heading: int, separator: str) -> Iterator[tuple[int, list[str]]]:
    """Line number and fields of each line below the heading that is not blank."""
    return rating_lines.rows(path, rating_lines.Layout(separator, {}, len(AXES), heading))


def _point(where: str, fields: list[str], columns: tuple[int, ...], width: int) -> tuple[float, float]:
    if len(fields) != width:
        raise InputError(f"{where}: {len(fields)} column{'' if len(fields) == 1 else 's'}, the first line has {width}")
    x, y = (_number(where, axis, fields[column]) for axis, column in zip(AXES, columns, strict=True))
    return x, y


def _number(where: str, axis: str, text: str) -> float:
    number = number_in(text)
    shown = repr(text.strip()[:40])
    if number is None:
        raise InputError(f"{where}: {axis} is {shown}, not a number" if text.strip() else f"{where}: {axis} is empty")
    if not isfinite(number):
        raise InputError(f"{where}: {axis} is {shown}, too large for a cell")
    return float(number)
