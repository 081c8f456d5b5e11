"""Issuing a report: the number it gets, for whom, and what the record keeps of it."""
