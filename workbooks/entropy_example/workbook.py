"""entropy_example: softmax, and cross-entropy written in three ways.

``LOG`` is base 10 in a spreadsheet, so the losses are too: divide by LOG10(e) to meet the natural-log loss of PyTorch.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sheetsim.model.look import Chart, Series
from sheetsim.workbook import Workbook
from workbooks.shared.data import by_label
from workbooks.shared.labels import labels

#: Five predictions: is it a cat (1) or not (0), and how sure the model is that it is one.
PREDICTIONS = ((1, 0.5), (1, 0.98), (0, 0.9), (0, 0.5), (1, 0.9))

#: The unit of the losses, on their sheets.
BASE = ("LOG has base 10. Times 2.302585 it is the", "natural logarithm, as in PyTorch's losses.")

Outputs = Mapping[str, Sequence[float]]
Predictions = Sequence[tuple[float, float]]


def build(outputs: Outputs | None = None, predictions: Predictions | None = None) -> Workbook:
    """The workbook for these outputs (class → outputs for the two images) and predictions; else the lecture's."""
    book = Workbook("entropy_example")
    softmax(book, by_label("outputs.csv") if outputs is None else outputs)
    entropy(book, PREDICTIONS if predictions is None else predictions)
    log_entropy(book, PREDICTIONS if predictions is None else predictions)
    return book


def softmax(book: Workbook, outputs: Outputs) -> None:
    """Two images whose outputs differ by a constant: equal softmax, unequal binary activations."""
    sheet = book.add_sheet("softmax")
    sheet.about = "Outputs that differ by a constant: the same softmax, other binary activations."
    last = 2 + len(outputs)
    total = last + 1

    sheet["B1"], sheet["G1"], sheet["K1"] = "Image 1", "Image 2", "binary"
    sheet.values("B2", [["output", "exp", "softmax"]])
    sheet.values("G2", [["output", "exp", "softmax"]])
    sheet.values("K2", [["Image 1", "Image 2"]])
    sheet.values("A3", [[name, first] for name, (first, _) in outputs.items()])
    sheet.values("F3", [[name, second] for name, (_, second) in outputs.items()])

    sheet.fill(f"C3:C{last}", "=EXP(B3)")
    sheet.fill(f"H3:H{last}", "=EXP(G3)")
    sheet.fill(f"C{total}:D{total}", f"=SUM(C3:C{last})")
    sheet.fill(f"H{total}:I{total}", f"=SUM(H3:H{last})")
    labels(sheet, {f"A{total}": "sum", f"F{total}": "sum"})
    sheet.fill(f"D3:D{last}", f"=C3/$C${total}")
    sheet.fill(f"I3:I{last}", f"=H3/$H${total}")
    sheet.fill(f"K3:K{last}", "=C3/(1+C3)")
    sheet.fill(f"L3:L{last}", "=H3/(1+H3)")

    sheet.style("A1:L1", "title")
    sheet.style("B2:D2,G2:I2,K2:L2", "heading")
    sheet.style(f"A3:A{last},F3:F{last}", "label")
    sheet.style(f"B3:B{last},G3:G{last}", "input")
    sheet.style(f"C3:D{last},H3:I{last},K3:L{last}", "activation")
    sheet.style(f"C{total}:D{total},H{total}:I{total}", "result")
    sheet.number_format(f"B3:D{total},G3:I{total},K3:L{last}", "#,##0.00")
    sheet.width("A:L", 9.5)
    sheet.width("E", 3)
    sheet.width("J", 3)

    names = f"A3:A{last}"
    sheet.chart(probabilities("softmax of each image", f"A{total + 2}", names, D="B1", I="G1"))
    sheet.chart(probabilities("binary activation of each image", f"H{total + 2}", names, K="K2", L="L2"))


def probabilities(title: str, at: str, names: str, **columns: str) -> Chart:
    """Bars from 0 to 1 for some columns, each with the cell that names it; ``names`` are the classes in column A."""
    series = [Series(names.replace("A", column), names, f"={cell}") for column, cell in columns.items()]
    return Chart("bars", title, at, series, y_limits=(0, 1), width=11.5, height=8)


