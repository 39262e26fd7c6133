"""The table of a comparison: a DataFrame that a notebook shows as a person reads it."""

from __future__ import annotations

import pandas as pd

from sheetsim.outside import Drawn


class Comparison(Drawn, pd.DataFrame):  # type: ignore[misc]
    """A line for each optimizer and epoch, as ``comparing.py`` makes it. What pandas makes of it, a part or a sum, is a
    plain DataFrame again.

    >>> Comparison({"optimizer": ["adam"], "epoch": [0], "b": [1.0], "a": [1.0], "error": [44.2]}).b.tolist()
    [1.0]
    """
