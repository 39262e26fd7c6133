"""The front end: plain ES modules and a style sheet, without a build step, for all that shows a sheet in a browser.

The page that ``sheetsim study`` serves loads the modules as they are. A file to give away, and a notebook's widget,
want one text: ``bundled`` puts the modules one behind the other.
"""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parent
SUFFIXES = (".html", ".js", ".css", ".svg")
IMPORT = re.compile(r'^import \{([^}]*)\} from "\./([\w-]+\.js)";\n', re.MULTILINE)
EXPORT = re.compile(r"^export (?=(?:async )?(?:function|class|const|let)\b)", re.MULTILINE)


@cache
def files() -> dict[str, Path]:
    """The files of the front end by their names.

    >>> "grid.js" in files(), "__init__.py" in files()
    (True, False)
    """
    return {path.name: path for path in sorted(FOLDER.iterdir()) if path.suffix in SUFFIXES}


def style() -> str:
    """The style sheet."""
    return files()["style.css"].read_text(encoding="utf-8")


def bundled(first: str) -> str:
    """A module and all that it imports as one text, each before those that import it. The modules keep to imports and
    exports by name, and to names that no other has at its top: so nothing has to be understood of them here.

    >>> "import {" in bundled("app.js")
    False
    """
    return "\n".join(_plain(name) for name in order(first))


def widget() -> str:
    """The front end as one module for anywidget: the style sheet as its constant ``STYLE``, then all modules.

    >>> widget().startswith("const STYLE = "), widget().endswith("export default { render };\\n")
    (True, True)
    """
    return f"const STYLE = {json.dumps(style())};\n{bundled('widget.js')}"


def order(first: str) -> list[str]:
    """A module and all that it imports, each before those that import it."""
    found: list[str] = []

    def add(name: str) -> None:
        if name not in found:
            for _, other in IMPORT.findall(_text(name)):
                add(other)
            found.append(name)

    add(first)
    return found


def _text(name: str) -> str:
    return files()[name].read_text(encoding="utf-8")


def _plain(name: str) -> str:
    return EXPORT.sub("", IMPORT.sub("", _text(name)))
