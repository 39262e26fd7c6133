"""Engineering: a module a subject."""

from sheetsim.functions.families.engineering import bases, bessel, bits, complex_numbers, conversion, special

__all__ = ["bases", "bessel", "bits", "complex_numbers", "conversion", "special"]
