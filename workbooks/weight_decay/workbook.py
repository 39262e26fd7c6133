"""weight_decay: the same pull on the weights, put into the loss or into the update, for plain descent and for Adam.

The lecture says that the two differ for Adam, and does not show it. The line is graddesc's with x in tens, so that b
arrives in some epochs of plain descent, too. Unlike graddesc's, Run carries the updated weights to the next epoch: so
many rows are so many steps of PyTorch's optimizers.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sheetsim.errors import InputError
from sheetsim.model.buttons import Copy, Macro, Recalculate, Set, Step
from sheetsim.model.look import Chart, Series
from sheetsim.model.sheet import Sheet
from sheetsim.workbook import Workbook
from workbooks.graddesc.optimizer_sheet import RUN_EPOCHS, least_squares
from workbooks.shared.charts import chart_anchor, show
from workbooks.shared.columns import Column, Table
from workbooks.shared.data import numbers, pairs
from workbooks.shared.introduction import INDENTED, begin
from workbooks.weight_decay.formulas import ADAM_DECAY, ADAM_L2, SGD_DECAY, SGD_L2
from workbooks.weight_decay.side_by_side import WD, side_by_side

FIRST = 6  # the row of the first point
SETTINGS = 3  # the row of what may be changed
MOMENTS = ("m_b", "m_a", "v_b", "v_a", "t")
ADAM = {"beta_1": 0.9, "beta_2": 0.99, "eps": 1e-8, "correct": 1}


@dataclass(frozen=True)
class Rule:
    """An optimizer's sheet: its columns, its settings, the averages that it carries beside the weights, its words."""

    columns: Sequence[Column]
    settings: dict[str, float]
    carried: Sequence[Sequence[str]]
    colour: str
    about: str
    sentences: tuple[str, str]


RULES = {
    "sgd_l2": Rule(
        SGD_L2,
        {"lr": 0.005},
        (),
        "blue",
        "Plain descent with wd·Σw² in the loss.",
        (
            "The loss is err² + wd·(b² + a²), so each gradient gets a term 2·wd·w (I, J); N and O find the same"
            " gradients by a small change of each weight.",
            "Try wd = 0 on the sheet side_by_side: b then goes to 30 and a to 20. Run does five epochs from where the"
            " sheet stands, Reset starts anew.",
        ),
    ),
    "sgd_decay": Rule(
        SGD_DECAY,
        {"lr": 0.005},
        (),
        "green",
        "Plain descent whose weights shrink by lr·2·wd of themselves at each step.",
        (
            "The loss is err² alone, and each step takes lr·2·wd off a weight (I, J): the new weights are those of"
            " sgd_l2, cell by cell, since lr times a sum is the sum of both.",
            "Try another lr here: the two part until sgd_l2 gets the same. PyTorch's weight_decay is the 2·wd of I and"
            " J, twice the wd of a loss with wd·Σw².",
        ),
    ),
    "adam_l2": Rule(
        ADAM_L2,
        {"lr": 1.0} | ADAM,
        (MOMENTS, ("d_b", "d_a")),
        "orange",
        "Adam with wd·Σw² in the loss: the term passes through the moments, and little of it arrives.",
        (
            "The term 2·wd·w is averaged and divided with the rest of the gradient: the last two columns say how much"
            " of it arrives at a weight, where adam_decay has 100%. The larger a weight's gradients, the less.",
            "Try correct = 0: no correction for the start of the averages and no eps, as in the lecture. Try beta_2 ="
            " 0.9: the divisor forgets sooner, and as the errors shrink more arrives.",
        ),
    ),
    "adam_decay": Rule(
        ADAM_DECAY,
        {"lr": 1.0} | ADAM,
        (MOMENTS,),
        "purple",
        "Adam whose weights shrink by lr·2·wd of themselves at each step, past the moments: AdamW.",
        (
            "The moments see the gradient of err² alone; the pull goes past them straight into the update (I, J)."
            " Compare new b with adam_l2's: the same wd holds b far lower.",
            "Try a tenth of wd on side_by_side: the pull is lr·2·wd, so with so large an lr a small wd does much.",
        ),
    ),
}


