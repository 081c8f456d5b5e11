"""The record: what was done, read, found and judged, in one database."""
