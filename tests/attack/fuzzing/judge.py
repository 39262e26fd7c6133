"""One input tried, and judged: what sheetsim must never do, whatever it is given.

An input is a dictionary that can stand in a file: its ``kind``, and what the module of that kind made. What is expected
of the numbers comes from openpyxl, which reads the file and what was written of it.
"""

from __future__ import annotations

import random
import re
import shutil
import signal
import sys
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import chdir, contextmanager
from importlib import import_module
from io import BytesIO, TextIOWrapper
from pathlib import Path
from typing import Any, NamedTuple

import command_lines
import formula_texts
import numpy as np
import xml_changes
import zip_changes
from cells_by_openpyxl import Cells, cells_of, cells_read

from exporters import xlsx
from sheetsim.cli import app
from sheetsim.engine.numpy_engine import recalculate
from sheetsim.engine.volatility import volatile_cells
from sheetsim.model.address import cell_name
from sheetsim.reading.book import read
from sheetsim.reading.stored import holding_stored
from sheetsim.workbook import Workbook

Given = dict[str, Any]
Files = dict[Path, bytes]
SECONDS = 20  # of processor time, for one command
spent: list[float] = []  # by each command of the input

MAKERS: dict[str, Callable[[random.Random], Given]] = {
    "xml": xml_changes.made,
    "zip": zip_changes.made,
    "formulas": formula_texts.made,
    "arguments": command_lines.made,
}
WRITERS: dict[str, Callable[[Given, Path], Path]] = {
    "xml": xml_changes.write,
    "zip": zip_changes.write,
    "formulas": formula_texts.write,
    "arguments": command_lines.write,
    "hostile": lambda given, folder: import_module("hostile_files").write(given, folder),
}
#: What is tried beside ``recalc``, each on one input in so many: they all read the same way.
BESIDE = [
    ["check", "book.xlsx"],
    ["check", "book.xlsx", "--out", "report.xlsx"],
    ["explain", "book.xlsx", "s!B2"],
    ["explain", "book.xlsx", "s!D1"],
    ["build", "book.xlsx", "--csv"],
    ["build", "book.xlsx"],
    ["solve", "book.xlsx", "s", "--cells", "A1", "--minimise", "B1", "--iterations", "2", "--gradients", "differences"],
    ["solve", "book.xlsx", "s", "--cells", "A1", "--minimise", "B1", "--iterations", "2"],
]


class Hang(BaseException):
    """The processor time of a command is used up."""


class Offence(AssertionError):
    """What must not happen. The first line tells one cause from another."""


class Ran(NamedTuple):
    status: int
    out: str
    err: str


def made(kind: str, seed: object) -> Given:
    """The input of that kind and seed: always the same one."""
    rng = random.Random(f"{kind} {seed}")
    given = {"kind": kind, **MAKERS[kind](rng)}
    return given if kind == "arguments" else {**given, "beside": rng.randrange(4 * len(BESIDE))}


def tried(given: Given, folder: Path) -> str:
    """Whether an input ``held`` or was ``refused``; raises Offence. The folder is emptied first."""
    for entry in folder.iterdir():
        shutil.rmtree(entry) if entry.is_dir() and not entry.is_symlink() else entry.unlink()
    spent.clear()
    with chdir(folder):
        source = WRITERS[given["kind"]](given, folder)
        if "words" in given:
            return commanded(given["words"], folder, readable=given["kind"] != "hostile")
        outcome = recalculated(source, folder)
        if outcome == "held" and given["kind"] == "formulas" and max(spent) < 1:  # once more for each row
            alone(source)
        if given["beside"] < len(BESIDE):
            commanded(BESIDE[given["beside"]], folder)
        return outcome


