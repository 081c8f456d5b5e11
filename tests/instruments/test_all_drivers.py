"""What every driver must do: say what it is, work against its simulated instrument, and bear every fault of its line.

Every entry point of group `testbench.instruments` has a station here, `stations/DRIVER.toml`: a small, complete, simulated
station in which at least one table names the driver. Where nothing else makes the gas, two `alicat` controllers do.

A driver with a session (a key `resource`) has the keys `timeout_s` and `tries`, which this test sets short, and beside its
station `lines/DRIVER.toml`:

    unsolicited_hex = "0d 0a"           bytes that the instrument, or another one on its line, might say unasked: whole lines
    checksum_at = -3                    the byte of an answer to a reading whose lowest bit is made wrong (-1, the last),
                                        best a digit of the value: only the checksum can notice that

    [without]                           in its place, where the protocol has no checksum; all other faults can be everywhere
    checksum = "SCPI has none"

    [not_compared]                      channels of which the simulated laboratory has no truth, and why
    "A.cell-pressure" = "the plant has no cell pressure"

Faults are given to the first table that names the driver; with resource = "twin:serial", late answers also behind a
pseudo-terminal, where opening anew does not get rid of them. What is read under a fault are its sources; of a driver that
is no source, what it reads back of its safe state. A channel's truth is looked up in `TRUTHS`, to which a new kind is added.
"""

from __future__ import annotations

import inspect
import math
import os
import threading
import time
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import pytest
from pydantic import BaseModel, ConfigDict

from instruments.flow_units import FlowUnitError, flow_unit
from instruments.twin.bench import simulated_instruments
from instruments.twin.faults import Fault
from instruments.twin.launch import ControlChannel, SimulatedLaboratory, Visitor
from instruments.twin.plant import Plant
from instruments.twin.process import LaboratoryProcess
from testbench.commands.instruments import PLACES
from testbench.engine.assembly import Equipment, assemble
from testbench.engine.registry import driver_names, find_driver
from testbench.engine.roles import Channel, Direction, Identity, Instrument, Sample, Source, Status, Traceable
from testbench.errors import InstrumentError, StationError
from testbench.metrology.amount import UnitError, from_fraction, to_fraction
from testbench.station import Station, StationFile

HERE = Path(__file__).parent
TIMEOUT_S, TRIES = 0.12, 2
MARGIN_S = 1.0  # of a busy computer
FIELD_UNITS = {"%", "°C", "K", "Pa", "hPa", "kPa", "mmHg", "psi", "V", "mA", "A", "W", "Hz", "rpm"}
FIELD_UNITS |= {"m/s", "m³/s", "m³/h", "mg/m³", "position"}
WAITED_FOR = (Fault.SILENT, Fault.TRICKLE, Fault.GARBLE, Fault.CHECKSUM)
AT_ONCE = (Fault.CLOSE, Fault.REFUSED)


# ---- What is true -------------------------------------------------------------------------------------------------------


def controller_flow(plant: Plant, channel: Channel) -> float | None:
    """NAME.flow: what a mass flow controller shows, of the divider or of the devices' sample flow."""
    controller, _, quantity = channel.name.rpartition(".")
    if quantity != "flow" or controller == "divider":
        return None
    samples = any(table.options.get("instrument") == controller for table in plant.station.environment.values())
    return (plant.sample_flow if samples else plant.controller)(controller).indicated_flow()


def condition(plant: Plant, channel: Channel) -> float | None:
    """environment.NAME."""
    place, _, sensor = channel.name.partition(".")
    return plant.sensor(sensor).value() if place == "environment" else None


def indication(plant: Plant, channel: Channel) -> float | None:
    """DEVICE: what a device under test indicates of its measurand."""
    return plant.analyser(channel.name).indication() if channel.name in plant.station.devices else None


def content(plant: Plant, channel: Channel) -> float | None:
    """DEVICE.COMPONENT: what a device shows beside its measurand, in the channel's unit of amount fraction."""
    device, _, component = channel.name.partition(".")
    if device not in plant.station.devices or not component:
        return None
    return from_fraction(plant.analyser(device).content(component), channel.unit)


def loop(plant: Plant, channel: Channel) -> float | None:
    """SCANNER.NUMBER: the current of a loop that nobody has claimed; 0 where there is none."""
    scanner, _, number = channel.name.rpartition(".")
    return plant.loops(scanner).currents().get(int(number), 0.0) if number.isdecimal() else None


