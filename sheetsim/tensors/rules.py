"""Every function with a derivative in the torch engine.

Those whose rows in the table say ``Gradient.SHARED`` are computed by the table's own rules; those that say
``Gradient.RULE`` by the rules for tensors of this folder.
"""

from __future__ import annotations

from sheetsim.functions import FUNCTIONS
from sheetsim.functions.lifting import Rule
from sheetsim.functions.table import Gradient
from sheetsim.tensors import arrays as torch_arrays
from sheetsim.tensors import choices as torch_choices
from sheetsim.tensors import elementwise as torch_elementwise
from sheetsim.tensors import matrices as torch_matrices
from sheetsim.tensors import special as torch_special

OF_TENSORS: dict[str, Rule] = {
    **torch_arrays.RULES,
    **torch_elementwise.RULES,
    **torch_matrices.RULES,
    **torch_choices.RULES,
    **torch_special.RULES,
}
SHARED = {name: row.rule for name, row in FUNCTIONS.items() if row.gradient is Gradient.SHARED}
RULES = OF_TENSORS | SHARED
