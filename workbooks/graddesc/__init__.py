"""Five optimizers fit a line, a row for each step."""

from workbooks.graddesc.workbook import build

__all__ = ["build"]
