"""What a network says of every place, as shades: blue where class 1 is probable, orange where class 0 is.

The weights are looked up on the sheet that trains, after as many epochs as one asks for, and stand here as matrices.
"""

from __future__ import annotations

from sheetsim.model.address import Rect, cell_name, column_name
from sheetsim.model.sheet import Sheet
from sheetsim.workbook import Workbook
from workbooks.shared.introduction import begin
from workbooks.shared.layout import Area
from workbooks.tiny_nn.columns import Columns
from workbooks.tiny_nn.network import FIRST, NOW, Points

STEPS = 37  # places along each side, an eighth apart, so that every point has its own
FURTHEST = 2.25
NOT_SHOWN = ";;;"
TABLES = 6  # columns of the weights, left of the grid


def boundary(book: Workbook, points: Points) -> None:
    """``nn``'s: straight pieces, one for each hidden unit."""
    sheet = book.add_sheet("boundary")
    sheet.about = "The decision boundary as shades, for the weights of nn, with the points in it."
    begin(
        sheet,
        "Blue is where class 1 is probable, orange class 0; dots are points of class 1, circles of class 0. Each hidden"
        " unit folds the plane along one line.",
        "Change a weight on nn, or press Run there, and look again; in a file with epochs say in B3 how many to show.",
    )
    columns = Columns(collapsed=False)
    found_weights(sheet, "nn", columns)
    sheet.values("A15", [["class 1 - class 0"], [None, "a1", "a2", "a3", "bias"], ["difference"]])
    sheet.fill("B17:E17", "=B13-B12")
    hidden = "MAX(0,{x1}*{c}$7+{x2}*{c}$8+{c}$9)*{c}$17"
    total = "+".join(hidden.replace("{c}", f"${unit}") for unit in "BCD")
    shades(sheet, "nn", points, f"1/(1+EXP(-({total}+$E$17)))")
    sheet.style("A15", "title")
    sheet.style("B16:E16", "heading")
    sheet.style("A17", "label")
    sheet.style("B17:E17", "activation")
    sheet.number_format("B17:E17", "0.0000")


def straight(book: Workbook, points: Points) -> None:
    """``linear``'s: one straight line, from the one matrix."""
    sheet = book.add_sheet("one_layer")
    sheet.about = "The two layers without a ReLU multiplied into one matrix, and the straight line that it draws."
    begin(
        sheet,
        "Two affine layers, multiplied out, are one: its matrix W·V stands below, and gives every shade.",
        "Whatever the weights on linear, and however often Run is pressed there, the boundary is one straight line.",
    )
    found_weights(sheet, "linear", Columns(collapsed=True))
    sheet.values("A15", [["one layer: W·V"], [None, "class 0", "class 1"], ["x1"], ["x2"], ["bias b·V + c"]])
    sheet.values("A20", [["V, turned"], ["to class", 0, 1], ["from 1"], ["from 2"], ["from 3"]])
    sheet.array("B22:C24", "=TRANSPOSE(B12:D13)")
    sheet.array("B17:C18", "=MMULT(B7:D8,B22:C24)")
    sheet["B19"] = "=MMULT(B9:D9,B22:B24)+E12"
    sheet["C19"] = "=MMULT(B9:D9,C22:C24)+E13"
    shades(sheet, "linear", points, "1/(1+EXP($B$17*{x1}+$B$18*{x2}+$B$19-$C$17*{x1}-$C$18*{x2}-$C$19))")
    sheet.style("A15,A20", "title")
    sheet.style("B16:C16,A21:C21", "heading")
    sheet.style("A17:A19,A22:A24", "label")
    sheet.style("B17:C19", "result")
    sheet.style("B22:C24", "activation")
    sheet.number_format("B17:C19,B22:C24", "0.0000")


def found_weights(sheet: Sheet, source: str, columns: Columns) -> None:
    """The weights after some epochs, in columns A to E: a row for each input and the bias, and one for each class.

    Under a sheet with epochs written out stand copies of it, each with its number in column A, four rows above its
    weights; the start is row 6.
    """
    sheet.values("A3", [["epochs"], ["row"]])
    sheet["C3"] = f'=IF(B3="",MAX({source}!$A:$A),B3)'
    sheet["D3"] = "are shown; B3 blank: the last"
    sheet["B4"] = f"=IF(C3=0,{NOW},MATCH(C3,{source}!$A:$A,0)+{NOW - 2})"
    sheet.values("A5", [["hidden layer W"], ["to unit", 1, 2, 3], ["x1"], ["x2"], ["bias"]])
    sheet.values("A10", [["output layer V"], ["from unit", 1, 2, 3, "bias"], ["class 0"], ["class 1"]])

    def find(cells: str, heading: str) -> None:
        sheet.fill(cells, f"=INDEX({source}!{columns[heading]}:{columns[heading]},$B$4)")

    for row, heading in ((7, "w11"), (8, "w21"), (9, "b1"), (12, "v01"), (13, "v11")):
        find(f"B{row}:D{row}", heading)
    find("E12", "c0")
    find("E13", "c1")

    sheet.name("epochs", "$B$3")
    sheet.style("A5,A10", "title")
    sheet.style("A3:A4,A7:A9,A12:A13", "label")
    sheet.style("A6:D6,A11:E11", "heading")
    sheet.style("B3", "parameter")
    sheet.style("C3,B4", "activation")
    sheet.style("D3", "note")
    sheet.style("B7:D9,B12:E13", "state")
    sheet.number_format("B7:D9,B12:E13", "0.0000")
    sheet.width("A", 14)
    sheet.width("B:E", 9)
    sheet.width("F", 3)


def shades(sheet: Sheet, source: str, points: Points, probability: str) -> None:
    """The grid: x1 to the right, x2 upwards, the probability of class 1 as a shade; the points lie in it."""
    grid = Area.at(f"{column_name(TABLES + 2)}4", rows=STEPS, columns=STEPS)
    step = 2 * FURTHEST / (STEPS - 1)
    places = [-FURTHEST + step * at for at in range(STEPS)]
    across, down = Area(grid.rect._replace(top=grid.bottom, bottom=grid.bottom)), grid.before()
    sheet.values(across.first, [places])
    sheet.values(down.first, [[place] for place in reversed(places)])
    sheet[grid.above().first] = "x1 to the right, x2 upwards"
    x1, x2 = across.across, down.down
    sheet.fill(f"{grid}", "=" + probability.replace("{x1}", x1).replace("{x2}", x2))
    sheet.headings[f"{grid}"] = "probability of class 1"
    last = FIRST - 1 + len(points)
    given = [f"{source}!${column}${FIRST}:${column}${last}" for column in "BCD"]
    for one, mark in ((1, "dot"), (0, "circle")):
        sheet.colour(f"{grid}", f"COUNTIFS({given[0]},{x1},{given[1]},{x2},{given[2]},{one})>0", mark)
    sheet.shade(f"{grid}", "classes", 0, 1)

    sheet.style(f"{grid.above().first}", "label")
    sheet.style(f"{across},{down}", "note")
    sheet.number_format(f"{grid}", NOT_SHOWN)
    for axis in (across, down):  # of the places only the whole numbers are shown
        sheet.number_format(f"{axis}", NOT_SHOWN)
        for cell, place in zip(axis.rect.cells(), places, strict=True):
            if place == round(place):
                sheet.number_format(cell_name(*cell), "0")
    sheet.width(f"{grid.left}:{grid.right}", 2.8)
    sheet.width(down.left, 3)
    sheet.look.page = f"{Rect(0, 0, grid.bottom, grid.rect.right)}"
