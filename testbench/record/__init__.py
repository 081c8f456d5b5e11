"""The record: what was done, read, found, judged and signed. `store.Record` opens it, `model` has its types."""
