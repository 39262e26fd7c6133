"""graddesc's first sheet: what the workbook is about, in the words of ``data/graddesc_explanation.txt``."""

from __future__ import annotations

from sheetsim.model.address import parse_rect
from sheetsim.workbook import Workbook
from workbooks.graddesc.optimizer_sheet import RUN_EPOCHS
from workbooks.shared.data import text


def explanation(book: Workbook, points: int, first_error: int) -> None:
    """What the workbook is about. Its words name cells whose rows depend on how many points there are."""
    sheet = book.add_sheet("Sheet1")
    sheet.about = "What the task is, what each column and button does, what to try."
    last = 3 + points
    foot = last + 1

    # a row for each line, a column on either side of the bar
    places = {"points": points, "last": last, "foot": foot, "listed": foot + first_error, "epochs": RUN_EPOCHS}
    words = text("graddesc_explanation.txt").format_map(places)
    lines = [[part.strip() or None for part in line.split("|")] for line in words.splitlines()]
    sheet.values("A1", lines)
    sheet.prose.append(parse_rect(f"A1:B{len(lines)}"))

    sheet.style(f"A2:A{len(lines)}", "label")
    sheet.style(f"B2:B{len(lines)}", "prose")
    sheet.style("A1", "title")
    sheet.width("A", 21)
    sheet.width("B", 110)
    sheet.look.gridlines = False
