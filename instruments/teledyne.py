"""A Teledyne API analyser under test (T series and relatives), read over TAPI (`instruments.tapi`).

    [devices.B]
    driver = "teledyne"
    resource = "TCPIP::192.168.1.41::3000::SOCKET"     # or "ASRL3::INSTR"; see below about the port
    instrument_id = 412                                # only where several share a line
    maker = "Teledyne API"
    model = "T100"
    measurand = "SO2"
    range = [0.0, 500.0]
    unit = "ppb"
    record_also = ["PMT temperature"]
    values = { O2 = { ask = "O2", shown = "O2" } }     # only where the unit's names are others than the shipped ones

The content is asked as `T SO2` and read from `SO2=261.4 PPB`. Names of values differ between models: `tapi_values.toml` has
those that are known, with their evidence; ask the unit (`T LIST`) and state others with `values`.

A warning (`W` line) that comes while an answer is awaited flags that reading with its text. Warnings come once, when they
begin; those between two readings are not seen, so that no flag does not mean no warning. Other messages are passed over. A
value that is no number (XXXX) is flagged.

TCP port 3000 and the baud rate are not confirmed by a manual; set both as the unit shows them (SETUP > COMM). The unit of
the answers is converted; µg/m³ and mg/m³ are refused. No command for zero and span that takes a concentration is documented:
a person adjusts at the analyser. The analyser is taken to show four digits at full scale; where it shows others, state
`resolution`.
"""

from __future__ import annotations

import math
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from importlib import resources
from typing import ClassVar

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, model_validator

from instruments.linked_analyser import LinkedAnalyser, LinkedAnalyserSettings
from instruments.probing import Found, Probe
from instruments.session import SerialSettings
from instruments.station_keys import BaudRate
from instruments.tapi import LINE, Message, TestValue, request
from instruments.transport import Link
from testbench.engine.roles import Channel, Identity, Parts, Sample, Status
from testbench.errors import InstrumentError, suggest

DIGITS = 4


