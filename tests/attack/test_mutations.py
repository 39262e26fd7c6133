"""A few random inputs of each kind in every test run, and all that longer runs found (``make fuzz``).

The judge, ``fuzzing/judge.py``, is judged too: what it must find out is done here on purpose."""

from __future__ import annotations

import json
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import fuzz
import judge
import pytest
import xml_changes
from pool import Worker

from exporters import refresh

FEW = 12  # inputs of each kind


@pytest.fixture(scope="module")
def worker() -> Iterator[Worker]:
    with Worker() as process:
        yield process


@pytest.mark.parametrize("kind", judge.MAKERS)
def test_a_few_of_each(kind: str, worker: Worker) -> None:
    verdicts = [worker.tried(judge.made(kind, f"test {number}")) for number in range(FEW)]
    assert [verdict["offence"] for verdict in verdicts if verdict["offence"]] == []
    came = [verdict["outcome"] for verdict in verdicts]
    assert "held" in came
    assert "refused" in came or kind == "formulas"  # of these most are computed around


@pytest.mark.parametrize("path", fuzz.findings(), ids=lambda path: path.stem)
def test_what_was_found_once(path: Path, worker: Worker) -> None:
    assert worker.tried(fuzz.given_in(path))["offence"] is None


def test_the_same_seed_gives_the_same_inputs() -> None:
    assert [judge.made(kind, 1) for kind in judge.MAKERS] == [judge.made(kind, 1) for kind in judge.MAKERS]
    assert all(judge.made(kind, 1) != judge.made(kind, 2) for kind in judge.MAKERS)


# --- the judge finds out ----------------------------------------------------------------------------------------------
SOUND = {"kind": "xml", "part": "xl/s.xml", "text": xml_changes.SEED, "beside": 99}
COMMAND = {"kind": "arguments", "words": ["build", "book.xlsx"]}


def raises(*_: object, **__: object) -> None:
    raise KeyError("lost")


def writes_another_value(book: Any, path: Path) -> None:
    book.sheets[0].num[0, 1] += 1
    refresh.write(book, path)


def touches_the_source(book: Any, path: Path) -> None:
    refresh.write(book, path)
    book.source.write_bytes(book.source.read_bytes() + b" ")


def leaves_something(book: Any, path: Path) -> None:
    refresh.write(book, path)
    path.with_name("left.tmp").write_text("half")


def says_more(book: Any, path: Path) -> None:
    refresh.write(book, path)
    warnings.warn("a line of Python's", stacklevel=1)


def writes_nothing_readable(book: Any, path: Path) -> None:
    path.write_bytes(b"PK")


def takes_too_long(book: Any, path: Path) -> None:
    while True:
        pass


def has_no_memory(book: Any, path: Path) -> None:
    raise MemoryError


FAULTS: list[tuple[Callable[..., None], str]] = [
    (raises, "status 70: KeyError"),
    (writes_another_value, "recalc wrote another cell than it computed"),
    (touches_the_source, "recalc changed what was there"),
    (leaves_something, "recalc ended with 0 and wrote"),
    (says_more, "a warning of Python's: UserWarning"),
    (writes_nothing_readable, "recalc wrote a file that openpyxl cannot read"),
    (takes_too_long, "a hang in "),
    (has_no_memory, "more memory than there may be"),
]


