"""What processes that are started to share the work have in common."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool as Broken

__all__ = ["Broken", "begin_helping", "pool"]


def pool(jobs: int) -> ProcessPoolExecutor:
    """So many processes to share work out among; ``Broken`` is raised where one of them was ended."""
    fresh = multiprocessing.get_context("spawn")  # a copy of a process that has threads may never end
    return ProcessPoolExecutor(jobs, fresh, begin_helping)


def begin_helping() -> None:
    """The first thing such a process does: a Ctrl-C is for the process that started it, and however that one ends, it
    is not left behind."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_the_first, daemon=True).start()


def _end_with_the_first() -> None:
    first = multiprocessing.parent_process()
    if first is not None:
        first.join()
        os._exit(1)
