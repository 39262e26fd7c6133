"""What processes that are started to share the work have in common."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading


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
