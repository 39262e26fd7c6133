"""What a notebook shows: whole HTML, without scripts, nothing from the network, and no text of a workbook as markup."""

from __future__ import annotations

import re
from collections.abc import Callable
from html.parser import HTMLParser
from typing import Any

import numpy as np
import pytest

import sheetsim
from sheetsim import Sheet, Workbook
from sheetsim.model.values import Unsupported
from sheetsim.training.history import Epoch, History

VOID = {"col", "br", "polyline", "line"}  # those of SVG close themselves
ALLOWED = set("div style b span code table colgroup col thead tbody tr th td details summary svg text".split()) | VOID
HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "' onmouseover='alert(1)",
    "</td></table><h1>out</h1>",
    "</style><script>alert(1)</script>",
    "&lt;b&gt;",
    "x\n<b>\u202e",
]


class Page(HTMLParser):
    """The HTML as a browser reads it: its elements, their attributes, what is seen; each element closed in its turn."""

    def __init__(self, html: str):
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.open: list[str] = []
        self.seen: list[str] = []
        self.feed(html)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attributes}))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open[-1:] != ["style"]:
            self.seen.append(data)

    @property
    def text(self) -> str:
        return " ".join(self.seen)

    def titles(self) -> list[str]:
        """What shows where the pointer rests."""
        return [attributes["title"] for _, attributes in self.elements if "title" in attributes]


def page_of(thing: Any) -> Page:
    page = Page(thing._repr_html_())
    assert {tag for tag, _ in page.elements} <= ALLOWED
    for _, attributes in page.elements:
        assert not [name for name in attributes if name.startswith("on") or name in ("src", "href", "srcdoc")]
        assert "url(" not in attributes.get("style", "")
    assert page.elements[0][1]["class"].split() == ["sheetsim", "tex2jax_ignore", "mathjax_ignore"]
    return page


def report() -> Any:
    ours, theirs = sheetsim.build("entropy_example"), sheetsim.build("entropy_example")
    theirs["entropy!C2"] = 0.25
    return sheetsim.check(theirs, ours)


def trained() -> History:
    epochs = [Epoch(1, 0.5, 0.4, 0.9, 1.25), Epoch(2, 0.3, 0.35, 0.92, 1.3)]
    return History(epochs, np.array([1.0, 0.5, 0.25]), np.zeros(3), np.zeros(3))


def solved() -> Any:
    sheet = Workbook("demo").add_sheet("s")
    sheet["A1"], sheet["A2"] = 1, "=(A1-3)^2+2"
    return sheetsim.solve(sheet.book, "s", cells="A1", minimise="A2", gradients="differences")  # type: ignore[arg-type]


THINGS: dict[str, tuple[Callable[[], Any], list[str]]] = {
    "workbook": (lambda: sheetsim.build("graddesc"), ["a workbook of 7 sheets", "adam_ann", "reset, run", "momlast"]),
    "sheet": (lambda: sheetsim.build("graddesc")["adam"], ["of graddesc: A1:M33, 325 formula cells", "29.7132"]),
    "range": (lambda: sheetsim.build("graddesc")["adam!A4:B6"], ["adam!A4:B6", "3 × 2", "58"]),
    "report": (report, ["75 of 75 computed cells equal", "entropy!C2", "0.25", "relative difference 0.5"]),
    "explanation": (lambda: sheetsim.explain("graddesc", "adam!H6", depth=3), ["new b", "29.6910 − (−0.6873", "C6"]),
    "a range explained": (
        lambda: sheetsim.explain("graddesc", "adam!H4:I32"),
        ["29 × 2 cells", "=C4-J4*$D$2/SQRT(L4)"],
    ),
    "gradient": (
        lambda: sheetsim.gradient("graddesc", "basic!F4", by="C4:D4", engine="differences"),
        ["∂ basic!F4 / ∂ basic!C4:D4", "-41.4892", "-580.848", "by differences"],
    ),
    "comparison": (lambda: sheetsim.compare(epochs=3), ["optimizers side by side", "adam_ann", "76.1353"]),
    "run": (
        lambda: sheetsim.run("graddesc", "adam", epochs=3, set={"lr": 0.5}),
        ["of 3 epochs", "13.436", "rms error"],
    ),
    "training": (trained, ["of 2 epochs and 3 batches", "0.350000", "0.9200"]),
    "solution": (solved, ["s!A2: 6 → 2", "1 cell changed"]),
}


