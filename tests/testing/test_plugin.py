"""The pytest plugin, in runs of pytest of its own: the fixture, what a failure shows, the coloured report."""

from __future__ import annotations

import re
import tomllib
from importlib import import_module

import openpyxl
import pytest
from places import ROOT

import sheetsim
from exporters.styles import FOUND
from sheetsim import testing

pytest_plugins = ["pytester"]

PLUGIN = "sheetsim.testing.plugin"
FAILING = """
    from sheetsim.testing import assert_matches

    def test_sums(open_workbook):
        assert_matches(open_workbook("graddesc"), "adam!E4:E6", [56.95103724635253, 194.0, 83.32246883585424])
"""


@pytest.fixture
def run(pytester: pytest.Pytester) -> object:
    """Runs pytest on the files made, with the plugin alone."""
    return lambda *options: pytester.runpytest("-p", PLUGIN, "-p", "no:cacheprovider", *options)


def test_pytest_finds_it_where_sheetsim_is_installed() -> None:
    """By its own name, under which a conftest may ask for it, too, and have it once."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["entry-points"]["pytest11"] == {PLUGIN: PLUGIN}
    assert {"pytest_addoption", "open_workbook"} <= {*dir(import_module(PLUGIN))}


def test_the_public_names_are_imported_when_they_are_used() -> None:
    assert testing.__all__ == ["Mismatch", "assert_matches", "assert_optimizer_matches", "assert_workbook"]
    assert {*testing.__all__} <= {*dir(testing)}
    with pytest.raises(AttributeError, match=r"module 'sheetsim.testing' has no attribute 'assert_same'"):
        _ = testing.assert_same


def test_the_fixture_opens_by_name_and_beside_the_test(pytester: pytest.Pytester, run: object) -> None:
    book = sheetsim.Workbook("mine")
    book.add_sheet("s")["A1"] = 7
    (pytester.path / "tests").mkdir()
    book.save(pytester.path / "tests" / "mine.xlsx")
    book["s"]["A1"] = 8
    book.save(pytester.path / "here.xlsx")
    (pytester.path / "tests" / "test_it.py").write_text(
        "import pytest\n"
        "from sheetsim import NotFound, InputError\n\n"
        "def test_open(open_workbook):\n"
        "    book = open_workbook('graddesc')\n"
        "    book['adam']['D2'] = 0.5\n"
        "    assert open_workbook('graddesc')['adam']['D2'] == 0.1\n"
        "    assert open_workbook('mine.xlsx')['s']['A1'] == 7\n"
        "    assert open_workbook('here.xlsx')['s']['A1'] == 8\n"
        "    with pytest.raises(NotFound, match='no workbook is called'):\n"
        "        open_workbook('none')\n"
        "    with pytest.raises(InputError, match='nothing.xlsx does not exist'):\n"
        "        open_workbook('nothing.xlsx')\n"
    )
    run("tests").assert_outcomes(passed=1)  # type: ignore[operator]


def test_a_failure_shows_the_cells_and_nothing_of_sheetsims_own_code(pytester: pytest.Pytester, run: object) -> None:
    pytester.makepyfile(FAILING)
    shown = run()  # type: ignore[operator]
    shown.assert_outcomes(failed=1)
    shown.stdout.fnmatch_lines(
        [
            ">*assert_matches(open_workbook*",
            "E*sheetsim.testing.Mismatch: adam!E4:E6 of graddesc: 1 of 3 cells differ by more than 1e-12 of their size",
            "E*cell     called  formula    expected          got    relative  ulps",
            "E*adam!E5  pred    =C5+D5[*]A5  194.457890948588  194.0  0.0024    1.6e+13",
            "FAILED *::test_sums*",
        ]
    )
    assert "assertions.py" not in shown.stdout.str()


def test_the_report_is_written_and_named(pytester: pytest.Pytester, run: object) -> None:
    pytester.makepyfile(test_one=FAILING)
    shown = run("--sheetsim-report", "reports/of failures")  # type: ignore[operator]
    path = pytester.path / "reports" / "of failures" / "test_one.py-test_sums.xlsx"
    shown.stdout.fnmatch_lines(["*- sheetsim report -*", str(path)])
    book = openpyxl.load_workbook(path)
    assert book.sheetnames == ["check", "adam"]
    sheet = book["adam"]
    colours = {cell: sheet[cell].fill.start_color.rgb[-6:] for cell in ("E4", "E5", "E6")}
    assert colours == {"E4": FOUND["equal"], "E5": FOUND["different"], "E6": FOUND["equal"]}
    assert sheet["E7"].fill.fill_type is None  # not compared
    assert sheet["E5"].value == 194.457890948588
    assert re.search("expected: 194.457890948588\ngot: 194.0", sheet["E5"].comment.text)


def test_without_the_option_nothing_is_written(pytester: pytest.Pytester, run: object) -> None:
    pytester.makepyfile(test_one=FAILING)
    run().assert_outcomes(failed=1)  # type: ignore[operator]
    assert list(pytester.path.rglob("*.xlsx")) == []


def test_each_failure_has_a_file_of_its_own(pytester: pytest.Pytester, run: object) -> None:
    """Of parameters that a file's name cannot hold, too; other failures and tests that pass have none."""
    pytester.makepyfile(
        test_two="""
        import pytest
        import sheetsim
        from sheetsim.testing import Mismatch, assert_matches, assert_workbook

        @pytest.mark.parametrize("name", ["a/b", "a:b", "../..", pytest.param("x", id="x" * 300)])
        def test_names(name):
            assert_matches("graddesc", "adam!lr", 0.2)

        def test_workbook():
            book = sheetsim.build("entropy_example")
            book["entropy"]["C2"] = 0.25
            assert_workbook(book, "entropy_example")

        def test_other():
            assert 1 == 2

        def test_raises():
            with pytest.raises(Mismatch):
                assert_matches("graddesc", "adam!lr", 0.2)

        @pytest.fixture
        def broken():
            assert_matches("graddesc", "adam!lr", [1, 2])

        def test_shape_in_a_fixture(broken):
            pass
        """
    )
    run("--sheetsim-report=out").assert_outcomes(failed=6, passed=1, errors=1)  # type: ignore[operator]
    assert sorted(path.name for path in (pytester.path / "out").iterdir()) == [
        "test_two.py-test_names[..-..].xlsx",
        "test_two.py-test_names[a-b].xlsx",
        "test_two.py-test_names[a-b]_2.xlsx",
        "test_two.py-test_names[" + "x" * 77 + ".xlsx",
        "test_two.py-test_shape_in_a_fixture.xlsx",
        "test_two.py-test_workbook.xlsx",
    ]


