"""The station file: a bench's configuration, instruments by role, with their VISA resource names.

A station is one TOML file. `[instruments.NAME]` are instruments with a session of their own (controllers, scanners),
`[divider]`, `[environment.NAME]` and `[devices.NAME]` give them roles, `[cylinders.NAME]` are the gases with certificates.
Each of these tables names a `driver`; the keys that the driver adds are checked by the driver's own `Settings`. A resource
`"twin"` (or `"twin:serial"`) is served by the simulated laboratory; the `truth` tables then state what it simulates.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import math
import tomllib
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from testbench.errors import StationError, explain

SIMULATED_RESOURCES = ("twin", "twin:serial")
LOOPBACK = ("::127.0.0.1::", "//127.0.0.1:", "::localhost::", "//localhost:")


class Table(BaseModel):
    """A table of the station file; unknown keys are errors."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class DriverTable(BaseModel):
    """A table that names a driver; further keys belong to the driver's settings.

    `certificate` and `valid_until` are those of the calibration of an instrument that is a measurement standard.
    """

    model_config = ConfigDict(extra="allow", frozen=True)

    driver: str
    resource: str | None = None
    certificate: str = ""
    valid_until: dt.date | None = None
    truth: dict[str, Any] | None = None

    @property
    def options(self) -> dict[str, Any]:
        """The driver's own keys, `resource` included where it is given."""
        extra = dict(self.__pydantic_extra__ or {})
        if self.resource is not None:
            extra["resource"] = self.resource
        return extra

    @property
    def simulated(self) -> bool:
        """Whether the simulated laboratory serves this instrument."""
        return self.resource in SIMULATED_RESOURCES

    @property
    def hardware(self) -> bool:
        """Whether it has an address of its own that is not on this machine: something real may stand there."""
        return self.resource is not None and not self.simulated and not any(name in self.resource for name in LOOPBACK)


class Cylinder(Table):
    """A gas cylinder with its certificate.

    `component` in `fraction_percent` (cmol/mol) in `balance`; expanded uncertainty relative to the value (k = 2), normally
    distributed. A zero gas has fraction 0 and `impurity_umol_per_mol`, the largest content of the component that its
    certificate admits (rectangular from 0). `truth.error_percent` is the simulated relative error, or "drawn".
    """

    component: str
    fraction_percent: float = Field(ge=0, le=100)
    balance: str = "N2"
    expanded_uncertainty_percent: float = Field(default=0.0, ge=0, le=100)
    impurity_umol_per_mol: float = Field(default=0.0, ge=0, le=10000)
    certificate: str = ""
    valid_until: dt.date | None = None
    content_litres: float | None = Field(default=None, gt=0)
    truth: dict[str, Any] | None = None


class DeviceTable(DriverTable):
    """A device under test. `range` is [low, high] in `unit`; full scale is `high - low`."""

    maker: str
    model: str
    serial: str = ""
    measurand: str = "CO2"
    range: tuple[float, float]
    unit: str = "%"
    response_time_s: float = Field(default=120.0, gt=0, le=3600, description="largest T90 to reckon with when waiting, s")

    @model_validator(mode="after")
    def _range_ascends(self) -> DeviceTable:
        if not self.range[1] > self.range[0]:
            raise ValueError(f"range must be [low, high] with low < high, got {list(self.range)}")
        return self


class SensorTable(DriverTable):
    """A sensor of an ambient or supply condition, or of a gas in the room, which no standard asks for but interlocks do.

    Its driver may also set the condition (climate chamber, AC source, sample flow), as tests of influences need.
    """

    quantity: Literal[
        "temperature",
        "humidity",
        "pressure",
        "voltage",
        "frequency",
        "sample flow",
        "room gas",
        "duct temperature",
        "duct pressure",
        "duct humidity",
        "differential pressure",
    ]
    unit: str


class Line(Table):
    """The gas line from the divider to the devices' inlets.

    `delay_s` with `delay_uncertainty_s` (standard uncertainty) and the mixing time constant `mixing_s`. Without a stated
    delay a response time is that of the system. `truth` may give other values to the simulated line.
    """

    delay_s: float | None = Field(default=None, ge=0, le=3600)
    delay_uncertainty_s: float = Field(default=0.0, ge=0, le=3600)
    mixing_s: float = Field(default=0.0, ge=0, le=3600)
    truth: dict[str, float] | None = None


class Interlock(Table):
    """A limit that is watched at every tick: `channel` is a channel's name, or that of an [environment] table.

    It trips when the reading has been at or beyond `trip` for `delay_s`, and releases at or on the safe side of `release`
    (trip above release: an upper limit; below: a lower one). A channel without readings for `silence_s` trips it too;
    `silence_s = 0` leaves silence to the gaps in the record. It can act no sooner than the next tick: 1 s in a wait, 60 s
    where bench time jumps.
    """

    channel: str
    trip: float = Field(allow_inf_nan=False)
    release: float = Field(allow_inf_nan=False)
    delay_s: float = Field(default=0.0, ge=0, le=86400)
    silence_s: float = Field(default=60.0, ge=0, le=86400)
    action: Literal["warn", "pause", "abort"] = "abort"
    text: str = ""

    @model_validator(mode="after")
    def _levels_differ(self) -> Interlock:
        if self.trip == self.release:
            raise ValueError(f"trip and release must differ, so that it does not chatter; both are {self.trip:g}")
        return self

    @property
    def upper(self) -> bool:
        """Whether it trips above its limit."""
        return self.trip > self.release


