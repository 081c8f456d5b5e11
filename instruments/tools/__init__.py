"""Tools for the engineer who adds an instrument: `testbench instruments identify | trace | replay | new`."""
