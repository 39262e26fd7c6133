"""Excel's Solver: the model stored on a sheet, its bounds, its objective with gradients, the search."""
