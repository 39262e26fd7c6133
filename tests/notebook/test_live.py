"""The widget's Python half without a browser: messages in, messages out."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import sheetsim
from sheetsim import Sheet, Workbook
from sheetsim.errors import InputError, NotFound

EPOCH_5 = 24.960097789510424  # the lecture: "5 steps, we're at 25"


@pytest.fixture
def anywidget() -> Any:
    return pytest.importorskip("anywidget", reason="anywidget is not installed: pip install 'sheetsim[notebook]'")


class Half:
    """A widget, and in place of its other half a list of what it hears."""

    def __init__(self, widget: Any):
        self.widget, self.heard, self.number = widget, [], 0  # type: ignore[var-annotated]
        widget.send = lambda content, buffers=None: self.heard.append(json.loads(json.dumps(content, allow_nan=False)))

    def ask(self, do: str, **said: Any) -> Any:
        """The answer to a message."""
        self.number += 1
        self.widget._handle_custom_msg({"id": f"x-{self.number}", "do": do, **said}, [])
        return next(each for each in self.heard if each.get("id") == f"x-{self.number}" and "progress" not in each)


@pytest.fixture
def book() -> Workbook:
    return sheetsim.open("graddesc")


@pytest.fixture
def adam(book: Workbook, anywidget: Any) -> Half:
    return Half(book["adam"].widget())


def seen(answer: Any) -> dict[tuple[int, int], Any]:
    """The numbers that an answer shows, by row and column."""
    return {tuple(cell["at"]): cell.get("number") for cell in answer["view"]["cells"]}


VIEW = {"sheet": "adam", "rects": [[0, 0, 33, 12]]}
D2, C1, H4 = [1, 3, 1, 3], (0, 2), (3, 7)


def test_a_number_typed_recalculates(adam: Half, book: Workbook) -> None:
    expected = sheetsim.open("graddesc")
    expected["adam!D2"] = 0.5
    answer = adam.ask("type", sheet="adam", rect=D2, text="0.5", view=VIEW)
    assert seen(answer)[H4] == expected["adam!H4"] == book["adam!H4"]


def test_reset_run_and_back(adam: Half, book: Workbook) -> None:
    adam.ask("press", sheet="adam", button="reset")
    answer = adam.ask("press", sheet="adam", button="run", view=VIEW)
    assert seen(answer)[C1] == EPOCH_5 == book["adam!C1"]
    answer = adam.ask("go", sheet="adam", epoch=0, view=VIEW)
    assert (seen(answer)[C1], answer["view"]["epochs"]["last"]) == (1.0, 5)


def test_a_cell_is_explained(adam: Half) -> None:
    found = adam.ask("explain", cell="adam!H6")["explanation"]
    assert [part["place"] for part in found["parts"]][:2] == [["adam", 5, 2, 5, 2], ["adam", 5, 9, 5, 9]]


@pytest.mark.parametrize(
    ("message", "said", "cell"),
    [
        ({"do": "type", "sheet": "adam", "rect": D2, "text": "=1+"}, "expected a value", "adam!D2"),
        ({"do": "type", "sheet": "Adam2", "rect": D2, "text": "1"}, "Adam2", None),
        ({"do": "dance"}, "dance", None),
        ({"do": "press", "sheet": "adam", "button": "go"}, "go", None),
        ({"do": "type"}, "KeyError", None),
    ],
)
def test_what_cannot_be_done_is_said(adam: Half, message: Any, said: str, cell: str | None) -> None:
    answer = adam.ask(**message)
    assert said in answer["error"]
    assert answer.get("cell") == cell


def test_what_is_no_message_is_passed_over(adam: Half) -> None:
    adam.widget._handle_custom_msg("hello", [])
    assert adam.heard == []


def test_a_circle_is_said_and_the_widget_lives_on(adam: Half) -> None:
    answer = adam.ask("type", sheet="adam", rect=[3, 7, 3, 7], text="=H4+1")
    assert ("circular" in answer["note"], answer["cell"]) == (True, "adam!H4")
    assert "error" not in adam.ask("look", view=VIEW)


def test_a_circle_made_by_python_is_said(adam: Half, book: Workbook) -> None:
    book["adam"]["H4"] = "=H4+1"
    cells = adam.ask("look", view=VIEW)["view"]["cells"]
    assert next("circular" in cell["reason"] for cell in cells if cell["at"] == [*H4])
    book["adam"]["H4"] = 1
    assert seen(adam.ask("look", view=VIEW))[H4] == 1


def test_widgets_of_a_workbook_are_one(adam: Half, book: Workbook) -> None:
    other = Half(book.widget("basic"))
    assert other.widget.where == "basic!A4"
    adam.ask("type", sheet="adam", rect=D2, text="0.5")
    assert other.heard[-1]["changed"]["undo"] == "typing in adam!D2"
    assert other.heard[-1]["by"] == "x-1"
    other.ask("undo")
    assert adam.heard[-1]["changed"]["redo"] == "typing in adam!D2"
    stranger = Half(sheetsim.open("graddesc").widget())
    adam.ask("redo")
    assert stranger.heard == []


def test_what_python_changes_is_shown(adam: Half, book: Workbook) -> None:
    book["adam!D2"] = 0.5
    adam.widget.refresh()
    assert "changed" in adam.heard[-1]
    assert seen(adam.ask("look", view=VIEW))[H4] == book["adam!H4"]


def test_a_gradient_follows_what_python_changes(adam: Half, book: Workbook) -> None:
    def slope() -> float:
        return dict(adam.ask("look", view=VIEW)["view"]["gradient"]["steepest"])["adam!C2"]  # type: ignore[no-any-return]

    adam.ask("gradient", of="adam!E4")  # =C4+D4*A4, and D4 is C2
    assert slope() == pytest.approx(14)
    book["adam!A4"] = 20
    assert slope() == pytest.approx(20)


@pytest.mark.parametrize(
    ("make", "where"),
    [
        (lambda book: book["adam"].widget(), "adam!D4"),
        (lambda book: book["adam"].widget("lr"), "adam!D2"),
        (lambda book: book["adam"].widget("H4:I8"), "adam!H4:I8"),
        (lambda book: book.widget(), ""),
        (lambda book: book.widget("Adam"), "adam!D4"),
        (lambda book: book.widget("adam!H5"), "adam!H5"),
    ],
)
def test_the_cell_chosen_first(book: Workbook, anywidget: Any, make: Any, where: str) -> None:
    assert make(book).where == where


@pytest.mark.parametrize(
    ("options", "error", "said"),
    [
        ({"where": "nowhere"}, NotFound, "nowhere"),
        ({"where": "sgd!A1"}, NotFound, "sgd"),
        ({"height": 10}, InputError, "height 10: from 160"),
    ],
)
def test_what_cannot_be_shown(book: Workbook, anywidget: Any, options: Any, error: Any, said: str) -> None:
    with pytest.raises(error, match=said):
        book["adam"].widget(**options)


def test_a_reader_without_widgets_sees_the_sheet(adam: Half) -> None:
    data = adam.widget._repr_mimebundle_()[0]
    assert data["text/plain"] == "<live widget of graddesc, adam>"
    assert "29.7132" in data["text/html"]
    assert "application/vnd.jupyter.widget-view+json" in data


def test_a_workbook_is_let_go_with_its_widgets(anywidget: Any) -> None:
    import gc
    import weakref

    widget = sheetsim.open("entropy_example").widget()
    book = weakref.ref(widget.thing)
    widget.close()
    del widget
    gc.collect()
    assert book() is None


def test_after_each_cell_of_a_notebook_the_widgets_look(anywidget: Any, tmp_path: Path) -> None:
    pytest.importorskip("nbclient", reason="nbclient is not installed: pip install 'sheetsim[test]'")
    import nbformat
    from notebooks import code_cells, printed, run

    cells = [
        "import sheetsim\nbook = sheetsim.open('graddesc')\nwidget = book['adam'].widget()\nheard = []",
        "widget.send = heard.append\nbook['adam!D2'] = 0.5",
        "[list(each) for each in heard], book.changed",
    ]
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    nbformat.write(notebook, tmp_path / "n.ipynb")
    assert printed(code_cells(run(tmp_path / "n.ipynb"))[2]) == ["([['changed', 'by']], False)"]


def test_without_anywidget_one_line_names_the_extra() -> None:
    code = """
import sys, importlib.util
found = importlib.util.find_spec
importlib.util.find_spec = lambda name, *rest: None if name == "anywidget" else found(name, *rest)
import sheetsim
try:
    sheetsim.open("entropy_example").widget()
except sheetsim.InputError as error:
    print(error)
"""
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert said.startswith("the widget needs anywidget: ")
    assert said.endswith("pip install 'sheetsim[notebook]'\n")


def test_a_book_that_is_no_workbook() -> None:
    from sheetsim.model.sheet import Book

    sheet = Sheet(Book("bare"), "s")
    pytest.importorskip("anywidget", reason="anywidget is not installed: pip install 'sheetsim[notebook]'")
    with pytest.raises(InputError, match="a widget shows a Workbook"):
        sheet.widget()
