"""A finished evaluation as PDF and JSON, from the record alone."""
