"""What is worked out for many blocks at once: their trees, and what their references mean."""
