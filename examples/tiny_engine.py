"""The whole idea of sheetsim in one file: from the text of formulas to Excel's numbers, and back to gradients.

    python examples/tiny_engine.py

Read it from the top: each part needs only those above it. ``sheetsim/`` takes the same steps by the same words, for all
kinds of values, references and functions. Here a sheet has columns A to Z, a cell holds a number or a formula, and what
Excel would answer with ``#DIV/0!`` or another error is refused.
"""

import re
from functools import reduce
from graphlib import CycleError, TopologicalSorter
from typing import Any, NamedTuple

import numpy as np

Array = np.ndarray  # a number for each cell of a block, or one for all of them
Cell = tuple[int, int]  # row and column, counted from 0
Block = list[Cell]  # cells of a column with the same tree: what is planned and computed at once
Tree = Any  # a number, a Ref, or a tuple: an operator or function and its operands


# --- 1. Arithmetic, to Excel's last bit -------------------------------------------------------------------------------
def product(a: Array, b: Array) -> Array:
    """``a * b`` rounded twice: to the 64 bits in which Excel multiplies, then to a double's 53. Where 64 bits cannot
    tell the exact product from the midpoint of two doubles, the even one of them is the result."""
    p = a * b
    with np.errstate(all="ignore"):
        a1, b1 = (134217729.0 * x - (134217729.0 * x - x) for x in (a, b))  # Veltkamp: halves of 26 bits,
        a2, b2 = a - a1, b - b1  # the products of which are exact
        error = ((a1 * b1 - p) + a1 * b2 + a2 * b1) + a2 * b2  # Dekker: p + error is the exact product
        unit = (p + 1.001 * error) - p  # from p to the double beyond the midpoint; 0 if the midpoint is not near
        tied = (abs(error - unit / 2) <= abs(unit) / 4096) & (abs(p) > 2.0**-960)
        return np.where(tied & (p / unit % 2 == 1), p + unit, p)


def power(a: Array, n: Array) -> Array:
    """A product from the left; the exponent is a whole number to 9, the same in all cells."""
    return reduce(product, [a] * range(10).index(np.unique(n).item()))


RULES: dict[str, tuple[Any, Any]] = {  # operator or function: its value, and its slope by each operand
    "+": (lambda a, b: a + b, lambda a, b: [1, 1]),
    "-": (lambda a, b: a - b, lambda a, b: [1, -1]),
    "*": (product, lambda a, b: [b, a]),
    "/": (lambda a, b: a / b, lambda a, b: [1 / b, -a / b / b]),
    "^": (power, lambda a, n: [n * a ** (n - 1), a**n * np.log(a)]),
    "sign": (lambda a: -a, lambda a: [-1]),
    "SQRT": (lambda a: np.sqrt(a), lambda a: [0.5 / np.sqrt(a)]),
    "SUM": (lambda *cells: reduce(np.add, cells), lambda *cells: [1] * len(cells)),  # one by one, from the left
    "SUMSQ": (lambda *cells: reduce(np.add, [a * a for a in cells]), lambda *cells: [2 * a for a in cells]),
    "COUNT": (lambda *cells: np.array([len(cells)]), lambda *cells: [0] * len(cells)),
}


# --- 2. Text → tokens → tree ------------------------------------------------------------------------------------------
class Ref(NamedTuple):
    """A cell, counted from the formula's own or, where a ``$`` fixes row or column, from A1: so a formula is the same
    tree in all the cells that it is filled into."""

    row: int
    column: int
    row_fixed: bool = False
    column_fixed: bool = False

    def seen_from(self, at: Any) -> Any:
        """The row and column that it means in a cell, or the rows and columns that it means in those of a block."""
        return self.row + at[0] * (not self.row_fixed), self.column + at[1] * (not self.column_fixed)


