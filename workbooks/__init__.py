"""The lecture's workbooks as definitions: a name, what it shows, and the function that builds it."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sheetsim.workbook import Workbook

DESCRIPTIONS = {
    "graddesc": "five optimizers fit a line, a row for each step: basic, momentum, rmsprop, adam, adam_ann",
    "collab_filter": "movie ratings as dot products of embeddings, without and with biases; an embedding of words",
    "collab_sigmoid": "collab_filter's dotprod and bias with a sigmoid, which the lecture suggests and does not show",
    "entropy_example": "softmax beside the binary activation, and cross-entropy written in three ways",
}


def _builder(name: str) -> Callable[..., Workbook]:
    """The workbook's ``build``, imported only when it is called, so that listing the names costs nothing."""

    def build(**data: Any) -> Workbook:
        book: Workbook = import_module(f"workbooks.{name}").build(**data)
        return book

    return build


WORKBOOKS: dict[str, Callable[..., Workbook]] = {name: _builder(name) for name in DESCRIPTIONS}
