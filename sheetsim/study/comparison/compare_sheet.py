"""A sheet that puts unrolled optimizers side by side: what each came to, charts, and error, b and a by epoch.

The error is that of the line's b and a on all points, so that all start from the same one. The optimizers' own tables
show another, as the buttons do: of each row's own prediction, while the weights move.

Everything on it refers to the sheets of the optimizers, but for one cell: the switch ``updated``, which is theirs, too,
where they have one (a Run that carries the updated weights anyway needs none).
From top to bottom: the switch, a line for each optimizer, three charts, and a table with a line for each epoch. Below
it stands once more what the charts draw, without what is too far away: one optimizer that diverges must not press the
others flat.
"""

from __future__ import annotations

from collections.abc import Sequence

from sheetsim.engine.numpy_engine import recalculate
from sheetsim.macros.epoch_charts import goal_of
from sheetsim.macros.epoch_places import DONE
from sheetsim.macros.unrolling import NOTE
from sheetsim.model.address import Rect, cell_name, column_name
from sheetsim.model.look import Chart, Series
from sheetsim.model.named_cells import cells_of
from sheetsim.model.nodes import quoted
from sheetsim.model.sheet import Book, Sheet
from sheetsim.study.comparison.places import (
    COMPARED,
    FAR,
    FIRST,
    HEIGHT,
    HIGH,
    TITLES,
    WIDTH,
    Layout,
    Optimizer,
    epoch_table,
    layout_of,
    optimizers,
)

TITLE = "compare"
ABOUT = "The optimizers side by side: error, b and a by epoch"
ONE_SWITCH = "one switch, updated, for all of them"
SWITCH, SWITCH_FIXED = "B3", "$B$3"
ERROR = "rms error: of b and a, on all points"
OWN_ERROR = "that of each row's own prediction, while the weights move"
HEADINGS = (
    (None, "learning", "rms error", "b", "off", "a", "off", "same", "same"),
    ("optimizer", "rate", "at the end", "at the end", "goal", "at the end", "goal", "points", "start", "updated"),
)
NUMBER = "#,##0.0000"
LARGE, SMALL = 100_000, 0.001  # from here on, and below, four decimals do not show it
DRAWN = f"What the charts draw: up to {FAR} times as far from the goal as the start, or {HIGH} times its error."
INDENTED = '"  "@'
NOTES = (
    "A learning rate is changed on its own sheet: a click on it leads there.",
    f"{ERROR}, so that all start from the same one.",
    f"The optimizers' own sheets show {OWN_ERROR}.",
)
NOTES_END = 17  # the last column that the notes run over
NO_NUMBER = '"diverged"'


def add_comparison(book: Book) -> Sheet:
    """Adds the sheet ``compare`` behind the workbook's first, and calculates the workbook; returns the sheet.

    Its switch takes the place of those of the optimizers' sheets, and stands as the first of them did. Raises
    InputError for a workbook without optimizers, NotFound for one that is not unrolled.

    >>> from sheetsim.library import build
    >>> from sheetsim.macros.unrolling import unroll
    >>> book = unroll(build("graddesc", points=[(1, 32), (2, 34), (3, 36)]), epochs=4)
    >>> add_comparison(book)["A2"]
    'All 5 optimizers start from b = 1, a = 1 on the same 3 points.'
    """
    sheets = [Optimizer(sheet, epoch_table(sheet)) for sheet in optimizers(book)]
    compare = book.add_companion(TITLE)
    book.sheets.insert(1, book.sheets.pop())
    switched = all(each.switched for each in sheets)
    compare.about = f"{ABOUT}; {ONE_SWITCH}." if switched else f"{ABOUT}."
    compare["A1"] = "Optimizers side by side"
    compare.style("A1", "title")
    place = layout_of(book)
    if switched:
        _switch(compare, sheets)
    _summary(compare, sheets, place)
    _colours(compare, place)
    _charts(compare, sheets, place)
    _epochs(compare, sheets, place)
    _drawn(compare, sheets, place)
    compare.width("A", 15)
    compare.width(f"B:{column_name(place.right)}", 10.5)
    compare.look.gridlines = False
    compare.look.page = str(Rect(0, 0, place.last - 1, max(place.right, NOTES_END)))
    recalculate(book)
    return compare


def _switch(compare: Sheet, sheets: Sequence[Optimizer]) -> None:
    first = cells_of(sheets[0].sheet, "updated")
    compare["A3"], compare[SWITCH] = "updated", sheets[0].sheet.value(first.top, first.left)
    compare["C3"] = f"{NOTE}, as Run does. It is the switch of all the sheets."
    compare.name("updated", SWITCH_FIXED)
    here = f"{quoted(compare.title)}!{SWITCH_FIXED}"
    for sheet in (each.sheet for each in sheets):
        cell = cells_of(sheet, "updated")
        sheet.fill(str(cell), f"={here}")
        sheet.put(cell.top + 1, cell.left - 1, f"set on the sheet {compare.title}. {NOTE}")
        sheet.link(str(cell), f"{quoted(compare.title)}!{SWITCH}")
        sheet.style(str(cell), "link")
        beside = cell.shifted(0, 1)
        sheet.put(beside.top, beside.left, f"rms error: {OWN_ERROR}")
        sheet.style(str(beside), "note")
        sheet.number_format(str(beside), INDENTED)
    compare.style("A3", "label")
    compare.style(SWITCH, "parameter")
    compare.style("C3", "note")
    compare.number_format("C3", INDENTED)