@pytest.mark.parametrize(("fault", "said"), FAULTS, ids=[fault.__name__ for fault, _ in FAULTS])
def test_a_fault_is_found_out(
    fault: Callable[..., None], said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert judge.tried(SOUND, tmp_path) == "held"
    monkeypatch.setattr("sheetsim.writing.found", lambda name: fault)
    monkeypatch.setattr(judge, "SECONDS", 2)
    with pytest.raises(judge.Offence, match=said):
        judge.tried(SOUND, tmp_path)


@pytest.mark.parametrize("name", ["book.xlsx", "points.csv"])
def test_a_file_that_was_there_is_missed(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert judge.tried(COMMAND, tmp_path) == "held"
    monkeypatch.setattr("sheetsim.writing.found", lambda _: lambda book, path: (tmp_path / name).unlink())
    with pytest.raises(judge.Offence, match=f"build changed what was there: {name}"):
        judge.tried(COMMAND, tmp_path)


def test_a_filled_cell_that_differs_is_found_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    given = {"kind": "formulas", "formulas": ["A1*2", 'B1&"x"'], "array": False, "beside": 99}
    assert judge.tried(given, tmp_path) == "held"
    count = judge.recalculate

    def wrong(book: Any) -> None:
        count(book)
        if book.sheets[0].formula_numbers[1, 3] == 0:  # where the formula stands alone
            book.sheets[0].num[0, 3] += 1

    monkeypatch.setattr(judge, "recalculate", wrong)
    with pytest.raises(judge.Offence, match="a filled cell is not the same alone"):
        judge.tried(given, tmp_path)


# --- so does the process around it ------------------------------------------------------------------------------------
PLANTED = {
    "time.sleep(60)": "a hang",
    "os._exit(3)": "the process ended with 3",
    "kept.append(bytearray(worker.MOST + 2**20))": "more memory than there may be",
    "bytearray(worker.GUARD)": "more memory than there may be",
    "subprocess.run(['true'])": "not allowed: subprocess.Popen",
    "socket.socket().connect_ex(('127.0.0.1', 9))": "not allowed: socket.connect",
    "pickle.loads(pickle.dumps(os.getcwd))": "not allowed: pickle.find_class",
    "open(__file__ + '.new', 'w').close()": "not allowed: a file written at",
    "int('x')": "ValueError beside the command",
}
SCRIPT = """
import os, pickle, signal, socket, subprocess, time
import judge, worker
kept = []
def tried(given, folder):
    {}
    return "held"
judge.tried = tried
worker.main()
"""


@pytest.mark.parametrize("code", PLANTED)
def test_what_a_process_must_not_do_is_found_out(code: str, tmp_path: Path) -> None:
    script = tmp_path / "planted.py"
    script.write_text(SCRIPT.format(code))
    with Worker(script, patience=2 if "sleep" in code else 60) as process:
        assert process.tried(SOUND)["offence"].startswith(PLANTED[code])


def test_the_next_input_gets_a_process_of_its_own(tmp_path: Path) -> None:
    script = tmp_path / "planted.py"
    script.write_text(SCRIPT.format("os._exit(3)"))
    with Worker(script) as process:
        assert process.tried(SOUND)["offence"]
        script.write_text(SCRIPT.format("pass"))
        assert process.tried(SOUND)["outcome"] == "held"


# --- what is found is kept --------------------------------------------------------------------------------------------
class Fake(Worker):
    """Finds fault with every input in which there is an ``a``, and knows what it tried."""

    tried_so_far: list[dict[str, Any]] = []

    def tried(self, given: dict[str, Any]) -> dict[str, Any]:
        self.tried_so_far.append(given)
        bad = "a" in str(given["formulas"])
        return {"outcome": "held", "offence": "an a\nwith more" if bad else None, "seconds": 1.0, "peak": 2**20}


def test_findings_are_written_and_tried_first(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Fake.tried_so_far = []
    found = fuzz.fuzz(0.2, 5, ["formulas"], 2, tmp_path, Fake, print)
    assert found.offences.keys() == {"an a"}
    [path] = fuzz.findings(tmp_path)
    assert json.loads(path.read_text())["offence"] == ["an a", "with more"]
    bad = [each for each in Fake.tried_so_far if "a" in str(each["formulas"])]
    assert fuzz.given_in(path) == min(bad, key=lambda each: len(json.dumps(each, indent=1))), "the shortest"
    fuzz.report(found)
    assert str(path) in capsys.readouterr().out
    Fake.tried_so_far = []
    again = fuzz.fuzz(0, 6, ["formulas"], 1, tmp_path, Fake, print)
    assert Fake.tried_so_far == [fuzz.given_in(path)]
    assert (again.offences["an a"], fuzz.findings(tmp_path)) == (1, [path])
