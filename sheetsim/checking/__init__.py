"""Two workbooks compared, cell by cell."""
