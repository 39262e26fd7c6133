"""What the workbooks' definitions share: their data, places of blocks, charts beside them."""
