"""Only what depends on the cells that have changed is computed again."""
