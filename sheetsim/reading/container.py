"""A file that is to be a workbook: that it is an ordinary file, and a zip archive. Else a line says what it is."""

from __future__ import annotations

import lzma
import mmap
import struct
import zipfile
import zlib
from pathlib import Path
from typing import IO

from sheetsim.errors import InputError

_COMPOUND_FILE = bytes.fromhex("D0CF11E0A1B11AE1")  # the container of Office files before 2007, and of encrypted ones
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
#: What the unpacking of a damaged archive may end in.
DAMAGE = (
    zipfile.BadZipFile,
    zipfile.LargeZipFile,
    zlib.error,
    lzma.LZMAError,
    struct.error,
    EOFError,
    OSError,
    RuntimeError,
    ValueError,
    IndexError,
    OverflowError,
)


def open_file(path: Path) -> IO[bytes]:
    """Opens a file to read it. Raises InputError."""
    try:
        if path.is_dir():
            raise InputError(f"{path} is a folder, not a workbook")
        if path.exists() and not path.is_file():  # opening a pipe could wait for ever
            raise InputError(f"{path} is not an ordinary file")
        return path.open("rb")
    except FileNotFoundError:
        raise InputError(f"{path} does not exist") from None
    except PermissionError:
        raise InputError(f"{path} cannot be read: permission denied") from None
    except (OSError, ValueError) as error:
        raise InputError(f"{path} cannot be read: {reason(error)}") from None


def open_zip(path: Path, file: IO[bytes]) -> zipfile.ZipFile:
    """The archive in a file. Raises InputError."""
    start = file.read(8)
    if not start:
        raise InputError(f"{path} is empty")
    if start == _COMPOUND_FILE:
        raise InputError(f"{path} {_compound_kind(file)}")
    try:
        return zipfile.ZipFile(file)
    except DAMAGE:
        if start.startswith(b"PK"):
            raise InputError(f"{path} is a damaged or truncated workbook: its zip directory cannot be read") from None
        raise InputError(f"{path} is not a workbook (.xlsx)") from None


def _compound_kind(file: IO[bytes]) -> str:
    with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
        encrypted = content.find(_ENCRYPTED) >= 0
    if encrypted:
        return "is encrypted (password protected); save it without a password"
    return "is in the format of Excel before 2007 (.xls); save it as .xlsx"


def reason(error: Exception) -> str:
    """What an error says, in one line."""
    text = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return " ".join(text.split()) or type(error).__name__
