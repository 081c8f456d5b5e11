"""A valve of several positions in front of a flow controller, by Modbus coils: it chooses the cylinder that feeds it.

Each position is a coil; all off is closed. A new position is reached by switching all coils off and then one on, so that two
cylinders are never joined. Where the valve stands is read back from the coils, or from a register of its own.

    [instruments.valve]
    driver = "modbus-selector"
    resource = "ASRL5::INSTR"
    positions = { co2 = 1, co2-weak = 2 }    # cylinder = position
    first_coil = 0                           # coil of position 1; the others follow
    position_register = 8                    # holding register with the position, 0 for closed; default: the coils

    [divider]
    driver = "mfc-blend"
    controllers = { mfc-co2 = "co2", mfc-n2 = "zero" }
    selectors = { mfc-co2 = "valve" }

The divider switches the valve, with the controller closed, before a gas of another cylinder flows. It purges nothing: what
stands in between flows out with the first gas, and the settling of the readings shows it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from pydantic import BaseModel, Field, field_validator

from instruments.deadline import pause
from instruments.modbus import Function, Request, unpack_bits
from instruments.modbus_line import ModbusKeys, modbus_client
from instruments.register_profile import Transport
from testbench.engine.roles import Channel, Identity, Listener, Parts, SafeOutcome, Sample, Status
from testbench.errors import InputError, InstrumentError

CLOSED = 0
BETWEEN = -1  # several coils are on


class ModbusSelectorSettings(ModbusKeys):
    """Keys of an `[instruments.NAME]` table with driver "modbus-selector"."""

    positions: dict[str, int] = Field(min_length=1, description="cylinder → position of the valve, from 1 on")
    first_coil: int = Field(default=0, ge=0, le=65000, description="coil of position 1, counted from 0; the others follow")
    position_register: int | None = Field(
        default=None, ge=0, le=65535, description="holding register with the position; default: the coils are read back"
    )
    travel_s: float = Field(default=2.0, ge=0, le=60, allow_inf_nan=False, description="longest time for a new position, s")

    @field_validator("positions")
    @classmethod
    def _each_has_its_own(cls, positions: dict[str, int]) -> dict[str, int]:
        if len(set(positions.values())) < len(positions) or not all(1 <= number <= 64 for number in positions.values()):
            raise ValueError("give each cylinder a position of its own, from 1 to 64")
        return positions

    @property
    def coils(self) -> int:
        """How many coils there are."""
        return max(self.positions.values())


class ModbusSelector:
    """A valve (role `CylinderSelector`), and the source of its position."""

    driver: ClassVar[str] = "modbus-selector"
    kind: ClassVar[str] = "instrument"
    summary: ClassVar[str] = "valve that chooses a cylinder, by Modbus coils"
    documented_by: ClassVar[str] = "Modbus Application Protocol V1.1b3; the station file says which coils"
    verified: ClassVar[str] = "framing checked against published frames and pymodbus's server; not against hardware"
    Settings: ClassVar[type[BaseModel]] = ModbusSelectorSettings

    safe_state = "all positions closed"
    interval_s = 1.0

    def __init__(self, name: str, settings: ModbusSelectorSettings, parts: Parts) -> None:
        for cylinder in settings.positions:
            if cylinder not in parts.cylinders:
                raise InputError(f"positions: there is no cylinder {cylinder!r}; there are: {', '.join(parts.cylinders)}")
        self.name = name
        self.settings = settings
        self.positions = dict(settings.positions)
        self.channels: tuple[Channel, ...] = (Channel(f"{name}.position", "position", "position"),)
        self._link, self._client = modbus_client(name, settings, Transport())
        if settings.position_register is None:
            reading = Request(Function.READ_COILS, settings.first_coil, settings.coils)
        else:
            reading = Request(Function.READ_HOLDING_REGISTERS, settings.position_register)
        self._reading = self._client.prepare(reading)

    # ---- instrument ----------------------------------------------------------------------------------------------------

    def open(self) -> None:
        """Connect."""
        self._link.open()

    def close(self) -> None:
        """Disconnect; the valve stays as it stands."""
        self._link.close()

    def identify(self) -> Identity:
        """Make sure that it answers; coils know no identity, so there is none to return."""
        self.position()
        return Identity()

    def trace(self, listener: Listener | None) -> None:
        """Let a listener hear every byte of the session; None ends it."""
        self._link.trace = listener

    def drive_safe(self) -> SafeOutcome:
        """Close all positions and read back that they are."""
        self._switch_off()
        reached = self._arrives(CLOSED)
        return SafeOutcome(self.name, self.safe_state, reached == CLOSED, _in_words(reached))

    # ---- source --------------------------------------------------------------------------------------------------------

    def request(self) -> None:
        """Ask where it stands."""
        self._client.send(self._reading)

    def collect(self) -> Sequence[Sample]:
        """Return the position, 0 for closed; flagged where several are open."""
        position = self._read(self._client.receive())
        if position == BETWEEN:
            return (Sample(float(position), Status.FLAGGED, _in_words(position)),)
        return (Sample(float(position)),)

    # ---- selector ------------------------------------------------------------------------------------------------------

    def select(self, position: int) -> None:
        """Go to a position and make sure that it is reached; 0 closes all. Raises InstrumentError."""
        self._switch_off()
        if position != CLOSED:
            coil = self.settings.first_coil + position - 1
            self._client.query(Request(Function.WRITE_COIL, coil, 1, (1,)))
        reached = self._arrives(position)
        if reached != position:
            raise InstrumentError(
                f"{self.name} ({self.settings.resource}): was switched to {_in_words(position)}, but stands at "
                f"{_in_words(reached)}; has it air and power?"
            )

    def position(self) -> int:
        """Ask where it stands; -1 where several positions are open."""
        self.request()
        return self._read(self._client.receive())

    def _switch_off(self) -> None:
        count = self.settings.coils
        self._client.query(Request(Function.WRITE_COILS, self.settings.first_coil, count, (0,) * count))

    def _arrives(self, position: int) -> int:
        """Wait until it has reached a position; return where it stands."""
        waited_s = 0.0
        while (reached := self.position()) != position and waited_s < self.settings.travel_s:
            pause(0.1)
            waited_s += 0.1
        return reached

    def _read(self, data: bytes) -> int:
        if self.settings.position_register is not None:
            return int.from_bytes(data, "big", signed=True)
        on = [number for number, bit in enumerate(unpack_bits(data, self.settings.coils), start=1) if bit]
        return CLOSED if not on else on[0] if len(on) == 1 else BETWEEN


def _in_words(position: int) -> str:
    if position == CLOSED:
        return "all closed"
    return f"position {position}" if position > 0 else "several positions open"
