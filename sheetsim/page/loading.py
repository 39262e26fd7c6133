"""torch takes seconds to import: it is fetched beside the work, so that no page waits for it."""

from __future__ import annotations

import sys
import threading
from importlib.util import find_spec

_fetching: list[threading.Thread] = []


def torch_is_coming() -> bool:
    """Whether torch is installed and not there yet; it is then being imported, by a thread of its own."""
    if "torch" in sys.modules and not any(thread.is_alive() for thread in _fetching):
        return False
    if find_spec("torch") is None:
        return False
    if not _fetching:
        _fetching.append(threading.Thread(target=_fetch))
        _fetching[0].start()
    return _fetching[0].is_alive()


def _fetch() -> None:
    import sheetsim.tensors.engine  # noqa: F401 - and torch with it
