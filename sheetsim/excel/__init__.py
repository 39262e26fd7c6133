"""Excel's last bits on arrays: arithmetic, elementary functions, comparison, text and numbers."""
