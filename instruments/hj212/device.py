"""A whole CEMS under test, its data transmission included: this bench is the HJ 212 platform of its data logger.

    [devices.A]
    driver = "hj212"
    resource = "HJ212::0.0.0.0::9212"      # the address and port of this computer where it listens for the logger
    mn = "010000A8900016F000169DC0"        # of the logger
    password = "123456"
    st = "31"                              # its type of system; left out: any
    mode = "poll"                          # ask for each reading (CN 2011); "listen": take what the logger sends by itself
    sent_unit = "%"                        # unit in which the logger sends the measurand; default: that of the range
    update_s = 10.0                        # its reporting interval
    strict = false                         # true: a frame that departs from HJ 212-2017 is not used
    maker = "Maker A"
    model = "CEMS with data logger"
    measurand = "CO2"
    range = [0.0, 20.0]
    unit = "%"
    record_also = ["O2", "CO2-minute-Avg", "age"]

"HJ212::127.0.0.1::9212" listens for a logger on this computer only, "HJ212::0.0.0.0::9212" at every address of it. Devices
with one address are told apart by their MN.

A value that its logger flags other than N is flagged, with the flag. Read leniently, a value out of a frame whose sum is
wrong is flagged too. Listening, each upload is a reading once; where there is no new one there is a gap.

What the logger sends of minutes, hours and days is recorded by `record_also` as NAME-minute-FIELD, NAME-hour-FIELD or
NAME-day-FIELD (Avg, Min, Max, Cou, ZsAvg …), each upload once; "age" is the platform's time at the arrival of the reading
minus its DataTime.

Documented by: HJ 212-2017; frame, sum and codes by its public implementations.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Literal

from pydantic import BaseModel, Field, model_validator

from instruments.deadline import monotonic
from instruments.hj212.codes import DATA_FLAGS, Command, Factor, SystemType, find_factor
from instruments.hj212.data_logger import DataLogger, Upload
from instruments.hj212.segment import VERSIONS, group
from instruments.hj212.units import sent_unit_factor
from instruments.station_keys import (
    DeviceRange,
    DeviceUnit,
    DriverSettings,
    Measurand,
    RecordAlso,
    Timeout,
    Tries,
    UpdateInterval,
)
from testbench.engine.clock import wall_now
from testbench.engine.roles import (
    Adjustment,
    AdjustmentByOperatorError,
    Channel,
    Identity,
    Listener,
    Parts,
    SafeOutcome,
    Sample,
    Status,
)
from testbench.errors import InstrumentError

AGE = "age"
PERIODS = {"minute": Command.MINUTE, "hour": Command.HOUR, "day": Command.DAY}
LISTEN_WAIT_S = 0.2  # how long a reading waits for an upload that is due, so that no other instrument waits long
_RESOURCE = re.compile(r"HJ212::([^:\s]+)::([0-9]{1,5})")
_FURTHER = re.compile(rf"(.+)-({'|'.join(PERIODS)})-([A-Za-z]+)")
GAP = Sample(math.nan, Status.GAP)


@dataclass(frozen=True, slots=True)
class Recorded:
    """What one entry of `record_also` names: a factor's field in uploads of one kind; no factor: the age."""

    name: str
    factor: Factor | None
    command: Command
    field: str

    @property
    def source(self) -> tuple[Command, str]:
        """Of what its uploads are: fields of the same come from the same upload."""
        return self.command, "" if self.factor is None else self.factor.code


