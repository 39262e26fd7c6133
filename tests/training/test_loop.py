"""Whole runs: the two backends against each other and against a plain PyTorch loop, resuming, diverging."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from training_data import few_digits, few_ratings, real

torch = pytest.importorskip("torch", reason="PyTorch is not installed: pip install 'sheetsim[torch]'")

from sheetsim.errors import InputError
from sheetsim.training import loop
from sheetsim.training.backends import torch_devices
from sheetsim.training.data import digits, movielens
from sheetsim.training.data.samples import Data, fingerprint, initial, order, samples
from sheetsim.training.loop import Checkpoint, Diverged, Outcome, train
from sheetsim.training.schedule import schedule
from sheetsim.training.settings import OPTIMIZERS, Settings
from sheetsim.training.state import Weights

BACKENDS = ["numpy", "torch"]


def small(model: str, **given: Any) -> tuple[Data, Settings]:
    """A small data set and settings for it: three epochs in float64, the last batch of each a short one."""
    data = few_ratings() if model == "movielens" else few_digits()
    usual = {"epochs": 3, "batch_size": 32, "dtype": "float64", "device": "cpu", "factors": 5}
    return data, Settings(model, **usual | given)


# --- the two backends -------------------------------------------------------------------------------------------------
def check_same(one: Outcome, other: Outcome, rel: float) -> None:
    np.testing.assert_allclose(one.history.losses, other.history.losses, rtol=rel)
    for name, part in one.weights.items():
        np.testing.assert_allclose(part, other.weights[name], rtol=rel, atol=rel, err_msg=name)
    for mine, its in zip(one.history.epochs, other.history.epochs, strict=True):
        assert mine.valid_loss == pytest.approx(its.valid_loss, rel=rel)
        assert mine.accuracy == its.accuracy


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
@pytest.mark.parametrize("model", ["movielens", "logistic", "nn"])
def test_both_backends_compute_the_same_run(model: str, optimizer: str) -> None:
    data, settings = small(model, optimizer=optimizer, wd=0.01)
    runs = [train(data, replace(settings, backend=backend)) for backend in BACKENDS]
    check_same(*runs, rel=1e-9)


@pytest.mark.parametrize("optimizer", ["adam", "adam-l2"])
@pytest.mark.parametrize("model", ["movielens", "nn"])
def test_both_backends_compute_the_same_real_epoch(model: str, optimizer: str) -> None:
    folder = real("ml-100k" if model == "movielens" else "mnist")
    data: Data = movielens.load(folder) if model == "movielens" else digits.load(folder)
    settings = Settings(model, epochs=1, dtype="float64", device="cpu", optimizer=optimizer)
    check_same(*(train(data, replace(settings, backend=backend)) for backend in BACKENDS), rel=1e-9)


# --- a plain PyTorch loop ---------------------------------------------------------------------------------------------
class DotBias(torch.nn.Module):  # type: ignore[misc]
    """The lecture's model, with an embedding for each of the four weights."""

    def __init__(self, weights: Weights):
        super().__init__()
        for name, part in weights.items():
            table = torch.tensor(part if part.ndim == 2 else part[:, None])
            setattr(self, name, torch.nn.Embedding.from_pretrained(table, freeze=False))

    def forward(self, users: Any, items: Any) -> Any:
        dot = (self.user_factors(users) * self.item_factors(items)).sum(1)
        return torch.sigmoid(dot + self.user_bias(users).squeeze() + self.item_bias(items).squeeze()) * 5.5


class Linear(torch.nn.Sequential):  # type: ignore[misc]
    """784–50–10 with a ReLU, of ``torch.nn.Linear`` layers."""

    def __init__(self, weights: Weights):
        layers = [torch.nn.Linear(784, 50), torch.nn.ReLU(), torch.nn.Linear(50, 10)]
        super().__init__(*layers)
        for layer, number in ((layers[0], "1"), (layers[2], "2")):
            layer.weight = torch.nn.Parameter(torch.tensor(weights["weights" + number].T.copy()))
            layer.bias = torch.nn.Parameter(torch.tensor(weights["bias" + number]))


