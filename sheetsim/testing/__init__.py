"""For tests: assertions that hold numbers, optimizers and workbooks against a sheet, and say where they part from it.

Importing this imports neither NumPy nor torch: pytest does it at its start, for the plugin (``plugin.py``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sheetsim.testing.assertions import assert_matches, assert_optimizer_matches, assert_workbook
    from sheetsim.testing.mismatch import Mismatch

__all__ = ["Mismatch", "assert_matches", "assert_optimizer_matches", "assert_workbook"]


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module 'sheetsim.testing' has no attribute {name!r}")
    from sheetsim.testing import assertions

    return globals().setdefault(name, getattr(assertions, name))


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
