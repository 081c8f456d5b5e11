"""Bronkhorst mass flow controller (EL-FLOW and relatives) over ProPar: RS-232, RS-485 or a serial device server.

    [instruments.mfc-co2]
    driver = "bronkhorst-propar"
    resource = "ASRL3::INSTR"             # or a device server: "TCPIP::192.168.1.21::4001::SOCKET"
    node = 3                              # 128: whichever is alone on the line
    full_scale = 5.0
    flow_unit = "NL/min"                  # the instrument's own "ln/min", "mln/min" … are converted
    uncertainty_percent = 0.4             # expanded (k = 2), of reading, common to all settings
    reproducibility_percent = 0.03        # standard deviation from one setting to the next, of reading

Flow and set-point are the floats fMeasure and fSetpoint, or with `numbers = "integer"` Measure and Setpoint in 32000ths of
full scale, which older instruments have. Full scale and unit of the instrument are compared with the station file before
anything is set. The set-point is read back; it acts only where the control mode gives it to the bus (0) or to RS-232 (18).
An alarm flags the reading. `instruments.propar` describes the messages.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from typing import ClassVar, Literal

from pydantic import BaseModel, Field

from instruments.flow_units import OWN_UNITS, is_flow_unit
from instruments.framing import FrameError
from instruments.mass_flow import MassFlowController, MassFlowSettings, Shown
from instruments.probing import Found, Probe
from instruments.propar import (
    ALARM,
    CAPACITY,
    CAPACITY_UNIT,
    CONTROL_MODE,
    FIRMWARE,
    FULL_SCALE_COUNTS,
    LINE_ERRORS,
    LOCAL_NODE,
    MEASURE,
    MEASURE_FLOAT,
    MODEL,
    SERIAL_NUMBER,
    SETPOINT,
    SETPOINT_FLOAT,
    STATUS_TEXTS,
    TEMPERATURE,
    AsciiFraming,
    BinaryFraming,
    Command,
    Message,
    MessageError,
    Parameter,
    Value,
    from_counts,
    read_ascii,
    read_binary,
    request,
    to_counts,
    values_of,
    write,
)
from instruments.session import SerialSettings
from instruments.station_keys import BaudRate, Timeout
from instruments.transport import Link, show
from testbench.engine.roles import Channel, Identity, Parts, Sample, Status
from testbench.errors import InstrumentError

FOLLOWS = {0: "bus", 18: "RS-232"}
"""Control modes in which the set-point acts that is sent over the line (manual 9.17.027, chapter 4)."""

MOST_PARAMETERS = 4  # in one question
LAST_INDEX = 24  # of the first of them: indices have five bits

MODES = {1: "analog input", 3: "valve closed", 8: "valve fully open", 12: "set-point 0 %", 22: "valve in its safe state"}


class BronkhorstProparSettings(MassFlowSettings):
    """Keys of an `[instruments.NAME]` table with driver "bronkhorst-propar"."""

    node: int = Field(default=LOCAL_NODE, ge=1, le=128, description="node address; 128: whichever is alone on the line")
    frames: Literal["ascii", "binary"] = Field(default="ascii", description='frames of the line: "ascii" or "binary"')
    numbers: Literal["float", "integer"] = Field(
        default="float", description='"float": flows in the instrument\'s unit; "integer": 32000ths of full scale'
    )
    record_also: tuple[Literal["setpoint", "temperature"], ...] = Field(
        default=(), description="what else of each answer is recorded"
    )
    baud_rate: BaudRate = 38400
    timeout_s: Timeout = 0.5

    @property
    def step(self) -> float:
        """Step of the indicated flow; that of an integer is a 32000th of full scale."""
        if self.numbers == "integer" and self.resolution is None:
            return self.full_scale / FULL_SCALE_COUNTS
        return super().step


class _RefusedError(InstrumentError):
    """The instrument answered with a status that is not 0."""


class BronkhorstPropar(MassFlowController[BronkhorstProparSettings]):
    """A mass flow controller: sets a flow, and is read as a source."""

    driver: ClassVar[str] = "bronkhorst-propar"
    kind: ClassVar[str] = "instrument"
    summary: ClassVar[str] = "Bronkhorst mass flow controller over ProPar"
    documented_by: ClassVar[str] = "maker's manual 9.17.027 and the maker's Python client"
    verified: ClassVar[str] = "frames of the manual byte by byte, and against the maker's own client; not against hardware"
    Settings: ClassVar[type[BaseModel]] = BronkhorstProparSettings

    address_key = "node"
    anyone = LOCAL_NODE

    @classmethod
    def probes(cls) -> Iterator[Probe]:
        """Ask whichever is alone on the line for its model and serial number (`instruments.probing`)."""
        data = request((MODEL, SERIAL_NUMBER))
        yield Probe(Message(LOCAL_NODE, data).ascii(), _recognise, SerialSettings(38400))
        yield Probe(Message(LOCAL_NODE, data).binary(), _recognise, SerialSettings(38400))

    def __init__(self, name: str, settings: BronkhorstProparSettings, parts: Parts) -> None:
        super().__init__(name, settings, parts)
        self.channels: tuple[Channel, ...] = (
            self._flow_channel,
            *(self._further_channel(quantity) for quantity in settings.record_also),
        )
        self._factor = 1.0  # of the instrument's unit in flow_unit; known from open on
        integer = settings.numbers == "integer"
        self._measure, self._setpoint = (MEASURE, SETPOINT) if integer else (MEASURE_FLOAT, SETPOINT_FLOAT)
        also = {"setpoint": self._setpoint, "temperature": TEMPERATURE}
        read = [self._measure, *(also[quantity] for quantity in settings.record_also), ALARM]
        self._polled = tuple(sorted(read, key=lambda parameter: parameter.process != self._measure.process))
        self._binary = settings.frames == "binary"
        self._sequence = self._index = 0
        self._due: Callable[[Message], bool] = _never
        self._link = Link(
            name,
            settings.resource,
            timeout_s=settings.timeout_s,
            tries=settings.tries,
            serial=SerialSettings(settings.baud_rate),
            hint=f"is it switched on and set to node {settings.node} and {settings.baud_rate} baud?",
        )

    def _further_channel(self, quantity: str) -> Channel:
        unit, step = {"setpoint": (self.flow_unit, self.settings.step), "temperature": ("°C", 0.0)}[quantity]
        return Channel(f"{self.name}.{quantity}", quantity, unit, step)

    # ---- instrument ----------------------------------------------------------------------------------------------------

    def _greet(self) -> None:
        self._compare_full_scale()

    def identify(self) -> Identity:
        """Ask for model, serial number and firmware; what an instrument does not know stays empty."""
        return Identity("Bronkhorst", *(self._text(parameter) for parameter in (MODEL, SERIAL_NUMBER, FIRMWARE)))

    def _text(self, parameter: Parameter) -> str:
        try:
            return str(self._read(parameter)[0]).strip()
        except _RefusedError:
            return ""

    def _compare_full_scale(self) -> None:
        capacity, text = self._read(CAPACITY, CAPACITY_UNIT)
        assert isinstance(capacity, float)
        unit = str(text).strip()
        if self.settings.numbers == "integer" and not is_flow_unit(unit):
            return  # shares of full scale have no unit
        remedy = f'set the instrument to {", ".join(OWN_UNITS)}, or state numbers = "integer"'
        self._factor = self._factor_from(capacity, unit, remedy)

    # ---- source --------------------------------------------------------------------------------------------------------

    def request(self) -> None:
        """Ask for flow, alarm and what else is recorded, in one message."""
        self._ask(self._polled)

    def collect(self) -> Sequence[Sample]:
        """Return mass flow and what else is recorded; flagged while there is an alarm."""
        found = dict(zip(self._polled, self._values(self._receive()), strict=True))
        alarm, flow = found[ALARM], self._flow(found[self._measure])
        status, raw = (Status.FLAGGED, f"alarm {alarm:02X}") if alarm else (Status.VALID, None)
        if not math.isfinite(flow):
            flow, status, raw = math.nan, Status.FLAGGED, raw or "no number"
        samples = [Sample(flow, status, raw)]
        for quantity in self.settings.record_also:
            value = float(found[TEMPERATURE]) if quantity == "temperature" else self._flow(found[self._setpoint])
            samples.append(Sample(value, status, raw))
        return samples

    def _flow(self, value: Value) -> float:
        """A flow in `flow_unit` from what the instrument sent."""
        if self.settings.numbers == "integer":
            return from_counts(int(value)) * self.full_scale
        return float(value) * self._factor

    # ---- flow controller -----------------------------------------------------------------------------------------------

    def _put(self, flow: float) -> Shown:
        integer = self.settings.numbers == "integer"
        value = to_counts(flow / self.full_scale) if integer else flow / self._factor
        self._send(write([(self._setpoint, value)]), lambda message: message.data[0] == Command.STATUS)
        self._receive()
        return self._shown()

    def _shown(self) -> Shown:
        measure, setpoint, mode = self._read(self._measure, self._setpoint, CONTROL_MODE)
        remark = ""
        if mode not in FOLLOWS:
            words = MODES.get(int(mode))
            remark = f"control mode {mode}" + (f" ({words})" if words else "")
        return Shown(self._flow(setpoint), self._flow(measure), remark)

    @property
    def _setpoint_tolerance(self) -> float:
        return 0.5 * self.settings.step + self.full_scale / FULL_SCALE_COUNTS

    def _make_sure_it_follows(self, shown: Shown) -> None:
        if shown.remark:
            raise self._error(
                f"does not follow the set-point: {shown.remark}; set its control mode to 0 (bus) or 18 (RS-232)"
            )

    # ---- messages ------------------------------------------------------------------------------------------------------

    def _read(self, *parameters: Parameter) -> list[Value]:
        self._ask(parameters)
        return self._values(self._receive())

    def _ask(self, parameters: Sequence[Parameter]) -> None:
        """Request parameters under indices that the questions before had not: a late answer to them is none to this one."""
        self._index = self._index % LAST_INDEX + MOST_PARAMETERS
        self._send(request(parameters, self._index), self._brings(parameters, self._index))

    def _send(self, data: bytes, due: Callable[[Message], bool]) -> None:
        self._sequence = (self._sequence + 1) % 256
        self._due = due
        message = Message(self.settings.node, data, self._sequence)
        if self._binary:
            self._link.send(message.binary(), BinaryFraming(), accept=self._answers)
        else:
            self._link.send(message.ascii(), AsciiFraming(), accept=self._answers)

    def _receive(self) -> Message:
        """The answer; raise InstrumentError for a status that is not 0 and for an error of the line."""
        message = self._message(self._link.receive())
        if message.node is None:
            code = message.data[0]
            raise self._error(f"the line answers with error {code} ({LINE_ERRORS.get(code, 'general error')})")
        if message.data[0] == Command.STATUS and message.data[1:2] != b"\x00":
            code = message.data[1] if len(message.data) > 1 else 0
            words = STATUS_TEXTS.get(code, "not documented")
            raise _RefusedError(f"{self.name} ({self.settings.resource}): refused with status {code} ({words})")
        return message

    def _values(self, message: Message) -> list[Value]:
        try:
            return [value for _, value in values_of(message.data)]
        except MessageError as error:
            raise self._error(f"answer {show(message.data)} cannot be read: {error}") from error

    def _message(self, frame: bytes) -> Message:
        return read_binary(frame) if self._binary else read_ascii(frame)

    def _answers(self, frame: bytes) -> bool:
        """Whether a frame is the answer that is due: from this node, with its sequence number, of this kind."""
        try:
            message = self._message(frame)
        except FrameError:
            return False
        if message.node is None:
            return True
        if self.settings.node not in (LOCAL_NODE, message.node) or (self._binary and message.sequence != self._sequence):
            return False
        return message.data[0] == Command.STATUS or self._due(message)

    @staticmethod
    def _brings(parameters: Sequence[Parameter], first: int) -> Callable[[Message], bool]:
        """Whether a message brings these parameters, by their processes, indices and types."""
        due = [Parameter(p.process, index, p.type) for index, p in enumerate(parameters, start=first)]

        def brings(message: Message) -> bool:
            try:
                return [parameter for parameter, _ in values_of(message.data)] == due
            except MessageError:
                return False

        return brings


def _never(message: Message) -> bool:
    return False


def _recognise(answer: bytes) -> Found | None:
    """A message of a node, in lines or binary frames."""
    lines = answer.lstrip().startswith(b":")
    try:
        frame = (AsciiFraming() if lines else BinaryFraming()).extract(bytearray(answer))
        if frame is None:
            return None
        message = read_ascii(frame) if lines else read_binary(frame)
        texts = [str(value).strip() for _, value in values_of(message.data)]
    except (FrameError, MessageError):
        return None
    keys = {"node": message.node} | ({} if lines else {"frames": "binary"})
    return Found(Identity("Bronkhorst", *texts[:2]), keys)
