"""The report of one patient's case as PDF, made from domain values without a window."""
