"""An optimizer put into the state in which a sheet starts: which of its states is which average, and how it begins.

An optimizer makes its states when they are first needed, each in a way of its own. So it is tried out: one step is
taken, while it is noted which states it keeps for a parameter, and from what each of them starts. A state is known by
its name, or by how it answers to two gradients, 3 and -3: an average of squares comes out the same for both, an average
of the gradients does not.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from copy import deepcopy
from typing import Any

import torch
from torch import Tensor

from sheetsim.errors import InputError
from sheetsim.testing.optimizers.rows import MEAN, SQUARE, State

Make = Callable[[Tensor], torch.optim.Optimizer]

NAMES = {
    MEAN: "exp_avg momentum_buffer step m momentum velocity avg grad_avg moment1 first_moment average".split(),
    SQUARE: "exp_avg_sq square_avg mean_square v sq sqr_avg second_moment moment2 variance mean_squares".split(),
}
TRIED = (3.0, -3.0)


class _Noted(dict):
    """A parameter's states, and the value that each has when it is first set or asked for."""

    def __init__(self, *items: Any):
        super().__init__()
        self.first: dict[str, Any] = {}
        self.update(*items)

    def __setitem__(self, key: str, value: Any) -> None:
        self._note(key, value)
        super().__setitem__(key, value)

    def get(self, key: str, default: Any = None) -> Any:
        """As a dictionary's; a default is what a state starts from."""
        if key not in self and default is not None:
            self._note(key, default)
        return super().get(key, default)

    def setdefault(self, key: str, default: Any = None) -> Any:
        """As a dictionary's, noted likewise."""
        self._note(key, default)
        return super().setdefault(key, default)

    def update(self, *items: Any, **named: Any) -> None:
        """As a dictionary's, one after the other."""
        for key, value in dict(*items, **named).items():
            self[key] = value

    def __ior__(self, other: Any) -> _Noted:  # type: ignore[override,misc]
        self.update(other)
        return self

    def _note(self, key: str, value: Any) -> None:
        if key not in self and key not in self.first:
            self.first[key] = _copy(value)


class _NotedStates(defaultdict):
    """An optimizer's ``state``: parameter → its states, noted."""

    def __init__(self) -> None:
        super().__init__(_Noted)

    def __setitem__(self, parameter: Any, states: Any) -> None:
        noted = states if isinstance(states, _Noted) or not isinstance(states, dict) else _Noted(states)
        super().__setitem__(parameter, noted)


def _copy(value: Any) -> Any:
    return value.detach().clone() if isinstance(value, Tensor) else deepcopy(value)


