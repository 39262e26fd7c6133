"""The torch classes against the sheets, and against PyTorch's own optimizers, each difference switched on and off."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="PyTorch is not installed: pip install 'sheetsim[torch]'")

from sheetsim import Sheet, library
from sheetsim.errors import InputError
from sheetsim.optimizers import steps as optimizers
from sheetsim.optimizers.torch_classes import SGD, Adam, AnnealedAdam, Momentum, RMSProp

LR, BETA = 0.05, 0.9
Path = list[Any]  # the weights after each step


# --- the sheets -------------------------------------------------------------------------------------------------------
SHEETS: dict[str, tuple[Any, dict[str, str]]] = {
    "basic": (SGD, {"lr": "F1"}),
    "momentum": (Momentum, {"lr": "D2", "beta": "J1"}),
    "rmsprop": (RMSProp, {"lr": "D2", "beta": "J1"}),
    "adam": (Adam, {"lr": "D2", "beta1": "J1", "beta2": "L1"}),
    "adam_ann": (AnnealedAdam, {"lr": "D2", "beta1": "J1", "beta2": "L1"}),
}
STATES = {"momentum": ["step"], "rmsprop": ["mean_square"], "adam": ["step", "mean_square"]}
STATES["adam_ann"] = STATES["adam"]


def fitted(sheet: Sheet, dtype: Any = torch.float64) -> tuple[Any, Any]:
    """A parameter (b, a) and its optimizer, both in the state of the sheet's head."""
    kind, cells = SHEETS[sheet.title]
    weights = torch.nn.Parameter(torch.tensor([sheet["C1"], sheet["C2"]], dtype=dtype))
    optimizer = kind([weights], **{name: sheet[cell] for name, cell in cells.items()})
    for name, cell in zip(STATES.get(sheet.title, []), ["J3:K3", "L3:M3"], strict=False):
        optimizer.state[weights][name] = torch.tensor(sheet[cell][0], dtype=dtype)
    if sheet.title == "adam_ann":
        optimizer.param_groups[0]["smallest"] = sheet["N3"]
    return weights, optimizer


def rows_of(sheet: Sheet, weights: Any, optimizer: Any) -> list[list[float]]:
    """The weights that enter each row, by autograd and the optimizer."""
    entering = []
    for x, y in sheet["A4:B32"]:
        entering.append(weights.tolist())
        optimizer.zero_grad()
        (weights[0] + weights[1] * x - y).square().backward()
        optimizer.step()
    return entering


@pytest.mark.parametrize("title", SHEETS)
def test_the_rows_of_the_sheet(title: str) -> None:
    sheet = library.build("graddesc")[title]
    weights, optimizer = fitted(sheet)
    np.testing.assert_allclose(rows_of(sheet, weights, optimizer), sheet["C4:D32"], rtol=1e-12)
    after = sheet["M32:N32"][0][::-1] if title == "basic" else sheet["H32:I32"][0]
    np.testing.assert_allclose(weights.tolist(), after, rtol=1e-12)
    for name, cells in zip(STATES.get(title, []), ["J32:K32", "L32:M32"], strict=False):
        np.testing.assert_allclose(optimizer.state[weights][name].tolist(), sheet[cells][0], rtol=1e-12)


def test_the_annealed_rate_is_the_buttons() -> None:
    """Five presses of Run, 25 epochs: the rate falls from 1 to 1/256."""
    book = library.build("graddesc")
    book.press("adam_ann", "reset")
    weights, optimizer = fitted(book["adam_ann"])
    for _ in range(5):
        for _ in range(5):
            entering = rows_of(book["adam_ann"], weights, optimizer)
            optimizer.anneal()
            with torch.no_grad():
                weights.copy_(torch.tensor(entering[-1], dtype=torch.float64))  # the sheets drop the last row's step
        book.press("adam_ann", "run")
        group = optimizer.param_groups[0]
        assert group["lr"] == book["adam_ann"]["D2"]
        np.testing.assert_allclose(group["smallest"], book["adam_ann"]["N3"], rtol=1e-10)
        np.testing.assert_allclose(weights.tolist(), [book["adam_ann"][cell] for cell in ("C1", "C2")], rtol=1e-10)
    assert group["lr"] == 1 / 256


