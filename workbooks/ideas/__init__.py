"""Ideas that the lecture explains with numbers, a sheet or two for each."""

from workbooks.ideas.workbook import build

__all__ = ["build"]
