"""The sheets' optimizers for PyTorch: ``torch.optim.Optimizer`` classes that take the pure steps of ``steps.py``.

A row of a sheet is a call of ``step``. Parameter groups, ``state_dict`` and float32 work as in PyTorch's own; what
differs from them is in the table of ``steps.py``.

>>> import torch
>>> weight = torch.nn.Parameter(torch.tensor([1.0], dtype=torch.float64))
>>> optimizer = Momentum([weight], lr=0.5, beta=0.75)
>>> loss = 5 * weight.square().sum()
>>> loss.backward()
>>> optimizer.step()
>>> weight.item()
-0.25
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch.optim import Optimizer
from torch.optim.optimizer import ParamsT

from sheetsim.errors import InputError
from sheetsim.optimizers import steps as optimizers
from sheetsim.optimizers.steps import RESET, AdamState, Annealed, MomentumState, NoState, RMSPropState, check

Closure = Callable[[], float]
State = NoState | MomentumState | RMSPropState | AdamState
PureStep = Callable[..., tuple[Any, Any]]  # a pure step: (gradient, state, lr=…, …) → (update, state)


class SGD(Optimizer):
    """The sheet ``basic``: w ← w − lr·g. Raises InputError for an ``lr`` below 0 or not finite, as all of these do.

    >>> w = torch.nn.Parameter(torch.tensor([3.0]))
    >>> optimizer = SGD([w], lr=0.25)
    >>> w.square().sum().backward()
    >>> optimizer.step()
    >>> w.item()
    1.5
    """

    def __init__(self, params: ParamsT, lr: float):
        check(lr)
        super().__init__(params, {"lr": lr})

    def step(self, closure: Closure | None = None) -> float | None:  # type: ignore[override]
        """A row of the sheet for every parameter."""
        return _step(self, closure, optimizers.sgd, lambda group: NoState())


class Momentum(Optimizer):
    """The sheet ``momentum``; the averages start at 0. An example is at the head of this module."""

    def __init__(self, params: ParamsT, lr: float, beta: float = 0.9):
        check(lr, beta)
        super().__init__(params, {"lr": lr, "beta": beta})

    def step(self, closure: Closure | None = None) -> float | None:  # type: ignore[override]
        """A row of the sheet for every parameter."""
        return _step(self, closure, optimizers.momentum, lambda group: MomentumState(0.0), "beta")


class RMSProp(Optimizer):
    """The sheet ``rmsprop``; the mean squares start at ``start``, above 0, because the first step divides by them.

    >>> w = torch.nn.Parameter(torch.tensor([3.0]))
    >>> optimizer = RMSProp([w], lr=0.25, start=4.0)  # 4: the first gradient is divided by 2
    >>> w.square().sum().backward()
    >>> optimizer.step()
    >>> w.item()
    2.25
    """

    def __init__(self, params: ParamsT, lr: float, beta: float = 0.9, start: float = RESET):
        check(lr, beta)
        if not start > 0:
            raise InputError(f"RMSProp divides by the mean square before it: start must be above 0, not {start}")
        super().__init__(params, {"lr": lr, "beta": beta, "start": start})

    def step(self, closure: Closure | None = None) -> float | None:  # type: ignore[override]
        """A row of the sheet for every parameter."""
        return _step(self, closure, optimizers.rmsprop, lambda group: RMSPropState(group["start"]), "beta")


class Adam(Optimizer):
    """The sheet ``adam``; the mean squares start at ``start``. With ``start=0`` a gradient that is 0 from the first
    step on gives weights that are not numbers, for there is no eps.

    >>> w = torch.nn.Parameter(torch.tensor([3.0]))
    >>> optimizer = Adam([w], lr=0.25, beta1=0.5, beta2=0.75, start=0.0)
    >>> w.square().sum().backward()
    >>> optimizer.step()  # the averages: 6/2 and 36/4
    >>> w.item()
    2.75
    """

    def __init__(self, params: ParamsT, lr: float, beta1: float = 0.9, beta2: float = 0.9, start: float = RESET):
        check(lr, beta1, beta2)
        if not start >= 0:
            raise InputError(f"Adam's mean square cannot start below 0, at {start}")
        super().__init__(params, {"lr": lr, "beta1": beta1, "beta2": beta2, "start": start})

    def step(self, closure: Closure | None = None) -> float | None:  # type: ignore[override]
        """A row of the sheet for every parameter."""
        return _step(self, closure, optimizers.adam, lambda group: AdamState(0.0, group["start"]), "beta1", "beta2")


class AnnealedAdam(Adam):
    """The sheet ``adam_ann``: Adam, and ``anneal()`` to be called after each epoch.

    ``smallest`` is the smallest size of the gradients so far: at the start, any size will be smaller.

    >>> w = torch.nn.Parameter(torch.tensor([3.0]))
    >>> optimizer = AnnealedAdam([w], lr=0.25, beta2=0.75, start=0.0, smallest=1.0)
    >>> w.square().sum().backward()
    >>> optimizer.step()  # the root of the mean square is now 3, more than twice the smallest
    >>> optimizer.anneal()
    >>> optimizer.param_groups[0]["lr"]
    0.0625
    """

    def __init__(
        self,
        params: ParamsT,
        lr: float,
        beta1: float = 0.9,
        beta2: float = 0.95,
        start: float = RESET,
        smallest: float = float("inf"),
    ):
        if not smallest > 0:
            raise InputError(f"the smallest size of the gradients is above 0, not {smallest}")
        super().__init__(params, lr, beta1, beta2, start)
        self.defaults["smallest"] = smallest
        for group in self.param_groups:
            group.setdefault("smallest", smallest)

    def anneal(self) -> None:
        """Cuts the learning rate of each parameter group whose gradients have grown."""
        for group in self.param_groups:
            squares = [self.state[p]["mean_square"].flatten() for p in group["params"] if self.state.get(p)]
            if squares:
                annealed = optimizers.anneal(torch.cat(squares), Annealed(group["lr"], group["smallest"]))
                group["lr"], group["smallest"] = annealed


def _step(
    optimizer: Optimizer,
    closure: Closure | None,
    pure_step: PureStep,
    above: Callable[[dict[str, Any]], State],
    *betas: str,
) -> float | None:
    """One row for every parameter that has a gradient. ``above`` gives the state before the first row."""
    loss = None
    if closure is not None:
        with torch.enable_grad():
            loss = closure()
    with torch.no_grad():
        for group in optimizer.param_groups:
            settings = {name: group[name] for name in ("lr", *betas)}
            first = above(group)
            for p in group["params"]:
                if p.grad is None:
                    continue
                kept = optimizer.state[p]  # the state by its names, as state_dict wants it
                state = type(first)(**kept) if kept else type(first)(*(torch.full_like(p, x) for x in first))
                update, state = pure_step(p.grad, state, **settings)
                kept.update(state._asdict())
                p -= update
    return loss
