"""A world that is gone on with: the laboratory found again, or one made anew of seed and history and equal to it."""

from __future__ import annotations

import json
import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from instruments.twin.direct import DirectLaboratory, direct_equipment
from instruments.twin.launch import SimulatedLaboratory, start_laboratory
from instruments.twin.plant import Plant
from testbench.engine.assembly import Equipment, assemble
from testbench.engine.laboratory import Laboratory
from testbench.engine.roles import Adjustment
from testbench.errors import InputError, InstrumentError
from testbench.station import StationFile

Start = Callable[[], SimulatedLaboratory]


@pytest.fixture
def start(simulated: StationFile, tmp_path: Path) -> Iterator[Start]:
    """Start or find the laboratory of the simulated station; it is ended afterwards."""
    owned: list[SimulatedLaboratory] = []

    def begin() -> SimulatedLaboratory:
        owned.append(start_laboratory(simulated, directory=tmp_path, idle_exit_s=30.0))
        return owned[-1]

    yield begin
    for laboratory in owned:
        laboratory.close()
    begin().stop()


def drive(equipment: Equipment, laboratory: Laboratory) -> None:
    """Some hours on the bench: gases, adjustments through the protocol and by hand, a condition."""
    divider = equipment.divider
    assert divider is not None
    divider.zero()
    laboratory.advance(600.0)
    laboratory.adjust_by_hand("B", Adjustment.ZERO, 0.06, 0.0)
    laboratory.advance(601.3)
    divider.supply("CO2", 0.15)
    laboratory.advance(1200.1)
    equipment.devices[0].adjust(Adjustment.SPAN, 14.8, 15.0)
    laboratory.set_condition("temperature", 31.7)
    laboratory.advance(7200.7)
    divider.supply("CO2", 0.1234)
    laboratory.advance(7203.9)  # in the middle of the transition


def indications(equipment: Equipment) -> dict[str, float]:
    for source in equipment.sources:
        source.request()
    return {
        channel.name: sample.value
        for source in equipment.sources
        for channel, sample in zip(source.channels, source.collect(), strict=True)
    }


def read(laboratory: SimulatedLaboratory, station: StationFile) -> dict[str, float]:
    equipment = assemble(station, resources=laboratory.resources)
    equipment.open()
    try:
        return indications(equipment)
    finally:
        equipment.close()


