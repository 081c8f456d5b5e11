"""Fixtures of the record's tests: an empty record, an evaluation begun in it, and a clock that is set by hand."""

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from testbench.record.model import EvaluationStart
from testbench.record.store import Record

BEIJING = dt.timezone(dt.timedelta(hours=8))
MOMENT = dt.datetime(2026, 11, 22, 21, 45, 1, 250_000, tzinfo=BEIJING)
START = EvaluationStart(
    standard="HJ 76-2017",
    standard_text='title = "固定污染源烟气排放连续监测系统"\n',
    standard_digest="5" * 64,
    station_path="station.toml",
    station_text='[station]\nname = "一号工位"\n',
    station_digest="7" * 64,
    seed=20261122,
    language="zh",
    simulated=True,
    software={"testbench": "0.1.0"},
    measurand="CO2",
    devices=[
        {
            "name": "a",
            "maker": "某仪器公司",
            "model": "X-1",
            "serial": "0001",
            "range": [0.0, 20.0],
            "unit": "%",
            "channel": "a.co2",
        }
    ],
    started=MOMENT,
)


@dataclass
class HandClock:
    """A monotonic clock that only moves by hand."""

    now: float = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def moment() -> dt.datetime:
    return MOMENT


@pytest.fixture
def start() -> EvaluationStart:
    return START


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "bench.record"


@pytest.fixture
def record(path: Path) -> Iterator[Record]:
    with Record.open(path, create=True) as opened:
        yield opened


@pytest.fixture
def evaluation(record: Record) -> str:
    return record.begin_evaluation(START)


@pytest.fixture
def begin_run(record: Record, evaluation: str) -> Callable[..., str]:
    def begin(number: int = 1, procedure: str = "linearity") -> str:
        return record.begin_run(
            evaluation, procedure, {"passes": 3}, clause="7.2.1", number=number, bench_time=0.0, started=MOMENT
        )

    return begin


@pytest.fixture
def run(begin_run: Callable[..., str]) -> str:
    return begin_run()


@pytest.fixture
def channel(record: Record, evaluation: str) -> int:
    return record.channel(evaluation, "a.co2", quantity="content", unit="%", resolution=0.01, device="a")
