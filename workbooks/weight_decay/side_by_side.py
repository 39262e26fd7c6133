"""The sheet that puts the four side by side: the one cell ``wd``, what each came to, and where they part."""

from __future__ import annotations

from collections.abc import Mapping

from sheetsim.model.look import Chart, Series
from sheetsim.model.sheet import Sheet
from workbooks.shared.charts import chart_anchor, show
from workbooks.shared.columns import Table
from workbooks.shared.introduction import INDENTED, begin

WD = "$B$4"
RATE = 0.05  # half of the weight decay that the lecture recommends, 0.1, which is that of the update
HEADS = 7  # the row of the headings of the four
PLACES = {  # where the pull stands, and what PyTorch has for it
    "sgd_l2": ("in the loss", "SGD(weight_decay=B5)"),
    "sgd_decay": ("in the update", "SGD(weight_decay=B5)"),
    "adam_l2": ("in the loss", "Adam(weight_decay=B5)"),
    "adam_decay": ("in the update", "AdamW(weight_decay=B5)"),
}
DIGITS = 9  # decimals in which two numbers are compared: what differs by less differs by rounding only


def side_by_side(sheet: Sheet, tables: Mapping[str, Table], colours: Mapping[str, str]) -> None:
    """The overview of the four sheets, whose steps are in ``tables``; they have their rows in common."""
    sheet.about = "One wd for all four: for plain descent it does not matter where it stands, for Adam it does."
    begin(
        sheet,
        "A pull towards zero, in the loss or in the update: for plain descent the two are the same (sgd_l2 and"
        " sgd_decay, cell by cell), for Adam they are not (adam_l2 and adam_decay).",
        "Look at the last two columns: how much of the pull is left once it has passed through Adam's moments. Try wd ="
        " 0, 0.005 and 0.5, and look at where the four end.",
    )
    sheet.values("A4", [["wd", RATE], ["2·wd"]])
    sheet["B5"] = "=2*wd"
    sheet["C4"] = "the loss is err² + wd·(b² + a²), and its gradient has the term 2·wd·w"
    sheet["C5"] = "the update is w - lr·(gradient + 2·wd·w): what PyTorch calls weight_decay"
    _four(sheet, tables)
    first = _verdict(sheet, tables) + 3
    _rows(sheet, tables, first)
    sheet.style("A4:A5", "label")
    sheet.style("B4", "parameter")
    sheet.style("B5", "result")
    sheet.number_format("B4:B5", "General")
    sheet.style("C4:C5", "note")
    sheet.number_format("C4:C5", INDENTED)
    sheet.width("A", 13)
    sheet.width("B:N", 12)
    sheet.look.freeze = "B3"
    show(sheet, _charts(sheet, tables, colours, first))


def _four(sheet: Sheet, tables: Mapping[str, Table]) -> None:
    headings = ["sheet", "the pull", "lr", "b", "a", "rms error", "b²+a²", "PyTorch's"]
    sheet.values(f"A{HEADS}", [headings])
    for row, (title, table) in enumerate(tables.items(), HEADS + 1):
        place, theirs = PLACES[title]
        sheet.values(f"A{row}", [[title, place]])
        sheet[f"C{row}"] = f"={title}!lr"
        sheet[f"D{row}"] = f"={title}!{table.end('new_b')}"
        sheet[f"E{row}"] = f"={title}!{table.end('new_a')}"
        sheet[f"H{row}"] = theirs
        sheet.link(f"A{row}", f"{title}!A1")
        sheet.link(f"C{row}", f"{title}!D3")
    one = next(iter(tables))
    x, y = (f"{one}!{_fixed(tables[one].down(name))}" for name in "xy")
    best, least = HEADS + 1 + len(tables), HEADS + 2 + len(tables)
    sheet.values(f"A{best}", [["least err²"], ["least loss"]])
    for row, pull in ((best, "0"), (least, "wd")):  # the normal equations, with n·wd on their diagonal
        ones, squares = f"(COUNT({x})*(1+{pull}))", f"(SUMSQ({x})+COUNT({x})*{pull})"
        products, determinant = f"SUMPRODUCT({x},{y})", f"({ones}*{squares}-SUM({x})^2)"
        sheet[f"D{row}"] = f"=(SUM({y})*{squares}-SUM({x})*{products})/{determinant}"
        sheet[f"E{row}"] = f"=({ones}*{products}-SUM({x})*SUM({y}))/{determinant}"
    sheet[f"H{best}"] = "where all four go if wd is 0"
    sheet[f"H{least}"] = "where the loss with wd·(b² + a²) is least, over all points"
    sheet.fill(
        f"F{HEADS + 1}:F{least}", f"=ROUND(SQRT(SUMPRODUCT(({y}-D{HEADS + 1}-E{HEADS + 1}*{x})^2)/COUNT({y})),{DIGITS})"
    )
    sheet.fill(f"G{HEADS + 1}:G{least}", f"=D{HEADS + 1}^2+E{HEADS + 1}^2")
    sheet.style(f"A{HEADS}:H{HEADS}", "heading")
    sheet.style(f"A{HEADS + 1}:A{best - 1},C{HEADS + 1}:C{best - 1}", "link")
    sheet.style(f"D{HEADS + 1}:G{best - 1}", "result")
    sheet.style(f"D{best}:G{least}", "state")
    sheet.style(f"A{best}:A{least}", "label")
    sheet.style(f"H{HEADS + 1}:H{least}", "note")
    sheet.number_format(f"H{HEADS + 1}:H{least}", INDENTED)
    sheet.number_format(f"C{HEADS + 1}:C{least}", "General")
    sheet.number_format(f"D{HEADS + 1}:F{least}", "#,##0.0000")
    sheet.number_format(f"G{HEADS + 1}:G{least}", "#,##0.00")


