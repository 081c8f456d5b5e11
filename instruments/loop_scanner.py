"""What scanners of current loops have in common: channels that are claimed, readings that become values, SCPI errors.

A channel that a device or sensor claims is given in that device's unit, value = low + (I - 4 mA) / 16 mA · (high - low).
A failure current after NAMUR NE 43 (at or below 3.6 mA, at or above 21 mA) is flagged, with the current in `raw`. A channel
that nobody claims is given in mA, under the name "daq.121". A driver says how its scan is set up, started and answered.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar, Generic, Self, TypeVar

from pydantic import Field, model_validator

from instruments.framing import LineFraming
from instruments.session import SerialSettings
from instruments.station_keys import BaudRate, DriverSettings, ResourceName, Timeout, Tries
from instruments.transport import Link
from testbench.engine.roles import Channel, Identity, Listener, SafeOutcome, Sample, Status
from testbench.errors import InstrumentError, StationError

ZERO_MA, SPAN_MA = 4.0, 16.0
# NAMUR NE 43: a transmitter signals its failure at or below 3.6 mA (a broken wire gives 0), or at or above 21 mA.
FAILURE_LOW_MA, FAILURE_HIGH_MA = 3.6, 21.0
LARGEST_MA = 22.0  # of a failed loop
OVERLOAD = 9.9e37

LINE = LineFraming(b"\n")


class LoopScannerSettings(DriverSettings):
    """Keys of an `[instruments.NAME]` table with a scanner; its modules have 20 channels of voltage and two of current."""

    slots: ClassVar[tuple[int, ...]]
    module: ClassVar[str]

    resource: ResourceName
    current_channels: tuple[int, ...] = Field(default=(), description="channels x21 and x22 that measure current")
    shunts: dict[int, float] = Field(default={}, description="channels that measure the voltage over a shunt: its ohm")
    scan_interval_s: float = Field(default=0.1, gt=0, description="shortest time between two scans, s")
    baud_rate: BaudRate = 57600
    timeout_s: Timeout = 3.0
    tries: Tries = 3

    @model_validator(mode="after")
    def _channels_exist(self) -> Self:
        if not self.current_channels and not self.shunts:
            raise ValueError("state at least one channel, in current_channels or shunts")
        for channel in self.current_channels:
            if channel // 100 not in self.slots or channel % 100 not in (21, 22):
                raise ValueError(
                    f"current_channels: channel {channel} cannot measure current, only x21 and x22 of a {self.module} "
                    f"module (121, 122, 221 …); use a shunt: shunts = {{ {channel} = 250.0 }}"
                )
        for channel, shunt in self.shunts.items():
            if channel // 100 not in self.slots or not 1 <= channel % 100 <= 20:
                raise ValueError(f"shunts: there is no voltage channel {channel}; a module in slot 1 has 101 to 120")
            if not 1.0 <= shunt <= 10_000.0:
                raise ValueError(
                    f"shunts: {shunt} ohm at channel {channel} is not a shunt for 4-20 mA; usual are 50 to 500 ohm"
                )
        if len(set(self.current_channels)) != len(self.current_channels):
            raise ValueError("current_channels: a channel is stated twice")
        return self


@dataclass(frozen=True, slots=True)
class Scale:
    """What becomes of one reading: value = gain · reading + offset, flagged outside ]low, high[ (in the reading's unit)."""

    channel: Channel
    gain: float
    offset: float
    low: float
    high: float
    milliamperes: float  # mA per unit of the reading

    def sample(self, reading: float) -> Sample:
        """The sample of a reading; NaN and overload have no value."""
        if not abs(reading) < OVERLOAD:
            return Sample(math.nan, Status.FLAGGED, "overload")
        value = reading * self.gain + self.offset
        if self.low < reading < self.high:
            return Sample(value)
        return Sample(value, Status.FLAGGED, f"{reading * self.milliamperes:.4f} mA")


S = TypeVar("S", bound=LoopScannerSettings)


class LoopScannerBase(Generic[S]):
    """A scanner, read as one source with a channel for every loop (`instruments.current_loop.LoopScanner`)."""

    current_range: ClassVar[float]  # A, in which loops are measured
    voltage_ranges: ClassVar[tuple[float, ...]]  # V; a reading above 120 % of its range is an overload
    relative_resolution: ClassVar[float]  # of a range, at an integration time of one power line cycle

    safe_state = "none: read only"

    def __init__(self, name: str, settings: S) -> None:
        self.name = name
        self.interval_s = settings.scan_interval_s
        self._settings = settings
        self._numbers = tuple(sorted((*settings.current_channels, *settings.shunts)))
        self._scales = {number: self._unclaimed(number) for number in self._numbers}
        self._claims: dict[int, str] = {}
        self._plan: tuple[Scale, ...] = ()
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
        self._scales[channel] = Scale(
            Channel(name, quantity, unit, abs(self._resolution(channel) * to_ma * per_ma)),
            gain=to_ma * per_ma,
            offset=low - ZERO_MA * per_ma,
            low=FAILURE_LOW_MA / to_ma,
            high=FAILURE_HIGH_MA / to_ma,
            milliamperes=to_ma,
        )

    def _unclaimed(self, number: int) -> Scale:
        to_ma = 1000.0 / self._resistance(number)
        channel = Channel(f"{self.name}.{number}", "current", "mA", self._resolution(number) * to_ma)
        return Scale(channel, to_ma, 0.0, -math.inf, math.inf, to_ma)

    def _resistance(self, number: int) -> float:
        """Ohm by which a reading is divided to give A; 1 where the reading is a current."""
        return self._settings.shunts.get(number, 1.0)

    def _range(self, number: int) -> float:
        """The smallest range that holds a failed loop: 22 mA."""
        if number not in self._settings.shunts:
            return self.current_range
        return next(r for r in self.voltage_ranges if 1.2 * r >= 1e-3 * LARGEST_MA * self._settings.shunts[number])

    def _resolution(self, number: int) -> float:
        return self._range(number) * self.relative_resolution

    def _by_range(self) -> Mapping[tuple[str, float], Sequence[int]]:
        """Channels by function (VOLT, CURR) and range."""
        groups: dict[tuple[str, float], list[int]] = {}
        for number in self._numbers:
            function = "VOLT" if number in self._settings.shunts else "CURR"
            groups.setdefault((function, self._range(number)), []).append(number)
        return groups

    # ---- Session -------------------------------------------------------------------------------------------------------

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

    def _set_up(self, commands: Sequence[str]) -> None:
        """Send the commands of a set-up; raise InstrumentError with what the scanner refused of them."""
        for command in commands:
            self._link.write(command.encode("ascii") + b"\n")
        if errors := self._errors():
            raise InstrumentError(f"{self.name} ({self._settings.resource}): refused its set-up: {'; '.join(errors)}")
        self._plan = tuple(self._scales[number] for number in self._numbers)

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

    def _wrong(self, answer: bytes) -> InstrumentError:
        shown = answer[:80].decode("ascii", "replace")
        return InstrumentError(
            f"{self.name} ({self._settings.resource}): asked for {len(self._plan)} readings, answered {shown!r}; has "
            "somebody changed its scan list?"
        )


def listed(numbers: Sequence[int]) -> str:
    """A channel list as SCPI writes it: (@101,102)."""
    return f"(@{','.join(map(str, numbers))})"


def numbers_of(line: bytes) -> list[float] | None:
    """The numbers of a line that has nothing else, however many; None for any other line."""
    try:
        return [float(text) for text in line.split(b",")]
    except ValueError:
        return None
