"""Everything that is wrong with an evaluation before a valve is opened."""
