"""The steps of a training in NumPy and in torch, on CPU or CUDA."""
