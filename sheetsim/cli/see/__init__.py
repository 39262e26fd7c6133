"""``sheetsim show``, ``explain`` and ``gradient``: looked at, nothing written."""
