"""Pure functions on numpy arrays: characteristics of instruments, and the uncertainty of each by the GUM."""
