"""What a page asks of sheetsim, and the answers: plain messages in and out, that any transport can carry.

A message is a dictionary that JSON can hold. ``do`` says what is asked, ``book`` of which open workbook (its number),
``sheet`` its sheet, ``rect`` the cells (``[top, left, bottom, right]``, counted from 0); ``view`` are the windows that
the page shows (``{"sheet": …, "rects": […]}``), which every answer brings along as they are afterwards. An answer is
what was asked for, or ``error`` with a line for a person, and ``cell`` where that belongs to one. Nothing here knows of
browsers: ``server.py`` carries messages over a socket, a notebook's widget can carry the same.
"""

from __future__ import annotations

import base64
import threading
from collections.abc import Callable
from pathlib import Path, PurePath
from tempfile import TemporaryDirectory
from time import monotonic
from typing import Any
from warnings import catch_warnings, simplefilter

from sheetsim import library
from sheetsim.errors import InputError, NotFound, SheetsimError
from sheetsim.model.address import Rect
from sheetsim.model.sheet import Sheet
from sheetsim.page.desk import Desk
from sheetsim.page.explained import explained
from sheetsim.page.loading import torch_is_coming
from sheetsim.page.windows import edge, rect_of
from sheetsim.study.comparison.comparing import compare
from sheetsim.workbook import Workbook
from sheetsim.writing import suffix_for

Message = dict[str, Any]
Tell = Callable[[Message], None]
EVERY = 0.1  # seconds between two words on the progress of a search
MOST_OPEN = 20  # workbooks


