"""Work that a second thread does while the first goes on, one piece after another.

What lets go of Python's lock meanwhile costs no time then: compressing, inflating, long loops of NumPy.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from concurrent.futures import Future, ThreadPoolExecutor

Result = TypeVar("Result")


class Beside:
    """Does pieces of work in the order in which they were given; use it as a context manager. The thread ends with it,
    and all that was given is done by then, whatever has happened: what one piece began another may have to end.

    ``ahead`` says how many pieces may wait, 0 that each is done at once, by no thread: little work is not worth one.

    >>> with Beside(2) as beside:
    ...     shouted = beside.ask("early".upper)
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

    def do(self, work: Callable[[], object]) -> None:
        """Has it done. Waits while too much is waiting.

        An error of a piece comes out when a later one is given, or when ``finish`` is called.
        """
        if not self.ahead:
            work()
            return
        self._waiting.append(self._begun(work))
        while len(self._waiting) > self.ahead:
            self._waiting.popleft().result()

    def ask(self, work: Callable[[], Result]) -> Callable[[], Result]:
        """Has it done; what is returned waits for the result, and gives it or raises its error. Without a thread it is
        done when that is called."""
        return self._begun(work).result if self.ahead else cache(work)

    def _begun(self, work: Callable[[], Result]) -> Future[Result]:
        if self._pool is None:
            from concurrent.futures import ThreadPoolExecutor

            self._pool = ThreadPoolExecutor(1, "sheetsim-beside")
        return self._pool.submit(work)

    def finish(self) -> None:
        """Waits until all is done, and raises the first error of it."""
        while self._waiting:
            self._waiting.popleft().result()


AT_ONCE = Beside(0)  # for who needs no thread
