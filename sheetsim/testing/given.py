"""What a test holds against a sheet: tensors, arrays, frames, lists, single values, as two arrays like a sheet's own.

``num`` and ``kind`` are those of ``model/values.py``, but that a number here may be NaN or infinite.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np

from sheetsim.errors import InputError
from sheetsim.model.values import BLANK, LOGICAL, NUMBER, encode

#: Numbers of a test may differ from the sheet's by this part of their size, where nothing else is asked for: what is
#: left of a few hundred operations in each precision. (Excel rounds products in its own way.)
NEAR = {"float64": 1e-12, "float32": 1e-5, "float16": 1e-2, "bfloat16": 5e-2}


@dataclass
class Given:
    """Values of shape (rows, columns), or (n,) where they came without one of these, or () for a single one.

    ``precision`` is the coarsest among them, ``headings`` those of a frame. ``nan_is_blank`` says that pandas made
    them: it has NaN for an empty cell.
    """

    num: np.ndarray
    kind: np.ndarray
    precision: str = "float64"
    headings: list[Any] | None = None
    nan_is_blank: bool = False

    @property
    def shape(self) -> tuple[int, ...]:
        """Its shape, as it was given."""
        return self.num.shape


def given(what: Any) -> Given:
    """Takes in whatever a test computes. Raises InputError for what no sheet can hold.

    >>> given([[1, "a"], [None, True]]).kind.tolist()
    [[1, 2], [0, 3]]
    """
    if _is_torch(what):
        return _of_array(*_from_torch(what))
    if _is_pandas(what):
        frame = what.ndim == 2
        values = what.to_numpy()
        found = _of_array(values, str(values.dtype))
        found.headings, found.nan_is_blank = (list(what.columns) if frame else None), True
        return found
    if isinstance(what, list | tuple | str | bool | int | float | date) or what is None:
        return _of_values(what)
    if isinstance(what, np.ma.MaskedArray):
        return _of_values(what.tolist())  # what is masked is an empty cell
    array = np.asarray(what)
    return _of_array(array, str(array.dtype))


def _is_torch(what: Any) -> bool:
    torch = sys.modules.get("torch")  # who holds a tensor has imported it
    return torch is not None and isinstance(what, torch.Tensor)


def _is_pandas(what: Any) -> bool:
    pandas = sys.modules.get("pandas")
    return pandas is not None and isinstance(what, pandas.DataFrame | pandas.Series)


def _from_torch(tensor: Any) -> tuple[np.ndarray, str]:
    """A tensor of any device, with or without a gradient, and its precision."""
    found = tensor.detach()
    found = found.to_dense() if found.is_sparse else found
    kind = str(found.dtype).removeprefix("torch.")
    if found.is_meta:
        raise InputError("a tensor on the device meta holds no numbers")
    return (found.float() if kind == "bfloat16" else found).cpu().numpy(), kind


def _of_array(array: np.ndarray, precision: str) -> Given:
    """An array of numbers or of logicals; of dates, texts and other values one by one."""
    if array.dtype.kind in "OSUM":
        return _of_values((array.astype("M8[us]") if array.dtype.kind == "M" else array).tolist())
    if array.dtype.kind not in "fiub":
        raise InputError(f"a sheet holds no numbers of the type {precision}")
    kind = np.full(array.shape, LOGICAL if array.dtype.kind == "b" else NUMBER, np.uint8)
    return Given(np.asarray(array, np.float64), kind, precision if precision in NEAR else "float64")


def _of_values(values: Any) -> Given:
    """A single value, a list, or a list of rows, which may be tensors or arrays themselves."""
    precisions: list[str] = []
    plain = _plain(values, precisions)
    rows = plain if isinstance(plain, list) else [plain]
    nested = [isinstance(row, list) for row in rows]
    if any(nested) and not (all(nested) and len({len(row) for row in rows}) == 1):
        raise InputError("these are no rows of the same length")
    shape = () if not isinstance(plain, list) else (len(rows), len(rows[0])) if any(nested) else (len(rows),)
    cells = [_cell(value) for row in rows for value in (row if isinstance(row, list) else [row])]
    num = np.array([cell[0] for cell in cells], np.float64).reshape(shape)
    kind = np.array([cell[1] for cell in cells], np.uint8).reshape(shape)
    return Given(num, kind, max(precisions, key=lambda name: NEAR[name], default="float64"))


def _plain(value: Any, precisions: list[str]) -> Any:
    """Lists all the way down; of tensors and arrays among them the precision is noted."""
    if isinstance(value, list | tuple):
        return [_plain(each, precisions) for each in value]
    if _is_torch(value):
        value, precision = _from_torch(value)
        precisions.extend([precision] if precision in NEAR else [])
    elif isinstance(value, np.ndarray | np.generic) and str(value.dtype) in NEAR:
        precisions.append(str(value.dtype))
    return value.tolist() if isinstance(value, np.ndarray | np.generic) else value


def _cell(value: Any) -> tuple[float, int]:
    if isinstance(value, list):
        raise InputError("a sheet has rows and columns, and no third direction")
    if type(value).__name__ in ("NAType", "NaTType"):
        return 0.0, BLANK
    try:
        if isinstance(value, int | float) and not isinstance(value, bool):
            return float(value), NUMBER  # as it is: a cell would hold an error in place of NaN
        return encode(value)
    except (TypeError, OverflowError) as error:
        raise InputError(str(error)) from None
