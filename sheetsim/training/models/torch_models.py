"""The models as PyTorch modules, and the gradient of their loss on a batch.

The parameters of a module are views of one flat tensor, so that an optimizer's step is a few operations on one tensor,
however many weights have names. The gradient is as flat, and after it comes one more number, the loss: ``sums``, of
P + 1 numbers for P parameters.
"""

from __future__ import annotations

from math import prod

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from sheetsim.training.settings import Settings
from sheetsim.training.shapes import Shapes, spans


class DotBias(nn.Module):
    """The movie model. Users and items share one table, the users' rows first; a row is k factors and then the bias.

    Parameter: ``table`` (U + I, k + 1). A batch is pairs of its rows, int64 (n, 2), a user's and an item's, and the
    ratings (n,).
    """

    def __init__(self, flat: Tensor, shapes: Shapes, settings: Settings):
        super().__init__()
        self.users, self.width = shapes["user_factors"]
        self.bounds = None if settings.low is None or settings.high is None else (settings.low, settings.high)
        self.table = nn.Parameter(flat.view(-1, self.width + 1))

    def columns(self, users: Tensor, items: Tensor, ratings: Tensor) -> tuple[Tensor, Tensor]:
        """Codes and ratings as this model's batches have them."""
        return torch.stack([users.long(), items.long() + self.users], dim=1), ratings

    def forward(self, pairs: Tensor) -> Tensor:
        """The predicted ratings, (n,)."""
        user, item = self.table[pairs].unbind(1)
        total = (user[:, :-1] * item[:, :-1]).sum(1) + user[:, -1] + item[:, -1]
        if self.bounds is None:
            return total
        low, high = self.bounds
        return low + (high - low) * torch.sigmoid(total)

    def loss(self, predicted: Tensor, ratings: Tensor) -> Tensor:
        """The sum of the squared errors."""
        return functional.mse_loss(predicted, ratings, reduction="sum")

    @torch.no_grad()
    def loss_and_gradient(self, pairs: Tensor, ratings: Tensor, count: int, sums: Tensor) -> None:
        """Writes into ``sums`` the gradient of ``loss / count``, and the loss.

        This is what autograd makes of ``forward`` and ``loss``, by hand: the derivative by a total goes to both rows,
        to each times the other one's factors. Here autograd would take longer than all the arithmetic of a step.
        """
        rows = pairs.reshape(-1)
        looked_up = self.table.index_select(0, rows).view(*pairs.shape, self.width + 1)
        user, item = looked_up.unbind(1)
        terms = user * item
        torch.add(user[:, -1], item[:, -1], out=terms[:, -1])  # of the biases the sum, not the product
        total = terms.sum(1)
        if self.bounds is None:
            error = total.sub_(ratings)
            to_total = error * (2 / count)
        else:
            low, high = self.bounds
            sigmoid = total.sigmoid_()
            error = torch.add(low - ratings, sigmoid, alpha=high - low)
            to_total = torch.ops.aten.sigmoid_backward(error, sigmoid).mul_(2 * (high - low) / count)
        by_rows = looked_up.flip(1)  # the derivatives of a total by its two rows
        by_rows[:, :, -1] = 1
        to_rows = by_rows.mul_(to_total[:, None, None]).view(len(rows), self.width + 1)
        self._scatter(rows, to_rows, torch.dot(error, error), sums)

    def _scatter(self, rows: Tensor, to_rows: Tensor, loss: Tensor, sums: Tensor) -> None:
        """The gradient of the lookup: each part is added to its row, all other rows are zero."""
        if rows.is_cuda:  # in a fixed order, as index_add_ does not there: so a run repeats itself to the bit
            table = torch.ops.aten.embedding_dense_backward(to_rows, rows, len(self.table), -1, False)
            torch.cat([table.view(-1), loss.view(1)], out=sums)
        else:
            sums.zero_()
            sums[:-1].view_as(self.table).index_add_(0, rows, to_rows)
            sums[-1] = loss


