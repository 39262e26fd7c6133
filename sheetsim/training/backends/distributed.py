"""Several processes, one run: each takes its share of every batch, and they add up their gradients.

``torchrun --nproc-per-node=2 …`` starts the processes and tells each its number by the environment (RANK, WORLD_SIZE,
LOCAL_RANK). As the loss is a mean over the whole batch, the sum of the shares' gradients is the batch's gradient, also
where the shares are uneven or empty. All start from the same weights and make the same steps, so they stay equal; the
first one (rank 0) reports and writes.
"""

from __future__ import annotations

import atexit
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sheetsim.errors import InputError
from sheetsim.training.settings import Settings

if TYPE_CHECKING:
    from torch import Tensor


@dataclass(frozen=True)
class Group:
    """The processes of a run: this one is number ``rank`` of ``size``."""

    rank: int
    size: int

    def share(self, rows: Tensor) -> Tensor:
        """This process's part of a batch: of 7 rows by 2 processes the first takes 4, the second 3."""
        return rows[self.rank :: self.size]

    def add_up(self, sums: Tensor) -> None:
        """Replaces the tensor, in every process, by the sum of all of theirs."""
        import torch.distributed

        torch.distributed.all_reduce(sums)


RENDEZVOUS = ("RANK", "MASTER_ADDR", "MASTER_PORT")  # what a process of several must be told beside how many they are


def rank() -> int:
    """The number of this process, 0 where it is the only one. Raises InputError for a number that none of them has."""
    number, processes = _number("RANK", 0), size()
    if number >= processes:
        raise InputError(
            f"the environment variable RANK is {number}, and of {processes} (WORLD_SIZE) the last is {processes - 1}; "
            "start with torchrun"
        )
    return number


def size() -> int:
    """How many processes share the run. Raises InputError where this one is not told what it needs to find them."""
    processes = _number("WORLD_SIZE", 1)
    if not processes:
        raise InputError("the environment variable WORLD_SIZE must be 1 or more, not 0; start with torchrun")
    missing = [variable for variable in RENDEZVOUS if variable not in os.environ]
    if processes > 1 and missing:
        raise InputError(
            f"the environment variable WORLD_SIZE is {processes}, but {', '.join(missing)} "
            f"{'is' if len(missing) == 1 else 'are'} missing; start with torchrun"
        )
    return processes


def _number(variable: str, otherwise: int) -> int:
    text = os.environ.get(variable, str(otherwise))
    if not text.isdecimal():
        raise InputError(f"the environment variable {variable} must be a number, not {text!r}; start with torchrun")
    return int(text)


def joined(settings: Settings, cuda: bool) -> Group | None:
    """The group of a run under torchrun, None for a process on its own. Raises InputError.

    The processes stay connected until they end: they cannot find one another a second time.
    """
    own = rank()
    if size() == 1:
        return None
    if settings.backend != "torch":
        raise InputError(f"backend {settings.backend} trains in one process; use backend torch with torchrun")
    import torch.distributed

    if not torch.distributed.is_initialized():
        torch.distributed.init_process_group("nccl" if cuda else "gloo")
        atexit.register(torch.distributed.destroy_process_group)
    return Group(own, size())
