"""A divider in one box in a person's hand."""

from pathlib import Path

import pytest

from testbench.engine.manual.actions import DriveSafe, Rest, StopGas, SupplyGas, ZeroGas
from testbench.engine.manual.hand_log import HandLog
from testbench.engine.manual.service import HandService
from testbench.errors import UnsuppliableError
from testbench.station import read_station

WITHIN_S = 30.0
STATION = Path(__file__).parents[1] / "instruments" / "stations" / "alicat-mixer.toml"


@pytest.fixture
def do(tmp_path):
    """Have the station with an Alicat gas mixer in the hand; `do(action)` carries something out."""
    file = tmp_path / "station.toml"
    file.write_text(STATION.read_text(encoding="utf-8"), encoding="utf-8")
    log = HandLog(tmp_path / "by-hand.jsonl", str(file), "li")
    service = HandService(read_station(file), "li", lambda _: None, log=log, every_s=0.05)
    service.connected.result(WITHIN_S)
    yield lambda action: service.carry_out(action).result(WITHIN_S)
    service.release().result(WITHIN_S)


def test_a_content_is_made_read_back_and_ended(do):
    def shown(action):
        return {reading.channel.name: reading.value for reading in do(action).readings}

    assert shown(SupplyGas("CO2", 0.12)) == pytest.approx({"divider.port1": 1.6, "divider.port2": 2.4})
    with pytest.raises(UnsuppliableError, match="cannot be made"):
        do(SupplyGas("CO2", 0.4))
    assert shown(ZeroGas()) == {"divider.port1": 0.0, "divider.port2": 4.0}
    assert shown(Rest()) == {"divider.port1": 0.0, "divider.port2": 0.4}
    assert shown(StopGas()) == {"divider.port1": 0.0, "divider.port2": 0.0}
    (safe,) = (outcome for outcome in do(DriveSafe()).safe if outcome.instrument == "divider")
    assert safe.verified
