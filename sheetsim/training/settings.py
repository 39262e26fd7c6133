"""What a training run is: every choice in one frozen record, the lecture's own where nothing is said.

The lecture trains the movie model by ``fit_one_cycle(5, 5e-3, wd=0.1)``, the digit models by ``fit_one_cycle(1, 1e-2)``
(with its library's usual weight decay of 0.01), by a hand-written ``update``, by ``optim.SGD`` and by an ``optim.Adam``
that is made anew at each batch.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from math import inf
from typing import Any, get_type_hints

from sheetsim.errors import InputError
from sheetsim.training.groups import check_shares

MODELS = ("movielens", "logistic", "nn")
OPTIMIZERS = ("adam", "adam-l2", "sgd", "momentum", "rmsprop", "update", "fresh-adam")
CHOICES = {
    "model": MODELS,
    "optimizer": OPTIMIZERS,
    "schedule": ("one-cycle", "constant"),
    "backend": ("numba", "torch", "numpy"),
    "device": ("auto", "cpu", "cuda"),
    "dtype": ("float32", "float64"),
}
#: What backend numba trains, of models and optimizers.
COMPILED = (("movielens", "adam"),)
#: The weakest value that makes sense, for each number.
LEAST = {"factors": 1, "epochs": 1, "batch_size": 1, "seed": 0, "lr": 0.0, "wd": 0.0, "eps": 0.0}
ABOVE = ("lr", "eps")  # these must be more than their least value
#: Beyond these no machine would come to an end, or float32 to a number.
MOST = {
    "factors": 10_000,
    "epochs": 10_000,
    "batch_size": 10**9,
    "seed": 2**32 - 1,
    "lr": 1e30,
    "wd": 1e30,
    "eps": 1e30,
}
ALL_CLASSES = tuple(range(10))  # the digits
SMALLEST = 1e-30  # of those that must be above 0
FARTHEST = 1e15  # of the ends of a range of ratings

#: A movie that is hardly ever met has a mean square near 0, by whose root Adam divides: its few gradients move it as
#: far as many do others. A larger eps damps that. Chosen on a tenth of the *training* ratings, held out (mean of four
#: seeds there: 0.8031 with 1e-8, 0.8027 with 1e-5, 0.7998 with 1e-4, 0.8130 with 1e-3), not on those for validation.
MOVIE_EPS = 1e-4

LECTURE: Any = None  # "as in the lecture", for this model and this optimizer


@dataclass(frozen=True)
class Settings:
    """One training run. What is left out is as in the lecture, for the model and the optimizer, where the lecture says
    it (see ``_lecture``).

    ``lr`` is the highest learning rate of the schedule. ``wd`` is decoupled weight decay (the weights shrink by lr·wd
    before each step), except for the optimizers "update", whose loss has the term wd·Σw², and "adam-l2", whose loss has
    wd/2·Σw². ``eps`` keeps Adam, rmsprop
    and fresh-adam from dividing by zero; the lecture does not name it (see ``MOVIE_EPS``). ``low`` and ``high`` bound
    the predicted ratings by a sigmoid; None for both means no sigmoid. ``group_shares``: of each layer group the share
    of ``lr`` that it learns at, 0 for a frozen one (see ``groups.py``); None: all at one rate. ``classes`` are the
    digits to tell apart, ``limit`` so many of each to learn from, None: all. Raises InputError, naming the setting.

    >>> movies = Settings("movielens")
    >>> movies.epochs, movies.lr, movies.wd, movies.schedule
    (5, 0.005, 0.1, 'one-cycle')
    >>> Settings("nn", optimizer="update").lr
    0.02
    >>> Settings("nn", lr=-1)
    Traceback (most recent call last):
    sheetsim.errors.InputError: lr must be a number above 0, not -1
    """

    model: str
    factors: int = 40
    epochs: int = LECTURE
    lr: float = LECTURE
    wd: float = LECTURE
    eps: float = LECTURE
    batch_size: int = 64
    seed: int = 0
    optimizer: str = "adam"
    schedule: str = LECTURE
    low: float | None = 0.0
    high: float | None = 5.5
    backend: str = "torch"
    device: str = "auto"
    dtype: str = "float32"
    group_shares: tuple[float, ...] | None = None
    classes: tuple[int, ...] = ALL_CLASSES
    limit: int | None = None

    def __post_init__(self) -> None:
        _check_choice(self, "model")
        _check_choice(self, "optimizer")
        for name, value in _lecture(self.model, self.optimizer).items():
            if getattr(self, name) is None:
                object.__setattr__(self, name, value)  # the record is frozen from here on
        for name in ("group_shares", "classes"):  # a file has lists
            if isinstance(getattr(self, name), list):
                object.__setattr__(self, name, tuple(getattr(self, name)))
        _check(self)

    def as_dict(self) -> dict[str, Any]:
        """The settings as plain values, for a file; ``Settings(**…)`` reads them back."""
        return asdict(self)


def _lecture(model: str, optimizer: str) -> dict[str, Any]:
    """What the lecture takes, by the optimizer: its learner's, its own ``update``'s, that of ``optim.SGD`` …

    Where the lecture never trained a model so (any with momentum or rmsprop, ratings without Adam), and of eps, which
    it does not name, the numbers are ours.
    """
    eps = {"eps": MOVIE_EPS if model == "movielens" and optimizer in ("adam", "adam-l2") else 1e-8}
    if optimizer in ("update", "fresh-adam", "sgd", "momentum", "rmsprop"):
        rate = {"fresh-adam": 1e-3, "rmsprop": 1e-3, "momentum": 2e-2}.get(optimizer, 2e-2)
        decay = 1e-5 if optimizer == "update" else 0.0
        return {"epochs": 5 if model == "movielens" else 1, "lr": rate, "wd": decay, "schedule": "constant"} | eps
    if model == "movielens":
        return {"epochs": 5, "lr": 5e-3, "wd": 0.1, "schedule": "one-cycle"} | eps
    return {"epochs": 1, "lr": 1e-2, "wd": 0.01, "schedule": "one-cycle"} | eps


def _check(settings: Settings) -> None:
    for name in CHOICES:
        _check_choice(settings, name)
    types = get_type_hints(Settings)
    for name, least in LEAST.items():
        _check_number(name, getattr(settings, name), least, whole=types[name] is int)
    for name, most in MOST.items():
        if getattr(settings, name) > most:
            raise InputError(f"{name} must be at most {most}, not {getattr(settings, name)!r}")
        if name in ABOVE and getattr(settings, name) < SMALLEST:
            raise InputError(f"{name} must be at least {SMALLEST}, not {getattr(settings, name)!r}")
    _check_range(settings.low, settings.high)
    check_shares(settings.model, settings.group_shares)
    _check_classes(settings)
    if settings.schedule == "one-cycle" and settings.optimizer in ("update", "fresh-adam"):
        raise InputError(f"schedule one-cycle makes no sense with optimizer {settings.optimizer}: it has no momentum")
    if settings.backend != "torch" and settings.device == "cuda":
        raise InputError("device cuda needs backend torch; NumPy and Numba compute on the CPU")
    if settings.backend == "numba" and (settings.model, settings.optimizer) not in COMPILED:
        raise InputError(
            f"backend numba trains movielens by adam, not {settings.model} by {settings.optimizer}: leave the choice to"
            " sheetsim, or take torch or numpy"
        )


def _check_classes(settings: Settings) -> None:
    classes, limit = settings.classes, settings.limit
    if len(classes) < 2 or list(classes) != sorted({*classes} & {*ALL_CLASSES}):
        raise InputError(f"classes must be two or more digits from 0 to 9, in order, not {classes!r}")
    if limit is not None:
        _check_number("limit", limit, 1, whole=True)
    if settings.model == "movielens" and (limit, classes) != (None, ALL_CLASSES):
        raise InputError("classes and limit are for digits; model movielens learns from ratings")


def _check_choice(settings: Settings, name: str) -> None:
    value, there = getattr(settings, name), CHOICES[name]
    if value not in there:
        raise InputError(f"{name} must be one of {', '.join(there)}, not {value!r}")


def _check_number(name: str, value: Any, least: float, whole: bool) -> None:
    kind = int if whole else (int, float)
    positive = name in ABOVE
    ok = isinstance(value, kind) and not isinstance(value, bool) and least <= value < inf
    if not ok or (positive and value == 0):
        wanted = (
            f"a whole number, {least} or more" if whole else "a number above 0" if positive else "a number, 0 or more"
        )
        raise InputError(f"{name} must be {wanted}, not {value!r}")


def _check_range(low: float | None, high: float | None) -> None:
    if (low is None) != (high is None):
        raise InputError("low and high must both be given, or neither (then there is no sigmoid)")
    if low is not None and high is not None and not -FARTHEST <= low < high <= FARTHEST:
        raise InputError(f"low must be below high, both within ±{FARTHEST:g}, not {low!r} to {high!r}")


def differences(one: Settings, other: Settings, apart_from: tuple[str, ...] = ()) -> list[str]:
    """The names of the settings in which two runs differ.

    >>> differences(Settings("nn"), Settings("nn", seed=3))
    ['seed']
    """
    names = [field.name for field in fields(Settings) if field.name not in apart_from]
    return [name for name in names if getattr(one, name) != getattr(other, name)]
