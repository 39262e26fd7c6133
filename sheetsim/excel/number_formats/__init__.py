"""Excel's number formats: ``#,##0.00;[Red]-0``, ``m/d/yyyy h:mm``, ``# ?/?``, ``0.0E+0``, as Excel set up for
the United States shows them. Colours are left out: they are no part of the text."""

from sheetsim.excel.number_formats.choosing import BadFormat, formatted, formatted_text

__all__ = ["BadFormat", "formatted", "formatted_text"]
