"""A file appears whole or not at all: write beside it, then move it into place.

A process that is killed at once (SIGKILL, a power cut) cannot clear up; the next one that writes into the same folder
does it. A temporary file is locked by whoever writes it, and the system takes the lock off when that process ends,
however it ends: one without a lock belongs to nobody any more.
"""

from __future__ import annotations

import errno
import os
import re
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from itertools import count
from pathlib import Path

from sheetsim.errors import OutputError
from sheetsim.support import ownership

try:
    import fcntl
except ImportError:  # Windows: nothing is locked, and nothing cleared
    fcntl = None  # type: ignore[assignment]

TEMPORARY = re.compile(r"\.sheetsim-[0-9a-f]{12}\.tmp")


@contextmanager
def replacing(path: str | Path, marked: bool = True) -> Iterator[Path]:
    """Yields a temporary path to write to; on success it takes the place of ``path``.

    After any failure, Ctrl-C included, what was at ``path`` is still there and nothing is left beside it.
    Folders that are missing are made. The file gets the mark of what sheetsim wrote (``ownership.py``), unless
    ``marked`` says no. Raises OutputError where the file cannot be written; where somebody changed it since the command
    asked about it, too, and then the result stands beside it under another name.
    """
    target = Path(os.path.realpath(path))  # through a link, as open() does
    temporary = target.parent / f".sheetsim-{secrets.token_hex(6)}.tmp"
    lock = None
    try:
        _prepare(target)
        lock = _made(temporary)
        if target.exists():
            shutil.copymode(target, temporary)
        yield temporary
        if marked:
            ownership.seal(temporary, target.suffix)
        if fcntl is None and lock is not None:  # Windows moves no file that is open
            os.close(lock)
            lock = None
        if ownership.changed_meanwhile(target):
            aside = _free(target)
            os.replace(temporary, aside)
            raise OutputError(f"{path} was changed meanwhile and is left as it is; the result is in {aside}")
        os.replace(temporary, target)
        ownership.written(target)
    except OSError as error:
        raise OutputError(f"cannot write {path}: {error.strerror or error}") from error
    finally:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)
        if lock is not None:
            os.close(lock)


def _free(target: Path) -> Path:
    """A name beside the target that nobody has: ``plan_2.xlsx``."""
    return next(path for n in count(2) if not (path := target.with_stem(f"{target.stem}_{n}")).exists())


def _prepare(target: Path) -> None:
    """Makes the folder, and clears it of what killed processes left there."""
    if target.is_dir():
        raise OSError(errno.EISDIR, "it is a folder")
    if target.exists() and not target.is_file():
        raise OSError(errno.EINVAL, "it is a device, not a file")  # moving a file over /dev/null would replace it
    target.parent.mkdir(parents=True, exist_ok=True)
    if fcntl is not None:
        with suppress(OSError):  # a folder that cannot be listed may still be written to
            _clear(target.parent)


def _made(temporary: Path) -> int:
    """Makes the temporary file, with the permissions that open() gives, and locks it; the lock's descriptor."""
    while True:
        lock = os.open(temporary, os.O_CREAT | os.O_EXCL, 0o666)
        if fcntl is not None:
            with suppress(OSError):  # a file system without locks: there nobody can lock, and nobody clears
                fcntl.flock(lock, fcntl.LOCK_SH)
        if temporary.exists():
            return lock
        os.close(lock)  # another process cleared it before it was locked


def _clear(folder: Path) -> None:
    with os.scandir(folder) as entries:
        found = [entry for entry in entries if TEMPORARY.fullmatch(entry.name)]
    for path in (entry.path for entry in found if entry.is_file(follow_symlinks=False)):
        with suppress(OSError):  # it is being written, or is somebody else's
            lock = os.open(path, os.O_RDWR | os.O_NOFOLLOW | os.O_NONBLOCK)
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                os.unlink(path)
            finally:
                os.close(lock)
