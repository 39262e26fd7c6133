"""A process that tries one input after another: inputs on standard input, verdicts on standard output, a line each.

An input may use 20 s of processor time and 1 GB of memory. What else it must not bring about is noted by Python itself
(``sys.addaudithook``): a connection, another process, an object out of a pickle, a file written elsewhere.
"""

from __future__ import annotations

import json
import os
import resource
import sys
import traceback
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

MOST = 2**30  # bytes of memory in use
GUARD = 3 * 2**30  # bytes asked for: beyond it Python raises MemoryError, before the machine suffers
FORBIDDEN = {"socket.connect", "socket.getaddrinfo", "subprocess.Popen", "os.system", "os.exec", "os.posix_spawn"}
FORBIDDEN |= {"os.fork", "os.forkpty", "pickle.find_class", "webbrowser.open"}
WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND


def peak() -> int:
    """The most memory that this process ever used, in bytes; Linux counts in KiB, macOS in bytes.

    Linux's ``ru_maxrss`` begins with that of the process it was forked from; its status file does not."""
    status = Path("/proc/self/status")
    if status.exists():
        line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM:"))
        return int(line.split()[1]) * 1024
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most if sys.platform == "darwin" else most * 1024


class Watch:
    """Notes what must not happen."""

    def __init__(self, allowed: list[str]):
        self.allowed, self.seen, self.on = allowed, [], False  # type: ignore[var-annotated]
        sys.addaudithook(self.hook)

    def hook(self, event: str, arguments: tuple[Any, ...]) -> None:
        if not self.on:
            return
        if event in FORBIDDEN and arguments[0] != "fc-list":  # by which matplotlib looks for fonts
            self.seen.append(f"{event} {arguments[0]!r}")
        elif event == "open" and isinstance(arguments[2], int) and arguments[2] & WRITING:
            path = arguments[0]
            if isinstance(path, str | bytes) and not self.may(os.fsdecode(path)):
                self.seen.append(f"a file written at {path!r}")

    def may(self, path: str) -> bool:
        where = os.path.realpath(path)
        return where == os.devnull or any(where.startswith(folder) for folder in self.allowed)


def verdict(given: dict[str, Any], folder: Path, watch: Watch) -> dict[str, Any]:
    import judge

    offence = outcome = None
    watch.seen, watch.on = [], True
    try:
        outcome = judge.tried(given, folder)
    except judge.Offence as error:
        offence = str(error)
    except MemoryError:
        offence = "more memory than there may be\n" + traceback.format_exc()
    except Exception as error:  # in what judges, or in the library where the command had nothing to say
        offence = f"{type(error).__name__} beside the command\n" + traceback.format_exc()
    finally:
        watch.on = False
    most = peak()
    if not offence and watch.seen:
        offence = f"not allowed: {watch.seen[0]}"
    if not offence and most > MOST:
        offence = f"more memory than there may be\n{most / 1e6:.0f} MB"
    return {"outcome": outcome, "offence": offence, "seconds": max(judge.spent, default=0.0), "peak": most}


def main() -> None:
    lines = os.fdopen(os.dup(0), encoding="utf-8")
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    nothing = os.open(os.devnull, os.O_RDWR)
    for number in (0, 1):
        os.dup2(nothing, number)
    resource.setrlimit(resource.RLIMIT_DATA, (GUARD, resource.getrlimit(resource.RLIMIT_DATA)[1]))
    with TemporaryDirectory() as place:
        caches, folder = Path(place, "caches"), Path(place, "files")
        caches.mkdir()
        folder.mkdir()
        for name in ("NUMBA_CACHE_DIR", "MPLCONFIGDIR", "XDG_CACHE_HOME", "TMPDIR"):
            os.environ[name] = str(caches)
        watch = Watch([os.path.realpath(place)])
        for line in lines:
            print(json.dumps(verdict(json.loads(line), folder, watch)), file=answers, flush=True)


if __name__ == "__main__":
    main()
