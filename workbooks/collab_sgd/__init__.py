"""collab_filter's ratings fitted by gradient descent, a rating a row."""

from workbooks.collab_sgd.workbook import build

__all__ = ["build"]
