"""How a command ends when nobody foresaw it: one line and a status of its own, whatever happens and whenever."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
import small_trained
from conftest import Plant, Run, one_ulp
from places import ROOT

from sheetsim.cli import app as cli
from sheetsim.engine import parts
from sheetsim.errors import InputError, OutputError
from sheetsim.solver.solving import solve
from sheetsim.support import last_resort
from sheetsim.training.loop import Checkpoint, train
from sheetsim.training.results import container, weights
from sheetsim.training.settings import Settings
from sheetsim.workbook import Workbook

posix = pytest.mark.skipif(os.name != "posix", reason="signals of Unix")


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def book(formula: str) -> Workbook:
    made = Workbook("plan")
    sheet = made.add_sheet("S")
    sheet["A1"], sheet["A2"] = 1, 2
    sheet["B1"] = formula
    return made


# --- a mistake of ours ------------------------------------------------------------------------------------------------
def fails(error: BaseException) -> Callable[..., None]:
    def fail(*_: object, **__: object) -> None:
        raise error

    return fail


FAULTS = [
    KeyError("lost"),
    AttributeError("two\nlines \x1b[31m"),
    ValueError(""),
    RecursionError("maximum recursion depth exceeded"),
    OverflowError(34, "Numerical result out of range"),
    AssertionError("never"),
    UnicodeEncodeError("utf-8", "\ud800", 0, 1, "surrogates not allowed"),
]


@pytest.mark.parametrize("error", FAULTS, ids=lambda error: type(error).__name__)
def test_a_fault_is_one_line_that_names_the_cell(error: Exception, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    book("=A1*A2").save("plan.xlsx")
    monkeypatch.setattr(parts, "over_cells", fails(error))
    found = run("recalc", "plan.xlsx", "--out", "new.xlsx")
    assert (found.status, found.out, found.err.count("\n")) == (70, "", 1)
    assert found.err.startswith(f"sheetsim: internal error in S!B1: {type(error).__name__}")
    assert "\x1b" not in found.err
    assert not Path("new.xlsx").exists()


def test_a_fault_of_the_reader_names_the_cell(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    book("=A1*A2").save("plan.xlsx")
    monkeypatch.setattr("sheetsim.reading.sheet_formulas.FormulaReader.number", fails(TypeError("lost")))
    found = run("recalc", "plan.xlsx", "--out", "new.xlsx")
    assert (found.status, found.err.count("\n")) == (70, 1)
    assert found.err.startswith("sheetsim: internal error in S!B1: TypeError")


@pytest.mark.parametrize("words", [("--debug", "list"), ("list", "--debug")])
def test_debug_shows_the_traceback(words: tuple[str, ...], run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("workbooks.sheets.sheets_of", fails(KeyError("lost")))
    found = run(*words)
    *trace, last = found.err.splitlines()
    assert (found.status, trace[0], trace[-1]) == (70, "Traceback (most recent call last):", "KeyError: 'lost'")
    assert last.startswith("sheetsim: internal error: KeyError: 'lost' (")
    assert "--debug" in last


def test_a_fault_among_the_imports() -> None:
    """Before there is a command line that could catch anything."""
    code = (
        "import sys; sys.modules['typer'] = None; sys.argv[1:] = ['list']; from sheetsim.__main__ import main; main()"
    )
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    found = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=False)
    assert (found.returncode, found.stdout, found.stderr.count("\n")) == (70, "", 1)
    assert found.stderr.startswith("sheetsim: internal error: ModuleNotFoundError")


STATUSES = [  # what comes out of a command → the status, and how the line begins
    (InputError("bad"), 2, "sheetsim: bad"),
    (OutputError("full"), 2, "sheetsim: full"),
    (MemoryError(), 2, "sheetsim: there is not enough memory for that"),
    (OSError(28, "No space left on device"), 2, "sheetsim: output: No space left on device"),
    (KeyboardInterrupt(), 130, "sheetsim: stopped"),
    (cli.typer.Abort(), 130, "sheetsim: stopped"),
    (ZeroDivisionError("float division"), 70, "sheetsim: internal error: ZeroDivisionError: float division ("),
]


@pytest.mark.parametrize(("error", "status", "line"), STATUSES, ids=lambda value: type(value).__name__)
def test_statuses(error: BaseException, status: int, line: str, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("workbooks.sheets.sheets_of", fails(error))
    handlers = [signal.getsignal(number) for number in last_resort.ENDING]
    found = run("list")
    assert (found.status, found.out, found.err.count("\n")) == (status, "", 1)
    assert found.err.startswith(line)
    assert [signal.getsignal(number) for number in last_resort.ENDING] == handlers


def test_one_means_a_difference(
    run: Run, exported: Callable[[str], Path], plant: Plant, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = plant(exported("entropy_example"), "entropy", "D2", one_ulp)
    assert run("check", path)[::2] == (1, "")
    monkeypatch.setattr("sheetsim.checking.text.print_report", fails(IndexError("1")))
    assert run("check", path).status == 70


# --- Ctrl-C -----------------------------------------------------------------------------------------------------------
LIST = "import sheetsim.__main__ as m, sys; sys.argv[1:] = ['list']; print(flush=True); m.main()"


@contextmanager
def begun() -> Iterator[subprocess.Popen[str]]:
    """A process that is about to call ``main``, none of the command line imported."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"}
    command = [sys.executable, "-c", LIST]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, env=environment, text=True, stdout=pipe, stderr=pipe) as process:
        assert process.stdout
        assert process.stdout.readline() == "\n"
        time.sleep(0.02)  # from there on until main is called
        yield process


