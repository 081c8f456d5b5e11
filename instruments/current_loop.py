"""A device under test, or a transmitter of an ambient condition, on a 4-20 mA loop that a scanner reads.

    [devices.C]                                [environment.temperature]
    driver = "current-loop"                    driver = "current-loop-sensor"
    instrument = "daq"                         quantity = "temperature"
    channel = 121                              unit = "°C"
    range = [0.0, 20.0]                        instrument = "daq"
    unit = "%"                                 channel = 101
                                               low = -20.0
                                               high = 60.0

4 mA is the low end of the range and 20 mA the high one. The scanner is the instrument that has the session; it converts the
current and flags a failed loop (`instruments.keysight_daq`).
"""

from __future__ import annotations

from typing import ClassVar, Protocol, runtime_checkable

from pydantic import BaseModel, Field

from instruments.station_keys import (
    DeviceRange,
    DeviceUnit,
    DriverSettings,
    Measurand,
    Scanner,
    ScannerChannel,
    UpdateInterval,
)
from testbench.engine.roles import Adjustment, AdjustmentByOperatorError, Identity, Parts, SafeOutcome, Source
from testbench.errors import StationError

LOOP_VERIFIED = "scaling checked by hand calculation, failure currents are those of NAMUR NE 43; not against hardware"


@runtime_checkable
class LoopScanner(Source, Protocol):
    """A scanner whose channels can be claimed."""

    def claim(self, *, channel: int, name: str, quantity: str, unit: str, low: float, high: float) -> None:
        """Give a channel to a device or sensor: 4 mA is `low`, 20 mA is `high`, in `unit`."""
        ...


class CurrentLoopSettings(DriverSettings):
    """Keys of a `[devices.NAME]` table with driver "current-loop"."""

    instrument: Scanner
    channel: ScannerChannel
    measurand: Measurand = "CO2"
    range: DeviceRange
    unit: DeviceUnit
    update_s: UpdateInterval = 1.0


class CurrentLoopSensorSettings(DriverSettings):
    """Keys of an `[environment.NAME]` table with driver "current-loop-sensor"."""

    instrument: Scanner
    channel: ScannerChannel
    quantity: str = Field(description="condition: temperature, humidity, pressure, voltage …")
    unit: str = Field(description="unit of the condition")
    low: float = Field(description="value at 4 mA")
    high: float = Field(description="value at 20 mA")


class CurrentLoopDevice:
    """A device under test whose analogue output is read."""

    driver: ClassVar[str] = "current-loop"
    kind: ClassVar[str] = "device"
    summary: ClassVar[str] = "analyser on a 4-20 mA output that a scanner reads"
    documented_by: ClassVar[str] = "IEC 60381-1 (4-20 mA), NAMUR NE 43 (failure currents)"
    verified: ClassVar[str] = LOOP_VERIFIED
    Settings: ClassVar[type[BaseModel]] = CurrentLoopSettings

    safe_state = "none: no connection of its own"

    def __init__(self, name: str, settings: CurrentLoopSettings, parts: Parts) -> None:
        self.name = name
        self.channel = name
        self.unit = settings.unit
        self.low, self.high = settings.range
        self.update_s = settings.update_s
        scanner = _scanner(name, settings.instrument, parts)
        scanner.claim(
            channel=settings.channel, name=name, quantity=settings.measurand, unit=self.unit, low=self.low, high=self.high
        )
        self.source: Source = scanner

    def open(self) -> None:
        """Do nothing: the scanner connects."""

    def close(self) -> None:
        """Do nothing: the scanner disconnects."""

    def identify(self) -> Identity:
        """Return nothing: an analogue output does not say whose it is."""
        return Identity()

    def drive_safe(self) -> SafeOutcome:
        """Do nothing: there is no connection that could drive the device."""
        return SafeOutcome(self.name, self.safe_state, verified=True, read_back="")

    def adjust(self, point: Adjustment, indicated: float, target: float) -> None:
        """Raise AdjustmentByOperatorError: an analogue output takes no commands."""
        raise AdjustmentByOperatorError(
            f"{self.name}: an analogue output takes no commands; adjust {point.value} at the analyser, from {indicated:g} "
            f"to {target:g} {self.unit}"
        )


class CurrentLoopSensor:
    """A transmitter of an ambient or supply condition."""

    driver: ClassVar[str] = "current-loop-sensor"
    kind: ClassVar[str] = "sensor"
    summary: ClassVar[str] = "transmitter of an ambient condition on a 4-20 mA loop that a scanner reads"
    documented_by: ClassVar[str] = "IEC 60381-1 (4-20 mA), NAMUR NE 43 (failure currents)"
    verified: ClassVar[str] = LOOP_VERIFIED
    Settings: ClassVar[type[BaseModel]] = CurrentLoopSensorSettings

    def __init__(self, name: str, settings: CurrentLoopSensorSettings, parts: Parts) -> None:
        self.name = name
        self.quantity = settings.quantity
        self.unit = settings.unit
        self.channel = f"environment.{name}"
        scanner = _scanner(self.channel, settings.instrument, parts)
        scanner.claim(
            channel=settings.channel,
            name=self.channel,
            quantity=settings.quantity,
            unit=settings.unit,
            low=settings.low,
            high=settings.high,
        )
        self.source: Source = scanner


def _scanner(name: str, wanted: str, parts: Parts) -> LoopScanner:
    """Return the scanner of that name; raise StationError naming those that there are."""
    scanners: dict[str, LoopScanner] = {
        key: made for key, made in parts.instruments.items() if isinstance(made, LoopScanner)
    }
    if wanted in scanners:
        return scanners[wanted]
    there = f"scanners are {', '.join(scanners)}" if scanners else "the station has no scanner ([instruments.daq])"
    problem = "cannot read current loops" if wanted in parts.instruments else "is not an instrument of the station"
    raise StationError(f"{name}: {wanted!r} {problem}; {there}")
