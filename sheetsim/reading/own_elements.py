"""A part's XML as expat reads it: an element counts by its namespace, that of the root, whatever its prefix.

What other namespaces put among a part's own elements is passed over with all that is inside, and so are extensions.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from xml.parsers import expat

from sheetsim.errors import InputError

Handler = Callable[..., None]
PASSED_OVER = ("extLst", "rPr", "rPh", "phoneticPr")  # extensions; the looks of a text, and how to pronounce it


class _Starts(dict[str, Handler]):
    """Full element name → what to do where it starts; other names are looked up once and then remembered."""

    def __init__(self, walk: OwnElements, handlers: dict[str, Handler]):
        super().__init__({walk.space + tag: handler for tag, handler in handlers.items()})
        self.walk = walk

    def __missing__(self, name: str) -> Handler:
        own = name.startswith(self.walk.space) and "}" not in name[len(self.walk.space) :]
        tag = name[len(self.walk.space) :]
        found = self[name] = (lambda _: self.walk.start_unknown(tag)) if own else self.walk.pass_over
        return found


class OwnElements:
    """Goes through one part. ``where`` is how messages call it; ``root`` is the element that it must be, ``what`` that
    element in a reader's words. Subclasses say in ``begin`` what they ``hear``."""

    root, what = "", ""

    def __init__(self, where: str):
        self.where = where
        self.space = ""  # the namespace of the part's own elements, as it begins their names
        self.pieces: list[str] = []  # of the text that is being read
        self.skipped = 0  # elements open within one that is passed over

    def parser(self) -> expat.XMLParserType:
        """An expat parser that drives this walk."""
        self.expat = parser = expat.ParserCreate(namespace_separator="}")
        parser.buffer_text = True
        parser.StartElementHandler = self._start_root
        return parser

    def _start_root(self, name: str, _: dict[str, str]) -> None:
        space, bracket, tag = name.rpartition("}")
        if tag != self.root:
            raise InputError(f"{self.where}: its part is <{tag[:20]}>, not {self.what}")
        self.space = space + bracket
        self.begin()

    def begin(self) -> None:
        """At the root: what is listened to from here."""

    def start_unknown(self, tag: str) -> None:
        """At an element of the part's own for which ``hear`` was told nothing."""
        self.pass_over()

    def hear(self, starts: dict[str, Handler], ends: dict[str, Handler]) -> None:
        """From here on these are called where an element of the part's own starts (with its attributes) and where it
        ends, by its local name; text is collected in ``pieces``."""
        found = _Starts(self, starts)
        closing = {self.space + tag: handler for tag, handler in ends.items()}

        def start(name: str, attributes: dict[str, str]) -> None:
            found[name](attributes)

        def end(name: str) -> None:
            closing[name]()

        self.listen(start, end, self.pieces.append)

    def listen(self, start: Handler, end: Handler | None, characters: Handler | None) -> None:
        """From here on these are called by expat itself, with full names."""
        self.listening = start, end, characters
        self.expat.StartElementHandler, self.expat.EndElementHandler = start, end
        self.expat.CharacterDataHandler = characters

    def pass_over(self, *_: Any) -> None:
        """Leaves out the element that starts here, with all that is inside."""
        self.skipped = 1
        self.expat.StartElementHandler, self.expat.EndElementHandler = self._deeper, self._shallower
        self.expat.CharacterDataHandler = None

    def _deeper(self, *_: Any) -> None:
        self.skipped += 1

    def _shallower(self, _: str) -> None:
        self.skipped -= 1
        if not self.skipped:
            self.listen(*self.listening)
