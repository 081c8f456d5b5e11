"""Standings as the lookout would bring them, made from one recorded evaluation."""

import datetime as dt
import importlib.resources
from collections.abc import Callable
from pathlib import Path

import pytest

from gui.watched import Standing
from testbench.engine.control import ProcessInfo
from testbench.engine.person import host_name
from testbench.engine.standing import Stand
from testbench.engine.standing import Standing as Stands
from testbench.outcome import RunState
from testbench.record.model import EvaluationRow, EvaluationStart

BEGUN = dt.datetime(2026, 3, 2, 9, 0, tzinfo=dt.UTC)


@pytest.fixture(scope="session")
def standing() -> Callable[..., Standing]:
    """Make one: where it stands, and what of it waits for a person."""
    text = (importlib.resources.files("testbench") / "stations" / "simulated.toml").read_text(encoding="utf-8")

    def make(
        at: Stands, *, evaluation: str = "E1", prompts: int = 0, alarms: int = 0, host: str = "", simulated: bool = True
    ) -> Standing:
        start = EvaluationStart(
            standard="",
            standard_text="",
            standard_digest="",
            station_path="station.toml",
            station_text=text,
            station_digest="7" * 64,
            seed=1,
            language="en",
            simulated=simulated,
            software={},
            measurand="CO2",
            devices=[],
            started=BEGUN,
        )
        row = EvaluationRow(
            identifier=evaluation, start=start, outcome=None, finished=None, state=RunState.RUNNING, reason=""
        )
        process = None
        if at.goes_on:
            process = ProcessInfo(
                pid=1, host=host or host_name(), evaluation=evaluation, port=1, token="", started="2026-03-02"
            )
        return Standing(Path("record.sqlite"), Stand(row, at, process), None, prompts, alarms)

    return make