@pytest.mark.parametrize("start", [1.0, 10_000.0])
def test_without_a_state_given_it_starts_as_reset_does(start: float) -> None:
    weights = torch.nn.Parameter(torch.zeros(2, dtype=torch.float64))
    optimizer = RMSProp([weights], lr=1, start=start)
    weights.grad = torch.tensor([3.0, -5.0], dtype=torch.float64)
    optimizer.step()
    assert weights.tolist() == [-3 / start**0.5, 5 / start**0.5]


# --- beside torch.optim -----------------------------------------------------------------------------------------------
GRADIENTS = np.random.default_rng(0).normal(1, 2, (10, 3)) * [1, 0.1, 10]
START = [1.0, -2.0, 3.0]


def path_of(make: Callable[..., Any], **settings: Any) -> Path:
    """The weights after each step of a torch optimizer on the given gradients."""
    weights = torch.nn.Parameter(torch.tensor(START, dtype=torch.float64))
    optimizer = make([weights], **settings)
    path = []
    for gradient in GRADIENTS:
        weights.grad = torch.tensor(gradient)
        optimizer.step()
        path.append(weights.tolist())
    return path


SGD_STEP = (optimizers.sgd, optimizers.NoState())
MOMENTUM_STEP = (optimizers.momentum, optimizers.MomentumState(np.zeros(3)))
RMSPROP_STEP = (optimizers.rmsprop, optimizers.RMSPropState(np.zeros(3)))
ADAM_STEP = (optimizers.adam, optimizers.AdamState(np.zeros(3), np.zeros(3)))
FROM_ONE = (optimizers.rmsprop, optimizers.RMSPropState(np.ones(3)))  # the row above divides the first gradient


def path_by(
    step: tuple[Any, Any], counted: bool = False, decay: float = 0.0, first: float = 1.0, **settings: float
) -> Path:
    """The same by a pure step. ``counted`` tells it t, ``decay`` shrinks the weights before each step, and the first
    gradient counts ``first`` times."""
    (rule, state), weights, path = step, np.array(START), []
    for t, gradient in enumerate(GRADIENTS, 1):
        told = {"t": t} if counted else {}
        update, state = rule(gradient * (first if t == 1 else 1), state, lr=LR, **told, **settings)
        weights = weights * (1 - LR * decay) - update
        path.append(weights.tolist())
    return path


TORCH = {
    "SGD": lambda: path_of(torch.optim.SGD, lr=LR),
    "SGD, dampened": lambda: path_of(torch.optim.SGD, lr=LR, momentum=BETA, dampening=BETA),
    "SGD, a tenth of the rate": lambda: path_of(torch.optim.SGD, lr=LR * (1 - BETA), momentum=BETA),
    "SGD, half dampened": lambda: path_of(torch.optim.SGD, lr=LR, momentum=BETA, dampening=0.5),
    "SGD, plain": lambda: path_of(torch.optim.SGD, lr=LR, momentum=BETA),
    "RMSprop": lambda: path_of(torch.optim.RMSprop, lr=LR, alpha=BETA, eps=0.5),
    "Adam": lambda: path_of(torch.optim.Adam, lr=LR, betas=(BETA, BETA), eps=0.0),
    "Adam, eps": lambda: path_of(torch.optim.Adam, lr=LR, betas=(BETA, BETA), eps=0.5),
    "Adam, slow squares": lambda: path_of(torch.optim.Adam, lr=LR, betas=(BETA, 0.99), eps=0.0),
    "AdamW": lambda: path_of(torch.optim.AdamW, lr=LR, betas=(BETA, BETA), eps=0.0, weight_decay=0.3),
}

