"""A LI-COR LI-850 (CO2, H2O) or LI-830 (CO2) under test, asked for its data in XML (`instruments.licor_xml`).

    [devices.D]
    driver = "licor-li850"
    resource = "ASRL3::INSTR"                  # 9600 baud 8N1, or its USB port
    root = "LI850"                             # name of the outermost element; "LI830" for that model
    maker = "LI-COR"
    model = "LI-850"
    measurand = "CO2"
    range = [0.0, 20000.0]
    unit = "ppm"
    record_also = ["H2O", "cell temperature", "cell pressure", "supply voltage"]

All quantities come in one message. A reading is flagged where a value is no number, and where the analyser says ERROR while
its data are awaited. What is switched off in the analyser's own settings (RS232) is missing from its data: that is an error
here, and so is an output that is stripped of its tags. It measures the gas that its pump or yours draws; nothing is set in
it. The resolution is taken as six digits at full scale. No command that adjusts to a given content was found: a person
adjusts with the maker's program.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import ClassVar, Literal, Self

from pydantic import BaseModel, Field, model_validator

from instruments.framing import FrameError
from instruments.licor_xml import LicorFraming, LicorMessage, read_message, request
from instruments.linked_analyser import LinkedAnalyser, LinkedAnalyserSettings
from instruments.probing import Found, Probe
from instruments.session import SerialSettings
from instruments.station_keys import BaudRate
from instruments.transport import Link
from testbench.engine.roles import Channel, Identity, Parts, Sample, Status
from testbench.errors import InstrumentError, suggest

DIGITS = 6
_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[Ee][+-]?\d+)?")


@dataclass(frozen=True, slots=True)
class DataElement:
    """An element of the data: its name, and the unit of its number."""

    name: str
    unit: str


ELEMENTS = {
    "CO2": DataElement("co2", "ppm"),
    "H2O": DataElement("h2o", "mmol/mol"),
    "cell temperature": DataElement("celltemp", "°C"),
    "cell pressure": DataElement("cellpres", "kPa"),
    "supply voltage": DataElement("ivolt", "V"),
}
MEASURANDS = ("CO2", "H2O")
ROOTS = ("LI850", "LI830")


class LicorLi850Settings(LinkedAnalyserSettings):
    """Keys of a `[devices.NAME]` table with driver "licor-li850"."""

    root: Literal["LI850", "LI830"] = Field(default="LI850", description="name of the outermost element")
    baud_rate: BaudRate = 9600

    @model_validator(mode="after")
    def _known_quantities(self) -> Self:
        if self.measurand not in MEASURANDS:
            raise ValueError(f"the analyser measures no {self.measurand!r}; {suggest(self.measurand, MEASURANDS)}")
        for quantity in self.record_also:
            if quantity not in ELEMENTS:
                raise ValueError(f"record_also cannot have {quantity!r}; {suggest(quantity, ELEMENTS)}")
        return self


class LicorLi850(LinkedAnalyser):
    """A device under test whose data come in one message."""

    driver: ClassVar[str] = "licor-li850"
    kind: ClassVar[str] = "device"
    summary: ClassVar[str] = "LI-COR LI-850 / LI-830 analyser of CO2 and H2O over XML"
    documented_by: ClassVar[str] = "the maker's XML grammar of the LI-850, LI-820 manual page 87"
    verified: ClassVar[str] = "messages checked against the maker's grammar and a recorded one; not against hardware"
    Settings: ClassVar[type[BaseModel]] = LicorLi850Settings

    @classmethod
    def probes(cls) -> Iterator[Probe]:
        """Ask for the firmware, as each model is called (`instruments.probing`)."""
        for root in ROOTS:
            yield Probe(request(root, "VER"), partial(_recognise, root=root), SerialSettings(9600))

    def __init__(self, name: str, settings: LicorLi850Settings, parts: Parts) -> None:
        line = SerialSettings(settings.baud_rate)
        link = Link(
            name,
            settings.resource,
            timeout_s=settings.timeout_s,
            tries=settings.tries,
            serial=line,
            hint=f"is it switched on and set to {line}, with tags in its output?",
        )
        further = [Channel(f"{name}.{q}", q, ELEMENTS[q].unit) for q in settings.record_also]
        super().__init__(name, settings, link, resolution=settings.step(DIGITS), further=further)
        self._root = settings.root
        self._framing = LicorFraming(settings.root)
        self._request = request(settings.root, "DATA")
        self._errors: list[str] = []

    def identify(self) -> Identity:
        """Ask for the firmware and the serial number; empty where the analyser does not tell them."""
        return Identity("LI-COR", f"LI-{self._root[2:]}", self._asked("SERIALNUM"), self._asked("VER"))

    def request(self) -> None:
        """Ask for the data."""
        self._errors.clear()
        self._link.send(self._request, self._framing, accept=lambda document: self._answers("data", document))

    def collect(self) -> Sequence[Sample]:
        """Return the content in `unit`, and what is recorded beside it. Raises InstrumentError."""
        message = read_message(self._link.receive(), self._root)
        if message.kind == "ack":
            raise InstrumentError(f"{self.name} ({self.resource}): does not understand the request for its data")
        samples = [self._sample(message, channel) for channel in self.channels]
        unit = ELEMENTS[self.channels[0].quantity].unit
        value = self._converted(samples[0].value, unit, self.unit)
        return [Sample(value, samples[0].status, samples[0].raw), *samples[1:]]

    def _sample(self, message: LicorMessage, channel: Channel) -> Sample:
        name = ELEMENTS[channel.quantity].name
        text = message.elements.get(name)
        if text is None:
            raise InstrumentError(
                f"{self.name} ({self.resource}): its data have no <{name}>; switch it on in the analyser's settings (RS232)"
            )
        if not _NUMBER.fullmatch(text) or not math.isfinite(value := float(text)):
            return Sample(math.nan, Status.FLAGGED, f"{name} {text}")
        return Sample(value, Status.FLAGGED, "; ".join(self._errors)) if self._errors else Sample(value)

    def _answers(self, kind: str, document: bytes) -> bool:
        message = read_message(document, self._root)
        if message.kind == "error":
            self._errors.append(message.text)
        return message.kind == kind or (message.kind == "ack" and message.text.lower() == "false")

    def _asked(self, kind: str) -> str:
        accept = kind.lower()
        document = self._link.query(
            request(self._root, kind), self._framing, accept=lambda document: self._answers(accept, document)
        )
        message = read_message(document, self._root)
        return message.text if message.kind == accept else ""


def _recognise(answer: bytes, root: str) -> Found | None:
    """A document of that model; its firmware where it is told."""
    try:
        document = LicorFraming(root).extract(bytearray(answer))
    except FrameError:
        return None
    if document is None:
        return None
    message = read_message(document, root)
    return Found(Identity("LI-COR", f"LI-{root[2:]}", "", message.text if message.kind == "ver" else ""), {"root": root})
