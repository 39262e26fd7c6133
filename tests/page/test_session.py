"""The session: plain messages in, plain messages out, no browser."""

from __future__ import annotations

import base64
import json
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import sheetsim
from sheetsim.model.address import parse_rect
from sheetsim.page.session import Session

EPOCH_5 = 24.960097789510424  # the lecture: "5 steps, we're at 25"


class Asked:
    """A session, asked as a page asks it: by way of JSON."""

    def __init__(self, what: Any = None):
        self.session = Session(what)
        self.first = self({"do": "start"})

    def __call__(self, message: dict[str, Any], **tell: Any) -> dict[str, Any]:
        answer: dict[str, Any] = json.loads(json.dumps(self.session.answer(message, **tell), allow_nan=False))
        return answer

    def do(self, word: str, where: str, **said: Any) -> dict[str, Any]:
        """Asks for something to be done with cells, and to see them afterwards."""
        sheet, _, cells = where.rpartition("!")
        rect = list(parse_rect(cells))
        view = {"sheet": sheet, "rects": [rect]}
        return self({"do": word, "book": 1, "sheet": sheet, "rect": rect, "view": view, **said})

    def held(self, where: str) -> Any:
        """What a cell holds."""
        cells = self.do("look", where)["view"]["cells"]
        return cells[0].get("number", cells[0]["text"]) if cells else None


@pytest.fixture
def graddesc() -> Iterator[Asked]:
    asked = Asked("graddesc")
    yield asked
    asked.session.close()


def sheet_of(rows: list[list[Any]]) -> Asked:
    """A session with a sheet of its own."""
    book = sheetsim.Workbook("own")
    book.add_sheet("s").values("A1", rows)
    asked = Asked()
    asked.session._add(book)
    return asked


def test_what_a_page_is_told_at_the_start(graddesc: Asked) -> None:
    book = graddesc.first["book"]
    adam = next(sheet for sheet in book["sheets"] if sheet["title"] == "adam")
    assert [button["name"] for button in adam["buttons"]] == ["reset", "run"]
    assert adam["freeze"] == [3, 3]
    assert "graddesc" in graddesc.first["library"]["the lecture's own"]
    assert Asked("collab_filter").first["book"]["sheets"][0]["solver"]["opt"] == "dotprod!$V$41"


@pytest.mark.parametrize(
    ("text", "shown", "number"),
    [
        ("2.5", "2.5", 2.5),
        ("12%", "0.12", 0.12),
        ("=1/3", "0.333333", 1 / 3),
        ("true", "TRUE", None),
        ("'007", "007", None),
        ("hello", "hello", None),
        ("#N/A", "#N/A", None),
        ("=1/0", "#DIV/0!", None),
        ("1e300", "1E+300", 1e300),
    ],
)
def test_what_is_typed(text: str, shown: str, number: float | None) -> None:
    cell = sheet_of([[1]]).do("type", "s!A1", text=text)["view"]["cells"][0]
    assert (cell["text"], cell.get("number")) == (shown, number)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("=1+", "operand"),
        ("=SUM(A1", "expected ')'"),
        ('="a', "quotation"),
        ("1e999", "no number that a cell can hold"),
    ],
)
def test_what_cannot_be_typed_is_said_by_the_cell(text: str, said: str) -> None:
    asked = sheet_of([[1]])
    answer = asked.do("type", "s!A1", text=text)
    assert answer["cell"] == "s!A1"
    assert answer["error"].startswith("s!A1")
    assert asked.held("s!A1") == 1
    assert answer.get("state") is None or answer["state"]["undo"] is None


def test_a_circle_is_said_by_the_cell_and_undone() -> None:
    asked = sheet_of([[1, 2]])
    answer = asked.do("type", "s!A1", text="=A1+1")
    assert "circular reference" in answer["note"]
    assert answer["view"]["cells"][0]["reason"]
    asked.do("undo", "s!A1")
    assert asked.held("s!A1") == 1