NEVER, FIRST, ALWAYS = (False, False), (True, False), (True, True)  # the same after one step, after ten

UNDAMPENED = 1 / (1 - BETA)  # what the first gradient counts for there

#: theirs, ours with what is accounted for, whether the two paths are then the same
RELATIONS: list[tuple[str, Callable[[], Path], tuple[bool, bool]]] = [
    ("SGD", lambda: path_by(SGD_STEP), ALWAYS),
    ("SGD, dampened", lambda: path_by(MOMENTUM_STEP), NEVER),
    ("SGD, dampened", lambda: path_by(MOMENTUM_STEP, first=UNDAMPENED), ALWAYS),
    ("SGD, plain", lambda: path_by(MOMENTUM_STEP), NEVER),
    ("SGD, plain", lambda: path_by(MOMENTUM_STEP, first=UNDAMPENED), FIRST),
    ("SGD, plain", lambda: path_by(MOMENTUM_STEP, dampening=0), ALWAYS),
    ("SGD, a tenth of the rate", lambda: path_by(MOMENTUM_STEP), ALWAYS),
    ("SGD, half dampened", lambda: path_by(MOMENTUM_STEP, dampening=0.5), NEVER),
    ("SGD, half dampened", lambda: path_by(MOMENTUM_STEP, dampening=0.5, first=2), ALWAYS),
    ("RMSprop", lambda: path_by(FROM_ONE), NEVER),
    ("RMSprop", lambda: path_by(FROM_ONE, eps=0.5), NEVER),
    ("RMSprop", lambda: path_by(RMSPROP_STEP, own_row=True), NEVER),
    ("RMSprop", lambda: path_by(RMSPROP_STEP, own_row=True, eps=0.5), ALWAYS),
    ("Adam", lambda: path_by(ADAM_STEP), NEVER),
    ("Adam", lambda: path_by(ADAM_STEP, counted=True, eps=0.5), NEVER),
    ("Adam", lambda: path_by(ADAM_STEP, counted=True), ALWAYS),
    ("Adam, eps", lambda: path_by(ADAM_STEP, counted=True), NEVER),
    ("Adam, eps", lambda: path_by(ADAM_STEP, eps=0.5), NEVER),
    ("Adam, eps", lambda: path_by(ADAM_STEP, counted=True, eps=0.5), ALWAYS),
    ("Adam, slow squares", lambda: path_by(ADAM_STEP, counted=True), FIRST),
    ("Adam, slow squares", lambda: path_by(ADAM_STEP, counted=True, beta2=0.99), ALWAYS),
    ("AdamW", lambda: path_by(ADAM_STEP, counted=True), NEVER),
    ("AdamW", lambda: path_by(ADAM_STEP, counted=True, decay=0.3), ALWAYS),
]


@pytest.mark.parametrize(("theirs", "ours", "same"), RELATIONS)
def test_beside_torch(theirs: str, ours: Callable[[], Path], same: tuple[bool, bool]) -> None:
    expected, found = TORCH[theirs](), ours()
    alike = [np.allclose(found[:steps], expected[:steps], rtol=1e-12, atol=0) for steps in (1, 10)]
    assert tuple(alike) == same


@pytest.mark.parametrize(
    ("made", "step"),
    [
        (lambda: path_of(SGD, lr=LR), SGD_STEP),
        (lambda: path_of(Momentum, lr=LR), MOMENTUM_STEP),
        (lambda: path_of(RMSProp, lr=LR, start=1.0), FROM_ONE),
        (lambda: path_of(Adam, lr=LR, start=0.0), ADAM_STEP),
        (lambda: path_of(AnnealedAdam, lr=LR, beta2=0.9, start=0.0), ADAM_STEP),
    ],
)
def test_the_classes_take_the_pure_steps(made: Callable[[], Path], step: tuple[Any, Any]) -> None:
    np.testing.assert_allclose(made(), path_by(step), rtol=1e-12)


