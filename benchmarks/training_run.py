"""One trainer in a process of its own: ``python training_run.py '{"trainer": "plain_torch", "work": "mnist", …}'``.

The process prints its result as one line of JSON: how long importing and loading took, and for each seed the seconds
of the training and what was measured.
"""

from __future__ import annotations

import json
import sys
import time
from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from typing import Any

from measure import Result, peak_memory
from trainers import Training

LIBRARIES = ("torch", "numpy", "numba", "fastai", "scikit-surprise", "scipy")


def run(trainer: str, work: str, seeds: list[int], data: str | None = None, **options: Any) -> Result:
    """What the process prints: seconds for imports and data, a result for each seed, peak memory, versions. ``options``
    go to the trainer."""
    begun = time.perf_counter()
    prepare = import_module(f"trainers.{trainer}").prepare
    imported = time.perf_counter()
    training = prepare(work, load(work, data), **options)
    before = {"import": imported - begun, "data": time.perf_counter() - imported}
    runs = [timed(training, seed) for seed in seeds]
    return {**before, "runs": runs, "peak": peak_memory(), **surroundings()}


def timed(training: Training, seed: int) -> Result:
    """One training: its seed, the seconds from the call to the measured end, by the clock and the processor's, and what
    it measured."""
    begun, worked = time.perf_counter(), time.process_time()
    measures = training(seed)
    return {
        "seed": seed,
        "seconds": time.perf_counter() - begun,
        "processor": time.process_time() - worked,
        **measures,
    }


def load(work: str, folder: str | None) -> Any:
    """The data as sheetsim reads it, the same for all; a workbook's is in it. Only what is needed is imported: the
    peers' environment may lack the rest."""
    if work.startswith(("dotprod", "bias")):
        return None
    place = None if folder is None else Path(folder)
    if work == "mnist":
        from sheetsim.training.data.digits import load as load_digits

        return load_digits(place)
    from sheetsim.training.data.movielens import load as load_ratings

    if work == "small":
        return load_ratings(file=None if place is None else place / "ml-latest-small" / "ratings.csv")
    return load_ratings(place, split="u1" if work == "u1" else "lecture")


def surroundings() -> Result:
    """The versions of what was imported, and the device's name where there is one."""
    modules = {"scikit-surprise": "surprise"}
    versions = {name: version(name) for name in LIBRARIES if modules.get(name, name) in sys.modules}
    torch = sys.modules.get("torch")
    if torch is None:
        return {"versions": versions}
    device = torch.cuda.get_device_name() if torch.cuda.is_available() else None
    return {"versions": versions, "device": device, "threads": torch.get_num_threads()}


if __name__ == "__main__":
    print(json.dumps(run(**json.loads(sys.argv[1]))))
