"""Files that may be gzipped, read no further than they should be."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, cast

from sheetsim.errors import InputError

PIECE = 1 << 20


@contextmanager
def opened(path: Path) -> Iterator[IO[bytes]]:
    """A file's bytes, unzipped if it is gzipped. Raises InputError where it is missing, damaged or cut short."""
    refuse_pipe(path)
    try:
        with open(path, "rb") as file:
            zipped = file.read(2) == b"\x1f\x8b"
        with open(path, "rb") as file:
            yield cast(IO[bytes], gzip.GzipFile(fileobj=file)) if zipped else file
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise InputError(f"{path}: damaged or cut short ({error}); fetch it anew") from error
    except OSError as error:
        raise InputError(f"{path}: {error.strerror or error}") from error


def refuse_pipe(path: Path) -> None:
    """Raises InputError for what gives its bytes once only, or waits for them."""
    if path.is_fifo() or path.is_char_device():
        raise InputError(f"{path}: cannot be read twice, which is needed; put what it gives into a file first")


def up_to(size: int, file: IO[bytes]) -> bytearray:
    """So many bytes or what there is: memory grows with what is there, not with what a header claims."""
    content = bytearray()
    while len(content) < size and (piece := file.read(min(PIECE, size - len(content)))):
        content += piece
    return content
