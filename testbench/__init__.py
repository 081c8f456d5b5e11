"""The core of the test bench: metrology, criteria, record, engine, report. Knows no Qt, no model, no procedure."""

__version__ = "0.1.0"
