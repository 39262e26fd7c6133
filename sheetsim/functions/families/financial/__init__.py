"""Money: loans, flows of cash, rates of interest, depreciation, bills, securities: a module a subject."""
