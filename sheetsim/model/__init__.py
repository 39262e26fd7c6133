"""What a workbook is, as data: addresses, values, formulas as trees, sheets, names, looks, the steps of buttons.
Knows no engine.
"""
