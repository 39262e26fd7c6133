"""Latent factors by hand: what they would mean if somebody chose them, and a rating as their dot product."""

from __future__ import annotations

from sheetsim.model.look import Chart, Series
from sheetsim.workbook import Workbook
from workbooks.shared.introduction import begin

FACTORS = ("science fiction", "action", "old")
FILMS = {"a new space adventure": (0.98, 0.9, -0.9), "an old love story": (-0.99, -0.3, 0.8)}
VIEWER = (0.9, 0.8, -0.6)
VIEWERS, FIRST = 5, 6  # rows of the viewer and of the first film


def factors(book: Workbook) -> None:
    """Two films and a viewer."""
    sheet = book.add_sheet("factors")
    sheet.about = "Latent factors by hand: a film and a viewer in three numbers each, and their dot product."
    begin(
        sheet,
        "Each number says how much of a factor a film has, or a viewer likes: factor by factor they are multiplied, and"
        " the sum says how well the two go together.",
        "Try a viewer of your own, or turn one sign: in the models nobody chooses the factors, training finds them.",
    )
    last = FIRST - 1 + len(FILMS)
    sheet.values("A4", [[None, *FACTORS, None, *(f"{name} x viewer" for name in FACTORS), "match"]])
    sheet.values(f"A{VIEWERS}", [["the viewer", *VIEWER], *([name, *values] for name, values in FILMS.items())])
    sheet.fill(f"F{FIRST}:H{last}", f"=B{FIRST}*B${VIEWERS}")
    sheet.fill(f"I{FIRST}:I{last}", f"=SUMPRODUCT(B{FIRST}:D{FIRST},B${VIEWERS}:D${VIEWERS})")

    sheet.style("A4:D4,F4:I4", "heading")
    sheet.style(f"A{VIEWERS}:A{last}", "label")
    sheet.style(f"B{VIEWERS}:D{last}", "parameter")
    sheet.style(f"F{FIRST}:H{last}", "activation")
    sheet.style(f"I{FIRST}:I{last}", "result")
    sheet.number_format(f"B{VIEWERS}:D{last}", "0.00")
    sheet.number_format(f"F{FIRST}:I{last}", "0.000")
    sheet.width("A", 22)
    sheet.width("B:D", 15)
    sheet.width("E", 3)
    sheet.width("F:H", 24)
    bars = [
        Series(f"F{row}:H{row}", "B4:D4", f"=A{row}", colour)
        for row, colour in zip(range(FIRST, last + 1), ("blue", "orange"), strict=True)
    ]
    sheet.chart(Chart("bars", "What each factor adds to the match", f"A{last + 2}", bars))