def plain_losses(data: Data, settings: Settings) -> list[float]:
    """Modules, autograd, ``torch.optim.AdamW``, or ``Adam`` for adam-l2, with its rate and momentum set before each
    step; nothing else."""
    chosen = samples(data, settings)
    weights = initial(chosen.shapes, settings)
    model = DotBias(weights) if settings.model == "movielens" else Linear(weights)
    loss_of = torch.nn.functional.mse_loss if settings.model == "movielens" else torch.nn.functional.cross_entropy
    theirs = torch.optim.Adam if settings.optimizer == "adam-l2" else torch.optim.AdamW
    optimizer = theirs(model.parameters(), eps=settings.eps, weight_decay=settings.wd)
    *inputs, targets = (torch.tensor(column) for column in chosen.train)
    batches = [
        rows
        for epoch in range(1, settings.epochs + 1)
        for rows in torch.tensor(order(chosen.count, settings.seed, epoch)).split(settings.batch_size)
    ]
    losses = []
    for rows, rate, momentum in zip(batches, *schedule(settings, len(batches)), strict=True):
        optimizer.param_groups[0].update(lr=rate, betas=(momentum, 0.99))
        loss = loss_of(model(*(column[rows] for column in inputs)), targets[rows])
        squares = sum(parameter.square().sum().item() for parameter in model.parameters())
        penalty = settings.wd / 2 * squares if theirs is torch.optim.Adam else 0  # its gradient is the optimizer's work
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item() + penalty)
    return losses


@pytest.mark.parametrize("optimizer", ["adam", "adam-l2"])
@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("model", ["movielens", "nn"])
def test_a_run_is_what_a_plain_loop_computes(model: str, backend: str, optimizer: str) -> None:
    data, settings = small(model, backend=backend, optimizer=optimizer, wd=0.1)
    np.testing.assert_allclose(train(data, settings).history.losses, plain_losses(data, settings), rtol=1e-9)


def test_the_compiled_run_is_what_a_plain_loop_computes() -> None:
    pytest.importorskip("numba", reason="Numba is not installed: pip install 'sheetsim[fast]'")
    data = few_ratings(4000, 450, 600)  # of whose users and movies a batch of four meets one in a hundred
    _, settings = small("movielens", backend="numba", batch_size=4, epochs=1)
    np.testing.assert_allclose(train(data, settings).history.losses, plain_losses(data, settings), rtol=1e-9)


@pytest.mark.parametrize("backend", BACKENDS)
def test_the_hand_written_update_is_what_the_notebook_does(backend: str) -> None:
    data, settings = small("logistic", optimizer="update", wd=1e-3, epochs=1, backend=backend)
    chosen = samples(data, settings)
    layer = torch.nn.Linear(784, 10).double()
    weights = initial(chosen.shapes, settings)
    layer.weight.data, layer.bias.data = torch.tensor(weights["weights"].T.copy()), torch.tensor(weights["bias"])
    pixels, labels = map(torch.tensor, chosen.train)
    losses = []
    for rows in torch.tensor(order(chosen.count, 0, 1)).split(32):
        squares = sum((p**2).sum() for p in layer.parameters())
        loss = torch.nn.functional.cross_entropy(layer(pixels[rows]), labels[rows]) + 1e-3 * squares
        gradients = torch.autograd.grad(loss, list(layer.parameters()))
        for parameter, gradient in zip(layer.parameters(), gradients, strict=True):
            parameter.data -= 2e-2 * gradient
        losses.append(loss.item())
    outcome = train(data, settings)
    np.testing.assert_allclose(outcome.history.losses, losses, rtol=1e-9)
    np.testing.assert_allclose(outcome.weights["weights"], layer.weight.detach().numpy().T, rtol=1e-9)


# --- the table --------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("backend", BACKENDS)
def test_the_table_after_each_epoch(backend: str) -> None:
    data, settings = small("nn", backend=backend, optimizer="sgd", epochs=2)
    outcome = train(data, settings)
    pixels, labels = torch.tensor(few_digits().valid_pixels).double(), torch.tensor(few_digits().valid_labels)
    logits = Linear(outcome.weights)(pixels)
    last = outcome.history.epochs[-1]
    assert [epoch.number for epoch in outcome.history.epochs] == [1, 2]
    assert last.valid_loss == pytest.approx(torch.nn.functional.cross_entropy(logits, labels).item(), rel=1e-9)
    assert last.accuracy == (logits.argmax(1) == labels).double().mean().item()
    assert len(outcome.history.losses) == len(outcome.history.rates) == 2 * 8  # 250 pictures by 32


