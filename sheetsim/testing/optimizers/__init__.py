"""``assert_optimizer_matches``: an optimizer run along the rows of a sheet."""
