"""``assert_workbook``: a check as an assertion, on files in which something was planted."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import Plant, formula, one_ulp, value

import sheetsim
from sheetsim.errors import InputError
from sheetsim.testing import Mismatch, assert_workbook


def failure(*arguments: object, **options: float) -> Mismatch:
    with pytest.raises(Mismatch) as failed:
        assert_workbook(*arguments, **options)  # type: ignore[arg-type]
    return failed.value


@pytest.fixture
def accounts(tmp_path: Path) -> Path:
    """A file that sheetsim has no definition of: 120, 80 and 45, and their sum in A4, twice that in A5."""
    book = sheetsim.Workbook("accounts")
    sheet = book.add_sheet("year")
    sheet.values("A1", [[120], [80], [45]])
    sheet["A4"], sheet["A5"] = "=SUM(A1:A3)", "=A4*2"
    (tmp_path / "saved").mkdir()
    book.save(tmp_path / "saved" / "accounts.xlsx")
    return tmp_path / "saved" / "accounts.xlsx"


def test_what_computes_what_it_says_passes(accounts: Path) -> None:
    assert_workbook(accounts)
    assert_workbook(str(accounts))
    assert_workbook(sheetsim.open(accounts))
    assert_workbook(accounts, accounts)


def test_the_lectures_own_files_pass(original: Callable[[str], Path]) -> None:
    for name in ("graddesc", "collab_filter", "entropy_example"):
        assert_workbook(original(name))


def test_a_number_that_does_not_follow(accounts: Path, plant: Plant) -> None:
    file = plant(accounts, "year", "A4", value("244"))
    failed = failure(file)
    assert str(failed).splitlines() == [
        f"{file} against its recalculation: 1 difference, 1 of 2 computed cells equal, bit for bit",
        "  year!A4  value: expected 244.0, got 245.0, relative difference 0.0041, in =SUM(A1:A3)",
    ]


def test_one_bit_is_a_difference_unless_there_is_a_tolerance(accounts: Path, plant: Plant) -> None:
    file = plant(accounts, "year", "A5", one_ulp)
    assert "year!A5  value: expected 490.00000000000006, got 490.0, 1 ULP apart, in =A4*2" in str(failure(file))
    assert_workbook(file, tolerance=1e-15)


def test_another_formula_than_the_definitions(exported: Callable[[str], Path], plant: Plant) -> None:
    file = plant(exported("graddesc"), "adam", "F5", formula("3*(D5*A5+C5-B5)"))
    failed = failure(file)
    assert [(each.where, each.what) for each in failed.report.differences] == [("adam!F5", "formula")]
    assert "adam!F5  formula: expected =3*(D5*A5+C5-B5), got =2*(D5*A5+C5-B5)" in str(failed)


def test_what_cannot_be_checked_fails_too(tmp_path: Path) -> None:
    book = sheetsim.Workbook("lacking")
    book.add_sheet("s")["A1"] = "=CUBEVALUE(B1)"
    with pytest.warns(UserWarning, match="could not be computed"):
        book.save(tmp_path / "lacking.xlsx")
    assert "  not checked: 1 because of CUBEVALUE, in s!A1" in str(failure(tmp_path / "lacking.xlsx"))


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("nothing.xlsx",), "nothing.xlsx does not exist"),
        ((3,), "a workbook or a path is needed, not a int"),
        (("graddesc", 3), "a workbook or a path is needed, not a int"),
        (("graddesc",), "graddesc does not exist"),
        ((sheetsim.Workbook("empty"), "no such"), "no workbook is called 'no such'"),
    ],
)
def test_what_cannot_be_used_is_refused_in_one_line(arguments: tuple[object, ...], said: str) -> None:
    with pytest.raises(InputError, match=said) as refused:
        assert_workbook(*arguments)  # type: ignore[arg-type]
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("tolerance", [-1, 1, float("nan")])
def test_a_tolerance_that_says_nothing(accounts: Path, tolerance: float) -> None:
    with pytest.raises(InputError, match="a tolerance of"):
        assert_workbook(accounts, tolerance=tolerance)
