"""Every function in the torch engine: those with a derivative, and those that are flat wherever they have one."""

from __future__ import annotations

from sheetsim.tensors import choices as torch_choices
from sheetsim.tensors import elementwise as torch_elementwise
from sheetsim.tensors import sums as torch_sums

#: Functions with a rule of their own for tensors.
RULES = {**torch_elementwise.RULES, **torch_sums.RULES, **torch_choices.RULES}

#: Functions whose result does not change with small changes of its arguments: counts, places, texts, roundings.
FLAT = frozenset(
    "SIGN INT ROUND ROUNDDOWN ROUNDUP TRUNC PI RAND RANDBETWEEN NA NOT AND OR "
    "ISBLANK ISTEXT ISNUMBER ISLOGICAL ISNONTEXT ISERROR ISNA ISERR "
    "COUNT COUNTA COUNTBLANK COUNTIF COUNTIFS MATCH ROW COLUMN ROWS COLUMNS OFFSET "
    "LEN CONCATENATE CONCAT UPPER LOWER TRIM LEFT MID RIGHT".split()
)