@pytest.fixture(scope="module")
def seconds() -> float:
    """How long the process takes when nobody stops it."""
    since = time.monotonic()
    with begun() as process:
        assert (process.communicate()[1], process.returncode) == ("", 0)
    return time.monotonic() - since


@posix
@pytest.mark.parametrize("share", [0.05, 0.2, 0.35, 0.5, 0.65, 0.8, 0.95])
def test_ctrl_c_at_any_moment(share: float, seconds: float) -> None:
    """From its first import to its end."""
    with begun() as process:
        time.sleep(share * seconds)
        process.send_signal(signal.SIGINT)
        _, said = process.communicate()
    assert (process.returncode, said) in [(130, "sheetsim: stopped\n"), (0, "")]


@posix
def test_a_signal_that_was_ignored_stays_so() -> None:
    """As nohup asks for it."""
    code = "import os, signal; from sheetsim.support import last_resort\n"
    code += "last_resort.run(lambda: (os.kill(os.getpid(), signal.SIGHUP), print('goes on'))[1])"
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = f'trap "" HUP; exec "{sys.executable}" -c "{code}"'
    found = subprocess.run(["sh", "-c", command], env=environment, capture_output=True, text=True, check=False)
    assert (found.returncode, found.stdout, found.stderr) == (0, "goes on\n", "")


# --- solve where numbers end ------------------------------------------------------------------------------------------
OBJECTIVES = [
    "=1E200*A1",
    "=1E300*A1",
    "=-1E300*A1",
    "=EXP(A1)",
    "=-EXP(EXP(A1))",
    "=1E308*A1^2",
    "=1E160/A1",
    "=-A1^A2",
]


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("goal", ["minimise", "maximise", "reach"])
@pytest.mark.parametrize("start", [1.0, 700.0, 1e300, -5.0])
@pytest.mark.parametrize("formula", OBJECTIVES)
def test_an_objective_that_becomes_infinite(formula: str, start: float, goal: str) -> None:
    """A number is found, or one line says why not: no OverflowError, no warning."""
    plan = book(formula)
    sheet = plan["S"]
    sheet["A1"] = start
    code = {"maximise": "1", "minimise": "2", "reach": "3"}[goal]
    for key, text in {"adj": "$A$1:$A$2", "opt": "$B$1", "typ": code, "val": "5"}.items():
        sheet.name(f"solver_{key}", text, hidden=True)
    try:
        assert np.isfinite(solve(plan, "S", engine="differences").after)
    except InputError as error:
        refused = str(error)
    else:
        return
    assert "\n" not in refused
    assert (sheet["A1"], sheet["A2"]) == (start, 2.0)


@pytest.mark.parametrize(
    ("formula", "goal"), [("=1E308*A1", "minimise"), ("=-EXP(A1)", "minimise"), ("=A1^3", "maximise")]
)
def test_an_objective_without_end(formula: str, goal: str) -> None:
    with pytest.raises(InputError, match="on without end: the cells to change need bounds"):
        solve(book(formula), "S", cells="A1", engine="differences", **{goal: "B1"})


