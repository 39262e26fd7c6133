"""Opening an ``.xlsx``: a zip of XML parts that may come from anywhere, so nothing in it is taken on trust.

A file that is no workbook, is damaged, or is built to exhaust memory ends in an ``InputError`` of one line that names
the file and the reason. What the parts mean is the reader's business (``reading/book.py``).
"""

from __future__ import annotations

import posixpath
import re
import struct
import zipfile
from collections.abc import Callable, Iterator
from functools import lru_cache
from pathlib import Path
from typing import IO, Any, NamedTuple
from xml.etree.ElementTree import Element, TreeBuilder
from xml.parsers import expat

from defusedxml.ElementTree import DefusedXMLParser

from sheetsim.errors import InputError
from sheetsim.reading.container import DAMAGE, open_file, open_zip, reason
from sheetsim.support.beside import AT_ONCE, Beside

# Against zip bombs. A sheet of 1.7 million formulas is about 150 MB of XML and shrinks 10 to 30 times in the zip;
# deflate at its best shrinks 1,032 times, and only on the monotonous data that bombs are made of.
MOST_MEMBERS = 50_000
MOST_BYTES = 2 * 2**30  # all members unpacked
MOST_PART = 32 * 2**20  # a part that is held as a tree, which takes some twenty times its size
MOST_ELEMENTS, DEEPEST = 500_000, 100  # in such a tree
LARGE_MEMBER = 50 * 2**20
MOST_SHRUNK = 200  # times: a large member, or all together
CHUNK = 2**20

#: The encodings of XML that workbooks use, and those with one byte a character; expat reads no others.
_ENCODING = re.compile(r"utf-?(?:8|16)|(?:us-)?ascii|(?:iso-8859|windows|cp)-?[0-9]{1,4}", re.IGNORECASE)


@lru_cache(maxsize=256)  # asked of every element
def local(name: str) -> str:
    """A tag or attribute without its namespace, of which there are two sets, transitional and strict.

    >>> local("{http://schemas.openxmlformats.org/spreadsheetml/2006/main}sheet"), local("x:sheet")
    ('sheet', 'sheet')
    """
    return name.rpartition("}")[2].rpartition(":")[2]


def whole(text: str) -> int | None:
    """A whole number of at most nine digits, as files write counts and places, or None.

    >>> whole(" 12 "), whole("-1"), whole("9" * 5000)
    (12, None, None)
    """
    text = text.strip()
    return int(text) if text.isdecimal() and len(text) < 10 else None


def find_all(tree: Element, tag: str) -> Iterator[Element]:
    """Every element of that name, in the namespace of the tree's root and in the order of the document."""
    return tree.iter(tree.tag[: tree.tag.rfind("}") + 1] + tag)


def link_of(entry: Element) -> str:
    """The relationship of a ``<sheet>``: its attribute ``id`` in either of the two relationship namespaces."""
    return next((value for name, value in entry.items() if name.startswith("{") and local(name) == "id"), "")


