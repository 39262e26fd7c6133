"""What was measured, as a page of Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

HERE = Path(__file__).parent
OURS = "sheetsim"
PLAIN = "sheetsim, without Numba"


@dataclass
class Row:
    """One engine on one workload; times in seconds. With a ``reason`` there are no times."""

    workload: str
    engine: str
    rows: int = 0
    cells: int = 0
    first: float | None = None
    best: float = 0.0
    median: float = 0.0
    runs: int = 0
    peak: int = 0
    reason: str = ""

    @property
    def per_cell(self) -> float:
        """Microseconds by formula cell, of the best run."""
        return self.best / self.cells * 1e6


@dataclass(frozen=True)
class Target:
    """What is asked for, what was measured, and whether that will do (None: not measured)."""

    what: str
    found: str
    met: bool | None


Found = dict[tuple[str, str], Row]  # by workload and engine; rows that have times


def found(rows: Iterable[Row]) -> Found:
    """The rows that have times, by workload and engine."""
    return {(row.workload, row.engine): row for row in rows if not row.reason}


# --- targets ----------------------------------------------------------------------------------------------------------
def targets(rows: Sequence[Row], scaling: Sequence[Row], checks: dict[str, float | str]) -> list[Target]:
    """The eight things asked of speed and memory, each with what was measured."""
    have = found(rows)
    collab = next((seconds for name, seconds in checks.items() if name.startswith("collab")), "not measured")
    return [
        faster(have, "collab_filter", 3.0),
        faster(have, "movielens", 50.0),
        faster(have, "adam", 1.0),
        memory(have, "movielens"),
        memory(have, "adam"),
        check_time(collab),
        growth(scaling, "movielens"),
        growth(scaling, "adam"),
    ]


def faster(have: Found, workload: str, times: float) -> Target:
    """Whether a cell costs us at most 1/``times`` of what it costs IronCalc, both by the best time."""
    what = f"{workload}: per cell at least {times:g} × as fast as IronCalc"
    ours, theirs = have.get((workload, OURS)), have.get((workload, "ironcalc"))
    if ours is None or theirs is None:
        return Target(what, "not measured", None)
    ratio = theirs.per_cell / ours.per_cell
    return Target(what, f"{ratio:.1f} ×", ratio >= times)


def memory(have: Found, workload: str) -> Target:
    """Whether the peak of the whole process stays below 10⁹ bytes."""
    row = have.get((workload, OURS))
    if row is None:
        return Target(f"{workload}: less than 1 GB of memory", "not measured", None)
    what = f"{workload}, {row.rows:,} rows: less than 1 GB of memory"
    return Target(what, f"{row.peak / 1e6:.0f} MB", row.peak < 1e9)


def check_time(seconds: float | str) -> Target:
    """Whether ``sheetsim check`` of collab_filter stays below 1 s; a text says why it was not measured."""
    what = "`sheetsim check collab_filter.xlsx`: less than 1 s"
    if isinstance(seconds, str):
        return Target(what, seconds, None)
    return Target(what, f"{seconds:.2f} s", seconds < 1)


def growth(scaling: Sequence[Row], workload: str) -> Target:
    """From the fewest rows to the most; a quarter more is allowed for noise and for the processor's cache."""
    what = f"{workload}: the cost of a cell does not grow with the rows"
    sizes = sorted((row for row in scaling if row.workload == workload and not row.reason), key=lambda row: row.rows)
    if len(sizes) < 2:
        return Target(what, "not measured", None)
    ratio = sizes[-1].per_cell / sizes[0].per_cell
    return Target(what, f"{ratio:.2f} × from {sizes[0].rows:,} to {sizes[-1].rows:,} rows", ratio <= 1.25)


# --- the page ---------------------------------------------------------------------------------------------------------
def written(text: str, name: str, asked: Path | None, quick: bool) -> Path:
    """Writes a page to the place asked for; if none was, beside this file, but that of a quick run into ``out/``: it
    never takes the place of a full one's."""
    path = asked or (HERE.parent / "out" / f"quick_{name}" if quick else HERE / name)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def into_docs(script: str, text: str) -> None:
    """Puts tables into ``docs/performance.md``, between the marks that name their script."""
    place = HERE.parent / "docs" / "performance.md"
    begin, end = f"<!-- written by benchmarks/{script} -->", "<!-- to here -->"
    before, found, rest = place.read_text(encoding="utf-8").partition(begin)
    _, closed, after = rest.partition(end)
    if not (found and closed):
        raise SystemExit(f"{place} has no place for the tables: {begin} … {end}")
    place.write_text(f"{before}{begin}\n\n{text}\n\n{end}{after}", encoding="utf-8")


