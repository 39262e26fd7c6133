"""exp, ln and log10 of one number have the bits of those of arrays, in plain Python and compiled."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from sheetsim.excel import elementary
from sheetsim.excel.elementary_one import exp_of_one, ln_of_one, log10_of_one, tables
from sheetsim.support.compiling import compiled

RANDOM = np.random.default_rng(0)
EXPONENTS = [*RANDOM.uniform(-708, 709, 2000), *RANDOM.normal(size=2000), 0.0, 1.0, -1.0, 1e-300, 709.782712893384]
POSITIVE = [*np.exp(RANDOM.uniform(-700, 700, 2000)), *RANDOM.uniform(0.5, 2, 2000), 1.0, 10.0, 1e3, 2.0**-1022]
NEAR_ONE = [1 + 2.0**-52, 1 - 2.0**-53, 1.4142135623730951, 1.4140625]


@pytest.mark.parametrize(
    ("one", "many", "arguments"),
    [
        (exp_of_one, elementary.exp, EXPONENTS),
        (ln_of_one, elementary.ln, [*POSITIVE, *NEAR_ONE]),
        (log10_of_one, elementary.log10, [*POSITIVE, *NEAR_ONE]),
    ],
)
def test_the_same_bits(one: Callable[..., float], many: Callable[..., np.ndarray], arguments: list[float]) -> None:
    arguments = [float(x) for x in arguments]
    expected = many(arguments)
    found = np.array([one(x, KNOWN) for x in arguments])
    sure = ~np.isnan(found)
    assert sure.mean() > 0.999
    assert (found[sure] == expected[sure]).all()
    fast = compiled(one)
    if fast is not None:
        again = np.array([fast(x, np.array(KNOWN)) for x in arguments])
        assert (again.view(np.int64) == found.view(np.int64)).all()


KNOWN = tables()


@pytest.mark.parametrize(
    ("one", "x"),
    [(exp_of_one, 710.0), (exp_of_one, -709.0), (ln_of_one, 0.0), (log10_of_one, -1.0), (ln_of_one, 5e-324)],
)
def test_beyond_what_they_are_defined_for_they_do_not_know(one: Callable[..., float], x: float) -> None:
    assert np.isnan(one(x, KNOWN))
