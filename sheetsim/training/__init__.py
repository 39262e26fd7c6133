"""The lecture's full runs: MovieLens 100k and MNIST, trained in NumPy and in PyTorch, with the same numbers."""
