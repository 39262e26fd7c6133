"""A workbook alive in a notebook: what its widgets share, and how their messages are answered.

All widgets of a workbook share one ``Session``, the same that answers the page of ``sheetsim study``: one history to
undo, and what is changed in one of them, or by a cell of the notebook, all of them show.
"""

from __future__ import annotations

import sys
import threading
from collections import deque
from typing import Any, Protocol
from weakref import WeakSet, WeakValueDictionary

from sheetsim.errors import SheetsimError
from sheetsim.page.desk import Desk
from sheetsim.page.session import Message, Session
from sheetsim.workbook import Workbook


class View(Protocol):
    """What a message can be sent to: a widget."""

    def send(self, content: Any, buffers: Any = None) -> None:
        """Sends a message to its other half."""


class Alive:
    """A workbook that widgets show. ``Alive.of(book)`` is the same for all of them."""

    known: WeakValueDictionary[int, Alive] = WeakValueDictionary()  # by the workbook, which each holds

    def __init__(self, book: Workbook):
        self.session = Session(book)
        self.session.answer({"do": "start"})
        self.widgets: WeakSet[View] = WeakSet()
        self.waiting: deque[tuple[View, Message]] = deque()
        self.searching = False
        self.turn = threading.Lock()

    @classmethod
    def of(cls, book: Workbook) -> Alive:
        """What the widgets of a workbook share."""
        if (found := cls.known.get(id(book))) is None:
            found = cls.known[id(book)] = cls(book)
            _look_after_each_cell()
        return found

    @property
    def desk(self) -> Desk:
        """The workbook with its history."""
        return self.session.desks[1]

    def hear(self, widget: View, message: Message) -> None:
        """Answers a message. A notebook's kernel does one thing at a time, so that no answer comes into the middle of a
        cell's work; a search alone has a thread of its own, or nobody could stop it, and others wait until it ends."""
        if message.get("do") == "stop":
            return self.session.stop()
        with self.turn:
            self.waiting.append((widget, message))
            if self.searching:
                return None
            self.searching = True
        if message.get("do") == "solve":
            try:
                return threading.Thread(target=self._work, daemon=True).start()
            except RuntimeError:  # Python in a browser has no threads
                pass
        return self._work()

    def _work(self) -> None:
        while True:
            with self.turn:
                if not self.waiting:
                    self.searching = False
                    return
                widget, message = self.waiting.popleft()
            self._answer(widget, message)

    def _answer(self, widget: View, message: Message) -> None:
        number = message.get("id")
        try:
            self.desk.renew()
            answer = self.session.answer(message, lambda told: widget.send({"id": number, "progress": told}))
        except SheetsimError as error:
            answer = {"error": str(error)}
        except Exception as error:  # a mistake of ours: the widget says so, and lives on
            answer = {"error": f"internal error: {type(error).__name__}: {error}"}
        widget.send({"id": number, **answer})
        if "state" in answer:
            self._tell(answer["state"], number)

    def refresh(self) -> None:
        """Has all widgets show the workbook as it is now."""
        self.desk.renew()
        self._tell(self.desk.state(), None)

    def _tell(self, state: Message, by: Any) -> None:
        for each in list(self.widgets):
            each.send({"changed": state, "by": by})


def _look_after_each_cell() -> None:
    """A cell of the notebook may have changed a workbook: after each, the widgets look."""
    if (ipython := sys.modules.get("IPython")) is None or (shell := ipython.get_ipython()) is None:
        return
    if not getattr(shell, "sheetsim_looks", False):
        shell.sheetsim_looks = True
        shell.events.register("post_run_cell", _look)


def _look(_: Any) -> None:
    for each in list(Alive.known.values()):
        try:
            each.refresh()
        except SheetsimError:  # the workbook cannot be calculated: whoever touches the widget is told
            continue
