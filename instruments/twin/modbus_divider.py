"""A simulated gas divider that serves the registers of a divider profile, as RTU or TCP frames.

It follows what is written while it runs, and starts and stops with its run register. It has the registers 0 up to the last
that the profile names; those between are 0, others are refused with exception 2.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

from instruments.divider_registers import SHARE, Contents, DividerRegisters, Value, read_divider_profile
from instruments.flow_units import flow_unit
from instruments.modbus import ExceptionCode, Function, Refusal
from instruments.modbus_divider import ModbusDividerSettings
from instruments.register_profile import Number
from instruments.twin.modbus_line import RtuConnection, TcpConnection
from instruments.twin.peer import Connection, DividerPort
from testbench.metrology.amount import from_fraction, to_fraction

SAME = 1e-12  # L/min: commands that differ by less are one


class ModbusDividerServer:
    """The simulated divider; every connection sees the same registers."""

    def __init__(self, name: str, settings: ModbusDividerSettings, port: DividerPort) -> None:
        profile = read_divider_profile(settings.profile)
        self.name = name
        self.address = settings.address_with(profile.transport)
        self.registers = DividerImage(profile, settings, port)
        self._rtu = settings.frames == "rtu"

    def connect(self) -> Connection:
        """Return a new conversation."""
        return RtuConnection(self) if self._rtu else TcpConnection(self)


class _Made(NamedTuple):
    port: int
    content: float
    total_flow: float


class DividerImage:
    """The registers of a profile with the plant behind them."""

    def __init__(self, profile: DividerRegisters, settings: ModbusDividerSettings, port: DividerPort) -> None:
        self._profile = profile
        self._settings = settings
        self._port = port
        self._entries = tuple(profile.contents.values())
        self._chosen: Contents | None = self._entries[0] if self._entries else None
        self._made: _Made | None = None
        self._holding = bytearray(2 * self._end(3))
        self._input = bytearray(2 * self._end(4))
        self._put(self._holding, profile.run, profile.run.off)
        if profile.alarm is not None and profile.alarm.normal:
            image = self._holding if profile.alarm.function == 3 else self._input
            self._put(image, profile.alarm, profile.alarm.normal[0])

    # ---- registers -----------------------------------------------------------------------------------------------------

    def read_registers(self, function: Function, address: int, count: int) -> bytes:
        """Return registers, with what it makes at this moment in those that report."""
        self._report()
        image = self._holding if function is Function.READ_HOLDING_REGISTERS else self._input
        if 2 * (address + count) > len(image):
            raise Refusal(ExceptionCode.ILLEGAL_DATA_ADDRESS)
        return bytes(image[2 * address : 2 * (address + count)])

    def read_bits(self, function: Function, address: int, count: int) -> Sequence[int]:
        """There are no coils."""
        raise Refusal(ExceptionCode.ILLEGAL_FUNCTION)

    def write_bits(self, address: int, values: Sequence[int]) -> None:
        """There are no coils."""
        raise Refusal(ExceptionCode.ILLEGAL_FUNCTION)

    def write_registers(self, address: int, values: Sequence[int]) -> None:
        """Write holding registers and follow them."""
        if 2 * (address + len(values)) > len(self._holding):
            raise Refusal(ExceptionCode.ILLEGAL_DATA_ADDRESS)
        data = b"".join(value.to_bytes(2, "big") for value in values)
        self._holding[2 * address : 2 * address + len(data)] = data
        for entry in self._entries:
            if entry.target.register_ == address:
                self._chosen = entry
        self._follow()

    def _end(self, function: int) -> int:
        """The register after the last that the profile names, of function 3 (all that is written) or 4."""
        profile = self._profile
        ends = [0]
        written: list[Number | None] = [profile.run, profile.total_flow, profile.balance, profile.select]
        read: list[Value | None] = [profile.measured_flow]
        for entry in self._entries:
            written.append(entry.target)
            read.append(entry.actual)
        if (ports := profile.ports) is not None:
            offset = (ports.most - 1) * ports.stride
            ends += [number.end + offset for number in (ports.set_, ports.enable) if number is not None and function == 3]
            ends += [ports.actual.end + offset] if ports.actual.function == function else []
        if profile.alarm is not None and profile.alarm.function == function:
            ends.append(profile.alarm.end)
        ends += [number.end for number in written if number is not None and function == 3]
        ends += [value.end for value in read if value is not None and value.function == function]
        return max(ends)

    @staticmethod
    def _put(image: bytearray, number: Number, value: float, offset: int = 0) -> None:
        start = 2 * (number.register_ + offset)
        image[start : start + 2 * number.format.words] = number.format.encode_limited(value)

    def _number(self, number: Number, offset: int = 0) -> float:
        return number.format.decode(bytes(self._holding), number.register_ + offset)

    def _report_value(self, value: Value, shown: float, offset: int = 0) -> None:
        self._put(self._holding if value.function == 3 else self._input, value, shown / value.scale, offset)

    def _report(self) -> None:
        profile, port = self._profile, self._port
        stopped = self._number(profile.run) == profile.run.off
        flows = [0.0 if stopped else port.indicated_flow(number) for number in range(1, port.ports + 1)]
        if profile.ports is not None:
            litres = flow_unit(profile.ports.actual.unit).litres_per_minute
            for index, flow in enumerate(flows):
                self._report_value(profile.ports.actual, flow / litres, index * profile.ports.stride)
        if profile.measured_flow is not None:
            self._report_value(
                profile.measured_flow, math.fsum(flows) / flow_unit(profile.measured_flow.unit).litres_per_minute
            )
        if self._chosen is not None and (actual := self._chosen.actual) is not None:
            self._report_value(actual, from_fraction(0.0 if stopped else port.indicated_content(), actual.unit))

    # ---- gas -----------------------------------------------------------------------------------------------------------

    def _follow(self) -> None:
        """Have the plant make what the registers say."""
        run = self._profile.run
        state = self._number(run)
        if self._chosen is not None:
            content = self._number(self._chosen.target) * self._chosen.target.scale if state == run.on else 0.0
            total = self._total_flow() if state in (run.on, run.zero) else 0.0
            self._make(_Made(self._source(), min(1.0, max(0.0, to_fraction(content, self._chosen.target.unit))), total))
            return
        for number, flow in enumerate(self._flows(), start=1):
            wanted = flow if state == run.on else 0.0
            if abs(self._port.setpoint(number) - wanted) > SAME:
                self._port.set_flow(number, wanted)

    def _make(self, made: _Made) -> None:
        flowing = any(self._port.setpoint(number) for number in range(1, self._port.ports + 1))
        if made != self._made and (flowing or made.total_flow > 0):
            self._made = made
            self._port.make(*made)

    def _source(self) -> int:
        """The port whose gas is diluted: that of the register written last, and of the selection where there are several."""
        fitting = [
            number
            for number, component in enumerate(self._port.components, start=1)
            if component and self._profile.contents_of(component) is self._chosen
        ]
        selection = self._profile.select
        if selection is not None and len(fitting) > 1:
            chosen = self._number(selection)
            fitting.sort(key=lambda number: self._settings.select.get(self._port.components[number - 1]) != chosen)
        return fitting[0] if fitting else 1

    def _total_flow(self) -> float:
        """The total flow in L/min that it was told; the station's where it cannot be told one."""
        setting = self._profile.total_flow
        if setting is None:
            return self._settings.total_flow
        return max(0.0, self._number(setting) * setting.scale * flow_unit(setting.unit).litres_per_minute)

    def _flows(self) -> list[float]:
        """Flow of every port by its registers, L/min; the balance makes up the total."""
        profile, ports = self._profile, self._profile.ports
        assert ports is not None
        flows = []
        for index in range(self._port.ports):
            offset = index * ports.stride
            setting = max(0.0, self._number(ports.set_, offset) * ports.set_.scale)
            share = ports.set_.unit == SHARE
            flow = setting / 100.0 * self._total_flow() if share else setting * flow_unit(ports.set_.unit).litres_per_minute
            enabled = ports.enable is None or self._number(ports.enable, offset) == ports.enable.on
            flows.append(flow if enabled else 0.0)
        if profile.balance is not None and 1 <= (number := int(self._number(profile.balance))) <= len(flows):
            flows[number - 1] = 0.0
            flows[number - 1] = max(0.0, self._total_flow() - math.fsum(flows))
        return flows
