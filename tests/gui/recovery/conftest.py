"""An evaluation that was lost: its record says that it runs, and no process has it."""

import datetime as dt
import importlib.resources
from collections.abc import Callable
from pathlib import Path

import pytest

from testbench.findings import Finding
from testbench.outcome import Outcome, RunState
from testbench.record.model import DeviceEntry, EvaluationStart
from testbench.record.store import Record

BEGUN = dt.datetime(2026, 3, 2, 9, 0, tzinfo=dt.timezone(dt.timedelta(hours=8)))


@pytest.fixture
def lose(tmp_path: Path) -> Callable[..., tuple[Path, str]]:
    """Enter a lost evaluation with one finished procedure of two; return its record and its name."""

    def enter(name: str = "record.sqlite", language: str = "en") -> tuple[Path, str]:
        path = tmp_path / name
        text = (importlib.resources.files("testbench") / "stations" / "simulated.toml").read_text(encoding="utf-8")
        device = DeviceEntry(name="A", maker="Maker", model="M", serial="1", range=[0.0, 20.0], unit="%", channel="A.CO2")
        start = EvaluationStart(
            standard="",
            standard_text="",
            standard_digest="",
            station_path="station.toml",
            station_text=text,
            station_digest="7" * 64,
            seed=1,
            language=language,
            simulated=True,
            software={},
            measurand="CO2",
            devices=[device],
            started=BEGUN,
        )
        with Record.open(path, create=True) as record:
            evaluation = record.begin_evaluation(start)
            run = record.begin_run(evaluation, "repeatability", {}, clause="", number=1, bench_time=0.0, started=BEGUN)
            record.add_findings(run, [Finding("A", "repeatability", 0.1, "%")])
            later = BEGUN + dt.timedelta(minutes=40)
            record.finish_run(run, state=RunState.FINISHED, outcome=Outcome.PASS, bench_time=2400.0, finished=later)
            record.begin_run(evaluation, "drift", {}, clause="", number=2, bench_time=2400.0, started=later)
        return path, evaluation

    return enter
