"""A small workbook as one program of plain numbers: what a recalculation costs then is the arithmetic alone."""