class Package:
    """An open workbook file; use it as a context manager.

    ``main`` is the name of the part that lists the sheets, ``book`` that part's XML.
    """

    def __init__(self, path: Path, file: IO[bytes]):
        self.path = path
        self._file = file
        self._zip = open_zip(path, file)
        self._members = {_folded(info.filename): info for info in self._zip.infolist()}
        self._links: dict[str, list[_Link]] = {}
        self._refuse_twins()
        self._refuse_bombs()
        self.main = self._find_main()
        self.book = self.xml(self.main)
        if local(self.book.tag) != "workbook":
            raise self.fault(f"is not a workbook: its main part is {self.main}")

    @classmethod
    def open(cls, path: str | Path) -> Package:
        """Opens the file and checks that it is a workbook. Raises InputError."""
        path = Path(path)
        file = open_file(path)
        try:
            return cls(path, file)
        except BaseException:
            file.close()
            raise

    def __enter__(self) -> Package:
        return self

    def __exit__(self, *_: object) -> None:
        self._zip.close()
        self._file.close()

    def __contains__(self, name: str) -> bool:
        return _folded(name) in self._members

    def fault(self, why: str) -> InputError:
        """An InputError that names the file; names of parts come from the file too, and may hold anything."""
        return InputError(f"{self.path} {''.join(c if c.isprintable() else ' ' for c in why)}")

    # --- parts ----------------------------------------------------------------------------------------------------
    def members(self) -> list[zipfile.ZipInfo]:
        """All that the file holds, in its order, for one who copies it."""
        return [self._member(info.filename) for info in self._zip.infolist()]

    def read(self, name: str) -> bytes:
        """The bytes of a part."""
        return b"".join(self.chunks(name))

    def is_large(self, name: str) -> bool:
        """Whether a part has several pieces."""
        return self._member(name).file_size > 2 * CHUNK

    def chunks(self, name: str, beside: Beside = AT_ONCE) -> Iterator[bytes]:
        """The bytes of a part, piece by piece: a large sheet need never be in memory as a whole. Each is unpacked
        while the one before is looked at, if ``beside`` has a thread for it."""
        info = self._member(name)
        left = info.file_size
        try:
            with self._zip.open(info) as member:
                following = beside.ask(lambda: member.read(CHUNK))
                while chunk := following():
                    left -= len(chunk)
                    if left < 0:
                        raise self.fault(f"is damaged: {name} is larger than it says")
                    following = beside.ask(lambda: member.read(CHUNK))
                    yield chunk
        except DAMAGE as error:
            raise self.fault(f"is damaged or truncated: {name} cannot be unpacked ({reason(error)})") from None
        if left:
            raise self.fault(f"is damaged or truncated: {name} ends early")

    def packed(self, info: zipfile.ZipInfo) -> Iterator[bytes]:
        """The same as it is compressed in the file."""
        self._file.seek(info.header_offset)
        header = self._file.read(30)
        name, extra = struct.unpack("<HH", header[26:30])
        self._file.seek(name + extra, 1)
        left = info.compress_size
        while left and (chunk := self._file.read(min(left, CHUNK))):
            left -= len(chunk)
            yield chunk

    def xml(self, name: str) -> Element:
        """A small part as a tree."""
        self._refuse_large(name)
        too_large = self.fault(f"cannot be opened: {name} has more elements than any honest part of its kind")
        parser = DefusedXMLParser(target=_Tree(too_large), forbid_dtd=True)
        for _ in self.feed(name, parser.parser):
            pass
        tree: Element = parser.target.close()
        return tree

    def check(self, name: str) -> None:
        """Raises InputError if a part is not well-formed XML."""
        for _ in self.feed(name, expat.ParserCreate(namespace_separator="}")):
            pass

    def feed(
        self,
        name: str,
        parser: expat.XMLParserType,
        parse: Callable[[bytes, bool], Any] | None = None,
        beside: Beside = AT_ONCE,
    ) -> Iterator[None]:
        """Hands a part to an expat parser; yields after every piece, so that the caller can report progress. ``parse``
        is what takes the pieces, where that is not the parser itself; ``beside`` unpacks them."""
        parser.StartDoctypeDeclHandler = self._refuse_doctype(name)
        parser.XmlDeclHandler = _refuse_encoding
        take = parse or parser.Parse
        try:
            for chunk in self.chunks(name, beside):
                take(chunk, False)
                yield
            take(b"", True)
        except (expat.ExpatError, LookupError) as error:
            if parse:  # the parser was not given all of the part, and knows no place in it
                self.check(name)
            raise self._bad_xml(name, error) from None

    def related(self, part: str, type_suffix: str) -> dict[str, str]:
        """The parts that ``part`` ("" for the package itself) points to by relationships of a type whose URI ends so,
        ``worksheet`` say: relationship id → part."""
        name = _links_of(part)
        if name not in self._links:
            self._links[name] = self._read_links(name) if name in self else []
        folder = posixpath.dirname(part)
        return {
            link.id: _target(folder, link.target) for link in self._links[name] if link.type.endswith("/" + type_suffix)
        }

    def outside(self, part: str) -> dict[str, str]:
        """The other files that ``part`` points to: relationship id → the path or address as it is written there."""
        name = _links_of(part)
        return {link.id: link.target for link in self._read_links(name, outside=True)} if name in self else {}

    def _read_links(self, name: str, outside: bool = False) -> list[_Link]:
        """The relationships in a part, those to other files left out, or these alone: a sheet may have tens of
        thousands of them."""
        self._refuse_large(name)
        found: list[_Link] = []

        def start(tag: str, attributes: dict[str, str]) -> None:
            if local(tag) == "Relationship" and (attributes.get("TargetMode") == "External") == outside:
                found.append(_Link(*(attributes.get(key, "") for key in ("Id", "Type", "Target"))))

        parser = expat.ParserCreate()
        parser.StartElementHandler = start
        for _ in self.feed(name, parser):
            pass
        return found

    # --- checks ---------------------------------------------------------------------------------------------------
    def _member(self, name: str) -> zipfile.ZipInfo:
        info = self._members.get(_folded(name))
        if info is None:
            raise self.fault(f"is damaged: it has no part {name}")
        if info.flag_bits & 1:
            raise self.fault(f"cannot be opened: {name} is encrypted in the zip")
        if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise self.fault(f"cannot be opened: {name} is compressed by a method that workbooks do not use")
        return info

    def _refuse_twins(self) -> None:
        """Of two members of one name programs take one or the other."""
        for info in self._zip.infolist():
            if self._members[_folded(info.filename)] is not info:
                raise self.fault(f"is damaged: it holds {info.filename} twice")

    def _refuse_bombs(self) -> None:
        members = self._zip.infolist()
        if len(members) > MOST_MEMBERS:
            raise self.fault(f"cannot be opened: it has {len(members):,} members, more than any workbook")
        size, packed = sum(info.file_size for info in members), sum(info.compress_size for info in members)
        if size > MOST_BYTES:
            raise self._bomb("it", size)
        if packed > self.path.stat().st_size:
            raise self.fault("is damaged: its members overlap")
        for info in members:
            if info.file_size > LARGE_MEMBER and info.file_size > MOST_SHRUNK * info.compress_size:
                raise self._bomb(info.filename, info.file_size)
        if size > LARGE_MEMBER and size > MOST_SHRUNK * packed:
            raise self._bomb("it", size)

    def _bomb(self, what: str, size: int) -> InputError:
        return self.fault(f"cannot be opened: {what} would unpack to {size:,} bytes (a zip bomb?)")

    def _refuse_large(self, name: str) -> None:
        if self._member(name).file_size > MOST_PART:
            raise self.fault(f"cannot be opened: {name} is larger than any honest part of its kind")

    def _find_main(self) -> str:
        name = next(iter(self.related("", "officeDocument").values()), None)
        if name is None:
            raise self.fault("is a zip file but not a workbook (.xlsx)")
        if name.casefold().endswith(".bin"):
            raise self.fault("is a binary workbook (.xlsb); save it as .xlsx")
        return name

    def _refuse_doctype(self, name: str) -> Any:
        def refuse(*_: object) -> None:
            raise self._has_dtd(name)

        return refuse

    def _has_dtd(self, name: str) -> InputError:
        return self.fault(f"cannot be opened: {name} has a document type declaration, which no workbook may have")

    def _bad_xml(self, name: str, error: Exception) -> InputError:
        return self.fault(f"is damaged: {name} is not well-formed XML ({reason(error)})")


