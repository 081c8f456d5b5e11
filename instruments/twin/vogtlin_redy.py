"""A simulated Vögtlin red-y smart controller over Modbus.

It answers reads and writes of one whole parameter, and refuses any other with exception 2; a set-point beyond its range with
exception 3.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from instruments.flow_units import OWN_UNITS, flow_unit
from instruments.modbus import ExceptionCode, Function, Refusal
from instruments.twin.modbus_line import RtuConnection, TcpConnection
from instruments.twin.peer import Connection, ControllerPort
from instruments.vogtlin_redy import (
    ALARM,
    CONTROL,
    FLOAT,
    FLOW,
    FOLLOWS,
    HARDWARE_ERROR,
    LONG,
    NAME,
    RANGE,
    SERIAL_NUMBER,
    SETPOINT,
    SOFTWARE,
    TEMPERATURE,
    TEXT_WORDS,
    UNIT,
    USUAL,
    WORD,
    VogtlinRedySettings,
)

VALVE_CLOSED, VALVE_OPEN = 20, 21


class VogtlinRedyServer:
    """The simulated controller; `control`, `alarm` and `hardware_error` are those a person would find at it."""

    def __init__(self, name: str, settings: VogtlinRedySettings, port: ControllerPort) -> None:
        self.name = name
        self.address = settings.address_with(USUAL)
        self.control = 0
        self.alarm = 0
        self.hardware_error = 0
        self.unit = next(own for own, ours in OWN_UNITS.items() if flow_unit(ours) == flow_unit(settings.flow_unit))
        self._rtu = settings.frames == "rtu"
        self._full_scale = settings.full_scale
        self._port = port
        self._setpoint: float | None = None  # kept while the control function does not follow it

    @property
    def registers(self) -> VogtlinRedyServer:
        """It serves its registers itself."""
        return self

    def connect(self) -> Connection:
        """Return a new conversation."""
        return RtuConnection(self) if self._rtu else TcpConnection(self)

    def _parameters(self) -> Mapping[int, bytes]:
        flow = self._port.indicated_flow() if self._port.setpoint() != 0.0 else 0.0  # a valve closes at once
        return {
            FLOW: FLOAT.encode(flow),
            TEMPERATURE: FLOAT.encode(23.0),
            SETPOINT: FLOAT.encode(self._shown_setpoint()),
            ALARM: WORD.encode(self.alarm),
            HARDWARE_ERROR: WORD.encode(self.hardware_error),
            CONTROL: WORD.encode(self.control),
            SERIAL_NUMBER: LONG.encode(123456),
            SOFTWARE: WORD.encode(0x0112),
            NAME: _text("GSC SIM"),
            RANGE: FLOAT.encode(self._full_scale),
            UNIT: _text(self.unit),
        }

    def read_bits(self, function: Function, address: int, count: int) -> Sequence[int]:
        """Refuse: there are no coils."""
        raise Refusal(ExceptionCode.ILLEGAL_FUNCTION)

    def read_registers(self, function: Function, address: int, count: int) -> bytes:
        """Return one whole parameter."""
        data = self._parameters().get(address)
        if function is not Function.READ_HOLDING_REGISTERS or data is None or len(data) != 2 * count:
            raise Refusal(ExceptionCode.ILLEGAL_DATA_ADDRESS)
        return data

    def write_bits(self, address: int, values: Sequence[int]) -> None:
        """Refuse: there are no coils."""
        raise Refusal(ExceptionCode.ILLEGAL_FUNCTION)

    def write_registers(self, address: int, values: Sequence[int]) -> None:
        """Take a set-point or a control function."""
        data = b"".join(value.to_bytes(2, "big") for value in values)
        if address == SETPOINT and len(values) == FLOAT.words:
            self._set(FLOAT.decode(data))
        elif address == CONTROL and len(values) == 1:
            self._follow(values[0])
        else:
            raise Refusal(ExceptionCode.ILLEGAL_DATA_ADDRESS)

    def _shown_setpoint(self) -> float:
        return self._port.setpoint() if self._setpoint is None else self._setpoint

    def _set(self, flow: float) -> None:
        if not 0.0 <= flow <= self._full_scale * (1 + 1e-6):
            raise Refusal(ExceptionCode.ILLEGAL_DATA_VALUE)
        if self.control in FOLLOWS:
            self._port.set_flow(flow)
        else:
            self._setpoint = flow

    def _follow(self, control: int) -> None:
        setpoint = self._shown_setpoint()
        self.control = control
        self._setpoint = None if control in FOLLOWS else setpoint
        if control in FOLLOWS:
            self._port.set_flow(setpoint)
        elif control in (VALVE_CLOSED, VALVE_OPEN):
            self._port.set_flow(self._full_scale if control == VALVE_OPEN else 0.0)


def _text(text: str) -> bytes:
    return text.encode("ascii").ljust(2 * TEXT_WORDS, b"\x00")
