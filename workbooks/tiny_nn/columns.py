"""What stands in which column of a sheet that trains the network, so that formulas can name what they read.

Of the hidden units 1 to 3, ``w12`` is the weight from input x1 to unit 2 and ``b2`` the unit's bias; ``v02`` leads from
unit 2 to class 0, whose bias is ``c0``. ``z`` is what a unit adds up, ``a`` what its activation makes of it, ``o`` the
output for a class and ``p`` its softmax.
"""

from __future__ import annotations

from sheetsim.model.address import column_name, parse_cell
from sheetsim.model.sheet import Sheet

INPUTS = ("x1", "x2", "class")
HIDDEN = ("w11", "w12", "w13", "w21", "w22", "w23", "b1", "b2", "b3")
OUTPUT = ("v01", "v02", "v03", "v11", "v12", "v13", "c0", "c1")
WEIGHTS = (*HIDDEN, *OUTPUT)
FORWARD = ("z1", "z2", "z3", "a1", "a2", "a3", "o0", "o1", "exp0", "exp1", "p0", "p1", "loss", "right")
#: The two layers as one: a matrix ``m`` and a bias ``d``, and what they make of the inputs.
COLLAPSED = ("m01", "m02", "d0", "m11", "m12", "d1", "one layer o0", "one layer o1")
LEFT = 1  # the first column, B: in A an unrolled sheet counts its epochs


def gradient(weight: str) -> str:
    """The heading of a weight's gradient."""
    return f"de/d{weight}"


def estimate(weight: str) -> str:
    """The heading of its estimate by a small change."""
    return f"est {gradient(weight)}"


def moved(weight: str) -> str:
    """The heading of how far the small change of a hidden unit's weight moves the unit's activation."""
    return f"a{weight[-1]} by {weight}"


def new(weight: str) -> str:
    """The heading of the weight after the step."""
    return f"new {weight}"


def blocks(collapsed: bool) -> dict[str, tuple[str, ...]]:
    """What stands over some columns, and their headings, from left to right: forward, then back layer by layer."""
    extra = {"the two layers as one": COLLAPSED} if collapsed else {}
    return {
        "": (*INPUTS, *WEIGHTS),
        "forward: hidden units, outputs, softmax, loss": FORWARD,
        **extra,
        "back: p minus class": ("de/do0", "de/do1"),
        "output layer: the chain rule": tuple(map(gradient, OUTPUT)),
        "and by a small change of each weight": tuple(map(estimate, OUTPUT)),
        "back through the units": ("de/da1", "de/da2", "de/da3", "de/dz1", "de/dz2", "de/dz3"),
        "hidden layer: the chain rule": tuple(map(gradient, HIDDEN)),
        "a small change of a weight moves its unit by": tuple(map(moved, HIDDEN)),
        "and so the loss": tuple(map(estimate, HIDDEN)),
        "hidden layer after the step": tuple(map(new, HIDDEN)),
        "output layer after the step": tuple(map(new, OUTPUT)),
    }


class Columns:
    """The columns of one sheet by their headings.

    >>> columns = Columns(collapsed=False)
    >>> columns["x1"], columns["w11"], columns["z1"]
    ('B', 'E', 'V')
    >>> columns.formula("=${x1}*{w11}", row=6)
    '=$B6*E6'
    """

    def __init__(self, collapsed: bool):
        self.blocks = blocks(collapsed)
        headings = (heading for block in self.blocks.values() for heading in block)
        self.letters = {heading: column_name(at) for at, heading in enumerate(headings, LEFT)}

    def __getitem__(self, heading: str) -> str:
        return self.letters[heading]

    def formula(self, text: str, row: int) -> str:
        """The formula with each heading in braces as that column's cell of a row."""
        return text.format_map({heading: f"{letter}{row}" for heading, letter in self.letters.items()})

    def span(self, first: str, last: str, top: int, bottom: int) -> str:
        """The cells from one column to another, from row ``top`` to ``bottom``."""
        return f"{self[first]}{top}:{self[last]}{bottom}"

    def pages(self, last: int) -> str:
        """What is printed, down to row ``last``: weights, forward, and the way back, part by part, each on a page."""
        begins = ["x1", FORWARD[0], "de/do0", "de/da1", moved(HIDDEN[0]), new(HIDDEN[0])]
        ends = [column_name(parse_cell(f"{self[heading]}1")[1] - 1) for heading in begins[1:]] + [self[new(OUTPUT[-1])]]
        firsts = ["A", *(self[heading] for heading in begins[1:])]
        return ",".join(f"{first}1:{end}{last}" for first, end in zip(firsts, ends, strict=True))

    def write(self, sheet: Sheet, row: int) -> None:
        """The headings in a row, and above them what stands over each block."""
        for title, headings in self.blocks.items():
            sheet.values(f"{self[headings[0]]}{row}", [headings])
            if title:
                sheet[f"{self[headings[0]]}{row - 1}"] = title
                sheet.style(f"{self[headings[0]]}{row - 1}", "label")
        sheet.style(f"{self['x1']}{row}:{list(self.letters.values())[-1]}{row}", "heading")