def test_reset_run_undo_redo_and_back_through_time(graddesc: Asked) -> None:
    before = graddesc.held("adam!C1")
    graddesc.do("press", "adam!C1", button="reset")
    epochs = graddesc.do("press", "adam!C1", button="run")["view"]["epochs"]
    assert graddesc.held("adam!C1") == EPOCH_5
    assert (epochs["done"], epochs["last"], [row[0] for row in epochs["rows"]]) == (5, 5, [0, 1, 2, 3, 4, 5])
    assert epochs["rows"][5][1] == EPOCH_5
    expected = sheetsim.open("graddesc")
    expected.press("adam", "reset")
    for epoch in range(6):
        answer = graddesc.do("go", "adam!C1", epoch=epoch)
        assert answer["view"]["epochs"]["done"] == epoch
        assert graddesc.held("adam!C1") == expected["adam"]["C1"]
        expected.press("adam", "run", times=1)
    assert graddesc.do("undo", "adam!C1")["state"]["undo"] == "reset of adam"  # all five at once
    assert graddesc.held("adam!C1") == 1
    graddesc.do("undo", "adam!C1")
    assert graddesc.held("adam!C1") == before
    graddesc.do("redo", "adam!C1")
    graddesc.do("redo", "adam!C1")
    assert graddesc.held("adam!C1") == EPOCH_5


def test_a_change_at_an_epoch_goes_on_from_there(graddesc: Asked) -> None:
    graddesc.do("press", "adam!C1", button="reset")
    graddesc.do("press", "adam!C1", button="run")
    graddesc.do("go", "adam!C1", epoch=2)
    graddesc.do("type", "adam!D2", text="0.5")
    epochs = graddesc.do("press", "adam!C1", button="run", times=1)["view"]["epochs"]
    assert (epochs["done"], epochs["last"]) == (3, 3)
    expected = sheetsim.open("graddesc")
    expected.press("adam", "reset")
    expected.press("adam", "run", times=2)
    expected["adam"]["D2"] = 0.5
    expected.press("adam", "run", times=1)
    assert graddesc.held("adam!C1") == expected["adam"]["C1"]


def test_filled_copied_pasted_and_emptied() -> None:
    asked = sheet_of([[1, 10], [2, 20], [3, 30]])
    asked.do("type", "s!C1", text="=A1+$B$1")
    asked.do("fill", "s!C1:C3")
    assert [asked.held(f"s!C{row}") for row in (1, 2, 3)] == [11, 12, 13]
    answer = asked.do("copy", "s!E1", **{"from": {"sheet": "s", "rect": [0, 2, 1, 2]}})
    assert answer["rect"] == [0, 4, 1, 4]
    assert asked.do("look", "s!E2")["view"]["cells"][0]["formula"] == "=C2+$B$1"
    assert asked.do("paste", "s!A5", text="x\t1,5\r\n=1+1\t=)\r\n")["rect"] == [4, 0, 5, 1]
    assert [asked.held(f"s!{cell}") for cell in ("A5", "A6", "B6")] == ["x", 2, "=)"]
    assert asked({"do": "texts", "book": 1, "sheet": "s", "rect": [0, 0, 99, 1]})["text"].split("\n")[:2] == [
        "1\t10",
        "2\t20",
    ]
    asked.do("clear", "s!A1:E9")
    assert asked.held("s!A1") is None
    for _ in range(5):
        asked.do("undo", "s!A1")
    assert (asked.held("s!A1"), asked.held("s!C1"), asked.held("s!A5")) == (1, None, None)


@pytest.mark.parametrize(
    ("start", "towards", "end"),
    [
        ([0, 0], "down", [2, 0]),
        ([2, 0], "down", [5, 0]),
        ([5, 0], "down", [1_048_575, 0]),
        ([9, 0], "up", [5, 0]),
        ([5, 0], "up", [2, 0]),
        ([2, 0], "up", [0, 0]),
        ([0, 0], "right", [0, 1]),
        ([0, 9], "left", [0, 1]),
        ([7, 7], "left", [7, 0]),
        ([0, 1], "right", [0, 16_383]),
    ],
)
def test_control_and_an_arrow(start: list[int], towards: str, end: list[int]) -> None:
    asked = sheet_of([[1, 1], [1], [1], [None], [None], [1]])
    assert asked({"do": "edge", "book": 1, "sheet": "s", "at": start, "towards": towards})["at"] == end


