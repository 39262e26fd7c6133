"""Universal approximation: the more hidden units, the closer a sum of ReLUs comes to a curve.

No training: each unit bends the line at one place, and the weights that make it pass through the curve at all those
places follow from the curve's slopes. Where the units are doubled, the error falls to about a quarter.
"""

from __future__ import annotations

from sheetsim.model.address import column_name
from sheetsim.model.look import Chart, Series
from sheetsim.model.sheet import Sheet
from sheetsim.workbook import Workbook
from workbooks.shared.charts import chart_anchor, show
from workbooks.shared.introduction import begin

UNITS = (1, 2, 4, 8, 16)  # hidden units of each network
PLACES = 65  # where the curve is drawn and compared, from 0 to 1
HEADINGS, FIRST = 6, 7  # rows
LAST = FIRST - 1 + PLACES
NETWORKS = 2  # the column of the first network, after x and the curve
HIDDEN = NETWORKS + len(UNITS) + 2  # that of its units, of which each network has three columns: bend, curve, weight
CURVE = "SIN(2*PI()*$B$3*{x})+$D$3*{x}"


def approximation(book: Workbook) -> None:
    """A curve, and networks of 1 to 16 hidden units beside it."""
    sheet = book.add_sheet("approximation")
    sheet.about = "More hidden units come closer to a curve: each bends the line once, and the error falls."
    begin(
        sheet,
        "Each hidden unit, ReLU(x - bend), bends the line once: the more units, the closer to the curve, the smaller"
        " the error in row 5.",
        "Try other waves and another tilt: the weights follow, and enough units come close to any curve.",
    )
    first, last = column_name(NETWORKS), column_name(NETWORKS + len(UNITS) - 1)
    sheet.values("A3", [["waves", 0.75, "tilt", 1], ["hidden units", None, *UNITS], ["rms error"]])
    sheet.values(f"A{HEADINGS}", [["x", "curve", *(f"{units} unit{'s' * (units > 1)}" for units in UNITS)]])
    sheet.fill(f"A{FIRST}:A{LAST}", f"=(ROW()-{FIRST})/{PLACES - 1}")
    sheet.fill(f"B{FIRST}:B{LAST}", f"={CURVE.format(x=f'A{FIRST}')}")
    for at, units in enumerate(UNITS):
        network(sheet, column_name(NETWORKS + at), HIDDEN + 3 * at, units)
    curve, predicted = f"$B{FIRST}:$B{LAST}", f"{first}{FIRST}:{first}{LAST}"
    sheet.fill(f"{first}5:{last}5", f"=SQRT(SUMXMY2({curve},{predicted})/COUNT({curve}))")
    looks(sheet, first, last)


def network(sheet: Sheet, own: str, left: int, units: int) -> None:
    """A network's units, in the columns from ``left`` on, and what it predicts, in the column ``own``.

    The bends lie evenly from 0 on. Between two of them the line rises as the curve does, and a weight is the change of
    slope at its bend: those before it add up to the slope so far.
    """
    bend, height, weight = (column_name(left + side) for side in range(3))
    end = FIRST - 1 + units
    sheet.values(f"{bend}{HEADINGS}", [[f"bend, {units}", f"curve, {units}", f"weight, {units}"]])
    sheet.fill(f"{bend}{FIRST}:{bend}{end + 1}", f"=(ROW()-{FIRST})/{own}$4")  # and the place where the last ends
    sheet.fill(f"{height}{FIRST}:{height}{end + 1}", f"={CURVE.format(x=f'{bend}{FIRST}')}")
    slope = f"({height}{{next}}-{height}{{row}})/({bend}{{next}}-{bend}{{row}})"
    sheet[f"{weight}{FIRST}"] = "=" + slope.format(row=FIRST, next=FIRST + 1)
    if units > 1:
        so_far = f"SUM({weight}${FIRST}:{weight}{FIRST})"
        rise = slope.format(row=FIRST + 1, next=FIRST + 2)
        sheet.fill(f"{weight}{FIRST + 1}:{weight}{end}", f"={rise}-{so_far}")
    bends, weights = (f"${column}${FIRST}:${column}${end}" for column in (bend, weight))
    relu = f"($A{FIRST}>{bends})*($A{FIRST}-{bends})"
    sheet.fill(f"{own}{FIRST}:{own}{LAST}", f"=$B${FIRST}+SUMPRODUCT({weights},{relu})")
    sheet.style(f"{bend}{HEADINGS}:{weight}{HEADINGS}", "heading")
    sheet.style(f"{bend}{FIRST}:{height}{end + 1}", "activation")
    sheet.style(f"{weight}{FIRST}:{weight}{end}", "state")


def looks(sheet: Sheet, first: str, last: str) -> None:
    """Colours, formats, widths, charts."""
    edge = column_name(HIDDEN + 3 * len(UNITS) - 1)
    sheet.name("waves", "$B$3")
    sheet.name("tilt", "$D$3")
    sheet.style("A3,C3,A4:A5", "label")
    sheet.style("B3,D3", "parameter")
    sheet.style(f"{first}4:{last}4", "input")
    sheet.style(f"{first}5:{last}5", "result")
    sheet.style(f"A{HEADINGS}:{last}{HEADINGS}", "heading")
    sheet.style(f"A{FIRST}:B{LAST}", "input")
    sheet.style(f"{first}{FIRST}:{last}{LAST}", "activation")
    sheet.number_format(f"{first}5:{last}5,A{FIRST}:{edge}{LAST}", "0.0000")
    sheet.width("A", 12.5)
    sheet.width(f"{column_name(HIDDEN)}:{edge}", 11)
    sheet.look.freeze = f"A{FIRST}"
    x = f"A{FIRST}:A{LAST}"
    drawn = zip("BCDEFG", ("grey", "red", "orange", "green", None, "blue"), strict=True)
    lines = [Series(f"{c}{FIRST}:{c}{LAST}", x, f"={c}{HEADINGS}", colour) for c, colour in drawn if colour]
    curves = Chart(
        "line", "A curve, and what networks make of it", chart_anchor(sheet), lines, "x", x_limits=(0, 1), height=7.4
    )
    error = Series(f"{first}5:{last}5", f"{first}4:{last}4", "rms error", "blue")
    falls = Chart(
        "line", "The error falls with the units", curves.at, [error], "hidden units", logarithmic=True, height=7.4
    )
    show(sheet, [curves, falls])