class Layers(nn.Module):
    """The digit models: linear layers, a ReLU between them. A batch is pixels (n, 784) and labels, int64 (n,)."""

    def __init__(self, flat: Tensor, shapes: Shapes, settings: Settings):
        super().__init__()
        parts = (flat[span].view(shapes[name]) for name, span in spans(shapes).items())
        self.layers = nn.ParameterList(parts)  # weights, bias, weights, bias
        self.answers = torch.eye(self.layers[-1].numel(), dtype=flat.dtype, device=flat.device)  # a row a digit

    def columns(self, images: Tensor, labels: Tensor) -> tuple[Tensor, Tensor]:
        """Pixels and labels are what the batches have; of greys, bytes, the pixels are made here (``pixels_of``)."""
        return images.to(self.answers.dtype) / 256 if images.dtype == torch.uint8 else images, labels

    def forward(self, pixels: Tensor) -> Tensor:
        """The logits, (n, 10)."""
        weights, bias, *rest = self.layers
        outputs = torch.addmm(bias, pixels, weights)
        for weights, bias in zip(rest[0::2], rest[1::2], strict=True):
            outputs = torch.addmm(bias, torch.relu(outputs), weights)
        return outputs

    def loss(self, logits: Tensor, labels: Tensor) -> Tensor:
        """The sum of the cross-entropies."""
        return functional.cross_entropy(logits, labels, reduction="sum")

    @torch.no_grad()
    def loss_and_gradient(self, pixels: Tensor, labels: Tensor, count: int, sums: Tensor) -> None:
        """Writes into ``sums`` the gradient of ``loss / count``, and the loss.

        By hand, as in ``DotBias``: by the logits of a digit the derivative is the softmax, less 1 at its label; from
        there back through a layer it goes by the layer's weights, and stops where the ReLU gave 0.
        """
        layers = list(zip(self.layers[0::2], self.layers[1::2], strict=True))
        inputs = [pixels]  # of each layer
        for weights, bias in layers[:-1]:
            inputs.append(torch.addmm(bias, inputs[-1], weights).relu_())
        shares = torch.log_softmax(torch.addmm(layers[-1][1], inputs[-1], layers[-1][0]), 1)
        sums[-1] = functional.nll_loss(shares, labels, reduction="sum")
        slope = shares.exp_().sub_(self.answers.index_select(0, labels)).div_(count)
        end = len(sums) - 1
        for (weights, bias), given in zip(layers[::-1], inputs[::-1], strict=True):
            begin = end - weights.numel() - bias.numel()
            torch.mm(given.T, slope, out=sums[begin : end - bias.numel()].view_as(weights))
            torch.sum(slope, 0, out=sums[end - bias.numel() : end])
            end = begin
            if begin:
                slope = torch.ops.aten.threshold_backward(slope @ weights.T, given, 0)


Model = DotBias | Layers


def arrangement(shapes: Shapes, settings: Settings) -> np.ndarray:
    """Where each number of a module's flat tensor lies in ``state.flatten``, int64 (P,).

    >>> from sheetsim.training.shapes import Shapes
    >>> shapes: Shapes = {"user_factors": (1, 2), "item_factors": (1, 2), "user_bias": (1,), "item_bias": (1,)}
    >>> arrangement(shapes, Settings("movielens", factors=2)).tolist()       # a bias after its row's factors
    [0, 1, 4, 2, 3, 5]
    """
    count = sum(prod(shape) for shape in shapes.values())
    if settings.model != "movielens":
        return np.arange(count)
    width = shapes["user_factors"][1]
    rows = count // (width + 1)
    factors = np.arange(rows * width).reshape(rows, width)
    return np.column_stack([factors, np.arange(rows * width, count)]).ravel()


def module(flat: Tensor, shapes: Shapes, settings: Settings) -> Model:
    """The settings' model, its parameters views of ``flat``, which lies as ``arrangement`` says."""
    return (DotBias if settings.model == "movielens" else Layers)(flat, shapes, settings)
