"""``assert_optimizer_matches``: PyTorch's own optimizers, right ones and deliberately wrong ones, along the sheets."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="PyTorch is not installed: pip install 'sheetsim[torch]'")

from own_optimizers import OwnAdam, averaged, wrong
from torch import optim

import sheetsim
from sheetsim.errors import InputError
from sheetsim.optimizers import torch_classes
from sheetsim.testing import Mismatch, assert_optimizer_matches


def departure(*arguments: Any, **options: Any) -> str:
    with pytest.raises(Mismatch) as failed:
        assert_optimizer_matches(*arguments, **options)
    return str(failed.value)


def first_of(message: str) -> tuple[str, str]:
    """Row and state that a message names: ``("row 4", "new b")``."""
    head = message.splitlines()[0]
    return head[head.index(" in row ") + 4 : head.index(" (")], head[head.index(", first in ") + 11 :]


# --- the same way -----------------------------------------------------------------------------------------------------
#: optimizers that go a sheet's way, by the sheet; what PyTorch's own do there is PyTorch's arithmetic, not ours
SAME: list[tuple[Any, str, dict[str, Any]]] = [
    (optim.SGD, "basic", {}),
    (torch_classes.SGD, "basic", {}),
    (optim.SGD, "momentum", {}),
    (torch_classes.Momentum, "momentum", {}),
    (torch_classes.RMSProp, "rmsprop", {}),
    (torch_classes.Adam, "adam", {}),
    (torch_classes.AnnealedAdam, "adam_ann", {}),
    (optim.SGD, "sgd_l2", {}),
    (optim.SGD, "sgd_decay", {}),  # for plain descent the two are the same
    (optim.Adam, "adam_l2", {}),
    (optim.AdamW, "adam_decay", {}),
    (optim.Adam, "adam_l2", {"foreach": True}),
    (optim.Adam, "adam_l2", {"settings": {"lr": 0.25, "beta_2": 0.9, "eps": 0.5}}),
    (optim.Adam, "adam_l2", {"dtype": torch.float32}),
    (OwnAdam, "adam_l2", {}),
    (torch_classes.Adam, "adam_l2", {"settings": {"correct": 0, "wd": 0}, "start": 0.0}),
    (optim.SGD, "momentum", {"settings": {"lr": 0.001, "J1": 0.5}}),
]


@pytest.mark.parametrize(("optimizer", "sheet", "options"), SAME)
def test_the_same_way(optimizer: Any, sheet: str, options: dict[str, Any]) -> None:
    assert_optimizer_matches(optimizer, sheet, **options)


@pytest.mark.parametrize(
    "keeping",
    ["at first need", "set anew", "with a count from 1", "with a count by get", "as a whole"],
)
def test_a_state_is_found_and_started_however_it_is_kept(keeping: str) -> None:
    """The lecture's momentum starts from averages that are not 0."""
    assert_optimizer_matches(averaged(keeping), "momentum")
    message = departure(averaged(keeping), "momentum", beta=0.8)
    assert first_of(message) == ("row 4", "average de/db")


def test_a_state_that_cannot_be_reached_has_to_start_from_0() -> None:
    with pytest.raises(InputError, match=r"Averaged cannot start where the sheet does.*keeps nothing in optimizer"):
        assert_optimizer_matches(averaged("elsewhere"), "momentum")
    from_zero = {"J33:K33": 0}
    assert_optimizer_matches(averaged("elsewhere"), "momentum", settings=from_zero)
    message = departure(averaged("elsewhere"), "momentum", settings=from_zero, beta=0.8)
    assert first_of(message) == ("row 4", "new b")
    assert message.endswith("not compared, Averaged keeps no such state: average de/db and average de/da")


@pytest.mark.parametrize("word", ["average de/db", "avg de/db", "avg de/da"])
def test_a_state_may_be_named(word: str) -> None:
    assert_optimizer_matches(averaged("set anew"), "momentum", states={"anything": word})


