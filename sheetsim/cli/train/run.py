"""What ``sheetsim train`` does: settings, data, the training with its growing table, then files and interpretation."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sheetsim.cli.train.data import Source
from sheetsim.cli.train.files import Files
from sheetsim.errors import InputError
from sheetsim.support import terminal
from sheetsim.support.extras import install
from sheetsim.training.backends import choosing, distributed
from sheetsim.training.groups import Rates, frozen, group_count
from sheetsim.training.history import Epoch
from sheetsim.training.settings import COMPILED, Settings, differences

if TYPE_CHECKING:
    from sheetsim.cli.train.results import Shown
    from sheetsim.training.data.digits import Digits
    from sheetsim.training.data.ratings import RatingSplit
    from sheetsim.training.loop import Checkpoint, Outcome
    from sheetsim.training.state import Weights

    Data = RatingSplit | Digits


def bounds(y_range: tuple[float, float] | None, no_sigmoid: bool) -> dict[str, float | None]:
    """The settings low and high; none where nothing was asked for."""
    if y_range and no_sigmoid:
        raise InputError("--y-range is the range of the sigmoid, which --no-sigmoid does without: give one of them")
    if no_sigmoid:
        return {"low": None, "high": None}
    return {"low": y_range[0], "high": y_range[1]} if y_range else {}


#: Who gives one of these with --load wants to train on.
TRAINING = {"epochs", "rates", "freeze", "wd", "eps", "batch_size", "optimizer", "schedule"}


def run(
    given: dict[str, Any], source: Source, files: Files, find_lr: bool, shown: Shown, new_head: bool = False
) -> None:
    """Trains, or looks at weights that were saved, or for a learning rate; prints and writes what was asked for.

    ``given``: the settings that were asked for; the others come from the file that is loaded or gone on from, or else
    from the lecture. ``rates`` and ``freeze`` among them are made settings when the model is known.
    """
    from sheetsim.cli.train import results

    onward = new_head or find_lr or bool(TRAINING & given.keys())
    files.check(find_lr, source.inputs(), onward)
    if new_head and not files.load:
        raise InputError("--new-head replaces the last layer of trained weights: name them with --load")
    if files.load and not onward:
        outcome, data = _look_at(files.load, given, source, files)
    else:
        begin = _begin(given, source, files, new_head)
        files.refuse_loss(results.pictures(files.plots, begin.settings.model, find_lr))
        data = source.read(begin.settings)
        if files.load:
            _refuse_other_names(begin.names, data, files.load)
        first = partial(_say_what_is_missing, given, begin.settings, begin.checkpoint)
        if find_lr:
            _find_rate(data, begin, files, first)
            return
        outcome = _train(data, begin, files, first)
    if distributed.rank() == 0:
        results.report(outcome, data, files.plots, files.out, shown)


def _look_at(path: Path, given: dict[str, Any], source: Source, files: Files) -> tuple[Outcome, Data]:
    """Weights that were saved, with the data that they are for; prints how good they are."""
    from sheetsim.cli.train import results
    from sheetsim.training.results import weights

    outcome, names = weights.load(path)
    _refuse_other_model(path, outcome.settings, source)
    _refuse_other(settings_of(given, outcome.settings, source), outcome.settings, path)
    files.refuse_loss(results.pictures(files.plots, outcome.settings.model, find_lr=False))
    data = source.read(outcome.settings)
    _refuse_other_names(names, data, path)
    _evaluate(outcome, data)
    return outcome, data


@dataclass(frozen=True)
class Begin:
    """What a training sets out with: a checkpoint, or weights trained before, with the names in their data."""

    settings: Settings
    checkpoint: Checkpoint | None = None
    weights: Weights | None = None
    names: dict[str, Any] = field(default_factory=dict)


def _begin(given: dict[str, Any], source: Source, files: Files, new_head: bool) -> Begin:
    from sheetsim.training.results import weights

    if files.checkpoint and files.resume:
        start = weights.load_checkpoint(files.checkpoint)
        _refuse_other_model(files.checkpoint, start.settings, source)
        return Begin(settings_of(given, start.settings, source), start)
    if not files.load:
        return Begin(settings_of(given, None, source))
    trained, names = weights.load(files.load)
    _refuse_other_model(files.load, trained.settings, source)
    settings = settings_of(given, replace(trained.settings, group_shares=None), source)
    return Begin(settings, None, _start_from(files.load, trained, settings, new_head), names)


def _find_rate(data: Data, begin: Begin, files: Files, first: Callable[[], object]) -> None:
    from sheetsim.cli.train import results
    from sheetsim.training.finder import find_rate

    finding = find_rate(data, begin.settings, begin.weights)
    first()
    if distributed.rank() == 0:
        results.show_finding(finding, files.plots, begin.settings.model)


def settings_of(given: dict[str, Any], before: Settings | None, source: Source) -> Settings:
    """What was asked for; the rest as before, or as in the lecture. Where no backend was asked for it is as before too,
    if that can do it, or else the usual one."""
    base = before.as_dict() if before else {"model": source.models[0]}
    settings = Settings(**base | {"backend": "torch"} | _by_group(given, given.get("model", base["model"])))
    if "backend" not in given:
        kept = before and (before.backend != "numba" or (settings.model, settings.optimizer) in COMPILED)
        usual = choosing.usual_backend(settings.model, settings.optimizer, settings.device)
        settings = replace(settings, backend=before.backend if before and kept else usual)
    if settings.model not in source.models:
        raise InputError(f"model must be one of {', '.join(source.models)}, not {settings.model!r}")
    return settings


def _by_group(given: dict[str, Any], model: str) -> dict[str, Any]:
    """``rates`` and ``freeze`` as settings: how fast each of the model's layer groups learns."""
    settings = {name: value for name, value in given.items() if name not in ("rates", "freeze")}
    rates: Rates | None = given.get("rates")
    if rates:
        settings |= {"lr": rates.last, "group_shares": rates.shares(group_count(model))}
    if given.get("freeze"):
        if rates and rates.spread:
            raise InputError("--freeze leaves one layer group to learn: give --lr one rate")
        settings["group_shares"] = frozen(model)
    return settings