# --- checkpoints of strangers -----------------------------------------------------------------------------------------
STRANGE = [None, 5, -1, 0.5, "x", [], {}, [1], {"a": 1}, True, 10**30, float("inf"), float("nan"), "\ud800", [None] * 5]


@pytest.fixture(scope="module")
def checkpoint(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("kept") / "c.npz"
    kept: list[Checkpoint] = []
    settings = Settings("movielens", factors=small_trained.FACTORS, epochs=1, batch_size=8, backend="numpy")
    train(small_trained.ratings()[1], settings, None, None, kept.append)
    weights.save_checkpoint(path, kept[-1])
    return path


@pytest.mark.parametrize("field", ["version", "settings", "epochs", "step", "data", "foreign"])
def test_a_checkpoint_with_foreign_fields(field: str, checkpoint: Path) -> None:
    """Each is read as if nothing were, or refused in one line that names the file."""
    arrays, facts = container.read(checkpoint)
    inner = [{field: value} for value in STRANGE]
    inner += [{"settings": {**facts["settings"], field: value}} for value in STRANGE]
    inner += [{"data": {**facts["data"], field: value}} for value in STRANGE]
    inner += [{"epochs": [[value, *facts["epochs"][0][1:]]]} for value in STRANGE]
    for foreign in inner:
        text = np.array(json.dumps({**facts, **foreign}))
        np.savez("strange.npz", **arrays, **{container.FACTS: text})
        for load in (weights.load, weights.load_checkpoint):
            assert re.fullmatch("(strange.npz: .+)?", refusal(load, Path("strange.npz"))), foreign


def refusal(load: Callable[[Path], object], path: Path) -> str:
    """The line with which a file is refused, or nothing."""
    try:
        load(path)
    except InputError as error:
        return str(error)
    return ""


# --- surroundings -----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(("backend", "taken"), [("nonsense", False), ("svg", True), ("", False)])
def test_a_backend_of_matplotlib_that_there_is_not(backend: str, taken: bool) -> None:
    """Our pictures need none; where another program in the process does, its choice stands."""
    pytest.importorskip("matplotlib")
    code = "from sheetsim.support import figures; figures.save(figures.panels(1)[0], 'a.png'); "
    code += "import os, matplotlib; print(matplotlib.rcParams['backend'] == os.environ['MPLBACKEND'])"
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "MPLBACKEND": backend}
    found = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=False)
    assert (found.returncode, found.stdout) == (0, f"{taken}\n")
    assert Path("a.png").read_bytes().startswith(b"\x89PNG")


HALVES = [  # of a character, or a byte that is no text
    "build \udcff",
    "explain graddesc adam!\udcff",
    "explain \udcff.xlsx A1",
    "run graddesc \udcff",
    "run graddesc adam --set \udcff=1",
    "run graddesc adam --epochs \udcff",
    "check plan.xlsx --workbook \udcff",
    "solve plan.xlsx S --cells \udcff --minimise B1",
    "build graddesc --points \udcff.csv",
    "train movielens --data \udcff",
    "train movielens --load \udcff.npz",
    "\udcff",
]


@pytest.mark.parametrize("command", HALVES, ids=ascii)
def test_a_lone_surrogate_among_the_arguments(command: str, run: Run) -> None:
    book("=A1").save("plan.xlsx")
    found = run(*command.split())
    assert (found.status, found.err.count("\n")) == (2, 1)
    assert found.err.encode()


@pytest.mark.parametrize(
    "command",
    [
        "recalc FILE --out \udcfe.xlsx",
        "recalc FILE --out \udcfe.csv",
        "check FILE --out r.xlsx",
        "check FILE --json",
        "explain FILE S!B1",
    ],
)
def test_a_lone_surrogate_in_the_name_of_a_file(command: str, run: Run) -> None:
    book("=A1").save("\udcff.xlsx")
    assert run(*(word.replace("FILE", "\udcff.xlsx") for word in command.split()))[::2] == (0, "")


@pytest.mark.parametrize("suffix", ["xlsx", "csv"])
@pytest.mark.parametrize("formula", ['="\ud800"', '="a"&"\udc00b"'], ids=ascii)
def test_a_lone_surrogate_in_a_formula(formula: str, suffix: str, folder: Path) -> None:
    with pytest.raises(OutputError, match="half a character"):
        book(formula).save(f"new.{suffix}")
    assert [path for path in folder.rglob("*") if path.is_file()] == []