def test_a_workbook_of_ones_own_and_a_file(tmp_path: Path) -> None:
    book = sheetsim.build("graddesc", points=[(1, 5), (2, 8), (4, 14)])
    book["momentum"]["D2"] = 0.01
    assert_optimizer_matches(optim.SGD, "momentum", book=book)
    assert_optimizer_matches(optim.SGD, book["momentum"])
    book.save(tmp_path / "mine.xlsx")
    for title, optimizer in (("basic", optim.SGD), ("momentum", optim.SGD), ("adam", torch_classes.Adam)):
        assert_optimizer_matches(optimizer, title, book=tmp_path / "mine.xlsx")


@pytest.mark.parametrize(("optimizer", "title", "options"), SAME[:7])
def test_the_lectures_own_file(original: Any, optimizer: Any, title: str, options: Any) -> None:
    """Its averages have no headings, only names."""
    assert_optimizer_matches(optimizer, title, book=original("graddesc"), **options)
    if title == "adam":
        message = departure(optimizer, title, book=original("graddesc"), beta1=0.8)
        assert first_of(message) == ("row 4", "momlast, for b")


@pytest.mark.parametrize(
    "make", [partial(optim.Adam, foreach=False), lambda params, **own: OwnAdam(params, 1.0, **own)]
)
def test_anything_that_makes_an_optimizer(make: Any) -> None:
    own = {} if isinstance(make, partial) else {"betas": (0.9, 0.99), "weight_decay": 0.1}
    assert_optimizer_matches(make, "adam_l2", **own)


# --- another way ------------------------------------------------------------------------------------------------------
CORRECTED = "as if it corrected its averages for having started at 0, which the sheet does not"
UNCORRECTED = "as if it did not correct its averages for having started at 0, as the sheet does"
SQUARES = "average of the squares"
OWN_ROW = "as if it divided by the root of its own row, and the sheet by that of the row above"

#: what leaves a sheet's way, where, and what the message says of it
PARTING: list[tuple[Any, str, dict[str, Any], tuple[str, str], str]] = [
    # what PyTorch's own do otherwise than the lecture, as the table in optimizers/steps.py has it
    (optim.Adam, "adam", {}, ("row 4", "new b"), CORRECTED),
    (optim.Adam, "adam_ann", {}, ("row 4", "new b"), CORRECTED),
    (optim.RMSprop, "rmsprop", {}, ("row 4", "new b"), OWN_ROW),
    (optim.SGD, "momentum", {"dampening": 0}, ("row 4", "average de/db"), "-102.5005340211871"),
    (optim.SGD, "momentum", {"nesterov": True, "dampening": 0}, ("row 4", "average de/db"), ""),
    (optim.SGD, "basic", {"lr": 0.001}, ("row 4", "new b"), "10 times the sheet's for b, 10 times for a"),
    (optim.SGD, "basic", {"maximize": True}, ("row 4", "new b"), "-1 times the sheet's for b, -1 times for a"),
    (optim.AdamW, "adam_l2", {}, ("row 6", "avg b"), ""),
    (optim.Adam, "adam_decay", {}, ("row 6", "avg b"), ""),
    (optim.Adam, "adam_l2", {"betas": (0.9, 0.999)}, ("row 6", "avg b²"), ""),
    (optim.Adam, "adam_l2", {"eps": 1e-7}, ("row 6", "new b"), ""),
    (optim.Adam, "adam_l2", {"amsgrad": True}, ("row 15", "new a"), ""),  # while the averages grow it is Adam
    # mistakes
    (wrong("no correction"), "adam_l2", {"settings": {"beta_2": 0.999}}, ("row 6", "new b"), UNCORRECTED),
    (wrong("no correction"), "adam_l2", {"settings": {"eps": 0}}, ("row 7", "new b"), UNCORRECTED),  # 0.1 / √0.01 is 1
    (wrong("no correction"), "adam_l2", {}, ("row 6", "new b"), ""),  # there by its eps alone
    (wrong("squares not corrected"), "adam_l2", {}, ("row 6", "new b"), UNCORRECTED.replace("averages", SQUARES)),
    (wrong("eps in the root"), "adam_l2", {}, ("row 6", "new b"), ""),
    (wrong("eps before the correction"), "adam_l2", {}, ("row 6", "new b"), ""),
    (wrong("decay in the update"), "adam_l2", {}, ("row 6", "avg b"), ""),
    (wrong("decay in the update"), "adam_decay", {}, ("", ""), ""),
    (wrong("no decay"), "adam_l2", {}, ("row 6", "avg b"), ""),
    (wrong("betas swapped"), "adam_l2", {}, ("row 6", "avg b"), ""),
    (wrong("not averaged"), "adam_l2", {}, ("row 6", "avg b"), ""),
    (wrong("not squared"), "adam_l2", {}, ("row 6", "avg b²"), "nan"),
    (wrong("no root"), "adam_l2", {}, ("row 6", "new b"), ""),
    (wrong("uphill"), "adam_l2", {}, ("row 6", "new b"), "-1 times the sheet's for b, -1 times for a"),
    (wrong("late"), "adam_l2", {}, ("row 25", "new b"), ""),
]


