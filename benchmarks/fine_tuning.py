"""Is fine-tuning better than training from scratch? ``python benchmarks/fine_tuning.py`` prints the table.

A net that has learnt the digits 0 to 4 is to learn 5 to 9 from few images. Fine-tuned: a new head alone for two
epochs, then all layers for eight at half the rate, the first layer at a third of that. From scratch: ten epochs, at the
rate that the lecture takes and at a higher one. The rates were chosen with the seeds 10 to 12; the table is of others.
A seed draws the images, the first weights of every run, and the order of the samples.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from statistics import mean, stdev

from training import data_here

from sheetsim.training.data import digits
from sheetsim.training.data.digits import Digits
from sheetsim.training.groups import frozen
from sheetsim.training.loop import Outcome, train
from sheetsim.training.settings import Settings
from sheetsim.training.tuning import start_from

OLD, NEW = (0, 1, 2, 3, 4), (5, 6, 7, 8, 9)
ALONE, TOGETHER = 2, 8  # epochs of the head alone, then of all layers
RATE = 0.06  # of the head alone
SCRATCH = (0.01, 0.03)
LIMITS = (10, 30, 100, 300, 1000)
SEEDS = range(5)


def first(data: Digits, seed: int) -> Outcome:
    """What is fine-tuned: one epoch of all the digits from 0 to 4."""
    settings = Settings("nn", classes=OLD, seed=seed)
    return train(data.only(OLD), settings)


def from_scratch(lr: float) -> Callable[[Digits, Settings, Outcome], Outcome]:
    """Training that begins with random weights, at this rate."""
    return lambda data, settings, trained: train(data, replace(settings, lr=lr, epochs=ALONE + TOGETHER))


def fine_tuned(data: Digits, settings: Settings, trained: Outcome) -> Outcome:
    """A new head alone, then all layers at half the rate, the first at a third of the last one's."""
    alone = replace(settings, lr=RATE, epochs=ALONE, group_shares=frozen("nn"))
    head = train(data, alone, weights=start_from(trained, alone, new_head=True))
    together = replace(settings, lr=RATE / 2, epochs=TOGETHER, group_shares=(1 / 3, 1.0))
    return train(data, together, weights=start_from(head, together))


WAYS = {f"from scratch, lr {lr}": from_scratch(lr) for lr in SCRATCH} | {"fine-tuned": fine_tuned}


def rows(data: Digits, limits: Sequence[int], seeds: Sequence[int]) -> list[list[str]]:
    """For each number of images the share of the validation digits read right, mean and deviation over the seeds."""
    trained = {seed: first(data, seed) for seed in seeds}
    table = []
    for limit in limits:
        found: dict[str, list[float]] = {name: [] for name in WAYS}
        for seed in seeds:
            settings = Settings("nn", classes=NEW, limit=limit, seed=seed)
            few = data.only(NEW, limit, seed)
            for name, way in WAYS.items():
                found[name].append(way(few, settings, trained[seed]).history.epochs[-1].accuracy or 0.0)
        best = max(found, key=lambda name: mean(found[name]))
        table.append([f"{limit:,}", *(_told(shares, bold=name == best) for name, shares in found.items())])
    return table


def _told(shares: Sequence[float], bold: bool) -> str:
    text = f"{mean(shares):.2%}" + (f" ± {stdev(shares):.2%}" if len(shares) > 1 else "")
    return f"**{text}**" if bold else text


def main() -> None:
    """The command: prints the table in Markdown."""
    parser = argparse.ArgumentParser(description="Fine-tuning beside training from scratch, on few digits.")
    parser.add_argument("--quick", action="store_true", help="two sizes and one seed")
    parser.add_argument("--data", type=Path, help="the folder that holds mnist")
    asked = parser.parse_args()
    data = digits.load(asked.data or data_here())
    limits, seeds = (LIMITS[2:4], SEEDS[:1]) if asked.quick else (LIMITS, SEEDS)
    print(f"| images a digit | {' | '.join(WAYS)} |")
    print(f"|---|{'---|' * len(WAYS)}")
    for row in rows(data, limits, seeds):
        print(f"| {' | '.join(row)} |", flush=True)


if __name__ == "__main__":
    main()