# --- a line for each optimizer ----------------------------------------------------------------------------------------
def _summary(compare: Sheet, sheets: Sequence[Optimizer], place: Layout) -> None:
    start, goal = place.start, place.goal
    compare.values(f"A{FIRST - 2}", HEADINGS)
    if not sheets[0].switched:
        compare[f"J{FIRST - 1}"] = None
    compare[f"A{FIRST - 2}"] = f'="after "&A{place.last}&" epochs"'
    for number, each in enumerate(sheets):
        _line(compare, FIRST + number, number, each, sheets[0], place)
    compare.values(f"A{start}", [["start"], ["goal"]])
    compare[f"D{start}"], compare[f"F{start}"] = (f"={cell}" for cell in sheets[0].start)
    compare[f"D{goal}"], compare[f"F{goal}"] = (f"={sheets[0].first(goal_of(name))}" for name in ("b", "a"))
    for row in (start, goal):
        compare[f"C{row}"] = f"={_error(sheets[0], f'D{row}', f'F{row}')}"
    compare[f"E{start}"], compare[f"G{start}"] = (f"=ABS({column}{start}-{column}{goal})" for column in "DF")
    compare[f"H{goal}"] = "the line that fits all points best"
    compare.values(f"K{FIRST}", [[note] for note in NOTES])
    compare["A2"] = _alike(sheets[0], place, sheets[0].switched)


def _error(each: Optimizer, b: str, a: str) -> str:
    """The root mean square error of these weights on all points."""
    x, y = each.points
    return f"SQRT(SUMPRODUCT(({y}-{b}-{a}*{x})^2)/COUNT({y}))"


def _line(compare: Sheet, row: int, number: int, each: Optimizer, first: Optimizer, place: Layout) -> None:
    compare[f"A{row}"] = each.sheet.title
    compare[f"B{row}"] = f"={each.named('lr')}"
    for column, what in {"C": "error", "D": "b", "F": "a"}.items():
        end = f"{place.column(what, number)}{place.last}"
        compare[f"{column}{row}"] = f"=IF(ISNUMBER({end}),{end},{NO_NUMBER})"
    for column, weight in {"E": "D", "G": "F"}.items():
        compare[f"{column}{row}"] = f"=IF(ISNUMBER({weight}{row}),ABS({weight}{row}-{weight}${place.goal}),{NO_NUMBER})"
    for column, pairs in {"H": (each.points, first.points), "I": (each.start, first.start)}.items():
        other = "+".join(f"SUMPRODUCT(({ours}<>{theirs})*1)" for ours, theirs in zip(*pairs, strict=True))
        compare[f"{column}{row}"] = f'=IF({other}=0,"yes","no")'
    if each.switched:
        compare[f"J{row}"] = f"={each.named('updated')}"
    compare.link(f"A{row}", each.at("A1"))
    compare.link(f"B{row}", each.named("lr"))


def _alike(first: Optimizer, place: Layout, switched: bool) -> str:
    """Whether what is compared can be compared, in words."""
    points, start, switches = (place.each(column) for column in "HIJ")
    count = {
        "points": f'COUNTIF({points},"no")',
        "start": f'COUNTIF({start},"no")',
    }
    own_switch = ""
    if switched:
        count["switch"] = f"SUMPRODUCT(({switches}<>{SWITCH_FIXED})*1)"
        own_switch = f', "&{count["switch"]}&" with a switch of its own'
    yes = f'"All "&ROWS({points})&" optimizers start from b = "&{first.start[0]}&", a = "&{first.start[1]}'
    return (
        f'=IF({"+".join(count.values())}=0,{yes}&" on the same "&COUNT({first.points[0]})&" points.",'
        f'"Not alike: "&{count["points"]}&" with other points than {first.sheet.title}, "'
        f'&{count["start"]}&" from another start{own_switch}.")'
    )


