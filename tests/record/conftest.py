"""Fixtures of the record's tests: an empty record, an evaluation begun in it, a clock set by hand, old records."""

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import insert

from testbench.record import schema
from testbench.record.blocks import encode_block
from testbench.record.database import open_sqlite
from testbench.record.migrate import MIGRATIONS
from testbench.record.model import EvaluationStart, Readings
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


@pytest.fixture(scope="session")
def moment() -> dt.datetime:
    return MOMENT


@pytest.fixture(scope="session")
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


OLD_ROWS = (
    "INSERT INTO evaluation VALUES (:id, 'HJ', '', '', 's.toml', '[station]', '', 7, 'zh', 1, '{}', 'CO2', '[]', :at, '', "
    ":outcome, :finished)",
    "INSERT INTO channel (evaluation, name, quantity, unit, resolution) VALUES (:id, 'a', 'content', '%', 0.01)",
    "INSERT INTO run VALUES (:id || '-R01', :id, 1, 'drift', '7', '{}', :state, 0.0, :at, NULL, NULL, :finished, '')",
    "INSERT INTO step VALUES (:id || '-R01', 1, 'average', '{}', 0.0, :at, '{}', NULL, 1, 60.0, :at)",
    "INSERT INTO step VALUES (:id || '-R01', 2, 'average', '{}', 60.0, :at, NULL, NULL, 1, NULL, NULL)",
    'INSERT INTO verdict (evaluation, document) VALUES (:id, \'{"outcome":"pass"}\')',
)


def _write_old(path: Path, version: str) -> None:
    """Tables as they were, with two evaluations: E1 finished (pass), E2 lost in its first step."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    database = open_sqlite(path, create=True)
    with database.writing() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, version)
        for name, outcome, state in (("E1", "pass", "finished"), ("E2", None, "running")):
            finished = None if outcome is None else MOMENT.isoformat()
            values = {"id": name, "at": MOMENT.isoformat(), "outcome": outcome, "state": state, "finished": finished}
            for statement in OLD_ROWS:
                connection.exec_driver_sql(statement, values)
        readings = Readings(np.arange(3.0), np.arange(3.0), np.zeros(3, np.uint8))
        block = encode_block(readings)
        for channel in (1, 2):
            connection.execute(
                insert(schema.block),
                {
                    "channel": channel, "first": 0, "count": 3, "begins": 0.0, "ends": 2.0, "minimum": 0.0, "maximum": 2.0,
                    "doubtful": 0, "time": block.time, "value": block.value, "status": block.status, "raw": None,
                    "digest": block.digest,
                },
            )  # fmt: skip
        connection.exec_driver_sql("DELETE FROM step WHERE run = 'E1-R01' AND number = 2")
    database.close()


@pytest.fixture
def write_old(path: Path) -> Callable[[str], None]:
    """Write a record of an earlier schema to `path`."""
    return lambda version: _write_old(path, version)
