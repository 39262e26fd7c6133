"""``collab_filter``'s two models with a sigmoid on the prediction."""

from workbooks.collab_sigmoid.workbook import build

__all__ = ["build"]
