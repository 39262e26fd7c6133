"""How the sheets of a file look: colours, number formats, widths, what is frozen. Read late, by what draws them."""
