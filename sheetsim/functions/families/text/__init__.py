"""Functions of texts: a module a subject."""
