"""New evaluation: station, devices, standard, suite and settings; the dry run; the start."""
