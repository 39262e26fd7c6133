"""A digit of a trained MNIST model's workbook as a picture, and its softmax as bars: fetched by its number, as a row of
an embedding is fetched by its place in the list."""

from __future__ import annotations

from collections.abc import Sequence

from sheetsim.model.sheet import Sheet
from sheetsim.training.settings import ALL_CLASSES
from sheetsim.workbook import Workbook
from workbooks.collab_filter.charts import of_each
from workbooks.shared.charts import chart_anchor, show
from workbooks.shared.layout import Area

LEVELS = 256  # a pixel is 0..255 in the files, and divided by this for the model
SIDE = 28  # pixels of a picture, across and down


def picture(
    book: Workbook, share: Area, actual: Area, predicted: Area, first: int, names: Sequence[int] = ALL_CLASSES
) -> None:
    """The sheet ``picture``, which shows the digit whose number is in A4. The areas are where ``softmax`` has what."""
    sheet = book.add_sheet("picture")
    sheet.about = "A digit drawn from its pixels, and its softmax as bars. Type another digit's number into A4."
    ink = Area.at("B6", rows=SIDE, columns=SIDE)  # B6:AC33
    sheet["A1"] = "A digit and what the model makes of it"
    sheet.values("A3", [["digit"], [first]])
    sheet.values(ink.above().first, [range(SIDE)])
    sheet.values(ink.before().first, [[SIDE * row] for row in range(SIDE)])
    sheet.fill(f"{ink}", f"=OFFSET(pixels!$C$4,$A$4,{ink.before().down}+{ink.above().across})")

    classes = Area.at(f"{ink.right_of(gap=1).left}{ink.top}", rows=share.rect.columns)  # AE6:AE15
    bars, told = classes.right_of(), classes.right_of().below(rows=2)
    sheet.values(classes.above().first, [["class", "softmax"], *([name] for name in names)])
    sheet.fill(f"{bars}", f"=OFFSET({_first(share)},$A$4,ROW()-{classes.top})")
    sheet.values(told.before().first, [["actual"], ["predicted"]])
    sheet[told.first] = f"=OFFSET({_first(actual)},$A$4,0)"
    sheet[f"{told.left}{told.bottom}"] = f"=OFFSET({_first(predicted)},$A$4,0)"
    look(sheet, ink, bars, told)


def _first(area: Area) -> str:
    return f"softmax!{Area.at(area.first, rows=1).fixed.partition(':')[0]}"


def look(sheet: Sheet, ink: Area, bars: Area, told: Area) -> None:
    """Styles, shades and widths that make a picture of the cells ``ink`` and bars of ``bars``."""
    sheet.style("A1", "title")
    sheet.style("A4", "parameter")
    sheet.style(f"A3,{bars.before()},{told.before()}", "label")
    sheet.style(f"{ink.before()}", "note")
    sheet.style(f"{bars.before().above()},{bars.above()}", "heading")
    sheet.style(f"{bars}", "activation")
    sheet.style(f"{told}", "result")
    sheet.shade(f"{ink}", "ink", 0, LEVELS - 1)
    sheet.shade(f"{bars}", "green", 0, 1)
    sheet.number_format(f"{ink},{ink.above()}", ";;;")  # nothing but the shade is seen
    sheet.number_format(f"{bars}", "0.000")
    sheet.width("A", 7)
    sheet.width(f"{ink.left}:{ink.right}", 2.14)  # as wide as a row is high
    sheet.width(ink.right_of().left, 3)
    sheet.width(f"{bars.before().left}:{bars.left}", 10)
    sheet.look.gridlines = False
    title = "Softmax: how sure the model is of each digit"
    show(sheet, [of_each(chart_anchor(sheet), title, bars, bars.before(), "class", "green", y_limits=(0, 1))])