def test_the_validation_loss_of_ratings_is_the_mean_over_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sheetsim.training.backends.numpy_backend.PIECE", 4)  # uneven pieces count by rows
    data, settings = small("movielens", backend="numpy")
    split, outcome = few_ratings(), train(data, settings)
    rows = torch.tensor(split.valid)
    users, items = (torch.tensor(codes)[rows].long() for codes in (split.ratings.users, split.ratings.items))
    expected = ((DotBias(outcome.weights)(users, items) - torch.tensor(split.ratings.values)[rows]) ** 2).mean()
    assert outcome.history.epochs[-1].valid_loss == pytest.approx(expected.item(), rel=1e-9)


def test_learning_works() -> None:
    data, settings = small("nn", epochs=6, dtype="float32")
    epochs = train(data, settings).history.epochs
    assert epochs[-1].accuracy is not None
    assert epochs[-1].accuracy > 0.9
    assert epochs[-1].valid_loss < epochs[0].valid_loss / 2


@pytest.mark.parametrize("backend", BACKENDS)
def test_watching(backend: str, monkeypatch: pytest.MonkeyPatch) -> None:
    data, settings = small("movielens", backend=backend, epochs=2)
    monkeypatch.setattr("sheetsim.training.backends.numpy_backend.NumpyTrainer.chunk", 4)
    monkeypatch.setattr("sheetsim.training.backends.torch_backend.TorchTrainer.chunk", 4)
    seen: list[tuple[int, int, int, float]] = []
    train(data, settings, watch=lambda *what: seen.append(what))
    assert [what[:3] for what in seen] == [(1, 4, 6), (1, 6, 6), (2, 4, 6), (2, 6, 6)]  # 174 ratings by 32
    assert all(np.isfinite(what[3]) for what in seen)


def test_threads_are_left_as_they_were() -> None:
    before = torch.get_num_threads()
    torch.set_num_threads(2)
    try:
        train(*small("movielens", epochs=1))
        assert torch.get_num_threads() == 2
    finally:
        torch.set_num_threads(before)


# --- going on ---------------------------------------------------------------------------------------------------------
def checkpoints(data: Data, settings: Settings) -> tuple[Outcome, list[Checkpoint]]:
    kept: list[Checkpoint] = []
    return train(data, settings, keep=kept.append), kept


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("model", ["movielens", "nn"])
def test_going_on_gives_the_very_same_numbers(model: str, backend: str, dtype: str) -> None:
    data, settings = small(model, backend=backend, dtype=dtype)
    whole, kept = checkpoints(data, settings)
    assert len(kept) == 3
    for checkpoint in kept[:2]:
        resumed = train(data, settings, start=checkpoint)
        assert resumed.history.losses.tobytes() == whole.history.losses.tobytes()
        assert [e[:4] for e in resumed.history.epochs] == [e[:4] for e in whole.history.epochs]
        assert all(part.tobytes() == whole.weights[name].tobytes() for name, part in resumed.weights.items())


def test_going_on_in_the_other_backend() -> None:
    data, settings = small("movielens", backend="numpy")
    whole, kept = checkpoints(data, settings)
    check_same(train(data, replace(settings, backend="torch"), start=kept[0]), whole, rel=1e-9)


def test_a_finished_run_is_left_as_it_is() -> None:
    data, settings = small("movielens")
    whole, kept = checkpoints(data, settings)
    assert train(data, settings, start=kept[-1]).history.epochs == whole.history.epochs


def test_more_epochs_at_a_constant_rate() -> None:
    data, settings = small("nn", optimizer="sgd", epochs=1)
    _, kept = checkpoints(data, settings)
    longer = replace(settings, epochs=2)
    assert train(data, longer, start=kept[0]).history.losses.tobytes() == train(data, longer).history.losses.tobytes()


@pytest.mark.parametrize(
    ("change", "line"),
    [
        ({"lr": 0.1}, "made with lr 0.005, not 0.1"),
        ({"epochs": 4}, "made with epochs 3"),
        ({"seed": 1}, "made with seed"),
    ],
)
def test_a_checkpoint_of_another_run_is_refused(change: dict[str, Any], line: str) -> None:
    data, settings = small("movielens")
    _, kept = checkpoints(data, settings)
    with pytest.raises(InputError, match=line):
        train(data, replace(settings, **change), start=kept[0])


