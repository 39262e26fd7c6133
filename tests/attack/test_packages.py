"""Packages made to break a reader: each ends in one line that names the file, and nothing is written."""

from __future__ import annotations

import random
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from book_by_hand import CONTENT_TYPES, MAIN, TYPE, relations
from conftest import Run
from zips import pack

SHEETS = '<sheets><sheet name="s" sheetId="1" r:id="r0"/></sheets>'
CELLS = '<row r="1"><c r="A1"><v>2</v></c><c r="B1"><f>A1*2</f><v>0</v></c></row>'  # it will give 4
BESIDE = ("xl/media/image1.png", "xl/styles.xml", "docProps/core.xml", "[Content_Types].xml")  # only copied
TABLE = (
    f'<table xmlns="{MAIN}" name="t{{0}}" displayName="t{{0}}" ref="A1:B1"><tableColumns><tableColumn name="x"/>'
    "</tableColumns>{1}</table>"
)


def parts(sheets: str = SHEETS, sheet: str = "", head: str = "") -> dict[str, str | bytes]:
    """A workbook of one sheet, with parts that sheetsim does not understand."""
    sheet = sheet or f'<worksheet xmlns="{MAIN}">{head}<sheetData>{CELLS}</sheetData></worksheet>'
    return {
        "[Content_Types].xml": CONTENT_TYPES,
        "_rels/.rels": relations(("officeDocument", "xl/workbook.xml")),
        "xl/_rels/workbook.xml.rels": relations(("worksheet", "s.xml")),
        "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{TYPE[:-1]}">{sheets}</workbook>',
        "xl/styles.xml": f'<styleSheet xmlns="{MAIN}">{"<x/>" * 200}</styleSheet>',
        "xl/media/image1.png": random.Random(1).randbytes(2_000),
        "docProps/core.xml": f"<core>{'title ' * 100}</core>",
        "xl/s.xml": sheet,
    }


def refused(run: Run, path: Path, *said: str) -> None:
    """The recalculation of that file ends in one line that names it, and leaves nothing behind."""
    before = sorted(path.parent.iterdir())
    ran = run("recalc", path, "--out", path.with_name("out.xlsx"))
    assert (ran.status, ran.out) == (2, "")
    assert ran.err.count("\n") == 1
    assert all(text in ran.err for text in (str(path), *said)), ran.err
    assert sorted(path.parent.iterdir()) == before


def test_undamaged_it_is_recalculated(run: Run, tmp_path: Path) -> None:
    path = pack(tmp_path / "in.xlsx", parts())
    assert run("recalc", path, "--out", tmp_path / "out.xlsx").status == 0
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(tmp_path / "out.xlsx") as new:
        assert {name for name in old.namelist() if old.read(name) != new.read(name)} == {"xl/s.xml"}
        assert old.namelist() == new.namelist()
        assert b"<v>4</v>" in new.read("xl/s.xml")


# --- the zip ----------------------------------------------------------------------------------------------------------
ENTRY, HEADER = 46, 30  # bytes before the name in a member's entry of the directory, and before its data


def in_directory(offset: int, form: str, number: int) -> Callable[[bytearray, str], None]:
    """Another number in a member's entry in the zip directory."""

    def damage(content: bytearray, name: str) -> None:
        struct.pack_into(form, content, content.rindex(name.encode()) - ENTRY + offset, number)

    return damage


def in_data(content: bytearray, name: str) -> None:
    place = content.index(name.encode()) + len(name) + 20
    content[place] ^= 0xFF


def in_header(content: bytearray, name: str) -> None:
    """Another name where the member itself lies than in the directory."""
    content[content.index(name.encode())] ^= 1


DAMAGE = {
    "checksum": (in_directory(16, "<I", 1), "cannot be unpacked"),
    "compression": (in_directory(10, "<H", 97), "compressed by a method"),
    "encryption": (in_directory(8, "<H", 1), "encrypted"),
    "size": (in_directory(24, "<I", 10), "cannot be unpacked"),
    "larger size": (in_directory(24, "<I", 9_000), "ends early"),
    "packed size": (in_directory(20, "<I", 10), ""),
    "offset": (in_directory(42, "<I", 5), "cannot be unpacked"),
    "offset beyond": (in_directory(42, "<I", 2**31), ""),
    "version": (in_directory(6, "<H", 255), ""),
    "name": (in_header, "cannot be unpacked"),
    "data": (in_data, "cannot be unpacked"),
}


@pytest.mark.parametrize("member", BESIDE)
@pytest.mark.parametrize("kind", DAMAGE)
def test_damage_where_sheetsim_only_copies(kind: str, member: str, run: Run, tmp_path: Path) -> None:
    path = pack(tmp_path / "in.xlsx", parts())
    content = bytearray(path.read_bytes())
    damage, said = DAMAGE[kind]
    damage(content, member)
    path.write_bytes(content)
    refused(run, path, said)


def test_random_damage(run: Run, tmp_path: Path) -> None:
    """A few bytes changed anywhere: the file is refused in one line, or it does not matter."""
    path = pack(tmp_path / "in.xlsx", parts())
    good, dice = path.read_bytes(), random.Random(7)
    for number in range(80):
        content = bytearray(good)
        for _ in range(dice.randint(1, 3)):
            content[dice.randrange(len(content))] = dice.randrange(256)
        path.write_bytes(content)
        ran = run("recalc", path, "--out", tmp_path / "out.xlsx")
        assert ran.status in (0, 2), number
        assert ran.err.count("\n") == (ran.status == 2), number