TOKEN = re.compile(r"(\$?)([A-Z])(\$?)(\d+)\b|(\d+\.?\d*(?:E[+-]?\d+)?)|([A-Z]+|\S|\Z)")
BINDING = {",": 1, "+": 2, "-": 2, "*": 3, "/": 3, "^": 4, "sign": 5, ":": 6}  # how tightly each holds: -2^2 is 4


def parse(text: str, cell: Cell = (0, 0)) -> Tree:
    """The tree of what is typed into a cell."""
    tokens: list[Any] = []
    for along, letter, down, digits, number, sign in TOKEN.findall(text.upper().removeprefix("=")):
        if letter:
            row, column = int(digits) - 1 - cell[0] * (not down), ord(letter) - ord("A") - cell[1] * (not along)
            tokens.append(Ref(row, column, bool(down), bool(along)))
        else:
            tokens.append(float(number) if number else sign or "the end")
    tree = expression(tokens)
    if tokens != ["the end"]:
        raise ValueError(f"cannot go on at {tokens[0]}")
    return tree


def expression(tokens: list[Any], loosest: int = 1) -> Tree:
    """Takes an operand, then operators with their right sides while they bind as tightly as ``loosest`` or tighter."""
    tree = token = tokens.pop(0)
    if token == "-":
        tree = ("sign", expression(tokens, BINDING["sign"]))
    elif token == "(" or (token in RULES.keys() - BINDING and tokens.pop(0) == "("):
        inside = expression(tokens)
        tree = inside if token == "(" else (token, *listed(inside))
        if tokens.pop(0) != ")":
            raise ValueError("a parenthesis is not closed")
    elif not isinstance(token, float | Ref):
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
def name(cell: Cell) -> str:
    """A cell's name, ``(3, 0)`` → ``A4``."""
    return f"{chr(ord('A') + cell[1])}{cell[0] + 1}"


def precedents(tree: Tree, cell: Cell) -> set[Cell]:
    """The cells that a formula in ``cell`` reads."""
    if isinstance(tree, Ref):
        return {tree.seen_from(cell)}
    return set().union(*(precedents(operand, cell) for operand in tree[1:])) if isinstance(tree, tuple) else set()


def plan(trees: dict[Cell, Tree]) -> list[Block]:
    """What to compute step by step, precedents first. Blocks that depend on one another in a circle are a recurrence,
    as a rule through the row above, and come apart into their cells. A circle of cells is refused, as by Excel."""
    known: dict[Any, Cell] = {}
    home = {cell: known.setdefault((cell[1], tree), cell) for cell, tree in trees.items()}  # its block's first cell
    while True:
        blocks: dict[Cell, Block] = {first: [] for first in home.values()}
        order = TopologicalSorter[Cell]()
        for cell, first in home.items():
            blocks[first].append(cell)
            order.add(first, *(home[other] for other in precedents(trees[cell], cell) & home.keys()))
        try:
            return [blocks[first] for first in order.static_order()]
        except CycleError as error:
            circle = error.args[1][::-1]
        if all(len(blocks[first]) == 1 for first in circle):
            raise ValueError("circular reference: " + " → ".join(map(name, circle)))
        home |= {cell: cell for first in circle for cell in blocks[first]}


# --- 4. A tree over a block: forwards to values, backwards to slopes --------------------------------------------------
def evaluate(tree: Tree, at: Any, values: Array) -> Array:
    """The tree's value in all cells of a block: one vectorised NumPy expression."""
    match tree:
        case Ref():
            return values[tree.seen_from(at)]
        case (function, *operands):
            return RULES[function][0](*(evaluate(operand, at, values) for operand in operands))
    return np.array([tree])


def push(tree: Tree, slope: Array, at: Any, values: Array, slopes: Array) -> None:
    """The chain rule: hands what a change of the tree does to the result down to the cells that the tree reads."""
    match tree:
        case Ref():
            np.add.at(slopes, tree.seen_from(at), slope)  # where a $ fixes one cell, it gathers all rows' slopes
        case (function, *operands):
            own = RULES[function][1](*(evaluate(operand, at, values) for operand in operands))
            for operand, factor in zip(operands, own, strict=True):
                push(operand, np.where(slope == 0, 0.0, slope * factor), at, values, slopes)


