"""A simulated valve that chooses a cylinder: its coils, and the register of its position where it has one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from instruments.modbus import ExceptionCode, Function, Refusal
from instruments.modbus_selector import BETWEEN, CLOSED, ModbusSelectorSettings
from instruments.register_profile import Transport
from instruments.twin.modbus_line import RtuConnection, TcpConnection
from instruments.twin.peer import Connection, SelectorPort


class ModbusSelectorServer:
    """The simulated valve; every connection sees the same coils. With several coils on nothing is fed."""

    port_kind: ClassVar[str] = "selector"

    def __init__(self, name: str, settings: ModbusSelectorSettings, port: SelectorPort) -> None:
        self.name = name
        self.address = settings.address_with(Transport())
        self.registers = self
        self._settings = settings
        self._port = port
        self._coils = [0] * settings.coils
        self._rtu = settings.frames == "rtu"

    def connect(self) -> Connection:
        """Return a new conversation."""
        return RtuConnection(self) if self._rtu else TcpConnection(self)

    def read_bits(self, function: Function, address: int, count: int) -> Sequence[int]:
        """Return coils; there are no discrete inputs."""
        start = self._index(address, count)
        if function is not Function.READ_COILS:
            raise Refusal(ExceptionCode.ILLEGAL_DATA_ADDRESS)
        return self._coils[start : start + count]

    def write_bits(self, address: int, values: Sequence[int]) -> None:
        """Set coils and follow them."""
        start = self._index(address, len(values))
        self._coils[start : start + len(values)] = values
        position = self._position()
        if position != self._port.position():
            self._port.select(max(position, CLOSED))

    def read_registers(self, function: Function, address: int, count: int) -> bytes:
        """Return the register of the position."""
        if function is not Function.READ_HOLDING_REGISTERS or (address, count) != (self._settings.position_register, 1):
            raise Refusal(ExceptionCode.ILLEGAL_DATA_ADDRESS)
        return self._position().to_bytes(2, "big", signed=True)

    def write_registers(self, address: int, values: Sequence[int]) -> None:
        """No register can be written."""
        raise Refusal(ExceptionCode.ILLEGAL_DATA_ADDRESS)

    def _index(self, address: int, count: int) -> int:
        start = address - self._settings.first_coil
        if start < 0 or start + count > len(self._coils):
            raise Refusal(ExceptionCode.ILLEGAL_DATA_ADDRESS)
        return start

    def _position(self) -> int:
        on = [number for number, coil in enumerate(self._coils, start=1) if coil]
        return CLOSED if not on else on[0] if len(on) == 1 else BETWEEN
