"""The whole idea of sheetsim in one file: from the text of formulas to Excel's numbers, and back to gradients.

    python examples/tiny_engine.py

Read it from the top: each part needs only those above it. ``sheetsim/`` takes the same steps by the same words, for all
kinds of values, references and functions. Here a sheet has columns A to Z, a cell holds a number or a formula, and what
Excel would answer with ``#DIV/0!`` or another error is refused.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import reduce
from graphlib import CycleError, TopologicalSorter
from itertools import groupby
from typing import Any, NamedTuple

import numpy as np

Array = np.ndarray  # a number for each cell of a block, or one for all of them
Cell = tuple[int, int]  # row and column, counted from 0
Tree = Any  # a number, a Ref, or a tuple: an operator or function and its operands


# --- 1. Arithmetic, to Excel's last bit -------------------------------------------------------------------------------
def product(a: Array, b: Array) -> Array:
    """``a * b`` rounded twice: to the 64 bits in which Excel multiplies, and then to a double's 53.

    Where the exact product is so near the midpoint of two doubles that 64 bits cannot tell it from there, the second
    rounding takes the even one of them, be it the nearer or not.
    """
    p = a * b
    with np.errstate(all="ignore"):
        a1, b1 = (134217729.0 * x - (134217729.0 * x - x) for x in (a, b))  # Veltkamp: halves of 26 bits,
        a2, b2 = a - a1, b - b1  # the products of which are exact
        error = ((a1 * b1 - p) + a1 * b2 + a2 * b1) + a2 * b2  # Dekker: p + error is the exact product
        unit = (p + 1.001 * error) - p  # from p to the double beyond the midpoint; 0 if the midpoint is not near
        tied = (abs(error - unit / 2) <= abs(unit) / 4096) & (abs(p) > 2.0**-960)
        return np.where(tied & (p / unit % 2 == 1), p + unit, p)


RULES: dict[str, tuple[Any, Any]] = {  # operator or function: its value, and its slope by each operand
    "+": (lambda a, b: a + b, lambda a, b: [1, 1]),
    "-": (lambda a, b: a - b, lambda a, b: [1, -1]),
    "*": (lambda a, b: product(a, b), lambda a, b: [b, a]),
    "/": (lambda a, b: a / b, lambda a, b: [1 / b, -a / b / b]),
    "^": (
        lambda a, n: reduce(product, [a] * range(10).index(n.item())),
        lambda a, n: [n * a ** (n - 1), a**n * np.log(a)],
    ),
    "sign": (lambda a: -a, lambda a: [-1]),
    "SQRT": (lambda a: np.sqrt(a), lambda a: [0.5 / np.sqrt(a)]),
    "SUM": (lambda *cells: reduce(np.add, cells), lambda *cells: [1] * len(cells)),  # one by one, from the left
    "SUMSQ": (lambda *cells: reduce(np.add, [a * a for a in cells]), lambda *cells: [2 * a for a in cells]),
    "COUNT": (lambda *cells: np.array([len(cells)]), lambda *cells: [0] * len(cells)),
}


# --- 2. Text → tokens → tree ------------------------------------------------------------------------------------------
class Ref(NamedTuple):
    """A cell, counted from the formula's own or, where a ``$`` fixes row or column, from A1.

    So a formula is the same tree in all the cells that it is filled into.
    """

    row: int
    column: int
    row_fixed: bool = False
    column_fixed: bool = False

    def seen_from(self, cell: Cell) -> Cell:
        """The row and column that it means in ``cell``, counted from 0."""
        return self.row + cell[0] * (not self.row_fixed), self.column + cell[1] * (not self.column_fixed)


TOKEN = re.compile(r"(\$?)([A-Z])(\$?)(\d+)\b|(\d+\.?\d*(?:E[+-]?\d+)?)|([A-Z]+|\S)")
BINDING = {",": 1, "+": 2, "-": 2, "*": 3, "/": 3, "^": 4, ":": 6}  # how tightly an operator holds its operands
SIGN = 5  # tighter than ^: -2^2 is 4


def parse(text: str, cell: Cell = (0, 0)) -> Tree:
    """The tree of what is typed into a cell."""
    tokens: list[Any] = []
    for along, letter, down, digits, number, sign in TOKEN.findall(text.upper().removeprefix("=")):
        if letter:
            row, column = int(digits) - 1, ord(letter) - ord("A")
            row, column = row if down else row - cell[0], column if along else column - cell[1]
            tokens.append(Ref(row, column, bool(down), bool(along)))
        else:
            tokens.append(float(number) if number else sign)
    tokens.append("the end")
    tree = expression(tokens)
    if tokens != ["the end"]:
        raise ValueError(f"cannot go on at {tokens[0]}")
    return tree


def expression(tokens: list[Any], loosest: int = 1) -> Tree:
    """Takes an operand, then operators with their right sides while they bind as tightly as ``loosest`` or tighter."""
    token = tokens.pop(0)
    if isinstance(token, float | Ref):
        tree: Tree = token
    elif token == "-":
        tree = ("sign", expression(tokens, SIGN))
    elif token == "(" or (token in RULES and tokens.pop(0) == "("):
        inside = expression(tokens)
        tree = inside if token == "(" else (token, *listed(inside))
        if tokens.pop(0) != ")":
            raise ValueError("a parenthesis is not closed")
    else:
        raise ValueError(f"cannot go on at {token}")
    while (binding := BINDING.get(tokens[0], 0)) >= loosest:
        tree = (tokens.pop(0), tree, expression(tokens, binding + 1))  # equals from the left: 2^3^2 is 64
    return tree


def listed(tree: Tree) -> list[Tree]:
    """What stands between commas, one by one; of a range its cells, row by row."""
    match tree:
        case (",", left, right):
            return [*listed(left), *listed(right)]
        case (":", Ref() as first, Ref() as last) if first[2:] == last[2:]:
            rows, columns = range(first.row, last.row + 1), range(first.column, last.column + 1)
            return [first._replace(row=row, column=column) for row in rows for column in columns]
        case (":", *_):
            raise ValueError("a range has both ends fixed or neither, it does not expand here")
    return [tree]


# --- 3. Blocks, precedents, order -------------------------------------------------------------------------------------
class Block(NamedTuple):
    """Cells right below one another that share a tree: what is planned and computed at once."""

    tree: Tree
    cells: list[Cell]


def blocks_of(trees: Mapping[Cell, Tree]) -> list[Block]:
    """Runs down each column of cells with equal trees; cells apart, though alike, are blocks of their own."""
    blocks: list[Block] = []
    for row, column in sorted(trees, key=lambda cell: cell[::-1]):  # column by column
        if blocks and blocks[-1].tree == trees[row, column] and blocks[-1].cells[-1] == (row - 1, column):
            blocks[-1].cells.append((row, column))
        else:
            blocks.append(Block(trees[row, column], [(row, column)]))
    return blocks


def precedents(tree: Tree, cell: Cell) -> set[Cell]:
    """The cells that a formula in ``cell`` reads."""
    match tree:
        case Ref():
            return {tree.seen_from(cell)}
        case (_, *operands):
            return set().union(*(precedents(operand, cell) for operand in operands))
    return set()


def plan(trees: Mapping[Cell, Tree]) -> list[Block]:
    """What to compute step by step, precedents before their dependents."""
    blocks = blocks_of(trees)
    home = {cell: i for i, block in enumerate(blocks) for cell in block.cells}
    reach = np.eye(len(blocks), dtype=bool)
    for cell, i in home.items():
        reach[i, [home[other] for other in precedents(trees[cell], cell) & home.keys()]] = True
    for k in range(len(blocks)):  # Warshall: a block that reaches k reaches all that k reaches
        reach |= reach[:, [k]] & reach[k]
    order = sorted(range(len(blocks)), key=lambda i: (reach[i].sum(), reach[i].tolist()))  # dependents reach more;
    groups = groupby(order, key=lambda i: reach[i].tolist())  # blocks that depend on one another reach the same
    return [step for _, group in groups for step in steps([blocks[i] for i in group])]


def steps(group: list[Block]) -> list[Block]:
    """A block that does not depend on itself is one step. Others are a recurrence, as a rule through the row above:
    each cell is a step and follows those it reads, which leads down row by row."""
    cells = {cell: Block(block.tree, [cell]) for block in group for cell in block.cells}
    reads = {cell: precedents(step.tree, cell) & cells.keys() for cell, step in cells.items()}
    if not any(reads.values()):
        return group
    try:
        return [cells[cell] for cell in TopologicalSorter(reads).static_order()]
    except CycleError as error:
        raise ValueError("circular reference: " + " → ".join(map(name, reversed(error.args[1])))) from None


def name(cell: Cell) -> str:
    """A cell's name, ``(3, 0)`` → ``A4``; columns up to Z."""
    return f"{chr(ord('A') + cell[1])}{cell[0] + 1}"


