"""The evaluation procedures, one file each, each reading like its clause in the standard."""
