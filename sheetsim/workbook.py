"""Workbook as people use it: contents (``model/``), and what is done with them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sheetsim.engine.numpy_engine import recalculate
from sheetsim.macros.press import press
from sheetsim.model.sheet import Book
from sheetsim.study.self_check.building import still_to_calculate
from sheetsim.support.extras import need
from sheetsim.writing import save

if TYPE_CHECKING:
    from sheetsim.tensors.engine import TorchBook


class Workbook(Book):
    """Sheets with their values and formulas; recalculated, its buttons pressed, computed by torch, saved.

    >>> book = Workbook("demo")
    >>> sheet = book.add_sheet("s")
    >>> sheet["A1"] = 2
    >>> sheet.fill("A2:A4", "=A1^2")
    >>> book.recalculate()
    >>> sheet["A4"]
    256.0
    """

    def recalculate(self, progress: Callable[[int], None] | None = None) -> None:
        """Computes every formula from the inputs, with Excel's arithmetic."""
        recalculate(self, progress)

    def press(self, sheet: str, button: str, **settings: Any) -> None:
        """Presses a button of a sheet: ``book.press("adam", "run")``."""

        press(self, sheet, button, **settings)

    def torch(self, sheet: str | None = None, **options: Any) -> TorchBook:
        """The same formulas computed by torch, every number with a gradient: ``book.torch("basic")``.

        ``sheet`` is the one whose cells go by their address alone; with it, only what it needs is computed.
        Options: ``inputs``, a dictionary of range → tensor, to depend on these alone and not on every number that is
        an input of the workbook; ``dtype`` (torch.float64 or torch.float32); ``device`` ("cpu", "cuda").
        Raises InputError where torch is not installed.

        >>> import sheetsim
        >>> basic = sheetsim.open("graddesc").torch("basic")
        >>> basic["K4"].item(), basic.gradient("F4", "C4").item()       # de/db, and what autograd makes of err^2
        (-41.48917384488354, -41.48917384488354)
        """

        need("torch", "torch", "the torch engine")
        from sheetsim.tensors.engine import torch_book  # here, to keep torch out of all else

        return torch_book(self, sheet, **options)

    def save(self, path: str | Path) -> None:
        """Writes the workbook as ``.xlsx`` (formulas and values) or its sheets as ``.csv``, calculated first if a cell
        was changed since the last calculation.

        A file that is there is replaced, as ``open(path, "w")`` does it, whoever wrote it: a program that names it
        means it. The command line asks for ``--force`` (``support/ownership.py``).
        """

        if self.changed:
            with still_to_calculate(self):
                self.recalculate()
        save(self, Path(path))