def test_a_place_that_is_a_file_is_refused(pytester: pytest.Pytester, run: object) -> None:
    (pytester.path / "taken").write_text("mine")
    shown = run("--sheetsim-report", "taken")  # type: ignore[operator]
    assert shown.ret == pytest.ExitCode.USAGE_ERROR
    shown.stderr.fnmatch_lines(["ERROR: --sheetsim-report: *taken is a file, and no folder"])
    assert (pytester.path / "taken").read_text() == "mine"


def test_a_report_that_cannot_be_written_hides_no_failure(pytester: pytest.Pytester, run: object) -> None:
    pytester.makepyfile(test_one=FAILING)
    (pytester.path / "out" / "test_one.py-test_sums.xlsx").mkdir(parents=True)
    shown = run("--sheetsim-report", "out")  # type: ignore[operator]
    shown.assert_outcomes(failed=1)
    shown.stdout.fnmatch_lines(["*Mismatch: adam!E4:E6 *", "not written: cannot write *it is a folder"])


def test_on_several_processes(pytester: pytest.Pytester, run: object) -> None:
    pytest.importorskip("xdist", reason="pytest-xdist is not installed: pip install 'sheetsim[test]'")
    pytester.makepyfile(test_one=FAILING, test_two=FAILING)
    shown = run("-n", "2", "--sheetsim-report", "out")  # type: ignore[operator]
    shown.assert_outcomes(failed=2)
    shown.stdout.fnmatch_lines(["*sheetsim report*", "*test_*.py-test_sums.xlsx"])
    assert len(list((pytester.path / "out").iterdir())) == 2
