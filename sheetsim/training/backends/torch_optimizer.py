"""The optimizers of ``optimizer.py`` as steps on flat PyTorch tensors, all in place, on any device; held to the same
formulas by the same test.

A step's numbers come as tensors without dimensions. So a GPU need not be told them by the processor: a CUDA graph that
was recorded once finds those of each step where they lie.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import torch
from torch import Tensor

from sheetsim.training.backends.optimizer import BETA2, StepNumbers


def adam(w: Tensor, g: Tensor, m: Tensor, v: Tensor, now: StepNumbers[Tensor]) -> None:
    """Adam (``optimizer.adam``): 1-D tensors of one length, ``w``, ``m`` and ``v`` changed in place."""
    w.mul_(now.keep)
    m.lerp_(g, now.share)
    v.mul_(BETA2).addcmul_(g, g, value=1 - BETA2)
    w.addcdiv_(m, torch.addcmul(now.floor, v.sqrt(), now.stretch), value=-1)


def momentum(w: Tensor, g: Tensor, m: Tensor, v: Tensor, now: StepNumbers[Tensor]) -> None:
    """Momentum without dampening (``optimizer.momentum``)."""
    w.mul_(now.keep)
    m.mul_(now.momentum).add_(g)
    w.addcmul_(m, now.rate, value=-1)


def rmsprop(w: Tensor, g: Tensor, m: Tensor, v: Tensor, now: StepNumbers[Tensor]) -> None:
    """RMSprop with momentum (``optimizer.rmsprop``)."""
    w.mul_(now.keep)
    v.mul_(BETA2).addcmul_(g, g, value=1 - BETA2)
    m.mul_(now.momentum).addcdiv_(g, v.sqrt().add_(now.epsilon))
    w.addcmul_(m, now.rate, value=-1)


def update(w: Tensor, g: Tensor, m: Tensor, v: Tensor, now: StepNumbers[Tensor]) -> None:
    """Plain descent (``optimizer.update``)."""
    w.addcmul_(g, now.rate, value=-1)


def fresh_adam(w: Tensor, g: Tensor, m: Tensor, v: Tensor, now: StepNumbers[Tensor]) -> None:
    """Adam's first step each time (``optimizer.fresh_adam``)."""
    w.mul_(now.keep)
    w.addcmul_(g / g.abs().add_(now.epsilon), now.rate, value=-1)


UpdateRule = Callable[[Tensor, Tensor, Tensor, Tensor, StepNumbers[Tensor]], None]

UPDATE_RULES: dict[str, UpdateRule] = {
    "adam": adam,
    "adam-l2": adam,
    "sgd": momentum,
    "momentum": momentum,
    "rmsprop": rmsprop,
    "update": update,
    "fresh-adam": fresh_adam,
}


#: A step so late that the corrections for the start, which the kernel would make, are 1: ours are in the numbers.
LATE = torch.tensor(torch.inf)


def fused_adam(w: Tensor, g: Tensor, m: Tensor, v: Tensor, now: StepNumbers[float]) -> None:
    """Adam in one pass over the tensors, by PyTorch's own kernel: on a CPU twice as fast as ``adam``.

    ``torch.optim.AdamW(fused=True)`` calls the same kernel, but for so small a model its bookkeeping takes longer.
    """
    torch._fused_adamw_(
        [w],
        [g],
        [m],
        [v],
        [],
        [LATE],
        lr=1 / now.stretch,
        beta1=now.momentum,
        beta2=BETA2,
        weight_decay=(1 - now.keep) * now.stretch,  # the kernel shrinks the weights by lr · this
        eps=now.floor / now.stretch,
        amsgrad=False,
        maximize=False,
    )


def steps_of(numbers: StepNumbers[np.ndarray], like: Tensor) -> list[StepNumbers[Tensor]]:
    """Arrays of shape (steps,) → the numbers of one step after the other, each a tensor without dimensions, of the same
    dtype and device as ``like``."""
    table = torch.from_numpy(np.stack(numbers, axis=1)).to(like)
    return [StepNumbers(*row.unbind()) for row in table]
