"""Stations for the tests of the simulated laboratory."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import testbench
from testbench.station import StationFile, parse_station, read_station

ONE_ANALYSER = """
[station]
name = "one analyser"
[line]
delay_s = {delay_s}
mixing_s = {mixing_s}
[cylinders.co2]
component = "CO2"
fraction_percent = 20.0
[cylinders.zero]
component = "CO2"
fraction_percent = 0.0
[instruments.mfc-co2]
driver = "alicat"
resource = "twin"
full_scale = 5.0
[instruments.mfc-n2]
driver = "alicat"
resource = "twin"
full_scale = 5.0
[divider]
driver = "mfc-blend"
total_flow = 4.0
controllers = {{ mfc-co2 = "co2", mfc-n2 = "zero" }}
[devices.A]
driver = "thermo-iseries"
resource = "twin"
maker = "M"
model = "m"
range = [0.0, 20.0]
unit = "%"
[devices.A.truth]
{truth}
{more}
"""

StationMaker = Callable[..., StationFile]


@pytest.fixture
def one_analyser() -> StationMaker:
    """A bench of ideal gas (20 % CO2 is full scale) with one analyser whose truth is given."""

    def make(delay_s: float = 0.0, mixing_s: float = 0.0, more: str = "", **truth: Any) -> StationFile:
        lines = "\n".join(f"{key} = {value}" for key, value in truth.items())
        return parse_station(
            ONE_ANALYSER.format(delay_s=delay_s, mixing_s=mixing_s, truth=lines, more=more), Path("one.toml")
        )

    return make


@pytest.fixture
def simulated() -> StationFile:
    """The simulated station that is installed with the product."""
    return read_station(Path(testbench.__file__).parent / "stations" / "simulated.toml")
