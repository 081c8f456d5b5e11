"""One module a kind of recorded test data; each states its KIND."""
