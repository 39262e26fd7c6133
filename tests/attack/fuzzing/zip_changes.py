"""Random changes in the bytes of a package: anywhere, in what its directory says, or of whole members."""

from __future__ import annotations

import base64
import random
import struct
import warnings
import zipfile
from io import BytesIO
from pathlib import Path
from typing import Any

from xml_changes import PARTS

ENTRY, HEADER, END = b"PK\1\2", b"PK\3\4", b"PK\5\6"
#: Of each record of the format: the places of its numbers after the signature, and their sizes.
FIELDS = {
    ENTRY: [(4, 2), (6, 2), (8, 2), (10, 2), (16, 4), (20, 4), (24, 4), (28, 2), (30, 2), (32, 2), (38, 4), (42, 4)],
    HEADER: [(4, 2), (6, 2), (8, 2), (14, 4), (18, 4), (22, 4), (26, 2), (28, 2)],
    END: [(4, 2), (6, 2), (8, 2), (10, 2), (12, 4), (16, 4), (20, 2)],
}
FORM = {2: "<H", 4: "<I"}


def whole() -> bytes:
    """The package, undamaged; every time the same bytes."""
    content = BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as file:
        for name, text in PARTS.items():
            file.writestr(zipfile.ZipInfo(name), text, zipfile.ZIP_DEFLATED)
    return content.getvalue()


GOOD = whole()


def some_bytes(rng: random.Random, content: bytearray) -> None:
    for _ in range(rng.randint(1, 3)):
        content[rng.randrange(len(content))] = rng.randrange(256)


def a_number(rng: random.Random, content: bytearray) -> None:
    """Another number in a record of the format."""
    signature = rng.choice([*FIELDS])
    places = [at for at in range(len(content)) if content.startswith(signature, at)]
    if not places:
        return
    offset, size = rng.choice(FIELDS[signature])
    at = rng.choice(places) + offset
    if at + size > len(content):
        return
    (now,) = struct.unpack_from(FORM[size], content, at)
    most = 256**size - 1
    number = rng.choice([0, 1, most, most // 2, now + 1, now - 1, now * 2, rng.randrange(most)])
    struct.pack_into(FORM[size], content, at, max(0, min(number, most)))


def a_cut(rng: random.Random, content: bytearray) -> None:
    start = rng.randrange(len(content))
    del content[start : rng.choice([start + 1, start + 10, len(content)])]


def a_copy(rng: random.Random, content: bytearray) -> None:
    """A stretch of it once more, somewhere else."""
    start, at = rng.randrange(len(content)), rng.randrange(len(content))
    content[at:at] = content[start : start + rng.choice([1, 30, 300])]


def a_member(rng: random.Random, content: bytearray) -> None:
    """One more member, or one with another name or other contents: a package that is in order as a zip."""
    members: list[tuple[str, str | bytes]] = [*PARTS.items()]
    at = rng.randrange(len(members))
    name, text = members[at]
    names = [name, name.upper(), "/" + name, "../" + name, name.replace("/", "\\"), name + "/", "", "\x00", "C:" + name]
    change = rng.randrange(4)
    if change == 0:
        members.insert(rng.randrange(len(members)), (rng.choice(names), "<other/>"))
    elif change == 1:
        members[at] = rng.choice(names), text
    elif change == 2:
        members[at] = name, rng.choice(["", "<x/>", "<", b"\xff\xfe", b"\x00" * 1000, text * 2])
    else:
        del members[at]
    made = BytesIO()
    method = rng.choice([zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
    with warnings.catch_warnings(action="ignore"), zipfile.ZipFile(made, "w") as file:
        for each, inside in members:
            file.writestr(zipfile.ZipInfo(each), inside, method)
    content[:] = made.getvalue()


def made(rng: random.Random) -> dict[str, Any]:
    """A damaged package."""
    content = bytearray(GOOD)
    for _ in range(rng.randint(1, 2)):
        if content:
            rng.choice([some_bytes, a_number, a_number, a_cut, a_copy, a_member])(rng, content)
    return {"base64": base64.b64encode(content).decode()}


def write(given: dict[str, Any], folder: Path) -> Path:
    path = folder / "book.xlsx"
    path.write_bytes(base64.b64decode(given["base64"]))
    return path
