"""Dates and times: a module a subject."""

from sheetsim.functions.families.dates import moments, months, parts, spans, weeks, workdays

__all__ = ["moments", "months", "parts", "spans", "weeks", "workdays"]
