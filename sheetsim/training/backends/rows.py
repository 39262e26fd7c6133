"""The movie model's training by Adam, row by row of its weights, in one loop that Numba compiles.

A batch of 64 ratings meets at most 128 of the thousands of rows, but Adam changes all weights at every step: also those
without a gradient shrink, and go on by their momentum. Here a row is left alone until a batch meets it, and is caught
up with then (``catch_up``): to the same weights, with less work. So a rating costs as much as it does, however many
users and movies there are.

A row of the table is a user's or a movie's: its weights, their first and their second moments, one under the other. The
columns are the factors, the user's bias, the movie's, and zeros up to a width that processors like. In the column of
the other one's bias a row has a 1, which stays: so a sum of products over all columns is the whole prediction, and the
gradient of one row is the other, but for that column.
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np

from sheetsim.training.backends.optimizer import BETA2, TINY
from sheetsim.training.backends.tails import ROOT, Steps, look_ahead

LANES = 16  # floats that a processor multiplies at once; a row's width is a multiple of it
SHORT = 8  # so many missed steps are sooner made than summed up
LOOK = 32  # steps between two looks whether they still change a weight
DONE, PLACE = 0, 1  # of a row's state: how many steps it has made, where its gradient is


class Fixed(NamedTuple):
    """What is the same for all ratings: how many rows are users' (the others are movies'), how many columns factors;
    the lowest rating, the range from there (0: no sigmoid), eps and 1, of the table's dtype; half a unit in the last
    place of 1."""

    users: int
    factors: int
    low: Any
    span: Any
    epsilon: Any
    one: Any
    error: float


def train_rows(
    table: Any, users: Any, items: Any, values: Any, size: int, steps: Steps, fixed: Fixed, losses: Any
) -> None:
    """Trains on batches of ``size`` ratings (the last may be shorter), one step each, and leaves all rows caught up.

    ``table`` (rows, 3, width) is float32 or float64; ``users`` and ``items`` are rows of it, int32 (n,), ``values`` the
    ratings, of its dtype; ``losses`` (steps,) becomes the mean squared error of each batch, float64.
    """
    look_ahead(steps, fixed.error)
    most = min(2 * size, len(table))
    gradient, scratch = np.zeros((most, table.shape[2]), table.dtype), np.zeros(table.shape[2], table.dtype)
    met, states = np.zeros(most, np.int32), np.zeros((len(table), 2), np.int32)
    for step in range(len(losses)):
        begin, end = step * size, min((step + 1) * size, len(values))
        touch(table, states, users[end : end + size], items[end : end + size], scratch)
        count = 0
        for rating in range(begin, end):
            for side in range(2):
                row = users[rating] if side == 0 else items[rating]
                if states[row, DONE] <= step:  # not in this batch yet
                    catch_up(table[row], row, np.int64(states[row, DONE]), step, steps, fixed, scratch)
                    gradient[count] = 0
                    states[row, DONE], states[row, PLACE], met[count] = step + 1, count, row
                    count += 1
        total = 0.0
        for rating in range(begin, end):
            user, item = users[rating], items[rating]
            places = states[user, PLACE], states[item, PLACE]
            weights, to_weights = (table[user, 0], table[item, 0]), (gradient[places[0]], gradient[places[1]])
            total += differentiate(weights, to_weights, values[rating], end - begin, fixed, scratch)
        losses[step] = total / (end - begin)
        for number in range(count):
            adam(table[met[number]], met[number], gradient[number], step, steps, fixed)
    for row in range(len(table)):
        catch_up(table[row], row, np.int64(states[row, DONE]), len(losses), steps, fixed, scratch)


def touch(table: Any, states: Any, users: Any, items: Any, scratch: Any) -> None:
    """Reads a little of all rows of a batch, the next one, and their states, so that they come into the cache side by
    side and not one by one: among 100,000 users a rating waits for them as long as it computes."""
    seen = 0
    for rating in range(len(users)):
        seen += states[users[rating], DONE] + states[items[rating], DONE]
    first = second = third = scratch[0]
    for column in range(0, table.shape[2], LANES):
        for rating in range(len(users)):
            user, item = users[rating], items[rating]
            first += table[user, 0, column] + table[item, 0, column]
            second += table[user, 1, column] + table[item, 1, column]
            third += table[user, 2, column] + table[item, 2, column]
    scratch[0] = first + second + third + seen  # or it would not be done at all


def own_one(number: int, fixed: Fixed) -> int:
    """The column in which a row has its 1: a user's where movies have their bias."""
    return fixed.factors + 1 if number < fixed.users else fixed.factors


