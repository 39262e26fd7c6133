"""The pytest plugin: a fixture that opens workbooks, and what a failed assertion found, as a coloured ``.xlsx``.

pytest loads it wherever sheetsim is installed; all else is imported when it is used.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Generator
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from sheetsim.workbook import Workbook

LONGEST = 100  # characters of a report's file name
REPORTS = pytest.StashKey[set[Path]]()  # written in this run


def pytest_addoption(parser: pytest.Parser) -> None:
    """Adds ``--sheetsim-report DIR``."""
    parser.getgroup("sheetsim").addoption(
        "--sheetsim-report",
        metavar="DIR",
        help="for each failed assertion of sheetsim.testing, write the expected sheet, coloured, to an .xlsx in DIR",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Refuses a place for reports that is a file, before any test is run."""
    folder = _folder(config)
    if folder is not None and folder.exists() and not folder.is_dir():
        raise pytest.UsageError(f"--sheetsim-report: {folder} is a file, and no folder")
    config.stash[REPORTS] = set()


@pytest.fixture
def open_workbook(request: pytest.FixtureRequest) -> Callable[[str | Path], Workbook]:
    """Opens workbooks: by name, ``open_workbook("graddesc")``, or the ``.xlsx`` of a path, which is looked for beside
    the test's own file and then in the current folder. Each call gives a workbook of its own, to be changed at will."""
    from sheetsim.library import names
    from sheetsim.library import open as open_book

    def opened(what: str | Path) -> Workbook:
        beside = request.path.parent / what
        return open_book(what if str(what) in names() or not beside.is_file() else beside)

    return opened


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Writes the coloured sheet of a failed assertion, and says where it is."""
    report = yield
    folder, error = _folder(item.config), call.excinfo.value if call.excinfo else None
    write = getattr(error, "write_report", None)  # a Mismatch, whose class is not imported for this
    if folder is not None and write is not None and report.failed:
        path = _free(folder, item)
        try:
            write(path)
        except Exception as failure:  # a test's own failure must not be lost behind this one
            report.sections.append(("sheetsim report", f"not written: {failure}"))
        else:
            report.sections.append(("sheetsim report", str(path)))
    return report


def _folder(config: pytest.Config) -> Path | None:
    given = config.getoption("--sheetsim-report", None)
    return None if given is None else Path(config.invocation_params.dir, given)


def _free(folder: Path, item: pytest.Item) -> Path:
    """The file for a test's report, of the test's name, and of no other test's in this run."""
    stem = re.sub(r"[^\w.=+\[\]-]+", "-", item.nodeid.replace("::", "-"))[:LONGEST].strip("-.")
    taken = item.config.stash[REPORTS]
    names = (stem if number == 1 else f"{stem}_{number}" for number in count(1))
    path = next(path for name in names if (path := folder / f"{name}.xlsx") not in taken)
    taken.add(path)
    return path
