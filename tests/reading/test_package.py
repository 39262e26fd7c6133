"""Opening a workbook file: every kind of unusable file ends in one clear line that names it."""

from __future__ import annotations

import struct
import zipfile
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
from zips import members, pack

from sheetsim.errors import InputError
from sheetsim.reading import package
from sheetsim.reading.book import read
from sheetsim.reading.package import Package
from sheetsim.support.beside import Beside

RELATIONS = '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{}</Relationships>'
TYPE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
OLE = bytes.fromhex("D0CF11E0A1B11AE1")
BILLION_LAUGHS = '<?xml version="1.0"?><!DOCTYPE w [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><workbook>&b;</workbook>'


def relation(kind: str, target: str, link: str = "rId1") -> str:
    return f'<Relationship Id="{link}" Type="{TYPE}{kind}" Target="{target}"/>'


def main_part(target: str) -> str:
    return RELATIONS.format(relation("officeDocument", target))


def good(path: Path) -> bytes:
    """A small workbook by openpyxl; returns its bytes."""
    book = openpyxl.Workbook()
    for row in range(200):
        book.active.append([row, f"text {row}", f"=A{row + 1}*2"])
    book.save(path)
    return path.read_bytes()


def changed(path: Path, part: str, change: Callable[[str], str]) -> None:
    """The small workbook with one part's XML changed."""
    good(path)
    parts = members(path)
    pack(path, parts | {part: change(parts[part].decode())})


