"""The two digit models of the lecture: logistic (784 → 10) and nn (784 → 50 → ReLU → 10), with cross-entropy.

Everything here is NumPy. A batch is n images of 784 pixels and n labels 0 to 9; outputs are logits, shape (n, 10).
Where only some of the digits are to be told apart, labels are their numbers 0, 1, 2 … and there are as many outputs.

A pixel is a grey from 0 to 255, divided by 256. Where images are given as bytes, they are greys, and are divided here,
a batch at a time: all of MNIST's pixels as floats would fill 188 MB, which takes as long as half the training.
"""

from __future__ import annotations

from math import sqrt
from typing import Any

import numpy as np

from sheetsim.training.shapes import Shapes
from sheetsim.training.state import Weights

PIXELS, HIDDEN, CLASSES = 784, 50, 10
PIECE = 1000  # images whose greys are divided at once


def shapes(model: str, classes: int = CLASSES) -> Shapes:
    """The weights' names and shapes, for so many classes to tell apart.

    >>> shapes("logistic", classes=5)
    {'weights': (784, 5), 'bias': (5,)}
    """
    if model == "logistic":
        return {"weights": (PIXELS, classes), "bias": (classes,)}
    return {"weights1": (PIXELS, HIDDEN), "bias1": (HIDDEN,), "weights2": (HIDDEN, classes), "bias2": (classes,)}


def initial(model: str, seed: int, classes: int = CLASSES) -> Weights:
    """Weights to start from, float64: uniform within ±1/√inputs of the layer, as ``torch.nn.Linear`` draws them.

    >>> weights = initial("nn", seed=0)
    >>> {name: part.shape for name, part in weights.items()}
    {'weights1': (784, 50), 'bias1': (50,), 'weights2': (50, 10), 'bias2': (10,)}
    >>> bool(abs(weights["weights1"]).max() <= 1 / 28)
    True
    """
    random = np.random.default_rng(seed)
    weights, inputs = {}, PIXELS
    for name, shape in shapes(model, classes).items():
        if len(shape) == 2:  # a layer's weights come before its bias
            inputs = shape[0]
        weights[name] = random.uniform(-1 / sqrt(inputs), 1 / sqrt(inputs), shape)
    return weights


def pixels_of(images: np.ndarray, dtype: np.dtype[Any], room: np.ndarray | None = None) -> np.ndarray:
    """Images (n, 784) as the models take them: bytes are greys, which are divided by 256 (in ``room``, if there is
    some); others stay.

    >>> pixels_of(np.array([[0, 64, 255]], np.uint8), np.dtype("float32")).tolist()
    [[0.0, 0.25, 0.99609375]]
    """
    if images.dtype != np.uint8:
        return images
    return np.asarray(np.multiply(images, dtype.type(1 / 256), out=None if room is None else room[: len(images)]))


def predict(weights: Weights, images: np.ndarray) -> np.ndarray:
    """The logits of images, shape (n, 10); ``softmax`` of a row is what the model believes, its largest the answer."""
    if images.dtype != np.uint8:
        return _forward(weights, images)[-1]
    dtype = next(iter(weights.values())).dtype
    pieces = (images[start : start + PIECE] for start in range(0, len(images), PIECE))
    return np.concatenate([_forward(weights, pixels_of(piece, dtype))[-1] for piece in pieces])


def _forward(weights: Weights, pixels: np.ndarray) -> list[np.ndarray]:
    """What goes into each layer, and the logits at the end."""
    if "bias" in weights:
        return [pixels, pixels @ weights["weights"] + weights["bias"]]
    hidden = np.maximum(pixels @ weights["weights1"] + weights["bias1"], 0)
    return [pixels, hidden, hidden @ weights["weights2"] + weights["bias2"]]


def log_softmax(logits: np.ndarray) -> np.ndarray:
    """log(softmax) of each row, (n, 10) → (n, 10); the largest logit is taken off first, so that nothing overflows.

    >>> np.exp(log_softmax(np.array([[1000.0, 1000.0]]))).round(12).tolist()
    [[0.5, 0.5]]
    """
    shifted = logits - logits.max(axis=1, keepdims=True)
    return np.asarray(shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True)))


def losses(logits: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """The cross-entropy of each image: −log of the probability of its label, shape (n,)."""
    return np.asarray(-log_softmax(logits)[np.arange(len(labels)), labels])


def loss_and_gradient(
    weights: Weights,
    images: np.ndarray,
    labels: np.ndarray,
    into: Weights | None = None,
    room: np.ndarray | None = None,
) -> tuple[float, Weights]:
    """The mean cross-entropy of a batch and its gradient, shaped as the weights (written ``into`` where given);
    ``room`` as of ``pixels_of``."""
    *inputs, logits = _forward(weights, pixels_of(images, next(iter(weights.values())).dtype, room))
    logs, rows = log_softmax(logits), np.arange(len(labels))
    to_logits = np.exp(logs)  # the derivative by a logit is its probability, less 1 for the label's
    to_logits[rows, labels] -= 1
    to_logits /= len(labels)
    gradient = {name: np.empty_like(part) for name, part in weights.items()} if into is None else into
    _backward(weights, inputs, to_logits, gradient)
    return -float(logs[rows, labels].mean()), gradient


def _backward(weights: Weights, inputs: list[np.ndarray], to_logits: np.ndarray, gradient: Weights) -> None:
    """From the derivatives by the logits back through the layers."""
    suffix = "" if "bias" in weights else "2"
    _layer_gradient(inputs[-1], to_logits, gradient, suffix)
    if suffix:
        to_hidden = (to_logits @ weights["weights2"].T) * (inputs[1] > 0)
        _layer_gradient(inputs[0], to_hidden, gradient, "1")


def _layer_gradient(inputs: np.ndarray, to_outputs: np.ndarray, gradient: Weights, suffix: str) -> None:
    np.matmul(inputs.T, to_outputs, out=gradient["weights" + suffix])
    to_outputs.sum(axis=0, out=gradient["bias" + suffix])
