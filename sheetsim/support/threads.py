"""Threads of NumPy's linear algebra: small matrices are multiplied by one."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import Any


def one_thread() -> AbstractContextManager[Any]:
    """A context in which matrices are multiplied by one thread: with small ones several wait for one another for longer
    than that takes. It holds for the libraries that are loaded by then.

    >>> with one_thread():
    ...     pass
    """
    from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

    limits: AbstractContextManager[Any] = threadpool_limits(1, user_api="blas")
    return limits
