"""What a training leaves: weights, pictures, what the model has learnt."""
