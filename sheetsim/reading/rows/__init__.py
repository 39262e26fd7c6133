"""The rows of a worksheet that are written as usual, read all of a stretch at once."""
