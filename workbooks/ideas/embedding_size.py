"""How many numbers an embedding gets: a rule of thumb, half as many as there are values, but not more than 50."""

from __future__ import annotations

from sheetsim.model.look import Chart, Series
from sheetsim.workbook import Workbook
from workbooks.shared.introduction import begin

VARIABLES = {"day of the week": 7, "month": 12, "hour": 24, "shop": 1115, "user": 943, "movie": 1682}
FIRST = 6
CURVE = 121  # values from 0 on that the rule is drawn for


def embedding_size(book: Workbook) -> None:
    """The rule for some variables, and its curve."""
    sheet = book.add_sheet("embedding_size")
    sheet.about = "A rule of thumb for the size of an embedding: min(50, n / 2)."
    begin(
        sheet,
        "A variable of n values gets min(50, n / 2) numbers for each, rounded up: few values need few, and more than 50"
        " are not needed. Beside it the weights that this takes.",
        "Try a variable of yours, or another most: a one-hot row would be n wide, its weights are the same.",
    )
    last = FIRST - 1 + len(VARIABLES)
    sheet.values("A3", [["most", 50]])
    sheet.name("most", "$B$3")
    sheet.values("A5", [["variable", "values n", "size", "weights"]])
    sheet.values(f"A{FIRST}", [[name, count] for name, count in VARIABLES.items()])
    sheet.fill(f"C{FIRST}:C{last}", rule(f"B{FIRST}"))
    sheet.fill(f"D{FIRST}:D{last}", f"=B{FIRST}*C{FIRST}")
    sheet.values("F5", [["values", "rule"]])
    sheet[f"F{FIRST}"] = 0
    sheet.fill(f"F{FIRST + 1}:F{FIRST - 1 + CURVE}", f"=F{FIRST}+1")
    sheet.fill(f"G{FIRST}:G{FIRST - 1 + CURVE}", rule(f"F{FIRST}"))

    sheet.style("A3", "label")
    sheet.style(f"B3,A{FIRST}:B{last}", "parameter")
    sheet.style("A5:D5,F5:G5", "heading")
    sheet.style(f"C{FIRST}:D{last}", "result")
    sheet.style(f"F{FIRST}:G{FIRST - 1 + CURVE}", "activation")
    sheet.number_format(f"D{FIRST}:D{last}", "#,##0")
    sheet.width("A", 18)
    sheet.width("B:D", 10)
    sheet.width("E", 3)
    x, y = (f"{column}{FIRST}:{column}{FIRST - 1 + CURVE}" for column in "FG")
    sheet.chart(Chart("line", "The size of an embedding", "I5", [Series(y, x, "size", "blue")], "values"))
    sheet.look.freeze = f"A{FIRST}"


def rule(values: str) -> str:
    """The size for so many values."""
    return f"=MIN(most,ROUNDUP({values}/2,0))"