# --- 4. A tree over a block: forwards to values, backwards to slopes --------------------------------------------------
def view(ref: Ref, at: Block) -> tuple[slice, int]:
    """Where the cells of a block find what a reference means: as many rows, or the one that a ``$`` fixes."""
    row, column = ref.seen_from(at.cells[0])
    return slice(row, row + (1 if ref.row_fixed else len(at.cells))), column


def evaluate(tree: Tree, at: Block, values: Array) -> Array:
    """The tree's value in all cells of a block: one vectorised NumPy expression."""
    match tree:
        case Ref():
            return values[view(tree, at)]
        case (function, *operands):
            return RULES[function][0](*(evaluate(operand, at, values) for operand in operands))
    return np.array([tree])


def push(tree: Tree, slope: Array, at: Block, values: Array, slopes: Array) -> None:
    """The chain rule: hands what a change of the tree does to the result down to the cells that the tree reads."""
    match tree:
        case Ref():
            slopes[view(tree, at)] += slope.sum() if tree.row_fixed else slope
        case (function, *operands):
            own = RULES[function][1](*(evaluate(operand, at, values) for operand in operands))
            for operand, factor in zip(operands, own, strict=True):
                push(operand, np.where(slope == 0, 0.0, slope * factor), at, values, slopes)


# --- 5. A sheet: all of it together -----------------------------------------------------------------------------------
ITSELF = Ref(0, 0)  # as a formula sees its own cell