@pytest.mark.parametrize(("optimizer", "sheet", "options", "first", "said"), PARTING)
def test_row_and_state_are_named(optimizer: Any, sheet: str, options: dict[str, Any], first: Any, said: str) -> None:
    if first == ("", ""):
        return assert_optimizer_matches(optimizer, sheet, **options)
    message = departure(optimizer, sheet, **options)
    assert first_of(message) == first
    assert said in message
    return None


def departs_at(path: np.ndarray, expected: np.ndarray) -> tuple[int, str]:
    """The first row, and the weight, in which two ways are further apart than 1e-12 of the weights' size."""
    row, weight = np.argwhere(~np.isclose(path, expected, rtol=1e-12, atol=0))[0].tolist()
    return 6 + row, ("new b", "new a")[weight]


@pytest.mark.parametrize("options", [{"amsgrad": True}, {"eps": 1e-9}, {"lr": 0.9999}])
def test_the_row_is_the_one_of_a_loop_by_hand(options: dict[str, Any]) -> None:
    """PyTorch's Adam with this setting beside PyTorch's Adam without, fed the sheet's gradients."""
    sheet = sheetsim.open("weight_decay")["adam_l2"]
    paths = []
    for own in ({}, options):
        weights = torch.nn.Parameter(torch.ones(2, dtype=torch.float64))
        settings: dict[str, Any] = {"lr": 1.0, "betas": (0.9, 0.99), "eps": 1e-8, "weight_decay": 0.1, **own}
        optimizer, path = optim.Adam([weights], **settings), []
        for gradient in sheet["G6:H34"]:
            weights.grad = torch.tensor(gradient, dtype=torch.float64)
            optimizer.step()
            path.append(weights.tolist())
        paths.append(np.array(path))
    row, weight = departs_at(paths[1], paths[0])
    message = departure(optim.Adam, "adam_l2", **options)
    assert first_of(message) == (f"row {row}", weight)
    assert f" in row {row} (its step {row - 5} of 29)" in message


def test_the_message_whole() -> None:
    assert departure(optim.SGD, "basic", lr=0.001) == (
        "SGD departs from graddesc!basic in row 4 (its step 1 of 29), first in new b\n"
        "  state  cell      formula      expected            got                 relative  ulps\n"
        "  new b  basic!N4  =C4-K4*$F$1  1.2796114176373683  1.3169516740977634  0.028     1.7e+14\n"
        "  new a  basic!M4  =D4-L4*$F$1  2.628081313190362   3.1508449036358948  0.17      1.2e+15\n"
        "  its step is 10 times the sheet's for b, 10 times for a"
    )


def test_the_report_colours_the_rows() -> None:
    with pytest.raises(Mismatch) as failed:
        assert_optimizer_matches(wrong("late"), "adam_l2")
    report = failed.value.report
    assert {each.sheet for each in report.differences} == {"adam_l2"}
    assert min(int(each.cell[1:]) for each in report.differences) == 25
    assert report.computed == 29 * 6
    assert report.against == "OwnAdam"


class Failing(optim.Optimizer):
    """Its step has a mistake."""

    def __init__(self, params: Any, lr: float):
        super().__init__(params, {"lr": lr})

    def step(self, closure: Any = None) -> None:  # type: ignore[override]
        raise ValueError("two\nlines")


def test_a_mistake_in_the_step_is_shown_where_it_is() -> None:
    with pytest.raises(InputError) as refused:
        assert_optimizer_matches(Failing, "basic")
    assert isinstance(refused.value.__cause__, ValueError)


