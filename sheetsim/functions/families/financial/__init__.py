"""Money: loans, flows of cash, rates of interest, depreciation, bills, securities: a module a subject."""

from sheetsim.functions.families.financial import (
    accrued,
    bills,
    bonds,
    coupons,
    depreciation,
    flows,
    loans,
    rates,
    securities,
)

__all__ = ["accrued", "bills", "bonds", "coupons", "depreciation", "flows", "loans", "rates", "securities"]
