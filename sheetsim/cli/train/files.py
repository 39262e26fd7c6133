"""The files that a training reads and writes, looked at before it begins: a long run must not be lost at its end."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from sheetsim.errors import InputError
from sheetsim.support import ownership
from sheetsim.support.extras import need
from sheetsim.training.results import container


@dataclass(frozen=True)
class Files:
    """What was asked for; None where it was not."""

    save: Path | None = None
    load: Path | None = None
    checkpoint: Path | None = None
    resume: bool = False
    out: Path | None = None
    plots: Path | None = None
    force: bool = False

    def check(self, find_lr: bool, inputs: dict[str, Path | None], trains: bool = True) -> None:
        """Makes the folders that are missing. Raises InputError, one line, for what could not be written or read, or
        would take the place of an input; and for what is not done with ``find_lr``. ``trains``: an option of the
        training was given, so that weights to ``--load`` are to begin with.
        """
        named = [option for option, path in self._named().items() if path and option != "--load"]
        if find_lr and (idle := next(iter(named), None)):
            raise InputError(f"--find-lr trains nothing: {idle} is not for it")
        if self.resume and not self.checkpoint:
            raise InputError("--resume goes on from a checkpoint: name it with --checkpoint")
        if self.load and self.resume:
            raise InputError("--resume goes on from the checkpoint, --load begins with other weights: give one of them")
        if self.load and not trains and (self.checkpoint or self.save):
            other = "--save" if self.save else "--checkpoint"
            raise InputError(
                f"--load looks at weights that are in a file already; {other} is for training: say how (--epochs, --lr,"
                " --freeze …), or give one of them"
            )
        if self.checkpoint and self.checkpoint.exists() and not (self.resume or self.force):
            raise InputError(
                f"{self.checkpoint} exists: go on from it with --resume, replace it with --force, or name another file"
            )
        self._check_outputs({option: path for option, path in (inputs | {"--load": self.load}).items() if path})
        if self.plots:
            need("matplotlib", "train", "--plots")
            _make(self.plots, "--plots")

    def refuse_loss(self, pictures: Iterable[Path]) -> None:
        """Raises InputError for outputs that would replace what may be a person's work. A checkpoint that is gone on
        from is there to be replaced."""
        written = [self.save, self.out, None if self.resume else self.checkpoint]
        ownership.refuse([*written, *pictures], self.force)

    def _named(self) -> dict[str, Path | None]:
        return {"--load": self.load, "--save": self.save, "--checkpoint": self.checkpoint, "--out": self.out}

    def _check_outputs(self, inputs: dict[str, Path]) -> None:
        taken = {os.path.realpath(path): option for option, path in inputs.items()}
        for option, path in self._named().items():
            if path is None or option == "--load":
                continue
            if option != "--out":
                container.suffix(path)
            elif path.suffix.casefold() != ".xlsx":
                raise InputError(f"{path}: {option} writes .xlsx files")
            if path.is_dir():
                raise InputError(f"{path}: a folder; {option} needs a file")
            if path.exists() and not path.is_file():
                raise InputError(f"{path}: a device; {option} needs a file")
            if (other := taken.setdefault(os.path.realpath(path), option)) != option:
                raise InputError(f"{path} is asked for by {other} and {option}; they need a file each")
            _make(path.parent, option)


def _make(folder: Path, option: str) -> None:
    """Makes a folder and sees whether it can be written to."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except FileExistsError:
        raise InputError(f"{folder}: a file; {option} needs a folder") from None
    except OSError as error:
        raise InputError(f"{folder}: cannot be made for {option}: {error.strerror}") from error
    if not os.access(folder, os.W_OK | os.X_OK):
        raise InputError(f"{folder}: {option} cannot write there")
