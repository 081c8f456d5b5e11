"""What the command line and the window do around a run: find records, start evaluations, issue reports, put into words."""
