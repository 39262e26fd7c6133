"""Functions of mathematics for the formulas of statistics: NumPy's and SciPy's, by their own names.

What a formula says by these names holds for tensors too: ``tensors/maths.py`` has the same names for torch.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from sheetsim.excel.arithmetic import Array

NEAR = 0.2  # of 1 or 2, where the logarithm of the gamma function is 0, SciPy's loses digits
EULER = 0.57721566490153286


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

    def log_gamma(self, x: Array) -> Array:
        """The natural logarithm of the gamma function, element by element, to the last digits also where it is nearly
        0."""
        from scipy import special

        result = np.asarray(special.gammaln(x))
        beyond = (x >= 1.5).astype(np.float64)
        apart = x - 1.0 - beyond
        near = np.abs(apart) < NEAR
        if not near.any():
            return result
        e = np.where(near, apart, 0.0)
        series = np.zeros(e.shape)
        for k in range(26, 1, -1):  # ln Γ(1 + e) = -γe + Σ ζ(k) (-e)ᵏ / k
            series = (series + special.zeta(float(k)) / k) * -e if k > 2 else (series + special.zeta(2.0) / 2.0) * e * e
        return np.where(near, series - EULER * e + beyond * np.log1p(e), result)


MATHS = NumPyMaths()
