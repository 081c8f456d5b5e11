"""The screen of the standards: criteria files shown readably; the laboratory's own copied, confirmed, checked and locked."""
