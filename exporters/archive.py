"""The zip file that a workbook is written into, its members compressed while the next text is made."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from sheetsim.errors import OutputError
from sheetsim.support.beside import Beside

WHEN = datetime(2019, 1, 1)  # a fixed date, so that the same book gives the same bytes
LEVEL = 1  # of compression: what is written is a fifth larger than at 6, and done in a third of the time
LARGE = 1 << 16  # cells of a workbook, beyond which a second thread compresses them
AHEAD = 1  # piece that may wait for it
CONTROL = "a title, link, format or condition holds a control character, which no .xlsx can"
_NO_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f]")


class Archive(ZipFile):
    """A new zip file whose members all bear the same date. With more than ``LARGE`` cells to be written a second thread
    does all that is done to it, in order; the bytes are the same."""

    def __init__(self, path: str | Path, cells: int):
        super().__init__(path, "w", ZIP_DEFLATED)
        self._beside = Beside(AHEAD if cells > LARGE else 0)

    def __exit__(self, *error: Any) -> None:
        try:
            self._beside.__exit__(*error)
        finally:
            super().__exit__(*error)

    def writestr(self, zinfo_or_arcname: Any, data: Any, *_: Any, **__: Any) -> None:
        """Adds a part. Raises OutputError for a control character in it."""
        info, content = _member(zinfo_or_arcname), checked(str(zinfo_or_arcname), data)
        add = super().writestr
        self._beside.do(lambda: add(info, content))

    @contextmanager
    def part(self, name: str, huge: bool = False) -> Iterator[Callable[[bytes], object]]:
        """Adds a part piece by piece: yields what takes them. A ``huge`` one may exceed 2 GB."""
        opened = self._beside.ask(lambda: self.open(_member(name), "w", force_zip64=huge))
        try:
            yield lambda data: self._beside.do(lambda: opened().write(data))
        finally:
            self._beside.do(lambda: opened().close())

    def namelist(self) -> list[str]:
        """The names of the parts that were added."""
        self._beside.finish()
        return super().namelist()


def _member(name: str) -> ZipInfo:
    info = ZipInfo(name, WHEN.timetuple()[:6])
    info.compress_type = ZIP_DEFLATED
    return quickly(info)


def quickly(info: ZipInfo) -> ZipInfo:
    """A member that is to be compressed at ``LEVEL``, which ``ZipFile`` keeps to itself."""
    info._compresslevel = LEVEL  # type: ignore[attr-defined]
    return info


def checked(where: str, xml: bytes | str) -> bytes:
    """XML without control characters. Texts of cells have theirs escaped; in all others nothing stands for one, and
    openpyxl finds them only where it writes with lxml."""
    text = xml if isinstance(xml, str) else xml.decode()
    if _NO_XML.search(text):
        raise OutputError(f"{where}: {CONTROL}")
    return text.encode()
