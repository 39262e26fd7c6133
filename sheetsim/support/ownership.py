"""Which files may be replaced unasked: those that sheetsim wrote itself and that nobody has changed since.

What sheetsim writes carries a mark, and in it a checksum (SHA-256) of all the rest of the file. Where the checksum
still fits, the file holds nothing but what sheetsim put there; any other file may hold a person's work, and a command
replaces it only if told so by ``--force``. It says so before any long work. Where the mark stands:

    .xlsx .npz …       in the comment of the zip archive: every part of a workbook stays as it is. A program that saves
                       the file anew (Excel, LibreOffice, openpyxl) leaves the comment out; with one that changes the
                       archive in place (zip -u) the checksum no longer fits.
    .png               in a text chunk, the last before the end
    .safetensors       in the header, where ``training/results/container.py`` leaves ``ROOM`` for it
    .html              in a comment at its end
    .csv               nowhere: each line is data to whoever reads it, and a file beside it would be in the way. One is
                       replaced unasked if it holds what would be written (``exporters/csv.py``): nothing is lost then.
                       ``solve``, which asks before it knows, replaces none.

Work may take minutes: how a file was when it was asked about is remembered, and one that is changed until it is
written (``changed_meanwhile``) is left as it is too.

A file that was computed anew in its own place gets no mark if it had none: it holds a person's work still, perhaps the
only copy. The mark guards against accidents, not against forgers. A program that calls ``book.save(path)`` replaces
what is there, as ``open(path, "w")`` does: to ask is for the command line.
"""

from __future__ import annotations

import os
import re
import struct
import zlib
from collections.abc import Callable, Iterable
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

from sheetsim.errors import InputError

MARK = b"written by sheetsim, sha256 "
ROOM = (MARK + b"0" * 64).decode()  # a mark whose checksum is still to come


class Kind(NamedTuple):
    """Bytes of a file as its writer left them → with their mark, and the reverse."""

    sealed: Callable[[bytes], bytes]
    plain: Callable[[bytes], bytes]


def seal(path: Path, suffix: str) -> None:
    """Puts the mark into a file that was just written; one of another kind, or that is not what its suffix says, stays
    as it is."""
    kind = KINDS.get(suffix.casefold())
    if kind is None:
        return
    content = path.read_bytes()
    sealed = kind.sealed(content)
    if kind.plain(sealed) == content:
        path.write_bytes(sealed)


def is_own(path: Path) -> bool:
    """Whether sheetsim wrote the file, and nobody has changed it since."""
    kind = KINDS.get(path.suffix.casefold())
    if kind is None:
        return False
    try:
        content = path.read_bytes()
    except OSError:
        return False
    plain = kind.plain(content)
    return plain != content and kind.sealed(plain) == content


Stamp = tuple[int, int, int] | None  # which file it is, its size, when it was changed; None: there is none
_asked: dict[str, Stamp] = {}


def refuse(paths: Iterable[Path | None], force: bool) -> None:
    """Raises InputError, one line, for a folder or device in the place of a file to be written, and for those files
    that may hold a person's work."""
    files = [path for path in dict.fromkeys(paths) if path]
    for path in files:
        if path.exists() and not path.is_file():
            raise InputError(f"cannot write {path}: it is a {'folder' if path.is_dir() else 'device, not a file'}")
    if force:
        return
    _asked.update({os.path.realpath(path): _stamp(path) for path in files})
    lost = [str(path) for path in files if path.is_file() and not is_own(path)]
    if lost:
        them = "it" if len(lost) == 1 else "them"
        raise InputError(f"{', '.join(lost)} would be replaced and may hold work of yours: --force replaces {them}")


def changed_meanwhile(path: Path) -> bool:
    """Whether a file is another than when it was asked about, if it was."""
    return _asked.get(os.path.realpath(path), _stamp(path)) != _stamp(path)


def written(path: Path) -> None:
    """Notes that a file that was asked about has been written."""
    if (name := os.path.realpath(path)) in _asked:
        _asked[name] = _stamp(path)


def forget() -> None:
    """At the end of a command: what was asked about is no longer its own."""
    _asked.clear()


def _stamp(path: Path) -> Stamp:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_ino, found.st_size, found.st_mtime_ns


# --- where the mark stands --------------------------------------------------------------------------------------------
def _mark(content: bytes) -> bytes:
    return MARK + sha256(content).hexdigest().encode()


# A zip archive ends in the length of its comment, two bytes, and the comment.
def _zip_sealed(content: bytes) -> bytes:
    return b"".join([memoryview(content)[:-2], struct.pack("<H", len(ROOM)), _mark(content)])


def _zip_plain(content: bytes) -> bytes:
    return b"".join([memoryview(content)[: -2 - len(ROOM)], bytes(2)])


# A chunk of a PNG: the length of its data, its type, the data, and a CRC of type and data. The last one is empty.
def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


END = _chunk(b"IEND", b"")


def _comment(mark: bytes) -> bytes:
    return _chunk(b"tEXt", b"Comment\0" + mark)


def _png_sealed(content: bytes) -> bytes:
    return content[: -len(END)] + _comment(_mark(content)) + END


def _png_plain(content: bytes) -> bytes:
    return content[: -len(_comment(ROOM.encode()) + END)] + END


def _header_sealed(content: bytes) -> bytes:
    return content.replace(ROOM.encode(), _mark(content), 1)


def _header_plain(content: bytes) -> bytes:
    return re.sub(re.escape(MARK) + b"[0-9a-f]{64}", ROOM.encode(), content, count=1)


# A page ends in a comment.
def _commented(mark: bytes) -> bytes:
    return b"<!-- " + mark + b" -->\n"


def _html_sealed(content: bytes) -> bytes:
    return content + _commented(_mark(content)) if content[:9].lower() == b"<!doctype" else content


def _html_plain(content: bytes) -> bytes:
    return content[: -len(_commented(ROOM.encode()))]


ZIP = Kind(_zip_sealed, _zip_plain)
KINDS = {
    ".xlsx": ZIP,
    ".xlsm": ZIP,
    ".xltx": ZIP,
    ".xltm": ZIP,
    ".npz": ZIP,
    ".png": Kind(_png_sealed, _png_plain),
    ".html": Kind(_html_sealed, _html_plain),
    ".safetensors": Kind(_header_sealed, _header_plain),
}