def _refuse_encoding(_: str, encoding: str | None, __: int) -> None:
    if encoding is not None and not _ENCODING.fullmatch(encoding):
        raise LookupError(f"workbooks are in UTF-8 or UTF-16, not in {encoding[:20]}")


class _Tree(TreeBuilder):
    """Builds a tree, unless it becomes too large or too deep; ``fault`` says so."""

    def __init__(self, fault: InputError):
        super().__init__()
        self.fault, self.left, self.depth = fault, MOST_ELEMENTS, 0

    def start(self, tag: str, attributes: dict[str, str]) -> Element:
        self.left, self.depth = self.left - 1, self.depth + 1
        if self.left < 0 or self.depth > DEEPEST:
            raise self.fault
        return super().start(tag, attributes)

    def end(self, tag: str) -> Element:
        self.depth -= 1
        return super().end(tag)


class _Link(NamedTuple):
    """A relationship inside the package."""

    id: str
    type: str
    target: str


def _links_of(part: str) -> str:
    """The part that holds the relationships of another."""
    folder, file = posixpath.split(part)
    return posixpath.join(folder, "_rels", file + ".rels")


def _folded(name: str) -> str:
    """Part names ignore case; a leading slash and the backslashes of careless writers do not count."""
    return name.replace("\\", "/").lstrip("/").casefold()


def _target(folder: str, target: str) -> str:
    return posixpath.normpath(posixpath.join("/", folder, target.replace("\\", "/"))).lstrip("/")
