"""Every function with a derivative in the torch engine: those whose rows in the table say ``Gradient.RULE``."""

from __future__ import annotations

from sheetsim.tensors import choices as torch_choices
from sheetsim.tensors import elementwise as torch_elementwise
from sheetsim.tensors import sums as torch_sums

RULES = {**torch_elementwise.RULES, **torch_sums.RULES, **torch_choices.RULES}
