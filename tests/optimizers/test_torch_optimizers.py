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


def stepped(update: Callable[[np.ndarray, int], np.ndarray], shrink: float = 0.0) -> Path:
    """The same with updates that a function makes of each gradient and the number of its step, from 1."""
    weights, path = np.array(START), []
    for turn, gradient in enumerate(GRADIENTS, 1):
        weights = weights * (1 - shrink) - update(gradient, turn)
        path.append(weights.tolist())
    return path


def corrected_momentum(first_undampened: bool = True) -> Path:
    state = optimizers.MomentumState(np.zeros(3))

    def update(gradient: np.ndarray, turn: int) -> np.ndarray:
        nonlocal state
        boost = 1 / (1 - BETA) if first_undampened and turn == 1 else 1
        change, state = optimizers.momentum(gradient * boost, state, lr=LR, beta=BETA)
        return np.asarray(change)

    return stepped(update)


def corrected_rmsprop(own_row: bool = True, eps: float = 0.5) -> Path:
    state = optimizers.RMSPropState(np.ones(3) if not own_row else np.full(3, 1e-300))

    def update(gradient: np.ndarray, turn: int) -> np.ndarray:
        nonlocal state
        above = state
        _, state = optimizers.rmsprop(gradient, above, lr=LR, beta=BETA)
        return np.asarray(LR * gradient / (np.sqrt((state if own_row else above).mean_square) + eps))

    return stepped(update)


def corrected_adam(bias: bool = True, eps: float = 0.0, decay: float = 0.0) -> Path:
    state = optimizers.AdamState(np.zeros(3), np.zeros(3))

    def update(gradient: np.ndarray, turn: int) -> np.ndarray:
        nonlocal state
        change, state = optimizers.adam(gradient, state, lr=LR, beta1=BETA, beta2=BETA)
        factor = np.sqrt(1 - BETA**turn) / (1 - BETA**turn) if bias else 1.0
        unhindered = np.sqrt(state.mean_square / (1 - BETA**turn if bias else 1.0))
        return np.asarray(change * factor * unhindered / (unhindered + eps))

    return stepped(update, LR * decay)


TORCH = {
    "SGD": lambda: path_of(torch.optim.SGD, lr=LR),
    "SGD, dampened": lambda: path_of(torch.optim.SGD, lr=LR, momentum=BETA, dampening=BETA),
    "SGD, a tenth of the rate": lambda: path_of(torch.optim.SGD, lr=LR * (1 - BETA), momentum=BETA),
    "SGD, plain": lambda: path_of(torch.optim.SGD, lr=LR, momentum=BETA),
    "RMSprop": lambda: path_of(torch.optim.RMSprop, lr=LR, alpha=BETA, eps=0.5),
    "Adam": lambda: path_of(torch.optim.Adam, lr=LR, betas=(BETA, BETA), eps=0.0),
    "Adam, eps": lambda: path_of(torch.optim.Adam, lr=LR, betas=(BETA, BETA), eps=0.5),
    "AdamW": lambda: path_of(torch.optim.AdamW, lr=LR, betas=(BETA, BETA), eps=0.0, weight_decay=0.3),
}

NEVER, FIRST, ALWAYS = (False, False), (True, False), (True, True)  # the same after one step, after ten

#: theirs, ours with what is accounted for, whether the two paths are then the same
RELATIONS: list[tuple[str, Callable[[], Path], tuple[bool, bool]]] = [
    ("SGD", lambda: path_of(SGD, lr=LR), ALWAYS),
    ("SGD, dampened", lambda: path_of(Momentum, lr=LR, beta=BETA), NEVER),
    ("SGD, dampened", lambda: corrected_momentum(), ALWAYS),
    ("SGD, plain", lambda: path_of(Momentum, lr=LR, beta=BETA), NEVER),
    ("SGD, plain", lambda: corrected_momentum(), FIRST),
    ("SGD, a tenth of the rate", lambda: path_of(Momentum, lr=LR, beta=BETA), ALWAYS),
    ("RMSprop", lambda: path_of(RMSProp, lr=LR, beta=BETA, start=1.0), NEVER),
    ("RMSprop", lambda: corrected_rmsprop(own_row=False), NEVER),
    ("RMSprop", lambda: corrected_rmsprop(eps=0.0), NEVER),
    ("RMSprop", lambda: corrected_rmsprop(), ALWAYS),
    ("Adam", lambda: path_of(Adam, lr=LR, start=0.0), NEVER),
    ("Adam", lambda: corrected_adam(eps=0.5), NEVER),
    ("Adam", lambda: corrected_adam(), ALWAYS),
    ("Adam, eps", lambda: corrected_adam(), NEVER),
    ("Adam, eps", lambda: corrected_adam(bias=False, eps=0.5), NEVER),
    ("Adam, eps", lambda: corrected_adam(eps=0.5), ALWAYS),
    ("AdamW", lambda: corrected_adam(), NEVER),
    ("AdamW", lambda: corrected_adam(decay=0.3), ALWAYS),
]


@pytest.mark.parametrize(("theirs", "ours", "same"), RELATIONS)
def test_beside_torch(theirs: str, ours: Callable[[], Path], same: tuple[bool, bool]) -> None:
    expected, found = TORCH[theirs](), ours()
    alike = [np.allclose(found[:steps], expected[:steps], rtol=1e-12, atol=0) for steps in (1, 10)]
    assert tuple(alike) == same


@pytest.mark.parametrize(
    ("ours", "corrected"),
    [
        (lambda: path_of(Momentum, lr=LR, beta=BETA), lambda: corrected_momentum(first_undampened=False)),
        (lambda: path_of(RMSProp, lr=LR, beta=BETA, start=1.0), lambda: corrected_rmsprop(own_row=False, eps=0.0)),
        (lambda: path_of(Adam, lr=LR, start=0.0), lambda: corrected_adam(bias=False)),
    ],
)
def test_with_nothing_accounted_for_it_is_ours(ours: Callable[[], Path], corrected: Callable[[], Path]) -> None:
    np.testing.assert_allclose(corrected(), ours(), rtol=1e-12)


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
