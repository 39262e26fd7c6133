"""Functions whose result is an array of a size of its own: made, cut, joined, sorted, filtered."""