def one_box_divider(plant: Plant, channel: Channel) -> float | None:
    """divider.portNUMBER, divider.flow: what a divider in one box shows of a port's flow or content, and of all flow."""
    place, _, what = channel.name.partition(".")
    if place != "divider":
        return None
    box = plant.divider()
    flows = [box.indicated_flow(port) for port in range(1, box.ports + 1)]
    if what == "flow":
        return sum(flows)
    port = int(what.removeprefix("port"))
    if channel.quantity == "mass flow":
        return flows[port - 1] / flow_unit(channel.unit).litres_per_minute
    return from_fraction(box.indicated_content() if flows[port - 1] else 0.0, channel.unit)


def valve_position(plant: Plant, channel: Channel) -> float | None:
    """VALVE.position: where a valve that chooses a cylinder stands."""
    valve, _, quantity = channel.name.rpartition(".")
    return float(plant.selector(valve).position()) if quantity == "position" else None


def fan_speed(plant: Plant, channel: Channel) -> float | None:
    """FAN.speed: what the drive of the flow rig's fan says; nothing while the fan is stopped."""
    fan, _, quantity = channel.name.rpartition(".")
    return plant.fan(fan).speed() if quantity == "speed" else None


def reference_velocity(plant: Plant, channel: Channel) -> float | None:
    """METER.velocity: what the reference of a flow rig shows."""
    meter, _, quantity = channel.name.rpartition(".")
    return plant.reference_velocity(meter).indication() if quantity == "velocity" else None


TRUTHS: tuple[Callable[[Plant, Channel], float | None], ...] = (
    controller_flow,
    condition,
    indication,
    content,
    loop,
    one_box_divider,
    valve_position,
    fan_speed,
    reference_velocity,
)
"""What the plant shows on a channel, in the channel's unit; None for channels that are of another kind."""


# ---- Stations and lines -------------------------------------------------------------------------------------------------


class Line(BaseModel):
    """A file of `lines`."""

    model_config = ConfigDict(extra="forbid")

    unsolicited_hex: str = ""
    checksum_at: int | None = None
    without: dict[Literal[Fault.CHECKSUM], str] = {}
    not_compared: dict[str, str] = {}


def line_of(driver: str) -> Line:
    path = HERE / "lines" / f"{driver}.toml"
    return Line.model_validate(tomllib.loads(path.read_text(encoding="utf-8"))) if path.exists() else Line()


def can_have(driver: str, fault: Fault) -> bool:
    """Whether the driver's line can have a fault; of a line file that cannot be read, the tests themselves complain."""
    try:
        return fault not in line_of(driver).without
    except ValueError:
        return True


def has_session(driver: str) -> bool:
    return "resource" in find_driver(driver, "here").Settings.model_fields