class Hj212Settings(DriverSettings):
    """Keys of a `[devices.NAME]` table with driver "hj212"."""

    resource: str = Field(
        description='where it listens for the logger: "HJ212::ADDRESS::PORT"; "twin" where it is simulated'
    )
    mn: str = Field(pattern="^[0-9A-Za-z]{1,64}$", description="MN of the logger")
    password: str = Field(default="123456", pattern="^[^;,=&]{1,64}$", description="PW of the logger")
    st: SystemType | None = Field(default=None, description="type of system (ST) that it must say; default: any")
    mode: Literal["poll", "listen"] = Field(default="poll", description="ask for each reading, or take what comes by itself")
    strict: bool = Field(default=False, description="use no frame that departs from HJ 212-2017")
    code: str | None = Field(default=None, description="code of the measurand (a05001); default: by its name")
    field: Literal["Rtd", "ZsRtd"] = Field(default="Rtd", description="the measured value, or the one converted (ZsRtd)")
    sent_unit: str | None = Field(
        default=None, description="unit in which the measurand is sent; default: that of the range"
    )
    decimals: int | None = Field(
        default=None, ge=0, le=9, description="decimals that are sent; default: by the code, else 3"
    )
    set_interval: bool = Field(default=False, description="on opening, set its reporting interval to update_s (CN 1062)")
    set_clock: bool = Field(default=False, description="on opening, set its clock to that of this computer (CN 1012)")
    zero_command: bool = Field(default=False, description="adjust zero by its command (CN 3011); default: a person does")
    connect_s: float = Field(default=60.0, gt=0, le=3600, description="longest time for the logger to connect, s")
    timeout_s: Timeout = 5.0
    tries: Tries = 3
    measurand: Measurand = "CO2"
    range: DeviceRange
    unit: DeviceUnit
    update_s: UpdateInterval = 30.0
    record_also: RecordAlso = ()

    @model_validator(mode="after")
    def _can_be(self) -> Hj212Settings:
        if self.resource != "twin" and self.address is None:
            raise ValueError(
                f"resource must be HJ212::ADDRESS::PORT, for example HJ212::0.0.0.0::9212, got {self.resource!r}"
            )
        if self.set_interval and not (self.update_s == int(self.update_s) and 1 <= self.update_s <= 3600):
            raise ValueError(f"set_interval needs update_s in whole seconds from 1 to 3600, got {self.update_s:g}")
        if self.code is None and find_factor(self.measurand) is None:
            raise ValueError(f"the code of {self.measurand} is not known; state code")
        sent_unit_factor(self.sent_unit or self.unit, self.unit, self.measurand)
        _ = self.recorded
        return self

    @property
    def address(self) -> tuple[str, int] | None:
        """Address and port to listen at; None for what is no address."""
        found = _RESOURCE.fullmatch(self.resource)
        return (found[1], int(found[2])) if found and 0 < int(found[2]) < 65536 else None

    @property
    def factor(self) -> Factor:
        """Code of the measurand, with what is known of it."""
        known = find_factor(self.code or self.measurand)
        return known or Factor(self.code or "", self.measurand, self.measurand, self.sent_unit or self.unit)

    @property
    def sent_decimals(self) -> int:
        """Decimals of the measurand as it is sent."""
        known = self.factor.decimals
        return self.decimals if self.decimals is not None else 3 if known is None else known

    @property
    def recorded(self) -> tuple[Recorded, ...]:
        """What `record_also` names; raise ValueError for what is not known."""
        return tuple(_recorded(entry) for entry in self.record_also)


def _recorded(entry: str) -> Recorded:
    if entry == AGE:
        return Recorded(entry, None, Command.REALTIME, "")
    found = _FURTHER.fullmatch(entry)
    name, command, field = (found[1], PERIODS[found[2]], found[3]) if found else (entry, Command.REALTIME, "Rtd")
    factor = find_factor(name)
    if factor is None:
        raise ValueError(
            f"record_also cannot have {entry!r}; write the name or code of a factor (O2, a19001), with -minute-Avg or "
            "the like after it for what is sent of a time, or age"
        )
    return Recorded(entry, factor, command, field)


