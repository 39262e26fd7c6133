"""The functions, a module a family, a folder a large one. A module is imported when a function of it is asked for."""
