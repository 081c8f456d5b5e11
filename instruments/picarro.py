"""A Picarro analyser (cavity ring-down; G2000 family) as reference or device under test, over its text commands.

    [devices.P]
    driver = "picarro"
    resource = "TCPIP::192.168.1.43::51020::SOCKET"    # or "ASRL3::INSTR", 19200 baud 8N1
    values = ["CO2", "CH4", "H2O"]                     # what is answered, in its order, behind the time
    units = { CO2 = "ppm", CH4 = "ppm", H2O = "%" }    # in which unit; the analyser sends none
    maker = "Picarro"
    model = "G2301"
    measurand = "CO2"
    range = [0.0, 1000.0]
    unit = "ppm"
    record_also = ["H2O"]

    _Meas_GetConcEx<CR>  →  22/01/30 17:04:05.678;558.692;1.859;1.630<CR>
                            ERR:1002<TAB>time<CR>

Which values are answered, and in which order, is set up in the analyser (measurement label list). Every answer has the time
of its data: data that the analyser has not renewed for longer than `longest_age_s` (twice `update_s` if not stated) are a
gap and no reading. Until then a value stands, as on a display. Time is real time, so a simulated analyser is not judged by
it. `command = "_Meas_GetConc"` asks for the values without time; old data then cannot be noticed. The buffer commands are
not used: they tell the past. A busy analyser, or one without data, gives a flagged reading without value; other errors are
errors here. No command adjusts it: a person does, with the maker's program.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Sequence
from typing import ClassVar, Final, Literal

from pydantic import BaseModel, Field

from instruments.deadline import monotonic
from instruments.framing import LineFraming
from instruments.linked_analyser import LinkedAnalyser
from instruments.ordered_values import OrderedValuesSettings
from instruments.probing import Found, Probe
from instruments.session import SerialSettings
from instruments.station_keys import BaudRate
from instruments.transport import Link
from testbench.engine.roles import Channel, Identity, Parts, Sample, Status
from testbench.errors import InstrumentError

LINE = LineFraming(b"\r", skip=b"\n\0", longest=4096)
WITH_TIME: Final = "_Meas_GetConcEx"
WITHOUT_TIME: Final = "_Meas_GetConc"
ERRORS = {
    "1000": "communication failed",
    "1001": "busy with another command",
    "1002": "command not recognised",
    "1003": "wrong parameters",
    "1004": "command failed",
    "3001": "measuring is disabled",
    "3002": "no data",
    "5001": "no such channel",
}
PASSING = ("1001", "3001", "3002")  # states of the analyser, not mistakes of the question

_ERROR = re.compile(r"ERR:\s*(?P<code>\d{4})(?:\s.*)?")
_TIME = r"(?P<time>[\d/-]+[ T][\d:.]+);"
_VALUES = r"(?P<values>[^;:]+(?:;[^;:]+)*);?"
_WITH, _WITHOUT = re.compile(_TIME + _VALUES), re.compile(_VALUES)
_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[Ee][+-]?\d+)?")


class PicarroSettings(OrderedValuesSettings):
    """Keys of a `[devices.NAME]` table with driver "picarro"."""

    command: Literal["_Meas_GetConcEx", "_Meas_GetConc"] = Field(
        default=WITH_TIME, description="how the values are asked: with the time of the data, or without"
    )
    longest_age_s: float | None = Field(
        default=None,
        gt=0,
        description="for how long data may stay the same, s; default: twice update_s, on loopback for ever",
    )
    baud_rate: BaudRate = 19200

    @property
    def patience_s(self) -> float:
        """For how long data may stay the same, s of real time, which a simulated analyser on loopback does not follow."""
        if self.longest_age_s is not None:
            return self.longest_age_s
        return math.inf if "127.0.0.1" in self.resource else 2.0 * self.update_s


class Picarro(LinkedAnalyser):
    """A device that answers its values with the time of their data. `clock` is real monotonic time, s."""

    driver: ClassVar[str] = "picarro"
    kind: ClassVar[str] = "device"
    summary: ClassVar[str] = "Picarro analyser (G2000 family) over its text commands"
    documented_by: ClassVar[str] = "the maker's user guide 40-0063 Rev A, public data acquisition programs"
    verified: ClassVar[str] = "answers checked against the guide; not against hardware; order of values by the station file"
    Settings: ClassVar[type[BaseModel]] = PicarroSettings

    @classmethod
    def probes(cls) -> Iterator[Probe]:
        """Ask for the values with their time (`instruments.probing`)."""
        yield Probe(WITH_TIME.encode("ascii") + b"\r", _recognise, SerialSettings(19200))

    def __init__(self, name: str, settings: PicarroSettings, parts: Parts, clock: Callable[[], float] = monotonic) -> None:
        line = SerialSettings(settings.baud_rate)
        link = Link(
            name,
            settings.resource,
            timeout_s=settings.timeout_s,
            tries=settings.tries,
            serial=line,
            hint="is it switched on, and is its command interface enabled?",
        )
        further = [Channel(f"{name}.{q}", q, settings.unit_of(q)) for q in settings.record_also]
        super().__init__(name, settings, link, resolution=settings.resolution or 0.0, further=further)
        self._request = settings.command.encode("ascii") + b"\r"
        self._form = _WITH if settings.command == WITH_TIME else _WITHOUT
        self._places = settings.places
        self._answered_unit = settings.unit_of(settings.measurand)
        self._patience_s = settings.patience_s
        self._clock = clock
        self._time, self._seen_at = "", 0.0

    def identify(self) -> Identity:
        """Make sure that the analyser answers; no command for its identity is documented, so there is none to return."""
        self.request()
        self.collect()
        return Identity()

    def request(self) -> None:
        """Ask for the values."""
        self._link.send(self._request, LINE, accept=self._answers)

    def collect(self) -> Sequence[Sample]:
        """Return the content in `unit`, and what is recorded beside it as it is answered; gaps where the data are old."""
        text = self._link.receive().decode("ascii", "replace").strip()
        if error := _ERROR.fullmatch(text):
            code = error["code"]
            words = f"ERR:{code} ({ERRORS.get(code, 'not documented')})"
            if code in PASSING:
                return [Sample(math.nan, Status.FLAGGED, words)] * len(self.channels)
            raise InstrumentError(f"{self.name} ({self.resource}): answers {self._request.decode().strip()} with {words}")
        found = self._form.fullmatch(text)
        assert found is not None  # the link let nothing else pass
        values = found["values"].split(";")
        count, named = len(values), max(self._places) + 1
        if count < named:
            raise InstrumentError(
                f"{self.name} ({self.resource}): answers {count} values, the station file names {named}; correct values"
            )
        if self._form is _WITH and self._is_old(found["time"]):
            return [Sample(math.nan, Status.GAP, f"no data since {found['time']}")] * len(self.channels)
        samples = [_sample(values[place]) for place in self._places]
        value = self._converted(samples[0].value, self._answered_unit, self.unit)
        return [Sample(value, samples[0].status, samples[0].raw), *samples[1:]]

    def _answers(self, line: bytes) -> bool:
        text = line.decode("ascii", "replace").strip()
        return bool(self._form.fullmatch(text) or _ERROR.fullmatch(text))

    def _is_old(self, time: str) -> bool:
        """Whether data of that time have been seen for too long."""
        now = self._clock()
        if time != self._time:
            self._time, self._seen_at = time, now
        return now - self._seen_at > self._patience_s


def _sample(text: str) -> Sample:
    text = text.strip()
    if _NUMBER.fullmatch(text) and math.isfinite(value := float(text)):
        return Sample(value)
    return Sample(math.nan, Status.FLAGGED, text)


def _recognise(answer: bytes) -> Found | None:
    """Values with a time, or an error as these analysers tell it; it does not say which one."""
    line = LINE.extract(bytearray(answer))
    text = line.decode("ascii", "replace").strip() if line is not None else ""
    return Found(Identity("Picarro")) if _WITH.fullmatch(text) or _ERROR.fullmatch(text) else None