def entropy(book: Workbook, predictions: Predictions) -> None:
    """The loss of a yes-or-no prediction as a sum of products (D) and as a choice (E): the same numbers."""
    sheet = book.add_sheet("entropy")
    sheet.about = "Cross-entropy of yes-or-no predictions, as a sum of products and as a choice."
    last = 1 + len(predictions)

    sheet.values("B1", [["isCat", "Preds"]])
    sheet.values("B2", predictions)
    sheet.fill(f"D2:D{last}", "=-B2*LOG(C2)-(1-B2)*LOG(1-C2)")
    sheet.fill(f"E2:E{last}", "=-IF(B2=1,LOG(C2),LOG(1-C2))")
    sheet[f"C{last + 3}"] = "=25000*128*4/1000"
    labels(sheet, {"D1": "as a sum", "E1": "by IF"}, "heading")
    labels(sheet, {f"D{last + 3}": "kB: 25,000 × 128", f"D{last + 4}": "numbers of 4 bytes"}, "note")
    labels(sheet, dict(zip((f"B{last + 6}", f"B{last + 7}"), BASE, strict=True)), "note")

    sheet.style("B1:C1", "heading")
    sheet.style(f"B2:C{last}", "input")
    sheet.style(f"D2:E{last}", "loss")
    sheet.style(f"C{last + 3}", "result")
    sheet.number_format(f"C2:C{last}", "0.00")
    sheet.number_format(f"D2:E{last}", "0.0000")
    sheet.number_format(f"C{last + 3}", "#,##0")
    sheet.width("A", 3)
    sheet.width("B:E", 10)

    bars = [
        Series(f"B2:B{last}", None, "=B1", "grey"),
        Series(f"C2:C{last}", None, "=C1", "blue"),
        Series(f"E2:E{last}", None, "loss", "red"),
    ]
    sheet.chart(Chart("bars", "The further from the truth, the larger the loss", "G1", bars, "row"))


def log_entropy(book: Workbook, predictions: Predictions) -> None:
    """The same loss from two logarithms: a sum of products (G); a lookup of the right one, its sign kept (I)."""
    sheet = book.add_sheet("log_entropy")
    sheet.about = "The same loss from two logarithms: a sum of products, and a lookup of the right one."
    last = 1 + len(predictions)

    headings = ["isCat", "isDog", "Preds", "logPredCat", "logPredDog", "NLL", "idx", "idxPred"]
    sheet.values("B1", [headings])
    sheet.values("B2", [[is_cat, None, predicted] for is_cat, predicted in predictions])
    sheet.fill(f"C2:C{last}", "=1-B2")
    sheet.fill(f"E2:E{last}", "=LOG(D2)")
    sheet.fill(f"F2:F{last}", "=LOG(1-D2)")
    sheet.fill(f"G2:G{last}", "=-B2*E2-C2*F2")
    sheet.fill(f"H2:H{last}", "=MATCH(1,B2:C2)")
    sheet.fill(f"I2:I{last}", "=OFFSET(D2,0,H2)")
    labels(sheet, dict(zip(("K1", "K2"), BASE, strict=True)), "note")

    sheet.style("B1:I1", "heading")
    sheet.style(f"B2:B{last},D2:D{last}", "input")
    sheet.style(f"C2:C{last},E2:F{last},H2:H{last}", "activation")
    sheet.style(f"G2:G{last},I2:I{last}", "loss")
    sheet.number_format(f"D2:D{last}", "0.00")
    sheet.number_format(f"E2:G{last},I2:I{last}", "0.0000")
    sheet.width("A", 3)
    sheet.width("B:D", 9)
    sheet.width("E:F", 12.5)
    sheet.width("G:I", 9)

    bars = [Series(f"{column}2:{column}{last}", None, f"={column}1") for column in "GI"]
    sheet.chart(Chart("bars", "The two losses differ by their sign", f"B{last + 2}", bars, "row"))
