"""Formulas that LibreOffice is asked about, a module a family."""
