"""The sheets that train the network, a row for each step: forward, back layer by layer, and the update.

Row 5 holds the weights that Reset starts from, row 6 those that an epoch starts from; a row takes the weights that the
row above left, predicts one point, and steps on its gradients. ``nn`` has ReLUs between its layers, ``linear`` nothing.
"""

from __future__ import annotations

from collections.abc import Sequence

from sheetsim.model.buttons import Copy, Macro, Recalculate
from sheetsim.model.look import Chart, Series
from sheetsim.model.sheet import Sheet
from sheetsim.workbook import Workbook
from workbooks.shared.charts import chart_anchor, show
from workbooks.shared.introduction import begin
from workbooks.tiny_nn.columns import (
    COLLAPSED,
    FORWARD,
    HIDDEN,
    INPUTS,
    OUTPUT,
    WEIGHTS,
    Columns,
    estimate,
    gradient,
    moved,
    new,
)

Points = Sequence[Sequence[float]]

SETTINGS, HEADINGS, INITIAL, NOW, FIRST = 3, 4, 5, 6, 7  # rows
RATE, FROZEN, CHANGE = "$C$3", "$F$3", "$H$3"  # what may be changed
DIGITS = 10  # of an estimate: what follows is rounding, and each program's own
HEIGHT = 7.4  # centimetres: two charts are on a page
RATES = {"nn": 6, "linear": 7}  # each sheet's row on the sheet rates
EPOCHS = 5  # what one press of Run does
#: Weights to start from, drawn at random once; the biases begin at 0.
START = (0.03, 1.36, 1.22, -0.51, -0.3, -0.53, 0, 0, 0, 0.34, 0.45, 0.94, -0.03, -1.11, -0.06, 0, 0)


def nn(book: Workbook, points: Points) -> None:
    """Two affine layers with a ReLU between."""
    about = "Two inputs, three hidden units with ReLU, two classes: forward, back, update, a row for each step."
    sheet = network(book, "nn", points, about, relu=True)
    begin(
        sheet,
        "Follow a row from left to right: forward to the loss, back through each layer, where the chain rule stands"
        " beside a small change h of each weight, to the new weights.",
        "Try another lr, 0.2 or slice(0.01, 0.1), or frozen 1: the hidden layer then keeps its weights. Run does five"
        " epochs; the sheet boundary shows what they make of the plane.",
    )


def linear(book: Workbook, points: Points) -> None:
    """The same without the ReLU."""
    about = "The ReLU taken out: two layers are one, a straight line is all they draw, and the loss stays high."
    sheet = network(book, "linear", points, about, relu=False)
    begin(
        sheet,
        "The same network without its ReLU: a is z. The two layers are one, with the matrix m and the bias d, and its"
        " outputs are those of the two.",
        "Run as long as you like, with any lr: no straight line parts these points, and the loss stays where it is.",
    )


def network(book: Workbook, title: str, points: Points, about: str, relu: bool) -> Sheet:
    """A sheet that trains the network on the points."""
    sheet = book.add_sheet(title)
    sheet.about = about
    columns, last = Columns(collapsed=not relu), FIRST - 1 + len(points)
    settings(sheet)
    columns.write(sheet, HEADINGS)
    sheet.values(f"{columns['x1']}{FIRST}", points)
    weights(sheet, columns, last)
    forward(sheet, columns, last, relu)
    backward(sheet, columns, last, relu)
    update(sheet, columns, last)
    foot(sheet, columns, last)
    buttons(sheet, columns, last)
    look(sheet, columns, last)
    sheet.look.tab = "purple" if relu else "grey"
    show(sheet, [losses(sheet, columns, last), probabilities(sheet, columns, last)])
    sheet.look.page = f"{columns.pages(last + 1)},{sheet.look.around(sheet.look.charts)}"
    return sheet


def settings(sheet: Sheet) -> None:
    """The learning rate as it is typed, how many layer groups are frozen, and the small change of a weight."""
    sheet.values(f"B{SETTINGS}", [["lr", 0.1, None, "frozen", 0, "h", 0.01]])
    for name, cell in {"lr": RATE, "frozen": FROZEN, "h": CHANGE}.items():
        sheet.name(name, cell)
        sheet.style(cell.replace("$", ""), "parameter")
    sheet.style("B3,E3,G3", "label")
    sheet.comment(
        "C3", "One number for all layers; slice(b): the last layer b, those before b/3; slice(a, b): from a to b"
    )
    sheet.comment("F3", "So many layer groups, from the first on, keep their weights: their rate is 0")


def weights(sheet: Sheet, columns: Columns, last: int) -> None:
    """The weights of each row: the first row's are the epoch's, any other's those that the row above left."""
    sheet.values(f"A{INITIAL}", [["initial"], ["now"]])
    sheet.values(f"{columns['w11']}{INITIAL}", [START, START])
    sheet.fill(columns.span("w11", "c1", FIRST, FIRST), f"={columns['w11']}{NOW}")
    sheet.fill(columns.span("w11", "c1", FIRST + 1, last), f"={columns[new('w11')]}{FIRST}")


