"""``sheetsim train movielens`` and ``sheetsim train mnist``: the lecture's full models, with every choice an option.

An option that is not given is as in the lecture, where the lecture says it; with ``--resume`` or ``--load`` it is as in
the file.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperCommand

from sheetsim.cli.files import FORCE
from sheetsim.errors import InputError
from sheetsim.training.settings import CHOICES

if TYPE_CHECKING:
    from sheetsim.cli.train.data import Source
    from sheetsim.cli.train.files import Files

MODEL, TRAINING, COMPUTING = "The model", "The training", "The computing"
DATA, FILES, SHOWN = "The data", "Files", "What is shown"

DECAY = (
    "Weight decay. adam, sgd, momentum, rmsprop, fresh-adam: weights shrink by lr·wd before each step. "
    "adam-l2: the loss has wd/2·Σw², which passes through Adam's averages. update: the loss has wd·Σw²."
)
BACKEND = (
    "What computes, to the same numbers; by itself the fastest one installed: numba for ratings by adam, torch for"
    " other ratings, for several processes and for digits where there is a GPU, otherwise numpy."
)
DEVICE = "Where torch computes; auto: on a GPU if there is one; cuda takes torch."


def _one_of(setting: str) -> str:
    return "|".join(CHOICES[setting])


def _option(panel: str, text: str, *names: str, metavar: str | None = None) -> Any:
    return typer.Option(*names, help=text, rich_help_panel=panel, metavar=metavar, show_default=False)


Epochs = Annotated[int | None, _option(TRAINING, "How often all the data is gone through.")]
Rate = Annotated[
    str | None,
    _option(
        TRAINING,
        "The learning rate, of a one-cycle schedule the highest; for a model of several layer groups FIRST:LAST, or"
        " :LAST with a third of it for the others.",
        "--lr",
        metavar="RATE|FIRST:LAST",
    ),
]
Decay = Annotated[float | None, _option(TRAINING, DECAY, "--wd")]
Batch = Annotated[int | None, _option(TRAINING, "Samples a step; 64 as in the lecture.")]
Optimizer = Annotated[
    str | None, _option(TRAINING, "Adam as in the lecture, but for eps.", metavar=_one_of("optimizer"))
]
Schedule = Annotated[str | None, _option(TRAINING, "How the learning rate runs.", metavar=_one_of("schedule"))]
Seed = Annotated[int | None, _option(TRAINING, "For the first weights, the order of samples, a random split.")]

Backend = Annotated[str | None, _option(COMPUTING, BACKEND, metavar=_one_of("backend"))]
Device = Annotated[str | None, _option(COMPUTING, DEVICE, metavar=_one_of("device"))]
Dtype = Annotated[str | None, _option(COMPUTING, "The precision; float32 as usual.", metavar=_one_of("dtype"))]

Folder = Annotated[Path | None, _option(DATA, "The folder of the data set; else it is downloaded once.", "--data")]

Save = Annotated[Path | None, _option(FILES, "Write the weights.", metavar="FILE.npz|.safetensors")]
Load = Annotated[
    Path | None,
    _option(
        FILES,
        "Look at weights saved before; with an option of the training, train on from them.",
        metavar="FILE",
    ),
]
Keep = Annotated[Path | None, _option(FILES, "Write all that going on needs, after each epoch.", metavar="FILE.npz")]
Resume = Annotated[bool, _option(FILES, "Go on from the checkpoint: to the same numbers.", "--resume")]
Out = Annotated[Path | None, _option(FILES, "Write history, weights and predictions.", metavar="FILE.xlsx")]
Force = Annotated[bool, _option(FILES, FORCE, "--force")]
Plots = Annotated[Path | None, _option(FILES, "Write pictures (.png) into this folder.", metavar="DIR")]

Epsilon = Annotated[
    float | None,
    _option(
        TRAINING,
        "What keeps Adam from dividing by zero; larger calms rarely met weights. The lecture names none.",
        "--eps",
    ),
]
Sweeps = Annotated[
    list[str] | None,
    _option(
        SHOWN,
        "Train with each of these values; again for others: factors, lr, wd, eps, epochs, batch-size, optimizer,"
        " y-range (0:5.5,none), seed.",
        "--sweep",
        metavar="NAME=VALUE,…",
    ),
]
Jobs = Annotated[int | None, _option(COMPUTING, "Trainings of a sweep at a time; one a core.", metavar="N")]
Find = Annotated[bool, _option(SHOWN, "Do not train: look for a learning rate.", "--find-lr")]
Interpret = Annotated[bool, _option(SHOWN, "What the model has learnt; on by default.", "--interpret/--no-interpret")]


class Grouped(TyperCommand):
    """Help with the options in groups."""

    def format_options(self, ctx: Any, formatter: Any) -> None:
        """Writes the options under the headings that ``rich_help_panel`` gives them, in the order of their first
        use."""
        groups: dict[str, list[tuple[str, str]]] = {}
        for parameter in self.get_params(ctx):
            if record := parameter.get_help_record(ctx):
                groups.setdefault(getattr(parameter, "rich_help_panel", None) or "Help", []).append(record)
        for title, records in groups.items():
            with formatter.section(title):
                formatter.write_dl(records)


app = typer.Typer(
    add_completion=False,
    invoke_without_command=True,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="""Train the lecture's full models, by Numba, NumPy or PyTorch.

    The numbers are the same in all of them.

    \b
    Examples:
        sheetsim train movielens
        sheetsim train mnist --model logistic
    """,
)


@app.callback()
def models(ctx: typer.Context) -> None:
    """Without a model: the help."""
    if ctx.invoked_subcommand is None:
        print(ctx.get_help())


@app.command(cls=Grouped)
def movielens(
    factors: Annotated[int | None, _option(MODEL, "Factors of each user and movie; 40 as in the lecture.")] = None,
    y_range: Annotated[
        tuple[float, float] | None, _option(MODEL, "The range of the sigmoid; 0 5.5.", metavar="LOW HIGH")
    ] = None,
    no_sigmoid: Annotated[bool, _option(MODEL, "Predict the sum itself, unbounded.", "--no-sigmoid")] = False,
    epochs: Epochs = None,
    lr: Rate = None,
    wd: Decay = None,
    eps: Epsilon = None,
    batch_size: Batch = None,
    optimizer: Optimizer = None,
    schedule: Schedule = None,
    seed: Seed = None,
    backend: Backend = None,
    device: Device = None,
    dtype: Dtype = None,
    data: Folder = None,
    split: Annotated[
        str | None, _option(DATA, "Which ratings are for validation.", metavar="lecture|u1…u5|ua|ub|random")
    ] = None,
    ratings: Annotated[Path | None, _option(DATA, "Ratings of one's own: user, movie, rating.", metavar="FILE")] = None,
    rating_range: Annotated[
        tuple[float, float] | None, _option(DATA, "What a rating in that file may be; 0 5.", metavar="LOW HIGH")
    ] = None,
    save: Save = None,
    load: Load = None,
    checkpoint: Keep = None,
    resume: Resume = False,
    out: Out = None,
    plots: Plots = None,
    force: Force = False,
    sweep: Sweeps = None,
    jobs: Jobs = None,
    find_lr: Find = False,
    interpret: Interpret = True,
) -> None:
    """Learn who likes what from 100,000 ratings.

    What is learnt are factors and biases of users and movies. Prints a row an epoch as in the lecture; then the movies
    by bias and by the principal components of their factors.

    \b
    Examples:
        sheetsim train movielens
        sheetsim train movielens --find-lr --plots pictures
        sheetsim train movielens --epochs 10 --save movies.npz --out movies.xlsx
        sheetsim train movielens --load movies.npz --plots pictures
        sheetsim train movielens --sweep factors=10,20,40,80 --sweep seed=0,1,2 --out sweep.xlsx --plots pictures
        sheetsim train movielens --ratings ratings.csv --factors 20
        torchrun --nproc-per-node 2 -m sheetsim train movielens
    """
    from sheetsim.cli.train.data import RatingsFrom
    from sheetsim.cli.train.files import Files
    from sheetsim.cli.train.results import Shown
    from sheetsim.cli.train.run import bounds, run
    from sheetsim.training.groups import rates

    given: dict[str, Any] = {
        "factors": factors,
        "epochs": epochs,
        "rates": rates(lr) if lr is not None else None,
        "wd": wd,
        "eps": eps,
        "batch_size": batch_size,
    }
    given |= {"optimizer": optimizer, "schedule": schedule, "seed": seed}
    given |= {"backend": backend, "device": device, "dtype": dtype}
    files = Files(save, load, checkpoint, resume, out, plots, force)
    source, asked = RatingsFrom(data, split, ratings, rating_range), _without_none(given) | bounds(y_range, no_sigmoid)
    if not _swept(asked, source, files, sweep, jobs, find_lr):
        run(asked, source, files, find_lr, Shown(interpret))


@app.command(cls=Grouped)
def mnist(
    model: Annotated[str | None, _option(MODEL, "nn as in the lecture.", metavar="logistic|nn")] = None,
    new_head: Annotated[
        bool, _option(MODEL, "Give the weights of --load a new last layer, for other digits.", "--new-head")
    ] = False,
    epochs: Epochs = None,
    lr: Rate = None,
    freeze: Annotated[bool, _option(TRAINING, "Train the last layer only; all others stay.", "--freeze")] = False,
    wd: Decay = None,
    eps: Epsilon = None,
    batch_size: Batch = None,
    optimizer: Optimizer = None,
    schedule: Schedule = None,
    seed: Seed = None,
    backend: Backend = None,
    device: Device = None,
    dtype: Dtype = None,
    data: Folder = None,
    images: Annotated[Path | None, _option(DATA, "Other images of 28 × 28 pixels, as IDX.", metavar="FILE")] = None,
    classes: Annotated[str | None, _option(DATA, "Some of the digits only.", metavar="0-4|1,3,7")] = None,
    limit: Annotated[int | None, _option(DATA, "So many images of each digit to learn from, drawn by --seed.")] = None,
    save: Save = None,
    load: Load = None,
    checkpoint: Keep = None,
    resume: Resume = False,
    out: Out = None,
    plots: Plots = None,
    force: Force = False,
    sweep: Sweeps = None,
    jobs: Jobs = None,
    find_lr: Find = False,
    interpret: Interpret = True,
    least: Annotated[
        int | None, _option(SHOWN, "List all pairs of digits confused at least so often.", "--least", metavar="N")
    ] = None,
) -> None:
    """Learn to read handwritten digits.

    The model is one linear layer (logistic), or two with a ReLU between them (nn). Prints a row an epoch as in the
    lecture; then which digits are taken for which, and the worst of them.

    \b
    Examples:
        sheetsim train mnist
        sheetsim train mnist --model logistic --optimizer update
        sheetsim train mnist --find-lr --plots pictures
        sheetsim train mnist --save digits.npz --out digits.xlsx
        sheetsim train mnist --load digits.npz --plots pictures
        sheetsim train mnist --classes 0-4 --save first.npz
        sheetsim train mnist --load first.npz --classes 5-9 --new-head --freeze --save second.npz
        sheetsim train mnist --load second.npz --lr 0.01:0.03 --epochs 8
    """
    from sheetsim.cli.train.data import DigitsFrom, digits_of
    from sheetsim.cli.train.files import Files
    from sheetsim.cli.train.results import Shown
    from sheetsim.cli.train.run import run
    from sheetsim.training.groups import rates

    given: dict[str, Any] = {"model": model, "epochs": epochs, "rates": rates(lr) if lr is not None else None}
    given |= {"wd": wd, "eps": eps, "batch_size": batch_size, "freeze": freeze or None}
    given |= {"classes": digits_of(classes) if classes is not None else None, "limit": limit}
    given |= {"optimizer": optimizer, "schedule": schedule, "seed": seed}
    given |= {"backend": backend, "device": device, "dtype": dtype}
    files = Files(save, load, checkpoint, resume, out, plots, force)
    source, asked = DigitsFrom(data, images), _without_none(given)
    if not _swept(asked, source, files, sweep, jobs, find_lr):
        run(asked, source, files, find_lr, Shown(interpret, least), new_head)


def _swept(
    given: dict[str, Any], source: Source, files: Files, texts: list[str] | None, jobs: int | None, find_lr: bool
) -> bool:
    """Trains with each value of ``--sweep``, if that was asked for."""
    if texts is None:
        if jobs is not None:
            raise InputError("--jobs is for trainings of a sweep: name it with --sweep")
        return False
    if find_lr:
        raise InputError("--find-lr trains nothing: --sweep is not for it")
    from sheetsim.cli.train import sweeping

    sweeping.run(given, source, files, sweeping.Sweep(tuple(texts), jobs))
    return True


def _without_none(options: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in options.items() if value is not None}
