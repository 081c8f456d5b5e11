"""The commands of `testbench`, one file each, loaded only when called."""
