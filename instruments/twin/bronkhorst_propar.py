"""A simulated Bronkhorst mass flow controller that speaks ProPar, as ASCII lines and as binary frames alike.

It answers at its node and at node 128, each client in the frames that it uses. Known are the parameters of the driver; what
else is asked for is refused with the status codes of the manual (9.17.027, 3.6).
"""

from __future__ import annotations

from collections.abc import Mapping

from instruments.bronkhorst_propar import FOLLOWS, BronkhorstProparSettings
from instruments.flow_units import OWN_UNITS, flow_unit
from instruments.framing import FrameError
from instruments.propar import (
    ALARM,
    CAPACITY,
    CAPACITY_UNIT,
    CONTROL_MODE,
    FIRMWARE,
    LOCAL_NODE,
    MEASURE,
    MEASURE_FLOAT,
    MODEL,
    SERIAL_NUMBER,
    SETPOINT,
    SETPOINT_FLOAT,
    TEMPERATURE,
    AsciiFraming,
    BinaryFraming,
    Command,
    Message,
    MessageError,
    Parameter,
    Value,
    answer,
    from_counts,
    read_ascii,
    read_binary,
    to_counts,
    values_of,
    wanted_of,
)
from instruments.twin.peer import Connection, ControllerPort

VALVE_CLOSED, VALVE_OPEN, SETPOINT_ZERO, HIGHEST_MODE = 3, 8, 12, 24
PROTOCOL_ERROR = 3  # of the line


class _Refusal(Exception):  # noqa: N818 - it is how the instrument says no
    def __init__(self, status: int) -> None:
        self.status = status


class BronkhorstProparServer:
    """The simulated controller; `control_mode` and `alarm` are those a person would find at it."""

    def __init__(self, name: str, settings: BronkhorstProparSettings, port: ControllerPort) -> None:
        self.name = name
        self.node = settings.node
        self.control_mode = 0
        self.alarm = 0
        self.unit = next(own for own, ours in OWN_UNITS.items() if flow_unit(ours) == flow_unit(settings.flow_unit))
        self._full_scale = settings.full_scale
        self._port = port
        self._setpoint: float | None = None  # kept while the control mode does not follow it

    def connect(self) -> Connection:
        """Return a new conversation."""
        return ProparConnection(self)

    def reply(self, message: Message) -> Message | None:
        """Answer one message; None for another node, and for a write that wants no answer."""
        if message.node not in (self.node, LOCAL_NODE):
            return None
        try:
            data = self._carry_out(message.data)
        except _Refusal as refusal:
            data = bytes((Command.STATUS, refusal.status, 1))
        except MessageError:
            data = bytes((Command.STATUS, 0x22, 1))
        return None if data is None else Message(message.node, data, message.sequence)

    def _carry_out(self, data: bytes) -> bytes | None:
        match data[0]:
            case Command.REQUEST:
                return answer([(wanted, self._read(wanted.parameter)) for wanted in wanted_of(data)])
            case Command.WRITE_WITH_STATUS | Command.WRITE:
                for parameter, value in values_of(data):
                    self._write(parameter, value)
                return bytes((Command.STATUS, 0, len(data))) if data[0] == Command.WRITE_WITH_STATUS else None
        raise _Refusal(0x02)

    # ---- parameters

    def _all(self) -> Mapping[Parameter, Value]:
        flow = self._port.indicated_flow() if self._port.setpoint() != 0.0 else 0.0  # a valve closes at once
        setpoint = self._shown_setpoint()
        return {
            MEASURE: to_counts(flow / self._full_scale),
            SETPOINT: to_counts(setpoint / self._full_scale),
            CONTROL_MODE: self.control_mode,
            CAPACITY: self._full_scale,
            ALARM: self.alarm,
            CAPACITY_UNIT: self.unit,
            MEASURE_FLOAT: flow,
            SETPOINT_FLOAT: setpoint,
            TEMPERATURE: 23.0,
            MODEL: "F-201CV (simulated)",
            SERIAL_NUMBER: f"SIM-{self.name}",
            FIRMWARE: "SIM1",
        }

    def _read(self, parameter: Parameter) -> Value:
        known = self._all()
        self._refuse_unknown(parameter, known)
        return known[parameter]

    def _write(self, parameter: Parameter, value: Value) -> None:
        self._refuse_unknown(parameter, self._all())
        match parameter, value:
            case (p, int(counts)) if p == SETPOINT:
                self._set(from_counts(counts) * self._full_scale)
            case (p, float(flow)) if p == SETPOINT_FLOAT:
                self._set(flow)
            case (p, int(mode)) if p == CONTROL_MODE:
                self._follow(mode)
            case _:
                raise _Refusal(0x0D)

    @staticmethod
    def _refuse_unknown(parameter: Parameter, known: Mapping[Parameter, Value]) -> None:
        if parameter in known:
            return
        if parameter.process not in {other.process for other in known}:
            raise _Refusal(0x03)
        same = any((other.process, other.number) == (parameter.process, parameter.number) for other in known)
        raise _Refusal(0x05 if same else 0x04)

    def _shown_setpoint(self) -> float:
        return self._port.setpoint() if self._setpoint is None else self._setpoint

    def _set(self, flow: float) -> None:
        if not 0.0 <= flow <= self._full_scale * (1 + 1e-6):
            raise _Refusal(0x06)
        if self.control_mode in FOLLOWS:
            self._port.set_flow(min(flow, self._full_scale))
        else:
            self._setpoint = flow

    def _follow(self, mode: int) -> None:
        if mode > HIGHEST_MODE:
            raise _Refusal(0x06)
        setpoint = self._shown_setpoint()
        self.control_mode = mode
        self._setpoint = None if mode in FOLLOWS else setpoint
        if mode in FOLLOWS:
            self._port.set_flow(setpoint)
        elif mode in (VALVE_CLOSED, SETPOINT_ZERO):
            self._port.set_flow(0.0)
        elif mode == VALVE_OPEN:
            self._port.set_flow(self._full_scale)


class ProparConnection:
    """One client; each of its messages is answered in its own form."""

    def __init__(self, server: BronkhorstProparServer) -> None:
        self._server = server
        self._buffer = bytearray()

    def receive(self, data: bytes) -> bytes:
        """Answer every message that is complete."""
        self._buffer += data
        reply = b""
        while self._buffer:
            line, frame = self._buffer.find(b":"), self._buffer.find(b"\x10\x02")
            binary = frame >= 0 and (line < 0 or frame < line)
            if line < 0 and self._buffer.endswith(b"\x10"):
                binary = True  # perhaps the first byte of a frame
            try:
                cut = (BinaryFraming() if binary else AsciiFraming()).extract(self._buffer)
            except FrameError:
                reply += b"" if binary else Message(None, bytes((PROTOCOL_ERROR,))).ascii()
                continue
            if cut is None:
                break
            answered = self._server.reply(read_binary(cut) if binary else read_ascii(cut))
            if answered is not None:
                reply += answered.binary() if binary else answered.ascii()
        return reply
