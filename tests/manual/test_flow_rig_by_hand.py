"""The flow rig in a person's hand: a velocity set, kept and stopped, on the simulated flow station."""

import json
from dataclasses import dataclass, field

import numpy as np
import pytest

from testbench.engine.assembly import assemble
from testbench.engine.clock import wall_now
from testbench.engine.manual.actions import DriveSafe, SetVelocity, StopFlowRig, ZeroGas
from testbench.engine.manual.blowing import Blowing
from testbench.engine.manual.hand_log import HandLog
from testbench.engine.manual.parts import FLOW_RIG, Ability, Place, parts_of
from testbench.engine.manual.service import HandService
from testbench.engine.manual.sight import Reading
from testbench.engine.roles import Channel, Status
from testbench.errors import InputError, UnsuppliableError
from testbench.station import read_station

WITHIN_S = 30.0


@pytest.fixture
def rig(tmp_path, flow_station):
    """The simulated flow station in the hand."""
    file = tmp_path / "flow.toml"
    file.write_text(flow_station().text, encoding="utf-8")
    log = tmp_path / "by-hand.jsonl"
    service = HandService(read_station(file), "li", lambda _: None, log=HandLog(log, str(file), "li"), every_s=0.05)
    yield service, log
    service.release().result(WITHIN_S)


def test_a_velocity_is_set_read_back_and_stopped_by_hand(rig):
    service, log = rig
    service.connected.result(WITHIN_S)
    done = service.carry_out(SetVelocity(10.0)).result(WITHIN_S)
    shown = {reading.channel.name: reading.value for reading in done.readings}
    assert 0.0 < shown["fan.speed"] < 34.0  # on its way to a third of its speed
    assert shown["ultrasonic.velocity"] is not None
    with pytest.raises(UnsuppliableError, match="from 2 to 26 m/s"):
        service.carry_out(SetVelocity(40.0)).result(WITHIN_S)
    with pytest.raises(UnsuppliableError, match="cannot be set"):
        service.carry_out(SetVelocity(float("nan"))).result(WITHIN_S)
    with pytest.raises(InputError, match="no gas divider"):
        service.carry_out(ZeroGas()).result(WITHIN_S)
    stopped = service.carry_out(StopFlowRig()).result(WITHIN_S)
    assert {r.channel.name: r.value for r in stopped.readings}["fan.speed"] == 0.0
    safe = {outcome.instrument: outcome for outcome in service.carry_out(DriveSafe()).result(WITHIN_S).safe}
    assert safe["fan"].verified
    assert safe["flow_rig"].verified
    told = [json.loads(line)["what"] for line in log.read_text(encoding="utf-8").splitlines()]
    assert "set the flow rig to 10 m/s" in told
    assert "stop the flow rig" in told


def test_the_rig_is_a_part_with_its_range_and_its_velocity(flow_station):
    file = flow_station()
    part = next(part for part in parts_of(file, assemble(file)) if part.key == FLOW_RIG)
    assert (part.place, part.abilities, part.unit, part.low, part.high) == (
        Place.FLOW_RIG,
        (Ability.VELOCITY,),
        "m/s",
        0.0,
        26.0,
    )
    assert [channel.name for channel in part.channels] == ["ultrasonic.velocity"]
    assert part.safe_state == "fan stopped"


# ---- keeping a velocity -------------------------------------------------------------------------------------------------


@dataclass
class Rig:
    """A rig whose fan is a tenth too slow."""

    inputs: tuple[str, ...] = ("meter.velocity",)
    response_s: float = 5.0
    stable_s: float = 10.0
    told: list[float] = field(default_factory=list)

    def velocities(self, readings):
        return np.asarray(readings["meter.velocity"])

    def tolerance(self, velocity):
        return 0.1

    def regulate(self, measured):
        self.told.append(measured)


def shown(value):
    channel = Channel("meter.velocity", "velocity", "m/s")
    return {channel.name: Reading(channel, "meter", wall_now(), value, Status.VALID, "")}


def test_the_fan_is_corrected_once_the_velocity_was_measured_long_enough():
    rig = Rig()
    blowing = Blowing(rig, 10.0, 0.0)
    for second in range(1, 15):
        blowing.look(float(second), shown(3.0 if second < 5 else 9.0))  # what came before the response does not count
    assert rig.told == []
    blowing.look(15.0, shown(9.0))
    assert rig.told == [9.0]
    blowing.look(16.0, shown(9.5))
    assert rig.told == [9.0]


def test_a_velocity_that_stands_is_left_alone_and_looked_at_again():
    rig = Rig()
    blowing = Blowing(rig, 10.0, 0.0)
    for second in range(1, 60):
        blowing.look(float(second), shown(10.05 if second < 40 else 10.5))
    assert len(rig.told) == 1
    assert rig.told[0] > 10.1


def test_gaps_do_not_move_the_fan():
    rig = Rig()
    blowing = Blowing(rig, 10.0, 0.0)
    for second in range(1, 60):
        blowing.look(float(second), shown(None))
    assert rig.told == []
