"""What the table says of how exact a function is holds: measured again, it is no worse."""

from __future__ import annotations

import pytest

from sheetsim.functions import FUNCTIONS
from sheetsim.functions.exactness import Exactness, measured

pytest.importorskip("mpmath", reason="mpmath is not installed")

from measuring import FILES, lecture_counts, measure, tallied

#: Another C library or release of SciPy may have other last bits: so many units may be between.
SLACK = 4 * 2.0**-52


def test_the_measurements_are_of_functions_of_the_table() -> None:
    assert set(measured()) <= set(FUNCTIONS)


@pytest.mark.skipif(not FILES.is_dir(), reason="the workbooks that Excel saved are not here (../shared/excel-files)")
def test_what_is_stated_holds() -> None:
    found, stated = measure(), measured()
    assert set(found) == set(stated), "run `make exactness`"
    worse = [
        f"{name}: {stated[name]} stated, {now} measured" for name, now in found.items() if _worse(now, stated[name])
    ]
    assert not worse, "\n".join(worse)


def _worse(now: Exactness, stated: Exactness) -> bool:
    exact = stated.equal + stated.other == stated.cells  # "bit for bit" is meant
    return (
        (now.against, now.cells) != (stated.against, stated.cells)
        or now.other > stated.other
        or (exact and now.equal < stated.equal)
        or now.worst > stated.worst + SLACK
    )


def test_the_lecture_is_among_what_is_stated() -> None:
    assert {name for name, count in lecture_counts().items() if measured()[name].cells < count} == set()


def test_the_tally_sees_differences() -> None:
    pairs = [(1.0, 1.0), (1.0, 1.0 + 2**-52), (1.0, 1.001), ("a", "a"), (1.0, "#N/A")]
    assert tallied(pairs, "Excel") == ("Excel", 5, 2, 1, 0.001, 1)
    assert _worse(tallied(pairs, "Excel"), Exactness("Excel", 5, 3, 1, 0.0, 1))
    assert not _worse(Exactness("Excel", 5, 5, 0, 0.0), Exactness("Excel", 5, 5, 0, 0.0))
    assert _worse(Exactness("Excel", 5, 4, 1, 0.0), Exactness("Excel", 5, 5, 0, 0.0))
