"""What comes of a training: the workbook, pictures, and what the model has learnt."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from sheetsim.cli.files import recalculate
from sheetsim.cli.files import save as save_book
from sheetsim.errors import InputError
from sheetsim.support import terminal
from sheetsim.training.data.digits import Digits
from sheetsim.training.history import smoothed

if TYPE_CHECKING:
    from sheetsim.training.data.ratings import RatingSplit
    from sheetsim.training.finder import Finding
    from sheetsim.training.loop import Outcome
    from sheetsim.training.results.confusion import Worst
    from sheetsim.training.results.interpretation import Table

EXTREMES = 5  # movies shown at each end of a principal component
MOST_CONFUSED = 10  # pairs listed where no least count is asked for
WORST = 16  # digits drawn
WORST_LISTED = 8
HISTORY = ("losses", "schedule")
PICTURES = {  # what a training of a model may draw
    "movielens": (*HISTORY, "components_1_2", "components_1_3"),
    "nn": (*HISTORY, "confusion", "worst_digits"),
    "logistic": (*HISTORY, "confusion", "worst_digits", "weights"),
}
FINDER = "finder"
#: What the lecture trained with in the end.
TAKEN = {
    "movielens": (5e-3, "which it kept after it had tried several: do so, too (--sweep lr=…)"),
    "nn": (1e-2, "with its learner, one cycle and Adam"),
    "logistic": (2e-2, "with its own update, plain gradient descent"),
}


@dataclass(frozen=True)
class Shown:
    """What is printed of what a model has learnt: anything at all; of the confused pairs those that occur so often,
    None for the ten most frequent."""

    interpret: bool = True
    least: int | None = None

    def __post_init__(self) -> None:
        if self.least is not None and self.least < 1:
            raise InputError(f"--least must be 1 or more, not {self.least}")


def report(outcome: Outcome, data: RatingSplit | Digits, plots: Path | None, out: Path | None, shown: Shown) -> None:
    """Writes all that was asked for, then prints what the model has learnt: a reader of that may stop early."""
    if out:
        print(f"workbook written to {_write_workbook(outcome, data, out)}")
    if not (plots or shown.interpret):
        return
    found = AboutDigits.of(outcome, data) if isinstance(data, Digits) else AboutMovies.of(outcome, data)
    if plots:
        model = outcome.settings.model
        written = _draw_history(outcome, plots) if len(outcome.history.losses) else []
        written += found.draw(plots, model)
        print(f"pictures written to {plots}: {', '.join(path.name for path in written)}")
    if shown.interpret:
        found.show(shown)


def pictures(folder: Path | None, model: str, find_lr: bool) -> list[Path]:
    """The pictures that a training, or looking for a learning rate, may write into a folder."""
    if folder is None:
        return []
    return [_picture(folder, model, name) for name in ([FINDER] if find_lr else PICTURES[model])]


def _picture(folder: Path, model: str, name: str) -> Path:
    """Where a picture goes: several models may share a folder."""
    return folder / f"{model}_{name}.png"


def _draw_history(outcome: Outcome, folder: Path) -> list[Path]:
    from sheetsim.training.results import plots

    run = outcome.history
    paths = [_picture(folder, outcome.settings.model, name) for name in HISTORY]
    plots.losses(paths[0], run.losses, smoothed(run.losses))
    plots.schedule(paths[1], run.rates, run.momenta)
    return paths


def _write_workbook(outcome: Outcome, data: RatingSplit | Digits, path: Path) -> Path:
    from workbooks.trained import digits as trained_digits
    from workbooks.trained import ratings as trained_ratings

    weights, run = outcome.weights, outcome.history
    if isinstance(data, Digits):
        book = trained_digits.build(run, weights, data, outcome.settings)
    else:
        book = trained_ratings.build(run, weights, data, outcome.settings)
    recalculate(book)
    return save_book(book, path)


# --- movies -----------------------------------------------------------------------------------------------------------
@dataclass
class AboutMovies:
    """The most rated movies with their biases and components; the root of the valid loss, None if it is not known."""

    table: Table
    error: float | None

    @classmethod
    def of(cls, outcome: Outcome, data: RatingSplit) -> AboutMovies:
        """The most rated movies placed by the weights of a run, and the error after its last epoch, None without
        one."""
        from sheetsim.training.results import interpretation

        epochs = outcome.history.epochs
        error = epochs[-1].valid_loss ** 0.5 if epochs else None
        return cls(interpretation.movies(data.ratings, outcome.weights), error)

    def show(self, shown: Shown) -> None:
        """Prints the error, and the movies at either end of the bias and of each component."""
        from sheetsim.training.results import interpretation

        if self.error is not None:  # other recommenders are compared by it
            print(f"root mean square error {self.error:.4f} over the ratings for validation")
        low, high = interpretation.ends(self.table, "bias")
        _print_biases(f"lowest bias of the {len(self.table['title']):,} most rated movies", low)
        _print_biases("highest bias", high)
        for name in interpretation.component_names(self.table):
            _print_component(name, *interpretation.ends(self.table, name, EXTREMES))

    def draw(self, folder: Path, model: str) -> list[Path]:
        """Draws maps of the movies, the first component with each other; the files written."""
        from sheetsim.training.results import interpretation, plots_movies

        written = []
        first, *others = interpretation.component_names(self.table)
        for other in others:
            written.append(_picture(folder, model, f"components_{first.split()[-1]}_{other.split()[-1]}"))
            places = np.column_stack([self.table[first], self.table[other]])
            plots_movies.movie_map(written[-1], places, self.table["title"].tolist(), (first, other))
        return written


def _print_biases(title: str, movies: Table) -> None:
    names = list(movies)[:4]
    rows = [
        [title, f"{bias:.4f}", f"{mean:.2f}", int(ratings)]
        for title, bias, mean, ratings in zip(*(movies[name] for name in names), strict=True)
    ]
    terminal.table(title, names, rows, names[1:])


def _print_component(name: str, low: Table, high: Table) -> None:
    """The two ends side by side; of a short table one end may have a row less."""
    ends = [[(one, f"{score:.3f}") for one, score in zip(end["title"], end[name], strict=True)] for end in (low, high)]
    ends[0] += [("", "")] * (len(ends[1]) - len(ends[0]))
    rows = [[*least, *most] for least, most in zip(*ends, strict=True)]
    terminal.table(name, ["lowest", "", "highest", " "], rows, ["", " "])


# --- digits -----------------------------------------------------------------------------------------------------------
@dataclass
class AboutDigits:
    """The confusion matrix of the validation digits, those with the highest loss, and what the pictures need."""

    matrix: np.ndarray
    worst: list[Worst]
    images: np.ndarray
    weights: dict[str, np.ndarray]
    classes: tuple[int, ...]

    @classmethod
    def of(cls, outcome: Outcome, data: Digits) -> AboutDigits:
        """What a trained model makes of the validation digits."""
        from sheetsim.training.models import digits_model
        from sheetsim.training.results import confusion

        outputs = digits_model.predict(outcome.weights, data.valid_images)
        matrix = confusion.confusion_matrix(data.valid_labels, outputs.argmax(axis=1), len(data.classes))
        worst = confusion.worst(outputs, data.valid_labels, WORST, data.classes)
        return cls(matrix, worst, data.valid_images, outcome.weights, data.classes)

    def show(self, shown: Shown) -> None:
        """Prints how many digits are read right, which are confused most often, and the worst predicted."""
        from sheetsim.training.results import confusion

        print(f"{np.trace(self.matrix):,} of {self.matrix.sum():,} digits are read right")
        names = ["actual", "predicted", "times"]
        often = "most often confused" if shown.least is None else f"confused {shown.least} times or more"
        count = MOST_CONFUSED if shown.least is None else None
        pairs = confusion.most_confused(self.matrix, count, shown.least or 1, self.classes)
        if pairs or shown.least is None:
            terminal.table(often, names, pairs, names)
        else:
            print(f"no two digits were {often}")
        names = ["validation digit", "actual", "predicted", "loss"]
        rows = [[*one[:3], f"{one.loss:.2f}"] for one in self.worst[:WORST_LISTED]]
        terminal.table("worst predicted", names, rows, names)

    def draw(self, folder: Path, model: str) -> list[Path]:
        """Draws the confusion matrix, the worst digits, and of the logistic model its weights; the files written."""
        from sheetsim.training.results import plots

        paths = [_picture(folder, model, name) for name in ("confusion", "worst_digits")]
        plots.confusion(paths[0], self.matrix, self.classes)
        plots.worst_digits(paths[1], self.images, self.worst)
        if "weights" in self.weights:  # the logistic model's: a picture for each digit
            paths.append(_picture(folder, model, "weights"))
            plots.digit_weights(paths[2], self.weights["weights"], self.classes)
        return paths


# --- the learning-rate finder -----------------------------------------------------------------------------------------
def show_finding(finding: Finding, folder: Path | None, model: str) -> None:
    """Prints the two learning rates that one may take and the one that the lecture took, and draws the loss against
    the rate."""
    print(f"steepest      {finding.steepest:.2e}   where the loss falls fastest")
    print(f"minimum / 10  {finding.minimum_tenth:.2e}   a tenth of where it is lowest")
    rate, why = TAKEN[model]
    print(f"the lecture   {rate:.2e}   {why}")
    if folder:
        from sheetsim.training.results import plots

        path = _picture(folder, model, FINDER)
        plots.finder(path, finding.rates, finding.losses, finding.steepest, finding.minimum_tenth)
        print(f"picture written to {path}")
