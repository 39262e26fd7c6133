"""Softmax beside the binary activation, and cross-entropy written in three ways."""

from workbooks.entropy_example.workbook import build

__all__ = ["build"]
