"""The simulated laboratory: a process whose instruments speak the real protocols and whose physics couples them."""
