"""Workbook as people use it: contents (``model/``), and what is done with them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any
from warnings import warn

from sheetsim.engine.numpy_engine import recalculate
from sheetsim.errors import InputError, NotFound
from sheetsim.macros import running
from sheetsim.macros.press import press
from sheetsim.macros.settings import cells_meant
from sheetsim.model.address import CELLS
from sheetsim.model.nodes import quoted, unquoted
from sheetsim.model.sheet import Book, Sheet
from sheetsim.reading.stored import unsupported_cells
from sheetsim.study.self_check.building import still_to_calculate
from sheetsim.support.extras import need
from sheetsim.writing import save

if TYPE_CHECKING:
    import torch

    from sheetsim.macros.running import History
    from sheetsim.solver.solving import Solution
    from sheetsim.study.comparison.frame import Comparison
    from sheetsim.study.explanation.explained import Explanation
    from sheetsim.study.explanation.gradients import Gradient
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

    def __getitem__(self, where: str) -> Any:
        """A sheet by its title, ``book["adam"]``; a cell's value, ``book["adam!H5"]``; the rows of a range,
        ``book["adam!A4:B32"]``; by name ``book["adam!lr"]``, and ``book["rate"]`` where only one sheet has the name.
        (``book.sheet("adam")`` is the same sheet, and type checkers know it to be one.) Raises NotFound.

        >>> import sheetsim
        >>> book = sheetsim.build("graddesc")
        >>> book["adam"].title, book["adam!lr"], book["adam!A4:B5"]
        ('adam', 0.1, [[14.0, 58.0], [86.0, 202.0]])
        """
        if not isinstance(where, str):
            raise InputError(f"{self.name}: sheets and cells go by texts, book['adam!H5'], not by {where!r:.40}")
        if found := self.find_sheet(where):
            return found
        sheet, target = self._seen(where)
        return sheet[target]

    def __setitem__(self, where: str, value: Any) -> None:
        """Types a value or a formula into a cell, a range or a name: ``book["adam!lr"] = 0.5``."""
        sheet, target = self._seen(where)
        sheet[target] = value

    def _seen(self, where: str) -> tuple[Sheet, str]:
        """The sheet that a text for cells speaks of, and the text without it."""
        title, mark, target = where.rpartition("!")
        if mark:
            return self.sheet(unquoted(title)), target
        if self._is_word(where) or (len(self.sheets) == 1 and CELLS.match(where)):
            sheet, rect = cells_meant(self, where)
            return sheet, str(rect)
        have = ", ".join(sheet.title for sheet in self.sheets)
        hint = f"; a cell is book['{quoted(self.sheets[0].title)}!A1']" if self.sheets else ""
        raise NotFound(f"{self.name} has no sheet {where!r}; it has {have}{hint}")

    def _is_word(self, text: str) -> bool:
        """Whether a text is a name, of the workbook or of a sheet, or an alias of cells."""
        word = text.casefold()
        return any(word == name for _, name in self.names) or any(word in sheet.aliases for sheet in self.sheets)

    def formula(self, where: str) -> str | None:
        """The formula of a cell, ``book.formula("adam!H5")``, or None.

        >>> import sheetsim
        >>> sheetsim.build("graddesc").formula("adam!H5")
        '=C5-J5*$D$2/SQRT(L5)'
        """
        sheet, target = self._seen(where)
        return sheet.formula(target)

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

    def press(
        self, sheet: str, button: str, times: int | None = None, each: Callable[[int], None] | None = None
    ) -> None:
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
        press(self, sheet, button, times, each)

    def run(
        self,
        sheet: str,
        epochs: int | None = None,
        set: Mapping[str, float] | None = None,
        reset: bool = True,
        trace: bool = False,
    ) -> History:
        """Presses Reset and Run on a sheet, as ``sheetsim run`` does: ``epochs`` in place of those of one press,
        ``set`` with numbers for cells and names after Reset, without ``reset`` from the stored state. The history has a
        line for the start and for each epoch; with ``trace`` also the rows that the sheet showed at each.

        >>> import sheetsim
        >>> sheetsim.open("graddesc").run("adam", epochs=2, set={"lr": 0.5}).frame().round(3)
           epoch      b      a  rms error
        0      0  1.000  1.000     44.171
        1      1  4.340  2.068     24.183
        2      2  7.654  2.020     13.692
        """
        return running.run(self, sheet, epochs, list((set or {}).items()), reset, trace)

    def compare(self, epochs: int = 20, set: Mapping[str, float] | None = None, updated: bool = False) -> Comparison:
        """All optimizers of a workbook side by side; it is unrolled for that. See ``sheetsim.compare``.

        >>> import sheetsim
        >>> sheetsim.build("graddesc").compare(epochs=1, set={"lr": 0.5}).query("optimizer == 'adam'").round(3)
          optimizer  epoch     b      a   error
        6      adam      0  1.00  1.000  76.135
        7      adam      1  4.34  2.068  22.866
        """
        from sheetsim.study.comparison import comparing

        return comparing.compare(self, epochs, set, updated)

    def solve(
        self,
        sheet: str,
        cells: str | None = None,
        minimise: str | None = None,
        maximise: str | None = None,
        seed: int | None = None,
        starts: int = 1,
        gradients: str = "auto",
        iterations: int = 1000,
        watch: Callable[[int | None, int, float], None] | None = None,
    ) -> Solution:
        """Excel's Solver on a sheet: changes ``cells`` until the formula in ``minimise`` is smallest, or that in
        ``maximise`` greatest; where they are not given, the model stored on the sheet says them. The workbook is
        calculated with what was found. ``seed``: from random numbers, ``starts`` of them; ``gradients``: torch,
        differences or auto; ``watch(seed, iteration, objective)`` is told of each iteration. Raises InputError.

        >>> book = Workbook("demo")
        >>> sheet = book.add_sheet("s")
        >>> sheet["A1"], sheet["A2"] = 1, "=(A1-3)^2+2"
        >>> solution = book.solve("s", cells="A1", minimise="A2", gradients="differences")
        >>> round(solution.after, 6), round(book["s!A1"], 6)
        (2.0, 3.0)
        """
        from sheetsim.solver import solving

        return solving.solve(self, sheet, cells, minimise, maximise, seed, starts, gradients, iterations, watch)

    def explain(self, cell: str, depth: int = 1, gradients: bool = True) -> Explanation:
        """A cell, ``"adam!H5"`` or ``"adam!lr"``, or a range explained: the formula with the numbers in it and step by
        step, where each number comes from, ``depth`` levels deep, what moves the cell, who uses it. Raises NotFound.

        >>> import sheetsim
        >>> found = sheetsim.open("graddesc").explain("adam!H5")
        >>> found.formula, [part.written for part in found.parts]
        ('=C5-J5*$D$2/SQRT(L5)', ['C5', 'J5', 'D2', 'L5'])
        """
        from sheetsim.study.explanation import explaining

        return explaining.explain(self, cell, depth, gradients)

    def gradient(self, cell: str, by: str, engine: str = "auto") -> Gradient:
        """∂cell/∂each cell of the range or name ``by``, through all formulas in between; addresses without a sheet are
        on that of ``cell``. ``engine``: torch, differences, or auto, which is torch where it can. Raises InputError.

        >>> import sheetsim
        >>> found = sheetsim.open("graddesc").gradient("basic!F4", by="C4:D4", engine="differences")
        >>> [round(value, 4) for value in found.values[0]]
        [-41.4892, -580.8484]
        """
        from sheetsim.study.explanation import gradients

        return gradients.gradient(self, cell, by, engine)

    def torch(
        self,
        sheet: str | None = None,
        strict: bool = False,
        inputs: Mapping[str, torch.Tensor] | None = None,
        dtype: torch.dtype | None = None,
        device: torch.device | str = "cpu",
    ) -> TorchBook:
        """The same formulas computed by torch, every number with a gradient: ``book.torch("basic")``.

        ``sheet`` is the one whose cells go by their address alone; with it, only what it needs is computed.
        ``inputs`` is a dictionary of range → tensor, to depend on these alone and not on every number that is an input
        of the workbook; ``dtype`` is torch.float64 or torch.float32; ``device`` is "cpu" or "cuda".
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
        options = {} if dtype is None else {"dtype": dtype}
        return torch_book(self, sheet, None if inputs is None else dict(inputs), device=device, **options)

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