# --- a command --------------------------------------------------------------------------------------------------------
@contextmanager
def streams() -> Iterator[tuple[BytesIO, BytesIO]]:
    before, out, err = (sys.stdout, sys.stderr), BytesIO(), BytesIO()
    sys.stdout, sys.stderr = TextIOWrapper(out, "utf-8"), TextIOWrapper(err, "utf-8")
    try:
        yield out, err
        sys.stdout.flush()
        sys.stderr.flush()
    finally:
        kept, (sys.stdout, sys.stderr) = (sys.stdout, sys.stderr), before
        for stream in kept:
            stream.detach()


@contextmanager
def on_the_clock() -> Iterator[None]:
    """Ends what takes too long; counts what it took. Not so what only judges."""
    began = time.process_time()
    signal.signal(signal.SIGPROF, _too_long)
    signal.setitimer(signal.ITIMER_PROF, SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        spent.append(time.process_time() - began)


def _too_long(*_: object) -> None:
    raise Hang(f"{SECONDS} s of processor time")


#: Statuses other than 0 and 2, and which commands may end with them: a difference; a cell that could not be computed.
MAY_END = {1: {"check"}, 3: {"recalc", "solve"}}


def ran(words: list[str]) -> Ran:
    """A command in this process; raises Offence unless it ends as one should."""
    argv, status = sys.argv, None
    sys.argv = ["sheetsim", "--debug", *words]
    try:
        with streams() as (out, err), warnings.catch_warnings(record=True, action="always") as warned:
            try:
                with on_the_clock():
                    app.main()
            except SystemExit as end:
                status = end.code
            except BaseException as error:  # that must be impossible
                raise Offence(f"{type(error).__name__} came out of main") from error
    finally:
        sys.argv = argv
    found = Ran(status, out.getvalue().decode(), err.getvalue().decode())  # type: ignore[arg-type]
    if status not in (0, 2, *(known for known, commands in MAY_END.items() if not commands.isdisjoint(words))):
        cause = _cause(found.err)
        if "Hang in" in cause:  # wherever in a function it was stopped
            raise Offence(re.sub(r"^.*?Hang in (.*), line \d+", r"a hang in \1", cause) + f"\n{found.err}")
        raise Offence(f"status {status}: {cause}\n{found.err}")
    if warned:
        raise Offence(f"a warning of Python's: {warned[0].category.__name__}\n{warned[0]}")
    if wrong := [line for line in found.err.splitlines() if not line.startswith("sheetsim: ")]:
        raise Offence(f"on standard error stands: {wrong[0]}\n{found.err}")
    if status == 2 and not found.err:
        raise Offence("status 2, and no line says why")
    if "not enough memory" in found.err:
        raise Offence(f"more memory than there may be\n{found.err}")
    return found


def _cause(trace: str) -> str:
    """Where a traceback ends, and in what: one line for all inputs that come there."""
    lines = trace.splitlines()
    places = [line.strip() for line in lines if line.startswith("  File ") and "sheetsim" in line.rpartition("/")[0]]
    ends = [line for line in lines if line and line[0].isalpha() and not line.startswith(("Traceback", "sheetsim: "))]
    where = places[-1].replace(str(Path(app.__file__).parents[2]), "") if places else ""
    return f"{(ends or ['?'])[-1].split(':')[0]} in {where}"


def files(folder: Path) -> Files:
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def commanded(words: list[str], folder: Path, readable: bool = True) -> str:
    """A command that may write what it likes, where it may: nothing that stood there, nothing by halves; and what is
    ``readable`` for openpyxl, which itself takes too long for the hostile set."""
    before = files(folder)
    sound = readable and cells_read(folder / "book.xlsx") is not None
    found = ran(words)
    after = files(folder)
    lost = [path for path, content in before.items() if after.get(path) != content]
    if lost and "--force" not in words:
        raise Offence(f"{words[0]} changed what was there: {lost[0].name}")
    new = sorted(path for path in after if path not in before)
    if found.status == 2 and (new or lost):
        raise Offence(f"{words[0]} was refused and wrote {', '.join(path.name for path in new + lost)}\n{found.err}")
    for path in new:
        if path.name.startswith(".sheetsim-"):
            raise Offence(f"{words[0]} left a temporary file")
        if sound and path.suffix == ".xlsx" and cells_read(path) is None:
            raise Offence(f"{words[0]} wrote a file that openpyxl cannot read")
    return "refused" if found.status == 2 else "held"


# --- a recalculated copy ----------------------------------------------------------------------------------------------
def recalculated(source: Path, folder: Path) -> str:
    """What ``recalc`` makes of a file; raises Offence where what was written is wrong."""
    out, fresh, before = folder / "out.xlsx", folder / "fresh.xlsx", files(folder)
    found = ran(["recalc", source.name, "--out", "out.xlsx"])
    written = files(folder).keys() - before.keys()
    if any(path.read_bytes() != content for path, content in before.items()):
        raise Offence("recalc changed what was there")
    if written != (set() if found.status == 2 else {out}):
        raise Offence(f"recalc ended with {found.status} and wrote {[*map(str, written)]}\n{found.err}")
    if found.status == 2:
        if "would be" in found.err:  # found out when it was read back
            raise Offence(f"what was to be written was wrong\n{found.err}")
        return "refused"
    formulas = cells_read(source) is not None  # of some it makes nothing, and yet reads the values
    seen, now = cells_read(source, formulas), cells_read(out, formulas)
    if seen is None:
        return "unreadable for openpyxl"
    if now is None:
        raise Offence("recalc wrote a file that openpyxl cannot read")
    book = read(source)
    drawn = volatile(book)
    xlsx.write(book, fresh)
    given = cells_of(fresh, formulas)
    recalculate(book)
    with holding_stored(book):
        xlsx.write(book, fresh)
    due = cells_of(fresh, formulas)
    left_out = unlike(given, seen, VALUE)
    for where in sorted(unlike(now, due, VALUE) | unlike(now, due, FORMULA) - unlike(given, seen, FORMULA)):
        if where not in drawn | left_out:
            raise Offence(f"recalc wrote another cell than it computed\n{where}: {now.get(where)}, {due.get(where)}")
    return "read in another way by openpyxl" if left_out else "held"


FORMULA, VALUE = 0, 1  # what openpyxl reads of a cell; a formula that was filled down it does not always move rightly


def unlike(some: Cells, others: Cells, part: int) -> set[str]:
    """The addresses at which two sheets differ, in their formulas or in their values."""
    nothing = (None, None)
    return {at for at in {*some, *others} if some.get(at, nothing)[part] != others.get(at, nothing)[part]}


def volatile(book: Workbook) -> set[str]:
    """The cells of the first sheet that another calculation gives other values."""
    sheet = book.sheets[0]
    return {cell_name(row, column) for row, column in np.argwhere(volatile_cells(book)[sheet.title]).tolist()}


# --- formulas ---------------------------------------------------------------------------------------------------------
def alone(source: Path) -> None:
    """A cell of a filled block holds what the same formula gives where no other cell shares it."""
    book = read(source)
    sheet = book.sheets[0]
    computed, masks = sheet.computed(), volatile_cells(book)[sheet.title]
    recalculate(book)
    for row in range(formula_texts.ROWS):
        one = read(source)
        kept = one.sheets[0]
        if kept.arrays:
            return
        for other in range(formula_texts.ROWS):
            if other != row:
                for column in computed[other].nonzero()[0].tolist():
                    kept.put(other, column, sheet.value(other, column))
        recalculate(one)
        for column in computed[row].nonzero()[0].tolist():
            if masks[row, column]:
                continue
            here, there = sheet.value(row, column), kept.value(row, column)
            if repr(here) != repr(there):
                cell = f"{sheet.where(row, column)} {sheet.formula_text(row, column)}"
                raise Offence(f"a filled cell is not the same alone\n{cell}: {here!r}, {there!r}")