class ValueEntry(BaseModel):
    """A test value: its name in request and answer; unit of its channel (None: that of the range), and as answered."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    ask: str = Field(pattern=r"^[A-Za-z0-9_/]+$")
    shown: str
    unit: str | None = None
    answered: str = ""
    resolution: float = Field(default=0.0, ge=0)
    evidence: str = "stated by the station file"


@cache
def shipped_values() -> Mapping[str, ValueEntry]:
    """The test values that are known, by quantity."""
    text = (resources.files("instruments") / "tapi_values.toml").read_text(encoding="utf-8")
    return TypeAdapter(dict[str, ValueEntry]).validate_python(tomllib.loads(text))


class TeledyneSettings(LinkedAnalyserSettings):
    """Keys of a `[devices.NAME]` table with driver "teledyne"."""

    instrument_id: int | None = Field(default=None, ge=0, le=9999, description="ID of the unit; none: requests carry none")
    baud_rate: BaudRate = 19200
    computer_mode: bool = Field(default=False, description="the line is in computer mode: requests end with CR and LF")
    values: dict[str, ValueEntry] = Field(default={}, description="quantity → its test value, where not as shipped")

    @model_validator(mode="after")
    def _known_values(self) -> TeledyneSettings:
        known = {**shipped_values(), **self.values}
        for quantity in (self.measurand, *self.record_also):
            if quantity not in known:
                raise ValueError(
                    f"the test value of {quantity!r} is not known; state it with values; {suggest(quantity, known)}"
                )
        return self

    def entry(self, quantity: str) -> ValueEntry:
        """The test value of a quantity."""
        return self.values.get(quantity) or shipped_values()[quantity]


class Teledyne(LinkedAnalyser):
    """A device under test that tells its test values."""

    driver: ClassVar[str] = "teledyne"
    kind: ClassVar[str] = "device"
    summary: ClassVar[str] = "Teledyne API analyser (T series and relatives) over its text protocol"
    documented_by: ClassVar[str] = (
        "the maker's manuals T700, M300, M300E and T101 appendix A; names of values differ by model"
    )
    verified: ClassVar[str] = "messages checked against the maker's manuals; not against hardware; TCP port not confirmed"
    Settings: ClassVar[type[BaseModel]] = TeledyneSettings

    @classmethod
    def probes(cls) -> Iterator[Probe]:
        """Ask for the list of test values (`instruments.probing`)."""
        yield Probe(request("T", "LIST", None), _recognise, SerialSettings(19200))

    def __init__(self, name: str, settings: TeledyneSettings, parts: Parts) -> None:
        line = SerialSettings(settings.baud_rate)
        address = "" if settings.instrument_id is None else f" with ID {settings.instrument_id:04d}"
        link = Link(
            name,
            settings.resource,
            timeout_s=settings.timeout_s,
            tries=settings.tries,
            serial=line,
            hint=f"is it switched on and set to {line}{address}, and does it know this name (T LIST)?",
        )
        self._entries = [settings.entry(quantity) for quantity in (settings.measurand, *settings.record_also)]
        further = [
            Channel(f"{name}.{quantity}", quantity, entry.unit or settings.unit, entry.resolution)
            for quantity, entry in zip(settings.record_also, self._entries[1:], strict=True)
        ]
        super().__init__(name, settings, link, resolution=settings.step(DIGITS), further=further)
        self._id = settings.instrument_id
        end = b"\r\n" if settings.computer_mode else b"\r"
        self._requests = [request("T", entry.ask, self._id, end) for entry in self._entries]
        self._warnings: list[str] = []

    def identify(self) -> Identity:
        """Make sure that the analyser answers; no request for its identity is documented, so there is none to return."""
        self.request()
        self.collect()
        return Identity()

    def request(self) -> None:
        """Ask for the content."""
        self._ask(0)

    def collect(self) -> Sequence[Sample]:
        """Return the content in `unit`, and what is recorded beside it. Raises InstrumentError."""
        samples = [self._sample(0)]
        for number in range(1, len(self._entries)):
            self._ask(number)
            samples.append(self._sample(number))
        return samples

    def _ask(self, number: int) -> None:
        entry = self._entries[number]
        self._warnings.clear()
        self._link.send(self._requests[number], LINE, accept=lambda line: self._answers(entry, line))

    def _answers(self, entry: ValueEntry, line: bytes) -> bool:
        message = Message.read(line)
        if message is None or (None not in (self._id, message.instrument_id) and message.instrument_id != self._id):
            return False
        if message.letter == "W":
            self._warnings.append(message.text)
        return message.letter == "T" and _shows(entry, message) is not None

    def _sample(self, number: int) -> Sample:
        entry, channel = self._entries[number], self.channels[number]
        message = Message.read(self._link.receive())
        shown = _shows(entry, message) if message is not None else None
        assert shown is not None  # the link let nothing else pass
        value = shown.number()
        if value is None:
            return Sample(math.nan, Status.FLAGGED, f"{shown.name}={shown.value}")
        if entry.unit is None or not entry.answered:
            value = self._converted(value, shown.unit, channel.unit)
        elif shown.unit != entry.answered:
            raise InstrumentError(
                f"{self.name} ({self.resource}): answers {shown.name} in {shown.unit!r}, not in {entry.answered!r}; "
                "state it with values"
            )
        return Sample(value, Status.FLAGGED, "; ".join(self._warnings)) if self._warnings else Sample(value)


def _shows(entry: ValueEntry, message: Message) -> TestValue | None:
    shown = TestValue.of(message.text)
    return shown if shown is not None and shown.name.upper() == entry.shown.upper() else None


def _recognise(answer: bytes) -> Found | None:
    """Any message of TAPI; the ID is stated where it is not 0."""
    messages = [message for line in answer.split(b"\r") if (message := Message.read(line)) is not None]
    if not messages:
        return None
    number = messages[0].instrument_id
    return Found(Identity(maker="Teledyne API"), {"instrument_id": number} if number else {})
