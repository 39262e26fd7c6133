"""Several classes may be right at once, or none: a sigmoid for each, and binary cross-entropy."""

from __future__ import annotations

from sheetsim.model.look import Chart, Series
from sheetsim.workbook import Workbook
from workbooks.losses.examples import FIRST, LOSS, each, means, sheet_of, show_below
from workbooks.shared.columns import Column

LABELS = ("sun", "sea", "tree")
#: An example a line: which labels are right, and what the model puts out for each.
EXAMPLES = (
    (0, 0, 0, -3.0, -2.2, -4.1),
    (1, 0, 0, 2.6, -1.4, -2.0),
    (1, 1, 0, 2.2, 3.0, -1.7),
    (0, 1, 1, -0.8, 1.9, 0.4),
    (1, 1, 1, 3.1, 2.4, 2.8),
)


def several_labels(book: Workbook) -> None:
    """The loss as a sum of products and as a choice, and as PyTorch computes it from the outputs; softmax beside it."""
    k3 = (1, 2, 3)
    whole = "+".join(f"EXP({{o{k}}})" for k in k3)
    columns = [
        *each(LABELS, "y", style="parameter", code="0"),
        *each(LABELS, "o", style="parameter", code="0.0"),
        *each(LABELS, "p", "=1/(1+EXP(-{o#}))"),
        *each(LABELS, "l", "=-{y#}*LN({p#})-(1-{y#})*LN(1-{p#})", "loss"),
        *each(LABELS, "i", "=-IF({y#}=1,LN({p#}),LN(1-{p#}))", "loss"),
        Column("mean", "mean loss", "=AVERAGE({l1}:{l3})", "loss", LOSS),
        Column(
            "torch",
            "PyTorch's",
            "=(" + "+".join(f"MAX({{o{k}}},0)-{{o{k}}}*{{y{k}}}+LN(1+EXP(-ABS({{o{k}}})))" for k in k3) + ")/3",
            "loss",
            LOSS,
        ),
        *each(LABELS, "g", "=({p#}-{y#})/3", "gradient"),
        *each(LABELS, "s", f"=EXP({{o#}})/({whole})"),
        Column("right", "labels right", "=SUM({y1}:{y3})", format="0", width=13),
        Column("sigmoids", "sigmoids say", "=" + "+".join(f"IF({{p{k}}}>0.5,1,0)" for k in k3), format="0", width=13),
        Column("softmaxes", "softmax says", "=" + "+".join(f"IF({{s{k}}}>0.5,1,0)" for k in k3), format="0", width=13),
    ]
    sheet, table = sheet_of(
        book,
        "several_labels",
        "Binary cross-entropy: none, one or several labels right at once, where softmax fails.",
        (
            "Each label has a sigmoid of its own, and its loss is -ln p where the label is right, -ln(1 - p) where it"
            " is not: once as a sum of products (J to L), once as a choice (M to O).",
            "Look at the last three columns: softmax shares out 1, so that it can say neither none nor two; the"
            " sigmoids can. Try 40 as the output of a right label: J to L then have 0 · ln 0, no number; M to O not.",
        ),
        columns,
        len(EXAMPLES),
        {"y": "right", "o": "output", "p": "sigmoid", "l": "loss as a sum", "i": "loss as a choice"}
        | {"g": "d mean / d output", "s": "softmax"},
    )
    sheet.values(f"A{FIRST}", EXAMPLES)
    foot = means(sheet, table, "mean", "torch")
    for name in ("sigmoids", "softmaxes"):
        first = f"{table.letters(name)}{FIRST}"
        right = f"${table.letters('right')}{FIRST}"
        sheet.colour(table.down(name), f"{first}<>{right}", "bad")
        sheet.colour(table.down(name), f"{first}={right}", "good")
    counts = [
        Series(table.down("right"), None, "right", "grey"),
        Series(table.down("sigmoids"), None, "sigmoids above 0.5", "green"),
        Series(table.down("softmaxes"), None, "softmax above 0.5", "red"),
    ]
    losses = [
        Series(table.down(f"l{k}"), None, f"={table.letters(f'l{k}')}{FIRST - 1}", colour)
        for k, colour in zip(k3, ("orange", "blue", "green"), strict=True)
    ]
    charts = [
        Chart("bars", "How many labels", "A1", counts, "example", y_limits=(0, 3)),
        Chart("bars", "The loss of each label", "A1", losses, "example"),
    ]
    show_below(sheet, charts, foot)
