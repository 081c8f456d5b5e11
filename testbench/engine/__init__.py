"""Runs a procedure on a bench: roles, clock, sampling, steps, journal, safe state."""
