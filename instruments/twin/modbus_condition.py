"""Simulated sensors and controls of conditions over Modbus: the registers of their profiles, with the plant behind them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from instruments.condition_registers import RegisterControl, read_condition_registers
from instruments.condition_units import unit_line
from instruments.modbus import ExceptionCode, Function, Refusal
from instruments.modbus_condition import ModbusConditionSettings, ModbusSensorSettings
from instruments.modbus_line import ModbusKeys
from instruments.register_profile import Number, Transport, read_profile
from instruments.twin.modbus_line import RtuConnection, TcpConnection
from instruments.twin.peer import Connection, SensorPort


@dataclass(frozen=True, slots=True)
class Cell:
    """A number that can be read: where, and what it is now."""

    number: Number
    function: int
    read: Callable[[], float]


class ConditionCells:
    """The numbers of one instrument; registers that no profile names are refused."""

    def __init__(self, cells: Sequence[Cell], write: Callable[[int, bytes], bool]) -> None:
        """`write` takes registers from an address on; it says whether it knows them."""
        self._cells = cells
        self._write = write

    def read_registers(self, function: Function, address: int, count: int) -> bytes:
        """Return the registers of one number."""
        for cell in self._cells:
            start, words = cell.number.register_, cell.number.format.words
            if function == cell.function and start <= address and address + count <= start + words:
                data = cell.number.format.encode_limited(cell.read())
                return data[2 * (address - start) : 2 * (address - start + count)]
        raise Refusal(ExceptionCode.ILLEGAL_DATA_ADDRESS)

    def write_registers(self, address: int, values: Sequence[int]) -> None:
        """Take the registers of a setting."""
        if not self._write(address, b"".join(value.to_bytes(2, "big") for value in values)):
            raise Refusal(ExceptionCode.ILLEGAL_DATA_ADDRESS)

    def read_bits(self, function: Function, address: int, count: int) -> Sequence[int]:
        """There are no coils."""
        raise Refusal(ExceptionCode.ILLEGAL_FUNCTION)

    def write_bits(self, address: int, values: Sequence[int]) -> None:
        """There are no coils."""
        raise Refusal(ExceptionCode.ILLEGAL_FUNCTION)


class _Server:
    """An instrument with such numbers; every connection sees the same."""

    def __init__(self, name: str, keys: ModbusKeys, transport: Transport, registers: ConditionCells) -> None:
        self.name = name
        self.address = keys.address_with(transport)
        self.registers = registers
        self._rtu = keys.frames == "rtu"

    def connect(self) -> Connection:
        """Return a new conversation."""
        return RtuConnection(self) if self._rtu else TcpConnection(self)


class ModbusSensorServer(_Server):
    """A simulated sensor: the one quantity that is asked."""

    def __init__(self, name: str, settings: ModbusSensorSettings, port: SensorPort) -> None:
        profile = read_profile(settings.profile)
        entry = profile.quantity(settings.asked or settings.quantity)
        gain, offset = unit_line(settings.unit, entry.unit or settings.unit)
        cell = Cell(entry, entry.function, lambda: (port.value() * gain + offset - entry.offset) / entry.scale)
        super().__init__(name, settings, profile.transport, ConditionCells([cell], lambda address, data: False))


class ModbusConditionServer(_Server):
    """A simulated chamber: the condition that its table names; it shows its set-point."""

    def __init__(self, name: str, settings: ModbusConditionSettings, port: SensorPort) -> None:
        profile = read_condition_registers(settings.profile)
        self._control: RegisterControl = profile.control[settings.quantity]
        self._port = port
        setting, actual = self._control.set_, self._control.actual
        cells = [
            Cell(actual, actual.function, lambda: port.value() / actual.scale),
            Cell(setting, setting.function, lambda: port.setpoint() / setting.scale),
        ]
        super().__init__(name, settings, profile.transport, ConditionCells(cells, self._take))

    def _take(self, address: int, data: bytes) -> bool:
        setting = self._control.set_
        if address == setting.register_ and len(data) == 2 * setting.format.words:
            self._port.set(setting.value(data))
            return True
        return any(word.register_ == address for word in self._control.after) and len(data) == 2
