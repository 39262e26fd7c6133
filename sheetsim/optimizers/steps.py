"""The optimizers of the sheets as pure steps: what a row of ``graddesc`` does to a gradient and the state above it.

Each takes a gradient and the state of the row above, and gives what to subtract from the weights and the row's own
state; nothing is kept elsewhere. Gradient and state may be floats, NumPy arrays or torch tensors of one shape. The
arithmetic is theirs, so a row agrees with the sheet but for the last digits: Excel rounds products in its own way.

What sets them apart from ``torch.optim`` (``tests/test_torch_optimizers.py`` switches each difference on and off):

====================  ==========================================  ====================================================
here                  there                                       the same path if
====================  ==========================================  ====================================================
sgd                   SGD                                         always
momentum              SGD(momentum=0.9, dampening=0.9)            the first gradient counts ten times here: there it is
                                                                  not dampened
momentum              SGD(momentum=0.9)                           the rate there is a tenth: its steps add gradients up
                                                                  instead of averaging them
rmsprop               RMSprop(alpha=0.9)                          here, too, the mean square of the row itself divides,
                                                                  and eps is added to its root
adam                  Adam(betas=(0.9, 0.9))                      the update here is multiplied by
                                                                  sqrt(1 - beta2^t) / (1 - beta1^t), t the number of the
                                                                  step, and eps is 0 there
adam                  AdamW                                       as for Adam, and the weights are shrunk by lr·decay
                                                                  before each step
====================  ==========================================  ====================================================
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


def momentum(gradient: Numbers, state: MomentumState, *, lr: float, beta: float = 0.9) -> tuple[Numbers, MomentumState]:
    """The sheet ``momentum``: against the average of the gradients.

    >>> momentum(10.0, MomentumState(0.0), lr=0.5, beta=0.75)
    (1.25, MomentumState(step=2.5))
    """
    check(lr, beta)
    step = average(state.step, gradient, beta)
    return step * lr, MomentumState(step)


def rmsprop(gradient: Numbers, state: RMSPropState, *, lr: float, beta: float = 0.9) -> tuple[Numbers, RMSPropState]:
    """The sheet ``rmsprop``: the gradient over the root of the mean square, which is that of the row **above**.

    The state must start above 0, for the first update divides by its root. The sheet's Reset starts it at 10,000.

    >>> rmsprop(3.0, RMSPropState(4.0), lr=0.5, beta=0.75)
    (0.75, RMSPropState(mean_square=5.25))
    """
    check(lr, beta)
    update = gradient * lr / root(state.mean_square)
    return update, RMSPropState(average(state.mean_square, gradient**2, beta))


def adam(
    gradient: Numbers, state: AdamState, *, lr: float, beta1: float = 0.9, beta2: float = 0.9
) -> tuple[Numbers, AdamState]:
    """The sheet ``adam``: momentum over the root of the mean square, both of the row itself.

    There is no eps: where the mean square is 0, the update is not a number (on the sheet, ``#DIV/0!``).

    >>> adam(8.0, AdamState(0.0, 0.0), lr=0.5, beta1=0.75, beta2=0.75)
    (0.25, AdamState(step=2.0, mean_square=16.0))
    """
    check(lr, beta1, beta2)
    step = average(state.step, gradient, beta1)
    mean_square = average(state.mean_square, gradient**2, beta2)
    return step * lr / root(mean_square), AdamState(step, mean_square)


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


def average(before: Numbers, now: Numbers, beta: float) -> Numbers:
    """The running average of a column: ``=J3*$J$1+$K$1*F4``, where K1 is 1 - J1."""
    return before * beta + (1 - beta) * now


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
