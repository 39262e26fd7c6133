"""Layer groups: the parts of a model that may learn at rates of their own ("discriminative learning rates").

The early layers of a trained model know what many tasks need, so they are to change less than the last one, or not at
all. A rate for each group is written as Python writes a slice, without its brackets:

    1e-3         one rate: every group learns at it
    :1e-3        the last group at 1e-3, all others at a third of it
    1e-5:1e-3    the first group at 1e-5, the last at 1e-3, those between evenly spread, by one factor from each to the
                 next

A frozen group has the rate 0. What a run keeps is each group's share of the last one's rate: the schedule, which moves
that rate, then moves all of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import inf

from sheetsim.errors import InputError
from sheetsim.training.shapes import Shapes, spans

#: The weights of each group, from the inputs to the outputs. Models that are not here are one group.
LAYERS = {"nn": (("weights1", "bias1"), ("weights2", "bias2"))}
EARLIER = 1 / 3  # of the last group's rate, for all others, where only that is given
MOST_SHARE = 1e6  # how much faster than the last group another may learn


@dataclass(frozen=True)
class Group:
    """Weights that learn at one rate: where they lie in the flat array, and their share of the schedule's rate."""

    span: slice
    share: float


@dataclass(frozen=True)
class Rates:
    """Learning rates as they were asked for: of the first group, None for one third of the last, and of the last.

    ``spread``: whether the groups were told apart at all.
    """

    last: float
    first: float | None = None
    spread: bool = False

    def shares(self, count: int) -> tuple[float, ...] | None:
        """Of each of ``count`` groups the share of the last one's rate; None: all learn at one rate.

        Raises InputError for a first rate where there is but one group.

        >>> [round(share * 1e-3, 9) for share in rates("1e-5:1e-3").shares(3)]
        [1e-05, 0.0001, 0.001]
        >>> rates("1e-3").shares(3), rates(":1e-3").shares(2)
        (None, (0.3333333333333333, 1.0))
        """
        if not self.spread:
            return None
        if self.first is None:
            return (EARLIER,) * (count - 1) + (1.0,)
        if count < 2:
            raise InputError(
                f"lr {self.first:g}:{self.last:g} is for several layer groups; this model is one: give one"
            )
        least = self.first / self.last
        return (*(least ** (1 - number / (count - 1)) for number in range(count - 1)), 1.0)


def rates(text: str) -> Rates:
    """A learning rate, or one for each layer group, as above. Raises InputError.

    >>> rates("1e-5:1e-3")
    Rates(last=0.001, first=1e-05, spread=True)
    >>> rates("fast")
    Traceback (most recent call last):
    sheetsim.errors.InputError: lr must be a rate, :LAST or FIRST:LAST, not 'fast'
    """
    first, colon, last = text.rpartition(":")
    try:
        found = Rates(float(last), float(first) if first.strip() else None, bool(colon))
    except ValueError:
        raise InputError(f"lr must be a rate, :LAST or FIRST:LAST, not {text!r}") from None
    for rate in (found.last, found.first):
        if rate is not None and not 0 < rate < inf:
            raise InputError(f"lr must be a number above 0, not {rate}")
    return found


def frozen(model: str) -> tuple[float, ...]:
    """The shares with which only the last group learns. Raises InputError where there is no other.

    >>> frozen("nn")
    (0.0, 1.0)
    """
    count = group_count(model)
    if count < 2:
        raise InputError(f"model {model} is one layer group: frozen, it would learn nothing")
    return (0.0,) * (count - 1) + (1.0,)


def group_count(model: str) -> int:
    """How many layer groups a model has."""
    return len(LAYERS.get(model, [()]))


def head(model: str) -> tuple[str, ...]:
    """The weights of the last group, which a new task replaces. Raises InputError where there is no other group."""
    if group_count(model) < 2:
        raise InputError(f"model {model} is one layer: with a new head nothing would be left of it")
    return LAYERS[model][-1]


def check_shares(model: str, shares: tuple[float, ...] | None) -> None:
    """Raises InputError unless there is a share for each of the model's groups, 1 for the last."""
    if shares is None:
        return
    numbers = all(isinstance(share, (int, float)) and 0 <= share <= MOST_SHARE for share in shares)
    if not numbers or len(shares) != group_count(model) or shares[-1] != 1:
        raise InputError(
            f"group_shares must be a number from 0 to {MOST_SHARE:g} for each of the {group_count(model)} layer groups"
            f" of model {model}, 1 for the last, not {shares!r}"
        )


def learning(model: str, shapes: Shapes, shares: tuple[float, ...] | None) -> list[Group]:
    """The groups that learn, in the order of the flat array; without shares all the weights are one.

    >>> shapes: Shapes = {"weights1": (4, 3), "bias1": (3,), "weights2": (3, 2), "bias2": (2,)}
    >>> learning("nn", shapes, (0.0, 1.0))
    [Group(span=slice(15, 23, None), share=1.0)]
    """
    found = spans(shapes)
    if shares is None:
        return [Group(slice(0, max(span.stop for span in found.values())), 1.0)]
    parts = [[found[name] for name in names] for names in LAYERS.get(model, [tuple(shapes)])]
    groups = [Group(slice(part[0].start, part[-1].stop), share) for part, share in zip(parts, shares, strict=True)]
    return [group for group in groups if group.share]
