"""``sheetsim train``."""
