"""The workbooks as definitions, the lecture's own and ours: a name, what it shows, and the function that builds it."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sheetsim.workbook import Workbook

#: Mirrors of the lecture's files, cell by cell.
LECTURE = {
    "graddesc": "five optimizers fit a line, a row for each step: basic, momentum, rmsprop, adam, adam_ann",
    "collab_filter": "movie ratings as dot products of embeddings, without and with biases; an embedding of words",
    "entropy_example": "softmax beside the binary activation, and cross-entropy written in three ways",
}

#: What the lecture explains and its files leave out; in its order.
OURS = {
    "weight_decay": "one pull on the weights, in the loss or in the update: the same for plain descent, not for Adam",
    "losses": "cross-entropy and its misuse, several labels at once, the squared error within a range; with gradients",
    "collab_sigmoid": "collab_filter's dotprod and bias with a sigmoid, which the lecture suggests and does not show",
    "collab_sgd": "collab_filter's ratings fitted by gradient descent on the embeddings, a rating a row",
    "tiny_nn": "a network of three hidden units: forward, backward, update; rates by layer; its boundary as shades",
    "ideas": "latent factors by hand, embedding sizes, mini-batches, running averages, one cycle, overfitting",
}

#: Heading → its workbooks: name → a line. As they are listed.
GROUPS = {"the lecture's own": LECTURE, "ours": OURS}

DESCRIPTIONS = {name: line for group in GROUPS.values() for name, line in group.items()}

#: Workbook → the file of one's own that it can be built from (``own_data.py``).
TAKES = {"graddesc": "points", "collab_filter": "ratings", "collab_sigmoid": "ratings", "collab_sgd": "ratings"}


def _builder(name: str) -> Callable[..., Workbook]:
    """The workbook's ``build``, imported only when it is called, so that listing the names costs nothing."""

    def build(**data: Any) -> Workbook:
        book: Workbook = import_module(f"workbooks.{name}").build(**data)
        return book

    return build


WORKBOOKS: dict[str, Callable[..., Workbook]] = {name: _builder(name) for name in DESCRIPTIONS}
