"""Functions compiled by Numba, and kept on disk so that the next process need not compile them again.

Numba keeps the machine code of a function under its name and looks at the one file that the function stands in. What it
calls is compiled in, from other files too, as Excel's product is into the loop of recurrences; a change there goes
unnoticed. So the name under which it is kept ends in a checksum of all that is compiled in.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import partial
from hashlib import sha256
from types import FunctionType, ModuleType
from typing import Any


def compiled(function: Callable[..., Any], **options: Any) -> Callable[..., Any] | None:
    """The function, compiled with all that it calls; None where Numba is not installed. ``options`` are Numba's."""
    assert isinstance(function, FunctionType)
    try:
        import numba
    except ImportError:
        return None
    _load_without_scipy()
    compiler = partial(numba.njit, **options)
    twin = _calling_compiled(function, compiler)
    twin.__name__ = twin.__qualname__ = f"{function.__name__}_{checksum(function, options)}"
    found: Callable[..., Any]
    try:
        found = compiler(cache=True)(twin)
    except RuntimeError:  # no folder can be written to: then each process compiles it for itself
        found = compiler(twin)
    return found


def _load_without_scipy() -> None:
    """Loads the part of Numba that imports all of ``scipy.linalg``, for 0.15 s, only to see whether it is there: it is,
    if SciPy is. What multiplies matrices still imports it, when that is compiled."""
    if "scipy" not in sys.modules or "numba.np.arraymath" in sys.modules:
        return
    from numba.np import linalg

    found = linalg.ensure_blas
    linalg.ensure_blas = lambda: None
    try:
        import numba.np.arraymath  # noqa: F401
    finally:
        linalg.ensure_blas = found


def checksum(function: FunctionType, options: dict[str, Any] | None = None) -> str:
    """One text for all that is compiled into a function: its bytecode, that of the functions it calls, constants; and
    how it is compiled."""
    return sha256("\n".join([*_ingredients(function), repr(options or {})]).encode()).hexdigest()[:16]


def _ingredients(function: FunctionType) -> list[str]:
    code = function.__code__
    found = [repr((code.co_code, code.co_consts, code.co_names, code.co_varnames))]
    for name, value in _named(function).items():
        if isinstance(value, FunctionType):
            found += _ingredients(value)
        elif not isinstance(value, ModuleType):
            found.append(f"{name} = {value!r}")
    return found


def _named(function: FunctionType) -> dict[str, Any]:
    """What the function's code names of its module."""
    own = function.__globals__
    return {name: own[name] for name in function.__code__.co_names if name in own}


def _calling_compiled(function: FunctionType, compiler: Callable[..., Any]) -> FunctionType:
    """A twin of the function that calls compiled twins of the functions it names; compiled code can call no others."""
    named = _named(function).items()
    calls = {
        name: compiler(_calling_compiled(value, compiler)) for name, value in named if isinstance(value, FunctionType)
    }
    return FunctionType(function.__code__, {**function.__globals__, **calls}, function.__name__)
