"""A Vaisala CARBOCAP carbon dioxide probe (GMP251, GMP252, GMP343) by its text console, where it does not speak Modbus.

    [devices.V]
    driver = "vaisala-console"
    resource = "ASRL3::INSTR"              # 19200 baud 8N1 unless set otherwise
    maker = "Vaisala"
    model = "GMP251"
    measurand = "CO2"
    range = [0.0, 20.0]
    unit = "%"

    send<CR>  →  CO2=   452 ppm<CR><LF>

The unit is read from the answer: ppm, or % in the form `CO2=   5.1 %CO2`. A checksum at the end of the line (CS2, CS4 of the
command FORM) is verified where there is one. Stars in place of a number flag the reading. When the probe is opened, output
that it may be sending by itself is stopped (S). A probe in POLL mode, among others on one line, is not read by this driver:
use its Modbus profile `vaisala-gmp252`. The factory settings of a GMP343's line are not confirmed. A person adjusts it.

Documented by: GMP251 user guide M211799EN, GMP252 M211897EN, chapters on serial commands.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from typing import ClassVar, Literal

from pydantic import BaseModel, Field

from instruments.framing import FrameError, LineFraming
from instruments.linked_analyser import LinkedAnalyser, LinkedAnalyserSettings
from instruments.probing import Found, Probe
from instruments.session import SerialSettings
from instruments.station_keys import BaudRate
from instruments.transport import Link
from testbench.engine.roles import Identity, Parts, Sample, Status
from testbench.metrology.amount import from_fraction, to_fraction

_LINE = LineFraming(b"\r", skip=b"\n\0> ", longest=1024)
_READING = re.compile(
    rb"(?P<summed>CO2=\s*(?P<value>[-+.\d]+|\*+)\s*(?P<unit>ppm|%)(?:CO2)?\s*)"
    rb"(?P<sum>[0-9A-Fa-f]{4}|[0-9A-Fa-f]{2})?\s*"
)
_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)")
STOP, SEND, VERSION, SERIAL_NUMBER = b"\rs\r", b"send\r", b"vers\r", b"snum\r"
STEP_PPM = 1.0


class ConsoleFraming:
    """Lines of the console; a wrong checksum behind a reading is a FrameError."""

    def extract(self, buffer: bytearray) -> bytes | None:
        """Remove the first line and return it without its end."""
        line = _LINE.extract(buffer)
        if line is not None and (found := _READING.fullmatch(line)) and found["sum"]:
            due = sum(found["summed"]) % 16 ** len(found["sum"])
            if int(found["sum"], 16) != due:
                raise FrameError(f"checksum {found['sum'].decode()}, the text sums to {due:0{len(found['sum'])}X}")
        return line


FRAMES = ConsoleFraming()


class VaisalaConsoleSettings(LinkedAnalyserSettings):
    """Keys of a `[devices.NAME]` table with driver "vaisala-console"."""

    measurand: Literal["CO2"] = Field(default="CO2", description="what the probe measures")
    record_also: tuple[()] = Field(default=(), description="nothing: the probe tells its measurand alone")
    baud_rate: BaudRate = 19200
    data_bits: Literal[7, 8] = Field(default=8, description="data bits of the line")
    parity: Literal["none", "even", "odd"] = Field(default="none", description="parity of the line")
    stop_bits: Literal[1, 2] = Field(default=1, description="stop bits of the line")


class VaisalaConsole(LinkedAnalyser):
    """A probe that is asked for single readings."""

    driver: ClassVar[str] = "vaisala-console"
    kind: ClassVar[str] = "device"
    summary: ClassVar[str] = "Vaisala carbon dioxide probe (GMP251, GMP252, GMP343) by its text console"
    documented_by: ClassVar[str] = "the maker's user guides M211799EN and M211897EN, serial commands"
    verified: ClassVar[str] = "lines and checksum checked against the maker's guides; not against hardware"
    Settings: ClassVar[type[BaseModel]] = VaisalaConsoleSettings

    @classmethod
    def probes(cls) -> Iterator[Probe]:
        """Ask for a reading, after an end of line that clears what was typed before (`instruments.probing`)."""
        yield Probe(b"\r" + SEND, _recognise, SerialSettings(19200))

    def __init__(self, name: str, settings: VaisalaConsoleSettings, parts: Parts) -> None:
        line = SerialSettings(settings.baud_rate, settings.data_bits, settings.parity, settings.stop_bits)
        link = Link(
            name,
            settings.resource,
            timeout_s=settings.timeout_s,
            tries=settings.tries,
            serial=line,
            hint=f"is it switched on and set to {line}, and not in POLL or Modbus mode?",
        )
        step = settings.resolution
        if step is None:
            step = float(from_fraction(to_fraction(STEP_PPM, "ppm"), settings.unit))
        super().__init__(name, settings, link, resolution=step)

    def open(self) -> None:
        """Connect, and stop what the probe may be sending by itself."""
        super().open()
        self._link.write(STOP)

    def identify(self) -> Identity:
        """Ask for program and serial number, in whatever words the probe tells them."""
        version, serial = (self._told(question) for question in (VERSION, SERIAL_NUMBER))
        model, _, firmware = version.rpartition("/")
        return Identity("Vaisala", model.strip(), serial.rpartition(":")[2].strip(), firmware.strip())

    def request(self) -> None:
        """Ask for a reading."""
        self._link.send(SEND, FRAMES, accept=_tells_reading)

    def collect(self) -> Sequence[Sample]:
        """Return the content in `unit`; flagged, without value, where the probe prints stars."""
        found = _READING.fullmatch(self._link.receive())
        assert found is not None  # the link let nothing else pass
        text = found["value"].decode()
        if not _NUMBER.fullmatch(text) or not math.isfinite(value := float(text)):
            return (Sample(math.nan, Status.FLAGGED, text),)
        return (Sample(self._converted(value, found["unit"].decode(), self.unit)),)

    def _told(self, question: bytes) -> str:
        def accept(line: bytes) -> bool:
            return line.strip().lower() not in (b"", question.strip()) and not _tells_reading(line)

        return self._link.query(question, FRAMES, accept=accept).decode("ascii", "replace").strip()


def _tells_reading(line: bytes) -> bool:
    return _READING.fullmatch(line) is not None


def _recognise(answer: bytes) -> Found | None:
    """A reading of carbon dioxide; it does not say of which probe."""
    buffer = bytearray(answer)
    try:
        while (line := FRAMES.extract(buffer)) is not None:
            if _tells_reading(line):
                return Found(Identity("Vaisala"))
    except FrameError:
        return None
    return None
