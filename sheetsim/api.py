"""What the command line does, for Python: each takes a workbook, its name, or the path of an ``.xlsx``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sheetsim.checking.comparing import compare as compare_books
from sheetsim.checking.comparing import compare_with_recalculation
from sheetsim.checking.findings import Report
from sheetsim.library import build, definition_of, open, other_data
from sheetsim.model.sheet import Book
from sheetsim.model.snapshot import Snapshot
from sheetsim.reading.book import read
from sheetsim.study.comparison import comparing
from sheetsim.workbook import Workbook

if TYPE_CHECKING:
    from sheetsim.macros.running import History
    from sheetsim.solver.solving import Solution
    from sheetsim.study.comparison.frame import Comparison
    from sheetsim.study.explanation.explained import Explanation
    from sheetsim.study.explanation.gradients import Gradient
    from sheetsim.training.loop import Outcome, Watch

Points = Sequence[Sequence[float]]


def check(
    original: str | Path | Book, book: Book | None = None, strict: bool = False, tolerance: float = 0.0
) -> Report:
    """Compares an original, a path or a workbook read from one, with the values that ``book`` holds now.

    Without ``book`` the definition of the same name is taken. Where there is none, or the original says that it was
    built from other numbers, it is compared with the engine's recalculation of its own formulas. Its stored values are
    forgotten for that and put back afterwards.

    Numbers are equal if their bits are, or with a ``tolerance`` (relative, such as 1e-12) if they are so near. Cells
    that cannot be computed are counted apart, with their reasons; with ``strict`` they raise UnknownFunction,
    FormulaError or CycleError. Raises InputError for an unusable file.

    >>> ours, theirs = build("entropy_example"), build("entropy_example")
    >>> theirs["entropy"]["C2"] = 0.25
    >>> [difference.where for difference in check(theirs, ours).differences]
    ['entropy!C2']
    """
    theirs = original if isinstance(original, Book) else read(Path(original))
    where = str(theirs.source or theirs.name)
    if book is not None:
        return compare_books(Snapshot.of(theirs), Snapshot.of(book), where, f"the workbook {book.name}", tolerance)
    name = definition_of(theirs.source or Path(theirs.name))
    if name is not None and other_data(theirs) is None:
        return compare_books(Snapshot.of(theirs), Snapshot.of(build(name)), where, f"the definition {name}", tolerance)
    return compare_with_recalculation(theirs, where, strict, tolerance)


def explain(what: str | Path | Workbook, cell: str, depth: int = 1, gradients: bool = True) -> Explanation:
    """A cell, a name or a range explained: the formula with its numbers in it and its steps, where each number comes
    from, ``depth`` levels down, with the gradient by it, the NumPy line, who uses it. Plain data: ``to_json()``.

    >>> found = explain("graddesc", "adam!H5", gradients=False)
    >>> found.formula, found.shown, found.steps[1].shown
    ('=C5-J5*$D$2/SQRT(L5)', '29.6888 − (−0.1687 · 0.1 / √56.2726)', '√56.2726')
    """
    return _opened(what).explain(cell, depth, gradients)


def gradient(what: str | Path | Workbook, cell: str, by: str, engine: str = "auto") -> Gradient:
    """∂cell/∂each cell of the range or name ``by``, through all formulas in between; see ``Workbook.gradient``.

    >>> gradient("graddesc", "basic!F4", by="C4", engine="differences").values[0][0].__round__(3)
    -41.489
    """
    return _opened(what).gradient(cell, by, engine)


def solve(what: str | Path | Workbook, sheet: str, **options: Any) -> Solution:
    """Excel's Solver on a sheet of a workbook; the options are those of ``Workbook.solve``. The solution's
    ``model.book`` is the workbook, calculated with what was found. Raises InputError for a model that cannot be solved.

    >>> book = Workbook("demo")
    >>> sheet = book.add_sheet("s")
    >>> sheet["A1"], sheet["A2"] = 1, "=(A1-3)^2+2"
    >>> solution = solve(book, "s", cells="A1", minimise="A2", gradients="differences")
    >>> round(sheet["A1"], 6), round(sheet["A2"], 6)
    (3.0, 2.0)
    """
    return _opened(what).solve(sheet, **options)


def compare(
    what: str | Path | Workbook | Points = "graddesc",
    epochs: int = 20,
    settings: Mapping[str, float] | None = None,
    updated: bool = False,
    set: Mapping[str, float] | None = None,
) -> Comparison:
    """All optimizers of a workbook side by side, a line for each optimizer and epoch: columns optimizer, epoch, b, a,
    error. ``what`` may also be points for graddesc in place of the lecture's. ``set`` (or ``settings``) comes after
    Reset. See ``study/comparison/comparing.py``.

    >>> frame = compare(epochs=2, set={"adam.lr": 0.5})
    >>> frame[frame.optimizer == "adam"].round(4)
       optimizer  epoch       b       a    error
    9       adam      0  1.0000  1.0000  76.1353
    10      adam      1  4.3396  2.0682  22.8659
    11      adam      2  7.6540  2.0205  21.4909
    """
    book = _opened(what) if isinstance(what, str | Path | Workbook) else build("graddesc", points=what)
    return comparing.compare(book, epochs, {**(settings or {}), **(set or {})}, updated)


def run(what: str | Path | Workbook, sheet: str, epochs: int | None = None, **options: Any) -> History:
    """Reset and Run pressed on a sheet of a workbook; the options are those of ``Workbook.run``: ``set``, ``reset``,
    ``trace``.

    >>> run("graddesc", "adam", epochs=1, set={"lr": 0.5}).table[-1][0]
    1
    """
    return _opened(what).run(sheet, epochs, **options)


def recalc(
    what: str | Path | Workbook,
    set: Mapping[str, Any] | None = None,
    out: str | Path | None = None,
    strict: bool = False,
) -> Workbook:
    """A workbook recomputed from its own formulas, after other values were put into the cells that ``set`` names, and
    written to ``out`` if that is given. ``strict`` refuses one with a cell that cannot be computed.

    >>> book = recalc("entropy_example", set={"entropy!C2": 0.25})
    >>> book["entropy!D2"]
    0.6020599913279624
    """
    book = _opened(what)
    for where, value in (set or {}).items():
        book[where] = value
    book.recalculate(strict=strict)
    if out is not None:
        book.save(out)
    return book


def train(
    model: str,
    data: Path | str | None = None,
    watch: Watch | None = None,
    start: Outcome | None = None,
    new_head: bool = False,
    **settings: Any,
) -> Outcome:
    """Trains one of the lecture's full models: ``movielens``, or ``nn`` or ``logistic`` on MNIST.

    ``data`` is the folder that holds the data set (else it is looked for, and fetched once); ``watch(epoch, batch,
    batches, loss)`` is told of the progress; ``settings`` are those of ``sheetsim.training.settings.Settings``, as the
    lecture's where nothing is said. ``start`` is an earlier outcome, with whose weights it begins, but for the last
    layer's with ``new_head``. The backend is the fastest one installed; the numbers are the same in all. Raises
    InputError. The outcome holds ``weights``, ``history.epochs`` (losses, accuracy, seconds) and ``settings``; on data
    in memory ``sheetsim.training.loop.train`` does the same.

    >>> train("nn", optimizer="sgd", lr=-1)  # settings are looked at before any data is
    Traceback (most recent call last):
    sheetsim.errors.InputError: lr must be a number above 0, not -1
    """
    from sheetsim.training.backends.choosing import usual_backend
    from sheetsim.training.data import digits, movielens
    from sheetsim.training.loop import train as run
    from sheetsim.training.settings import Settings
    from sheetsim.training.tuning import start_from

    chosen = Settings(model, **settings)
    if "backend" not in settings:
        chosen = replace(chosen, backend=usual_backend(model, chosen.optimizer, chosen.device))
    folder = None if data is None else Path(data)
    weights = start_from(start, chosen, new_head) if start else None
    if model == "movielens":
        return run(movielens.load(folder), chosen, watch, weights=weights)
    some = digits.load(folder).only(chosen.classes, chosen.limit, chosen.seed)
    return run(some, chosen, watch, weights=weights)


def _opened(what: str | Path | Workbook) -> Workbook:
    return what if isinstance(what, Workbook) else open(what)
