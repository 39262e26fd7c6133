"""Differences in groups, as a person looks at them: a column that was filled down from one formula is one group."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from math import inf

from sheetsim.checking.findings import Difference, Report
from sheetsim.model.address import around, parse_rect


@dataclass(frozen=True)
class Group:
    """Differences of one kind in cells of one formula on a sheet, in the order of the cells; one without a formula is a
    group of its own."""

    differences: tuple[Difference, ...]

    @property
    def first(self) -> Difference:
        """The first of them."""
        return self.differences[0]

    @property
    def worst(self) -> Difference:
        """The one whose numbers are furthest apart, relative to their size; what is no number is further still."""
        return max(self.differences, key=lambda each: inf if each.relative is None else each.relative)

    @property
    def cells(self) -> str:
        """Where they are: ``C5:C32``, or ``C5 … E9`` where the cells between are not all among them."""
        if len(self.differences) == 1:
            return self.first.cell
        whole = around(parse_rect(each.cell) for each in self.differences)
        return str(whole) if whole.size == len(self.differences) else f"{self.first.cell} … {self.differences[-1].cell}"

    @property
    def where(self) -> str:
        """Sheet and cells, as far as they are given."""
        return "!".join(part for part in (self.first.sheet, self.cells) if part)

    @property
    def causes(self) -> list[str]:
        """The differences that these follow from, the one that explains the most first."""
        return [cause for cause, _ in Counter(each.cause for each in self.differences if each.cause).most_common()]

    @property
    def begins(self) -> bool:
        """Whether some of them follow from no other difference."""
        return any(each.cause is None for each in self.differences)


def groups_of(report: Report) -> list[Group]:
    """The differences of a report in groups; those in which something begins before those that follow from others."""
    found: dict[object, list[Difference]] = {}
    for number, each in enumerate(report.differences):
        found.setdefault((each.sheet, each.what, each.copies) if each.copies else number, []).append(each)
    return sorted((Group(tuple(some)) for some in found.values()), key=lambda group: not group.begins)


def explained(report: Report) -> list[tuple[str, int]]:
    """The differences that others follow from, and how many; the one that explains the most first."""
    return Counter(each.cause for each in report.differences if each.cause).most_common()
