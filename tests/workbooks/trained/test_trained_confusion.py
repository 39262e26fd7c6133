"""The confusion matrix in a digit model's workbook, against plain counting; and a model of some of the digits only."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from small_trained import digits, history

from sheetsim.training.models import digits_model
from sheetsim.training.settings import Settings
from sheetsim.workbook import Workbook
from workbooks.trained import digits as trained_digits
from workbooks.trained.confusion import confusion

CLASSES = (3, 5, 8)


def made(seed: int = 4, count: int = 60) -> tuple[Workbook, np.ndarray, np.ndarray]:
    random = np.random.default_rng(seed)
    actual, predicted = random.choice(CLASSES, count), random.choice(CLASSES, count)
    book = Workbook("made")
    confusion(book, actual, predicted, CLASSES)
    book.recalculate()
    return book, actual, predicted


def test_the_matrix_counts_all_pairs() -> None:
    book, actual, predicted = made()
    times = Counter(zip(actual.tolist(), predicted.tolist(), strict=True))
    sheet = book["confusion"]
    assert sheet["B6:D8"] == [[times[one, taken] for taken in CLASSES] for one in CLASSES]
    assert [row[0] for row in sheet["E6:E8"]] == [int((actual == one).sum()) for one in CLASSES]
    assert sheet["B10:B11"] == [[int((actual == predicted).sum())], [pytest.approx((actual == predicted).mean())]]


@pytest.mark.parametrize("least", [1, 6, 8, 1000])
def test_pairs_confused_at_least_so_often(least: int) -> None:
    book, actual, predicted = made()
    sheet = book["confusion"]
    sheet["B14"] = least
    book.recalculate()
    pairs = Counter((a, p) for a, p in zip(actual.tolist(), predicted.tolist(), strict=True) if a != p)
    wanted = sorted(((count, -a, -p) for (a, p), count in pairs.items() if count >= least), reverse=True)
    found = [tuple(row) for row in sheet["B16:D21"] if row[2] != ""]
    assert found == [(-a, -p, count) for count, a, p in wanted]


@pytest.mark.parametrize("model", ["logistic", "nn"])
def test_a_model_of_some_of_the_digits(model: str) -> None:
    """Its classes stand over every column, and the loss is looked up under the digit's own."""
    torch = pytest.importorskip("torch")
    random = np.random.default_rng(0)
    weights = {name: random.normal(size=shape) / 20 for name, shape in digits_model.shapes(model, 3).items()}
    _, data = digits(model, 40)
    data = data.only(tuple(sorted({*data.valid_labels.tolist()}))[:3])
    book = trained_digits.build(history(), weights, data, Settings(model, classes=data.classes, dtype="float64"))
    book.recalculate()
    at = trained_digits.Columns.for_rows(len(data.valid_labels), 3)
    sheet = book["softmax"]
    assert sheet[f"{at.share.above()}"] == [[*data.classes]]
    outputs = torch.tensor(digits_model.predict(weights, data.valid_pixels.astype(np.float64)))
    labels = torch.tensor(data.valid_labels)
    losses = torch.nn.functional.cross_entropy(outputs, labels, reduction="none").tolist()
    assert [row[0] for row in sheet[f"{at.lookup}"]] == pytest.approx(losses, rel=1e-12)
    answers = [data.classes[answer] for answer in outputs.argmax(1)]
    assert [row[0] for row in sheet[f"{at.predicted}"]] == answers
    assert [row[0] for row in book["predictions"][f"C4:C{3 + len(answers)}"]] == answers