@pytest.mark.filterwarnings("ignore:Duplicate name")  # zipfile, of what this test writes
@pytest.mark.parametrize("twin", ["xl/s.xml", "XL/S.xml", "xl\\s.xml", "/xl/s.xml", "docProps/core.xml"])
def test_a_member_twice(twin: str, run: Run, tmp_path: Path) -> None:
    path = pack(tmp_path / "in.xlsx", parts())
    with zipfile.ZipFile(path, "a") as file:
        file.writestr(twin, "<other/>")
    refused(run, path, "twice")


def test_members_that_overlap(run: Run, tmp_path: Path) -> None:
    """Many entries in the directory on one member's data: a bomb that needs no great ratio."""
    path = tmp_path / "in.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in parts().items():
            file.writestr(name, content)
        image = file.getinfo("xl/media/image1.png")
        for number in range(200):
            file.filelist.append(twin := zipfile.ZipInfo(f"xl/media/{number}.png"))
            twin.header_offset, twin.CRC, twin.compress_type = image.header_offset, image.CRC, image.compress_type
            twin.compress_size, twin.file_size = image.compress_size, image.file_size
    refused(run, path, "overlap")


def test_many_members_that_are_each_no_bomb(run: Run, tmp_path: Path) -> None:
    blank = bytes(2**20)
    path = pack(tmp_path / "in.xlsx", parts() | {f"xl/{number}.bin": blank for number in range(60)})
    refused(run, path, "zip bomb")


# --- what the parts say -----------------------------------------------------------------------------------------------
def many_sheets() -> dict[str, str | bytes]:
    rows = "".join(f'<row r="{r}"><c r="A{r}"><v>{r}</v></c></row>' for r in range(1, 20_000))
    sheets = "".join(f'<sheet name="s{n}" sheetId="{n}" r:id="r0"/>' for n in range(1, 2_000))
    return parts(f"<sheets>{sheets}</sheets>", f'<worksheet xmlns="{MAIN}"><sheetData>{rows}</sheetData></worksheet>')


def many_tables(size: int, count: int = 40) -> dict[str, str | bytes]:
    """Tables that are all one part, which is large; the names of the part differ in their capitals."""
    links = relations(*(("table", "T.xml" if n % 2 else "t.xml") for n in range(count)))
    return parts() | {"xl/_rels/s.xml.rels": links, "xl/t.xml": TABLE.format(1, "<x/>" * (size // 4))}


def encoded(part: str, encoding: str) -> dict[str, str | bytes]:
    given = parts()
    return given | {part: f'<?xml version="1.0" encoding="{encoding}"?>{given[part]!s}'}


ENCODINGS = ("shift_jis", "utf-7", "idna", "gb18030", "utf-32", "punycode", "unicode_escape", "hex", "rot13", "none")
PARTS = ("xl/s.xml", "xl/workbook.xml", "xl/_rels/workbook.xml.rels")
REFUSED: dict[str, tuple[Callable[[], dict[str, str | bytes]], tuple[str, ...]]] = {
    "2,000 sheets of one part": (many_sheets, ("xl/s.xml stands for two sheets",)),
    "40 tables of one part": (lambda: many_tables(2**18), ("stands for two sheets or tables",)),
    "a table of 48 MB": (lambda: many_tables(48 * 2**20, 1), ("xl/t.xml", "larger than any honest part")),
    "a million elements": (lambda: parts(SHEETS + "<x/>" * 10**6), ("xl/workbook.xml has more elements than",)),
    "elements inside each other": (lambda: parts(SHEETS + "<x>" * 10**5 + "</x>" * 10**5), ("more elements than",)),
    "a sheet without a name": (lambda: parts(SHEETS.replace('name="s" ', "")), ("xl/workbook.xml", "without a name")),
    "a sheet of an empty name": (lambda: parts(SHEETS.replace('"s"', '""')), ("xl/workbook.xml", "without a name")),
    "an empty extent": (lambda: parts(head='<dimension ref=""/>'), (": s: its stated extent",)),
    "an extent of nonsense": (lambda: parts(head='<dimension ref="A1:ZZZZ9"/>'), (": s: its stated extent", "ZZZZ9")),
    **{
        f"{part} in {encoding}": (lambda part=part, encoding=encoding: encoded(part, encoding), (part,))
        for part in PARTS
        for encoding in ENCODINGS
    },
}


@pytest.mark.parametrize("kind", REFUSED)
def test_refused_by_what_its_parts_say(kind: str, run: Run, tmp_path: Path) -> None:
    make, said = REFUSED[kind]
    refused(run, pack(tmp_path / "in.xlsx", make()), *said)


@pytest.mark.parametrize("encoding", ["UTF-8", "utf8", "us-ascii", "ISO-8859-1", "windows-1252"])
def test_encodings_that_are_read(encoding: str, run: Run, tmp_path: Path) -> None:
    path = pack(tmp_path / "in.xlsx", encoded("xl/s.xml", encoding))
    assert run("recalc", path, "--out", tmp_path / "out.xlsx").status == 0


def test_one_table_named_by_many_relationships_is_read_once(run: Run, tmp_path: Path) -> None:
    links = relations(*(("table", "t.xml") for _ in range(40)))
    path = pack(tmp_path / "in.xlsx", parts() | {"xl/_rels/s.xml.rels": links, "xl/t.xml": TABLE.format(1, "")})
    assert run("recalc", path, "--out", tmp_path / "out.xlsx").status == 0
