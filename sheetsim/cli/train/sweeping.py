"""``sheetsim train … --sweep``: one training after another with other settings; a table, a workbook, a picture."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sheetsim.cli.files import recalculate, save
from sheetsim.cli.train.data import RatingsFrom, Source
from sheetsim.cli.train.files import Files
from sheetsim.cli.train.run import settings_of
from sheetsim.errors import InputError
from sheetsim.support import ownership, terminal
from sheetsim.training import sweeps
from sheetsim.training.backends import distributed
from sheetsim.training.settings import Settings
from sheetsim.training.sweeps import BENCHMARK, SEED, Row

PICTURE = "sweep"


@dataclass(frozen=True)
class Sweep:
    """What ``--sweep`` and ``--jobs`` asked for."""

    axes: tuple[str, ...]
    jobs: int | None = None


def run(given: dict[str, Any], source: Source, files: Files, asked: Sweep) -> None:
    """Trains at every point of the sweep, then prints the table and writes what was asked for. Raises InputError."""
    axes = [sweeps.axis(text) for text in asked.axes]
    _check(given, files, axes, asked.jobs)
    files.check(find_lr=False, inputs=source.inputs())
    points = sweeps.points(axes, lambda swept: settings_of(_joined(given, swept), None, source))
    settings = points[0].runs[0]
    picture = files.plots and files.plots / f"{settings.model}_{PICTURE}.png"
    ownership.refuse([path for path in (files.out, picture) if path], files.force)
    data = source.read(settings)
    names = [axis.name for axis in axes if axis.name != SEED]
    count = sum(len(point.runs) for point in points)
    jobs = min(asked.jobs or (1 if _on_gpu(settings) else sweeps.cores()), count)
    with terminal.progress(f"{count} trainings, {jobs} at a time", count) as advance:
        rows = sweeps.sweep(data, points, jobs, lambda result: advance(1), lambda: advance(0))
    benchmark = BENCHMARK if isinstance(source, RatingsFrom) and source.file is None else None
    if files.out:
        print(f"workbook written to {_write_workbook(files.out, names, rows, settings, benchmark)}")
    if picture:
        from sheetsim.training.results import plots_sweep

        plots_sweep.sweep(picture, names, rows, None if benchmark is None else benchmark**2)
        print(f"picture written to {picture}")
    show(names, rows, settings, benchmark)


def _check(given: dict[str, Any], files: Files, axes: Sequence[sweeps.Axis], jobs: int | None) -> None:
    for option, path in (("--save", files.save), ("--load", files.load), ("--checkpoint", files.checkpoint)):
        if path:
            raise InputError(f"--sweep trains many models: {option} is for one")
    for axis in axes:
        if any({*value} & {*given} for value in axis.values):
            raise InputError(f"--{axis.name} and --sweep {axis.name}=…: give one of them")
    if jobs is not None and jobs < 1:
        raise InputError(f"--jobs must be 1 or more, not {jobs}")
    if distributed.size() > 1:
        raise InputError("--sweep starts processes of its own: leave torchrun out")


def _joined(given: dict[str, Any], swept: dict[str, Any]) -> dict[str, Any]:
    return given | swept


def _on_gpu(settings: Settings) -> bool:
    if settings.backend != "torch" or settings.device == "cpu":
        return False
    from sheetsim.training.backends import torch_devices

    return torch_devices.device(settings).type == "cuda"


def _write_workbook(
    path: Path, names: Sequence[str], rows: Sequence[Row], settings: Settings, benchmark: float | None
) -> Path:
    from workbooks.trained import sweep

    book = sweep.build(names, rows, settings, benchmark)
    recalculate(book)
    return save(book, path)


def show(names: Sequence[str], rows: Sequence[Row], settings: Settings, benchmark: float | None) -> None:
    """Prints a row for each choice, and the best of them beside the benchmark."""
    several = len(rows[0].results) > 1
    movies = settings.model == "movielens"
    headings = [*names, "valid loss", *(["lowest", "highest", "seeds"] if several else [])]
    headings += ["root mean square" if movies else "accuracy", "time"]
    terminal.table("", headings, [_line(row, several, movies) for row in rows], headings)
    best = min((row for row in rows if row.loss is not None), key=lambda row: row.loss or 0.0, default=None)
    if best is None or best.loss is None:
        print("every choice diverged: try a lower lr")
        return
    what = ", ".join(f"{name} {value}" for name, value in zip(names, best.chosen, strict=True))
    print(f"smallest valid loss: {best.loss:.4f}{f' with {what}' if what else ''}")
    if benchmark is not None:
        below = sum(row.loss is not None and row.loss < benchmark**2 for row in rows)
        print(
            f"published benchmark: {benchmark**2:.4f}, the square of {benchmark}; {below} of {len(rows)} are below it"
        )


def _line(row: Row, several: bool, movies: bool) -> list[str]:
    times = f"{sum(one.seconds for one in row.results):.1f} s"
    if row.loss is None:
        return [*row.chosen, "diverged", *([""] * (3 if several else 0)), "", times]
    spread = [f"{min(row.losses):.4f}", f"{max(row.losses):.4f}", str(len(row.losses))] if several else []
    right = [one.accuracy or 0.0 for one in row.results]
    last = f"{row.loss**0.5:.4f}" if movies else f"{sum(right) / len(right):.4f}"
    return [*row.chosen, f"{row.loss:.4f}", *spread, last, times]
