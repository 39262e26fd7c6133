"""The table of shared strings: each text of the cells once, cells hold its number."""

from __future__ import annotations

from typing import Any

from sheetsim.errors import InputError
from sheetsim.model.values import TEXTS
from sheetsim.reading.own_elements import PASSED_OVER, OwnElements
from sheetsim.reading.package import Package
from sheetsim.reading.sheet_xml import unescape

_PLACES = {"si": ("sst",), "r": ("si",), "t": ("si", "r")}  # element → those in which it can stand


def shared_strings(package: Package) -> list[int]:
    """The workbook's table of shared strings, as places in ``TEXTS``."""
    places: list[int] = []
    for part in dict.fromkeys(package.related(package.main, "sharedStrings").values()):
        reader = _Strings(f"{package.path}: {part}")
        for _ in package.feed(part, reader.parser()):
            pass
        places += reader.places
    return places


class _Strings(OwnElements):
    """One ``<si>`` is one text: its runs of rich text joined."""

    root, what = "sst", "a table of shared strings"

    def __init__(self, where: str):
        super().__init__(where)
        self.places: list[int] = []
        self.runs: list[str] = []
        self.open = ["sst"]

    def begin(self) -> None:
        starts = {"si": self._start_string, "r": self._start_run, "t": self._start_text}
        ends = {"sst": self._end, "si": self._end_string, "r": self._end, "t": self._end_text}
        self.hear(starts | dict.fromkeys(PASSED_OVER, self.pass_over), ends)

    def start_unknown(self, tag: str) -> None:
        """No element of the format's own is left out in silence: it may hold text."""
        raise InputError(f"{self.where}: <{tag[:20]}> has no place in <{self.open[-1]}>")

    def _start(self, tag: str) -> None:
        if self.open[-1] not in _PLACES[tag]:
            self.start_unknown(tag)
        self.open.append(tag)

    def _end(self) -> None:
        self.open.pop()

    def _start_string(self, _: Any) -> None:
        self._start("si")
        self.runs.clear()

    def _end_string(self) -> None:
        self._end()
        self.places.append(TEXTS.place(unescape("".join(self.runs))))

    def _start_run(self, _: Any) -> None:
        self._start("r")

    def _start_text(self, _: Any) -> None:
        self._start("t")
        self.pieces.clear()

    def _end_text(self) -> None:
        self._end()
        self.runs += self.pieces