class Session:
    """The open workbooks, and what is asked of them.

    >>> session = Session()
    >>> opened = session.answer({"do": "open", "name": "graddesc"})
    >>> [sheet["title"] for sheet in opened["book"]["sheets"]][:3]
    ['Sheet1', 'data', 'basic']
    >>> c1 = {"book": 1, "sheet": "basic", "rect": [0, 2, 0, 2]}
    >>> view = {"sheet": "basic", "rects": [[0, 2, 0, 2]]}
    >>> answer = session.answer({"do": "type", **c1, "text": "5", "view": view})
    >>> answer["view"]["cells"][0]["text"], answer["state"]["undo"]
    ('5.0000', 'typing in basic!C1')
    >>> session.answer({"do": "type", **c1, "text": "=1+"})["cell"]
    'basic!C1'
    """

    def __init__(self, what: str | Path | Workbook | None = None):
        self.first = what
        self.desks: dict[int, Desk] = {}
        self.stopping = threading.Event()
        self.lock = threading.Lock()  # one question after the other, from however many pages
        self._folder: TemporaryDirectory[str] | None = None
        self._made = 0

    def answer(self, message: Message, tell: Tell | None = None) -> Message:
        """The answer to a message; ``tell`` hears of its progress meanwhile. What a person can do wrong comes back as
        ``error``."""
        with self.lock:
            self.stopping.clear()
            try:
                return self._answered(message, tell or (lambda _: None))
            except SheetsimError as error:
                return self._refused(message, str(error))
            except MemoryError:
                return self._refused(message, "there is not enough memory for that")
            except (KeyError, TypeError, ValueError, IndexError, AttributeError) as error:
                wrong = f"{type(error).__name__}: {error}"
                return self._refused(message, f"{message.get('do')!r} could not be done ({wrong})")

    def _answered(self, message: Message, tell: Tell) -> Message:
        ask = ASKED.get(str(message.get("do")))
        if ask is None:
            raise InputError(f"a page cannot ask for {message.get('do')!r}")
        answer: Message = ask(self, message, tell) or {}
        return answer | self._view(message)

    def _refused(self, message: Message, why: str) -> Message:
        answer: Message = {"error": why}
        if message.get("do") in ("type", "paste", "copy", "fill", "clear") and message.get("sheet"):
            try:
                sheet, rect = self.sheet(message), rect_of(message["rect"])
                answer["cell"] = sheet.where(rect.top, rect.left)
            except (SheetsimError, LookupError, TypeError, ValueError):
                return answer
        return answer

    def stop(self) -> None:
        """Has a search that runs come to its end; heard at once, while ``answer`` is at work."""
        self.stopping.set()

    def close(self) -> None:
        """Throws the copies of uploaded files away."""
        if self._folder is not None:
            self._folder.cleanup()

    # --- whom a message is about ------------------------------------------------------------------------------------
    def desk(self, message: Message) -> Desk:
        """The workbook of a message."""
        found = self.desks.get(int(message.get("book", 1)))
        if found is None:
            raise NotFound("that workbook is not open any more")
        return found

    def sheet(self, message: Message) -> Sheet:
        """The sheet of a message."""
        return self.desk(message).book.sheet(str(message["sheet"]))

    def _view(self, message: Message) -> Message:
        view = message.get("view")
        if not view or message.get("do") in ("start", "open", "compare", "close"):
            return {}
        desk = self.desk(message)
        return {"view": desk.window(str(view["sheet"]), _rects(view), bool(view.get("charts", True)))}

    def _add(self, book: Workbook, about: str = "") -> Message:
        if len(self.desks) >= MOST_OPEN:
            raise InputError(f"{MOST_OPEN} workbooks are open: close one first")
        desk = Desk(self._made + 1, book, about)
        self._made += 1
        self.desks[desk.number] = desk
        return {"book": desk.description(), "open": self._open()}

    def _open(self) -> list[Message]:
        return [{"number": desk.number, "name": desk.book.name} for desk in self.desks.values()]

    # --- opening and saving -----------------------------------------------------------------------------------------
    def start(self, message: Message, tell: Tell) -> Message:
        """What lies open, the first workbook if nothing does yet, and the names that can be opened."""
        told: Message = {"library": library.groups(), "open": self._open()}
        if not self.desks and self.first is not None:
            what, self.first = self.first, None
            try:
                told |= self._add(what if isinstance(what, Workbook) else library.open(what))
            except SheetsimError as error:
                told["error"] = str(error)
        elif self.desks:
            told["book"] = (
                self.desks.get(int(message.get("book") or 1)) or next(iter(self.desks.values()))
            ).description()
        return told

    def open(self, message: Message, tell: Tell) -> Message:
        """A workbook by its name, or a file that the person picked: ``file`` its name, ``data`` its bytes (base64)."""
        if "data" not in message:
            if (name := str(message["name"])) not in library.names():  # a page names no files: a person picks them
                raise NotFound(f"no workbook is called {name!r}; there are {', '.join(library.names())}")
            return self._add(library.build(name))
        self._folder = self._folder or TemporaryDirectory(prefix="sheetsim-")
        folder = Path(self._folder.name) / str(self._made + 1)
        folder.mkdir(exist_ok=True)
        path = folder / (PurePath(str(message["file"]).replace("\\", "/")).name or "workbook.xlsx")
        path.write_bytes(base64.b64decode(message["data"]))
        try:
            return self._add(library.open(path))
        except SheetsimError as error:
            raise type(error)(str(error).replace(str(path), path.name)) from None

    def shut(self, message: Message, tell: Tell) -> Message:
        """Puts a workbook away; the last one stays."""
        desk = self.desk(message)
        if len(self.desks) > 1:
            del self.desks[desk.number]
        return {"open": self._open(), "book": next(iter(self.desks.values())).description()}

    def save(self, message: Message, tell: Tell) -> Message:
        """The workbook as a file's bytes (base64), for the person to put where they like."""
        book = self.desk(message).book
        with TemporaryDirectory(prefix="sheetsim-") as folder, catch_warnings(record=True) as caught:
            simplefilter("always")
            path = Path(folder) / f"{book.name}{suffix_for(book)}"
            book.save(path)
            data = base64.b64encode(path.read_bytes()).decode()
        return {"file": path.name, "data": data, **({"note": str(caught[0].message)} if caught else {})}

    # --- looking ----------------------------------------------------------------------------------------------------
    def look(self, message: Message, tell: Tell) -> None:
        """Nothing but the view that every answer brings."""

    def explain(self, message: Message, tell: Tell) -> Message:
        """What there is to say of a cell. Its gradients are told once torch is there: until then ``loading``."""
        book, wanted = self.desk(message).book, bool(message.get("gradients"))
        loading = wanted and torch_is_coming()
        return {"explanation": explained(book, str(message["cell"]), wanted and not loading), "loading": loading}

    def texts(self, message: Message, tell: Tell) -> Message:
        """Cells as another program pastes them: lines of values with tabs between."""
        sheet, rect = self.sheet(message), _rect(message)
        used = Rect(rect.top, rect.left, min(rect.bottom, sheet.rows - 1), min(rect.right, sheet.columns - 1))
        rows = sheet.block(used) if used.bottom >= used.top and used.right >= used.left else []
        return {"text": "\n".join("\t".join(map(_plain, row)) for row in rows)}

    def edge(self, message: Message, tell: Tell) -> Message:
        """Where Ctrl and an arrow lead from a cell."""
        row, column = (int(each) for each in message["at"])
        return {"at": list(edge(self.sheet(message), row, column, str(message["towards"])))}

    def gradient(self, message: Message, tell: Tell) -> Message:
        """Has the derivatives of a cell shade the others; of None, no more."""
        desk = self.desk(message)
        desk.of = message.get("of")
        if desk.of is not None:
            try:
                desk.shading().slopes(desk.shading().sheet)
            except SheetsimError:
                desk.of = None
                raise
        return {}

    # --- changing ---------------------------------------------------------------------------------------------------
    def type(self, message: Message, tell: Tell) -> Message:
        """A text typed into cells."""
        desk = self.desk(message)
        return desk.type(self.sheet(message), _rect(message), str(message["text"])) | {"state": desk.state()}

    def clear(self, message: Message, tell: Tell) -> Message:
        """Cells emptied."""
        self.desk(message).clear(self.sheet(message), _rect(message))
        return {"state": self.desk(message).state()}

    def fill(self, message: Message, tell: Tell) -> Message:
        """Cells filled down, or to the right."""
        self.desk(message).fill(self.sheet(message), _rect(message), bool(message.get("right")))
        return {"state": self.desk(message).state()}

    def paste(self, message: Message, tell: Tell) -> Message:
        """Lines of texts with tabs between, from another program."""
        lines = str(message["text"]).replace("\r\n", "\n").removesuffix("\n").split("\n")
        rows = [line.split("\t") for line in lines]
        rect = self.desk(message).paste(self.sheet(message), _rect(message), rows)
        return {"state": self.desk(message).state(), "rect": list(rect)}

    def copy(self, message: Message, tell: Tell) -> Message:
        """Cells of the same workbook, formulas and all."""
        desk = self.desk(message)
        source, cells = desk.book.sheet(str(message["from"]["sheet"])), rect_of(message["from"]["rect"])
        rect = desk.copy(source, cells, self.sheet(message), _rect(message))
        return {"state": desk.state(), "rect": list(rect)}

    def press(self, message: Message, tell: Tell) -> Message:
        """A button pressed; ``group`` is that of earlier steps that belong to the same press."""
        desk, times = self.desk(message), message.get("times")
        group = int(message.get("group") or desk.history.new_group())
        desk.press(self.sheet(message), str(message["button"]), None if times is None else int(times), group)
        return {"state": desk.state(), "group": group}

    def go(self, message: Message, tell: Tell) -> Message:
        """To an epoch of a sheet, back or forth."""
        desk = self.desk(message)
        desk.go(self.sheet(message), int(message["epoch"]))
        return {"state": desk.state()}

    def undo(self, message: Message, tell: Tell) -> Message:
        """The last step taken back."""
        change = self.desk(message).undo()
        return {"state": self.desk(message).state(), "places": _places(change)}

    def redo(self, message: Message, tell: Tell) -> Message:
        """A step made again."""
        change = self.desk(message).redo()
        return {"state": self.desk(message).state(), "places": _places(change)}

    def solve(self, message: Message, tell: Tell) -> Message:
        """The Solver on a sheet; its progress is told, ``stop`` ends it where it has come to."""
        told = 0.0

        def watch(seed: int | None, iteration: int, objective: float) -> None:
            nonlocal told
            if self.stopping.is_set():
                raise StopIteration
            if (now := monotonic()) - told > EVERY or iteration < 3:
                told = now
                tell({"iteration": iteration, "objective": objective})

        words = ("cells", "minimise", "maximise")
        options = {word: str(message[word]) for word in words if message.get(word)}
        if message.get("seed") is not None:
            options["seed"] = int(message["seed"])  # type: ignore[assignment]
        said = self.desk(message).solve(self.sheet(message), watch, **options)
        return {"said": said, "state": self.desk(message).state()}

    def compare(self, message: Message, tell: Tell) -> Message:
        """All optimizers side by side, as a workbook of its own beside this one."""
        desk = self.desk(message)
        name = desk.book.name
        if name not in library.names() or desk.book.source is not None:
            raise InputError("only the workbooks that sheetsim knows by name can be compared, not files")
        epochs = int(message.get("epochs") or 20)
        settings = {str(key): float(value) for key, value in (message.get("settings") or {}).items()}
        book = library.build(name)
        compare(book, epochs, settings)
        book.name = f"{name}, {epochs} epochs compared"
        return self._add(book, f"Every optimizer of {name} from its Reset on, {epochs} epochs as live formulas.") | {
            "sheet": next(sheet.title for sheet in book.sheets if sheet.companion)
        }


def _rect(message: Message) -> Rect:
    return Rect(*(int(each) for each in message["rect"]))


def _rects(view: Message) -> list[Rect]:
    return [rect_of(each) for each in view["rects"][:4]]


def _places(change: Any) -> list[Any]:
    """The first cell of each sheet that a change was about."""
    places = change.places.items() if change else []
    return [[title, int(rows[0]), int(columns[0])] for title, (rows, columns) in places if rows.size]


def _plain(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    text = "" if value is None else str(value)
    return f'"{text}"' if "\n" in text or "\t" in text else text


WORDS = """
start open save look explain texts edge gradient
type clear fill paste copy press go undo redo solve compare
"""
ASKED: dict[str, Callable[[Session, Message, Tell], Message | None]] = {
    "close": Session.shut,
    **{word: getattr(Session, word) for word in WORDS.split()},
}
