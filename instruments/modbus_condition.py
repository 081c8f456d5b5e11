"""Sensors and controls of conditions that are reached over Modbus, by registers that a profile names.

[environment.temperature]
driver = "modbus-sensor"              # reads a quantity of a register profile (instruments/profiles)
resource = "TCPIP::192.168.1.70::502::SOCKET"
profile = "profiles/ours.toml"
quantity = "temperature"
unit = "°C"

[environment.chamber]
driver = "modbus-condition"           # sets and reads a condition (instruments/condition_profiles)
resource = "ASRL5::INSTR"
profile = "generic-chamber"
quantity = "temperature"
unit = "°C"
leave_at = 23.0
"""

from __future__ import annotations

import math
import threading
from collections.abc import Sequence
from typing import ClassVar

from pydantic import BaseModel, Field

from instruments.condition_control import ControlledCondition, LeavingControlKeys, NotTakenError
from instruments.condition_registers import read_condition_registers
from instruments.condition_units import unit_line
from instruments.modbus import Function, Request
from instruments.modbus_line import ModbusKeys, modbus_client
from instruments.register_profile import Number, Transport, read_profile
from testbench.engine.roles import Channel, Identity, Listener, Parts, SafeOutcome, Sample, Status
from testbench.errors import InputError

DOCUMENTED = "Modbus Application Protocol V1.1b3; each profile names who documents its registers"
VERIFIED = "framing against published frames and pymodbus; each profile states its own evidence; not against hardware"


class ModbusSensorSettings(ModbusKeys):
    """Keys of an `[environment.NAME]` table with driver "modbus-sensor"."""

    profile: str = Field(description="name of a shipped profile, or path of a profile file")
    quantity: str = Field(description="condition: temperature, humidity, pressure, voltage …")
    unit: str = Field(description="unit of the condition")
    asked: str | None = Field(default=None, description="quantity of the profile; default: that of the same name")
    update_s: float = Field(default=1.0, gt=0, description="how often the instrument renews its value, s")


class ModbusConditionSettings(ModbusKeys, LeavingControlKeys):
    """Keys of an `[environment.NAME]` table with driver "modbus-condition"."""

    profile: str = Field(description="name of a shipped profile of conditions, or path of a profile file")
    quantity: str = Field(description="condition: temperature, humidity …")
    unit: str = Field(description="unit of the condition, that of the profile")
    update_s: float = Field(default=1.0, gt=0, description="how often the instrument renews its value, s")


class _RegisterSource:
    """A condition in registers, read over a session of its own; value = number · gain + offset."""

    def __init__(
        self,
        name: str,
        settings: ModbusSensorSettings | ModbusConditionSettings,
        transport: Transport,
        number: Number,
        function: int,
        line: tuple[float, float],
    ) -> None:
        self.name = name
        self.quantity = settings.quantity
        self.unit = settings.unit
        self.channel = f"environment.{name}"
        self.interval_s = settings.update_s
        self._number = number
        self._gain, self._offset = line
        self._valid = (-math.inf, math.inf)
        self._no_value: tuple[float, ...] = ()
        step = abs(self._gain) if number.format.integer else 0.0
        self.channels = (Channel(self.channel, settings.quantity, settings.unit, step),)
        self._asking = threading.Lock()
        self._link, self._client = modbus_client(name, settings, transport)
        self._poll = self._client.prepare(Request(Function(function), number.register_, number.format.words))

    def open(self) -> None:
        """Connect."""
        self._link.open()

    def close(self) -> None:
        """Disconnect."""
        self._link.close()

    def identify(self) -> Identity:
        """Make sure that it answers; a profile knows no identity, so there is none to return."""
        self.request()
        self.collect()
        return Identity()

    def trace(self, listener: Listener | None) -> None:
        """Let a listener hear every byte of the session; None ends it."""
        self._link.trace = listener

    def request(self) -> None:
        """Ask for the condition."""
        self._client.send(self._poll)

    def collect(self) -> Sequence[Sample]:
        """Return the condition, flagged where the profile says that it cannot be trusted. Raises InstrumentError."""
        number = self._number.format.decode(self._client.receive())
        value = number * self._gain + self._offset
        low, high = self._valid
        if math.isfinite(value) and low <= value <= high and number not in self._no_value:
            return (Sample(value),)
        return (Sample(value if math.isfinite(value) else math.nan, Status.FLAGGED, f"number {number:g}"),)


