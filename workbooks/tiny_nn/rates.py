"""How a learning rate for each layer group comes from what is typed, by formulas that take the text apart.

One number is for all groups; ``slice(b)`` is b for the last and b/3 for those before; ``slice(a, b)`` goes from a to b
by equal factors. A group that is frozen has the rate 0.
"""

from __future__ import annotations

from sheetsim.model.look import Chart, Series
from sheetsim.model.sheet import Sheet
from sheetsim.workbook import Workbook
from workbooks.shared.introduction import begin
from workbooks.tiny_nn.network import FROZEN, RATE

HEADINGS, FIRST = 5, 6
GROUPS = 6  # the most layer groups there are
LETTERS = 24  # of what is typed
#: What is typed, how many groups there are, how many of them are frozen: to be changed.
EXAMPLES = (
    (0.01, 3, 0),
    ("slice(0.01)", 3, 0),
    ("slice(1e-5, 1e-3)", 3, 0),
    ("slice(1e-4, 1e-1)", 6, 0),
    ("slice(0.01)", 3, 2),
    (0, 3, 0),
)


def rates(book: Workbook, trained: tuple[str, ...] = ("nn", "linear")) -> None:
    """The rates of the sheets that train, one line each, and of examples."""
    sheet = book.add_sheet("rates")
    sheet.about = "A learning rate for each layer group from what is typed: one number, slice(b), slice(a, b), frozen."
    last = FIRST - 1 + len(trained) + len(EXAMPLES)
    begin(
        sheet,
        "A rate for each layer group from what is typed: one number is for all; slice(b): the last group b, those"
        " before b/3; slice(a, b): from a to b, each larger by the same factor. Frozen is 0.",
        "Type slice(1e-6, 0.1) into an orange cell, or more groups, or how many of them are frozen: the letters of a"
        " slice stand on the right, and formulas find its numbers between ( and comma and ).",
    )
    sheet.values(f"A{HEADINGS}", [["for", "typed", "groups", "frozen", "read as", "comma at"]])
    sheet.values(f"G{HEADINGS}", [[f"group {group}" for group in range(1, GROUPS + 1)]])
    sheet.values("G4", [range(1, GROUPS + 1)])
    sheet.values(f"M{HEADINGS}", [["a", "b"]])
    sheet.values("P4", [range(1, LETTERS + 1)])
    sheet.values(f"P{HEADINGS}", [[f"letter {at}" for at in range(1, LETTERS + 1)]])

    for row, title in enumerate(trained, FIRST):
        sheet[f"A{row}"] = title
        sheet[f"B{row}"] = f"={title}!{RATE}"
        sheet[f"C{row}"] = 2
        sheet[f"D{row}"] = f"={title}!{FROZEN}"
    examples = FIRST + len(trained)
    sheet.values(f"A{examples}", [["try", *example] for example in EXAMPLES])

    # 'slice(1e-5, 1e-3)' has its first number from letter 7 up to the comma, and its second from there to the end
    rest = "LEN($B6)-1"
    sheet.fill(f"P{FIRST}:AM{last}", '=IF(ISNUMBER($B6),"",MID($B6,P$4,1))')
    sheet.fill(f"F{FIRST}:F{last}", '=IFERROR(MATCH(",",P6:AM6,0),0)')
    is_slice = 'AND(LOWER(LEFT(B6,6))="slice(",RIGHT(B6,1)=")")'
    kinds = f'IF({is_slice},IF(F6=0,"slice(b)","slice(a, b)"),"no rate")'
    sheet.fill(f"E{FIRST}:E{last}", f'=IF(ISNUMBER(B6),"one number",{kinds})')
    one, two = 'E6="one number"', 'E6="slice(a, b)"'
    sheet.fill(f"N{FIRST}:N{last}", f'=IF(E6="no rate",NA(),IF({one},B6,MID(B6,MAX(7,F6+1),{rest}-MAX(6,F6))*1))')
    sheet.fill(f"M{FIRST}:M{last}", f"=IF({two},MID(B6,7,F6-7)*1,IF({one},N6,N6/3))")
    spread = "IF($M6=0,0,$M6*($N6/$M6)^((G$4-1)/($C6-1)))"
    between = f'IF($E6="slice(a, b)",{spread},$M6)'
    sheet.fill(f"G{FIRST}:L{last}", f'=IF(G$4>$C6,"",IF(G$4<=$D6,0,IF(G$4=$C6,$N6,{between})))')
    looks(sheet, examples, last)


def looks(sheet: Sheet, examples: int, last: int) -> None:
    """Colours, formats, widths and a chart."""
    sheet.style(f"A{HEADINGS}:N{HEADINGS},P{HEADINGS}:AM{HEADINGS}", "heading")
    sheet.style(f"A{FIRST}:A{last}", "label")
    sheet.style(f"B{examples}:D{last}", "parameter")
    sheet.style(f"B{FIRST}:D{examples - 1}", "input")
    sheet.style(f"E{FIRST}:F{last},M{FIRST}:N{last},P{FIRST}:AM{last}", "activation")
    sheet.style(f"G{FIRST}:L{last}", "result")
    sheet.style("G4:L4,P4:AM4", "note")
    sheet.number_format(f"G{FIRST}:N{last}", "0.00E+00")
    sheet.width("A", 8)
    sheet.width("B", 19)
    sheet.width("C:D", 8)
    sheet.width("E", 13)
    sheet.width("F:N", 10.5)
    sheet.width("O", 3)
    sheet.width("P:AM", 9)
    bars = [Series(f"G{row}:I{row}", None, f"=E{row}") for row in range(examples, examples + 3)]
    title = "The rates of three layer groups"
    sheet.chart(Chart("line", title, f"A{last + 2}", bars, "layer group", logarithmic=True))
    sheet.look.page = f"A1:N{last + 20},P1:AM{last}"
