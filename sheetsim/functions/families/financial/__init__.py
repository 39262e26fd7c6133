"""Money: loans, flows of cash, rates of interest, depreciation, bills: a module a subject."""

from sheetsim.functions.families.financial import bills, depreciation, flows, loans, rates

__all__ = ["bills", "depreciation", "flows", "loans", "rates"]
