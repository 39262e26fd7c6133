"""A trained model as a workbook of live formulas."""
