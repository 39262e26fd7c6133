"""Rows that are read at once: what they hold is what the XML parser finds in them, whatever stands beside them."""

from __future__ import annotations

import random
from pathlib import Path

import openpyxl
import pytest
from book_by_hand import MAIN, write

from sheetsim.errors import SheetsimError
from sheetsim.model.sheet import Book
from sheetsim.reading import package
from sheetsim.reading.book import read
from sheetsim.reading.rows.feed import RowFeed
from sheetsim.reading.sheet_xml import SheetReader

MASTER = '<row r="1"><c r="A1"><f t="shared" ref="A1:B99" si="0">D1+1</f><v>1</v></c></row>'
PLAIN = '<row r="{}"><c r="A{}" s="2"><v>{}.5</v></c><c r="B{}"><f t="shared" si="0"/><v>3</v></c></row>'


def plain(row: int) -> str:
    return PLAIN.format(*[row] * 4)


@pytest.fixture
def by_parser(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The cells that the parser is given, as they are read."""
    seen: list[str] = []
    end_cell = SheetReader.end_cell

    def noted(self: SheetReader) -> None:
        seen.append(self.sheet.where(self.row, self.column))
        end_cell(self)

    monkeypatch.setattr(SheetReader, "end_cell", noted)
    return seen


def contents(book: Book) -> tuple:
    sheet = book.sheets[0]
    used = slice(sheet.rows), slice(sheet.columns)
    keys = [book.formulas[number].key for number in sheet.formula_numbers[used].ravel()]
    copied = [(formula.key, formula.copied_unread) for formula in book.formulas]
    values = sheet.num[used].tobytes(), sheet.kind[used].tobytes()
    return sheet.rows, sheet.columns, *values, keys, copied, sheet.arrays, sheet.hidden_rows, sheet.data_tables


def outcome(path: Path) -> tuple:
    try:
        return contents(read(path))
    except SheetsimError as error:
        return type(error), str(error)


def read_by_parser(path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple:
    with monkeypatch.context() as patched:
        patched.setattr(RowFeed, "_before", RowFeed._rest)
        return outcome(path)


# --- which rows the parser is not asked about -----------------------------------------------------------------------
NOT_ASKED = [
    plain(5),
    '<row r="5"><c r="A5"/><c r="XFD5" s="1" t="n"><v>1e-7</v></c></row>',
    '<row r="5"><c r="A5" t="s"><v>1</v></c><c r="B5" t="b"><v>0</v></c><c r="C5" t="e"><v>#N/A</v></c></row>',
    '<row r="5"><c r="A5" t="str"><f aca="false">"a"&amp;"é"</f><v>a &lt;é</v></c></row>',
    '<row r="5"><c r="A5"><f t="array" ref="A5:B5">D1:E1*2</f><v>2</v></c><c r="B5"><v>4</v></c></row>',
    '<row r="5"><c r="A5"><f t="shared" ref="A5:A6" si="7">D5</f></c><c r="B5"><f t="shared" si="7"/></c></row>',
    '<row r="5"><c r="A5" s="1" /><c r="B5"><f>A1</f><v/></c><c r="C5"><f>A1</f><v></v></c><c r="D5"><v /></c></row>',
]


@pytest.mark.parametrize("row", NOT_ASKED)
def test_plain_rows_are_not_for_the_parser(
    row: str, tmp_path: Path, by_parser: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write(tmp_path / "book.xlsx", MASTER + plain(2) + row)
    found = outcome(path)
    assert by_parser == []
    assert found == read_by_parser(path, monkeypatch)
    assert by_parser != []
    assert isinstance(found[0], int)


def test_attributes_of_rows_are_for_the_parser_once(tmp_path: Path, by_parser: list[str]) -> None:
    usual = [plain(row).replace(">", ' spans="1:2" ht="15">', 1) for row in range(2, 9)]
    hidden = [plain(row).replace(">", ' hidden="1">', 1) for row in (9, 10)]
    sheet = read(write(tmp_path / "book.xlsx", MASTER + "".join([*usual[:1], plain(20)])))["s"]
    assert by_parser == ["s!A2", "s!B2"]
    by_parser.clear()
    sheet = read(write(tmp_path / "book.xlsx", MASTER + "".join([*usual, *hidden])))["s"]
    assert sheet.hidden_rows == {8, 9}


def test_of_a_large_sheet_the_parser_sees_nothing(
    tmp_path: Path, by_parser: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """As openpyxl writes it, and as it reads it; the pieces end in the middle of rows."""
    monkeypatch.setattr(package, "CHUNK", 1000)
    made = openpyxl.Workbook()
    for row in range(1, 200):
        made.active.append([row, row / 7, f"=A{row}*2", f'=IF(B{row}<5,A{row}&"x",$B$1)'])
    made.save(tmp_path / "large.xlsx")
    sheet = read(tmp_path / "large.xlsx").sheets[0]
    for line in openpyxl.load_workbook(tmp_path / "large.xlsx").active.iter_rows():
        for cell in line:
            place = cell.row - 1, cell.column - 1
            assert cell.value == (sheet.formula_text(*place) or sheet.value(*place))
    assert by_parser == []


# --- what else may stand there --------------------------------------------------------------------------------------
ODD = [
    '<row r="5"/>',
    "<row><c><v>5</v></c></row>",
    '<row r="5"> <c r="A5"><v>5</v></c></row>',
    '<row r="5"><c r="A5"><v>&#53;</v></c></row>',
    '<row r="5"><c r="A5"><v></v></c><c r="B5"><v/></c></row>',
    '<row r="5"><c r="A5" cm="1"><f>1</f><v>5</v></c></row>',
    '<row r="5"><c t="n" r="A5"><v>5</v></c></row>',
    '<row r="5"><c r="a5"><v>5</v></c><c r="B6"><v>6</v></c></row>',
    '<row r="5"><c r="A5" t="inlineStr"><is><t>text</t></is></c></row>',
    '<row r="5"><c r="A5"><v>5</v><extLst><x:c xmlns:x="x"/></extLst></c></row>',
    f"<!-- {plain(5)}{plain(6)}{plain(7)} -->",
    f"<!-- > {plain(5)}{plain(6)}{plain(7)}<x -->",
    f"<?x {plain(5)}{plain(6)} ?>",
    f'<row r="5"><x:y xmlns:x="x">{plain(6)}{plain(7)}{plain(8)}</x:y></row>',
    f'<x:y xmlns:x="x">{plain(6)}{plain(7)}{plain(8)}</x:y>',
    f'<row r="5" xmlns="x"><c r="A5"><v>1</v></c></row>{plain(6)}<row r="7" xmlns="x"><c r="A7"><v>1</v></c></row>',
    '<row r="5"><c r="A5"><f t="shared" si="9"/><v>5</v></c></row>',
    '<row r="5"><c r="A5"><f t="shared" ref="A5:A6" si="0">D9</f></c><c r="B5"><f t="shared" si="0"/></c></row>',
    '<row r="5"><c r="A5"><f t="shared" si="8"/></c><c r="B5"><f t="shared" si="8" ref="A5:B5">D9</f></c></row>',
    '<row r="5"><c r="A5"><f t="shared" t="array">1</f></c></row>',
    '<row r="5"><c r="A5"><f>A1</f><f>A2</f></c></row>',
    '<row r="5"><c r="A5" t="s"><v>1.0</v></c></row>',
    '<row r="5"><c r="A5" t="s"><v>99</v></c></row>',
    '<row r="5"><c r="A5"><v>1e999</v></c></row>',
    '<row r="5"><c r="A5" s="1" s="1"><v>1</v></c></row>',
    '<row r="5" q:x="1"><c r="A5"><v>1</v></c></row>',
    '<row r="05"><c r="A5"><v>1</v></c></row>',
    '<row r="5"><c r="XFE5"><v>1</v></c></row>',
    '<row r="5"><c r="A5"><v>1</v></c></row>x',
    "\n",
    "</sheetData><sheetData>",
]


@pytest.mark.parametrize("odd", ODD)
def test_odd_rows_among_plain_ones(odd: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write(tmp_path / "book.xlsx", MASTER + plain(2) + plain(3) + odd + "".join(map(plain, range(9, 14))))
    assert outcome(path) == read_by_parser(path, monkeypatch)


def test_other_encodings_and_prefixes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = MASTER + '<row r="2"><c r="A2" t="str"><v>é</v></c></row>'
    prefixed = f'<x:worksheet xmlns:x="{MAIN}" xmlns="other"><sheetData>{rows}</sheetData><x:sheetData/></x:worksheet>'
    declared = (
        f'<?xml version="1.0" encoding="{{}}"?><worksheet xmlns="{MAIN}"><sheetData>{rows}</sheetData></worksheet>'
    )
    for sheet in (prefixed, *(declared.format(name) for name in ("utf-8", "ISO-8859-1", "windows-1252"))):
        path = write(tmp_path / "book.xlsx", "", sheet=sheet)
        assert outcome(path) == read_by_parser(path, monkeypatch)


# --- anything at all ------------------------------------------------------------------------------------------------
ROWS = [
    plain(7).replace("7", "{r}"),
    '<row r="{r}" spans="1:4"><c r="A{r}" t="s"><v>1</v></c>'
    '<c r="C{r}" t="str"><f>A{r}&amp;"x"</f><v>a&lt;b</v></c><c r="D{r}"><f>1</f><v/></c></row>',
    '<row r="{r}"><c r="A{r}"><f t="shared" ref="A{r}:B{r}" si="{n}">C{r}*2</f><v>-1.5E-07</v></c>'
    '<c r="B{r}"><f t="shared" si="{n}"/><v>12345678901234567890.5</v></c></row>',
    '<row r="{r}" hidden="1"><c r="B{r}" t="b"><v>1</v></c><c r="D{r}" t="e"><v>#N/A</v></c><c r="E{r}"/></row>',
    '<row r="{r}"><c r="AB{r}" s="12" t="n"><f>SUM(A1:A{r})</f><v>{n}.25</v></c></row>',
]
PIECES = [
    "<",
    ">",
    '"',
    "/",
    "&",
    "<!-- ",
    " -->",
    "</row>",
    "</c>",
    '<c r="B2">',
    "<v>",
    "</v>",
    "7",
    ".",
    "-",
    "&amp;",
]
PIECES += ["\n", "é", "<x:y>", "</x:y>", ' t="s"', "<f>", "</f>", "<f/>", 'si="0"', "<![CDATA[", "]]>", "</sheetData>"]


def spoilt(text: str, draw: random.Random) -> str:
    at, way = draw.randrange(len(text)), draw.random()
    if way < 0.5:
        return text[:at] + draw.choice(PIECES) + text[at:]
    if way < 0.8:
        return text[:at] + text[at + draw.randint(1, 6) :]
    other = draw.randrange(len(text))
    return text[:at] + text[other : other + draw.randint(1, 40)] + text[at:]


@pytest.mark.parametrize("chunk", [300, 100_000])
def test_spoilt_rows_are_what_the_parser_takes_them_for(
    chunk: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(package, "CHUNK", chunk)
    draw, kinds = random.Random(chunk), []
    for _ in range(150):
        rows = "".join(
            draw.choice(ROWS).format(r=row, n=draw.choice([row, 10**6 + row])) for row in range(2, draw.randint(4, 14))
        )
        for _ in range(draw.choice([0, 1, 1, 2])):
            rows = spoilt(rows, draw)
        path = write(tmp_path / "book.xlsx", MASTER + rows)
        found = outcome(path)
        assert found == read_by_parser(path, monkeypatch), rows
        kinds.append(isinstance(found[0], int))
    assert 20 < sum(kinds) < 130  # some can be read and some cannot
