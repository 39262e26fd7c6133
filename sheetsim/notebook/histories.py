"""What a training came to: a table of its epochs and a picture of them; a comparison, and what the Solver found."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from sheetsim.macros.running import History as Run
from sheetsim.notebook.markup import esc, line, quiet, shown, strong, table, whole
from sheetsim.notebook.picture import lines
from sheetsim.solver.solving import Solution
from sheetsim.training.history import History as Training
from sheetsim.training.history import smoothed
from sheetsim.training.loop import Outcome

if TYPE_CHECKING:
    from sheetsim.study.comparison.frame import Comparison

FIRST, LAST = 12, 8  # rows of a long table that are shown


def _rows(rows: Sequence[Sequence[str]]) -> list[Sequence[str]]:
    """The rows of a table, those in the middle of a long one left out."""
    if len(rows) <= FIRST + LAST + 1:
        return list(rows)
    return [*rows[:FIRST], ["…"] * len(rows[0]), *rows[-LAST:]]


def of_run(history: Run) -> str:
    """Reset and Run of a sheet: what each epoch came to."""
    rows = [[f"{value:,}" if isinstance(value, int) else shown(value) for value in row] for row in history.table]
    pictures = []
    for at, heading in enumerate(history.headings[1:], 1):
        points = [(float(row[0]), row[at]) for row in history.table if isinstance(row[at], float)]
        pictures.append(lines(heading, {heading: points}))
    epochs = max(len(history.table) - 1, 0)
    head = line(strong("a run"), quiet(f"of {epochs:,} epoch{'' if epochs == 1 else 's'} from epoch 0, the start"))
    listed = table(history.headings, _rows(rows), range(len(history.headings)))
    return whole(head, f'<div class="row">{listed}{"".join(pictures[-1:])}</div>')


def of_training(history: Training) -> str:
    """The epochs of a full training, and its losses."""
    headings = ["epoch", "train loss", "valid loss", "accuracy", "seconds"]
    rows = [
        [
            f"{epoch.number}",
            f"{epoch.train_loss:.6f}",
            f"{epoch.valid_loss:.6f}",
            "" if epoch.accuracy is None else f"{epoch.accuracy:.4f}",
            f"{epoch.seconds:.2f}",
        ]
        for epoch in history.epochs
    ]
    used = [at for at in range(5) if at != 3 or any(row[3] for row in rows)]
    listed = table([headings[at] for at in used], _rows([[row[at] for at in used] for row in rows]), range(5))
    losses = enumerate(smoothed(history.losses).tolist(), 1) if len(history.losses) else ()
    drawn = lines("smoothed loss, batch by batch", {"train": [(float(x), y) for x, y in losses]})
    return whole(line(strong("a training"), quiet(_counted(history))), f'<div class="row">{listed}{drawn}</div>')


def _counted(history: Training) -> str:
    epochs = len(history.epochs)
    return f"of {epochs:,} epoch{'' if epochs == 1 else 's'} and {len(history.losses):,} batches"


def of_outcome(outcome: Outcome) -> str:
    """A finished training: its settings, its weights by their shapes, its history."""
    settings = vars(outcome.settings) if hasattr(outcome.settings, "__dict__") else {}
    said = ", ".join(f"{name} {value}" for name, value in settings.items() if value is not None)
    shapes = ", ".join(f"{name} {'×'.join(map(str, array.shape))}" for name, array in outcome.weights.items())
    return of_training(outcome.history) + whole(line(quiet(said)), line(quiet(f"weights: {shapes}")))


def of_comparison(frame: Comparison) -> str:
    """Optimizers side by side: where each is after each epoch, and how large its error."""
    wanted = {"optimizer", "epoch", "b", "a", "error"}
    if not wanted <= {*frame.columns} or not len(frame):
        return whole(str(frame.to_html()))
    names = list(dict.fromkeys(frame.optimizer))
    pictures, tables = [], []
    for what, title in {"b": "b", "a": "a", "error": "root mean square error"}.items():
        series = {name: _points(frame, name, what) for name in names}
        pictures.append(lines(title, series, logarithmic=what == "error"))
        if what == "error":
            epochs = sorted({x for points in series.values() for x, _ in points})
            found = {name: dict(points) for name, points in series.items()}
            rows = [[f"{epoch:g}", *(_short(found[name].get(epoch)) for name in names)] for epoch in epochs]
            tables = [line(quiet(title)), table(["epoch", *names], _rows(rows), range(len(names) + 1))]
    head = line(strong("optimizers side by side"), quiet(f"{', '.join(map(str, names))}; epoch 0 is the start"))
    return whole(head, f'<div class="row">{"".join(pictures)}</div>', *tables)


def _points(frame: Comparison, name: Any, what: str) -> list[tuple[float, float]]:
    own = frame[frame.optimizer == name]
    return [(float(x), float(y)) for x, y in zip(own.epoch, own[what], strict=True)]


def _short(number: float | None) -> str:
    return "" if number is None or number != number else f"{number:.6g}"


def of_solution(solution: Solution) -> str:
    """What the Solver found, and from where."""
    best = solution.best
    head = line(strong(f"{solution.model.where}: {_plain(solution.before)} → {_plain(solution.after)}"))
    searches, cells = len(solution.found), len(best.cells)
    how = f"gradients by {solution.engine}, {solution.seconds:.2f} s, {searches} search{'' if searches == 1 else 'es'}"
    changed = f"{best.iterations:,} iterations, {cells:,} cell{'' if cells == 1 else 's'} changed"
    failed = [line(f'<span class="bad">{esc(why)}</span>') for why in solution.failed]
    return whole(head, line(quiet(f"{how}; {changed}")), *failed)


def _plain(value: Any) -> str:
    return f"{value:.10g}" if isinstance(value, float) else str(value)
