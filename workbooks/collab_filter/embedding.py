"""An embedding on a sheet: a numbered list of users, movies or words, and beside each its row of factors."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sheetsim.model.sheet import Sheet
from workbooks.shared.layout import Area, count

NUMBERED = "0_0"  # a whole number, then a gap as wide as a digit


@dataclass(frozen=True)
class Embedding:
    """Where the list and its factors stand; the numbers 1, 2, 3, … are on the left of the list."""

    ids: Area
    factors: Area

    @property
    def corner(self) -> str:
        """The cell above the ids: OFFSET counts rows and columns from here."""
        return self.ids.above().fixed.partition(":")[0]


def embedding(sheet: Sheet, first: str, ids: Sequence[float | str], factors: int) -> Embedding:
    """The list that begins at ``first``, numbered on its left; its factors are still to be filled in."""
    listed = Area.at(first, rows=len(ids))
    found = Embedding(listed, listed.right_of(columns=factors))
    sheet.values(listed.first, [[one] for one in ids])
    sheet[listed.above().first] = "Row Labels"
    count(sheet, listed.before())

    sheet.style(f"{listed},{listed.before()}", "label")
    sheet.style(f"{listed.before().above()},{listed.above()}", "heading")
    sheet.style(f"{found.factors}", "parameter")
    sheet.shade(f"{found.factors}", "orange")
    sheet.number_format(f"{listed.before()}", NUMBERED)
    sheet.number_format(f"{found.factors}", "0.00")
    sheet.width(listed.left, 12)
    sheet.width(f"{found.factors.left}:{found.factors.right}", 6)
    sheet.width(found.factors.right_of().left, 3)  # a gap before what looks the factors up
    return found


def look_up(sheet: Sheet, factors: Area, source: Embedding, idx: Area) -> None:
    """Fetches a row of factors by its place in the list: =OFFSET($B$3,$L3,M$2), with 1, 2, 3, … above the columns."""
    numbered = factors.above()
    sheet.values(numbered.first, [list(range(1, factors.rect.columns + 1))])
    sheet.fill(f"{factors}", f"=OFFSET({source.corner},{idx.down},{numbered.across})")

    sheet.style(f"{numbered}", "heading")
    sheet.style(f"{idx},{factors}", "activation")
    sheet.shade(f"{factors}", "green")
    sheet.number_format(f"{factors}", "0.00")
    sheet.width(f"{factors.left}:{factors.right}", 6)
