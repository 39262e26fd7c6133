"""The optimizers' formulas, each once, as pure steps: ``(gradient, state, …) → (update, state)``.

A step takes a gradient and the state of the row above, and gives what to subtract from the weights and the row's own
state; nothing is kept elsewhere. Gradient and state may be floats, NumPy arrays or torch tensors of one shape. Left as
they are, the settings are those of ``graddesc``, and a step is a row of its sheet; the arithmetic is that of the
numbers given, so a row agrees with the sheet but for the last digits: Excel rounds products in its own way.

All else that optimizes is held to these by a test: the formulas of the sheets (``test_steps.py``), the
``torch.optim`` classes, which call them (``torch_classes.py``), and the steps of the full training runs, which do the
same in place, for speed (``training/backends/optimizer.py``). Steps and classes are for everybody; those of the
training runs are its own.

What sets the sheets apart from ``torch.optim`` are settings (``test_torch_classes.py`` switches each on and off,
against PyTorch's own):

=============================  ====================================  ==================================================
here                           there                                 the same path if
=============================  ====================================  ==================================================
sgd                            SGD                                   always
momentum                       SGD(momentum=0.9, dampening=0.9)      the first gradient counts ten times here: there it
                                                                     is not dampened
momentum                       SGD(momentum=0.9)                     the rate there is a tenth: its steps add gradients
                                                                     up instead of averaging them
momentum(dampening=0)          SGD(momentum=0.9)                     always
rmsprop(own_row=True, eps=ε)   RMSprop(alpha=0.9, eps=ε)             the mean squares start at 0
adam(t=t, eps=ε)               Adam(betas=(0.9, 0.9), eps=ε)         t is the number of the step, and the averages start
                                                                     at 0
adam(t=t, eps=ε)               AdamW                                 as for Adam, and the weights are shrunk by lr·decay
                                                                     before each step
=============================  ====================================  ==================================================
"""

from __future__ import annotations

from math import isfinite
from typing import Any, NamedTuple

from sheetsim.errors import InputError

Numbers = Any  # a float, a NumPy array or a torch tensor

RESET = 10000.0  # the mean square that Reset starts from


class NoState(NamedTuple):
    """What sgd carries from row to row: nothing."""


class MomentumState(NamedTuple):
    """The averaged gradient: columns J and K."""

    step: Numbers


class RMSPropState(NamedTuple):
    """The mean of the squared gradients: columns J and K."""

    mean_square: Numbers


class AdamState(NamedTuple):
    """Both averages: columns J and K, and L and M."""

    step: Numbers
    mean_square: Numbers


class Annealed(NamedTuple):
    """What adam_ann carries from epoch to epoch: the rate (D2) and the smallest size of the gradients so far (N3)."""

    lr: float
    smallest: float


def sgd(gradient: Numbers, state: NoState, *, lr: float) -> tuple[Numbers, NoState]:
    """The sheet ``basic``: against the gradient."""
    check(lr)
    return gradient * lr, state


def momentum(
    gradient: Numbers, state: MomentumState, *, lr: float, beta: float = 0.9, dampening: float | None = None
) -> tuple[Numbers, MomentumState]:
    """The sheet ``momentum``: against the average of the gradients.

    ``dampening`` is by how much a gradient counts less than fully: as much as makes an average of them (None), or 0,
    and they are added up.

    >>> momentum(10.0, MomentumState(0.0), lr=0.5, beta=0.75)
    (1.25, MomentumState(step=2.5))
    """
    check(lr, beta)
    step = average(state.step, gradient, beta, dampening)
    return step * lr, MomentumState(step)


def rmsprop(
    gradient: Numbers, state: RMSPropState, *, lr: float, beta: float = 0.9, eps: float = 0.0, own_row: bool = False
) -> tuple[Numbers, RMSPropState]:
    """The sheet ``rmsprop``: the gradient over the root of the mean square, which is that of the row **above**.

    The state must start above 0, for the first update divides by its root. The sheet's Reset starts it at 10,000. With
    ``own_row`` the mean square that already has this gradient divides; ``eps`` is added to the root.

    >>> rmsprop(3.0, RMSPropState(4.0), lr=0.5, beta=0.75)
    (0.75, RMSPropState(mean_square=5.25))
    """
    check(lr, beta)
    mean_square = average(state.mean_square, gradient**2, beta)
    update = gradient * lr / divisor(mean_square if own_row else state.mean_square, eps)
    return update, RMSPropState(mean_square)


