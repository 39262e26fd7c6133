"""The optimizers side by side: numbers, a sheet, a picture."""
