"""Optimizers as a person writes them, by the book; each line in which it is easy to be wrong is a switch."""

from __future__ import annotations

from typing import Any

import torch
from torch.optim import Optimizer


class OwnAdam(Optimizer):
    """Adam (Kingma and Ba, 2015), right as it stands. ``wrong`` switches on one mistake."""

    wrong = ""

    def __init__(self, params: Any, lr: float, betas: Any = (0.9, 0.999), eps: float = 1e-8, weight_decay: float = 0.0):
        super().__init__(params, {"lr": lr, "betas": betas, "eps": eps, "weight_decay": weight_decay})

    @torch.no_grad()
    def step(self, closure: Any = None) -> None:  # type: ignore[override]
        for group in self.param_groups:
            beta1, beta2 = group["betas"]
            if self.wrong == "betas swapped":
                beta1, beta2 = beta2, beta1
            for p in group["params"]:
                state = self.state[p]
                if not state:
                    state.update(t=0, m=torch.zeros_like(p), v=torch.zeros_like(p))
                state["t"] += 1
                gradient = p.grad
                if self.wrong == "decay in the update":
                    p.mul_(1 - group["lr"] * group["weight_decay"])
                elif self.wrong != "no decay":
                    gradient = gradient + group["weight_decay"] * p
                state["m"].mul_(beta1).add_(gradient, alpha=1 if self.wrong == "not averaged" else 1 - beta1)
                square = gradient if self.wrong == "not squared" else gradient**2
                state["v"].mul_(beta2).add_(square, alpha=1 - beta2)
                first, second = 1 - beta1 ** state["t"], 1 - beta2 ** state["t"]
                if self.wrong == "no correction":
                    first = second = 1
                if self.wrong == "squares not corrected":
                    second = 1
                if self.wrong == "eps in the root":
                    divisor = (state["v"] / second + group["eps"]).sqrt()
                elif self.wrong == "eps before the correction":
                    divisor = (state["v"].sqrt() + group["eps"]) / second**0.5
                elif self.wrong == "no root":
                    divisor = state["v"] / second + group["eps"]
                else:
                    divisor = (state["v"] / second).sqrt() + group["eps"]
                sign = 1 if self.wrong == "uphill" else -1
                p.add_(sign * group["lr"] * (state["m"] / first) / divisor)
                if self.wrong == "late" and state["t"] == 20:
                    p.mul_(1 + 1e-9)


def wrong(mistake: str) -> type[OwnAdam]:
    """The class with a mistake."""
    return type("OwnAdam", (OwnAdam,), {"wrong": mistake})


class Averaged(Optimizer):
    """The lecture's momentum, its average kept in the way of ``keeping``: all of them are met in practice."""

    keeping = "at first need"

    def __init__(self, params: Any, lr: float, beta: float):
        super().__init__(params, {"lr": lr, "beta": beta})
        self.kept: dict[Any, Any] = {}
        self.steps = 0

    @torch.no_grad()
    def step(self, closure: Any = None) -> None:  # type: ignore[override]
        self.steps += 1
        for group in self.param_groups:
            for p in group["params"]:
                lr, beta, state = group["lr"], group["beta"], self.state[p]
                if self.keeping == "at first need":
                    if len(state) == 0:
                        state["momentum_buffer"] = torch.zeros_like(p)
                    average = state["momentum_buffer"].mul_(beta).add_(p.grad, alpha=1 - beta)
                elif self.keeping == "set anew":
                    average = state["anything"] = beta * state.get("anything", 0.0) + (1 - beta) * p.grad
                elif self.keeping == "with a count from 1":
                    state["t"] = state["t"] + 1 if "t" in state else 1
                    average = beta * state.setdefault("u", torch.zeros_like(p)) + (1 - beta) * p.grad
                    state["u"] = average
                    lr *= 1 if state["t"] == self.steps else 2  # a wrong count shows
                elif self.keeping == "with a count by get":
                    state |= {"n": state.get("n", 0) + 1, "u": beta * state.get("u", 0) + (1 - beta) * p.grad}
                    average = state["u"]
                    lr *= 1 if state["n"] == self.steps else 2
                elif self.keeping == "as a whole":
                    before = state.get("u", torch.zeros_like(p))
                    average = beta * before + (1 - beta) * p.grad
                    self.state[p] = {"u": average}
                else:  # outside of optimizer.state
                    average = self.kept[p] = beta * self.kept.get(p, 0.0) + (1 - beta) * p.grad
                p.sub_(average, alpha=lr)


def averaged(keeping: str) -> type[Averaged]:
    """The class that keeps its average so."""
    return type("Averaged", (Averaged,), {"keeping": keeping})
