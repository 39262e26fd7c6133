"""The lecture's optimizers as pure steps on numbers, and as ``torch.optim`` classes."""
