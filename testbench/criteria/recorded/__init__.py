"""Test data recorded elsewhere: read strictly from comma-separated files, computed, and scored against a standard.

What a file holds is told from its columns. Each kind of data is a module of `testbench.criteria.recorded.kinds`: it states
its columns and how a test is scored; `testbench score --columns` prints them all.
"""

from __future__ import annotations

from testbench.criteria.recorded.kind import Column, RecordedKind
from testbench.criteria.recorded.reading import parse_recorded, read_recorded
from testbench.criteria.recorded.registry import kinds
from testbench.criteria.recorded.rows import RecordedFile, RecordedTest, Row
from testbench.criteria.recorded.scoring import Scoring, score_recorded

__all__ = [
    "Column",
    "RecordedFile",
    "RecordedKind",
    "RecordedTest",
    "Row",
    "Scoring",
    "kinds",
    "parse_recorded",
    "read_recorded",
    "score_recorded",
]
