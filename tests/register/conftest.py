"""An open register in a folder of the test, and the moment and the person of its entries."""

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import pytest

from testbench.register.store import Register

NOON = dt.datetime(2026, 11, 22, 12, 0, tzinfo=dt.timezone(dt.timedelta(hours=8)))


@pytest.fixture
def at() -> dt.datetime:
    return NOON


@pytest.fixture
def today() -> dt.date:
    return NOON.date()


@pytest.fixture
def register(tmp_path: Path) -> Iterator[Register]:
    with Register.open(tmp_path / "registers.sqlite") as opened:
        yield opened
