"""Names and tables of a workbook: words that stand for cells."""

from __future__ import annotations
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
import numpy as np
from sheetsim.errors import FormulaError, InputError, NotFound
from sheetsim.model.address import MAX_COLUMNS, MAX_ROWS, Rect, cell_name, parse_cell, parse_rect
from sheetsim.model.buttons import Macro
from sheetsim.model.formula import Formula
from sheetsim.model.look import Look, Styled
from sheetsim.model.nodes import quoted
from sheetsim.model.values import BLANK, decode, encode
if TYPE_CHECKING:
    import pandas as pd

    from sheetsim.model.buttons import Macro


@dataclass(frozen=True)
class DefinedName:
    """A name: ``text`` is what it stands for, a formula without ``=``; ``sheet`` the one it belongs to, or None."""

    name: str
    text: str
    sheet: str | None = None
    hidden: bool = False


@dataclass(frozen=True)
class Table:
    """A table: its first row holds the column names; ``totals`` says whether its last row holds totals."""

    name: str
    sheet: str
    rect: Rect
    columns: tuple[str, ...]
    headings: bool = True
    totals: bool = False
