"""Results: evaluations searched, read, compared, amended and exported."""