class Faults(Table):
    """What happens when an instrument stays silent.

    A device under test is dropped from the run, or the run pauses until a person decides. For an instrument on which the
    gas hangs the run pauses at most `wait_s`; then it ends, interrupted. When nobody watched the bench for longer than
    `cold_after_s`, devices may have cooled down: a warm-up that this cut begins anew.
    """

    dead_device: Literal["drop", "pause"] = "drop"
    wait_s: float = Field(default=600.0, ge=0, le=86400)
    cold_after_s: float = Field(default=600.0, ge=0, le=86400)


class Guarding(Table):
    """The guard: after how long without a sign of life the process that runs the bench is ended, and the bench made safe."""

    hang_s: float = Field(default=10.0, ge=1.0, le=3600)


class StationHead(Table):
    """Name of the bench and of the laboratory."""

    name: str
    laboratory: str = ""
    description: str = ""


class Station(Table):
    """A whole station file."""

    station: StationHead
    line: Line = Line()
    instruments: dict[str, DriverTable] = {}
    cylinders: dict[str, Cylinder] = {}
    divider: DriverTable | None = None
    flow_rig: DriverTable | None = None
    environment: dict[str, SensorTable] = {}
    devices: dict[str, DeviceTable] = {}
    interlocks: dict[str, Interlock] = {}
    faults: Faults = Faults()
    guard: Guarding = Guarding()

    @field_validator("instruments", "cylinders", "environment", "devices", "interlocks")
    @classmethod
    def _names_can_be_shown(cls, tables: Mapping[str, Any]) -> Mapping[str, Any]:
        for name in tables:
            if not name.strip() or name != name.strip() or "," in name or not name.isprintable():
                raise ValueError(f"{name!r} is no name: give it letters, without commas, and no space at its ends")
        return tables

    @property
    def simulated(self) -> bool:
        """Whether any instrument is simulated: then everything made from a run says SIMULATED."""
        return any(table.simulated for table in self._tables())

    @property
    def jumps(self) -> bool:
        """Whether bench time may jump: where everything is simulated, and nothing real would be left behind."""
        return self.simulated and not any(table.hardware for table in self._tables())

    @property
    def certified(self) -> dict[str, DriverTable]:
        """Tables whose calibration may be certified, by name: instruments, divider, flow rig, and sensors."""
        roles = {"divider": self.divider, "flow_rig": self.flow_rig}
        sensors = {f"environment.{name}": table for name, table in self.environment.items()}
        return dict(self.instruments) | sensors | {name: table for name, table in roles.items() if table is not None}

    def measurand_of(self, devices: Collection[str] | None = None) -> str | None:
        """The measurand of some devices, or of all; None where none of them is there. Those of one run share it."""
        found = (table.measurand for name, table in self.devices.items() if devices is None or name in devices)
        return next(found, None)

    def simulates(self, device: str) -> bool:
        """Whether a device under test is simulated: itself, or the scanner that reads it."""
        table = self.devices[device]
        scanner = self.instruments.get(str(table.options.get("instrument", "")))
        return table.simulated or (scanner is not None and scanner.simulated)

    def _tables(self) -> list[DriverTable]:
        tables: list[DriverTable] = [*self.instruments.values(), *self.devices.values(), *self.environment.values()]
        return tables + [table for table in (self.divider, self.flow_rig) if table is not None]


class StationFile(BaseModel):
    """A station as read: the model, the text it came from, and where it stood."""

    model_config = ConfigDict(frozen=True)

    path: Path
    text: str
    station: Station

    @property
    def digest(self) -> str:
        """SHA-256 of the text."""
        return hashlib.sha256(self.text.encode()).hexdigest()


def read_station(path: Path) -> StationFile:
    """Read and check a station file; raise StationError naming the file, the key and what to do."""
    try:
        text = path.read_text(encoding="utf-8-sig")  # editors on Windows begin a file with a byte order mark
    except FileNotFoundError:
        raise StationError(
            f"station file {path} does not exist; `testbench station new --simulated > {path.name}` prints one to start from"
        ) from None
    except OSError as error:
        raise StationError(f"station file {path} cannot be read: {error.strerror or error}") from error
    except ValueError as error:  # not UTF-8, or a path with a character of code 0
        raise StationError(f"station file {path} cannot be read: {error}; save it as UTF-8 text") from error
    return parse_station(text, path)


def parse_station(text: str, path: Path) -> StationFile:
    """Check the text of a station file; `path` only names it in errors and resolves relative paths."""
    try:
        data = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, ValueError, RecursionError) as error:
        raise StationError(f"station file {path} is not valid TOML: {error}") from error
    if endless := _not_finite(data):
        raise StationError(f"station file {path}: {endless}: must be a finite number; nan and inf mean nothing here")
    try:
        station = Station.model_validate(data)
    except ValidationError as error:
        raise StationError(f"station file {path}: {explain(error)}") from error
    return StationFile(path=path, text=text, station=station)


def _not_finite(value: Any, place: str = "") -> str:
    """Place of the first number that is not finite; empty when there is none. TOML knows nan and inf."""
    if isinstance(value, float):
        return "" if math.isfinite(value) else place
    items: Iterable[tuple[object, Any]] = ()
    if isinstance(value, dict):
        items = value.items()
    elif isinstance(value, list):
        items = enumerate(value, start=1)
    return next((found for key, part in items if (found := _not_finite(part, f"{place}.{key}".lstrip(".")))), "")
