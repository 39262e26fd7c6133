"""Arrays and plain facts in one file: ``.npz`` (NumPy's) or ``.safetensors``. Neither can hold code to run.

The facts are JSON: an array of text among the others in an .npz, in the header of a .safetensors.
"""

from __future__ import annotations

import json
import struct
import tokenize
import zipfile
import zlib
from pathlib import Path
from typing import Any

import numpy as np

from sheetsim.errors import InputError
from sheetsim.support.atomic import replacing
from sheetsim.support.extras import need
from sheetsim.support.ownership import ROOM

SUFFIXES = (".npz", ".safetensors")
FACTS = "sheetsim"  # the name under which the facts are kept
CHECKSUM = "sheetsim checksum"  # where a .safetensors has its mark (ownership.py); an .npz has it in the zip
#: What the libraries raise for a broken file; the header of an array is Python text, which NumPy takes apart.
BROKEN = (
    *(OSError, EOFError, ValueError, KeyError, TypeError, RuntimeError, SyntaxError),
    *(tokenize.TokenError, zipfile.BadZipFile, zlib.error, struct.error),
)

Arrays = dict[str, np.ndarray]
Facts = dict[str, Any]


def write(path: Path, arrays: Arrays, facts: Facts) -> None:
    """Writes a file whole or not at all: beside its place, then moved there.

    Raises InputError for another suffix, OutputError where it cannot be written.
    """
    kind = suffix(path)
    text = json.dumps(facts, ensure_ascii=False, allow_nan=False)
    with replacing(path) as temporary, temporary.open("wb") as file:
        if kind == ".npz":
            np.savez(file, allow_pickle=False, **arrays, **{FACTS: np.array(text)})
        else:
            file.write(_safetensors(arrays, text))


def suffix(path: Path) -> str:
    """The kind of file that a path asks for. Raises InputError for one that is neither, or needs what is missing.

    >>> suffix(Path("movies.npz"))
    '.npz'
    """
    kind = path.suffix.casefold()
    if kind not in SUFFIXES:
        raise InputError(f"{path}: weights are kept in {' or '.join(SUFFIXES)} files")
    if kind == ".safetensors":
        need("safetensors", "train", f"{path}: the format")
    return kind


def _safetensors(arrays: Arrays, text: str) -> bytes:
    from safetensors.numpy import save

    contiguous = {name: np.ascontiguousarray(array) for name, array in arrays.items()}
    return save(contiguous, metadata={FACTS: text, CHECKSUM: ROOM})


def read(path: Path) -> tuple[Arrays, Facts]:
    """What ``write`` wrote. Raises InputError, one line, for a file that is missing, broken or of something else."""
    kind = suffix(path)
    if not path.is_file():
        strange = "a folder" if path.is_dir() else "no plain file"
        raise InputError(f"{path} is {strange}" if path.exists() else f"{path} does not exist")
    try:
        arrays, text = _read_npz(path) if kind == ".npz" else _read_safetensors(path)
        facts = json.loads(text)
    except BROKEN as error:
        raise InputError(f"{path}: not a file of weights, or damaged ({' '.join(str(error).split())})") from error
    if not isinstance(facts, dict):
        raise InputError(f"{path}: not a file of weights that sheetsim wrote")
    return arrays, facts


def _read_npz(path: Path) -> tuple[Arrays, str]:
    with zipfile.ZipFile(path) as archive:
        if sum(entry.file_size for entry in archive.infolist()) > path.stat().st_size:
            raise ValueError("compressed: it could swell to any size")
    with np.load(path, allow_pickle=False) as loaded:
        arrays = {name: loaded[name] for name in loaded.files}
    return arrays, str(arrays.pop(FACTS))


def _read_safetensors(path: Path) -> tuple[Arrays, str]:
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(path, framework="numpy") as file:
            return {name: file.get_tensor(name) for name in file.keys()}, (file.metadata() or {})[FACTS]  # noqa: SIM118
    except SafetensorError as error:
        raise ValueError(str(error)) from error