# --- what cannot be run -----------------------------------------------------------------------------------------------
UNUSABLE: list[tuple[tuple[Any, ...], dict[str, Any], str]] = [
    ((optim.Adam, "data"), {}, "graddesc!data is no optimizer's sheet: no row has the headings de/db and de/da"),
    ((optim.Adam, "none"), {}, "no workbook of graddesc, weight_decay has a sheet 'none'; for another give book="),
    ((optim.Adam, "none"), {"book": "graddesc"}, "graddesc has no sheet 'none'; it has"),
    ((optim.Adam, "adam"), {"book": "nothing.xlsx"}, "nothing.xlsx does not exist"),
    ((optim.Adam, "adam"), {"settings": {"foo": 1}}, "adam has no name or cell 'foo'"),
    ((optim.Adam, "adam"), {"settings": {"H4": 1}}, "settings H4: adam!H4 holds the formula =C4"),
    ((optim.Adam, "adam"), {"settings": {"lr": "much"}}, "settings lr: 'much' is no number that a cell can hold"),
    ((optim.Adam, "adam"), {"settings": {"lr": float("nan")}}, "settings lr: nan is no number"),
    ((optim.Adam, "adam"), {"nosuch": 1}, r"Adam\(.*cannot be made: TypeError: .*'nosuch'"),
    ((optim.Adam, "adam"), {"lr": -1}, r"Adam\(.*cannot be made: ValueError: Invalid learning rate: -1"),
    ((optim.Adam, "adam"), {"states": {"x": "avg de/db"}}, "states: Adam keeps no 'x' .* it keeps 'exp_avg', 'exp_avg"),
    ((optim.Adam, "adam"), {"states": {"exp_avg": "m"}}, "states: the sheet calls nothing 'm'; it has average de/db"),
    ((optim.Adam, "adam"), {"device": "no such"}, "device no such, dtype None: "),
    ((optim.Adam, "adam"), {"dtype": torch.int64}, "holds floating point numbers, not torch.int64 on cpu"),
    ((optim.Adam, "adam"), {"device": "meta"}, "holds floating point numbers, not torch.float64 on meta"),
    ((optim.Adam, 3), {}, "a sheet's title is needed, such as 'adam', not a int"),
    ((optim.Adam, "adam"), {"settings": ["lr"]}, "settings are a dictionary, not a list"),
    ((optim.Adam, "adam"), {"settings": {"lr": True}}, "settings lr: True is no number"),
    ((optim.Adam, "adam"), {"states": {"exp_avg": 3}}, "states: the sheet calls nothing 3"),
    ((Failing, "basic"), {}, r"Failing takes no step: ValueError: two lines\Z"),
    ((optim.Adam, "adam"), {"dtype": "float64"}, "device cpu, dtype float64: "),
    ((optim.LBFGS, "basic"), {}, "LBFGS takes no step: TypeError: .*'closure'"),
    ((int, "adam"), {}, "int .*"),
    ((3, "adam"), {}, "3 is no optimizer's class"),
    ((lambda params: params, "adam"), {}, "makes a list, and not a torch.optim.Optimizer"),
    ((optim.RMSprop, "rmsprop"), {"settings": {"J33:K33": 0}}, r"rmsprop!H4 holds '#DIV/0!', and a number is needed"),
    ((optim.SGD, "basic"), {"rtol": -1}, "rtol is a number from 0 up, not -1"),
]


@pytest.mark.parametrize(("arguments", "options", "said"), UNUSABLE)
def test_what_cannot_be_run_is_refused_in_one_line(arguments: Any, options: dict[str, Any], said: str) -> None:
    with pytest.raises(InputError, match=said) as refused:
        assert_optimizer_matches(*arguments, **options)
    assert "\n" not in str(refused.value)


def test_settings_are_not_put_into_a_workbook_of_ones_own() -> None:
    book = sheetsim.open("graddesc")
    with pytest.raises(InputError, match="put lr into the one given: graddesc"):
        assert_optimizer_matches(optim.SGD, "basic", book=book, settings={"lr": 1})


def test_on_a_gpu() -> None:
    if not torch.cuda.is_available():
        pytest.skip("there is no CUDA device here")
    assert_optimizer_matches(optim.SGD, "momentum", device="cuda")
    departure(optim.Adam, "adam", device="cuda")
