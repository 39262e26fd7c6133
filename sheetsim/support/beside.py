"""Work that a second thread does while the first goes on, one piece after another.

What lets go of Python's lock meanwhile costs no time then: compressing, inflating, long loops of NumPy.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from concurrent.futures import Future, ThreadPoolExecutor

Result = TypeVar("Result")


class Beside:
    """Does pieces of work in the order in which they were given; use it as a context manager. The thread ends with it,
    and all that was given is done by then, whatever has happened: what one piece began another may have to end.

    ``ahead`` says how many pieces may wait, 0 that each is done at once: for little work no thread is worth it.

    >>> with Beside(2) as beside:
    ...     shouted = beside.do("early".upper)
    ...     shouted()
    'EARLY'
    """

    def __init__(self, ahead: int):
        self.ahead = ahead
        self._pool: ThreadPoolExecutor | None = None
        self._waiting: deque[Future[Any]] = deque()

    def __enter__(self) -> Beside:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        try:
            if kind is None:
                self.finish()
        finally:
            if self._pool is not None:
                self._pool.shutdown()

    def do(self, work: Callable[[], Result]) -> Callable[[], Result]:
        """Has it done; what is returned waits for the result, and gives it or raises its error.

        Waits while too much is waiting. An error of an earlier piece comes out here, or when ``finish`` is called.
        """
        if not self.ahead:
            result = work()
            return lambda: result
        if self._pool is None:
            from concurrent.futures import ThreadPoolExecutor

            self._pool = ThreadPoolExecutor(1, "sheetsim-beside")
        future = self._pool.submit(work)
        self._waiting.append(future)
        while len(self._waiting) > self.ahead:
            self._waiting.popleft().result()
        return future.result

    def finish(self) -> None:
        """Waits until all is done. Raises the first error of what nobody has waited for."""
        while self._waiting:
            self._waiting.popleft().result()
