"""A file appears whole or not at all: write beside it, then move it into place."""

from __future__ import annotations

import errno
import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from itertools import count
from pathlib import Path

from sheetsim.errors import OutputError
from sheetsim.support import ownership


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
    try:
        _prepare(target, temporary)
        yield temporary
        if marked:
            ownership.seal(temporary, target.suffix)
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


def _free(target: Path) -> Path:
    """A name beside the target that nobody has: ``plan_2.xlsx``."""
    return next(path for n in count(2) if not (path := target.with_stem(f"{target.stem}_{n}")).exists())


def _prepare(target: Path, temporary: Path) -> None:
    """Makes the temporary file, with the permissions that open() would leave the target with."""
    if target.is_dir():
        raise OSError(errno.EISDIR, "it is a folder")
    if target.exists() and not target.is_file():
        raise OSError(errno.EINVAL, "it is a device, not a file")  # moving a file over /dev/null would replace it
    target.parent.mkdir(parents=True, exist_ok=True)
    temporary.touch(exist_ok=False)
    if target.exists():
        shutil.copymode(target, temporary)
