"""After a crash or a power cut: what was lost is offered to be gone on with, closed, or looked at."""
