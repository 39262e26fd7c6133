"""The options that put data of one's own in place of the lecture's numbers, and which workbook takes which of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sheetsim.cli.files import reading, refuse_same
from sheetsim.errors import InputError
from sheetsim.outside import OWN_DATA, found
from workbooks import TAKES

if TYPE_CHECKING:
    from sheetsim.workbook import Workbook

WITH_RATINGS = ("users", "movies", "factors", "rating_range", "seed")

Points = Annotated[
    Path | None, typer.Option("--points", metavar="FILE", help="graddesc for other points: a .csv of x and y.")
]
Ratings = Annotated[
    Path | None,
    typer.Option("--ratings", metavar="FILE", help="collab_* for other ratings: a .csv of user, movie, rating."),
]
Users = Annotated[
    int | None, typer.Option("--users", min=2, help="So many users of --ratings, those with the most ratings; 15.")
]
Movies = Annotated[
    int | None, typer.Option("--movies", min=2, help="So many movies of --ratings, those most rated by them; 15.")
]
Factors = Annotated[int | None, typer.Option("--factors", min=2, help="So many factors with --ratings; 5.")]

RatingRange = Annotated[
    tuple[float, float] | None,
    typer.Option("--rating-range", metavar="LOW HIGH", help="What a rating in --ratings may be; 0 5."),
]
Seed = Annotated[
    int | None, typer.Option("--seed", min=0, help="For the random weights that --ratings starts with; 0.")
]


@dataclass(frozen=True)
class OwnData:
    """What was given; None: the lecture's."""

    points: Path | None = None
    ratings: Path | None = None
    users: int | None = None
    movies: int | None = None
    factors: int | None = None
    rating_range: tuple[float, float] | None = None
    seed: int | None = None

    @property
    def files(self) -> dict[str, Path]:
        """The files given: name of the option without its dashes → path, points before ratings."""
        return {name: path for name in ("points", "ratings") if (path := getattr(self, name)) is not None}

    def refuse_unused(self, workbooks: Sequence[str]) -> None:
        """Raises InputError for an option that none of these workbooks takes."""
        for name in WITH_RATINGS:
            if getattr(self, name) is not None and self.ratings is None:
                option = name.replace("_", "-")
                raise InputError(f"--{option} is for ratings of one's own: name their file with --ratings")
        for option in self.files:
            if option not in map(TAKES.get, workbooks):
                *some, last = (name for name, taken in TAKES.items() if taken == option)
                takers = f"{', '.join(some)} and {last}" if some else last
                raise InputError(f"--{option} is for {takers}, not for {', '.join(workbooks)}")

    def refuse_replaced(self, out: Path | None, as_csv: Workbook | None = None) -> None:
        """Raises InputError if what is to be written, a file or a workbook's .csv files into a folder, would take the
        place of a file given."""
        from sheetsim import writing

        written = writing.csv_files(as_csv, out) if out and as_csv else [out]
        for path in written:
            for source in self.files.values():
                refuse_same(path, source)

    def read(self, workbook: str) -> dict[str, Any]:
        """What the workbook's definition is to be built with: nothing where it is the lecture's. Raises InputError."""
        path = self.files.get(TAKES.get(workbook, ""))
        if path is None:
            return {}
        with reading(path) as progress:
            data: dict[str, Any] = found(OWN_DATA)(workbook, **vars(self), progress=progress)
        return data
