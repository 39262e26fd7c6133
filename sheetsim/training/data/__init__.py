"""Ratings and digits: fetched, read, checked, split."""