def forward(sheet: Sheet, columns: Columns, last: int, relu: bool) -> None:
    """From the inputs to the loss."""

    def fill(first: str, to: str, text: str) -> None:
        sheet.fill(columns.span(first, to, FIRST, last), columns.formula(text, FIRST))

    fill("z1", "z3", "=${x1}*{w11}+${x2}*{w21}+{b1}")
    fill("a1", "a3", "=MAX(0,{z1})" if relu else "={z1}")
    fill("o0", "o0", "=${a1}*{v01}+${a2}*{v02}+${a3}*{v03}+{c0}")
    fill("o1", "o1", "=${a1}*{v11}+${a2}*{v12}+${a3}*{v13}+{c1}")
    fill("exp0", "exp1", "=EXP({o0})")
    fill("p0", "p1", "={exp0}/SUM(${exp0}:${exp1})")
    fill("loss", "loss", "=-LN(IF({class}=0,{p0},{p1}))")
    fill("right", "right", "=IF(({p1}>{p0})=({class}=1),1,0)")
    if relu:
        return
    for k in "01":  # v leads from the units to a class: with w before it, from the inputs to the class
        for i in "12":
            fill(f"m{k}{i}", f"m{k}{i}", f"={{w{i}1}}*{{v{k}1}}+{{w{i}2}}*{{v{k}2}}+{{w{i}3}}*{{v{k}3}}")
        fill(f"d{k}", f"d{k}", f"={{b1}}*{{v{k}1}}+{{b2}}*{{v{k}2}}+{{b3}}*{{v{k}3}}+{{c{k}}}")
        fill(f"one layer o{k}", f"one layer o{k}", f"={{x1}}*{{m{k}1}}+{{x2}}*{{m{k}2}}+{{d{k}}}")


def backward(sheet: Sheet, columns: Columns, last: int, relu: bool) -> None:
    """The gradient of the loss by every weight, by the chain rule and by a small change h of the weight.

    A change of one weight changes one unit or one output, so what comes before it need not be computed again.
    """

    def fill(first: str, to: str, text: str) -> None:
        sheet.fill(columns.span(first, to, FIRST, last), columns.formula(text, FIRST))

    fill("de/do0", "de/do0", "={p0}-({class}=0)")
    fill("de/do1", "de/do1", "={p1}-({class}=1)")
    for k in "01":
        fill(f"de/dv{k}1", f"de/dv{k}3", f"=${{de/do{k}}}*{{a1}}")
        fill(f"de/dc{k}", f"de/dc{k}", f"={{de/do{k}}}")
        fill(estimate(f"v{k}1"), estimate(f"v{k}3"), loss_after(**{f"o{k}": f"{CHANGE}*{{a1}}"}))
        fill(estimate(f"c{k}"), estimate(f"c{k}"), loss_after(**{f"o{k}": CHANGE}))
    fill("de/da1", "de/da3", "=${de/do0}*{v01}+${de/do1}*{v11}")
    fill("de/dz1", "de/dz3", "=IF({z1}>0,{de/da1},0)" if relu else "={de/da1}")
    for first, reached, by in (
        ("w11", "{de/dz1}*${x1}", "*${x1}"),
        ("w21", "{de/dz1}*${x2}", "*${x2}"),
        ("b1", "{de/dz1}", ""),
    ):
        to = first[:-1] + "3"
        z = f"{{z1}}+{CHANGE}{by}"
        fill(gradient(first), gradient(to), f"={reached}")
        fill(moved(first), moved(to), f"=MAX(0,{z})-{{a1}}" if relu else f"={z}-{{a1}}")
        move = f"{{{moved(first)}}}"
        fill(estimate(first), estimate(to), loss_after(o0=f"{move}*{{v01}}", o1=f"{move}*{{v11}}"))


def loss_after(**change: str) -> str:
    """How fast the loss grows when one or both of the outputs change by so much, per h of a weight."""
    o0, o1 = (f"${{{output}}}" + (f"+{change[output]}" if output in change else "") for output in ("o0", "o1"))
    return f"=ROUND((LN(EXP({o0})+EXP({o1}))-IF(${{class}}=0,{o0},{o1})-${{loss}})/{CHANGE},{DIGITS})"


def update(sheet: Sheet, columns: Columns, last: int) -> None:
    """Each weight minus its gradient times the rate of its layer group; the rates are worked out on ``rates``."""
    for group, layer in enumerate((HIDDEN, OUTPUT), 1):
        first, to = layer[0], layer[-1]
        head = columns[new(to)]
        sheet[f"{columns[new(layer[-2])]}{SETTINGS}"] = "lr"
        sheet[f"{head}{SETTINGS}"] = f"=rates!{'GH'[group - 1]}{RATES[sheet.title]}"
        sheet.style(f"{columns[new(layer[-2])]}{SETTINGS}", "label")
        sheet.style(f"{head}{SETTINGS}", "result")
        sheet.number_format(f"{head}{SETTINGS}", "0.0000")
        text = f"={{{first}}}-${head}${SETTINGS}*{{{gradient(first)}}}"
        sheet.fill(columns.span(new(first), new(to), FIRST, last), columns.formula(text, FIRST))


