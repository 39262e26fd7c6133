"""A trained MNIST model as a workbook: the first validation digits from pixels to cross-entropy, in live formulas.

Nothing is pasted between the pixels and the loss. The outputs are products of matrices (MMULT over the 784 pixels),
then come exp, sum and softmax as in ``entropy_example``, and the cross-entropy written in two ways: as a sum of
products with the one-hot row of the actual digit, and as a lookup of the one softmax that it leaves. Logarithms are
natural, as in PyTorch. Beside it stands the loss that the model itself computed, in the run's own precision.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from sheetsim.model.address import column_name
from sheetsim.model.sheet import Sheet
from sheetsim.training.models import digits_model
from sheetsim.training.settings import ALL_CLASSES
from sheetsim.workbook import Workbook
from workbooks.collab_filter.rating_list import ONE_HOT
from workbooks.shared.layout import Area
from workbooks.trained import batches as trained_batches
from workbooks.trained import history as trained_history
from workbooks.trained.confusion import confusion
from workbooks.trained.picture import LEVELS, SIDE, picture

if TYPE_CHECKING:
    from sheetsim.training.data.digits import Digits
    from sheetsim.training.history import History
    from sheetsim.training.settings import Settings

ROWS = 100
CLASSES = 10
TOP = 6  # the first row of digits
LARGE = "[<100000]0.00;0.00E+00"  # e^15 is 3,269,017


def build(
    history: History,
    weights: dict[str, np.ndarray],
    digits: Digits,
    settings: Settings,
    rows: int = ROWS,
) -> Workbook:
    """The workbook of a run: ``history``, ``batches``, ``pixels``, the weights, ``hidden`` (of the net), ``softmax``,
    ``picture``, and of all the validation digits ``predictions`` and ``confusion``.

    ``rows``: so many of the validation digits, from the first; the mean losses on the sheet are theirs only.
    """
    book = Workbook("trained_digits")
    counts = [("for training", len(digits.train_labels)), ("for validation", len(digits.valid_labels))]
    trained_history.history(book, history, settings, counts)
    trained_batches.batches(book, history, settings)
    pixels, labels = digits.valid_pixels[:rows], digits.valid_labels[:rows]
    actual = np.array(digits.classes)[labels]
    inputs = f"{pixel_sheet(book, pixels, actual)}/{LEVELS}"
    if "weights" in weights:
        outputs = f"=MMULT({inputs},{layer(book, 'weights', weights['weights'], weights['bias'], digits.classes)}"
    else:
        first = layer(book, "weights1", weights["weights1"], weights["bias1"])
        second = layer(book, "weights2", weights["weights2"], weights["bias2"], digits.classes)
        outputs = f"=MMULT({hidden(book, f'=MMULT({inputs},{first}', len(labels), weights['bias1'].size)},{second}"
    own = own_losses(weights, pixels, labels, settings.dtype)
    at = softmax(book, outputs, actual, own, digits.classes)
    picture(book, at.share, at.actual, at.predicted, int(own.argmax()), digits.classes)  # the one hardest for the model
    answers = digits_model.predict(weights, digits.valid_pixels.astype(settings.dtype)).argmax(axis=1)
    names = np.array(digits.classes)
    confusion(book, names[digits.valid_labels], names[answers], digits.classes)
    return book


def pixel_sheet(book: Workbook, pixels: np.ndarray, labels: np.ndarray) -> str:
    """A row of 784 pixels for each digit, 0 (paper) to 255 (ink); returns the reference to all of them."""
    sheet = book.add_sheet("pixels")
    sheet.about = "The validation digits, a row for each."
    area = Area.at("C4", rows=len(labels), columns=pixels.shape[1])
    sheet["A1"] = "Pixels of the validation digits, row by row of the picture"
    sheet.values("A3", [["digit", "actual", *range(1, pixels.shape[1] + 1)]])
    sheet.values("A4", [[number, int(label)] for number, label in enumerate(labels)])
    sheet.values(area.first, np.rint(pixels.astype(np.float64) * LEVELS).tolist())

    sheet.style("A1", "title")
    sheet.style(f"A3:{area.right}3", "heading")
    sheet.style(f"A4:A{area.bottom}", "label")
    sheet.style(f"B4:{area.right}{area.bottom}", "input")
    sheet.number_format(f"{area}", ONE_HOT)
    sheet.shade(f"{area}", "blue", 0, LEVELS - 1)
    sheet.width(f"C:{area.right}", 4.5)
    sheet.look.freeze = "C4"
    sheet.look.page = f"A1:{column_name(area.rect.left + SIDE - 1)}{area.bottom}"  # of each picture the first row
    return f"pixels!{area.fixed}"


def layer(book: Workbook, title: str, weights: np.ndarray, bias: np.ndarray, to: Sequence[int] = ()) -> str:
    """A sheet of weights, the bias above them, over each column where it leads ``to``; returns what follows the comma
    in ``MMULT(x,weights)+bias``."""
    sheet = book.add_sheet(title)
    sheet.about = "The trained weights and biases of a layer."
    area = Area.at("B5", rows=weights.shape[0], columns=weights.shape[1])
    sheet["A1"] = f"Weights, {weights.shape[0]} × {weights.shape[1]}, and bias"
    sheet.values("A3", [["to", *(to or range(weights.shape[1]))]])
    sheet.values("A4", [["bias", *bias.astype(np.float64).tolist()]])
    sheet.values("A5", [[f"from {number}"] for number in range(1, weights.shape[0] + 1)])
    sheet.values("B5", weights.astype(np.float64).tolist())

    sheet.style("A1", "title")
    sheet.style(f"A3:{area.right}3", "heading")
    sheet.style(f"A4:A{area.bottom}", "label")
    sheet.style(f"B4:{area.right}{area.bottom}", "parameter")
    sheet.shade(f"B4:{area.right}{area.bottom}", "orange")
    sheet.number_format(f"B4:{area.right}{area.bottom}", "0.000")
    sheet.width(f"A:{area.right}", 8)
    sheet.width("A", 10)
    sheet.look.freeze = "B5"
    return f"{title}!{area.fixed})+{title}!{area.above().fixed}"


def hidden(book: Workbook, formula: str, rows: int, units: int) -> str:
    """The hidden layer before and after the ReLU; returns the reference to the latter."""
    sheet = book.add_sheet("hidden")
    sheet.about = "The hidden layer: pixels times weights, and what ReLU leaves of it."
    before = Area.at("B4", rows=rows, columns=units)
    after = before.right_of(gap=1, columns=units)
    sheet["A1"] = "Hidden layer"
    sheet[f"{before.left}2"], sheet[f"{after.left}2"] = "linear", "ReLU"
    sheet.values("A3", [["digit", *range(units)]])
    sheet.values(after.above().first, [range(units)])
    sheet.values("A4", [[number] for number in range(rows)])
    sheet.array(f"{before}", formula)
    sheet.fill(f"{after}", f"=MAX({before.first},0)")

    sheet.style(f"A1,{before.left}2,{after.left}2", "title")
    sheet.style(f"A3,{before.above()},{after.above()}", "heading")
    sheet.style(f"A4:A{before.bottom}", "label")
    sheet.style(f"{before},{after}", "activation")
    sheet.number_format(f"{before},{after}", "0.00")
    sheet.width(f"A:{after.right}", 6.5)
    sheet.width(after.before().left, 3)
    sheet.look.freeze = "B4"
    sheet.shade(f"{before},{after}", "green")
    sheet.look.page = f"A1:{before.right}{before.bottom},{after.left}1:{after.right}{after.bottom}"
    return f"hidden!{after.fixed}"


def own_losses(weights: dict[str, np.ndarray], pixels: np.ndarray, labels: np.ndarray, dtype: str) -> np.ndarray:
    """What the model computes by itself, in the precision of the run."""
    given = {name: part.astype(dtype) for name, part in weights.items()}
    return digits_model.losses(digits_model.predict(given, pixels.astype(dtype)), labels).astype(np.float64)


@dataclass(frozen=True)
class Columns:
    """Where the sheet ``softmax`` has what, from left to right."""

    number: Area
    actual: Area
    output: Area
    exp: Area
    total: Area
    share: Area
    one_hot: Area
    product: Area
    lookup: Area
    model: Area
    predicted: Area
    right: Area

    @classmethod
    def for_rows(cls, rows: int, classes: int = CLASSES) -> Columns:
        """The columns for so many digits, a blank one between groups."""
        wide = {"gap": 1, "columns": classes}
        number = Area.at(f"A{TOP}", rows=rows)
        actual = number.right_of()
        output = actual.right_of(**wide)
        exp = output.right_of(**wide)
        total = exp.right_of()
        share = total.right_of(**wide)
        one_hot = share.right_of(**wide)
        product = one_hot.right_of(gap=1)
        lookup = product.right_of()
        model = lookup.right_of()
        predicted = model.right_of(gap=1)
        last = predicted.right_of()
        return cls(number, actual, output, exp, total, share, one_hot, product, lookup, model, predicted, last)


def softmax(
    book: Workbook, formula: str, labels: np.ndarray, own: np.ndarray, classes: Sequence[int] = ALL_CLASSES
) -> Columns:
    """A row for each digit: outputs, exp, sum, softmax, the one-hot actual digit, and the loss in two ways."""
    sheet = book.add_sheet("softmax")
    sheet.about = "The outputs, their softmax, the digit predicted and its loss, by formulas."
    at = Columns.for_rows(len(labels), len(classes))
    of_outputs, of_shares = (area.above().fixed for area in (at.output, at.share))
    sheet.values(at.number.first, [[number, int(label)] for number, label in enumerate(labels)])
    sheet.array(f"{at.output}", formula)
    sheet.fill(f"{at.exp}", f"=EXP({at.output.first})")
    sheet.fill(f"{at.total}", f"=SUM({at.exp.first_row})")
    sheet.fill(f"{at.share}", f"={at.exp.first}/{at.total.down}")
    sheet.fill(f"{at.one_hot}", f"=IF({at.actual.down}={at.one_hot.above().across},1,0)")
    sheet.fill(f"{at.product}", f"=-SUMPRODUCT({at.one_hot.first_row},LN({at.share.first_row}))")
    sheet.fill(f"{at.lookup}", f"=-LN(INDEX({at.share.first_row},MATCH({at.actual.first},{of_shares},0)))")
    sheet.values(at.model.first, own[:, None].tolist())
    largest = f"MATCH(MAX({at.output.first_row}),{at.output.first_row},0)"
    sheet.fill(f"{at.predicted}", f"=INDEX({of_outputs},{largest})")
    sheet.fill(f"{at.right}", f"=IF({at.predicted.first}={at.actual.first},1,0)")
    for area in at.product, at.lookup, at.model, at.right:
        sheet[f"{area.left}3"] = f"=AVERAGE({area})"
    headings(sheet, at, classes)
    look(sheet, at)
    return at


def headings(sheet: Sheet, at: Columns, classes: Sequence[int]) -> None:
    """What stands above the columns: the names of groups, the digits told apart, the means."""
    sheet["A1"] = f"The first {at.number.rect.rows} validation digits"
    groups = {at.output: "outputs", at.exp: "exp", at.share: "softmax", at.one_hot: "actual, one-hot"}
    for area, title in groups.items():
        sheet[f"{area.left}{TOP - 2}"] = title
        sheet.values(area.above().first, [classes])
    sheet[f"{at.product.left}{TOP - 2}"] = "cross-entropy"
    names = {at.number: "digit", at.actual: "actual", at.total: "sum", at.product: "products", at.lookup: "lookup"}
    for area, name in {**names, at.model: "model's", at.predicted: "predicted", at.right: "right"}.items():
        sheet[area.above().first] = name
    sheet.values(f"{at.product.left}2", [["mean", "mean", "mean", None, None, "accuracy"]])


def look(sheet: Sheet, at: Columns) -> None:
    """Styles, number formats and widths of the sheet ``softmax``."""
    groups = (at.output, at.exp, at.share, at.one_hot)
    sheet.style(f"A1,A{TOP - 2}:{at.right.left}{TOP - 2}", "title")
    sheet.style(f"A{TOP - 1}:{at.right.left}{TOP - 1},{at.product.left}2:{at.right.left}2", "heading")
    sheet.style(f"{at.number}", "label")
    sheet.style(f"{at.actual},{at.model}", "input")
    for area in (*groups, at.total, at.predicted, at.right):
        sheet.style(f"{area}", "activation")
    sheet.style(f"{at.product},{at.lookup}", "loss")
    sheet.style(f"{at.product.left}3:{at.model.left}3,{at.right.left}3", "result")
    sheet.number_format(f"{at.output}", "0.00")
    sheet.number_format(f"{at.exp},{at.total}", LARGE)
    sheet.number_format(f"{at.share}", "0.000")
    sheet.number_format(f"{at.one_hot}", ONE_HOT)
    sheet.number_format(f"{at.product},{at.lookup},{at.model},{at.product.left}3:{at.model.left}3", "0.000000")
    sheet.number_format(f"{at.right.left}3", "0.00%")
    sheet.width(f"A:{at.right.left}", 10)
    for area, width in zip(groups, (7, 9, 7, max(3.5, 16 / at.one_hot.rect.columns)), strict=True):
        sheet.width(f"{area.left}:{area.right}", width)
        sheet.width(area.before().left, 3)
    sheet.width(at.total.left, 10)
    for area in at.product, at.predicted:
        sheet.width(area.before().left, 3)
    sheet.shade(f"{at.share},{at.one_hot}", "green", 0, 1)
    sheet.shade(f"{at.product},{at.lookup}", "red", low=0)
    sheet.colour(f"{at.predicted.first}:{at.right.left}{at.right.bottom}", f"{at.right.down}=0", "bad")
    sheet.look.freeze = f"C{TOP}"