def test_fewer_epochs_than_there_are_already() -> None:
    data, settings = small("nn", optimizer="sgd", epochs=2)
    _, kept = checkpoints(data, settings)
    with pytest.raises(InputError, match="has 2 epochs already, more than 1"):
        train(data, replace(settings, epochs=1), start=kept[-1])


def test_a_checkpoint_that_lacks_an_epoch_is_refused() -> None:
    data, settings = small("movielens")
    _, kept = checkpoints(data, settings)
    kept[1].history.epochs.pop()
    with pytest.raises(InputError, match="batches are not those of 1 epochs"):
        train(data, settings, start=kept[1])


def test_a_checkpoint_of_other_data_is_refused() -> None:
    data, settings = small("movielens")
    _, kept = checkpoints(data, settings)
    other = few_ratings()
    values = other.ratings.values.copy()
    values[0] = 6 - values[0]
    with pytest.raises(InputError, match="made with other data"):
        train(replace(other, ratings=replace(other.ratings, values=values)), settings, start=kept[0])


def test_fingerprints_of_pictures() -> None:
    one, other = few_digits(), few_digits()
    assert fingerprint(one) == fingerprint(other)
    other.valid_labels[3] += 1
    assert fingerprint(one) != fingerprint(other)


# --- what cannot be trained -------------------------------------------------------------------------------------------
@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize(
    ("model", "given"),
    [
        ("nn", {"optimizer": "sgd", "lr": 1e30}),
        ("movielens", {"optimizer": "sgd", "lr": 1e20, "low": None, "high": None}),
    ],
)
def test_a_run_that_diverges_keeps_its_last_good_weights(model: str, given: dict[str, Any], backend: str) -> None:
    data, settings = small(model, backend=backend, dtype="float32", **given)
    with pytest.raises(Diverged) as caught:
        train(data, settings)
    error = caught.value
    assert f"at a learning rate of {given['lr']:.3g}; try a lower lr" in str(error)
    assert "of batch " in str(error)
    assert "in epoch 1 is " in str(error)
    assert all(np.isfinite(part).all() for part in error.outcome.weights.values())
    assert np.isfinite(error.outcome.history.losses).all()


def test_the_last_good_weights_are_those_after_the_chunk_before(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sheetsim.training.backends.numpy_backend.NumpyTrainer.chunk", 2)
    data, settings = small("nn", optimizer="sgd", backend="numpy", dtype="float32")
    good = train(data, replace(settings, epochs=1))
    real_schedule = loop.schedule

    def explodes(settings: Settings, batches: int) -> tuple[np.ndarray, np.ndarray]:
        rates, momenta = real_schedule(settings, batches)
        return np.where(np.arange(batches) == 8, 1e35, rates), momenta  # the first batch of the second epoch

    monkeypatch.setattr(loop, "schedule", explodes)
    with pytest.raises(Diverged, match="batch 2 in epoch 2") as caught:
        train(data, settings)
    assert all((part == good.weights[name]).all() for name, part in caught.value.outcome.weights.items())
    assert len(caught.value.outcome.history.epochs) == 1


def test_a_model_wants_its_own_kind_of_data() -> None:
    with pytest.raises(InputError, match="model nn learns from Digits, not from RatingSplit"):
        train(few_ratings(), Settings("nn"))


def test_no_samples() -> None:
    with pytest.raises(InputError, match="the data has no samples for validation"):
        train(replace(few_ratings(), valid=np.empty(0, np.int64)), Settings("movielens"))


def test_cuda_where_there_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    assert torch_devices.device(Settings("nn")).type == "cpu"
    with pytest.raises(InputError, match="PyTorch finds no CUDA device here"):
        train(few_digits(), Settings("nn", device="cuda"))


def test_without_pytorch(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sheetsim.support.extras.find_spec", lambda name: None)
    with pytest.raises(InputError, match=r"pip install 'sheetsim\[torch\]'"):
        train(few_digits(), Settings("nn"))
    train(few_digits(), Settings("nn", backend="numpy"))