def page(machine: str, quick: bool, rows: Sequence[Row], scaling: Sequence[Row], checks: dict[str, float | str]) -> str:
    """The whole Markdown page: targets, a table for each workload, the growth, the times of ``check``."""
    parts = [
        "# How fast a full recalculation is",
        f"{date.today():%d %B %Y}. {machine}" + (" A quick run: small sheets, few repetitions." if quick else ""),
        "`README.md` says what each number means. Written by `recalculation.py`; not to be edited by hand.",
        "## Targets",
        table(("target", "measured", "met"), (target_line(target) for target in targets(rows, scaling, checks))),
    ]
    for workload in dict.fromkeys(row.workload for row in rows):
        parts += [f"## {workload}", engine_table([row for row in rows if row.workload == workload])]
    parts += ["## Cost of a cell as the rows grow", scaling_table(scaling)]
    lines = ((name, f"{seconds:.2f} s" if isinstance(seconds, float) else seconds) for name, seconds in checks.items())
    parts += ["## `sheetsim check`, the whole process", table(("file", "best time"), lines)]
    return "\n\n".join(parts) + "\n"


def target_line(target: Target) -> tuple[str, str, str]:
    """A target's cells in the table; one that was not measured is met "?"."""
    return target.what, target.found, {True: "yes", False: "**no**", None: "?"}[target.met]


def engine_table(rows: Sequence[Row]) -> str:
    """The Markdown table of all engines on one workload."""
    headings = ("engine", "rows", "formula cells", "first", "best", "median", "runs", "µs a cell", "a cell costs")
    ours = found(rows).get((rows[0].workload, OURS))
    return table(headings, (engine_line(row, ours) for row in rows))


def engine_line(row: Row, ours: Row | None) -> tuple[str, ...]:
    """An engine's cells in the table; without times, the reason stands in place of them."""
    size = f"{row.rows:,}" if row.rows else ""
    if row.reason:
        cells = f"{row.cells:,}" if row.cells else ""
        return (row.engine, size, cells, f"– {cell_text(row.reason)}", *[""] * 5)
    first = "" if row.first is None else milliseconds(row.first)
    times = (first, milliseconds(row.best), milliseconds(row.median), f"{row.runs}")
    ratio = "" if ours is None else "1" if row is ours else f"{row.per_cell / ours.per_cell:,.2g} ×"
    return (row.engine, size, f"{row.cells:,}", *times, f"{row.per_cell:.3g}", ratio)


def scaling_table(rows: Sequence[Row]) -> str:
    """The Markdown table of one workload with more and more rows."""
    headings = ("workload", "rows", "formula cells", "first", "best", "µs a cell", "peak memory")
    return table(headings, (scaling_line(row) for row in rows))


def scaling_line(row: Row) -> tuple[str, ...]:
    """A size's cells in the table; without times, the reason stands in place of them."""
    if row.reason:
        return (row.workload, f"{row.rows:,}", "", f"– {cell_text(row.reason)}", "", "", "")
    times = (milliseconds(row.first or 0), milliseconds(row.best), f"{row.per_cell:.3g}")
    return (row.workload, f"{row.rows:,}", f"{row.cells:,}", *times, f"{row.peak / 1e6:,.0f} MB")


def milliseconds(seconds: float) -> str:
    """Seconds as a text in ms: three digits, from 100 ms on whole ones."""
    ms = seconds * 1000
    return f"{ms:,.0f} ms" if ms >= 100 else f"{ms:.3g} ms"


def cell_text(text: str) -> str:
    """A text that may stand in a table."""
    return text.replace("|", "\\|")


def table(headings: Sequence[str], lines: Iterable[Sequence[str]]) -> str:
    """A Markdown table; cells must hold no line break and no bare ``|``."""
    rule = ["---"] * len(headings)
    return "\n".join("| " + " | ".join(line) + " |" for line in (headings, rule, *lines))
