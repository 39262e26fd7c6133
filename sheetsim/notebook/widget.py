"""The widget that a notebook shows: the page of ``sheetsim study``, with the notebook's channel as its wire.

anywidget loads one module, ``_esm``, into JupyterLab, Notebook, VS Code, Colab or marimo, and carries messages between
it and this class. What they say is the business of ``sheetsim/page/session.py``; ``live.py`` has them answered.
"""

from __future__ import annotations

from typing import Any

import anywidget
import traitlets

from sheetsim import front
from sheetsim.model.sheet import Book, Sheet
from sheetsim.notebook.live import Alive


class SheetWidget(anywidget.AnyWidget):
    """A live sheet. ``where`` is the chosen cell, ``"adam!H5"``: read it to see what a person has chosen, set it to go
    there. ``refresh()`` shows what Python has changed where the notebook does not do so by itself."""

    _esm = front.widget()
    where = traitlets.Unicode().tag(sync=True)
    height = traitlets.Int(480).tag(sync=True)

    def __init__(self, alive: Alive, thing: Book | Sheet, where: str, height: int):
        super().__init__(where=where, height=height)
        self.alive, self.thing = alive, thing
        alive.widgets.add(self)
        self.on_msg(self._heard)

    def _heard(self, _: Any, message: Any, __: Any) -> None:
        if isinstance(message, dict):
            self.alive.hear(self, message)

    def refresh(self) -> None:
        """Shows the workbook as it is now."""
        self.alive.refresh()

    def __repr__(self) -> str:
        name = f"{self.thing.book.name}, {self.thing.title}" if isinstance(self.thing, Sheet) else self.thing.name
        return f"<live widget of {name}>"

    def _repr_mimebundle_(self, **options: Any) -> Any:
        """What a notebook shows; one that cannot show widgets, or is only read, shows the sheet as it stands."""
        bundle = super()._repr_mimebundle_(**options)
        data = bundle[0] if isinstance(bundle, tuple) else bundle
        if data is not None:
            data["text/plain"] = repr(self)
            data["text/html"] = self.thing._repr_html_()
        return bundle