class Start:
    """How an optimizer is started where a sheet starts. ``keys`` maps the sheet's averages to its states; ``weights``
    has the elements b and a, of shape (2,)."""

    def __init__(
        self, make: Make, name: str, averages: Mapping[State, Any], states: Mapping[str, str], weights: Tensor
    ):
        self.make, self.name, self.weights = make, name, weights
        self.averages = averages  # each with what it starts from, tensors of shape (2,)
        self.first, after = self._tried()
        kept = {key: value for key, value in after.items() if _is_like(value, weights)}
        self.keys = self._keys(states, kept)
        missing = [state for state in averages if state not in self.keys]
        for state in missing:
            if averages[state].any():
                raise InputError(self._lacks(state, after))
        self.after = after

    def _tried(self) -> tuple[dict[str, Any], dict[str, Any]]:
        """The states after a step, and what each started from."""
        parameter = torch.nn.Parameter(torch.zeros_like(self.weights))
        optimizer = self.make(parameter)
        optimizer.state = _NotedStates()
        _step(optimizer, parameter, torch.tensor(TRIED).to(self.weights), self.name)
        states = optimizer.state[parameter]
        return (states.first, dict(states)) if isinstance(states, _Noted) else ({}, {})

    def _keys(self, states: Mapping[str, str], kept: Mapping[str, Tensor]) -> dict[State, str]:
        found: dict[State, str] = {}
        for key, word in states.items():
            state = next((each for each in self.averages if _short(str(word)) in map(_short, each.words)), None)
            if state is None:
                words = ", ".join(" and ".join(each.words) for each in self.averages) or "no averages"
                raise InputError(f"states: the sheet calls nothing {word!r}; it has {words}")
            if key not in kept:
                raise InputError(f"states: {self.name} keeps no {key!r} for a parameter; {_listed(kept)}")
            found[state] = key
        for state in self.averages:
            if state not in found:
                free = [key for key in kept if key not in found.values()]
                named = [key for key in NAMES[state.kind] if key in free]
                alike = [key for key in free if _kind(kept[key]) == state.kind]
                found.update((state, key) for key in [*named, *alike][:1])
        free = [key for key in kept if key not in found.values()]
        left = [state for state in self.averages if state not in found]
        if len(free) == len(left) == 1:  # whatever a mistake has made of it
            found[left[0]] = free[0]
        return found

    def _lacks(self, state: State, after: Mapping[str, Any]) -> str:
        words = " and ".join(state.words)
        return (
            f"{self.name} cannot start where the sheet does: none of its states is {words}; {_listed(after)}. Say which"
            f" is, states={{'its name': {state.words[0]!r}}}, or have the sheet start from 0: settings= its cells"
        )

    def begun(self) -> tuple[torch.optim.Optimizer, torch.nn.Parameter]:
        """An optimizer and its parameter, as the sheet starts."""
        parameter = torch.nn.Parameter(self.weights.clone())
        optimizer = self.make(parameter)
        own = {state: self.first.get(key) for state, key in self.keys.items()}
        if any(not _equal(own[state], self.averages[state]) for state in self.keys):
            optimizer.state[parameter].update(self._loaded())
        return optimizer, parameter

    def _loaded(self) -> dict[str, Any]:
        """Every state as it starts: the averages as on the sheet, the others as the optimizer starts them."""
        loaded = {key: _copy(value) for key, value in self.first.items()}
        loaded |= {key: self.averages[state].clone() for state, key in self.keys.items()}
        others = [key for key in loaded if key not in self.keys.values()]
        parameter = torch.nn.Parameter(torch.zeros_like(self.weights))
        again = self.make(parameter)
        again.state[parameter].update({key: _copy(value) for key, value in loaded.items()})
        _step(again, parameter, torch.tensor(TRIED).to(self.weights), self.name)
        for key in others:  # one that counts from what it is first set to was a step ahead
            now, before = again.state[parameter].get(key), self.after[key]
            if isinstance(before, int | float | Tensor) and not isinstance(before, bool) and not _equal(now, before):
                loaded[key] = loaded[key] - (now - before)
        return loaded

    def value(self, optimizer: torch.optim.Optimizer, parameter: Tensor, state: State) -> list[float]:
        """What one of the states is now, of b and of a."""
        kept = optimizer.state[parameter].get(self.keys[state])
        return kept.detach().tolist() if _is_like(kept, parameter) else [float("nan")] * 2


def step(optimizer: torch.optim.Optimizer, parameter: Tensor, gradient: Tensor, name: str) -> None:
    """One step on a gradient of shape (2,). Raises InputError for an optimizer that cannot take it."""
    _step(optimizer, parameter, gradient, name)


def _step(optimizer: torch.optim.Optimizer, parameter: Tensor, gradient: Tensor, name: str) -> None:
    optimizer.zero_grad()
    parameter.grad = gradient.clone()
    try:
        optimizer.step()
    except Exception as error:
        raise InputError(f"{name} takes no step: {type(error).__name__}: {' '.join(str(error).split())}") from error


def _short(words: str) -> str:
    """A sheet's words for an average, which stand in full or short on it."""
    return words.strip().replace("average ", "avg ")


def _is_like(value: Any, parameter: Tensor) -> bool:
    return isinstance(value, Tensor) and value.shape == parameter.shape and value.is_floating_point()


def _kind(value: Tensor) -> str:
    """By what came of gradients that differ in their sign alone."""
    return SQUARE if torch.allclose(value[0], value[1], rtol=1e-4) else MEAN


def _equal(one: Any, other: Any) -> bool:
    """Of numbers and tensors; a number is a tensor all of whose elements are it."""
    if not isinstance(one, int | float | Tensor) or not isinstance(other, int | float | Tensor):
        return bool(one is other)
    return bool((torch.as_tensor(one) == torch.as_tensor(other)).all())


def _listed(states: Mapping[str, Any]) -> str:
    return f"it keeps {', '.join(map(repr, states))}" if states else "it keeps nothing in optimizer.state"
