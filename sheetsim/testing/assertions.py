"""The assertions for tests; each raises ``Mismatch``, an AssertionError whose message names the cells."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from types import NoneType
from typing import Any

from sheetsim.errors import InputError, SheetsimError
from sheetsim.model.sheet import Book, Sheet
from sheetsim.support.extras import need
from sheetsim.testing.matching import Where, match
from sheetsim.testing.mismatch import Mismatch
from sheetsim.testing.nearness import Nearness
from sheetsim.testing.workbook_check import check_workbook

__all__ = ["Mismatch", "assert_matches", "assert_optimizer_matches", "assert_workbook"]


def assert_matches(
    book: str | Path | Book | Sheet,
    where: Where,
    got: Any = None,
    *,
    rtol: float | None = None,
    ulps: int | None = None,
    atol: float = 0.0,
    equal_nan: bool = False,
) -> None:
    """Asserts that cells of a sheet hold what a test has computed.

    ``book`` is a workbook, its name, the path of an ``.xlsx``, or a sheet; ``where`` the cells, ``"adam!E5:E10"`` or a
    name, ``"adam!lr"``. ``got`` is a torch tensor (of any device, with or without a gradient), a NumPy array, a
    DataFrame or Series, a list or list of rows, a single value, or another workbook whose same cells are meant. Its
    shape is that of the cells; a single column or row may be given without the other direction, and a frame may bring
    the headings as the first row of the cells. Where ``where`` is a dictionary, of cells → values, all of these are
    compared, and a difference is traced back through the formulas to the first of the cells given that differs.

    Numbers match if they differ by no more than ``atol + rtol · max(|expected|, |got|)``, or by no more than ``ulps``
    doubles (floats, for a float32 tensor). Where neither is given, rtol is 1e-12, 1e-5 for float32, 1e-2 for float16,
    0.05 for bfloat16. Texts, logicals and empty cells match themselves; an error of the sheet matches NaN only with
    ``equal_nan``.

    Raises Mismatch; InputError for cells that are not there and values that no sheet can hold.

    >>> assert_matches("graddesc", "adam!A4:B5", [[14, 58], [86, 202]])
    >>> assert_matches("graddesc", "adam!E4:E5", [56.9, 194.457890948588], rtol=1e-9)
    Traceback (most recent call last):
    sheetsim.testing.Mismatch: adam!E4:E5 of graddesc: 1 of 2 cells differ by more than 1e-09 of their size
      cell     called  formula    expected           got   relative  ulps
      adam!E4  pred    =C4+D4*A4  56.95103724635253  56.9  0.0009    7.2e+12
    """
    __tracebackhide__ = True
    try:
        match(book, where, got, Nearness(rtol, ulps, atol, equal_nan))
    except (Mismatch, SheetsimError) as failed:
        raise failed.with_traceback(None) from None  # the line of the test is what there is to see


def assert_optimizer_matches(
    optimizer: Callable[..., Any],
    sheet: str | Sheet = "adam",
    *,
    book: str | Path | Book | None = None,
    settings: Mapping[str, float] | None = None,
    states: Mapping[str, str] | None = None,
    rtol: float | None = None,
    ulps: int | None = None,
    atol: float = 0.0,
    dtype: Any = None,
    device: Any = "cpu",
    **keywords: Any,
) -> None:
    """Asserts that a ``torch.optim`` optimizer goes the way of a sheet, row by row.

    ``optimizer`` is a class, or anything that makes an optimizer of ``[parameter]``. It starts from the weights and
    averages that the sheet starts from, is given the sheet's gradients a row at a time, and after each step its weights
    and averages are held against the row. A failure names the row and the state, in the sheet's words, in which the two
    first part.

    ``sheet`` is one of the optimizers' sheets: basic, momentum, rmsprop, adam, adam_ann of graddesc, sgd_l2, sgd_decay,
    adam_l2, adam_decay of weight_decay, or one of ``book`` whose columns are headed likewise. Of the sheet's settings
    (lr, beta, betas, alpha, momentum, dampening, eps, weight_decay …) the optimizer gets those that it takes;
    ``keywords`` go before them. ``settings`` puts other numbers into the sheet, ``{"lr": 0.5}``. ``states`` says which
    of the optimizer's states is which average, ``{"velocity": "average de/db"}``, where that cannot be told. The
    parameter has the elements b and a, in ``dtype`` (float64) on ``device``.

    Raises Mismatch; InputError for a sheet that is no optimizer's and an optimizer that cannot be made or started.

    >>> import torch
    >>> from sheetsim.optimizers import torch_classes
    >>> assert_optimizer_matches(torch_classes.Adam, "adam")
    >>> assert_optimizer_matches(torch.optim.SGD, "momentum")
    """
    __tracebackhide__ = True
    need("torch", "torch", "assert_optimizer_matches")
    from sheetsim.testing.optimizers.along import follow  # here, to keep torch out of all else

    try:
        near = Nearness(rtol, ulps, atol)
        for name, given in {"settings": settings, "states": states}.items():
            if not isinstance(given, Mapping | NoneType):
                raise InputError(f"{name} are a dictionary, not a {type(given).__name__}")
        follow(optimizer, sheet, book, settings or {}, states or {}, near, dtype, device, keywords)
    except (Mismatch, SheetsimError) as failed:
        raise failed.with_traceback(None) from failed.__cause__  # a mistake in the optimizer's own code


def assert_workbook(
    original: str | Path | Book, book: str | Path | Book | None = None, *, tolerance: float = 0.0
) -> None:
    """Asserts that a workbook holds what ``book`` computes: ``sheetsim check`` as an assertion.

    Without ``book`` the definition of the file's name is taken; where there is none, the recalculation of its own
    formulas. Values are compared by bits, or with a ``tolerance`` relative to their size, formulas by meaning. A cell
    that cannot be checked fails, too. Raises Mismatch; InputError for a file that cannot be used.

    >>> import sheetsim
    >>> book = sheetsim.build("entropy_example")
    >>> assert_workbook(book)
    >>> book["entropy"]["C2"] = 0.25
    >>> assert_workbook(book, "entropy_example")  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    sheetsim.testing.Mismatch: entropy_example against the workbook entropy_example: 3 differences, ...
      entropy!C2  value: expected 0.25, got 0.5, relative difference 0.5
      ...
    """
    __tracebackhide__ = True
    try:
        check_workbook(original, book, tolerance)
    except (Mismatch, SheetsimError) as failed:
        raise failed.with_traceback(None) from None