class ModbusSensor(_RegisterSource):
    """A sensor that is only read."""

    driver: ClassVar[str] = "modbus-sensor"
    kind: ClassVar[str] = "sensor"
    summary: ClassVar[str] = "sensor of an ambient or supply condition, read over Modbus by a register profile"
    documented_by: ClassVar[str] = DOCUMENTED
    verified: ClassVar[str] = VERIFIED
    Settings: ClassVar[type[BaseModel]] = ModbusSensorSettings

    safe_state = "none: read only"

    def __init__(self, name: str, settings: ModbusSensorSettings, parts: Parts) -> None:
        profile = read_profile(settings.profile)
        entry = profile.quantity(settings.asked or settings.quantity)
        gain, offset = unit_line(entry.unit, settings.unit)
        line = (entry.scale * gain, entry.offset * gain + offset)
        super().__init__(name, settings, profile.transport, entry, entry.function, line)
        if entry.valid is not None:
            self._valid = (entry.valid[0] * gain + offset, entry.valid[1] * gain + offset)
        self._no_value = entry.no_value

    @property
    def source(self) -> ModbusSensor:
        """The sensor is read itself."""
        return self

    def drive_safe(self) -> SafeOutcome:
        """Do nothing: a sensor that is only read is safe."""
        return SafeOutcome(self.name, self.safe_state, verified=True, read_back="")


class ModbusCondition(ControlledCondition, _RegisterSource):
    """A condition that is set and read."""

    driver: ClassVar[str] = "modbus-condition"
    kind: ClassVar[str] = "sensor"
    summary: ClassVar[str] = "climate chamber or other control of a condition, over Modbus by a profile of its registers"
    documented_by: ClassVar[str] = DOCUMENTED
    verified: ClassVar[str] = VERIFIED
    Settings: ClassVar[type[BaseModel]] = ModbusConditionSettings

    def __init__(self, name: str, settings: ModbusConditionSettings, parts: Parts) -> None:
        profile = read_condition_registers(settings.profile)
        control = profile.control.get(settings.quantity)
        if control is None:
            raise InputError(
                f"profile {profile.name!r} does not set {settings.quantity}; it sets {', '.join(profile.control)}"
            )
        if control.unit != settings.unit:
            raise InputError(f"profile {profile.name!r} sets {settings.quantity} in {control.unit}, not in {settings.unit}")
        actual = control.actual
        super().__init__(name, settings, profile.transport, actual, actual.function, (actual.scale, 0.0))
        self.take(settings.terms(control))
        self._control = control
        self.resource = settings.resource

    @property
    def source(self) -> ModbusCondition:
        """It is read itself."""
        return self

    def _put(self, value: float) -> float | None:
        setting = self._control.set_
        try:
            request = setting.write(value)
        except ValueError as error:
            raise InputError(f"{self.name}: {self.quantity} cannot be set to {value:g} {self.unit}: {error}") from None
        with self._asking:
            self._client.query(request)
            for word in self._control.after:
                self._client.query(Request(Function.WRITE_REGISTER, word.register_, 1, (word.value,)))
            found = setting.value(self._client.query(setting.read()))
        if not abs(found - value) <= setting.step + 1e-6 * max(1.0, abs(value)):
            raise NotTakenError(
                f"{self.name} ({self.resource}): {self.quantity} was set to {value:g} {self.unit}, reads back {found:g} "
                f"{self.unit}; is it in remote mode, and does no limit of its own stand against it?"
            )
        return found
