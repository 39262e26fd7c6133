"""Which data a training is asked to learn from, and whether that goes together."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Protocol

from sheetsim.cli.files import reading
from sheetsim.errors import InputError
from sheetsim.training.settings import Settings

if TYPE_CHECKING:
    from sheetsim.training.data.digits import Digits
    from sheetsim.training.data.ratings import RatingSplit


def digits_of(text: str) -> tuple[int, ...]:
    """The digits that a text names. Raises InputError.

    >>> digits_of("0-4"), digits_of("1,7,3")
    ((0, 1, 2, 3, 4), (1, 3, 7))
    """
    found: list[int] = []
    for part in text.split(","):
        first, dash, last = part.strip().partition("-")
        if not (first.isdecimal() and first.isascii() and (last if dash else "0").isdecimal() and last.isascii()):
            raise InputError(f"--classes: digits as 0-4 or 1,3,7, not {text!r}")
        if int(last or first) > 9 or int(last or first) < int(first):
            raise InputError(f"--classes {text}: there are the digits 0 to 9, the lower one first")
        found += range(int(first), int(last or first) + 1)
    if len({*found}) < len(found) or len(found) < 2:
        raise InputError(f"--classes {text}: two or more digits, each once")
    return tuple(sorted(found))


class Source(Protocol):
    """Where the data comes from, for one kind of model."""

    models: ClassVar[tuple[str, ...]]

    def inputs(self) -> dict[str, Path | None]:
        """The options that name files to read, with those files: none of them may be written over."""

    def read(self, settings: Settings) -> RatingSplit | Digits:
        """The data, ready to learn from. Raises InputError for what is missing, damaged or does not go together."""


@dataclass(frozen=True)
class RatingsFrom:
    """MovieLens 100k in a folder, or a file of other ratings, of a range of its own."""

    folder: Path | None
    split: str | None
    file: Path | None
    allowed: tuple[float, float] | None
    models: ClassVar[tuple[str, ...]] = ("movielens",)

    def inputs(self) -> dict[str, Path | None]:
        """The file of ratings, if one was named."""
        return {"--ratings": self.file}

    def read(self, settings: Settings) -> RatingSplit:
        """The ratings, split. Raises InputError, also for a rating beyond the range of the model's sigmoid."""
        from sheetsim.training.data import movielens
        from sheetsim.training.data.ratings import STARS

        _refuse_both(self.folder, self.file, "--ratings")
        allowed = self.allowed or STARS
        if self.allowed and not self.file:
            raise InputError("--rating-range is for a file of one's own: name it with --ratings")
        if not allowed[0] < allowed[1]:
            raise InputError(f"--rating-range: {allowed[0]:g} is not below {allowed[1]:g}")
        with reading(self.file or Path("ratings")) as progress:
            data = movielens.load(self.folder, self.split, self.file, settings.seed, allowed, progress)
        _refuse_beyond(data, settings)
        return data


@dataclass(frozen=True)
class DigitsFrom:
    """MNIST in a folder, or a file of other digits."""

    folder: Path | None
    file: Path | None
    models: ClassVar[tuple[str, ...]] = ("nn", "logistic")

    def inputs(self) -> dict[str, Path | None]:
        """The file of images, if one was named."""
        return {"--images": self.file}

    def read(self, settings: Settings) -> Digits:
        """The images with their labels, split. Raises InputError."""
        from sheetsim.training.data import digits

        _refuse_both(self.folder, self.file, "--images")
        found = digits.load(self.folder, self.file)
        return found.only(settings.classes, settings.limit, settings.seed)


def _refuse_both(folder: Path | None, file: Path | None, option: str) -> None:
    if folder and file:
        raise InputError(f"--data is the folder of the lecture's data, {option} other data: give one of them")


def _refuse_beyond(data: RatingSplit, settings: Settings) -> None:
    """Ratings that no prediction could reach would be learnt without a word, and badly."""
    values, (low, high) = data.ratings.values, (settings.low, settings.high)
    if low is not None and high is not None and not (low <= values.min() and values.max() <= high):
        raise InputError(
            f"ratings from {values.min():g} to {values.max():g}, but predictions from {low:g} to {high:g}:"
            " choose another --y-range, or --no-sigmoid"
        )
