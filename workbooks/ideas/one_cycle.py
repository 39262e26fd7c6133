"""One cycle: the rate rises along half a cosine and falls along another, the momentum goes the other way.

As in the training of the full runs (L. Smith, "A disciplined approach to neural network hyper-parameters", 2018).
"""

from __future__ import annotations

from sheetsim.model.look import Chart, Series
from sheetsim.workbook import Workbook
from workbooks.shared.charts import chart_anchor, show
from workbooks.shared.introduction import begin

SETTINGS = {  # name: its value, and what it is
    "peak": (0.005, "the highest rate"),
    "share": (0.3, "of the steps in which it rises"),
    "steps": (100, "batches in all, up to 200"),
    "high": (0.95, "momentum at both ends"),
    "low": (0.85, "momentum at the peak"),
    "start": (25, "the first rate is peak over this"),
    "end": (250_000, "the last one peak over this"),
}
MOST = 200  # steps
HEADINGS, FIRST = 6, 7
LAST = FIRST + MOST


def one_cycle(book: Workbook) -> None:
    """Rate and momentum of each step, by formulas."""
    sheet = book.add_sheet("one_cycle")
    sheet.about = "One cycle as formulas: peak rate, share, momentum and number of steps, and a chart that moves."
    begin(
        sheet,
        "The rate rises to its peak and falls to almost nothing, while the momentum falls and rises: large steps in the"
        " middle, where they do not need more momentum.",
        "Try another peak, share or number of steps, and watch both charts move.",
    )
    for at, (name, (value, what)) in enumerate(SETTINGS.items(), HEADINGS + 1):
        sheet.values(f"G{at}", [[name, value, what]])
        sheet.name(name, f"$H${at}")
    bottom = HEADINGS + len(SETTINGS)
    sheet[f"G{bottom + 1}"] = "rise"
    sheet[f"H{bottom + 1}"] = "=INT(steps*share)"
    sheet[f"I{bottom + 1}"] = "steps until the peak"
    sheet.name("rise", f"$H${bottom + 1}")
    sheet.values(f"A{HEADINGS}", [["row", "step", "part", "rate", "momentum"]])
    sheet[f"A{FIRST}"] = 0
    sheet.fill(f"A{FIRST + 1}:A{LAST}", f"=A{FIRST}+1")
    sheet.fill(f"B{FIRST}:B{LAST}", f"=MIN(A{FIRST},steps)")  # after the last step the charts stay where they are
    up, down = f"B{FIRST}/MAX(rise,1)", f"(B{FIRST}-rise)/(steps-rise)"
    sheet.fill(f"C{FIRST}:C{LAST}", f"=IF(B{FIRST}<rise,{up},{down})")
    for column, first, middle, last in (("D", "peak/start", "peak", "peak/end"), ("E", "high", "low", "high")):
        rising, falling = cosine(first, middle), cosine(middle, last)
        sheet.fill(f"{column}{FIRST}:{column}{LAST}", f"=IF($B{FIRST}<rise,{rising},{falling})")

    sheet.style(f"A{HEADINGS}:E{HEADINGS}", "heading")
    sheet.style(f"A{FIRST}:B{LAST}", "label")
    sheet.style(f"C{FIRST}:C{LAST}", "activation")
    sheet.style(f"D{FIRST}:E{LAST}", "result")
    sheet.style(f"G{FIRST}:G{bottom + 1}", "label")
    sheet.style(f"H{FIRST}:H{bottom}", "parameter")
    sheet.style(f"H{bottom + 1}", "activation")
    sheet.style(f"I{FIRST}:I{bottom + 1}", "note")
    sheet.number_format(f"C{FIRST}:C{LAST},E{FIRST}:E{LAST}", "0.0000")
    sheet.number_format(f"D{FIRST}:D{LAST}", "0.00E+00")
    sheet.number_format(f"H{FIRST}:H{bottom}", "General")
    sheet.width("A:C", 8)
    sheet.width("D:E", 11)
    sheet.width("F", 3)
    sheet.width("H", 10)
    sheet.width("I", 29)
    sheet.look.freeze = f"A{FIRST}"
    x, rate, momentum = (f"{column}{FIRST}:{column}{LAST}" for column in "BDE")
    beside = chart_anchor(sheet)
    show(
        sheet,
        [
            Chart("line", "Learning rate", beside, [Series(rate, x, "rate", "blue")], "step", height=7.4),
            Chart("line", "Momentum", beside, [Series(momentum, x, "momentum", "orange")], "step", height=7.4),
        ],
        together=True,
    )


def cosine(start: str, end: str) -> str:
    """From one number to another along half a cosine, by the part in column C."""
    return f"{end}+({start}-{end})/2*(1+COS(PI()*$C{FIRST}))"
