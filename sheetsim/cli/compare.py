"""``sheetsim compare``: the optimizers side by side; and the workbook of their epochs, for ``build --epochs``, too."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib.util import find_spec
from math import isfinite
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sheetsim.cli.files import Force, open_book, save, say
from sheetsim.cli.own_data import OwnData, Points
from sheetsim.errors import InputError
from sheetsim.support import ownership
from sheetsim.support.extras import need

if TYPE_CHECKING:
    import pandas as pd

    from sheetsim.model.sheet import Sheet
    from sheetsim.workbook import Workbook

PICTURE = Path("out") / "compare.png"
ALL_PRINTED = 10  # epochs; of more a selection is printed
STEPS = (1, 2, 5)


def compare(
    workbook: Annotated[
        str, typer.Argument(help="A workbook of optimizers that fit a line: graddesc or weight_decay.")
    ] = "graddesc",
    epochs: Annotated[int, typer.Option(min=1, help="How many epochs to do.")] = 20,
    set_: Annotated[
        list[str] | None,
        typer.Option(
            "--set", metavar="NAME=VALUE", help="After Reset, a value for every sheet with that name; adam.lr=0.1: one."
        ),
    ] = None,
    updated: Annotated[
        bool, typer.Option("--updated", help="Carry over the updated weights, not those that Run carries.")
    ] = False,
    points: Points = None,
    out: Annotated[
        Path | None, typer.Option(metavar="FILE.xlsx", help="Write the workbook of it: every epoch as live formulas.")
    ] = None,
    plot: Annotated[
        Path | None, typer.Option(metavar="FILE.png", help=f"Where to draw the plot. Default: {PICTURE.as_posix()}.")
    ] = None,
    force: Force = False,
) -> None:
    """Run a workbook's optimizers side by side.

    Prints b and a of each after each epoch, and their root mean square error on all points, from the same start, and
    draws them. (The optimizers' own sheets, and sheetsim run, show the error of each row's own prediction, while the
    weights move.) Every sheet's Reset comes first, then --set; epoch 0 is the start. With --out all of it is a
    workbook, whose sheet compare shows the same, live: change a learning rate, and the comparison changes.

    \b
    Examples:
        sheetsim compare
        sheetsim compare --epochs 100 --set lr=0.01 --set adam.lr=0.5
        sheetsim compare --points points.csv --updated --out compared.xlsx --plot compared.png
        sheetsim compare weight_decay --set wd=0.3
    """
    from sheetsim.macros.settings import setting
    from sheetsim.study.comparison import comparing, laying_out
    from sheetsim.support import terminal

    settings = dict(setting(text) for text in set_ or [])
    own = OwnData(points)
    own.refuse_unused([workbook])
    _refuse_files(own, out, plot)
    picture = plot or (PICTURE if find_spec("matplotlib") else None)
    ownership.refuse([out, picture], force)
    comparing.refuse_epochs(epochs)
    book = open_book(workbook, own.read(workbook))
    with terminal.status(f"{book.name}:") as show:
        compared = laying_out.lay_out_compared(book, epochs, updated, settings, show)
    frame, goal = comparing.histories(compared), comparing.goal(compared)
    _print(compared, frame, goal)
    if out:
        print(f"workbook written to {save(book, out)}")
    _draw(book, frame, goal, plot)


def lay_out(book: Workbook, epochs: int, updated: bool) -> None:
    """A training from its start, without macros, said on the terminal; see ``laying_out.py``."""
    from sheetsim.study.comparison import laying_out
    from sheetsim.support import terminal

    with terminal.status(f"{book.name}:") as show:
        laying_out.lay_out(book, epochs, updated, show)


def _refuse_files(own: OwnData, out: Path | None, plot: Path | None) -> None:
    """Raises InputError for files that cannot be written, before the work."""
    for path, suffix, option in (out, ".xlsx", "--out"), (plot, ".png", "--plot"):
        if path and path.suffix.casefold() != suffix:
            raise InputError(f"{path}: {option} writes {suffix} files")
        if path and path.is_dir():
            raise InputError(f"{path}: a folder; {option} needs a file")
        own.refuse_replaced(path)
    if plot:
        need("matplotlib", "train", "--plot")


# --- what is printed --------------------------------------------------------------------------------------------------
def _print(compared: Sheet, frame: pd.DataFrame, goal: Mapping[str, float]) -> None:
    from sheetsim.model.named_cells import cells_of
    from sheetsim.study.comparison.compare_sheet import ERROR, OWN_ERROR
    from sheetsim.study.comparison.places import COMPARED, optimizers
    from sheetsim.support import terminal

    sheets = optimizers(compared.book)
    say(str(compared["A2"]))
    say("learning rates: " + ", ".join(f"{sheet.title} {sheet[str(cells_of(sheet, 'lr'))]:g}" for sheet in sheets))
    say(ERROR)
    say(f"(the optimizers' own sheets and sheetsim run show {OWN_ERROR})")
    names = [sheet.title for sheet in sheets]
    last = int(frame.epoch.max())
    rows = printed(last)
    for what, title in COMPARED.items():
        if what in goal:
            title = f"{title}, to reach {brief(goal[what])}"
        wide = frame.pivot(index="epoch", columns="optimizer", values=what).loc[rows, names]
        lines = [[epoch, *map(brief, line)] for epoch, line in zip(rows, wide.to_numpy().tolist(), strict=True)]
        terminal.table(title, ["epoch", *names], lines, ["epoch", *names])
    if len(rows) <= last:
        say(f"{len(rows)} of the epochs 0 to {last:,} are printed; --out writes them all")
    _conclude(frame, names, last)


def _conclude(frame: pd.DataFrame, names: Sequence[str], last: int) -> None:
    """Who came nearest, and who ran away."""
    for name in names:
        lost = frame[(frame.optimizer == name) & frame[["error", "b", "a"]].isna().any(axis=1)].epoch
        if len(lost):
            say(f"{name} diverged: no error is a number from epoch {lost.min():,} on; try a smaller learning rate")
    end = frame[frame.epoch == last].dropna()
    if len(end):
        best = end.loc[end.error.idxmin()]
        say(f"smallest error after {last:,} epoch{'' if last == 1 else 's'}: {best.optimizer}, {brief(best.error)}")


def printed(last: int) -> list[int]:
    """The epochs that are printed: all, or the first ones, then every 1, 2, 5 in each power of ten, and the last.

    >>> printed(3), printed(200)
    ([0, 1, 2, 3], [0, 1, 2, 3, 4, 5, 10, 20, 50, 100, 200])
    """
    if last <= ALL_PRINTED:
        return list(range(last + 1))
    sparse = [step * 10**power for power in range(1, len(str(last))) for step in STEPS]
    return [0, 1, 2, 3, 4, 5, *(epoch for epoch in sparse if epoch < last), last]


def brief(number: float) -> str:
    """Four decimals, or where they do not fit a power of ten.

    >>> brief(24.960097789510424), brief(3.2e-7), brief(-4e30), brief(0.0), brief(float("nan"))
    ('24.9601', '3.2000e-07', '-4.0000e+30', '0.0000', '-')
    """
    if not isfinite(number):
        return "-"
    fits = number == 0 or 1e-3 <= abs(number) < 1e6
    return f"{number:,.4f}" if fits else f"{number:.4e}"


# --- what is drawn ----------------------------------------------------------------------------------------------------
def _draw(book: Workbook, frame: pd.DataFrame, goal: Mapping[str, float], plot: Path | None) -> None:
    """The plot, or a line that says what it takes."""
    from exporters.charts import COLOURS
    from sheetsim.study.comparison import picture as comparing_plot
    from sheetsim.study.comparison.places import optimizers

    try:
        need("matplotlib", "train", "the plot")
    except InputError as missing:
        say(str(missing))
        return
    sheets = optimizers(book)
    colours = {sheet.title: f"#{COLOURS[sheet.look.tab]}" for sheet in sheets if sheet.look.tab}
    path = plot or PICTURE
    comparing_plot.draw(path, frame, goal, colours)
    print(f"plot written to {path}")
