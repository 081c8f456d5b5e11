"""Alicat mass flow controller (MC series and relatives) over a serial line or a serial device server.

Text lines that end with CR, both ways; 19200 baud 8N1. A unit letter addresses one of several controllers on a line. Every
command is answered with the state of the controller, so a set-point is verified by the answer to it:

    A              → A +014.70 +025.00 +002.004 +002.004 2.004 Air      pressure psi, temperature °C, volume flow,
    AS2.004        → A +014.70 +025.00 +002.004 +002.004 2.004 Air      mass flow, set-point, [total], gas, [status]
    A??M*          → ten lines A M00 … to A M09 …: maker, model, serial number, dates, software revision
    AHC, AC        → hold the valve closed, cancel the hold
    anything else  → ?

Documented by: Alicat operating manuals (MC series), and two public clients whose tests hold the frames above. A status code
(MOV VOV POV TOV overflow, OVR totaliser, HLD valve held, VTM valve temperature) flags the reading; LCK (keys locked) does
not. A BASIS is refused: its five values are temperature, mass flow, total, set-point and valve drive.

    [instruments.mfc-co2]
    driver = "alicat"
    resource = "ASRL3::INSTR"             # or a device server: "TCPIP::192.168.1.21::4001::SOCKET"
    unit_id = "A"
    full_scale = 5.0
    flow_unit = "L/min"
    uncertainty_percent = 0.4             # expanded (k = 2), of reading, common to all settings
    reproducibility_percent = 0.03        # standard deviation from one setting to the next, of reading
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import ClassVar, Literal

from pydantic import BaseModel, Field

from instruments.framing import FrameError, LineFraming
from instruments.mass_flow import MassFlowController, MassFlowSettings, Shown
from instruments.probing import Found, Probe, line_of
from instruments.session import SerialSettings
from instruments.station_keys import BaudRate, Timeout
from instruments.transport import Link
from testbench.engine.roles import Channel, Identity, Parts, Sample, Status
from testbench.errors import InstrumentError

STATUS_CODES = frozenset({"MOV", "VOV", "POV", "TOV", "OVR", "HLD", "VTM", "LCK"})
HARMLESS = frozenset({"LCK"})
SETPOINT_STEPS = 64000  # a set-point is kept in 64000ths of full scale
TOTALISER_DIGITS = 7  # in front of the point; no flow has so many
PROBED_IDS = "ABCD"  # those that an unknown instrument is asked for
LINE = LineFraming(b"\r", skip=b"\n")


class AlicatSettings(MassFlowSettings):
    """Keys of an `[instruments.NAME]` table with driver "alicat"."""

    unit_id: str = Field(default="A", pattern="^[A-Za-z]$", description="letter of the controller on its line")
    record_also: tuple[Literal["setpoint", "temperature", "pressure"], ...] = Field(
        default=(), description="what else of each answer is recorded"
    )
    baud_rate: BaudRate = 19200
    timeout_s: Timeout = 0.5


@dataclass(frozen=True, slots=True)
class Frame:
    """One answer: the state of the controller; flows in its unit."""

    unit_id: str
    pressure_psi: float
    temperature_c: float
    volume_flow: float
    mass_flow: float
    setpoint: float
    gas: str
    codes: tuple[str, ...]

    @property
    def shown(self) -> Shown:
        """Set-point, mass flow and status codes."""
        return Shown(self.setpoint, self.mass_flow, " ".join(self.codes))

    @classmethod
    def parse(cls, line: bytes) -> Frame:
        """Read an answer; raise ValueError saying what is wrong with it."""
        words = line.decode("ascii").split()
        values: list[float] = []
        for word in words[1:]:
            if not re.fullmatch(r"[+-]?\d+(\.\d*)?", word):
                break
            values.append(float(word))
        if len(values) == 4:
            raise ValueError("four values and no set-point: this is a flow meter, not a controller")
        if len(values) not in (5, 6):  # with a totaliser, six
            raise ValueError(f"{len(values)} values where pressure, temperature, two flows and set-point are due")
        if len(values) == 5 and re.fullmatch(rf"[+-]?\d{{{TOTALISER_DIGITS},}}(\.\d*)?", words[3]):
            raise ValueError("the third value is a totaliser: this is a BASIS, whose answers have another order")
        rest = words[1 + len(values) :]
        gas = rest[0] if rest and rest[0] not in STATUS_CODES else ""
        codes = tuple(word for word in rest if word in STATUS_CODES)
        pressure, temperature, volume_flow, mass_flow, setpoint = values[:5]
        return cls(words[0], pressure, temperature, volume_flow, mass_flow, setpoint, gas, codes)


class _MakerFraming:
    """The answer to A??M*: several lines; complete with the line of the software revision, which is the last."""

    def extract(self, buffer: bytearray) -> bytes | None:
        lines = bytes(buffer).split(b"\r")
        for number, line in enumerate(lines[:-1], start=1):
            if re.search(rb"software|firmware", line, re.IGNORECASE) or line.strip().endswith(b"?"):
                frame = b"\r".join(lines[:number])
                del buffer[: len(frame) + 1]
                return frame
        if len(buffer) > 4096:
            raise FrameError(f"{len(buffer)} bytes without a software revision")
        return None


class Alicat(MassFlowController[AlicatSettings]):
    """A mass flow controller: sets a flow, and is read as a source."""

    driver: ClassVar[str] = "alicat"
    kind: ClassVar[str] = "instrument"
    summary: ClassVar[str] = "Alicat mass flow controller"
    documented_by: ClassVar[str] = "the maker's operating manuals (MC series)"
    verified: ClassVar[str] = "frames checked against the maker's manuals and public clients; not against hardware"
    Settings: ClassVar[type[BaseModel]] = AlicatSettings

    address_key = "unit_id"

    @classmethod
    def probes(cls) -> Iterator[Probe]:
        """Poll the first unit ids (`instruments.probing`)."""
        for letter in PROBED_IDS:
            yield Probe(letter.encode() + b"\r", _recognise, SerialSettings(19200))

    def __init__(self, name: str, settings: AlicatSettings, parts: Parts) -> None:
        super().__init__(name, settings, parts)
        self.channels: tuple[Channel, ...] = (
            self._flow_channel,
            *(self._further_channel(name, quantity) for quantity in settings.record_also),
        )
        self._id = settings.unit_id.upper().encode()
        self._either_case = (self._id, self._id.lower())
        self._poll = self._id + b"\r"
        self._link = Link(
            name,
            settings.resource,
            timeout_s=settings.timeout_s,
            tries=settings.tries,
            serial=SerialSettings(settings.baud_rate),
            hint=f"is it switched on and set to unit id {settings.unit_id.upper()} and {settings.baud_rate} baud?",
        )

    def _further_channel(self, name: str, quantity: str) -> Channel:
        unit, step = {
            "setpoint": (self.settings.flow_unit, self.settings.step),
            "temperature": ("°C", 0.01),
            "pressure": ("psi", 0.01),
        }[quantity]
        return Channel(f"{name}.{quantity}", quantity, unit, step)

    # ---- instrument ----------------------------------------------------------------------------------------------------

    def _greet(self) -> None:
        self.state()

    def identify(self) -> Identity:
        """Ask for maker information; older firmware has none, and says only that it is an Alicat."""
        try:
            text = self._link.query(self._id + b"??M*\r", _MakerFraming(), accept=self._answers).decode("ascii", "replace")
        except InstrumentError:
            self.state()  # it is there, it only does not say who it is
            return Identity(maker="Alicat")

        def after(label: str) -> str:
            found = re.search(rf"{label}[\w ]*?(?:number|revision)?[ :]+(\S+)[ \n]*(?:\r|$)", text, re.IGNORECASE)
            return found.group(1) if found else ""

        return Identity("Alicat", after("model"), after("serial"), after("software") or after("firmware"))

    # ---- source --------------------------------------------------------------------------------------------------------

    def request(self) -> None:
        """Poll."""
        self._link.send(self._poll, LINE, accept=self._answers)

    def collect(self) -> Sequence[Sample]:
        """Return mass flow and what else is recorded; flagged with the controller's status codes."""
        frame = self._parse(self._poll, self._link.receive())
        faults = [code for code in frame.codes if code not in HARMLESS]
        status, raw = (Status.FLAGGED, " ".join(faults)) if faults else (Status.VALID, None)
        samples = [Sample(frame.mass_flow, status, raw)]
        for quantity in self.settings.record_also:
            value = {"setpoint": frame.setpoint, "temperature": frame.temperature_c, "pressure": frame.pressure_psi}[
                quantity
            ]
            samples.append(Sample(value, status, raw))
        return samples

    # ---- flow controller -----------------------------------------------------------------------------------------------

    def _put(self, flow: float) -> Shown:
        return self._command(f"S{flow:.{self.settings.decimals}f}").shown

    def _shown(self) -> Shown:
        return self.state().shown

    @property
    def _setpoint_tolerance(self) -> float:
        return self.settings.step + self.full_scale / SETPOINT_STEPS  # the text that is sent is rounded to half a step

    def _make_sure_it_follows(self, shown: Shown) -> None:
        if "HLD" in shown.remark.split():
            raise InstrumentError(
                f"{self.name} ({self.settings.resource}): its valve is held (HLD) and does not follow the set-point; "
                "cancel the hold at the controller"
            )

    def state(self) -> Frame:
        """Poll the controller now."""
        return self._parse(self._poll, self._link.query(self._poll, LINE, accept=self._answers))

    # ---- lines ---------------------------------------------------------------------------------------------------------

    def _answers(self, line: bytes) -> bool:
        """Whether a line comes from this controller; a refusal names nobody."""
        return (line[:1] in self._either_case and line[1:2] in b" ") or line.strip() == b"?"

    def _command(self, command: str) -> Frame:
        request = self._id + command.encode() + b"\r"
        return self._parse(request, self._link.query(request, LINE, accept=self._answers))

    def _parse(self, request: bytes, line: bytes) -> Frame:
        asked = request.decode().strip()
        if line.strip().endswith(b"?"):
            raise InstrumentError(
                f"{self.name} ({self.settings.resource}): does not know {asked!r} (answers '?'); is it an Alicat controller?"
            )
        try:
            return Frame.parse(line)
        except ValueError as error:
            raise InstrumentError(
                f"{self.name} ({self.settings.resource}): asked {asked!r}, answer {line!r} is not that of a controller "
                f"({error}); is its data format the default one?"
            ) from error


def _recognise(answer: bytes) -> Found | None:
    """The state of a controller."""
    try:
        frame = Frame.parse(line_of(answer).encode())
    except (ValueError, IndexError):
        return None
    return Found(Identity(maker="Alicat"), {"unit_id": frame.unit_id}) if re.fullmatch("[A-Z]", frame.unit_id) else None
