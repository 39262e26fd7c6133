"""Engineering: a module a subject."""