@pytest.mark.parametrize(("make", "said"), THINGS.values(), ids=THINGS)
def test_what_is_shown(make: Callable[[], Any], said: list[str]) -> None:
    page = page_of(make())
    assert [words for words in said if words not in page.text] == []


# --- the grid ---------------------------------------------------------------------------------------------------------
def test_a_cell_shows_its_format_and_its_formula_on_hover() -> None:
    page = page_of(sheetsim.build("graddesc")["adam"])
    (title,) = (title for title in page.titles() if title.startswith("H5 = "))
    assert title == "H5 = 29.69103063294086\n=C5-J5*$D$2/SQRT(L5)"
    assert "275,756.32" in page.text  # M3, as the sheet's format shows it


def test_letters_numbers_and_frozen_rows_stand_above_a_range() -> None:
    page = page_of(sheetsim.build("graddesc")["adam!C10:D11"])
    assert "".join(page.seen[page.seen.index("C") : page.seen.index("C") + 2]) == "CD"
    frozen = [attributes for tag, attributes in page.elements if tag == "tr" and "top" in attributes.get("class", "")]
    assert len(frozen) == 3
    assert [text for text in page.seen if text in ("3", "10", "11")] == ["3", "10", "11"]


def test_colours_are_those_of_the_file() -> None:
    sheet = Workbook("demo").add_sheet("s")
    sheet.values("A1", [[1], [-1]])
    sheet.style("A1", "parameter")
    sheet.colour("A1:A2", "A1<0", "bad")
    cells = [attributes for tag, attributes in page_of(sheet).elements if tag == "td"]
    assert [re.findall("--f:(#[0-9A-F]+)", cell["style"]) for cell in cells] == [["#FCD9B0"], ["#F8C9C4"]]


def large() -> Sheet:
    sheet = Workbook("demo").add_sheet("s")
    sheet["A1:AZ200"] = 7
    return sheet


def test_only_what_fits_and_a_word_on_the_rest() -> None:
    html = large()._repr_html_()
    assert "rows 1 to 40 of 200, columns A to X of AZ; sheet[&#x27;A41:AZ200&#x27;] shows more" in html
    assert html.count("<td") == 40 * 24


def test_a_text_runs_on_over_blank_cells() -> None:
    sheet = Workbook("demo").add_sheet("s")
    sheet["A1"], sheet["D1"] = "a text that is wider than its column", 1
    cells = [attributes.get("colspan") for tag, attributes in page_of(sheet).elements if tag == "td"]
    assert cells == ["3", None]


def test_what_cannot_be_computed_says_why() -> None:
    sheet = Workbook("demo").add_sheet("s")
    sheet["A1"] = "=CUBEVALUE(B1)"
    assert isinstance(sheet["A1"], Unsupported)
    assert any("not computed: the function CUBEVALUE in s!A1" in title for title in page_of(sheet).titles())


def test_empty_things_are_shown() -> None:
    book = Workbook("nothing")
    assert "a workbook of 0 sheets" in page_of(book).text
    assert "empty" in page_of(book.add_sheet("s")).text
    assert page_of(History()).text


# --- texts of others --------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("text", HOSTILE)
def test_no_text_of_a_workbook_is_markup(text: str) -> None:
    """In cells, titles, formulas, formats, remarks, names, headings, reasons: read by a browser, it is the text."""
    book = Workbook(text)
    book.about, book.warnings = text, [text]
    sheet = book.add_sheet(text)
    sheet.about = text
    quoted = text.replace('"', '""')
    sheet.values("A1", [[text, 1], [2, 3]])
    sheet["A3"] = f'=B1&"{quoted}"'
    sheet["B3"] = "=B1*A2"
    sheet.number_format("A2", f'0"{text.replace(chr(34), "")}"')
    sheet.comment("B2", text)
    sheet.aliases[text] = "A1"
    sheet.headings["B1"] = text
    other = Workbook(text)
    other.add_sheet(text).values("A1", [["x", 5], [2, 3]])
    where = f"'{text.replace(chr(39), chr(39) * 2)}'"
    things = [
        book,
        sheet,
        sheet["A1:B3"],
        sheetsim.check(book, other),
        book.explain(f"{where}!A3"),
        book.explain(f"{where}!B3", depth=3),
        book.gradient(f"{where}!B3", by="A2:B2", engine="differences"),
    ]
    for thing in things:
        page = page_of(thing)
        shown = " ".join([page.text, *page.titles()])
        assert text[:9] in shown
