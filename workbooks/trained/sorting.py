"""Lists sorted by formulas: SMALL or LARGE give the values, MATCH where they stand; every program has these."""

from __future__ import annotations

from sheetsim.model.sheet import Sheet
from workbooks.shared.layout import Area


def sorted_out(sheet: Sheet, row: Area, value: Area, source: str) -> None:
    """Fills ``row`` with the row of ``source`` (``most_rated!$F$6:$F$9``) in which each of the sorted values stands: of
    equal ones below the row of the one before. Above ``value`` there must be a text."""
    before = row.above().first
    below = f"OFFSET({source.partition(':')[0]},{before},0,ROWS({source})-{before},1)"
    again = f"{before}+MATCH({value.first},{below},0)"
    sheet.fill(f"{row}", f"=IF({value.first}={value.above().first},{again},MATCH({value.first},{source},0))")
    sheet.style(f"{row}", "note")
