"""A simulated analyser that serves the registers of a Modbus profile, as RTU or TCP frames.

It has the registers 0 up to the last that the profile names; those between are 0, others are refused with exception 2.
Frames with a wrong CRC or for another address get no answer. Where the profile has adjustment writes, the last write of an
adjustment carries it out.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from instruments.modbus import ExceptionCode, Function, Refusal
from instruments.modbus_profile import ModbusProfileSettings
from instruments.register_profile import QuantityEntry, RegisterProfile, Write, read_profile
from instruments.twin.modbus_line import RtuConnection, TcpConnection
from instruments.twin.peer import AnalyserPort, Connection
from testbench.metrology.amount import UnitError, from_fraction


class ModbusProfileServer:
    """The simulated analyser; every connection sees the same registers."""

    def __init__(self, name: str, settings: ModbusProfileSettings, port: AnalyserPort) -> None:
        profile = read_profile(settings.profile)
        self.name = name
        self.address = settings.address_with(profile.transport)
        self.registers = AnalyserRegisters(profile, settings, port)
        self._rtu = settings.frames == "rtu"

    def connect(self) -> Connection:
        """Return a new conversation."""
        return RtuConnection(self) if self._rtu else TcpConnection(self)


class AnalyserRegisters:
    """The registers of a profile with the plant behind them."""

    def __init__(self, profile: RegisterProfile, settings: ModbusProfileSettings, port: AnalyserPort) -> None:
        self._port = port
        self._entry = profile.quantity(settings.quantity_read)
        self._units = settings.units(self._entry)
        self._further = [(quantity, profile.quantity(quantity)) for quantity in settings.record_also]
        self._adjustment = profile.adjustment
        self._images: dict[int, bytearray] = {
            function: bytearray(2 * max(profile.known_registers(function), default=-1) + 2) for function in (3, 4)
        }
        if profile.status is not None and profile.status.normal:
            status = profile.status
            self._images[status.function][2 * status.register_ : 2 * status.end] = status.format.encode(status.normal[0])
        for text in profile.texts:
            shown = (settings.profile_unit or self._entry.unit) if text is profile.unit_text else f"SIM {profile.model}"
            image = self._images[text.function]
            image.extend(bytes(max(0, 2 * (text.register_ + text.words) - len(image))))
            place = slice(2 * text.register_, 2 * (text.register_ + text.words))
            image[place] = shown.encode("latin-1", "replace")[: 2 * text.words].ljust(2 * text.words, b"\x00")
        writes = (*self._adjustment.zero, *self._adjustment.span)
        coils = [write.register_ for write in writes if write.coil]
        self._coils = [0] * (max(coils, default=-1) + 1)
        self._inputs: list[int] = []
        if profile.flags is not None:
            bits = self._coils if profile.flags.function == 1 else self._inputs
            bits.extend([0] * (max(profile.flags.bits) + 1 - len(bits)))
        end = max((write.end for write in writes if not write.coil), default=0)
        holding = self._images[Function.READ_HOLDING_REGISTERS]
        holding.extend(bytes(max(0, 2 * end - len(holding))))
        self._writable = {register for w in writes if not w.coil for register in range(w.register_, w.end)}

    def read_registers(self, function: Function, address: int, count: int) -> bytes:
        """Return registers, with the indication of this moment in those of the quantity."""
        image = self._images[function]
        if 2 * (address + count) > len(image):
            raise Refusal(ExceptionCode.ILLEGAL_DATA_ADDRESS)
        for entry, value in self._shown():
            if function == entry.function:
                number = (value - entry.offset) / entry.scale
                image[2 * entry.register_ : 2 * entry.end] = entry.format.encode_limited(number)
        return bytes(image[2 * address : 2 * (address + count)])

    def _shown(self) -> Iterator[tuple[QuantityEntry, float]]:
        """What the analyser shows now, in the units of the profile; what is recorded also and is no content of gas is 0."""
        yield self._entry, self._units.back(self._port.indication())
        for quantity, entry in self._further:
            try:
                yield entry, from_fraction(self._port.content(quantity), entry.unit)
            except UnitError:
                yield entry, 0.0

    def read_bits(self, function: Function, address: int, count: int) -> Sequence[int]:
        """Return coils, or discrete inputs, of which none is set."""
        bits = self._coils if function is Function.READ_COILS else self._inputs
        if address + count > len(bits):
            raise Refusal(ExceptionCode.ILLEGAL_DATA_ADDRESS)
        return bits[address : address + count]

    def write_bits(self, address: int, values: Sequence[int]) -> None:
        """Set coils; setting the last of an adjustment carries it out."""
        if address + len(values) > len(self._coils):
            raise Refusal(ExceptionCode.ILLEGAL_DATA_ADDRESS)
        self._coils[address : address + len(values)] = values
        self._carry_out(coils=True, written=range(address, address + len(values)))

    def write_registers(self, address: int, values: Sequence[int]) -> None:
        """Write registers that an adjustment uses; writing the last of an adjustment carries it out."""
        written = range(address, address + len(values))
        if not self._writable.issuperset(written):
            raise Refusal(ExceptionCode.ILLEGAL_DATA_ADDRESS)
        data = b"".join(value.to_bytes(2, "big") for value in values)
        self._images[Function.READ_HOLDING_REGISTERS][2 * address : 2 * address + len(data)] = data
        self._carry_out(coils=False, written=written)

    def _carry_out(self, *, coils: bool, written: range) -> None:
        port = self._port
        for writes, adjust, default in (
            (self._adjustment.zero, port.adjust_zero, port.low),
            (self._adjustment.span, port.adjust_span, port.high),
        ):
            if not writes:
                continue
            last = writes[-1]
            if last.coil is not coils or last.register_ not in written or not self._holds(last):
                continue
            targets = [self._number(write) for write in writes if write.value == "target"]
            entry = self._entry
            target = self._units.forward(targets[-1] * entry.scale + entry.offset) if targets else default
            adjust(port.indication(), target)

    def _holds(self, write: Write) -> bool:
        """Whether what stands in the registers is what this write is for."""
        if write.value == "target":
            return True
        if write.coil:
            return self._coils[write.register_] == int(write.value == 1)
        return self._number(write) == float(write.value)

    def _number(self, write: Write) -> float:
        return write.format.decode(bytes(self._images[Function.READ_HOLDING_REGISTERS]), write.register_)