def truncated(path: Path) -> None:
    content = good(path)
    path.write_bytes(content[: len(content) // 2])


def flipped_byte(path: Path) -> None:
    """A wrong byte in the middle of the sheet's compressed data."""
    content = bytearray(good(path))
    with zipfile.ZipFile(path) as archive:
        info = archive.getinfo("xl/worksheets/sheet1.xml")
    content[info.header_offset + 30 + len(info.filename) + info.compress_size // 2] ^= 0xFF
    path.write_bytes(bytes(content))


def set_in_directory(path: Path, offset: int, form: str, value: int) -> None:
    """Changes one field of the sheet's entry in the zip directory."""
    content = bytearray(good(path))
    place = content.rindex(b"xl/worksheets/sheet1.xml") - 46
    struct.pack_into(form, content, place + offset, value)
    path.write_bytes(bytes(content))


def with_doctype(text: str) -> str:
    return '<!DOCTYPE worksheet [<!ENTITY a "ha">]>' + text.partition("?>")[2]


BAD_FILES: dict[str, tuple[Callable[[Path], object], str]] = {
    "missing": (lambda path: None, "does not exist"),
    "folder": (lambda path: path.mkdir(), "folder"),
    "empty": (lambda path: path.write_bytes(b""), "empty"),
    "text": (lambda path: path.write_text("name,value\na,1\n"), "not a workbook"),
    "one byte": (lambda path: path.write_bytes(b"P"), "not a workbook"),
    "truncated": (truncated, "truncated"),
    "wrong byte": (flipped_byte, "damaged"),
    "size that lies": (lambda path: set_in_directory(path, 24, "<I", 10), "damaged"),
    "encrypted member": (lambda path: set_in_directory(path, 8, "<H", 1), "encrypted"),
    "odd compression": (lambda path: set_in_directory(path, 10, "<H", 97), "compressed by a method"),
    "any zip": (lambda path: pack(path, {"hello": "world"}), "not a workbook"),
    "empty zip": (lambda path: pack(path, {}), "not a workbook"),
    "docx": (
        lambda path: pack(path, {"_rels/.rels": main_part("word/document.xml"), "word/document.xml": "<document/>"}),
        "its main part is word/document.xml",
    ),
    "main part missing": (
        lambda path: pack(path, {"_rels/.rels": main_part("xl/workbook.xml")}),
        "no part xl/workbook.xml",
    ),
    "xlsb": (
        lambda path: pack(path, {"_rels/.rels": main_part("xl/workbook.bin"), "xl/workbook.bin": "\x03"}),
        "xlsb",
    ),
    "encrypted": (
        lambda path: path.write_bytes(OLE + bytes(600) + "EncryptedPackage".encode("utf-16-le") + bytes(600)),
        "is encrypted (password protected)",
    ),
    "xls": (lambda path: path.write_bytes(OLE + bytes(1000) + "Workbook".encode("utf-16-le")), ".xls"),
    "xml bomb": (
        lambda path: pack(path, {"_rels/.rels": main_part("w.xml"), "w.xml": BILLION_LAUGHS}),
        "document type declaration",
    ),
    "doctype in a sheet": (
        lambda path: changed(path, "xl/worksheets/sheet1.xml", with_doctype),
        "document type declaration",
    ),
    "doctype in the strings": (
        lambda path: pack(
            path,
            {
                "_rels/.rels": main_part("w.xml"),
                "w.xml": "<workbook/>",
                "_rels/w.xml.rels": RELATIONS.format(relation("sharedStrings", "strings.xml")),
                "strings.xml": with_doctype("<?xml version='1.0'?><sst><si><t>&a;</t></si></sst>"),
            },
        ),
        "strings.xml has a document type declaration",
    ),
    "broken workbook xml": (lambda path: changed(path, "xl/workbook.xml", lambda text: text[:-5]), "not well-formed"),
    "broken sheet xml": (
        lambda path: changed(path, "xl/worksheets/sheet1.xml", lambda text: text.replace("</sheetData>", "", 1)),
        "xl/worksheets/sheet1.xml is not well-formed",
    ),
    "a row in a row": (
        lambda path: changed(path, "xl/worksheets/sheet1.xml", lambda text: text.replace("</row>", "", 1)),
        "Sheet: a row stands inside row 1",
    ),
    "unknown encoding": (
        lambda path: changed(path, "xl/workbook.xml", lambda text: '<?xml version="1.0" encoding="none"?>' + text),
        "not well-formed",
    ),
    "sheet without part": (
        lambda path: changed(path, "xl/_rels/workbook.xml.rels", lambda text: text.replace("/worksheet", "/other")),
        "its sheet 'Sheet' is not in the file",
    ),
}


@pytest.mark.parametrize("kind", BAD_FILES)
def test_unusable_file_gives_one_line(kind: str, tmp_path: Path) -> None:
    make, expected = BAD_FILES[kind]
    path = tmp_path / "given.xlsx"
    make(path)
    with pytest.raises(InputError) as caught:
        read(path)
    message = str(caught.value)
    assert message.startswith(str(path))
    assert "\n" not in message
    assert expected in message


LIMITS = {
    "members": ("MOST_MEMBERS", 3, "members"),
    "total": ("MOST_BYTES", 5_000, "would unpack to"),
    "ratio": ("MOST_SHRUNK", 1, "sheet1.xml would unpack to"),
    "tree": ("MOST_PART", 50, "larger than any honest part"),
}


@pytest.mark.parametrize("kind", LIMITS)
def test_limits(kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    name, value, expected = LIMITS[kind]
    path = tmp_path / "bomb.xlsx"
    good(path)
    if kind == "ratio":
        monkeypatch.setattr(package, "LARGE_MEMBER", 12_000)  # only the sheet is larger
    monkeypatch.setattr(package, name, value)
    with pytest.raises(InputError, match=expected) as caught:
        read(path)
    assert "bomb.xlsx" in str(caught.value)


def test_real_zip_bomb(tmp_path: Path) -> None:
    path = tmp_path / "bomb.xlsx"
    good(path)
    with (
        zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive,
        archive.open("xl/media/image1.bin", "w") as member,
    ):
        for _ in range(60):
            member.write(bytes(2**20))
    with pytest.raises(InputError, match="zip bomb"):
        read(path)


def test_no_permission(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests may run as root, who may read everything: the refusal is staged."""
    path = tmp_path / "given.xlsx"
    good(path)

    def refuse(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(InputError, match=r"given\.xlsx cannot be read: permission denied"):
        Package.open(path)


def test_any_damage_is_an_input_error(tmp_path: Path) -> None:
    """Cut anywhere, the file is refused; no other exception comes out."""
    path = tmp_path / "given.xlsx"
    content = good(path)
    for end in range(1, len(content), 97):
        path.write_bytes(content[:end])
        with pytest.raises(InputError, match=r"given\.xlsx"):
            read(path)


def test_parts_are_found_whatever_their_spelling(tmp_path: Path) -> None:
    path = tmp_path / "given.xlsx"
    rels = RELATIONS.format(relation("worksheet", "/xl/Sheets/S1.xml") + relation("worksheet", "../b.xml", "rId2"))
    pack(
        path,
        {
            "_rels/.rels": main_part("/xl/workbook.xml"),
            "xl\\workbook.xml": "<workbook/>",
            "xl/_rels/Workbook.xml.rels": rels,
            "xl/sheets/s1.xml": "<worksheet/>",
        },
    )
    with Package.open(path) as opened:
        assert opened.related(opened.main, "worksheet") == {"rId1": "xl/Sheets/S1.xml", "rId2": "b.xml"}
        assert opened.related(opened.main, "sheet") == {}
        assert opened.read("xl/Sheets/S1.xml") == b"<worksheet/>"
        assert "XL/sheets/s1.xml" in opened
        assert "xl/other.xml" not in opened


def test_strict_namespaces(tmp_path: Path) -> None:
    path = tmp_path / "given.xlsx"
    strict = "http://purl.oclc.org/ooxml/officeDocument/relationships/officeDocument"
    rels = RELATIONS.format(f'<Relationship Id="r" Type="{strict}" Target="w.xml"/>')
    pack(path, {"_rels/.rels": rels, "w.xml": '<workbook xmlns="http://purl.oclc.org/ooxml/spreadsheetml/main"/>'})
    with Package.open(path) as opened:
        assert opened.main == "w.xml"


@pytest.mark.parametrize("damage", [None, "cut", "flipped"])
def test_a_part_unpacked_by_a_second_thread_is_the_same_and_so_is_what_is_wrong_with_it(
    damage: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "book.xlsx"
    good(path)
    if damage == "flipped":
        flipped_byte(path)
    monkeypatch.setattr(package, "CHUNK", 500)
    found: list[tuple[list[bytes], str]] = []
    for ahead in (0, 1):
        pieces: list[bytes] = []
        with Package.open(path) as opened, Beside(ahead) as beside:
            name = next(iter(opened.related(opened.main, "worksheet").values()))
            if damage == "cut":
                opened._member(name).file_size += 1
            try:
                pieces.extend(opened.chunks(name, beside))
                error = ""
            except InputError as fault:
                error = str(fault)
        found.append((pieces, error))
    assert found[0] == found[1]
    assert bool(found[0][1]) == bool(damage)
    assert len(found[0][0]) > 3
