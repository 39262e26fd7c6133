"""Weight decay in the loss and in the update, for plain gradient descent and for Adam."""

from workbooks.weight_decay.workbook import build

__all__ = ["build"]
