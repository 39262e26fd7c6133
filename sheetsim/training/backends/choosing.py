"""Which backend trains where none was asked for: all give the same numbers, so it is the one that is done first."""

from __future__ import annotations

import sys
from importlib.util import find_spec
from pathlib import Path

from sheetsim.training.backends import distributed
from sheetsim.training.settings import COMPILED

GPU = ("/dev/nvidiactl", "/dev/dxg", "/dev/kfd")  # where the drivers of NVIDIA, WSL and AMD can be talked to
GPU_ON_WINDOWS = ("System32/nvcuda.dll",)


def usual_backend(model: str, optimizer: str, device: str) -> str:
    """The fastest backend for this training, of those that are installed.

    Ratings by Adam are trained by the compiled loop, where Numba is there: that takes no longer on one core than
    PyTorch on a GPU. For everything else PyTorch is worth its second of importing for ratings, and where there is a
    GPU; digits are trained in NumPy at least as fast. Several processes, and ``device`` "cuda", are PyTorch's alone.

    >>> usual_backend("nn", "adam", "cpu")
    'numpy'
    """
    if device == "cuda" or distributed.size() > 1:
        return "torch"
    if (model, optimizer) in COMPILED and there("numba"):
        return "numba"
    worth_it = model == "movielens" or (device == "auto" and gpu_driver())
    return "torch" if worth_it and there("torch") else "numpy"


def there(library: str) -> bool:
    """Whether a library is installed."""
    return find_spec(library) is not None


def gpu_driver() -> bool:
    """Whether there is a driver for a GPU; whether PyTorch finds one takes a second to ask it."""
    if sys.platform == "win32":
        return any((Path("C:/Windows") / name).exists() for name in GPU_ON_WINDOWS)
    return any(Path(name).exists() for name in GPU)