class Hj212Device:
    """A device under test, and its own source: what its data logger says that it measures."""

    driver: ClassVar[str] = "hj212"
    kind: ClassVar[str] = "device"
    summary: ClassVar[str] = "CEMS with its data logger, over HJ 212-2017: this bench is the platform (TCP server)"
    documented_by: ClassVar[str] = "HJ 212-2017, as public implementations have it"
    verified: ClassVar[str] = "frames and sum checked against published frames of loggers; not against hardware"
    Settings: ClassVar[type[BaseModel]] = Hj212Settings

    safe_state = "none: read only"

    def __init__(self, name: str, settings: Hj212Settings, parts: Parts) -> None:
        self.name = name
        self.settings = settings
        self.channel = name
        self.unit = settings.unit
        self.low, self.high = settings.range
        self.update_s = self.interval_s = settings.update_s
        self._per_sent = sent_unit_factor(settings.sent_unit or settings.unit, settings.unit, settings.measurand)
        self._recorded = settings.recorded
        step = 10.0**-settings.sent_decimals * self._per_sent
        self.channels = (
            Channel(name, settings.measurand, settings.unit, step),
            *(self._further_channel(recorded) for recorded in self._recorded),
        )
        host, port = settings.address or ("", 0)
        self.data_logger = DataLogger(
            name,
            host,
            port,
            mn=settings.mn,
            password=settings.password,
            system_type=settings.st,
            strict=settings.strict,
            timeout_s=settings.timeout_s,
            tries=settings.tries,
            codes=settings.factor.codes,
        )
        self._delivered: dict[
            tuple[Command, str], int
        ] = {}  # serial of the last upload of a kind and code that was a reading
        self._heard_at = 0.0

    def _further_channel(self, recorded: Recorded) -> Channel:
        name = f"{self.name}.{recorded.name}"
        if recorded.factor is None:
            return Channel(name, AGE, "s", 1.0)
        factor = recorded.factor
        if factor.code == self.settings.factor.code:
            return Channel(name, factor.name, self.unit, 10.0**-self.settings.sent_decimals * self._per_sent)
        return Channel(name, factor.name, factor.unit, 0.0 if factor.decimals is None else 10.0**-factor.decimals)

    @property
    def source(self) -> Hj212Device:
        """The device is read itself."""
        return self

    # ---- instrument ----------------------------------------------------------------------------------------------------

    def open(self) -> None:
        """Listen, wait for the logger, and set of it what the station file asks for."""
        self.data_logger.open(self.settings.connect_s)
        self._heard_at = monotonic()
        try:
            if self.settings.set_clock:
                time = f"{wall_now():%Y%m%d%H%M%S}"
                self.data_logger.command(Command.SET_TIME, group(("PolId", self.settings.factor.code), ("SystemTime", time)))
            if self.settings.set_interval:
                interval = group(("RtdInterval", int(self.settings.update_s)))
                self.data_logger.command(Command.SET_REALTIME_INTERVAL, interval)
        except InstrumentError:
            self.data_logger.close()
            raise

    def close(self) -> None:
        """Stop listening; the logger will look for its platform until it is there again."""
        self.data_logger.close()

    def identify(self) -> Identity:
        """The MN, the version of HJ 212, and how frames depart from it.

        Polled, a first reading makes sure that the logger answers; listened to, nothing may have come yet.
        """
        if self.settings.mode == "poll":
            self.request()
            self.data_logger.realtime()
        departures = ", ".join(sorted(self.data_logger.departures))
        version = f"HJ 212-{VERSIONS[self.data_logger.version]}{f' (departs in: {departures})' if departures else ''}"
        return Identity("", "", self.settings.mn, version)

    def trace(self, listener: Listener | None) -> None:
        """Let a listener hear every byte of the logger's connections; None ends it."""
        self.data_logger.trace = listener

    def drive_safe(self) -> SafeOutcome:
        """Do nothing: a device that is only read is safe."""
        return SafeOutcome(self.name, self.safe_state, verified=True, read_back="")

    # ---- source --------------------------------------------------------------------------------------------------------

    def request(self) -> None:
        """Ask for the real-time data, where the logger is polled."""
        if self.settings.mode == "poll":
            self.data_logger.ask_realtime()

    def collect(self) -> Sequence[Sample]:
        """Return the reading in `unit`, and what is recorded beside it; raise InstrumentError where the logger is silent."""
        upload = self.data_logger.realtime() if self.settings.mode == "poll" else self._next_realtime()
        told: dict[tuple[Command, str], Upload | None] = {}
        for each in self._recorded:
            if each.factor is not None and each.source not in told:
                told[each.source] = self._told(each.factor, each.command, upload)
        further = (
            self._age(upload) if each.factor is None else self._further(each, told[each.source]) for each in self._recorded
        )
        return (self._indication(upload), *further)

    def _next_realtime(self) -> Upload | None:
        """The newest upload that was not a reading yet; None, a gap, where there is none."""
        upload = self._new(Command.REALTIME, self.settings.factor, LISTEN_WAIT_S)
        if upload is not None:
            self._heard_at = monotonic()
            return upload
        silent_s = monotonic() - self._heard_at
        if silent_s > self.settings.tries * self.settings.update_s + self.settings.timeout_s:
            complaint = self.data_logger.complaint
            raise InstrumentError(
                f"{self.name} ({self.settings.resource}): no real-time data for {silent_s:.0f} s"
                f"{f'; what came could not be used: {complaint}' if complaint else ''}; "
                f"is the logger connected, and does it send every {self.settings.update_s:g} s?"
            )
        return None

    def _told(self, factor: Factor, command: Command, realtime: Upload | None) -> Upload | None:
        """The upload that tells of a further factor: the reading's own, or the newest that did not yet."""
        if command is Command.REALTIME and realtime is not None and realtime.tells(factor.codes):
            self._delivered[command, factor.code] = realtime.serial
            return realtime
        return self._new(command, factor)

    def _new(self, command: Command, factor: Factor, wait_s: float = 0.0) -> Upload | None:
        """The newest upload of a kind with a factor, once."""
        after = self._delivered.get((command, factor.code), 0)
        upload = self.data_logger.next_upload(command, factor.codes, after, wait_s)
        if upload is not None:
            self._delivered[command, factor.code] = upload.serial
        return upload

    def _indication(self, upload: Upload | None) -> Sample:
        return GAP if upload is None else _sample(upload, self.settings.factor, self.settings.field, self._per_sent)

    def _further(self, recorded: Recorded, upload: Upload | None) -> Sample:
        assert recorded.factor is not None
        if upload is None:
            return GAP
        per_sent = self._per_sent if recorded.factor.code == self.settings.factor.code else 1.0
        return _sample(upload, recorded.factor, recorded.field, per_sent)

    def _age(self, upload: Upload | None) -> Sample:
        return GAP if upload is None or upload.age_s is None else Sample(upload.age_s)

    # ---- device --------------------------------------------------------------------------------------------------------

    def adjust(self, point: Adjustment, indicated: float, target: float) -> None:
        """Have zero calibrated by the logger's command, where the station file says that it has it.

        Raises AdjustmentByOperatorError for anything else, InstrumentError where the logger refuses.
        """
        if point is not Adjustment.ZERO or not self.settings.zero_command:
            raise AdjustmentByOperatorError(
                f"{self.name}: no command to adjust {point.value} is known; adjust at the analyser"
            )
        self.data_logger.command(Command.CALIBRATE_ZERO, group(("PolId", self.settings.factor.code)))


def _sample(upload: Upload, factor: Factor, field: str, per_sent: float) -> Sample:
    """A field as a reading; a gap where it was not sent.

    Flagged where the frame is damaged, where the logger flags it, or where it is no number.
    """
    readings = upload.segment.readings
    reading = next(readings[code] for code in factor.codes if code in readings)
    if field not in reading.fields:
        return GAP
    number = reading.number(field)
    value = math.nan if number is None else number * per_sent
    if upload.damage:
        return Sample(value, Status.FLAGGED, upload.damage)
    if reading.flag != "N":
        meaning = DATA_FLAGS.get(reading.flag)
        return Sample(value, Status.FLAGGED, f"{reading.flag} ({meaning.en})" if meaning else reading.flag)
    if number is None:
        return Sample(value, Status.FLAGGED, reading.fields[field] or "no value")
    return Sample(value)
