"""One class of several is right: softmax and cross-entropy, and what goes wrong where the softmax is left out."""

from __future__ import annotations

from sheetsim.model.look import Chart, Series
from sheetsim.workbook import Workbook
from workbooks.losses.examples import FIRST, LOSS, LOSS_OR_WORD, each, means, sheet_of, show_below
from workbooks.shared.columns import Column
from workbooks.shared.introduction import INDENTED

CLASSES = ("cat", "dog", "fish")
#: An example a line: the number of the right class, and what the model puts out for each class.
EXAMPLES = ((1, 4.2, 1.1, -0.6), (2, 0.3, 0.9, 0.4), (3, 1.5, 2.8, 1.2), (2, -1.0, 3.5, 0.2), (1, -0.4, -2.0, -1.3))
OUTPUTS = each(CLASSES, "o", style="parameter", code="0.0")
SOFTMAX = "INDEX({p1}:{p3},1,{right})"


def cross_entropy(book: Workbook) -> None:
    """The loss in natural logarithms, to base 10, and the way PyTorch computes it; its gradient."""
    largest = "MAX({o1}:{o3})"  # taken off first, so that no EXP overflows
    shifted = "+".join(f"EXP({{o{k}}}-{largest})" for k in (1, 2, 3))
    columns = [
        Column("right", "right class", style="parameter", format="0", width=11.5),
        *OUTPUTS,
        *each(CLASSES, "e", "=EXP({o#})", code="#,##0.00"),
        *each(CLASSES, "p", "={e#}/SUM({e1}:{e3})"),
        Column("sum", "sum", "=SUM({p1}:{p3})", format="0.00", width=8),
        Column("ln", "-ln p", f"=-LN({SOFTMAX})", "loss", LOSS),
        Column("log", "-log10 p", f"=-LOG({SOFTMAX})", "loss", LOSS),
        Column("torch", "PyTorch's", f"={largest}+LN({shifted})-INDEX({{o1}}:{{o3}},1,{{right}})", "loss", LOSS),
        *each(CLASSES, "g", "={p#}-IF({right}=#,1,0)", "gradient"),
    ]
    sheet, table = sheet_of(
        book,
        "cross_entropy",
        "Cross-entropy in natural logarithms, to base 10 as in the lecture, and as PyTorch computes it.",
        (
            "The loss is minus the logarithm of the probability that softmax gives the right class (a number from 1 to"
            " 3, in A). A spreadsheet's LOG is to base 10, PyTorch's is natural: 2.3026 times as much.",
            "Try another right class in A8, or 40 in place of an output: the loss is near 0 where the model is sure and"
            " right, and as large as the outputs where it is sure and wrong.",
        ),
        columns,
        len(EXAMPLES),
        {"o": "output", "e": "exp", "p": "softmax", "g": "d (-ln p) / d output"},
    )
    sheet.values(f"A{FIRST}", EXAMPLES)
    foot = means(sheet, table, "ln", "log", "torch")
    ln, log = table.letters("ln"), table.letters("log")
    ratio = f"{ln}{foot + 1}"
    sheet[f"A{foot + 1}"] = "natural / base 10"
    sheet[ratio] = f"={ln}{foot}/{log}{foot}"
    sheet[f"{log}{foot + 1}"] = "ln 10"
    sheet.style(f"A{foot + 1}", "label")
    sheet.style(ratio, "result")
    sheet.style(f"{log}{foot + 1}", "note")
    sheet.number_format(ratio, LOSS)
    sheet.number_format(f"{log}{foot + 1}", INDENTED)
    sheet.width("A", 17)
    bars = [
        Series(table.down("ln"), None, "natural", "red"),
        Series(table.down("log"), None, "base 10, the lecture's", "grey"),
    ]
    show_below(sheet, [Chart("bars", "The same loss in two logarithms", "A1", bars, "example")], foot + 1)


def misuse(book: Workbook) -> None:
    """The same outputs without softmax, with a logarithm of what is no probability, and with softmax twice."""

    def taken(names: str, name: str, style: str, code: str) -> list[Column]:
        """Columns of the sheet cross_entropy, for each class."""
        there = zip(names, CLASSES, strict=True)
        return [
            Column(f"{name}{k}", label, f"=cross_entropy!{letter}{FIRST}", style, code, 8.5)
            for k, (letter, label) in enumerate(there, 1)
        ]

    raw = "INDEX({o1}:{o3},1,{right})"
    twice = "+".join(f"EXP({{s{k}}})" for k in (1, 2, 3))
    columns = [
        Column("right", "right class", f"=cross_entropy!A{FIRST}", "input", "0", 11.5),
        *taken("BCD", "o", "input", "0.0"),
        Column("sum", "sum of out", "=SUM({o1}:{o3})", format="0.00", width=11.5),
        Column("one", "sums to 1", '=IF(ABS({sum}-1)<0.000001,"yes","no")', format=INDENTED, width=11.5),
        Column("nll", "-out", f"=-{raw}", "loss", LOSS),
        Column("logged", "-ln out", f'=IF({raw}>0,-LN({raw}),"no log")', "loss", LOSS_OR_WORD),
        *taken("HIJ", "s", "activation", LOSS),
        Column("twice", "softmax twice", f"=LN({twice})-INDEX({{s1}}:{{s3}},1,{{right}})", "loss", LOSS, 14),
        Column("true", "right: -ln p", f"=cross_entropy!L{FIRST}", "loss", LOSS, 13),
        Column(
            "verdict",
            "what -out says",
            '=IF({nll}<0,"a loss below 0","")&IF(AND({nll}<0,{one}="no"),", ","")&IF({one}="no","no softmax","")',
            format=INDENTED,
            width=28,
        ),
    ]
    sheet, table = sheet_of(
        book,
        "misuse",
        "Cross-entropy without softmax: losses below zero, predictions that do not sum to 1; and with softmax twice.",
        (
            "A loss below zero, or predictions that do not sum to 1, say that the softmax is missing: minus the right"
            " output itself (G) falls for ever as outputs grow. No probability has a logarithm above 0.",
            "Try larger outputs on cross_entropy: G runs away below zero. With softmax twice (L) the loss can not come"
            " below 0.55, however sure the model is: it looks like learning that has got stuck.",
        ),
        columns,
        len(EXAMPLES),
        {"o": "output", "s": "softmax"},
    )
    foot = means(sheet, table, "nll", "twice", "true")
    below = f"{table.letters('nll')}{FIRST}"
    sheet.colour(table.down("nll"), f"{below}<0", "bad")
    sheet.colour(table.down("one"), f'{table.letters("one")}{FIRST}="no"', "bad")
    sheet.colour(table.down("logged"), f"ISTEXT({table.letters('logged')}{FIRST})", "bad")
    bars = [
        Series(table.down("nll"), None, "without softmax", "red"),
        Series(table.down("twice"), None, "softmax twice", "orange"),
        Series(table.down("true"), None, "as it should be", "green"),
    ]
    show_below(sheet, [Chart("bars", "Three losses of the same outputs", "A1", bars, "example")], foot)
