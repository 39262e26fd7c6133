"""What Adam still does to weights that no batch meets any more, summed up: the tails of its steps.

Without a gradient the moments only shrink. Of a weight with momentum m and mean square r² all later steps together are

    Σ ωₖ·m / (qₖ·r + ε)        ωₖ: what is left of the momentum after k steps, times the rate; qₖ: of the root

with the same ωₖ and qₖ for all weights. That is a sum of the function 1 / (q·r + ε) over a measure: places −log q, each
with its ω. The measure falls off as fast as the momentum is forgotten; over so short a way the function is nearly a
polynomial. Gauss's rule takes the sum at three places, which for polynomials up to the fifth degree is exact. With σ
the spread of the measure the rule is wrong by about σ⁶/20 of the sum (σ is 0.03 with momentum 0.85, 0.09 with 0.95).
Where that is more than rounding, as it always is in float64, there are no nodes, and the steps are made one by one.

The nodes are for the sum from a step on without end; the sum from one step to another is the difference of two.
All of this is compiled into the loop of ``rows.py``.
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np

from sheetsim.training.backends.optimizer import BETA2

NODES = 3
BEYOND = 64  # steps imagined after the last one, as it was: a measure needs some places, and a difference drops them
ROOT = math.sqrt(BETA2)  # what a step leaves of the root of a mean square


class Steps(NamedTuple):
    """The numbers of n steps of Adam, and what catching up needs, which ``look_ahead`` writes; all float64.

    (n,) each: ``keeps``, the share of a weight that decay leaves; ``betas``, the momentum; ``heights``, the rate by
    Adam's first correction; ``roots``, 1 by the root of the second.
    (n + 1,): the logarithms of all the decay (``decayed``) and fading of momentum (``faded``) before each step, and at
    the end; ``growth``, how much larger a later step of a row may be, by the weight, than this one; ``nodes`` (n + 1,
    3, 2), ω and q of the tail that begins with each step; ``masses``, the sum of the ω, 0 for no nodes.
    """

    keeps: Any
    betas: Any
    heights: Any
    roots: Any
    decayed: Any
    faded: Any
    growth: Any
    nodes: Any
    masses: Any


def steps_of(keeps: np.ndarray, betas: np.ndarray, heights: np.ndarray, roots: np.ndarray) -> Steps:
    """The numbers of some steps, the rest still to be written."""
    decayed, faded, growth, masses = np.zeros((4, len(keeps) + 1))
    nodes = np.zeros((len(keeps) + 1, NODES, 2))
    return Steps(keeps, betas, heights, roots, decayed, faded, growth, nodes, masses)


def look_ahead(steps: Steps, error: float) -> None:
    """Writes what catching up needs; tails only where Gauss's rule is wrong by no more than ``error`` of a sum."""
    keeps, betas, heights, roots = steps.keeps, steps.betas, steps.heights, steps.roots
    steps.growth[:] = np.inf
    if keeps.min() <= 0:  # by such a rate weights decay to nothing at once; then steps are made one by one
        return
    steps.growth[-2:] = 1
    for step in range(len(keeps) - 2, -1, -1):
        farther = betas[step + 1] * heights[step + 1] * roots[step] / (heights[step] * roots[step + 1])
        steps.growth[step] = max(1.0, steps.growth[step + 1] * farther / (ROOT * keeps[step + 1]))
    for step in range(len(keeps)):
        steps.decayed[step + 1] = steps.decayed[step] + math.log(keeps[step])
        steps.faded[step + 1] = steps.faded[step] + math.log(betas[step])
    measures(steps, error)


def measures(steps: Steps, error: float) -> None:
    """Writes the nodes of each tail, from the last one back: seen from a step before, the places of its measure lie
    farther by d and weigh less, and the step itself is one more."""
    keeps, betas, heights, roots = steps.keeps, steps.betas, steps.heights, steps.roots
    last = len(keeps) - 1
    m0 = m1 = m2 = m3 = m4 = m5 = 0.0  # the moments of the measure
    for step in range(last + BEYOND, -1, -1):
        now, after = min(step, last), min(step + 1, last)
        d = -math.log(ROOT * roots[after] / roots[now])
        share = betas[now] / keeps[now]
        m5 = share * (m5 + d * (5 * m4 + d * (10 * m3 + d * (10 * m2 + d * (5 * m1 + d * m0)))))
        m4 = share * (m4 + d * (4 * m3 + d * (6 * m2 + d * (4 * m1 + d * m0))))
        m3 = share * (m3 + d * (3 * m2 + d * (3 * m1 + d * m0)))
        m2 = share * (m2 + d * (2 * m1 + d * m0))
        m1 = share * (m1 + d * m0)
        m0 = share * (m0 + heights[now])
        if step <= last + 1 and gauss(m0, m1 / m0, m2 / m0, m3 / m0, m4 / m0, m5 / m0, error, steps.nodes[step]):
            steps.masses[step] = m0
            for node in range(NODES):
                steps.nodes[step, node, 1] = ROOT * roots[now] * math.exp(-steps.nodes[step, node, 1])


def gauss(mass: float, mean: float, m2: float, m3: float, m4: float, m5: float, error: float, nodes: Any) -> bool:
    """Writes the weights and places of Gauss's rule for a measure of this mass, and with these moments of its places,
    into ``nodes`` (3, 2); False where the rule may be wrong by more than ``error``, or there is none.

    The places are the zeros of the third orthogonal polynomial. With mean 0 and spread 1, s₃ … s₅ the moments so, it is
    x³ − (s₃ + a)·x² + (a·s₃ − 1 − D)·x + a, D = s₄ − s₃² − 1, a = (s₅ − 2·s₃·s₄ + s₃³) / D.
    """
    square = m2 - mean * mean
    if not (square > 0 and square**3 < 20 * error):
        return False
    spread = math.sqrt(square)
    s3 = (m3 - mean * (3 * m2 - 2 * mean * mean)) / spread**3
    s4 = (m4 - mean * (4 * m3 - mean * (6 * m2 - 3 * mean * mean))) / spread**4
    s5 = (m5 - mean * (5 * m4 - mean * (10 * m3 - mean * (10 * m2 - 4 * mean * mean)))) / spread**5
    deviation = s4 - s3 * s3 - 1
    if not deviation > 1e-6:
        return False
    a = (s5 - 2 * s3 * s4 + s3**3) / deviation
    third = (s3 + a) / 3
    p = third * third - (a * s3 - 1 - deviation) / 3  # with x = third + 2·√p·cos the cubic is one of a cosine
    if not p > 0:
        return False
    q = third**3 - third * (a * s3 - 1 - deviation) / 2 - a / 2
    angle = math.acos(min(1.0, max(-1.0, q / p**1.5))) / 3
    x = third + 2 * math.sqrt(p) * math.cos(angle)
    y = third + 2 * math.sqrt(p) * math.cos(angle - 2 * math.pi / 3)
    z = third + 2 * math.sqrt(p) * math.cos(angle + 2 * math.pi / 3)
    nodes[0, 0], nodes[0, 1] = mass * (1 + y * z) / ((x - y) * (x - z)), mean + spread * x
    nodes[1, 0], nodes[1, 1] = mass * (1 + x * z) / ((y - x) * (y - z)), mean + spread * y
    nodes[2, 0], nodes[2, 1] = mass * (1 + x * y) / ((z - x) * (z - y)), mean + spread * z
    return True
