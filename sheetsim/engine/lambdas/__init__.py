"""LET, LAMBDA and what takes functions, evaluated as trees."""