def stands_on_a_serial_line(driver: str) -> bool:
    """Whether its station says so: resource = "twin:serial" in a table that names the driver."""
    try:
        tables = tomllib.loads((HERE / "stations" / f"{driver}.toml").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False  # the other tests complain
    parts = [part for kind in ("instruments", "environment", "devices") for part in tables.get(kind, {}).values()]
    parts += [tables["divider"]] if "divider" in tables else []
    return any((part["driver"], part.get("resource")) == (driver, "twin:serial") for part in parts)


def with_faults(*faults: Fault) -> pytest.MarkDecorator:
    """Every driver with a session and every one of these faults that its line can have."""
    pairs = [(name, fault) for name in driver_names() if has_session(name) for fault in faults]
    return pytest.mark.parametrize(("name", "fault"), [pair for pair in pairs if can_have(*pair)])


every_driver = pytest.mark.parametrize("name", driver_names())
every_session = pytest.mark.parametrize("name", [name for name in driver_names() if has_session(name)])


def station(driver: str, *, impatient: bool = False, **more: Any) -> StationFile:
    """The driver's station; `more` keys, and short deadlines where impatient, in each table that names the driver."""
    path = HERE / "stations" / f"{driver}.toml"
    assert path.exists(), f"driver {driver!r} has no station for this test: write tests/instruments/stations/{path.name}"
    text = path.read_text(encoding="utf-8")
    data = tomllib.loads(text)
    parts = [*data.get("instruments", {}).values(), *data.get("environment", {}).values(), *data["devices"].values()]
    tables = [table for table in (*parts, data.get("divider"), data.get("flow_rig")) if table and table["driver"] == driver]
    assert tables, f"no table of tests/instruments/stations/{path.name} names driver {driver!r}"
    for table in tables:
        table.update(more)
        if impatient:
            table.update(timeout_s=TIMEOUT_S, tries=TRIES)
    return StationFile(path=path, text=text, station=Station.model_validate(data))


# ---- The bench ----------------------------------------------------------------------------------------------------------


@dataclass
class Bench:
    """A driver's station, served by the simulated laboratory in this process, with its equipment open."""

    driver: str
    file: StationFile
    line: Line
    equipment: Equipment
    owner: SimulatedLaboratory
    visitor: Visitor
    laboratory: LaboratoryProcess
    share: float = 0.9

    def made(self) -> list[Any]:
        """Everything on this bench that the driver built."""
        equipment = self.equipment
        built = [*equipment.instruments, *equipment.devices, *equipment.sensors.values(), *equipment.controls.values()]
        found = {id(part): part for part in (*built, equipment.divider, equipment.flow_rig) if part is not None}
        return [part for part in found.values() if part.driver == self.driver]

    def change(self) -> None:
        """Let gas, flow and conditions be others than before, and wait until the readings are."""
        self.share = 0.3 if self.share == 0.6 else 0.6
        if (divider := self.equipment.divider) is not None:
            device = next(iter(self.equipment.information.values()))
            divider.supply(divider.component, self.share * to_fraction(device.high, device.unit))
        if (rig := self.equipment.flow_rig) is not None:
            rig.set_velocity(20.0 * self.share)
        for table in self.file.station.environment.values():
            if table.truth is not None:
                self.owner.set_condition(table.quantity, table.truth["value"] * (1.0 + 0.1 * self.share))
        self.owner.advance(self.owner.now() + 600.0)

    def break_line(self, fault: Fault, requests: int | None = None) -> None:
        """Give the line of the driver's first instrument a fault."""
        delay_s = {Fault.TRICKLE: 0.6 * TIMEOUT_S, Fault.LATE: 1.5 * TIMEOUT_S}.get(fault)
        at = data = None
        if fault is Fault.CHECKSUM:
            at = self.line.checksum_at
            assert at is not None, self._unsaid("checksum_at")
        if fault is Fault.UNASKED:
            data = bytes.fromhex(self.line.unsolicited_hex)
            assert data, self._unsaid("unsolicited_hex")
        self.visitor.fault(self.broken, fault, requests=requests, delay_s=delay_s, at=at, data=data)

    def mend(self) -> None:
        self.visitor.clear(self.broken)

    @property
    def broken(self) -> str:
        """Name of the instrument whose line gets the faults."""
        return first_served(self.file, self.driver)

    def _unsaid(self, key: str) -> str:
        return f"tests/instruments/lines/{self.driver}.toml does not say {key}; or say under [without] why it cannot be"

    def true(self, channel: Channel) -> float:
        """What the plant shows on a channel now."""
        plant = self.laboratory.plant
        found = [value for truth in TRUTHS if (value := truth(plant, channel)) is not None]
        assert found, (
            f"this test does not know what is true on channel {channel.name!r}: add its kind to TRUTHS, or say under "
            f"[not_compared] of tests/instruments/lines/{self.driver}.toml why it cannot be known"
        )
        return found[0]

    def read(self, made: Any) -> dict[Channel, Sample]:
        """A reading of every channel of what the driver made."""
        samples: dict[Channel, Sample] = {}
        for source in sources(made):
            source.request()
            samples.update(zip(source.channels, source.collect(), strict=True))
        return samples

    def check(self, made: Any) -> dict[str, float]:
        """Ask what can be asked, and compare the answer with what is true; return what is true."""
        if not sources(made):
            outcome = made.drive_safe()
            assert outcome.verified, outcome
            return {}
        truths = {}
        for channel, sample in self.read(made).items():
            assert sample.status is Status.VALID, (channel, sample)
            if channel.name not in self.line.not_compared:
                truths[channel.name] = true = self.true(channel)
                assert abs(sample.value - true) <= max(0.51 * channel.resolution, 1e-6 * abs(true)), channel
        return truths


def first_served(file: StationFile, driver: str) -> str:
    """Name of the first instrument of a driver that the simulated laboratory serves."""
    served = [item.name for item in simulated_instruments(file) if item.table.driver == driver]
    assert served, f'give a table of driver {driver!r} in its station resource = "twin" or "twin:serial"'
    return served[0]


def sources(made: Any) -> tuple[Source, ...]:
    """What is read of something that a driver made."""
    if isinstance(made, Source):
        return (made,)
    several = getattr(made, "sources", None)
    return tuple(several) if several else (made.source,) if hasattr(made, "source") else ()


@pytest.fixture
def bench_of() -> Iterator[Callable[..., Bench]]:
    """`bench_of(driver)` is its station, served and open.

    Impatient: with short deadlines. `line` puts a serial line in front of the first instrument's port.
    """
    ends: list[Callable[[], None]] = []

    def make(driver: str, *, impatient: bool = False, line: Callable[[int], str] | None = None) -> Bench:
        file = station(driver, impatient=impatient)
        laboratory = LaboratoryProcess(file)
        serving = threading.Thread(target=laboratory.serve)
        channel, beside = (ControlChannel(laboratory.rendezvous, 10.0) for _ in range(2))
        serving.start()
        ends.append(laboratory.close)
        ends.append(serving.join)
        channel.greet()
        beside.greet(own=False)
        owner, visitor = (
            SimulatedLaboratory(channel, laboratory.rendezvous, file.path),
            Visitor(beside, laboratory.rendezvous),
        )
        ends.append(owner.stop)
        ends.append(visitor.close)
        resources = laboratory.resources()
        if line is not None:
            name = first_served(file, driver)
            resources[name] = line(int(resources[name].split(":")[2]))
        equipment = assemble(file, resources=resources)
        ends.append(equipment.close)
        equipment.open()
        bench = Bench(driver, file, line_of(driver), equipment, owner, visitor, laboratory)
        bench.change()
        return bench

    yield make
    for end in reversed(ends):
        end()


@pytest.fixture
def opened_bench(bench_of: Callable[..., Bench], name: str) -> Bench:
    return bench_of(name)


@pytest.fixture
def impatient(bench_of: Callable[..., Bench], name: str) -> tuple[Bench, Any]:
    """The bench with short deadlines, and what its driver made first."""
    bench = bench_of(name, impatient=True)
    return bench, bench.made()[0]


def failure(bench: Bench, made: Any) -> str:
    """What a reading says that must end in an InstrumentError, within the driver's own deadlines."""
    raised: list[BaseException | None] = []

    def read() -> None:
        try:
            samples = bench.read(made) if sources(made) else made.drive_safe()
        except BaseException as error:
            raised.append(error)
        else:
            raised.append(AssertionError(f"no error but {samples}"))

    began = time.monotonic()
    reading = threading.Thread(target=read, daemon=True)
    reading.start()
    reading.join(30.0)
    assert not reading.is_alive(), "the reading does not end"
    assert time.monotonic() - began < TRIES * TIMEOUT_S + MARGIN_S
    if not isinstance(raised[0], InstrumentError):
        raise AssertionError("not an InstrumentError") from raised[0]
    return str(raised[0])


# ---- What it is ---------------------------------------------------------------------------------------------------------


@every_driver
def test_it_says_what_it_is_where_it_stands_and_how_it_was_verified(name: str) -> None:
    driver = find_driver(name, "here")
    assert driver.driver == name
    assert driver.kind in PLACES
    assert driver.summary
    assert driver.documented_by
    assert driver.verified
    documentation = inspect.getmodule(driver).__doc__ or ""  # type: ignore[arg-type]
    assert f'driver = "{name}"' in documentation, "its module shows a table of the station file"


@every_driver
def test_every_key_of_its_table_says_what_it_means(name: str) -> None:
    settings = find_driver(name, "here").Settings
    assert settings.__doc__
    assert [key for key, field in settings.model_fields.items() if not field.description] == []
    assert not has_session(name) or {"timeout_s", "tries"} <= set(settings.model_fields)


@every_driver
def test_a_key_that_it_does_not_know_is_refused_by_name(name: str) -> None:
    with pytest.raises(StationError, match=rf"\(driver {name}\): colour: no such key"):
        assemble(station(name, colour="red"))


@every_driver
def test_it_is_built_without_traffic(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*arguments: Any, **more: Any) -> None:
        raise AssertionError("a session was opened")

    monkeypatch.setattr("instruments.transport.open_stream", refuse)
    equipment = assemble(station(name))
    with pytest.raises(AssertionError, match="a session was opened"):
        equipment.open()


# ---- What it does -------------------------------------------------------------------------------------------------------


@every_driver
def test_it_connects_identifies_itself_and_can_be_closed_twice(opened_bench: Bench) -> None:
    for made in opened_bench.made():
        if isinstance(made, Instrument):
            assert isinstance(made.identify(), Identity)
            made.close()
            made.close()


@every_driver
def test_one_with_a_session_lets_a_listener_hear_it_and_falls_silent_again(opened_bench: Bench, name: str) -> None:
    if not has_session(name):
        assert not any(isinstance(made, Traceable) for made in opened_bench.made())
        return
    for made in opened_bench.made():
        assert isinstance(made, Traceable)
        heard: list[Direction] = []
        made.trace(lambda direction, at, data, heard=heard: heard.append(direction))  # type: ignore[misc]
        opened_bench.check(made)
        assert set(heard) == {Direction.SENT, Direction.RECEIVED}
        before = len(heard)
        made.trace(None)
        opened_bench.check(made)
        assert len(heard) == before


@every_driver
def test_it_reads_every_channel_in_the_order_declared(opened_bench: Bench) -> None:
    for made in opened_bench.made():
        for _ in range(2):
            opened_bench.check(made)
            opened_bench.change()
        for source in sources(made):
            assert 0.0 < source.interval_s < math.inf
            names = [channel.name for channel in source.channels]
            assert len(names) == len(set(names))
            assert [channel.name for channel in source.channels if not channel.quantity] == []
            assert [channel for channel in source.channels if not known_unit(channel.unit)] == []


def known_unit(unit: str) -> bool:
    """Whether a unit is one of amount fraction, of flow, or another of the field."""
    for look, error in ((flow_unit, FlowUnitError), (lambda text: to_fraction(1.0, text), UnitError)):
        try:
            look(unit)
        except error:
            continue
        return True
    return unit in FIELD_UNITS


@every_driver
def test_its_safe_state_is_declared_driven_and_verified(opened_bench: Bench) -> None:
    for made in opened_bench.made():
        if not isinstance(made, Instrument):  # what has no session is made safe through its sources
            assert sources(made)
            assert all(isinstance(source, Instrument) for source in sources(made))
            continue
        outcome = made.drive_safe()
        assert (outcome.instrument, outcome.state, outcome.verified) == (made.name, made.safe_state, True)
        assert outcome.read_back or outcome.state.startswith("none: "), "what is driven is read back"


# ---- Faults of its line -------------------------------------------------------------------------------------------------


@with_faults(*WAITED_FOR, *AT_ONCE)
def test_a_fault_is_an_error_in_words_and_in_time_and_ends_with_its_cause(
    impatient: tuple[Bench, Any], fault: Fault
) -> None:
    bench, made = impatient
    bench.check(made)
    bench.break_line(fault)
    assert bench.broken in failure(bench, made)
    bench.mend()
    bench.change()
    bench.check(made)


@with_faults(*WAITED_FOR, Fault.CLOSE, Fault.LATE)
def test_a_fault_of_one_request_is_settled_by_the_next_try(impatient: tuple[Bench, Any], fault: Fault) -> None:
    bench, made = impatient
    bench.break_line(fault, requests=1)
    bench.check(made)
    bench.check(made)


@with_faults(Fault.UNASKED)
def test_what_is_said_unasked_changes_no_reading(impatient: tuple[Bench, Any], fault: Fault) -> None:
    bench, made = impatient
    bench.break_line(fault)
    for _ in range(3):
        bench.check(made)
        bench.change()


@with_faults(Fault.LATE)
def test_a_late_answer_is_not_taken_for_that_of_a_later_question(impatient: tuple[Bench, Any], fault: Fault) -> None:
    bench, made = impatient
    before = bench.check(made)
    bench.break_line(fault, requests=TRIES)
    assert bench.broken in failure(bench, made)
    bench.change()
    now = bench.check(made)
    assert not before or before != now, "nothing has changed, so that a late answer could not be told"


@pytest.mark.skipif(os.name != "posix", reason="there are no pseudo-terminals")
@pytest.mark.parametrize("name", [name for name in driver_names() if stands_on_a_serial_line(name)])
def test_nor_is_it_on_a_serial_line_where_it_comes_in_any_case(
    bench_of: Callable[..., Bench], serial_line: Callable[[int], str], name: str
) -> None:
    bench = bench_of(name, impatient=True, line=serial_line)
    made = bench.made()[0]
    before = bench.check(made)
    bench.break_line(Fault.LATE)
    bench.check(made)  # the answer comes during the second try, whose own comes when nobody waits for it any more
    bench.change()
    now = bench.check(made)
    assert not before or before != now, "nothing has changed, so that a late answer could not be told"