def _colours(compare: Sheet, place: Layout) -> None:
    last, start, goal = place.start - 1, place.start, place.goal
    compare.style(f"A{FIRST - 2}:J{FIRST - 1}", "heading")
    compare.style(f"A{FIRST}:B{last}", "link")
    compare.style(f"C{FIRST}:G{last}", "result")
    compare.style(f"A2,A{start}:A{goal}", "label")
    compare.style(f"C{start}:G{goal}", "state")
    compare.style(f"K{FIRST}:K{FIRST + len(NOTES) - 1},H{goal}", "note")
    compare.number_format(f"C{FIRST}:G{goal}", NUMBER)
    compare.number_format(f"H{FIRST}:I{goal},K{FIRST}:K{FIRST + len(NOTES) - 1}", INDENTED)
    for column in "CDEFG":  # the rules of a cell have one range: of several not every program takes more than one
        first = f"{column}{FIRST}"
        compare.colour(place.each(column), f"ISTEXT({first})", "bad")
        if column in "CEG":  # of several rules some programs take the first that holds: one says all that does
            best = f"{first}=MIN({column}${FIRST}:{column}${last})"
            compare.colour(place.each(column), f"AND({best},{_odd(first)})", "good power")
            compare.colour(place.each(column), best, "good")
        compare.colour(place.each(column), _odd(first), "power")
    compare.colour(f"C{start}:G{goal}", _odd(f"C{start}"), "power")
    compare.colour(f"H{FIRST}:I{last}", f'H{FIRST}="no"', "bad")
    if compare[SWITCH] is not None:
        compare.colour(place.each("J"), f"J{FIRST}<>{SWITCH_FIXED}", "bad")
    compare.colour("A2:J2", 'LEFT($A$2,3)="All"', "good")
    compare.colour("A2:J2", 'LEFT($A$2,3)<>"All"', "bad")


# --- charts -----------------------------------------------------------------------------------------------------------
def _charts(compare: Sheet, sheets: Sequence[Optimizer], place: Layout) -> None:
    x = place.down("A", place.drawn)
    for number, (what, title) in enumerate(TITLES.items()):
        lines = [
            Series(place.down(place.column(what, number), place.drawn), x, each.sheet.title, each.sheet.look.tab)
            for number, each in enumerate(sheets)
        ]
        if what != "error":
            lines.append(
                Series(place.down(place.column(what, len(sheets)), place.drawn), x, "goal", "grey", dashed=True)
            )
        chart = Chart(
            "line",
            title,
            cell_name(place.charts - 1, number * (place.optimizers + 1)),
            lines,
            DONE,
            x_limits=(0, place.epochs),
            logarithmic=what == "error",
            width=WIDTH,
            height=HEIGHT,
        )
        compare.chart(chart)


# --- a line for each epoch --------------------------------------------------------------------------------------------
def _epochs(compare: Sheet, sheets: Sequence[Optimizer], place: Layout) -> None:
    heads = place.first - 1
    compare[f"A{heads}"] = DONE
    compare.fill(place.down("A"), f"={sheets[0].first(DONE)}")
    for what, label in COMPARED.items():
        compare[f"{place.column(what)}{heads - 1}"] = label
        for number, each in enumerate(sheets):
            b, a = (f"{place.column(weight, number)}{place.first}" for weight in "ba")
            formula = _error(each, b, a) if what == "error" else each.first(label)
            _column(compare, place, place.column(what, number), each.sheet.title, f"={formula}")
        if what != "error":
            goal = f"=${'D' if what == 'b' else 'F'}${place.goal}"
            _column(compare, place, place.column(what, len(sheets)), "goal", goal)
        last = place.column(what, len(sheets) - 1)
        style = "loss" if what == "error" else "state"
        compare.style(f"{place.column(what)}{place.first}:{last}{place.last}", style)
    right = column_name(place.right)
    compare.style(f"A{heads}:{right}{heads}", "heading")
    compare.style(f"B{heads - 1}:{right}{heads - 1},{place.down('A')}", "label")
    table = f"B{place.first}:{right}{place.last}"
    compare.number_format(table, NUMBER)
    compare.colour(table, _odd(f"B{place.first}"), "power")


def _column(compare: Sheet, place: Layout, column: str, heading: str, formula: str) -> None:
    compare[f"{column}{place.first - 1}"] = heading
    compare.fill(place.down(column), formula)
    compare.style(place.down(column), "note")


def _odd(cell: str) -> str:
    """Whether a number is too large or too small for four decimals."""
    return f"AND(ISNUMBER({cell}),{cell}<>0,OR(ABS({cell})>={LARGE},ABS({cell})<{SMALL}))"


# --- what the charts draw ---------------------------------------------------------------------------------------------
def _drawn(compare: Sheet, sheets: Sequence[Optimizer], place: Layout) -> None:
    top = place.drawn
    compare[f"A{top - 2}"] = DRAWN
    compare.fill(f"A{top - 1}:{column_name(place.right)}{top - 1}", f"=A{place.first - 1}")
    compare.fill(place.down("A", top), f"=A{place.first}")
    for what, limit in {"error": "C", "b": "E", "a": "G"}.items():
        for number in range(len(sheets)):
            column = place.column(what, number)
            cell = f"{column}{place.first}"
            near = f"AND({cell}>0,{cell}<={HIGH}*${limit}${place.start})"  # a logarithm has no 0
            if what != "error":
                goal = f"${place.column(what, len(sheets))}{place.first}"
                near = f"ABS({cell}-{goal})<=MAX({FAR}*${limit}${place.start},1)"
            compare.fill(place.down(column, top), f"=IFERROR(IF({near},{cell},NA()),NA())")
        if what != "error":
            column = place.column(what, len(sheets))
            compare.fill(place.down(column, top), f"={column}{place.first}")
    right = column_name(place.right)
    compare.style(f"A{top - 2}:{right}{top + place.epochs}", "note")
    compare.number_format(f"B{top}:{right}{top + place.epochs}", NUMBER)
