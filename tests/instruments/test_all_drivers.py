"""What every driver must do: say what it is, be built without traffic, and work against its simulated instrument.

The drivers stand on the simulated station of the product, each behind a socket; a new driver gets its table there.
"""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from instruments.twin.bench import server, simulated_instruments
from instruments.twin.plant import Plant
from testbench.commands.instruments import PLACES
from testbench.engine.assembly import Equipment, assemble
from testbench.engine.registry import driver_names, find_driver
from testbench.engine.roles import Direction, Identity, Instrument, Source, Status, Traceable
from testbench.errors import StationError
from testbench.station import StationFile

STATION_TABLES = ("instruments", "environment", "devices")
Change = Callable[[dict[str, Any]], None]

every_driver = pytest.mark.parametrize("name", driver_names())


@dataclass
class Bench:
    """The simulated station over sockets, with its plant in this process."""

    file: StationFile
    equipment: Equipment
    plant: Plant

    def made_by(self, driver: str) -> list[Any]:
        """Everything on this bench that the driver built."""
        equipment = self.equipment
        built = [*equipment.instruments, *equipment.devices, *equipment.sensors.values(), equipment.divider]
        made = {id(part): part for part in built if getattr(part, "driver", None) == driver}
        assert made, f"give driver {driver!r} a table in testbench/stations/simulated.toml"
        return list(made.values())

    def true(self, channel: str) -> float:
        """What the plant shows on a channel now."""
        if channel.endswith(".flow"):
            return self.plant.controller(channel.removesuffix(".flow")).indicated_flow()
        if channel.startswith("environment."):
            return self.plant.sensor(channel.removeprefix("environment.")).value()
        return self.plant.analyser(channel).indication()


@pytest.fixture
def bench(simulated_station: Callable[..., StationFile], loopback: Callable[..., str]) -> Iterator[Bench]:
    file = simulated_station()
    plant = Plant(file.station, 1)
    resources = {}
    for item in simulated_instruments(file):
        kind = "serial-over-socket" if item.table.resource == "twin:serial" else "socket"
        resources[item.name] = loopback(server(file, item, item.resource(1), plant), kind)
    equipment = assemble(file, resources=resources)
    yield Bench(file, equipment, plant)
    equipment.close()


def first_table(data: dict[str, Any], driver: str) -> dict[str, Any]:
    """The first table of a station file that names the driver."""
    tables = [table for kind in STATION_TABLES for table in data[kind].values()] + [data["divider"]]
    return next(table for table in tables if table["driver"] == driver)


@every_driver
def test_it_says_what_it_is_where_it_stands_and_how_it_was_verified(name: str) -> None:
    driver = find_driver(name, "here")
    assert driver.driver == name
    assert driver.kind in PLACES
    assert driver.summary
    assert driver.verified
    documentation = inspect.getmodule(driver).__doc__ or ""  # type: ignore[arg-type]
    assert f'driver = "{name}"' in documentation, "its module shows a table of the station file"


@every_driver
def test_every_key_of_its_table_says_what_it_means(name: str) -> None:
    settings = find_driver(name, "here").Settings
    assert settings.__doc__
    assert [key for key, field in settings.model_fields.items() if not field.description] == []


@every_driver
def test_a_key_that_it_does_not_know_is_refused_by_name(name: str, simulated_station: Callable[..., StationFile]) -> None:
    file = simulated_station(lambda data: first_table(data, name).update(colour="red"))
    with pytest.raises(StationError, match=rf"\(driver {name}\): colour: no such key"):
        assemble(file)


def test_all_are_built_without_traffic(
    simulated_station: Callable[..., StationFile], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*arguments: Any, **more: Any) -> None:
        raise AssertionError("a session was opened")

    monkeypatch.setattr("instruments.transport.open_stream", refuse)
    equipment = assemble(simulated_station())
    with pytest.raises(AssertionError, match="a session was opened"):
        equipment.open()


@every_driver
def test_it_connects_identifies_itself_and_can_be_closed_twice(name: str, bench: Bench) -> None:
    bench.equipment.open()
    for made in bench.made_by(name):
        if isinstance(made, Instrument):
            assert isinstance(made.identify(), Identity)
            made.close()
            made.close()


@every_driver
def test_one_with_a_session_lets_a_listener_hear_it_and_falls_silent_again(name: str, bench: Bench) -> None:
    if "resource" not in find_driver(name, "here").Settings.model_fields:
        assert not any(isinstance(made, Traceable) for made in bench.made_by(name))
        return
    for made in bench.made_by(name):
        assert isinstance(made, Traceable)
        heard: list[Direction] = []
        made.trace(lambda direction, at, data, heard=heard: heard.append(direction))  # type: ignore[misc]
        assert isinstance(made, Instrument)
        made.open()
        made.identify()
        assert set(heard) == {Direction.SENT, Direction.RECEIVED}
        before = len(heard)
        made.trace(None)
        made.identify()
        assert len(heard) == before


@every_driver
def test_it_reads_every_channel_in_the_order_declared(name: str, bench: Bench) -> None:
    bench.equipment.open()
    assert bench.equipment.divider is not None
    bench.equipment.divider.supply("CO2", 0.12)
    bench.plant.advance(600.0)
    for made in bench.made_by(name):
        sources = [made] if isinstance(made, Source) else getattr(made, "sources", None) or [made.source]
        for source in sources:
            source.request()
            samples = source.collect()
            assert len(samples) == len(source.channels)
            for channel, sample in zip(source.channels, samples, strict=True):
                assert channel.unit
                assert channel.quantity
                assert sample.status is Status.VALID, channel
                error = abs(sample.value - bench.true(channel.name))
                assert error <= max(0.51 * channel.resolution, 1e-6 * abs(sample.value)), channel
                assert math.isfinite(source.interval_s)


@every_driver
def test_its_safe_state_is_declared_driven_and_verified(name: str, bench: Bench) -> None:
    bench.equipment.open()
    assert bench.equipment.divider is not None
    bench.equipment.divider.supply("CO2", 0.12)
    for made in bench.made_by(name):
        if not isinstance(made, Instrument):  # what has no session is made safe through its sources
            assert all(isinstance(source, Instrument) for source in getattr(made, "sources", None) or [made.source])
            continue
        outcome = made.drive_safe()
        assert (outcome.instrument, outcome.state, outcome.verified) == (made.name, made.safe_state, True)
        assert outcome.read_back or outcome.state.startswith("none: "), "what is driven is read back"