def adam(
    gradient: Numbers,
    state: AdamState,
    *,
    lr: float,
    beta1: float = 0.9,
    beta2: float = 0.9,
    eps: float = 0.0,
    t: int | None = None,
) -> tuple[Numbers, AdamState]:
    """The sheet ``adam``: momentum over the root of the mean square, both of the row itself.

    Where the mean square is 0 and so is ``eps``, the update is not a number (on the sheet, ``#DIV/0!``). With ``t``,
    the number of the step from 1, both averages are corrected for having started at 0 (Kingma and Ba, 2015).

    >>> adam(8.0, AdamState(0.0, 0.0), lr=0.5, beta1=0.75, beta2=0.75)
    (0.25, AdamState(step=2.0, mean_square=16.0))
    """
    check(lr, beta1, beta2)
    step = average(state.step, gradient, beta1)
    mean_square = average(state.mean_square, gradient**2, beta2)
    update = corrected(step, beta1, t) * lr / divisor(corrected(mean_square, beta2, t), eps)
    return update, AdamState(step, mean_square)


def anneal(mean_square: Numbers, state: Annealed, growth: float = 2.0, cut: float = 4.0) -> Annealed:
    """What ``adam_ann`` does after each epoch: the rate is cut when the gradients have grown.

    Their size is the sum of the roots of the mean squares. If it is more than ``growth`` times the smallest so far,
    the rate is divided by ``cut``; and if it is smaller, it is the smallest from now on.

    >>> import numpy as np
    >>> anneal(np.array([4.0, 9.0]), Annealed(lr=1.0, smallest=2.0))
    Annealed(lr=0.25, smallest=2.0)
    """
    check(state.lr)
    if not (growth > 0 and cut > 0):
        raise InputError(f"anneal: growth and cut must be above 0, not {growth} and {cut}")
    size = float(root(mean_square).sum())
    lr = state.lr / cut if size / state.smallest > growth else state.lr
    return Annealed(lr, min(size, state.smallest))


def average(before: Numbers, now: Numbers, beta: float, dampening: float | None = None) -> Numbers:
    """The running average of a column: ``=J3*$J$1+$K$1*F4``, where K1 is 1 - J1 (or 1 - dampening)."""
    if dampening is None:
        dampening = beta
    elif not 0 <= dampening <= 1:
        raise InputError(f"dampening, the share of a gradient that does not count, is from 0 to 1, not {dampening}")
    return before * beta + (1 - dampening) * now


def corrected(mean: Numbers, beta: float, t: int | None) -> Numbers:
    """A running average after ``t`` steps from 0 on, as large as if it had not started there; without t, as it is."""
    if t is None:
        return mean
    if t < 1:
        raise InputError(f"steps are counted from 1, so t is not {t}")
    return mean / shares(beta, t)


def shares(beta: Numbers, t: Numbers) -> Numbers:
    """What the shares of ``t`` numbers in their running average come to; the rest is its start's."""
    return 1 - beta**t


def divisor(mean_square: Numbers, eps: float) -> Numbers:
    """The root of a mean square, kept from 0 by ``eps``."""
    if not (isfinite(eps) and eps >= 0):
        raise InputError(f"eps is a number from 0 up, not {eps}")
    return root(mean_square) + eps if eps else root(mean_square)


def root(numbers: Numbers) -> Numbers:
    """The square root, for arrays and tensors alike: both compute the power 0.5 as such."""
    return numbers**0.5


def check(lr: float, *betas: float) -> None:
    """Raises InputError for a learning rate below 0 or not finite, and for a beta outside 0 ≤ beta < 1."""
    if not (isfinite(lr) and lr >= 0):
        raise InputError(f"a learning rate is a number from 0 up, not {lr}")
    for beta in betas:
        if not 0 <= beta < 1:
            raise InputError(f"beta, the share of the average that is kept, is at least 0 and below 1, not {beta}")