# --- 5. A sheet: all of it together -----------------------------------------------------------------------------------
class Sheet:
    """What is typed into cells: ``{"E4:E32": "=C4+D4*A4"}`` types a formula into E4 and fills it down to E32."""

    def __init__(self, contents: dict[str, Any]):
        trees: dict[Cell, Tree] = {}
        for area, content in contents.items():
            cells = [ref.seen_from((0, 0)) for ref in listed(parse(area))]
            try:
                trees |= dict.fromkeys(cells, parse(str(content), cells[0]))
            except ValueError as error:
                raise ValueError(f"{area}: {error}, in {content}") from None
        last = max(row for cell, tree in trees.items() for row, _ in {cell, *precedents(tree, cell)})
        self.values = np.full((last + 1, 26), np.nan)
        for cell in [cell for cell, tree in trees.items() if isinstance(tree, float)]:
            self.values[cell] = trees.pop(cell)
        self.trees, self.plan = trees, plan(trees)
        for block in self.plan:
            self.compute(block)

    def compute(self, block: Block) -> None:
        """Sets a block's values; refuses, by its first cell's name, what Excel has errors for and empty cells."""
        at = tuple(np.transpose(block))  # its rows and its columns
        try:
            with np.errstate(all="raise", under="ignore"):
                self.values[at] = evaluate(self.trees[block[0]], at, self.values) + 0.0  # + 0.0: Excel has no −0
            if np.isnan(self.values[at]).any():
                raise ValueError("an empty cell is read")
        except (ArithmeticError, KeyError, TypeError, ValueError) as error:
            raise ValueError(f"{name(block[0])}: cannot be computed, {error}") from None

    def __getitem__(self, where: str) -> float:
        return float(self.values[parse(where)[:2]])

    def gradient(self, of: str, by: str) -> float:
        """∂of/∂by: the plan run backwards."""
        slopes = np.zeros_like(self.values)
        slopes[parse(of)[:2]] = 1.0
        with np.errstate(all="ignore"):
            for block in reversed(self.plan):
                at = tuple(np.transpose(block))
                push(self.trees[block[0]], slopes[at], at, self.values, slopes)
        return float(slopes[parse(by)[:2]])


# --- The lecture's gradient descent: each row takes a step on one point of the line y = 2x + 30 -----------------------
# A, B: x and y; C, D: intercept and slope; E, F: prediction and squared error; K, L: de/db and de/da; F1: learning rate
LECTURE = """A4=14 A5=86 A6=28 A7=51  B4=58 B5=202 B6=86 B7=132  C4=1 D4=1 F1=0.0001  C5:C7=C4-K4*$F$1 D5:D7=D4-L4*$F$1
             E4:E7=C4+D4*A4 F4:F7=(B4-E4)^2 K4:K7=2*(E4-B4) L4:L7=K4*A4  F8=SQRT(SUM(F4:F7))"""

if __name__ == "__main__":
    for text, python in {"=-2^2": -(2**2), "=0.199*1.39": 0.199 * 1.39}.items():
        print(f"{text:12} Excel {Sheet({'A1': text})['A1']!r:9} Python {python!r}")
    sheet = Sheet(dict(word.split("=") for word in LECTURE.split()))
    print("step by step:", *(":".join(map(name, sorted({block[0], block[-1]}))) for block in sheet.plan))
    print(f"de/db in row 7 = {sheet['K7']:.4f}, by the chain rule {sheet.gradient('F7', 'C7'):.4f}")
    print(f"F8 = {sheet['F8']:.4f}; by the learning rate, back through all rows: {sheet.gradient('F8', 'F1'):.1f}")