# --- as an optimizer of PyTorch's -------------------------------------------------------------------------------------
EVERY = [(SGD, {}), (Momentum, {}), (RMSProp, {"start": 1.0}), (Adam, {}), (AnnealedAdam, {"start": 1.0})]


def run(weights: Any, optimizer: Any, steps: int, target: float = 0.5) -> None:
    for _ in range(steps):

        def loss() -> Any:
            optimizer.zero_grad()
            error = sum((w - target).square().sum() for w in weights)
            error.backward()
            return error

        optimizer.step(loss)
        if isinstance(optimizer, AnnealedAdam):
            optimizer.anneal()


def parameters(dtype: Any) -> list[Any]:
    return [torch.nn.Parameter(torch.tensor(values, dtype=dtype)) for values in ([1.0, 2.0], [[3.0], [-1.0]])]


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
@pytest.mark.parametrize(("kind", "more"), EVERY)
def test_state_dict_continues_the_run(kind: Any, more: dict[str, float], dtype: Any) -> None:
    straight = parameters(dtype)
    run(straight, kind(straight, lr=0.1, **more), 7)

    first = parameters(dtype)
    before = kind(first, lr=0.1, **more)
    run(first, before, 3)
    second = [torch.nn.Parameter(p.detach().clone()) for p in first]
    after = kind(second, lr=9.0, **more)
    after.load_state_dict(before.state_dict())
    run(second, after, 4)
    for one, other in zip(straight, second, strict=True):
        assert one.dtype == other.dtype == dtype
        assert torch.equal(one, other)


@pytest.mark.parametrize(("kind", "more"), EVERY)
def test_parameter_groups_have_rates_of_their_own(kind: Any, more: dict[str, float]) -> None:
    together, alone = parameters(torch.float64), parameters(torch.float64)
    grouped = kind([{"params": together[:1], "lr": 0.2}, {"params": together[1:]}], lr=0.1, **more)
    run(together, grouped, 4)
    for one, lr in zip(alone, (0.2, 0.1), strict=True):
        run([one], kind([one], lr=lr, **more), 4)
    for one, other in zip(together, alone, strict=True):
        assert torch.equal(one, other)


def test_the_loss_comes_back_and_parameters_without_gradient_stay() -> None:
    weights = parameters(torch.float64)
    optimizer = AnnealedAdam(weights, lr=0.1)

    def loss() -> Any:
        weights[0].sum().backward()
        return 12.0

    assert optimizer.step(loss) == 12.0
    optimizer.anneal()
    assert weights[1].tolist() == [[3.0], [-1.0]]
    assert weights[0].tolist() != [1.0, 2.0]


def test_a_schedule_of_torchs_drives_it() -> None:
    weights = parameters(torch.float64)
    optimizer = Momentum(weights, lr=1.0)
    schedule = torch.optim.lr_scheduler.StepLR(optimizer, step_size=1, gamma=0.5)
    for expected in (0.5, 0.25):
        run(weights, optimizer, 1)
        schedule.step()
        assert optimizer.param_groups[0]["lr"] == expected


@pytest.mark.parametrize(
    ("kind", "settings"),
    [
        (SGD, {"lr": -1}),
        (SGD, {"lr": float("nan")}),
        (Momentum, {"lr": 1, "beta": 1}),
        (RMSProp, {"lr": 1, "beta": -0.1}),
        (RMSProp, {"lr": 1, "start": 0}),
        (Adam, {"lr": 1, "beta1": 1}),
        (Adam, {"lr": 1, "beta2": 2}),
        (Adam, {"lr": 1, "start": -1}),
        (AnnealedAdam, {"lr": 1, "smallest": 0}),
    ],
)
def test_settings_that_make_no_sense(kind: Any, settings: dict[str, float]) -> None:
    with pytest.raises(InputError):
        kind(parameters(torch.float64), **settings)
