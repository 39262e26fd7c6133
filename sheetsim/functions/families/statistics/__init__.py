"""Functions that look at many cells and answer one number, and those of probability: a module a subject."""