def _start_from(path: Path, trained: Outcome, settings: Settings, new_head: bool) -> Weights:
    from sheetsim.training.tuning import start_from

    try:
        return start_from(trained, settings, new_head)
    except InputError as error:
        raise InputError(f"{path}: {error}") from error


def _say_what_is_missing(given: dict[str, Any], settings: Settings, start: Checkpoint | None) -> None:
    """That a training could be several times as fast; said when what was asked for has been found good."""
    slower = (settings.model, settings.optimizer) in COMPILED and settings.backend != "numba"
    if slower and not choosing.there("numba") and "backend" not in given and start is None and distributed.rank() == 0:
        print(f"Numba is not installed: this takes some times as long as with it ({install('fast')})", file=sys.stderr)


# --- training ---------------------------------------------------------------------------------------------------------
class Table:
    """The lecture's table, a row printed after each epoch; while one is under way, a progress bar.

    ``before``: the epochs of a run that goes on; ``first`` is called before the heading. Nothing is printed until the
    training has begun: it may be refused.
    """

    def __init__(self, settings: Settings, before: Sequence[Epoch], first: Callable[[], object]):
        self.settings, self.before, self.first = settings, before, first
        self.epoch = self.done = 0
        self.begun = distributed.rank() > 0  # one of several processes prints
        self.bar = ExitStack()

    def watch(self, epoch: int, batch: int, batches: int, loss: float) -> None:
        """Moves the bar; called by the training now and then."""
        self.begin()
        if epoch != self.epoch:
            self.epoch, self.done = epoch, 0
            self.advance = self.bar.enter_context(
                terminal.progress(f"epoch {epoch} of {self.settings.epochs}", batches)
            )
        self.advance(batch - self.done)
        self.done = batch

    def begin(self) -> None:
        """Prints the heading and the epochs before, once."""
        if self.begun:
            return
        self.begun = True
        self.first()
        accuracy = "" if self.settings.model == "movielens" else "  accuracy"
        print(f" epoch  train loss  valid loss{accuracy}      time")
        print(" " + "─" * (38 + len(accuracy)), flush=True)
        for epoch in self.before:
            self.row(epoch)
        if self.before:
            print(self._goes_on(), file=sys.stderr)

    def _goes_on(self) -> str:
        done = len(self.before)
        return f"going on after epoch {done}" if done < self.settings.epochs else "the run was complete already"

    def row(self, epoch: Epoch) -> None:
        """Prints the line of an epoch in place of its progress bar."""
        self.bar.close()
        accuracy = "" if epoch.accuracy is None else f"  {epoch.accuracy:8.4f}"
        numbers = f" {epoch.number:5}  {epoch.train_loss:10.6f}  {epoch.valid_loss:10.6f}{accuracy}"
        print(f"{numbers}  {epoch.seconds:6.1f} s", flush=True)


