"""How an instrument is reached over Modbus: the keys of the station file for it, and the client on its line.

A TCPIP resource speaks Modbus TCP and a serial one RTU; `transport = "rtu"` speaks RTU through a serial device server. What
the station file does not say is as the profile's `[transport]` has it.
"""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from instruments.modbus import BROADCAST
from instruments.modbus_client import FrameKind, ModbusClient
from instruments.register_profile import Transport
from instruments.session import SerialSettings
from instruments.station_keys import DriverSettings, ResourceName, Timeout, Tries
from instruments.transport import Link
from testbench.errors import InputError

# Silence between two frames on a serial line: 3.5 characters of 11 bits, 1.75 ms from 19200 baud on (guide V1.02, 2.5.1.1).
SILENT_CHARACTERS = 3.5
SHORTEST_SILENCE_S = 0.00175


class ModbusKeys(DriverSettings):
    """Keys of a table whose instrument is reached over Modbus; what is not given is taken from the profile."""

    resource: ResourceName
    transport: Literal["rtu", "tcp"] | None = Field(default=None, description='"rtu" or "tcp"; default: by the resource')
    address: int | None = Field(default=None, ge=0, le=255, description="server address (slave ID, unit ID)")
    baud_rate: int | None = Field(default=None, gt=0, description="speed of a serial line, baud")
    data_bits: Literal[7, 8] | None = Field(default=None, description="data bits of a serial line")
    parity: Literal["none", "even", "odd"] | None = Field(default=None, description="parity of a serial line")
    stop_bits: Literal[1, 2] | None = Field(default=None, description="stop bits of a serial line")
    timeout_s: Timeout = 1.0
    tries: Tries = 3

    def address_with(self, usual: Transport) -> int:
        """Server address: as stated here, or the profile's."""
        return usual.address if self.address is None else self.address

    @property
    def frames(self) -> FrameKind:
        """Which frames the resource carries."""
        if self.transport is not None:
            return self.transport
        serial = self.resource.upper().startswith("ASRL") or self.resource == "twin:serial"
        return "rtu" if serial else "tcp"

    @property
    def serial_port(self) -> bool:
        """Whether the resource is a serial port of this computer, with baud rate and pauses."""
        name = self.resource.upper()
        return name.startswith("ASRL") and not name.startswith("ASRLSOCKET")


def modbus_client(name: str, keys: ModbusKeys, usual: Transport) -> tuple[Link, ModbusClient]:
    """The link of an instrument and the client on it; raise InputError for the address of a broadcast on a serial line."""
    address = keys.address_with(usual)
    if keys.frames == "rtu" and address == BROADCAST:
        raise InputError(
            "address 0 speaks to every instrument on a serial line and is never answered; give one from 1 to 247"
        )
    line = SerialSettings(
        keys.baud_rate or usual.baud_rate,
        keys.data_bits or usual.data_bits,
        keys.parity or usual.parity,
        keys.stop_bits or usual.stop_bits,
    )
    gap_s = max(SILENT_CHARACTERS * 11 / line.baud, SHORTEST_SILENCE_S) if keys.serial_port else 0.0
    connected = f"at {line}" if keys.serial_port else f"with Modbus {keys.frames.upper()}"
    hint = f"is it switched on, {connected} and address {address}?"
    link = Link(name, keys.resource, timeout_s=keys.timeout_s, tries=keys.tries, serial=line, gap_s=gap_s, hint=hint)
    return link, ModbusClient(name, link, keys.frames, address)
