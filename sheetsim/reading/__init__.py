"""``.xlsx`` to workbook: the package's parts, the sheets' XML, formulas as a file spells them."""
