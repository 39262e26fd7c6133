"""Excel's limits, each named once. What goes beyond one is refused, or an error value, as Excel has it.

The numbers are those of Microsoft's page "Excel specifications and limits", where no other source is named.
"""

from __future__ import annotations

MAX_ROWS = 1_048_576  # of a sheet
MAX_COLUMNS = 16_384

LONGEST_TEXT = 32_767  # characters in a cell, counted as LEN does; a longer text is #VALUE!
LONGEST_FORMULA = 8_192  # characters, the = among them; a longer one cannot be entered
MOST_ARGUMENTS = 255  # of one call
DEEPEST_CALLS = 64  # calls within one another

#: The smallest number above 0: "smallest allowed positive number", 2.2251E-308. Excel has no subnormal numbers, so a
#: smaller result is 0.
SMALLEST = 2.0**-1022
LARGEST = (2 - 2.0**-52) * 2.0**1023  # "largest allowed positive number via formula", 1.7976931348623158e+308

#: MOD(n, d) is #NUM! where n is this many times d or more. Microsoft's article 119083 has 2**27 for the Excels up to
#: 2007; those since 2010 go as far as this.
LARGEST_QUOTIENT = 1_125_900_000_000.0

MOST_FREEDOM = 1e10  # degrees of freedom of a χ², t or F distribution, by the pages of those functions
MOST_TRIALS = 2.0**53  # beyond it not every whole number is a number
