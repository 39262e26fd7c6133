"""What a rating costs as there are more of them, and what whole commands take: parts of ``training.py``."""
