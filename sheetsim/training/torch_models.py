"""The models as PyTorch modules, and the gradient of their loss on a batch.

The parameters of a module are views of one flat tensor, in the order of ``state.flatten``, so that an optimizer's step
is a few operations on one tensor, however many weights have names. The gradient is as flat, and after it comes one
more number, the loss: ``sums``, of P + 1 numbers for P parameters.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

from sheetsim.training.settings import Settings
from sheetsim.training.state import Shapes, spans


class DotBias(nn.Module):
    """The movie model. Users and items share one table of factors and one of biases, the users' rows first.

    Parameters: ``factors`` (U + I, k) and ``bias`` (U + I,). A batch is pairs of rows in these tables, int64 (n, 2), a
    user's and an item's, and the ratings (n,).
    """

    def __init__(self, flat: Tensor, shapes: Shapes, settings: Settings):
        super().__init__()
        self.users, self.width = shapes["user_factors"]
        rows = self.users + shapes["item_factors"][0]
        self.bounds = None if settings.low is None or settings.high is None else (settings.low, settings.high)
        self.factors = nn.Parameter(flat[: rows * self.width].view(rows, self.width))
        self.bias = nn.Parameter(flat[rows * self.width :])

    def columns(self, users: Tensor, items: Tensor, ratings: Tensor) -> tuple[Tensor, Tensor]:
        """Codes and ratings as this model's batches have them."""
        return torch.stack([users, items + self.users], dim=1), ratings

    def forward(self, pairs: Tensor) -> Tensor:
        """The predicted ratings, (n,)."""
        user, item = self.factors[pairs].unbind(1)
        total = (user * item).sum(1) + self.bias[pairs].sum(1)
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
        to each times the other one. Here autograd would take longer than all the arithmetic of a step.
        """
        rows = pairs.reshape(-1)
        looked_up = self.factors.index_select(0, rows).view(*pairs.shape, self.width)
        total = (looked_up[:, 0] * looked_up[:, 1]).sum(1).add_(self.bias.index_select(0, rows).view_as(pairs).sum(1))
        if self.bounds is None:
            error = total.sub_(ratings)
            to_total = error * (2 / count)
        else:
            low, high = self.bounds
            sigmoid = total.sigmoid_()
            error = torch.add(low - ratings, sigmoid, alpha=high - low)
            to_total = torch.ops.aten.sigmoid_backward(error, sigmoid).mul_(2 * (high - low) / count)
        to_factors = looked_up.flip(1).mul_(to_total[:, None, None]).view(len(rows), self.width)
        to_bias = to_total[:, None].expand(-1, 2).reshape(-1, 1)
        self._scatter(rows, to_factors, to_bias, torch.dot(error, error), sums)

    def _scatter(self, rows: Tensor, to_factors: Tensor, to_bias: Tensor, loss: Tensor, sums: Tensor) -> None:
        """The gradient of the lookups: each part is added to its row, all other rows are zero."""
        if rows.is_cuda:  # in a fixed order, as index_add_ does not there: so a run repeats itself to the bit
            scatter, count = torch.ops.aten.embedding_dense_backward, len(self.bias)
            tables = (scatter(part, rows, count, -1, False) for part in (to_factors, to_bias))
            torch.cat([*(table.view(-1) for table in tables), loss.view(1)], out=sums)
        else:
            size = self.factors.numel()
            sums.zero_()
            sums[:size].view_as(self.factors).index_add_(0, rows, to_factors)
            sums[size:-1].index_add_(0, rows, to_bias.view(-1))
            sums[-1] = loss


class Layers(nn.Module):
    """The digit models: linear layers, a ReLU between them. A batch is pixels (n, 784) and labels, int64 (n,)."""

    def __init__(self, flat: Tensor, shapes: Shapes, settings: Settings):
        super().__init__()
        parts = (flat[span].view(shapes[name]) for name, span in spans(shapes).items())
        self.layers = nn.ParameterList(parts)  # weights, bias, weights, bias

    def columns(self, pixels: Tensor, labels: Tensor) -> tuple[Tensor, Tensor]:
        """Pixels and labels are what the batches have."""
        return pixels, labels

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

    def loss_and_gradient(self, pixels: Tensor, labels: Tensor, count: int, sums: Tensor) -> None:
        """Writes into ``sums`` the gradient of ``loss / count``, by autograd, and the loss."""
        loss = self.loss(self(pixels), labels)
        gradient = torch.autograd.grad(loss / count, list(self.layers))
        torch.cat([*(part.view(-1) for part in gradient), loss.detach().view(1)], out=sums)


Model = DotBias | Layers


def module(flat: Tensor, shapes: Shapes, settings: Settings) -> Model:
    """The settings' model, its parameters views of ``flat``."""
    return (DotBias if settings.model == "movielens" else Layers)(flat, shapes, settings)
