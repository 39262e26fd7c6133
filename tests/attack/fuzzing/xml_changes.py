"""Random changes in the XML of a small package's parts, in its sheet most of all."""

from __future__ import annotations

import random
import re
from pathlib import Path
from typing import Any

from book_by_hand import CONTENT_TYPES, MAIN, STRINGS, TYPE, relations
from zips import pack

SEED = (
    f'<worksheet xmlns="{MAIN}" xmlns:z="{MAIN}" xmlns:q="urn:q"><dimension ref="A1:D5"/><sheetData>'
    '<row r="1" spans="1:4"><c r="A1"><v>2</v></c><c r="B1"><f>A1*2</f><v>0</v></c>'
    '<c r="C1" t="str"><f>A1&amp;"x"</f><v>old</v></c><c r="D1" t="s"><v>0</v></c></row>'
    '<row r="2"><c r="A2"><v>3</v></c><c r="B2"><f t="shared" ref="B2:B4" si="0">A2*B1</f><v>1</v></c></row>'
    '<row r="3"><c r="A3" t="inlineStr"><is><t>text</t></is></c><c r="B3"><f t="shared" si="0"/><v>1</v></c></row>'
    '<row><c r="A4" t="b"><v>1</v></c><c r="B4"><f t="shared" si="0"/></c><c><f>A1&gt;1</f></c></row>'
    '<row r="5"><c s="0"/><c><f>SUM(A1:A4)</f><v>0</v><extLst><ext uri="x"><q:v>1</q:v></ext></extLst></c></row>'
    "</sheetData></worksheet>"
)
BOOK = (
    f'<workbook xmlns="{MAIN}" xmlns:r="{TYPE[:-1]}"><workbookPr date1904="0"/>'
    '<sheets><sheet name="s" sheetId="1" r:id="r0"/></sheets><definedNames><definedName name="rate">s!$A$1'
    '</definedName><definedName name="twice" localSheetId="0">rate*2</definedName></definedNames>'
    '<calcPr calcId="191029"/></workbook>'
)
TABLE = (
    f'<table xmlns="{MAIN}" id="1" name="t" displayName="t" ref="A1:B2" totalsRowShown="0"><autoFilter ref="A1:B2"/>'
    '<tableColumns count="2"><tableColumn id="1" name="2"/><tableColumn id="2" name="4"/></tableColumns></table>'
)
PARTS: dict[str, str] = {
    "[Content_Types].xml": CONTENT_TYPES,
    "_rels/.rels": relations(("officeDocument", "xl/workbook.xml")),
    "xl/_rels/workbook.xml.rels": relations(("worksheet", "s.xml"), ("sharedStrings", "strings.xml")),
    "xl/workbook.xml": BOOK,
    "xl/strings.xml": f'<sst xmlns="{MAIN}">{STRINGS}</sst>',
    "xl/s.xml": SEED,
    "xl/_rels/s.xml.rels": relations(("table", "t.xml")),
    "xl/t.xml": TABLE,
    "xl/media/image1.png": "not understood, only copied",
}
CHANGED = [name for name in PARTS if name.endswith((".xml", ".rels"))]

ELEMENT = re.compile(r"<([\w:]+)(?:[^>]*/>|[^>]*>[^<]*</\1>)")
PIECES = ["<q:v>7</q:v>", "<v>7</v>", "<!-- <c> -->", "<row/>", "<f/>", "<c/>", '<c r="B2"/>', "<z:v>8</z:v>", " "]
PIECES += [
    ' r="B3"',
    ' t="str"',
    """ q:t="> t='b' " """,
    "<extLst><v>1</v></extLst>",
    '<z:c r="E9"><z:f>1+1</z:f></z:c>',
]
HOSTILE = ["", "-1", "0", "1E300", "4294967296", "A1:XFD1048576", "XFE1", "A0", "s!A1", "\u00a0", "&#xD800;", "&#0;"]
HOSTILE += ["x" * 300, "../../s.xml", "/xl/t.xml", "http://127.0.0.1/", "NaN", "true", "r1", "t", "array", "dataTable"]


def mutated(rng: random.Random, xml: str) -> str:
    """A part with one to three changes: of a sheet in its rows, of another part below its root."""
    for _ in range(rng.randint(1, 3)):
        first = xml.find("<sheetData") + 11 if "<sheetData" in xml else xml.find(">") + 1
        elements = [found.span() for found in ELEMENT.finditer(xml, first)] or [(first, first)]
        start, end = rng.choice(elements)
        element, place = xml[start:end], rng.choice([*(each for pair in elements for each in pair)])
        attributes = [*re.finditer(r'\s[\w:]+="([^"]*)"', xml[first:])]
        kind = rng.randrange(8)
        if kind == 0:
            xml = xml[:start] + xml[end:]
        elif kind == 1:
            xml = xml[:place] + element + xml[place:]
        elif kind == 2:
            xml = xml[:place] + rng.choice(PIECES) + xml[place:]
        elif kind == 3:  # another prefix
            xml = xml[:start] + re.sub(r"<(/?)(?=\w+[\s/>])", rf"<\1{rng.choice('zzzq')}:", element) + xml[end:]
        elif kind == 4 and attributes:  # one goes
            found = rng.choice(attributes)
            xml = xml[: first + found.start()] + xml[first + found.end() :]
        elif kind == 5 and attributes:  # one says something else
            found = rng.choice(attributes)
            xml = xml[: first + found.start(1)] + rng.choice(HOSTILE) + xml[first + found.end(1) :]
        elif kind == 6:  # one comes
            at = rng.choice([found.end() for found in re.finditer(r"<[\w:]+", xml[first:])] or [0]) + first
            xml = xml[:at] + rng.choice(PIECES[9:12]) + xml[at:]
        else:
            at = rng.randrange(first, len(xml)) if first < len(xml) else 0
            xml = xml[:at] + rng.choice("0123456789ABCr<>/ \"'=:") + xml[at + rng.randrange(2) :]
    return xml


def made(rng: random.Random) -> dict[str, Any]:
    """One changed part."""
    part = "xl/s.xml" if rng.random() < 0.6 else rng.choice(CHANGED)
    return {"part": part, "text": mutated(rng, PARTS[part])}


def write(given: dict[str, Any], folder: Path) -> Path:
    """The package with that part in the place of its own."""
    return pack(folder / "book.xlsx", PARTS | {given["part"]: given["text"]})
