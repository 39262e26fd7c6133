"""What helps a person understand: explanations, contents, optimizers compared, workbooks that check themselves."""
