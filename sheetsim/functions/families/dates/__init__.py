"""Dates and times: a module a subject."""