def _train(data: Data, begin: Begin, files: Files, first: Callable[[], object]) -> Outcome:
    from sheetsim.training import loop
    from sheetsim.training.results import weights

    settings, start = begin.settings, begin.checkpoint
    table = Table(settings, start.history.epochs if start else [], first)

    keep = partial(weights.save_checkpoint, files.checkpoint) if files.checkpoint else None
    try:
        with table.bar:
            outcome = _placed(loop.train(data, settings, table.watch, start, keep, begin.weights, table.row))
        table.begin()  # where nothing was left to do
    except loop.Diverged as error:
        saved = _save(files.save, _placed(error.outcome), data)
        raise InputError(f"{error}{f'; the last good weights are in {saved}' if saved else ''}") from error
    if saved := _save(files.save, outcome, data):
        print(f"weights written to {saved}")
    return outcome


def _placed(outcome: Outcome) -> Outcome:
    """The outcome with the device used in place of "auto". A checkpoint keeps "auto": it may go on elsewhere."""
    used = "cpu"
    if outcome.settings.backend == "torch":
        from sheetsim.training.backends import torch_devices

        used = torch_devices.device(outcome.settings).type
    return replace(outcome, settings=replace(outcome.settings, device=used))


def _save(path: Path | None, outcome: Outcome, data: Data) -> Path | None:
    """Writes the weights, if that was asked for, from the first of several processes; returns where."""
    from sheetsim.training.results import weights

    if path is None or distributed.rank() > 0:
        return None
    weights.save(path, outcome, data)
    return path


def _refuse_other_model(path: Path, settings: Settings, source: Source) -> None:
    if settings.model not in source.models:
        raise InputError(f"{path}: weights of the model {settings.model}, not of {' or '.join(source.models)}")


def _refuse_other(asked: Settings, settings: Settings, path: Path) -> None:
    """Settings of weights that are there already cannot be chosen."""
    if other := differences(asked, settings):
        raise InputError(
            f"{path}: trained with {other[0]} {getattr(settings, other[0])!r}; --load only looks at weights unless an"
            " option of the training is given (--epochs, --lr, --new-head …)"
        )


def _refuse_other_names(names: dict[str, Any], data: Data, path: Path) -> None:
    """The rows of the weights must be those of the data's users and movies."""
    from sheetsim.training.results import weights

    for name, values in weights.names(data).items():
        if name in names and name != "item_counts" and names[name].tolist() != values.tolist():
            whose = name.partition("_")[0]
            raise InputError(
                f"{path}: its {len(names[name]):,} {whose}s are not the {len(values):,} {whose}s of the data"
            )


def _evaluate(outcome: Outcome, data: Data) -> None:
    """Prints how good loaded weights are on the samples for validation."""
    from sheetsim.training.backends.numpy_backend import evaluate
    from sheetsim.training.data.samples import samples

    loss, accuracy = evaluate(outcome.weights, samples(data, outcome.settings), outcome.settings)
    print(f"valid loss {loss:.6f}" + (f", accuracy {accuracy:.4f}" if accuracy is not None else ""))