def foot(sheet: Sheet, columns: Columns, last: int) -> None:
    """The mean loss and the share of points put right, each met on the way; how far the estimates are off."""
    row = last + 1
    sheet[f"{columns['p0']}{row}"] = "mean"
    sheet.fill(columns.span("loss", "right", row, row), f"=AVERAGE({columns.span('loss', 'loss', FIRST, last)})")
    sheet.style(f"{columns['p0']}{row}", "label")
    sheet.style(columns.span("loss", "right", row, row), "result")
    for layer in (OUTPUT, HIDDEN):
        chain, small = (columns.span(name(layer[0]), name(layer[0]), FIRST, last) for name in (gradient, estimate))
        cells = columns.span(estimate(layer[0]), estimate(layer[-1]), row, row)
        sheet.fill(cells, f"=SQRT(SUMXMY2({chain},{small})/COUNT({chain}))")
        sheet.headings[cells] = "off by"
        sheet.style(cells, "result")
        sheet.number_format(cells, "0.000000")


def buttons(sheet: Sheet, columns: Columns, last: int) -> None:
    """Reset puts the initial weights back; an epoch goes on from what the last row left."""
    for name, heading, row in (("initial", "w11", INITIAL), ("weights", "w11", NOW), ("last", new("w11"), last)):
        left, right = columns[heading], columns[new("c1") if name == "last" else "c1"]
        sheet.name(name, f"${left}${row}:${right}${row}")
    sheet.button("reset", Macro((Copy("initial", "weights"), Recalculate()), help="put the initial weights back"))
    again = Macro((Copy("last", "weights"), Recalculate()), EPOCHS, f"do {EPOCHS} epochs from where the sheet stands")
    sheet.button("run", again)
    sheet.epoch_rows = columns.span("x1", new("c1"), HEADINGS, last)
    sheet.watch = {name: f"={columns[name]}{last + 1}" for name in ("loss", "right")}


def look(sheet: Sheet, columns: Columns, last: int) -> None:
    """Colours, number formats and widths."""
    parts = {
        "input": [(INPUTS[0], INPUTS[-1])],
        "state": [("w11", "c1"), (new("w11"), new("c1"))],
        "activation": [(FORWARD[0], "p1"), (moved("w11"), moved("b3"))],
        "loss": [("loss", "right")],
        "gradient": [("de/do0", gradient("b3")), (estimate("w11"), estimate("b3"))],
    }
    if COLLAPSED[0] in columns.letters:
        parts["activation"].append((COLLAPSED[0], COLLAPSED[-1]))
    for style, spans in parts.items():
        for first, to in spans:
            sheet.style(columns.span(first, to, FIRST, last), style)
    sheet.style(columns.span("w11", "c1", INITIAL, INITIAL), "parameter")
    sheet.style(columns.span("w11", "c1", NOW, NOW), "state")
    sheet.style(f"A{INITIAL}:A{NOW}", "label")
    sheet.number_format(columns.span("w11", "c1", NOW, last), "0.0000")
    sheet.number_format(columns.span("z1", new("c1"), FIRST, last), "0.0000")
    sheet.number_format(columns.span("loss", "right", last + 1, last + 1), "0.0000")
    sheet.number_format(columns.span("right", "right", FIRST, last), "0")
    sheet.width("A:D", 7.5)
    sheet.width("C", 16)
    sheet.width(f"{columns['w11']}:{columns[new('c1')]}", 8.5)
    for weight in WEIGHTS:
        sheet.width(columns[estimate(weight)], 11.5)
    for weight in HIDDEN:
        sheet.width(columns[moved(weight)], 10)
    for heading in COLLAPSED[-2:]:
        if heading in columns.letters:
            sheet.width(columns[heading], 12.5)
    sheet.look.freeze = f"E{INITIAL}"


def losses(sheet: Sheet, columns: Columns, last: int) -> Chart:
    """The loss, step by step."""
    line = Series(columns.span("loss", "loss", FIRST, last), None, "loss", "red")
    return Chart(
        "line", "The loss of each step", chart_anchor(sheet), [line], "step", y_limits=(0, None), height=HEIGHT
    )


def probabilities(sheet: Sheet, columns: Columns, last: int) -> Chart:
    """What each point is taken for when its turn comes, beside what it is."""
    given = Series(columns.span("class", "class", FIRST, last), None, f"={columns['class']}{HEADINGS}", "grey")
    found = Series(columns.span("p1", "p1", FIRST, last), None, f"={columns['p1']}{HEADINGS}", "blue")
    title = "The class of each point, and p1 at its turn"
    return Chart("bars", title, chart_anchor(sheet), [given, found], "step", y_limits=(0, 1), height=HEIGHT)
