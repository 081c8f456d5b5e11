"""An analyser that speaks Modbus, RTU or TCP, read by a register profile.

    [devices.B]
    driver = "modbus-profile"
    resource = "TCPIP::192.168.1.40::502::SOCKET"      # or "ASRL3::INSTR"
    profile = "tl-gas280"                              # or the path of a profile of your own
    address = 1

A TCPIP resource speaks Modbus TCP and a serial one RTU; `transport = "rtu"` speaks RTU through a serial device server. The
value is converted from the profile's unit to the device's. A value that is not finite, outside the profile's valid range, or
read under a status that is not normal, is flagged, with its registers or the status in `raw`.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import ClassVar

from pydantic import BaseModel, Field

from instruments.modbus_line import ModbusKeys, modbus_client
from instruments.register_profile import QuantityEntry, read_profile
from instruments.station_keys import (
    DeviceRange,
    DeviceUnit,
    Measurand,
    UpdateInterval,
)
from testbench.engine.roles import (
    Adjustment,
    AdjustmentByOperatorError,
    Channel,
    Identity,
    Listener,
    Parts,
    SafeOutcome,
    Sample,
    Status,
)
from testbench.errors import InputError, InstrumentError
from testbench.metrology.amount import UnitError, conversion


class ModbusProfileSettings(ModbusKeys):
    """Keys of a `[devices.NAME]` table with driver "modbus-profile"; what is not given is taken from the profile."""

    profile: str = Field(description="name of a shipped register profile, or path of a profile file")
    quantity: str | None = Field(default=None, description="quantity of the profile; default: the measurand")
    profile_unit: str | None = Field(default=None, description="unit in the registers, where it differs from the profile's")
    read_status: bool | None = Field(
        default=None, description="whether the status is read as well; default: as the profile says"
    )
    measurand: Measurand = "CO2"
    range: DeviceRange
    unit: DeviceUnit
    update_s: UpdateInterval = 1.0
    resolution: float | None = Field(default=None, ge=0, description="step of the last digit, in the device's unit")

    @property
    def quantity_read(self) -> str:
        """Name of the profile's quantity that is read."""
        return self.quantity or self.measurand

    def factor(self, entry: QuantityEntry) -> float:
        """Return the factor from the unit in the registers to the device's; raises InputError."""
        unit = self.profile_unit or entry.unit
        if unit == self.unit:
            return 1.0
        try:
            return conversion(unit, self.unit)
        except UnitError as error:
            raise InputError(
                f"profile {self.profile!r} gives {self.quantity_read} in {unit}, not in {self.unit}: {error}; "
                "state the range in the unit that the analyser sends, or give profile_unit"
            ) from None


