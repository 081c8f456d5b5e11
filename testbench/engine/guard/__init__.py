"""The guard: a process that drives the bench safe when the one that runs it dies or hangs."""
