"""The commands that show a workbook in a browser."""
