"""The same programs on torch tensors, every number with a gradient."""
