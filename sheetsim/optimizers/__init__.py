"""The lecture's optimizers: as ``torch.optim`` classes, and as pure steps on numbers. All of them are had from here.

>>> from sheetsim.optimizers import AdamState, adam
>>> adam(8.0, AdamState(0.0, 0.0), lr=0.5, beta1=0.75, beta2=0.75)
(0.25, AdamState(step=2.0, mean_square=16.0))

The classes need the extra ``torch``, which is imported when the first of them is asked for:

>>> import torch
>>> from sheetsim.optimizers import Adam
>>> weight = torch.nn.Parameter(torch.tensor([3.0]))
>>> Adam([weight], lr=0.25).param_groups[0]["beta2"]
0.9
"""

from typing import TYPE_CHECKING, Any

from sheetsim.optimizers.steps import (
    AdamState,
    Annealed,
    MomentumState,
    NoState,
    RMSPropState,
    adam,
    anneal,
    momentum,
    rmsprop,
    sgd,
)
from sheetsim.support.extras import need

if TYPE_CHECKING:
    from sheetsim.optimizers.torch_classes import SGD, Adam, AnnealedAdam, Momentum, RMSProp

CLASSES = ("SGD", "Adam", "AnnealedAdam", "Momentum", "RMSProp")

__all__ = [
    "SGD",
    "Adam",
    "AdamState",
    "Annealed",
    "AnnealedAdam",
    "Momentum",
    "MomentumState",
    "NoState",
    "RMSProp",
    "RMSPropState",
    "adam",
    "anneal",
    "momentum",
    "rmsprop",
    "sgd",
]


if not TYPE_CHECKING:  # a type checker knows the names above, and that there are no others

    def __getattr__(name: str) -> Any:
        if name not in CLASSES:
            raise AttributeError(f"module 'sheetsim.optimizers' has no attribute {name!r}")
        need("torch", "torch", f"sheetsim.optimizers.{name}")
        from sheetsim.optimizers import torch_classes

        return globals().setdefault(name, getattr(torch_classes, name))


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
