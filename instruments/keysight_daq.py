"""Keysight (Agilent, HP) scanners 34970A, 34972A and DAQ970A with 34901A / DAQM901A modules, for 4-20 mA loops.

    [instruments.daq]
    driver = "keysight-daq"
    resource = "TCPIP::192.168.1.50::5025::SOCKET"
    model = "34972A"
    current_channels = [121]              # x21 and x22 of a module measure current themselves
    shunts = { 101 = 250.0 }              # every other channel: the voltage over a shunt, in ohm

One READ? scans all channels. A channel that a device or sensor claims is given in that device's unit,
value = low + (I - 4 mA) / 16 mA · (high - low). A failure current after NAMUR NE 43 (at or below 3.6 mA, at or above 21 mA)
is flagged, with the current in `raw`. A channel that nobody claims is given in mA, under the name "daq.121".
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import ClassVar, Literal, get_args

from pydantic import BaseModel, Field, model_validator

from instruments.framing import LineFraming
from instruments.probing import SCPI_IDENTITY, Found, Medium, Probe, scpi_identity
from instruments.session import SerialSettings
from instruments.station_keys import BaudRate, DriverSettings, ResourceName, Timeout, Tries
from instruments.transport import Link
from testbench.engine.roles import Channel, Identity, Listener, Parts, SafeOutcome, Sample, Status
from testbench.errors import InstrumentError, StationError

ZERO_MA, SPAN_MA = 4.0, 16.0
# NAMUR NE 43: a transmitter signals its failure at or below 3.6 mA (a broken wire gives 0), or at or above 21 mA.
FAILURE_LOW_MA, FAILURE_HIGH_MA = 3.6, 21.0
OVERLOAD = 9.9e37

# Ranges of the internal multimeter, A and V. A reading above 120 % of its range is an overload.
CURRENT_RANGE = 0.1
VOLTAGE_RANGES = (0.1, 1.0, 10.0, 100.0, 300.0)
# Resolution that goes with an integration time of one power line cycle, relative to the range.
RELATIVE_RESOLUTION = 3e-6

LINE = LineFraming(b"\n")


class KeysightDaqSettings(DriverSettings):
    """Keys of an `[instruments.NAME]` table with driver "keysight-daq"."""

    resource: ResourceName
    model: Literal["34970A", "34972A", "DAQ970A"] = Field(default="34972A", description="what *IDN? must say")
    current_channels: tuple[int, ...] = Field(default=(), description="channels x21 and x22 that measure current")
    shunts: dict[int, float] = Field(default={}, description="channels that measure the voltage over a shunt: its ohm")
    scan_interval_s: float = Field(default=0.1, gt=0, description="shortest time between two scans, s")
    baud_rate: BaudRate = 57600  # the serial port of a 34970A
    timeout_s: Timeout = 3.0
    tries: Tries = 3

    @model_validator(mode="after")
    def _channels_exist(self) -> KeysightDaqSettings:
        if not self.current_channels and not self.shunts:
            raise ValueError("state at least one channel, in current_channels or shunts")
        for channel in self.current_channels:
            if channel // 100 not in (1, 2, 3) or channel % 100 not in (21, 22):
                raise ValueError(
                    f"current_channels: channel {channel} cannot measure current, only x21 and x22 of a 34901A module (121, "
                    f"122, 221 …); use a shunt: shunts = {{ {channel} = 250.0 }}"
                )
        for channel, shunt in self.shunts.items():
            if channel // 100 not in (1, 2, 3) or not 1 <= channel % 100 <= 20:
                raise ValueError(f"shunts: there is no voltage channel {channel}; a module in slot 1 has 101 to 120")
            if not 1.0 <= shunt <= 10_000.0:
                raise ValueError(
                    f"shunts: {shunt} ohm at channel {channel} is not a shunt for 4-20 mA; usual are 50 to 500 ohm"
                )
        if len(set(self.current_channels)) != len(self.current_channels):
            raise ValueError("current_channels: a channel is stated twice")
        return self


@dataclass(frozen=True, slots=True)
class _Scale:
    """What becomes of one reading: value = gain · reading + offset, flagged outside ]low, high[ (in the reading's unit)."""

    channel: Channel
    gain: float
    offset: float
    low: float
    high: float
    milliamperes: float  # mA per unit of the reading


class KeysightDaq:
    """A scanner, read as one source with a channel for every loop."""

    driver: ClassVar[str] = "keysight-daq"
    kind: ClassVar[str] = "instrument"
    summary: ClassVar[str] = "scanner 34970A / 34972A / DAQ970A for 4-20 mA current loops"
    documented_by: ClassVar[str] = "the makers' command references of the three scanners"
    verified: ClassVar[str] = "commands after the makers' manuals; unverified against hardware"
    Settings: ClassVar[type[BaseModel]] = KeysightDaqSettings

    safe_state = "none: read only"

    @classmethod
    def probes(cls) -> Iterator[Probe]:
        """Ask who it is (`instruments.probing`)."""
        yield Probe(SCPI_IDENTITY, _recognise, SerialSettings(57600), Medium.BYTES | Medium.MESSAGES)

    def __init__(self, name: str, settings: KeysightDaqSettings, parts: Parts) -> None:
        self.name = name
        self.interval_s = settings.scan_interval_s
        self._settings = settings
        self._numbers = tuple(sorted((*settings.current_channels, *settings.shunts)))
        self._scales = {number: self._unclaimed(number) for number in self._numbers}
        self._claims: dict[int, str] = {}
        self._plan: tuple[_Scale, ...] = ()
        self._link = Link(
            name,
            settings.resource,
            timeout_s=settings.timeout_s,
            tries=settings.tries,
            serial=SerialSettings(settings.baud_rate),
            hint="is it switched on, its interface enabled, and no other program connected to it?",
        )

    # ---- Channels and claims -------------------------------------------------------------------------------------------

    @property
    def channels(self) -> tuple[Channel, ...]:
        """One channel a loop, in the order of the scan."""
        return tuple(self._scales[number].channel for number in self._numbers)

    def claim(self, *, channel: int, name: str, quantity: str, unit: str, low: float, high: float) -> None:
        """Give channel `channel` to a device or sensor: 4 mA is `low` and 20 mA is `high`, in `unit`; before `open`.

        Raises StationError if there is no such channel, it is taken, or low and high are the same.
        """
        if channel not in self._scales:
            listing = ", ".join(map(str, self._numbers))
            raise StationError(
                f"{name}: channel {channel} is not set up at {self.name!r} (there are {listing}); add it to "
                "current_channels, or its shunt to shunts"
            )
        if (owner := self._claims.get(channel)) is not None:
            raise StationError(f"{name}: channel {channel} of {self.name!r} is already that of {owner!r}")
        if low == high:
            raise StationError(f"{name}: 4 mA and 20 mA cannot both mean {low} {unit}")
        if self._plan:
            raise StationError(f"{name}: {self.name!r} is already open; channels are claimed before")
        to_ma = 1000.0 / self._resistance(channel)
        per_ma = (high - low) / SPAN_MA
        self._claims[channel] = name
        self._scales[channel] = _Scale(
            Channel(name, quantity, unit, abs(self._resolution(channel) * to_ma * per_ma)),
            gain=to_ma * per_ma,
            offset=low - ZERO_MA * per_ma,
            low=FAILURE_LOW_MA / to_ma,
            high=FAILURE_HIGH_MA / to_ma,
            milliamperes=to_ma,
        )

    def _unclaimed(self, number: int) -> _Scale:
        to_ma = 1000.0 / self._resistance(number)
        channel = Channel(f"{self.name}.{number}", "current", "mA", self._resolution(number) * to_ma)
        return _Scale(channel, to_ma, 0.0, -math.inf, math.inf, to_ma)

    def _resistance(self, number: int) -> float:
        """Ohm by which a reading is divided to give A; 1 where the reading is a current."""
        return self._settings.shunts.get(number, 1.0)

    def _range(self, number: int) -> float:
        """The smallest range that holds a failed loop: 22 mA."""
        if number not in self._settings.shunts:
            return CURRENT_RANGE
        return next(r for r in VOLTAGE_RANGES if 1.2 * r >= 0.022 * self._settings.shunts[number])

    def _resolution(self, number: int) -> float:
        return self._range(number) * RELATIVE_RESOLUTION

    # ---- Session -------------------------------------------------------------------------------------------------------

    def open(self) -> None:
        """Connect, check model and modules, set up the scan and make sure that it was understood. Raises InstrumentError."""
        self._link.open()
        self._link.write(b"ABOR;*RST;*CLS\n")
        model = self.identify().model
        if model != self._settings.model:
            raise InstrumentError(
                f"{self.name} ({self._settings.resource}): answers as {model or 'an unknown model'}, the station file says "
                f"{self._settings.model}; correct `model`, or the resource"
            )
        self._check_modules()
        for command in self._setup():
            self._link.write(command.encode("ascii") + b"\n")
        if errors := self._errors():
            raise InstrumentError(f"{self.name} ({self._settings.resource}): refused its set-up: {'; '.join(errors)}")
        self._plan = tuple(self._scales[number] for number in self._numbers)

    def close(self) -> None:
        """Disconnect."""
        self._link.close()
        self._plan = ()

    def identify(self) -> Identity:
        """Ask who it is."""
        fields = [*self._ask("*IDN?").split(","), "", "", "", ""][:4]
        return Identity(*(field.strip() for field in fields))

    def trace(self, listener: Listener | None) -> None:
        """Let a listener hear every byte of the session; None ends it."""
        self._link.trace = listener

    def drive_safe(self) -> SafeOutcome:
        """Do nothing: a scanner that only measures is safe."""
        return SafeOutcome(self.name, self.safe_state, verified=True, read_back="")

    def _check_modules(self) -> None:
        """Refuse an empty slot, and a module that is known to have no current channels; others are let pass."""
        for slot in sorted({100 * (number // 100) for number in self._numbers}):
            card = self._ask(f"SYST:CTYP? {slot}")
            kind = card.split(",")[1].strip() if card.count(",") else card
            needed = [number for number in self._numbers if number // 100 == slot // 100]
            if kind in ("0", ""):
                raise InstrumentError(
                    f"{self.name}: slot {slot} is empty, channels {', '.join(map(str, needed))} need a 34901A"
                )
            currents = [number for number in needed if number not in self._settings.shunts]
            if currents and kind in ("34902A", "34908A", "DAQM902A", "DAQM908A"):
                listing = ", ".join(map(str, currents))
                raise InstrumentError(
                    f"{self.name}: slot {slot} has a {kind}, which cannot measure current ({listing}); use a shunt"
                )

    def _setup(self) -> list[str]:
        """The commands that set up the scan: one for each function and range, then the list of all channels."""
        groups: dict[tuple[str, float], list[int]] = {}
        for number in self._numbers:
            function = "VOLT" if number in self._settings.shunts else "CURR"
            groups.setdefault((function, self._range(number)), []).append(number)
        commands = [
            f"CONF:{function}:DC {reach:g},{reach * RELATIVE_RESOLUTION:.3E},{_listed(numbers)}"
            for (function, reach), numbers in groups.items()
        ]
        commands.append("FORM:READ:TIME OFF;CHAN OFF;UNIT OFF;ALAR OFF")
        # CONF replaces the scan list, so the list of all channels comes last.
        commands.append(f"ROUT:SCAN {_listed(self._numbers)}")
        commands.append("TRIG:SOUR IMM;COUN 1")
        return commands

    def _errors(self) -> list[str]:
        """Empty the error queue."""
        errors: list[str] = []
        for _ in range(32):  # the longest queue has 20
            answer = self._ask("SYST:ERR?")
            if answer.partition(",")[0].strip() in ("+0", "0"):
                break
            errors.append(answer)
        return errors

    def _ask(self, command: str) -> str:
        return self._link.query(command.encode("ascii") + b"\n", LINE).decode("ascii", "replace").strip()

    # ---- Readings ------------------------------------------------------------------------------------------------------

    def request(self) -> None:
        """Start a scan of all channels."""
        self._link.send(b"READ?\n", LINE, accept=_is_scan)

    def collect(self) -> Sequence[Sample]:
        """Return one sample a channel, in the order of the scan. Raises InstrumentError."""
        answer = self._link.receive()
        readings = [float(text) for text in answer.split(b",")]
        if len(readings) != len(self._plan):
            raise self._wrong(answer)
        return [
            Sample(reading * scale.gain + scale.offset)
            if scale.low < reading < scale.high and abs(reading) < OVERLOAD
            # Everything else, NaN included, is looked at closely.
            else _flagged(reading, scale)
            for reading, scale in zip(readings, self._plan, strict=True)
        ]

    def _wrong(self, answer: bytes) -> InstrumentError:
        shown = answer[:80].decode("ascii", "replace")
        return InstrumentError(
            f"{self.name} ({self._settings.resource}): asked for {len(self._plan)} readings, answered {shown!r}; has "
            "somebody changed its scan list?"
        )


def _is_scan(line: bytes) -> bool:
    """Whether a line has nothing but numbers, however many."""
    try:
        for text in line.split(b","):
            float(text)
    except ValueError:
        return False
    return True


def _listed(numbers: Sequence[int]) -> str:
    return f"(@{','.join(map(str, numbers))})"


def _flagged(reading: float, scale: _Scale) -> Sample:
    if not abs(reading) < OVERLOAD:
        return Sample(math.nan, Status.FLAGGED, "overload")
    return Sample(reading * scale.gain + scale.offset, Status.FLAGGED, f"{reading * scale.milliamperes:.4f} mA")


def _recognise(answer: bytes) -> Found | None:
    """One of the scanners."""
    identity = scpi_identity(answer)
    known = KeysightDaqSettings.model_fields["model"].annotation
    return Found(identity, {"model": identity.model}) if identity and identity.model in get_args(known) else None
