"""The lecture's models: forward, loss and gradient."""