def through_json(documents: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return list(json.loads(json.dumps(documents)))


def driven(laboratory: SimulatedLaboratory, station: StationFile, seed: int) -> dict[str, float]:
    laboratory.reset(seed)
    equipment = assemble(station, resources=laboratory.resources)
    equipment.open()
    try:
        drive(equipment, laboratory)
        return indications(equipment)
    finally:
        equipment.close()


def test_a_laboratory_made_anew_in_another_process_shows_the_same_then_and_later(
    start: Start, simulated: StationFile
) -> None:
    first = start()
    before = driven(first, simulated, 5)
    history, at_s = through_json(first.history()), first.now()
    first.advance(8000.0)
    later = read(first, simulated)
    first.stop()
    second = start()
    assert second.pid != first.pid
    assert second.restore(5, history, at_s) is False
    assert (second.now(), second.history()) == (at_s, history)
    assert read(second, simulated) == before
    second.advance(8000.0)
    assert read(second, simulated) == later


def test_a_laboratory_that_outlived_its_run_is_left_as_it_is(start: Start, simulated: StationFile) -> None:
    first = start()
    driven(first, simulated, 6)
    history, at_s = first.history(), first.now()
    first.close()
    found = start()
    for source in assemble(simulated, resources=found.resources).divider.sources:  # type: ignore[union-attr]
        source.open()
        source.drive_safe()
        source.close()
    now = found.now()
    assert found.restore(6, history, at_s) is True
    assert found.now() == now >= at_s
    assert len(found.history(len(history))) >= 2
    assert found.history()[: len(history)] == history


@pytest.mark.parametrize("change", ["seed", "history", "time"])
def test_another_world_is_replaced(start: Start, simulated: StationFile, change: str) -> None:
    laboratory = start()
    driven(laboratory, simulated, 7)
    history, at_s = laboratory.history(), laboratory.now()
    seed = 7
    match change:
        case "seed":
            seed = 8
        case "history":
            history[1]["values"][0] += 1e-9
        case "time":
            at_s += 10.0
    assert laboratory.restore(seed, history, at_s) is False
    assert (laboratory.log().seed, laboratory.now(), laboratory.history()) == (seed, at_s, history)
    assert laboratory.restore(seed, history, at_s) is True


def test_only_new_commands_are_given_when_the_old_are_known(start: Start) -> None:
    laboratory = start()
    laboratory.reset(1)
    assert laboratory.history() == []
    laboratory.set_condition("temperature", 25.0)
    laboratory.advance(3.5)
    laboratory.set_condition("temperature", 26.0)
    assert laboratory.history(1) == [{"time_s": 3.5, "action": "set_condition", "name": "temperature", "values": [26.0]}]
    assert laboratory.history(2) == laboratory.history(7) == []


def test_instruments_that_are_connected_serve_the_restored_world(start: Start) -> None:
    laboratory = start()
    laboratory.reset(1)
    port = int(laboratory.resources["mfc-n2"].split("::")[2])
    with socket.create_connection(("127.0.0.1", port), 10.0) as controller:
        laboratory.restore(1, [{"time_s": 1.0, "action": "set_flow", "name": "mfc-n2", "values": [1.5]}], 5.0)
        controller.sendall(b"B\r")
        assert b"+001.500 +001.500 1.500" in controller.recv(4096)


def test_a_history_of_a_week_is_restored(start: Start) -> None:
    history = [
        {"time_s": 60.0 * n, "action": "set_flow", "name": ("mfc-co2", "mfc-n2")[n % 2], "values": [n % 7 / 2.0]}
        for n in range(10_080)
    ]
    laboratory = start()
    assert laboratory.restore(3, history, 604_800.0) is False
    assert laboratory.now() == 604_800.0
    assert laboratory.history(10_079) == history[-1:]


@pytest.mark.parametrize(
    ("command", "error", "text"),
    [
        ({"time_s": 1.0, "action": "explode", "name": "A", "values": []}, InputError, "command 1 of the history .* action"),
        ({"time_s": 1.0}, InputError, "command 1 of the history .* cannot be read"),
        ({"time_s": 1.0, "action": "set_flow", "name": "x", "values": [1.0]}, InstrumentError, "no controller 'x'"),
    ],
)
def test_a_history_of_something_else_is_refused_and_changes_nothing(
    start: Start, command: dict[str, Any], error: type[Exception], text: str
) -> None:
    laboratory = start()
    laboratory.reset(1)
    laboratory.set_condition("temperature", 25.0)
    laboratory.advance(9.0)
    with pytest.raises(error, match=text):
        laboratory.restore(2, [command], 5.0)
    assert (laboratory.log().seed, laboratory.now(), len(laboratory.history())) == (1, 9.0, 1)


def test_the_laboratory_in_process_is_gone_on_with_alike(simulated: StationFile) -> None:
    laboratory = DirectLaboratory(Plant(simulated.station, 4))
    equipment = direct_equipment(simulated, laboratory.plant)
    drive(equipment, laboratory)
    before, history = indications(equipment), through_json(laboratory.history())
    assert laboratory.restore(4, history, 7000.0) is True
    assert laboratory.now() == 7203.9
    other = DirectLaboratory(Plant(simulated.station, 1))
    assert other.restore(4, history, 7203.9) is False
    assert indications(direct_equipment(simulated, other.plant)) == before
    assert other.history(2) == history[2:]


def test_a_divider_at_rest_gives_zero_gas(simulated: StationFile) -> None:
    plant = Plant(simulated.station, 1)
    equipment = direct_equipment(simulated, plant)
    assert equipment.divider is not None
    equipment.divider.supply("CO2", 0.15)
    plant.advance(60.0)
    equipment.divider.rest()
    assert plant.true_content("CO2") < 2e-6
    assert sum(command.action == "set_flow" for command in plant.log) == 4
