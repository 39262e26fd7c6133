"""Blocks that depend on one another through the row above: read line by line, as a loop of plain numbers, or cell by
cell.
"""
