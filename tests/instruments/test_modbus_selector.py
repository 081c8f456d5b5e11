"""A valve that chooses the cylinder of a controller: its coils, its place in a divider, and the gas that flows."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from instruments.modbus_selector import ModbusSelector, ModbusSelectorSettings
from instruments.twin.bench import server, simulated_instruments
from instruments.twin.modbus_selector import ModbusSelectorServer
from instruments.twin.plant import Plant
from testbench.engine.assembly import assemble
from testbench.engine.gas_used import passed_through, positions
from testbench.engine.roles import Direction, GasMeter, Parts, Status, SwitchedMeter
from testbench.errors import InputError, InstrumentError, StationError
from testbench.record.model import Readings
from testbench.station import Cylinder, StationFile, parse_station

STATION = Path(__file__).parent / "stations" / "modbus-selector.toml"
CYLINDERS = {name: Cylinder(component="CO2", fraction_percent=10.0) for name in ("co2", "weak", "third")}


class Port:
    """The valve in the plant."""

    def __init__(self) -> None:
        self.went: list[int] = []

    def select(self, position: int) -> None:
        self.went.append(position)

    def position(self) -> int:
        return self.went[-1] if self.went else 0


def settings(resource: str = "TCPIP::127.0.0.1::1::SOCKET", **more: Any) -> ModbusSelectorSettings:
    usual = {"resource": resource, "positions": {"co2": 1, "weak": 3}, "timeout_s": 0.3, "tries": 1, "travel_s": 0.2}
    return ModbusSelectorSettings.model_validate(usual | more)


@pytest.fixture
def valve(loopback: Callable[..., str], kind: str) -> Iterator[tuple[ModbusSelector, Port]]:
    port = Port()
    served = ModbusSelectorServer("valve", settings("twin" if kind == "socket" else "twin:serial"), port)
    made = ModbusSelector("valve", settings(loopback(served, kind)), Parts({}, CYLINDERS))
    made.open()
    yield made, port
    made.close()


# ---- the valve ---------------------------------------------------------------------------------------------------------


def test_a_position_is_reached_through_closed_and_read_back(valve: tuple[ModbusSelector, Port]) -> None:
    made, port = valve
    for position in (3, 1, 0):
        made.select(position)
        assert made.position() == position
        made.request()
        assert [(sample.value, sample.status) for sample in made.collect()] == [(position, Status.VALID)]
    assert port.went == [3, 0, 1, 0], "closed between two cylinders"


def test_its_safe_state_is_all_closed_and_read_back(valve: tuple[ModbusSelector, Port]) -> None:
    made, port = valve
    made.select(1)
    outcome = made.drive_safe()
    assert (outcome.state, outcome.verified, outcome.read_back) == ("all positions closed", True, "all closed")
    assert port.position() == 0


def test_the_frames_are_those_of_the_standard(loopback: Callable[..., str]) -> None:
    keys = {"first_coil": 16, "position_register": 8, "address": 5}
    served = ModbusSelectorServer("valve", settings("twin", **keys), Port())
    made = ModbusSelector("valve", settings(loopback(served), **keys), Parts({}, CYLINDERS))
    made.open()
    heard: list[bytes] = []
    made.trace(lambda direction, at, data: heard.append(data[6:]) if direction is Direction.SENT else None)
    made.select(3)
    made.close()
    assert heard == [
        bytes.fromhex("05 0f 0010 0003 01 00"),  # all off
        bytes.fromhex("05 05 0012 ff00"),  # the third on
        bytes.fromhex("05 03 0008 0001"),  # where it stands
    ]


def test_one_that_does_not_arrive_is_an_error(loopback: Callable[..., str], monkeypatch: pytest.MonkeyPatch) -> None:
    served = ModbusSelectorServer("valve", settings("twin"), Port())
    monkeypatch.setattr(served, "write_bits", lambda address, values: None)
    made = ModbusSelector("valve", settings(loopback(served)), Parts({}, CYLINDERS))
    made.open()
    with pytest.raises(InstrumentError, match="was switched to position 1, but stands at all closed; has it air and power"):
        made.select(1)
    made.close()


def test_several_open_positions_flag_the_reading(valve: tuple[ModbusSelector, Port]) -> None:
    made, _ = valve
    made.select(1)
    from instruments.modbus import Function, Request

    made._client.query(Request(Function.WRITE_COIL, 2, 1, (1,)))
    made.request()
    (sample,) = made.collect()
    assert (sample.status, sample.raw) == (Status.FLAGGED, "several positions open")


@pytest.mark.parametrize("positions", [{"co2": 1, "weak": 1}, {"co2": 0}, {"co2": 65}, {}])
def test_positions_that_cannot_be_are_refused(positions: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="positions"):
        settings(positions=positions)


def test_a_cylinder_that_is_not_there_is_refused() -> None:
    with pytest.raises(InputError, match="there is no cylinder 'gone'; there are: co2, weak, third"):
        ModbusSelector("valve", settings(positions={"gone": 1}), Parts({}, CYLINDERS))


# ---- in a divider --------------------------------------------------------------------------------------------------------


class Bench:
    def __init__(self, file: StationFile, loopback: Callable[..., str]) -> None:
        self.plant = Plant(file.station, 1)
        resources = {}
        for item in simulated_instruments(file):
            way = "serial-over-socket" if item.table.resource == "twin:serial" else "socket"
            resources[item.name] = loopback(server(file, item, item.resource(1), self.plant), way)
        self.equipment = assemble(file, resources=resources)
        self.equipment.open()
        assert self.equipment.divider is not None
        self.divider = self.equipment.divider

    def readings(self) -> dict[str, float]:
        self.plant.advance(self.plant.now + 10.0)
        found = {}
        for source in self.divider.sources:
            source.request()
            found |= {channel.name: s.value for channel, s in zip(source.channels, source.collect(), strict=True)}
        return found


def changed(old: str = "", new: str = "") -> StationFile:
    text = STATION.read_text(encoding="utf-8")
    assert old in text
    return parse_station(text.replace(old, new), STATION)


@pytest.fixture
def bench(loopback: Callable[..., str]) -> Iterator[Bench]:
    made = Bench(changed(), loopback)
    yield made
    made.equipment.close()


def test_a_content_is_made_of_the_cylinder_that_makes_it_best_and_the_valve_goes_there_first(bench: Bench) -> None:
    for content, position, cylinder in ((0.12, 1.0, "co2"), (0.06, 2.0, "weak")):
        bench.divider.supply("CO2", content)
        readings = bench.readings()
        assert readings["valve.position"] == position
        gas = bench.divider.reference("CO2", readings, 1)
        assert gas.value == pytest.approx(content, rel=1e-3)
        assert f"cylinder.{cylinder}" in gas.components
        assert abs(bench.plant.true_content("CO2") - gas.value) < 4 * gas.standard_uncertainty


def test_the_controller_is_closed_while_its_cylinder_is_changed(bench: Bench) -> None:
    bench.divider.supply("CO2", 0.12)
    bench.plant.advance(60.0)
    before = len(bench.plant.log)
    bench.divider.supply("CO2", 0.06)
    did = [(command.name, command.values) for command in bench.plant.log[before:]]
    assert did[:3] == [("mfc-co2", (0.0,)), ("valve", (0.0,)), ("valve", (2.0,))]


def test_nothing_flows_through_a_closed_valve(bench: Bench) -> None:
    bench.divider.supply("CO2", 0.12)
    assert bench.readings()["mfc-co2.flow"] > 1.0
    bench.plant.select("valve", 0)
    readings = bench.readings()
    assert readings["mfc-co2.flow"] == 0.0
    assert bench.plant.true_content("CO2") < 1e-5
    with pytest.raises(InstrumentError, match=r"mfc-co2 passes 0 L/min where 1.6 L/min are set"):
        bench.divider.reference("CO2", readings, 1)


def test_a_window_in_which_it_was_switched_has_no_content(bench: Bench) -> None:
    bench.divider.supply("CO2", 0.12)
    with pytest.raises(InstrumentError, match="it is not known of which cylinder"):
        bench.divider.reference("CO2", bench.readings() | {"valve.position": 1.5}, 1)


def test_stop_closes_it_and_zero_gas_needs_it_not(bench: Bench) -> None:
    bench.divider.supply("CO2", 0.12)
    bench.divider.zero()
    assert bench.readings()["valve.position"] == 1.0
    bench.divider.stop()
    assert bench.plant.position("valve") == 0


def test_a_restored_laboratory_has_the_valve_where_it_was(bench: Bench) -> None:
    bench.divider.supply("CO2", 0.06)
    station = bench.plant.station
    assert station.divider is not None
    assert station.divider.options["controllers"] == {"mfc-co2": "co2", "mfc-n2": "zero"}, "the station is as it was"
    again = bench.plant.restored(1, bench.plant.log, bench.plant.now)
    assert again.position("valve") == 2
    assert again.true_content("CO2") == bench.plant.true_content("CO2")


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (
            'selectors = { mfc-co2 = "valve" }',
            'selectors = { gone = "valve" }',
            "selectors: 'gone' is none of its controllers",
        ),
        (
            'selectors = { mfc-co2 = "valve" }',
            'selectors = { mfc-co2 = "mfc-n2" }',
            "'mfc-n2' is no selector of the station",
        ),
        (
            "positions = { co2 = 1, weak = 2 }",
            "positions = { weak = 2 }",
            "cylinder 'co2' of mfc-co2 is not among the positions",
        ),
        (
            'selectors = { mfc-co2 = "valve" }',
            'selectors = { mfc-co2 = "valve", mfc-n2 = "valve" }',
            "not among the positions",
        ),
        ("positions = { co2 = 1, weak = 2 }", "positions = { co2 = 1, zero = 2 }", "zero gas|must carry zero gas"),
    ],
)
def test_a_divider_that_cannot_be_is_refused(old: str, new: str, said: str) -> None:
    with pytest.raises(StationError, match=said):
        assemble(changed(old, new))


# ---- gas used ----------------------------------------------------------------------------------------------------------


def test_litres_are_counted_by_the_position_at_which_they_flowed(bench: Bench) -> None:
    assert isinstance(bench.divider, GasMeter)
    assert isinstance(bench.divider, SwitchedMeter)
    assert bench.divider.selected_by == {"mfc-co2.flow": "valve.position"}
    litres = bench.divider.drawn({"mfc-co2.flow@1": 3.0, "mfc-co2.flow@2": 5.0, "mfc-n2.flow": 7.0})
    assert litres == pytest.approx({"co2": 3.0, "weak": 5.0, "zero": 7.0})


def test_a_flow_is_told_apart_by_the_readings_of_the_valve() -> None:
    def readings(times: list[float], values: list[float]) -> Readings:
        return Readings(np.array(times), np.array(values), np.zeros(len(times), dtype=np.uint8))

    # 2 L/min for two minutes at position 1, closed for a minute, then 1 L/min for two minutes at position 2
    flow = [readings([0, 60, 120, 121], [2, 2, 2, 0]), readings([180, 181, 240, 301], [0, 1, 1, 1])]
    valve = [readings([0, 60, 120, 121, 180], [1, 1, 1, 1, 2])]
    found = {position: passed_through(pieces) for position, pieces in positions(flow, valve).items()}
    assert found == pytest.approx({1: 4.0 + 1 / 60.0, 2: 0.5 / 60.0 + 2.0})
