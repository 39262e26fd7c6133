"""What stands under everything and knows nothing of sheets: files replaced in one piece, optional libraries, words for
the terminal.
"""