def _verdict(sheet: Sheet, tables: Mapping[str, Table]) -> int:
    """Whether two and two agree, over all rows and both weights; returns its last row."""
    top = HEADS + len(tables) + 4
    first = top + 6
    last = first + next(iter(tables.values())).last - next(iter(tables.values())).first
    sheet.values(f"A{top}", [["sgd_l2 and sgd_decay differ by at most"], ["adam_l2 and adam_decay differ by at most"]])
    for row, column in ((top, "J"), (top + 1, "K")):
        sheet[f"E{row}"] = f"=MAX({column}{first}:{column}{last})"
        sheet[f"F{row}"] = f'=IF(E{row}=0,"the same, to {DIGITS} decimals","not the same")'
    sheet.style(f"A{top}:A{top + 1}", "label")
    sheet.style(f"E{top}:E{top + 1}", "result")
    sheet[f"A{top + 2}"] = "Run on one sheet alone takes its rows further than the others': press it as often on each."
    sheet.style(f"A{top + 2}", "note")
    sheet.number_format(f"E{top}:E{top + 1}", "#,##0.0000")
    sheet.number_format(f"F{top}:F{top + 1}", INDENTED)
    sheet.colour(f"F{top}:G{top + 1}", f"$E{top}=0", "good")
    return top + 2


def _rows(sheet: Sheet, tables: Mapping[str, Table], first: int) -> None:
    """A line for each step: b and a of the four, how far two and two are apart, and what arrives of the pull."""
    one = next(iter(tables.values()))
    last = first + one.last - one.first
    heads = first - 1
    sheet.values(f"B{heads - 1}", [["new b", None, None, None, "new a"]])
    sheet.values(f"J{heads - 1}", [["differ by", None, "of adam_l2's pull arrives"]])
    sheet.values(f"A{heads}", [["step", *tables, *tables, "sgd", "adam", "at b", "at a"]])
    sheet[f"A{first}"] = 1
    sheet.fill(f"A{first + 1}:A{last}", f"=A{first}+1")
    columns = [(title, name) for name in ("new_b", "new_a") for title in tables]
    for letters, (title, name) in zip("BCDEFGHI", columns, strict=True):
        sheet.fill(f"{letters}{first}:{letters}{last}", f"={title}!{tables[title].down(name).split(':')[0]}")
    sheet.fill(f"J{first}:J{last}", f"=ROUND(MAX(ABS(B{first}-C{first}),ABS(F{first}-G{first})),{DIGITS})")
    sheet.fill(f"K{first}:K{last}", f"=ROUND(MAX(ABS(D{first}-E{first}),ABS(H{first}-I{first})),{DIGITS})")
    for letters, name in (("L", "arrives_b"), ("M", "arrives_a")):
        sheet.fill(f"{letters}{first}:{letters}{last}", f"=adam_l2!{tables['adam_l2'].down(name).split(':')[0]}")
    sheet.style(f"B{heads - 1}:L{heads - 1}", "label")
    sheet.style(f"A{heads}:M{heads}", "heading")
    sheet.style(f"A{first}:A{last}", "label")
    sheet.style(f"B{first}:I{last}", "state")
    sheet.style(f"J{first}:K{last}", "loss")
    sheet.style(f"L{first}:M{last}", "result")
    sheet.number_format(f"B{first}:I{last}", "#,##0.0000")
    sheet.number_format(f"J{first}:K{last}", "#,##0.0000")
    sheet.number_format(f"L{first}:M{last}", "0.00%")


def _charts(sheet: Sheet, tables: Mapping[str, Table], colours: Mapping[str, str], first: int) -> list[Chart]:
    one = next(iter(tables.values()))
    last = first + one.last - one.first
    at = chart_anchor(sheet)

    def lines(letters: str) -> list[Series]:
        cells = {title: f"{letter}{first}:{letter}{last}" for letter, title in zip(letters, tables, strict=True)}
        return [Series(down, None, title, colours[title]) for title, down in cells.items()]

    return [
        Chart(
            "line", "b of the four, a step a row (sgd_l2 and sgd_decay coincide)", at, lines("BCDE"), "step", height=7.4
        ),
        Chart(
            "line", "a of the four, a step a row (sgd_l2 and sgd_decay coincide)", at, lines("FGHI"), "step", height=7.4
        ),
    ]


def _fixed(cells: str) -> str:
    """``A6:A34`` → ``$A$6:$A$34``."""
    return ":".join(f"${cell[0]}${cell[1:]}" for cell in cells.split(":"))