class Sheet:
    """What is typed into cells: ``{"E4:E32": "=C4+D4*A4"}`` types a formula into E4 and fills it down to E32."""

    def __init__(self, contents: Mapping[str, object]):
        trees: dict[Cell, Tree] = {}
        for area, content in contents.items():
            cells = [ref.seen_from((0, 0)) for ref in listed(parse(area))]
            try:
                trees |= dict.fromkeys(cells, parse(str(content), cells[0]))
            except ValueError as error:
                raise ValueError(f"{area}: {error}, in {content}") from None
        used = set(trees).union(*(precedents(tree, cell) for cell, tree in trees.items()))
        self.values = np.full((1 + max(row for row, _ in used), 26), np.nan)
        for cell in [cell for cell, tree in trees.items() if isinstance(tree, float)]:
            self.values[cell] = trees.pop(cell)
        self.plan = plan(trees)
        for block in self.plan:
            self.values[view(ITSELF, block)] = self.compute(block)

    def compute(self, block: Block) -> Array:
        """The block's values, one a cell. Raises ValueError, naming its first cell, for an error and for an empty cell
        that is read."""
        try:
            with np.errstate(all="raise", under="ignore"):
                result = evaluate(block.tree, block, self.values) + 0.0  # + 0.0: Excel has no −0
            if np.isnan(result).any():
                raise ValueError("an empty cell is read")
            return result
        except (ArithmeticError, KeyError, TypeError, ValueError) as error:
            raise ValueError(f"{name(block.cells[0])}: cannot be computed, {error}") from None

    def __getitem__(self, where: str) -> float:
        return float(self.values[parse(where)[:2]])

    def gradient(self, of: str, by: str) -> float:
        """∂of/∂by: the plan run backwards."""
        slopes = np.zeros_like(self.values)
        slopes[parse(of)[:2]] = 1.0
        with np.errstate(all="ignore"):
            for block in reversed(self.plan):
                push(block.tree, slopes[view(ITSELF, block)], block, self.values, slopes)
        return float(slopes[parse(by)[:2]])


# --- The lecture's gradient descent: each row takes a step on one point of the line y = 2x + 30 -----------------------
# A and B are x and y; C and D intercept and slope, from the row above; E and F the prediction and its squared error; K
# and L the lecture's own de/db and de/da; M and N the new slope and intercept; F1 is the learning rate.
BASIC = """
    A4 14   A5 86   A6 28   A7 51   B4 58   B5 202   B6 86   B7 132   C4 1   D4 1   F1 0.0001
    C5:C7 =N4              D5:D7 =M4
    E4:E7 =C4+D4*A4        F4:F7 =(B4-E4)^2      F8 =SQRT(SUM(F4:F7))
    K4:K7 =2*(E4-B4)       L4:L7 =K4*A4
    M4:M7 =D4-L4*$F$1      N4:N7 =C4-K4*$F$1
""".split()

if __name__ == "__main__":
    for text, python in {"=-2^2": -(2**2), "=2^3^2": 2**3**2, "=0.199*1.39": 0.199 * 1.39}.items():
        print(f"{text:12} Excel {Sheet({'A1': text})['A1']!r:9} Python {python!r}")
    sheet = Sheet(dict(zip(BASIC[::2], BASIC[1::2], strict=True)))
    print("\nstep by step:", *(":".join(map(name, sorted({step.cells[0], step.cells[-1]}))) for step in sheet.plan))
    print("\n  x    y  intercept   slope  squared error      de/db  by the chain rule")
    for row in "4567":
        numbers = [sheet[column + row] for column in "ABCDFK"]
        back = sheet.gradient(f"F{row}", f"C{row}")
        print("{:3.0f} {:4.0f} {:10.4f} {:7.4f} {:14.3f} {:10.4f} {:18.4f}".format(*numbers, back))
    print(f"\nF8 = {sheet['F8']:.4f}; by the learning rate, back through all rows: {sheet.gradient('F8', 'F1'):.1f}")
