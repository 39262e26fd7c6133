"""Workbook as people use it: contents (``model/``), and what is done with them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any
from warnings import warn

from sheetsim.engine.numpy_engine import recalculate
from sheetsim.macros.press import press
from sheetsim.model.sheet import Book
from sheetsim.reading.stored import unsupported_cells
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

    A sheet is also filled by whole tables, read back as one, and its cells go by names:

    >>> sheet.values("C1", [["x", "y"], [1, 2], [3, 4]])
    >>> sheet.array("E2:E3", "=C2:C3*D2:D3")
    >>> sheet.name("first", "$E$2"); book.define_name("half", "0.5")
    >>> sheet.put(0, 4, "=half of it")
    >>> sheet["F2"] = "=first*half"
    >>> book.recalculate()
    >>> sheet.frame("C1:D3")["y"].tolist(), sheet["E2:F2"]
    ([2.0, 4.0], [[2.0, 1.0]])
    >>> sheet.formula_text(2, 4), sheet.value(2, 4), book.find_sheet("S") is sheet
    ('=C2:C3*D2:D3', 12.0, True)
    """

    def recalculate(
        self, progress: Callable[[int], None] | None = None, strict: bool = False, full: bool = False
    ) -> None:
        """Computes the formulas from the inputs, with Excel's arithmetic. ``progress`` is told how many cells each step
        has computed.

        After values were typed since the last calculation, what depends on them is computed, and what changes each
        time (``RAND``, ``NOW``); the bits are those of computing everything. Everything is computed the first time,
        after a formula, a name or a size has changed, where circular references are iterated, where nothing was typed
        (whoever wrote into the arrays of a sheet gets what follows from it), and if ``full``.

        A cell that cannot be computed (a function that is not in the table, a formula that is not read, another file of
        which nothing is stored, a circle) holds a value that says why, and so does every cell that depends on it; all
        others are computed. ``unsupported`` lists them. With ``strict`` the first of them raises UnknownFunction,
        FormulaError or CycleError instead.

        >>> book = Workbook("demo")
        >>> book.add_sheet("s")["A1"] = "=1+B1"
        >>> book["s"]["B1"], book["s"]["C1"] = "=A1", "=2*3"
        >>> book.recalculate()
        >>> book["s"]["A1:C1"], str(book["s"]["A1"].reason)
        ([['#UNSUPPORTED!', '#UNSUPPORTED!', 6.0]], 'the circular reference s!A1 → s!B1 → s!A1 in s!A1')
        >>> book.recalculate(strict=True)
        Traceback (most recent call last):
        sheetsim.errors.CycleError: circular reference: s!A1 → s!B1 → s!A1
        """
        recalculate(self, progress, strict, full)

    def unsupported(self) -> dict[str, list[str]]:
        """The cells that the last calculation could not compute, by the reason, which names the cell that lacks
        something: the others there depend on it.

        >>> book = Workbook("demo")
        >>> book.add_sheet("s").fill("A1:A2", "=CUBEVALUE(B1)")
        >>> book["s"]["C1"], book["s"]["C2"] = "=LEN(A1)", "=IFERROR(A2,0)"
        >>> book.recalculate()
        >>> book.unsupported()
        {'the function CUBEVALUE in s!A1': ['s!A1', 's!C1', 's!A2', 's!C2']}
        """
        return {
            str(reason): [sheet.where(*cell) for sheet, places in where for cell in places.tolist()]
            for reason, where in unsupported_cells(self).items()
        }

    def refresh(self) -> None:
        """Calculates if a cell was changed since the last calculation: before a computed cell is read."""
        if self.changed:
            with still_to_calculate(self):
                self.recalculate()

    def press(self, sheet: str, button: str, **settings: Any) -> None:
        """Presses a button of a sheet: its steps are done as the macro behind it would. ``times`` replaces how often,
        ``each`` is called after each time with its number. Raises NotFound for a sheet or button that is not there.

        >>> import sheetsim
        >>> book = sheetsim.open("graddesc")
        >>> book.press("adam", "reset")
        >>> book.press("adam", "run", times=2)
        >>> book.press("adam", "run", times=3)
        >>> book["adam"]["C1"]  # the lecture: "5 steps, we're at 25"
        24.960097789510424
        """
        press(self, sheet, button, **settings)

    def torch(self, sheet: str | None = None, strict: bool = False, **options: Any) -> TorchBook:
        """The same formulas computed by torch, every number with a gradient: ``book.torch("basic")``.

        ``sheet`` is the one whose cells go by their address alone; with it, only what it needs is computed.
        Options: ``inputs``, a dictionary of range → tensor, to depend on these alone and not on every number that is
        an input of the workbook; ``dtype`` (torch.float64 or torch.float32); ``device`` ("cpu", "cuda").
        A cell that cannot be computed is refused when it is asked for, with the reason, and so is what depends on it;
        with ``strict`` the whole workbook is, by ``recalculate``'s exceptions. Raises InputError where torch is not
        installed.

        >>> import sheetsim
        >>> basic = sheetsim.open("graddesc").torch("basic")
        >>> basic["K4"].item(), basic.gradient("F4", "C4").item()       # de/db, and what autograd makes of err^2
        (-41.48917384488354, -41.48917384488354)
        """

        need("torch", "torch", "the torch engine")
        from sheetsim.tensors.engine import torch_book  # here, to keep torch out of all else

        if strict:
            self.recalculate(strict=True)
        return torch_book(self, sheet, **options)

    def save(self, path: str | Path, raw: bool = False, strict: bool = False) -> None:
        """Writes the workbook as ``.xlsx`` (formulas and values) or its sheets as ``.csv``, calculated first if a cell
        was changed since the last calculation. In .csv files a text like a formula gets an apostrophe, unless ``raw``.

        A file that is there is replaced, as ``open(path, "w")`` does it, whoever wrote it: a program that names it
        means it. Cells that cannot be computed keep the values stored in the file that the workbook was read from, and
        a UserWarning says how many and why; with ``strict`` nothing is written, and ``recalculate``'s exceptions are
        raised. The command line asks for ``--force`` (``support/ownership.py``). Raises
        InputError for another kind of file and OutputError for a place that cannot be written; what was there then
        stays.

        >>> from tempfile import TemporaryDirectory
        >>> import sheetsim
        >>> with TemporaryDirectory() as folder:
        ...     sheetsim.build("entropy_example").save(f"{folder}/copy.xlsx")
        ...     sheetsim.open(f"{folder}/copy.xlsx")["entropy"]["D2"]
        0.3010299956639812
        """

        self.refresh()
        if strict and unsupported_cells(self):
            self.recalculate(strict=True)
        if left := {str(reason): cells for reason, cells in unsupported_cells(self).items()}:
            count = sum(len(places) for cells in left.values() for _, places in cells)
            why = ", ".join(list(left)[:3]) + (", …" if len(left) > 3 else "")
            warn(f"{count:,} cells could not be computed and keep what was stored ({why})", stacklevel=2)
        save(self, Path(path), raw=raw)
