"""A trained model's workbook computes what the model does: against PyTorch in double precision, and LibreOffice."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from libreoffice import recalculated, without_values
from small_trained import FACTORS, TITLES, build_digits, build_ratings, digits, history, ratings

from sheetsim.model.values import NUMBER
from sheetsim.training.data.ratings import Ratings, RatingSplit
from sheetsim.training.history import Epoch, History, smoothed
from sheetsim.training.loop import train
from sheetsim.training.settings import Settings
from sheetsim.workbook import Workbook
from workbooks.trained import digits as trained_digits
from workbooks.trained import ratings as trained_ratings


# --- ratings ----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(("low", "high"), [(0.0, 5.5), (1.0, 5.0), (None, None)])
def test_predictions_against_torch(low: float | None, high: float | None) -> None:
    torch = pytest.importorskip("torch")
    weights, split = ratings()
    w = {name: torch.tensor(part, dtype=torch.float64) for name, part in weights.items()}
    u, i = (torch.tensor(codes[split.valid]).long() for codes in (split.ratings.users, split.ratings.items))
    total = (w["user_factors"][u] * w["item_factors"][i]).sum(1) + w["user_bias"][u] + w["item_bias"][i]
    expected = total if low is None else low + (high - low) * torch.sigmoid(total)  # type: ignore[operator]
    values = torch.tensor(split.ratings.values[split.valid], dtype=torch.float64)

    sheet = build_ratings(low=low, high=high)["ratings"]
    assert [row[0] for row in sheet["J6:J17"]] == pytest.approx(expected.tolist(), rel=1e-13)
    assert sheet["K3"] == pytest.approx(torch.nn.functional.mse_loss(expected, values).item(), rel=1e-13)
    assert sheet["J3"] == pytest.approx(sheet["K3"] ** 0.5)


def test_what_is_listed() -> None:
    book = build_ratings()
    _, split = ratings()
    row = split.valid[0]
    user, movie = int(split.ratings.users[row]), int(split.ratings.items[row])
    listed = book["ratings"]["A6:E6"][0]
    assert listed == [split.ratings.user_names[user], TITLES[movie], split.ratings.values[row], user + 1, movie + 1]
    before = ["history", "batches", "first_ratings", "users", "movies", "ratings"]
    assert [sheet.title for sheet in book] == [*before, "components", "most_rated", "extremes", "neighbours"]
    assert book["ratings"]["I3"] == history().epochs[-1].valid_loss


def test_a_weight_that_is_changed_changes_the_error() -> None:
    book = build_ratings()
    before = book["ratings"]["K3"]
    book["users"]["C4"] = 5
    book.recalculate()
    assert book["ratings"]["K3"] != before


def test_the_first_rows_only() -> None:
    whole, part = build_ratings()["ratings"], build_ratings(rows=5)["ratings"]
    assert part.rows == 10
    assert part["K3"] == pytest.approx(np.mean([row[0] for row in whole["K6:K10"]]))
    assert "first 5 of 12" in part["A1"]
    assert part["I3"] is None  # the run's loss is that of all


@pytest.mark.parametrize(
    ("titles", "matched"),
    [
        (["a", "b?", "c*d"], True),
        (["Star", "Sta?"], False),  # MATCH would find Star
        (["a", "A"], False),
        (["a~b", "c"], False),
        (["x" * 256, "y"], False),
    ],
)
def test_titles_that_match_could_mistake_are_numbered(titles: list[str], matched: bool) -> None:
    assert trained_ratings.keys(titles) == (titles if matched else list(range(1, len(titles) + 1)))


def test_items_without_titles() -> None:
    weights, split = ratings([str(number) for number in range(100, 108)])
    book = trained_ratings.build(history(), weights, split, Settings("movielens", factors=FACTORS))
    book.recalculate()
    assert book["ratings"]["K3"] == build_ratings()["ratings"]["K3"]


# --- digits -----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("model", ["logistic", "nn"])
def test_digits_against_torch(model: str) -> None:
    torch = pytest.importorskip("torch")
    weights, data = digits(model)
    w = {name: torch.tensor(part, dtype=torch.float64) for name, part in weights.items()}
    x, labels = torch.tensor(data.valid_pixels, dtype=torch.float64), torch.tensor(data.valid_labels)
    if model == "logistic":
        outputs = x @ w["weights"] + w["bias"]
    else:
        outputs = torch.relu(x @ w["weights1"] + w["bias1"]) @ w["weights2"] + w["bias2"]
    at = trained_digits.Columns.for_rows(len(labels))
    sheet = build_digits(model)["softmax"]
    assert np.array(sheet[f"{at.output}"]) == pytest.approx(outputs.numpy(), rel=1e-12)
    assert np.array(sheet[f"{at.share}"]) == pytest.approx(outputs.softmax(1).numpy(), rel=1e-12)
    losses = torch.nn.functional.cross_entropy(outputs, labels, reduction="none").numpy()
    for area in at.product, at.lookup:
        assert np.array(sheet[f"{area}"])[:, 0] == pytest.approx(losses, rel=1e-12, abs=1e-15)
        assert sheet[f"{area.left}3"] == pytest.approx(losses.mean())
    assert np.array(sheet[f"{at.model}"])[:, 0] == pytest.approx(losses, rel=1e-5)  # float32
    right = (outputs.argmax(1) == labels).double()
    assert np.array(sheet[f"{at.right}"])[:, 0].tolist() == right.tolist()


def test_pixels_are_whole_numbers_and_rows_are_limited() -> None:
    book = build_digits("logistic", rows=3)
    _, data = digits("logistic")
    assert book["pixels"]["C4:E6"] == (data.valid_pixels[:3, :3] * 256).tolist()
    assert book["pixels"].rows == 6


# --- both -------------------------------------------------------------------------------------------------------------
def test_the_moving_average_of_the_losses() -> None:
    sheet = build_ratings()["batches"]
    assert [row[0] for row in sheet["F5:F9"]] == pytest.approx(smoothed(history().losses).tolist(), rel=1e-13)


def test_a_run_of_one_batch() -> None:
    weights, split = ratings()
    run = History([Epoch(1, 0.5, 0.5, None, 0.1)], np.array([0.5]), np.array([0.1]), np.array([0.9]))
    book = trained_ratings.build(run, weights, split, Settings("movielens", factors=FACTORS))
    book.recalculate()
    assert book["batches"]["A5:F5"] == [[1, 0.1, 0.9, 0.5, pytest.approx(0.01), pytest.approx(0.5)]]


def test_one_user() -> None:
    one = Ratings(np.zeros(2, np.int32), np.arange(2, dtype=np.int32), np.ones(2), np.array([7]), np.array(["a", "b"]))
    split = RatingSplit(one, np.array([0]), np.array([1]), "random 10%")
    settings = Settings("movielens", factors=FACTORS, epochs=1, backend="numpy")
    outcome = train(split, settings)
    book = trained_ratings.build(outcome.history, outcome.weights, split, settings)
    book.recalculate()
    assert book["users"]["A3:B4"] == [[None, "user"], [1, 7]]


def test_a_model_that_was_loaded_has_no_batches() -> None:
    weights, split = ratings()
    book = trained_ratings.build(History(), weights, split, Settings("movielens", factors=FACTORS))
    book.recalculate()
    assert [sheet.title for sheet in book][:4] == ["history", "first_ratings", "users", "movies"]


def test_history_sheets() -> None:
    ours, theirs = build_ratings()["history"], build_digits("nn")["history"]
    assert ours["A3:D5"] == [
        ["epoch", "train loss", "valid loss", "seconds"],
        [1.0, 0.9, 0.8, 1.5],
        [2.0, 0.45, 0.4, 1.5],
    ]
    assert theirs["A3:E4"] == [["epoch", "train loss", "valid loss", "accuracy", "seconds"], [1.0, 0.9, 0.8, 0.5, 1.5]]
    told = {name: value for name, value in ours["H4:I21"] if name}
    assert (told["split"], told["factors"], told["lr"], told["for validation"]) == ("made up", 3.0, 0.005, 12.0)
    assert "factors" not in {row[0] for row in theirs["H4:H21"]}


def differing(book: Workbook, path: Path) -> list[str]:
    """The cells in which LibreOffice, given the formulas alone, comes to another number. A loss is the logarithm of a
    share near 1 and a dot product a sum around 0, so that their last bits say little: 1e-15 is enough."""
    book.save(path / "built.xlsx")
    without_values(path / "built.xlsx", path / "bare.xlsx")
    theirs, found = recalculated(path / "bare.xlsx"), []
    for sheet in book:
        for row, column in np.argwhere(sheet.computed()).tolist():
            got, expected = theirs[sheet.title].cell(row + 1, column + 1).value, sheet.value(row, column)
            if sheet.kind[row, column] != NUMBER:
                if (got or "") != expected:
                    found.append(f"{sheet.where(row, column)}: {got!r} and not {expected!r}")
            elif got != pytest.approx(expected, rel=1e-12, abs=1e-15):
                found.append(f"{sheet.where(row, column)}: {got} and not {expected}")
    return found


def test_libreoffice_computes_the_same_of_ratings(tmp_path: Path) -> None:
    assert differing(build_ratings(), tmp_path) == []


@pytest.mark.parametrize("model", ["logistic", "nn"])
def test_libreoffice_computes_the_same_of_digits(model: str, tmp_path: Path) -> None:
    assert differing(build_digits(model), tmp_path) == []
