"""Loss functions, right and misused: cross-entropy, several labels at once, the squared error."""

from workbooks.losses.workbook import build

__all__ = ["build"]