def test_the_solver_tells_and_can_be_stopped() -> None:
    asked = Asked("collab_filter")
    before = asked.held("dotprod!V41")
    heard: list[dict[str, Any]] = []

    def tell(progress: dict[str, Any]) -> None:
        heard.append(progress)
        asked.session.stop()

    answer = asked({"do": "solve", "book": 1, "sheet": "dotprod", "seed": 1}, tell=tell)
    assert "stopped before its end" in answer["said"]
    assert heard[0]["iteration"] == 1
    asked.do("undo", "dotprod!V41")
    assert asked.held("dotprod!V41") == before


def test_saved_as_a_file_and_opened_again(graddesc: Asked, tmp_path: Path) -> None:
    graddesc.do("type", "adam!D2", text="0.25")
    answer = graddesc({"do": "save", "book": 1})
    assert answer["file"] == "graddesc.xlsx"
    (tmp_path / "copy.xlsx").write_bytes(base64.b64decode(answer["data"]))
    assert sheetsim.open(tmp_path / "copy.xlsx")["adam"]["D2"] == 0.25
    opened = graddesc({"do": "open", "file": "../../copy.xlsx", "data": answer["data"]})
    assert opened["book"]["file"] == "copy.xlsx"
    assert [each["name"] for each in opened["open"]] == ["graddesc", "copy"]


def test_a_page_opens_no_file_by_its_path(graddesc: Asked, tmp_path: Path) -> None:
    sheetsim.build("entropy_example").save(tmp_path / "private.xlsx")
    answer = graddesc({"do": "open", "name": str(tmp_path / "private.xlsx")})
    assert "no workbook is called" in answer["error"]


@pytest.mark.parametrize(
    "message",
    [
        {"do": "nothing"},
        {},
        {"do": "open", "file": "x.xlsx", "data": "UEsDBA=="},
        {"do": "look", "book": 9, "view": {"sheet": "adam", "rects": [[0, 0, 1, 1]]}},
        {"do": "type", "book": 1, "sheet": "adam", "rect": [0], "text": "1"},
        {"do": "type", "book": 1, "sheet": "nowhere", "rect": [0, 0, 0, 0], "text": "1"},
        {"do": "type", "book": 1, "sheet": "adam", "rect": [0, 0, 9_999_999, 0], "text": "1"},
        {"do": "press", "book": 1, "sheet": "adam", "button": "launch"},
        {"do": "solve", "book": 1, "sheet": "adam"},
        {"do": "gradient", "book": 1, "of": "adam!A3"},
        {"do": "close", "book": "x"},
    ],
)
def test_what_cannot_be_done_is_said(graddesc: Asked, message: dict[str, Any]) -> None:
    assert graddesc(message)["error"]
    assert graddesc.held("adam!A4") == 14


def test_gradients_by_every_cell(graddesc: Asked) -> None:
    pytest.importorskip("torch", reason="torch is not installed")
    shown = graddesc.do("gradient", "adam!D4", of="adam!E4")  # =C4+D4*A4, and A4 is 14
    slopes = dict(shown["view"]["gradient"]["steepest"])
    assert (slopes["adam!C1"], slopes["adam!C2"]) == (1.0, 14.0)
    assert shown["view"]["styles"][shown["view"]["cells"][0]["style"]]["fill"] == "#f0902e"
    assert "gradient" not in graddesc.do("gradient", "adam!D4", of=None)["view"]


def test_every_optimizer_side_by_side(graddesc: Asked) -> None:
    answer = graddesc({"do": "compare", "book": 1, "epochs": 2, "settings": {"adam.lr": 0.5}})
    assert answer["sheet"] == "compare"
    expected = sheetsim.compare(epochs=2, settings={"adam.lr": 0.5})
    last = expected[(expected.optimizer == "adam") & (expected.epoch == 2)].b.item()
    view = {"sheet": "compare", "rects": [[0, 0, 60, 40]]}
    cells = graddesc({"do": "look", "book": answer["book"]["number"], "view": view})["view"]["cells"]
    assert last in [cell.get("number") for cell in cells]
    assert "not files" in graddesc({"do": "compare", "book": answer["book"]["number"]})["error"]


def test_questions_are_answered_one_after_the_other(graddesc: Asked) -> None:
    def work(column: str) -> None:
        for number in range(20):
            graddesc.do("type", f"Sheet1!{column}40", text=str(number))

    threads = [threading.Thread(target=work, args=(column,)) for column in "ABC"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [graddesc.held(f"Sheet1!{column}40") for column in "ABC"] == [19, 19, 19]
