"""Computing a recorded evaluation anew: its steps by the journal, its results from the raw readings, no instruments."""