class ModbusProfileDevice:
    """A device under test, and its own source with one channel."""

    driver: ClassVar[str] = "modbus-profile"
    kind: ClassVar[str] = "device"
    summary: ClassVar[str] = "analyser that is read over Modbus RTU or TCP by a register profile"
    documented_by: ClassVar[str] = "Modbus Application Protocol V1.1b3; each profile names who documents its registers"
    verified: ClassVar[str] = (
        "framing checked against published frames and pymodbus; each profile states its own evidence, none is verified "
        "against hardware"
    )
    Settings: ClassVar[type[BaseModel]] = ModbusProfileSettings

    safe_state = "none: read only"

    def __init__(self, name: str, settings: ModbusProfileSettings, parts: Parts) -> None:
        profile = read_profile(settings.profile)
        entry = profile.quantity(settings.quantity_read)
        factor = settings.factor(entry)
        self.name = name
        self.channel = name
        self.unit = settings.unit
        self.low, self.high = settings.range
        self.update_s = settings.update_s
        self.interval_s = settings.update_s
        self.channels = (Channel(name, settings.quantity_read, settings.unit, _resolution(settings, entry, factor)),)
        self.profile = profile
        self._entry = entry
        self._factor = factor
        self._gain, self._offset = entry.scale * factor, entry.offset * factor
        self._low, self._high = sorted(limit * factor for limit in entry.valid) if entry.valid else (-math.inf, math.inf)
        self._link, self._client = modbus_client(name, settings, profile.transport)
        self._plan_reading(settings.read_status)

    def _plan_reading(self, read_status: bool | None) -> None:
        """Prepare one request for value and status where their registers adjoin, else one for each."""
        status = self.profile.status
        wanted = status is not None and (status.read if read_status is None else read_status)
        if read_status and status is None:
            raise InputError(f"profile {self.profile.name!r} knows no status register; leave out read_status")
        together = self.profile.joint_request(self._entry, status) if wanted and status else None
        own = self.profile.joint_request(self._entry)
        reading = together or own
        assert reading is not None  # an entry's own registers are always known
        self._reading = self._client.prepare(reading)
        self._value_register = self._entry.register_ - reading.address
        self._status = status if wanted else None
        self._status_register = status.register_ - reading.address if together and status else 0
        apart = self.profile.joint_request(status) if wanted and status and not together else None
        self._status_reading = self._client.prepare(apart) if apart else None

    @property
    def source(self) -> ModbusProfileDevice:
        """The device is read itself."""
        return self

    def open(self) -> None:
        """Connect."""
        self._link.open()

    def close(self) -> None:
        """Disconnect."""
        self._link.close()

    def identify(self) -> Identity:
        """Make sure that the analyser answers; a register profile knows no identity, so there is none to return."""
        self.request()
        self.collect()
        return Identity()

    def trace(self, listener: Listener | None) -> None:
        """Let a listener hear every byte of the session; None ends it."""
        self._link.trace = listener

    def drive_safe(self) -> SafeOutcome:
        """Do nothing: an analyser that is only read is safe."""
        return SafeOutcome(self.name, self.safe_state, verified=True, read_back="")

    def request(self) -> None:
        """Ask for the value, and the status where it comes along."""
        self._client.send(self._reading)

    def collect(self) -> Sequence[Sample]:
        """Return the reading; flagged where profile or status say that it cannot be trusted. Raises InstrumentError."""
        data = self._client.receive()
        number = self._entry.format.decode(data, self._value_register)
        value = number * self._gain + self._offset
        if self._status is not None:
            state = self._state(data)
            if state not in self._status.normal:
                words = self._status.meaning.get(state, "meaning not documented")
                return (Sample(value if math.isfinite(value) else math.nan, Status.FLAGGED, f"status {state}: {words}"),)
        if self._low <= value <= self._high and number not in self._entry.no_value and math.isfinite(value):
            return (Sample(value),)
        start = 2 * self._value_register
        registers = data[start : start + 2 * self._entry.format.words].hex(" ", 2).upper()
        return (Sample(value if math.isfinite(value) else math.nan, Status.FLAGGED, f"registers {registers}"),)

    def _state(self, data: bytes) -> int:
        assert self._status is not None
        if self._status_reading is not None:
            self._client.send(self._status_reading)
            data = self._client.receive()
        return int(self._status.format.decode(data, self._status_register))

    def adjust(self, point: Adjustment, indicated: float, target: float) -> None:
        """Write the profile's adjustment of zero or span; the analyser itself knows what it indicates.

        Raises AdjustmentByOperatorError where the profile has none, InstrumentError where the analyser refuses.
        """
        adjustment = self.profile.adjustment
        writes = adjustment.zero if point is Adjustment.ZERO else adjustment.span
        if not writes:
            raise AdjustmentByOperatorError(
                f"{self.name}: profile {self.profile.name!r} has no command to adjust {point.value}; adjust at the analyser"
            )
        for write in writes:
            try:
                request = write.request(target / self._factor, self._entry)
            except ValueError as error:
                raise InstrumentError(
                    f"{self.name}: {point.value} cannot be adjusted to {target} {self.unit}: {error}"
                ) from error
            self._client.query(request)


def _resolution(settings: ModbusProfileSettings, entry: QuantityEntry, factor: float) -> float:
    """Step of the last digit in the device's unit: as stated, or of an integer one step; 0 (not known) for a float."""
    if settings.resolution is not None:
        return settings.resolution
    return abs(entry.scale * factor) if entry.format.integer else 0.0