# --- one batch --------------------------------------------------------------------------------------------------------
def differentiate(weights: Any, to_weights: Any, rating: Any, count: int, fixed: Fixed, lanes: Any) -> float:
    """Adds to the gradients of a user and an item what this rating adds to the mean over ``count``; its squared
    error."""
    user, item = weights
    to_user, to_item = to_weights
    for lane in range(LANES):
        lanes[lane] = user[lane] * item[lane]
    for column in range(LANES, len(user), LANES):
        for lane in range(LANES):
            lanes[lane] += user[column + lane] * item[column + lane]
    total = lanes[0]
    for lane in range(1, LANES):
        total += lanes[lane]
    error, slope = total - rating, fixed.one
    if fixed.span > 0:
        sigmoid = fixed.one / (fixed.one + math.exp(-total))
        error = fixed.low + fixed.span * sigmoid - rating
        slope = fixed.span * sigmoid * (fixed.one - sigmoid)
    to_total = lanes.dtype.type(2 / count) * error * slope
    for column in range(len(user)):
        to_user[column] += to_total * item[column]
        to_item[column] += to_total * user[column]
    return float(error * error)


def adam(row: Any, number: int, gradient: Any, step: int, steps: Steps, fixed: Fixed) -> None:
    """``optimizer.adam`` on a row; the gradient by its 1 is none."""
    w, m, v, kind, one = row[0], row[1], row[2], row.dtype.type, own_one(number, fixed)
    keep, share, squares = kind(steps.keeps[step]), kind(1 - steps.betas[step]), kind(1 - BETA2)
    height, root, epsilon = kind(steps.heights[step]), kind(steps.roots[step]), fixed.epsilon
    gradient[one] = 0
    for column in range(len(w)):
        g = gradient[column]
        m[column] += (g - m[column]) * share
        v[column] += (g * g - v[column]) * squares
        w[column] = w[column] * keep - m[column] * height / (math.sqrt(v[column]) * root + epsilon)
    w[one] = 1


# --- the batches before -----------------------------------------------------------------------------------------------
def catch_up(row: Any, number: int, done: Any, step: int, steps: Steps, fixed: Fixed, root: Any) -> None:
    """The steps from ``done`` up to ``step``, in which no batch met the row; ``root`` is written over."""
    if done == step:
        return
    w, m, v, kind = row[0], row[1], row[2], row.dtype.type
    for column in range(len(w)):
        root[column] = math.sqrt(v[column])
    fallen = ROOT ** (step - done)
    if step - done > SHORT and steps.masses[done] > 0 and steps.masses[step] > 0:
        momentum = math.exp(steps.faded[step] - steps.faded[done])
        kept = math.exp(steps.decayed[step] - steps.decayed[done])
        for column in range(len(w)):
            w[column] *= kind(kept)
        follow(w, m, root, steps.nodes[done], -kept, 1.0, fixed)
        if momentum * steps.masses[step] > fixed.error**2 * steps.masses[done]:
            follow(w, m, root, steps.nodes[step], momentum, fallen, fixed)
    else:
        momentum = make_steps(w, m, root, done, step, steps, fixed)
    fade(m, kind(momentum))
    fade(v, kind(fallen * fallen))
    w[own_one(number, fixed)] = 1


def follow(w: Any, m: Any, root: Any, nodes: Any, share: float, fallen: float, fixed: Fixed) -> None:
    """Adds ``share`` of a tail to the weights, where ``fallen`` is left of the roots."""
    kind, epsilon = w.dtype.type, fixed.epsilon
    a, b, c = kind(share * nodes[0, 0]), kind(share * nodes[1, 0]), kind(share * nodes[2, 0])
    p, q, s = kind(fallen * nodes[0, 1]), kind(fallen * nodes[1, 1]), kind(fallen * nodes[2, 1])
    for column in range(len(w)):
        r = root[column]
        w[column] += m[column] * (a / (p * r + epsilon) + b / (q * r + epsilon) + c / (s * r + epsilon))


def make_steps(w: Any, m: Any, root: Any, done: int, step: int, steps: Steps, fixed: Fixed) -> float:
    """The steps one by one, as long as they change a weight, then decay alone; what is left of the momentum.

    A step of a quarter of a unit in a weight's last place, or less, leaves the weight as it is.
    """
    kind, epsilon = w.dtype.type, fixed.epsilon
    momentum, fallen, now = 1.0, 1.0, done
    while now < step:
        if now > done and steps.growth[now] < np.inf:
            height = kind(2 / fixed.error * momentum * steps.betas[now] * steps.heights[now] * steps.growth[now])
            fall = kind(ROOT * fallen * steps.roots[now])
            moving = 0
            for column in range(len(w)):
                moving += abs(m[column] * height) > abs(w[column]) * (root[column] * fall + epsilon)
            if moving == 0:
                decay = kind(math.exp(steps.decayed[step] - steps.decayed[now]))
                for column in range(len(w)):
                    w[column] *= decay
                return momentum * math.exp(steps.faded[step] - steps.faded[now])
        until = min(step, now + LOOK)
        while now < until:
            momentum *= steps.betas[now]
            fallen *= ROOT
            height, fall = kind(momentum * steps.heights[now]), kind(fallen * steps.roots[now])
            keep = kind(steps.keeps[now])
            for column in range(len(w)):
                w[column] = w[column] * keep - m[column] * height / (root[column] * fall + epsilon)
            now += 1
    return momentum


def fade(moment: Any, left: Any) -> None:
    """Shrinks a moment; what comes near the denormal numbers, which are slow, is forgotten (``forget_traces``)."""
    for column in range(len(moment)):
        faded = moment[column] * left
        moment[column] = faded if abs(faded) > TINY else 0
