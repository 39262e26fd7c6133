"""What a notebook shows of things: HTML that needs no script and nothing from the network, in light and in dark.

Whatever shows itself has the method ``_repr_html_`` from ``outside.Drawn``, which finds ``html`` here by its name.
"""

from sheetsim.notebook.drawing import html

__all__ = ["html"]
