"""The weights of the polynomials that fit best, by elimination: what the Solver searches, worked out.

Where the loss is the mean squared error + wd·Σw², its gradient is 0 where (XᵀX/n + wd·1)·w = Xᵀy/n, X being the powers
of the points' x. Each block takes one more column to a single 1 (Gauss and Jordan); after k of them the right-hand side
begins with the k weights of degree k - 1, so that one elimination holds every degree's.
"""

from __future__ import annotations

from sheetsim.model.sheet import Sheet
from sheetsim.workbook import Workbook
from workbooks.shared.introduction import begin
from workbooks.shared.layout import Area

HIGHEST = 9  # degree
SIZE = HIGHEST + 1
POWERS = 6  # the row of the first point's powers
BLOCKS = POWERS + 13  # the row of the first equation
STRIDE = SIZE + 2
LEFT = ("B", "O")  # the first column of each of the two systems: without wd, with wd


def fits(book: Workbook, source: str, x: Area, y: Area) -> None:
    """The sheet, for these points of another."""
    sheet = book.add_sheet("fits")
    sheet.about = "How the weights are worked out: the equations of least squares, solved column by column."
    begin(
        sheet,
        "Block by block one more column becomes a single 1. After block 2 the last column begins with the two weights"
        " of degree 1, after block 4 with the four of degree 3, after block 10 it holds the ten of degree 9.",
        "On the left without wd, on the right with wd on the diagonal. Try wd 0 on the sheet overfitting: both agree.",
    )
    count = x.rect.rows
    powers = Area.at(f"B{POWERS}", rows=count, columns=SIZE)
    targets = Area.at(f"L{POWERS}", rows=count)
    sheet.values(f"A{POWERS - 1}", [["point", *(f"x^{power}" for power in range(SIZE)), "y"]])
    sheet.values(f"A{POWERS}", [[at] for at in range(1, count + 1)])
    sheet.values(powers.first, [[1]] * count)
    sheet.fill(f"C{POWERS}:K{POWERS + count - 1}", f"=B{POWERS}*{source}!${x.first}")
    sheet.fill(f"{targets}", f"={source}!{y.first}")
    sheet.style(f"A{POWERS - 1}:L{POWERS - 1}", "heading")
    sheet.style(f"{powers},{targets}", "input")
    for system, left in enumerate(LEFT):
        equations(sheet, Area.at(f"{left}{BLOCKS}", rows=SIZE, columns=SIZE + 1), powers, targets, system)
    sheet.number_format(f"B{POWERS}:Y{BLOCKS + STRIDE * (SIZE + 1)}", "#,##0.0000")
    sheet.width("A", 9)
    sheet.width("B:L", 13)
    sheet.width("M:N", 9)
    sheet.width("O:Y", 13)
    sheet.look.freeze = "B5"


def equations(sheet: Sheet, first: Area, powers: Area, targets: Area, system: int) -> None:
    """The equations and the ten blocks that solve them, one under the other."""
    number = first.before()
    for block in range(SIZE + 1):
        top = BLOCKS + STRIDE * block
        here = Area.at(f"{first.left}{top}", rows=SIZE, columns=SIZE + 1)
        titles = [*(f"w{power}" for power in range(SIZE)), f"block {block}" if block else "= "]
        sheet.values(here.above().first, [titles])
        sheet.values(f"{number.left}{top}", [[power] for power in range(SIZE)])
        sheet.style(f"{here.above()}", "heading")
        sheet.style(f"{number.left}{top}:{number.left}{top + SIZE - 1}", "label")
        sheet.style(f"{here}", "activation")
        sheet.headings[f"{here}"] = f"block {block}"
        if not block:
            continue
        above, pivot = top - STRIDE, top - STRIDE + block - 1
        column = Area.at(f"{first.left}{above}", rows=1, columns=block).right
        share = f"{first.left}${pivot}/${column}${pivot}"
        sheet.fill(
            f"{here}", f"=IF(${number.left}{top}={block - 1},{share},{first.left}{above}-${column}{above}*{share})"
        )
        sheet.style(f"{here.right}{top}:{here.right}{top + block - 1}", "result")
    right, n = first.right, f"COUNT({targets})"
    matrix, sums = Area(first.rect._replace(right=first.rect.right - 1)), f"{right}{first.top}:{right}{first.bottom}"
    if not system:
        sheet.array(f"{matrix}", f"=MMULT(TRANSPOSE({powers}),{powers})/{n}")
        sheet.array(sums, f"=MMULT(TRANSPOSE({powers}),{targets})/{n}")
    else:  # the same, with wd on the diagonal
        diagonal = f"(${number.first}+1=COLUMNS(${first.first}:{first.first}))"
        sheet.fill(f"{matrix}", f"={LEFT[0]}{first.top}+wd*{diagonal}")
        sheet.fill(sums, f"={Area.at(f'{LEFT[0]}{first.top}', 1, SIZE + 1).right}{first.top}")


def solution(degree: int, system: int) -> str:
    """The cell with the first weight of a degree: the others stand below it."""
    return f"{Area.at(f'{LEFT[system]}1', 1, SIZE + 1).right}{BLOCKS + STRIDE * (degree + 1)}"
