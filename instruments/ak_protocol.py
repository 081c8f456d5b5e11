"""An analyser under test that speaks AK (`instruments.ak`): CAI, Emerson NGA, Testo, Servomex and others.

    [devices.C]
    driver = "ak-protocol"
    resource = "ASRL3::INSTR"                  # or "TCPIP::192.168.1.42::8888::SOCKET"
    channel = 0                                # the number behind K
    values = ["CO", "CO2", "O2"]               # what AKON answers, in its order
    units = { CO = "ppm", CO2 = "%" }          # in which unit; AK sends none
    maker = "CAI"
    model = "700"
    measurand = "CO2"
    range = [0.0, 20.0]
    unit = "%"
    record_also = ["O2"]

Which quantity stands where, and in which unit, is set up in each device and not said on the line: compare with the display.
Values behind those that are named are passed over. `values` left out means that the measurand alone is answered.

A reading is flagged where the status digit is not 0 (its error numbers are then asked with ASTF and kept with the reading),
where `#` stands in front of the value, and where the device says that it is busy or has no value. The device is left in the
mode in which it is (manual, remote, stand-by). What SNGA, SEGA, SATK and SCAL do, and their range argument, differs between
models: a person adjusts at the analyser.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from typing import ClassVar, Literal

from pydantic import BaseModel, Field

from instruments.ak import UNKNOWN, AkAnswer, AkFraming, Refusal, encode, number
from instruments.framing import FrameError
from instruments.linked_analyser import LinkedAnalyser
from instruments.ordered_values import OrderedValuesSettings
from instruments.probing import Found, Probe
from instruments.session import SerialSettings
from instruments.station_keys import BaudRate
from instruments.transport import Link
from testbench.engine.roles import Channel, Identity, Parts, Sample, Status
from testbench.errors import InstrumentError

FRAMES = AkFraming()


class AkProtocolSettings(OrderedValuesSettings):
    """Keys of a `[devices.NAME]` table with driver "ak-protocol"."""

    channel: int = Field(default=0, ge=0, le=9, description="number behind K in a request")
    dont_care: str = Field(default=" ", pattern=r"^[ -~]$", description="byte behind STX")
    baud_rate: BaudRate = 9600
    data_bits: Literal[7, 8] = Field(default=8, description="data bits of a serial line")
    parity: Literal["none", "even", "odd"] = Field(default="none", description="parity of a serial line")
    stop_bits: Literal[1, 2] = Field(default=1, description="stop bits of a serial line")


class AkProtocol(LinkedAnalyser):
    """A device under test that answers AKON."""

    driver: ClassVar[str] = "ak-protocol"
    kind: ClassVar[str] = "device"
    summary: ClassVar[str] = "analyser that speaks the AK protocol (CAI, Emerson NGA, Testo, Servomex)"
    documented_by: ClassVar[str] = "AK chapters of the manuals CAI 700, Emerson NGA 2000, Testo NanoMet3"
    verified: ClassVar[str] = (
        "telegrams checked against the makers' manuals; not against hardware; order of values by the station"
    )
    Settings: ClassVar[type[BaseModel]] = AkProtocolSettings

    @classmethod
    def probes(cls) -> Iterator[Probe]:
        """Ask for the identity (`instruments.probing`)."""
        yield Probe(encode("AKEN", 0), _recognise, SerialSettings(9600))

    def __init__(self, name: str, settings: AkProtocolSettings, parts: Parts) -> None:
        line = SerialSettings(settings.baud_rate, settings.data_bits, settings.parity, settings.stop_bits)
        link = Link(
            name,
            settings.resource,
            timeout_s=settings.timeout_s,
            tries=settings.tries,
            serial=line,
            hint=f"is it switched on and set to {line} and the AK protocol?",
        )
        further = [Channel(f"{name}.{q}", q, settings.unit_of(q)) for q in settings.record_also]
        super().__init__(name, settings, link, resolution=settings.resolution or 0.0, further=further)
        self._settings = settings
        self._places = settings.places
        self._answered_unit = settings.unit_of(settings.measurand)

    def identify(self) -> Identity:
        """Ask for the state, and for the identity where the device has one (AKEN); its words differ between models."""
        self._ask("ASTZ")
        answer = self._ask("AKEN", optional=True)
        return Identity(model="" if answer is None or answer.refusal else " ".join(answer.words))

    def request(self) -> None:
        """Ask for the concentrations."""
        self._link.send(self._telegram("AKON"), FRAMES, accept=_answers("AKON"))

    def collect(self) -> Sequence[Sample]:
        """Return the content in `unit`, and what is recorded beside it as it is answered. Raises InstrumentError."""
        answer = self._understood("AKON", self._link.receive())
        if answer.refusal is not None:
            if answer.refusal not in (Refusal.BUSY, Refusal.NOT_AVAILABLE):
                raise self._refused("AKON", answer.refusal)
            return [Sample(math.nan, Status.FLAGGED, answer.refusal.words)] * len(self.channels)
        count, named = len(answer.words), max(self._places) + 1
        if count < named:
            raise InstrumentError(
                f"{self.name} ({self.resource}): AKON answers {count} values, the station file names {named}; correct values"
            )
        doubt = self._errors(answer.status) if answer.status else ""
        samples = [_sample(answer.words[place], doubt) for place in self._places]
        value = self._converted(samples[0].value, self._answered_unit, self.unit)
        return [Sample(value, samples[0].status, samples[0].raw), *samples[1:]]

    def _errors(self, status: int) -> str:
        """The status digit in words, with the numbers of the errors that are active."""
        answer = self._ask("ASTF", optional=True)
        numbers = " ".join(answer.words) if answer is not None and answer.refusal is None else ""
        return f"status {status}" + (f", errors {numbers}" if numbers else "")

    # ---- questions -----------------------------------------------------------------------------------------------------

    def _telegram(self, code: str) -> bytes:
        return encode(code, self._settings.channel, dont_care=self._settings.dont_care)

    def _ask(self, code: str, *, optional: bool = False) -> AkAnswer | None:
        """Ask; None for a code that the device does not know where it is optional."""
        frame = self._link.query(self._telegram(code), FRAMES, accept=_answers(code))
        return None if optional and _read(frame).code == UNKNOWN else self._understood(code, frame)

    def _understood(self, code: str, frame: bytes) -> AkAnswer:
        answer = _read(frame)
        if answer.code == UNKNOWN:
            raise InstrumentError(f"{self.name} ({self.resource}): does not know {code}; does it speak AK on this channel?")
        return answer

    def _refused(self, code: str, refusal: Refusal) -> InstrumentError:
        return InstrumentError(f"{self.name} ({self.resource}): answers {code} with {refusal.value} ({refusal.words})")


def _read(frame: bytes) -> AkAnswer:
    answer = AkAnswer.read(frame)
    assert answer is not None  # the link let nothing else pass
    return answer


def _answers(code: str) -> Callable[[bytes], bool]:
    def accept(frame: bytes) -> bool:
        answer = AkAnswer.read(frame)
        return answer is not None and answer.code in (code, UNKNOWN)

    return accept


def _sample(word: str, doubt: str) -> Sample:
    found = number(word)
    if found is None:
        return Sample(math.nan, Status.FLAGGED, word)
    value, valid = found
    if valid and not doubt:
        return Sample(value)
    return Sample(value, Status.FLAGGED, doubt or f"marked as invalid: {word}")


def _recognise(answer: bytes) -> Found | None:
    """An answer to AKEN, or that the device does not know it; several makers' devices speak AK."""
    try:
        frame = FRAMES.extract(bytearray(answer))
    except FrameError:
        return None
    told = AkAnswer.read(frame) if frame is not None else None
    if told is None or told.code not in ("AKEN", UNKNOWN):
        return None
    return Found(Identity(model="" if told.refusal else " ".join(told.words)), certain=False)
