"""Functions of mathematics for the formulas of statistics: NumPy's and SciPy's, by their own names.

What a formula says by these names holds for tensors too: ``tensors/maths.py`` has the same names for torch.
"""

from __future__ import annotations

from typing import Any

import numpy as np


class NumPyMaths:
    """``exp``, ``log``, ``gammainc`` and so on, of arrays. SciPy is imported when the first of its functions is called.

    >>> float(NumPyMaths().ndtr(0.0))
    0.5
    """

    def __getattr__(self, name: str) -> Any:
        found = getattr(np, name, None)
        if found is None:
            from scipy import special

            found = getattr(special, name)
        setattr(self, name, found)
        return found


MATHS = NumPyMaths()
