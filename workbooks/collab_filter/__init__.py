"""Movie ratings as dot products of embeddings, without and with biases."""

from workbooks.collab_filter.workbook import build

__all__ = ["build"]
