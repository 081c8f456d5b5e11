"""What tests of the engine share: a record with an evaluation that is going on."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from testbench.record.model import EvaluationStart
from testbench.record.store import Record

STARTED = dt.datetime(2026, 11, 22, 9, 0, tzinfo=dt.UTC)


@dataclass
class Going:
    """An evaluation with one run, going on in a record."""

    record: Record
    path: Path
    evaluation: str
    run: str
    at: dt.datetime = STARTED


@pytest.fixture
def going(tmp_path: Path) -> Iterator[Going]:
    """An evaluation that goes on, and its record."""
    path = tmp_path / "record.sqlite"
    with Record.open(path, create=True) as record:
        evaluation = record.begin_evaluation(
            EvaluationStart(
                standard="",
                standard_text="",
                standard_digest="",
                station_path="station.toml",
                station_text="",
                station_digest="",
                seed=1,
                language="en",
                simulated=True,
                software={},
                measurand="CO2",
                devices=[],
                started=STARTED,
            )
        )
        run = record.begin_run(evaluation, "drift", {}, clause="", number=1, bench_time=0.0, started=STARTED)
        yield Going(record, path, evaluation, run)
