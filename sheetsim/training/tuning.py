"""Fine-tuning: a run that begins with the weights of another one, where its task is new with a head of its own."""

from __future__ import annotations

from sheetsim.errors import InputError
from sheetsim.training.groups import head
from sheetsim.training.loop import Outcome
from sheetsim.training.models import digits_model
from sheetsim.training.settings import Settings
from sheetsim.training.state import Weights


def start_from(trained: Outcome, settings: Settings, new_head: bool = False) -> Weights:
    """The weights that a run with these settings starts from, those that were trained, in its precision.

    With ``new_head`` the last layer's are drawn anew, by the settings' seed, as many as there are classes now. Raises
    InputError for a model or classes that the weights are not made for.

    >>> import numpy as np
    >>> from sheetsim.training.history import History
    >>> few = Settings("nn", classes=(0, 1, 2))
    >>> trained = Outcome(few, digits_model.initial("nn", seed=1, classes=3), History())
    >>> tuned = start_from(trained, Settings("nn", dtype="float64", classes=(3, 4)), new_head=True)
    >>> tuned["weights2"].shape, bool((tuned["weights1"] == trained.weights["weights1"]).all())
    ((50, 2), True)
    >>> start_from(trained, Settings("nn", classes=(3, 4, 5)))
    Traceback (most recent call last):
    sheetsim.errors.InputError: the outputs are the digits 0, 1, 2, not 3, 4, 5: these need a new head
    """
    weights = dict(trained.weights)
    was = trained.settings
    for name in ("model", "factors"):
        if getattr(was, name) != getattr(settings, name):
            raise InputError(f"weights of {name} {getattr(was, name)!r} do not fit {name} {getattr(settings, name)!r}")
    if new_head:
        fresh = digits_model.initial(settings.model, settings.seed, len(settings.classes))
        weights |= {name: fresh[name] for name in head(settings.model)}
    elif was.classes != settings.classes:
        listed = (", ".join(map(str, each.classes)) for each in (was, settings))
        raise InputError(f"the outputs are the digits {', not '.join(listed)}: these need a new head")
    return {name: part.astype(settings.dtype) for name, part in weights.items()}
