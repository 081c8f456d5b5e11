"""The bench's roles on the plant in process are the same bench as the one behind sockets, protocols and drivers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from instruments.twin.direct import DirectLaboratory, direct_device, direct_divider, direct_equipment
from instruments.twin.launch import SimulatedLaboratory, start_laboratory
from instruments.twin.plant import Plant
from testbench.engine.assembly import Equipment, assemble
from testbench.engine.laboratory import Laboratory
from testbench.engine.roles import Adjustment, Device, FlowController, GasDivider, Sensor
from testbench.errors import StationError
from testbench.station import StationFile


@pytest.fixture
def laboratory(simulated: StationFile, tmp_path: Path) -> Iterator[SimulatedLaboratory]:
    started = start_laboratory(simulated, directory=tmp_path, idle_exit_s=30.0)
    yield started
    started.stop()


def readings(equipment: Equipment) -> dict[str, float]:
    """Read all as the engine does: every question first."""
    for source in equipment.sources:
        source.request()
    return {
        channel.name: sample.value
        for source in equipment.sources
        for channel, sample in zip(source.channels, source.collect(), strict=True)
    }


def evaluate(equipment: Equipment, advance: Callable[[float], None]) -> list[dict[str, float]]:
    """A day on the bench: zero, span with adjustment of device A, two levels; all flows are whole steps of the line."""
    divider, seen = equipment.divider, []
    assert divider is not None
    device = next(device for device in equipment.devices if device.name == "A")
    divider.zero()
    advance(600.0)
    seen.append(readings(equipment))
    device.adjust(Adjustment.ZERO, 0.06, 0.0)
    advance(601.0)
    divider.supply("CO2", 0.15)
    for second in (604.0, 610.5, 640.0, 1200.0):
        advance(second)
        seen.append(readings(equipment))
    device.adjust(Adjustment.SPAN, 14.8, 15.0)
    for level, until in ((0.0375, 1800.0), (0.12, 86400.0)):
        divider.supply("CO2", level)
        advance(until)
        seen.append(readings(equipment))
    return seen


def test_a_day_over_sockets_equals_the_day_in_process_but_for_the_digits_on_the_line(
    laboratory: SimulatedLaboratory, simulated: StationFile
) -> None:
    laboratory.reset(21)
    equipment = assemble(simulated, resources=laboratory.resources)
    equipment.open()
    try:
        over_sockets = evaluate(equipment, laboratory.advance)
    finally:
        equipment.close()
    plant = Plant(simulated.station, 21)
    in_process = evaluate(direct_equipment(simulated, plant), plant.advance)
    steps = {channel.name: channel.resolution for source in equipment.sources for channel in source.channels}
    for far, near in zip(over_sockets, in_process, strict=True):
        assert set(far) == set(near)
        for name, value in far.items():
            keeps = 0.0005 * 20.0 if name == "A" else 1e-4  # device A keeps its span coefficient to three decimals
            assert value == pytest.approx(near[name], abs=0.51 * steps[name] + keeps), name


def test_the_log_of_a_day_over_sockets_gives_the_same_day_in_process_to_the_last_digit(
    laboratory: SimulatedLaboratory, simulated: StationFile
) -> None:
    laboratory.reset(22)
    equipment = assemble(simulated, resources=laboratory.resources)
    equipment.open()
    try:
        last = evaluate(equipment, laboratory.advance)[-1]
    finally:
        equipment.close()
    history = laboratory.log()
    plant = Plant(simulated.station, history.seed)
    plant.replay(history.commands)
    plant.advance(history.now_s)
    assert last["A"] == pytest.approx(plant.analyser("A").indication(), abs=0.00501)
    assert last["B"] == pytest.approx(plant.analyser("B").indication(), rel=1e-6)  # single precision
    assert last["C"] == pytest.approx(plant.analyser("C").indication(), abs=0.0002)


def test_direct_parts_fit_the_roles(simulated: StationFile) -> None:
    plant = Plant(simulated.station, 1)
    equipment = direct_equipment(simulated, plant)
    assert isinstance(equipment.divider, GasDivider)
    assert all(isinstance(source, FlowController) for source in equipment.divider.sources)
    assert all(isinstance(device, Device) for device in equipment.devices)
    assert all(isinstance(sensor, Sensor) for sensor in equipment.sensors.values())
    assert set(equipment.sensors) == {"temperature", "humidity", "pressure", "voltage"}
    assert equipment.information["B"].update_s == 2.0
    laboratory: Laboratory = DirectLaboratory(plant)
    laboratory.advance(5.0)
    assert (laboratory.now(), plant.now) == (5.0, 5.0)


def test_the_reference_of_the_direct_divider_covers_what_it_truly_made(simulated: StationFile) -> None:
    inside = 0
    for seed in range(400):
        plant = Plant(simulated.station, seed)
        divider = direct_divider(simulated, plant)
        divider.supply("CO2", 0.12)
        reference = divider.predict("CO2", 0.12, 1)
        inside += abs(plant.true_content("CO2") - reference.value) <= 2.0 * reference.standard_uncertainty
    assert 0.92 <= inside / 400 <= 0.98


def test_safe_state_of_a_direct_controller_is_no_flow(simulated: StationFile) -> None:
    plant = Plant(simulated.station, 1)
    divider = direct_divider(simulated, plant)
    divider.supply("CO2", 0.12)
    outcomes = [source.drive_safe() for source in divider.sources]
    assert all(outcome.verified for outcome in outcomes)
    plant.advance(1.0)
    assert [source.collect()[0].value for source in divider.sources] == [0.0, 0.0]


def test_the_simulated_operator_adjusts_a_device_of_the_direct_laboratory(simulated: StationFile) -> None:
    laboratory = DirectLaboratory(Plant(simulated.station, 1))
    device = direct_device(simulated, laboratory.plant, "C")
    laboratory.advance(100.0)
    before = device.read()
    laboratory.adjust_by_hand("C", Adjustment.ZERO, before, before + 3.0)
    laboratory.set_condition("temperature", 18.0)
    laboratory.advance(101.0)
    assert device.read() == pytest.approx(before + 3.0, abs=0.1)
    assert laboratory.plant.sensor("temperature").value() == 18.0
    laboratory.reset(2)
    assert laboratory.now() == 0.0


def test_a_station_without_a_divider_has_no_direct_one(simulated: StationFile) -> None:
    without = simulated.station.model_copy(update={"divider": None})
    file = simulated.model_copy(update={"station": without})
    plant = Plant(without, 1)
    with pytest.raises(StationError, match=r"has no \[divider\]"):
        direct_divider(file, plant)
    assert direct_equipment(file, plant).divider is None
