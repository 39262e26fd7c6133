"""Mathematics and trigonometry: a module a subject."""