def build(points: Sequence[Sequence[float]] | None = None) -> Workbook:
    """The workbook on these points, as Reset leaves it; without points, on the lecture's with x in tens."""
    given = pairs([(x / 10, y) for x, y in numbers("points.csv")] if points is None else points)
    if len(given) < 2:
        raise InputError("weight_decay needs at least two points")
    book = Workbook("weight_decay")
    last = FIRST + len(given) - 1
    tables = {title: Table(rule.columns, FIRST, last) for title, rule in RULES.items()}
    overview = book.add_sheet("side_by_side")
    book.define_name("wd", f"side_by_side!{WD}")
    overview.aliases = {"wd": WD.replace("$", "")}
    for title, rule in RULES.items():
        optimizer(book.add_sheet(title), rule, tables[title], given)
    side_by_side(overview, tables, {title: rule.colour for title, rule in RULES.items()})
    return book


def optimizer(sheet: Sheet, rule: Rule, table: Table, points: Sequence[tuple[float, float]]) -> None:
    """One of the four sheets: sentences, settings, where the steps start, a row a point, buttons, charts."""
    sheet.about = rule.about
    sheet.look.tab = rule.colour
    begin(sheet, *rule.sentences)
    _settings(sheet, rule)
    table.write(sheet)
    sheet.values(f"A{table.first}", points)
    _start(sheet, rule, table)

    predicted, y = table.down("predicted"), table.down("y")
    new_b, new_a = table.start("new_b"), table.start("new_a")
    sheet.epoch_rows = table.area
    sheet.watch = {"b": f"={new_b}", "a": f"={new_a}", "rms error": f"=SQRT(SUMXMY2({predicted},{y})/COUNT({y}))"}
    sheet.goals = least_squares(table.down("x"), y)
    sheet.look.freeze = f"C{table.first - 1}"
    show(sheet, _charts(sheet, rule, table))


def _settings(sheet: Sheet, rule: Rule) -> None:
    """wd, which stands on the overview, and this sheet's own orange cells, each beside its name."""
    sheet.values(f"A{SETTINGS}", [["wd"]])
    sheet.fill(f"B{SETTINGS}", "=wd")
    sheet.link(f"B{SETTINGS}", f"side_by_side!{WD}")
    sheet.style(f"A{SETTINGS}", "label")
    sheet.style(f"B{SETTINGS}", "link")
    sheet.number_format(f"B{SETTINGS}", "General")
    for number, (name, value) in enumerate(rule.settings.items()):
        label, cell = (f"{chr(ord('C') + 2 * number + k)}{SETTINGS}" for k in (0, 1))
        sheet[label], sheet[cell] = name, value
        sheet.name(name, f"${cell[0]}${SETTINGS}")
        sheet.style(label, "label")
        sheet.number_format(label, INDENTED)
        sheet.style(cell, "parameter")
        sheet.number_format(cell, "General")


def _start(sheet: Sheet, rule: Rule, table: Table) -> None:
    """The row above the first point: the weights and averages that the steps start from, which the buttons set."""
    weights = ("new_b", "new_a")
    sheet[f"A{table.first - 1}"] = "start"
    sheet[table.start(*weights)] = 1
    sheet.style(f"A{table.first - 1}", "label")
    sheet.style(table.start(*weights), "parameter")
    reset: list[Step] = [Set(table.start(*weights), 1)]
    carry: list[Step] = [Copy(table.end(*weights), table.start(*weights))]
    for names in rule.carried:
        sheet[table.start(*names)] = 0
        sheet.style(table.start(*names), "state")
        reset.append(Set(table.start(*names), 0))
        carry.append(Copy(table.end(*names), table.start(*names)))
    sheet.button("reset", Macro((*reset, Recalculate()), help="put the weights back to 1 and the averages to 0"))
    run = (*carry, Recalculate())
    sheet.button("run", Macro(run, times=RUN_EPOCHS, help=f"do {RUN_EPOCHS} epochs from where the sheet stands"))


def _charts(sheet: Sheet, rule: Rule, table: Table) -> list[Chart]:
    at = chart_anchor(sheet)
    weights = [
        Series(table.down("new_b"), None, "b", rule.colour),
        Series(table.down("new_a"), None, "a", "grey"),
    ]
    charts = [Chart("line", "The weights, a step a row", at, weights, "step", height=7.4)]
    if "arrives_b" in [column.name for column in rule.columns]:
        shares = [Series(table.down(f"arrives_{w}"), None, f"at {w}", c) for w, c in (("b", "orange"), ("a", "grey"))]
        title = "How much of 2·wd·w arrives (adam_decay: 1)"
        charts.append(Chart("line", title, at, shares, "step", logarithmic=True, height=7.4))
    else:
        x, y, predicted = (table.down(name) for name in ("x", "y", "predicted"))
        lines = [Series(y, x, "y", "grey"), Series(predicted, x, "pred", rule.colour)]
        charts.append(Chart("points", "y, and what each row predicts", at, lines, "x", height=7.4))
    return charts
