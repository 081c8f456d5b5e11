"""What analysers with a line of their own have in common: the session, their channels, units of what they answer.

A driver adds what is particular: `request` and `collect`, `identify`, and adjustment where its protocol has commands for it.

class OursSettings(LinkedAnalyserSettings):
    baud_rate: BaudRate = 9600

class Ours(LinkedAnalyser):
    driver = "ours"
    ...
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Self

from pydantic import Field, field_validator, model_validator

from instruments.station_keys import (
    DeviceRange,
    DeviceUnit,
    DriverSettings,
    Measurand,
    RecordAlso,
    ResourceName,
    Timeout,
    Tries,
    UpdateInterval,
)
from instruments.transport import Link
from testbench.engine.roles import Adjustment, AdjustmentByOperatorError, Channel, Listener, SafeOutcome
from testbench.errors import InstrumentError
from testbench.metrology.amount import UnitError, conversion, to_fraction

_AS_THE_FIELD_WRITES = {"PPM": "ppm", "PPB": "ppb", "UMOL/MOL": "µmol/mol", "MMOL/MOL": "mmol/mol", "VOL%": "%", "PCT": "%"}


class LinkedAnalyserSettings(DriverSettings):
    """Keys that every analyser with a line of its own has."""

    resource: ResourceName
    timeout_s: Timeout = 1.0
    tries: Tries = 3
    measurand: Measurand = "CO2"
    range: DeviceRange
    unit: DeviceUnit
    update_s: UpdateInterval = 1.0
    record_also: RecordAlso = ()
    resolution: float | None = Field(default=None, ge=0, description="step of the last digit, in unit; default: see driver")

    @field_validator("unit")
    @classmethod
    def _known_unit(cls, value: str) -> str:
        to_fraction(1.0, value)
        return value

    @model_validator(mode="after")
    def _measurand_is_no_further_quantity(self) -> Self:
        if self.measurand in self.record_also:
            raise ValueError(f"record_also names {self.measurand!r}, which is the measurand itself; remove it there")
        return self

    def step(self, digits: int) -> float:
        """Step of the last digit in `unit`: as stated, or that of so many digits at full scale."""
        if self.resolution is not None:
            return self.resolution
        return digit_step(max(abs(end) for end in self.range), digits)


class LinkedAnalyser:
    """A device under test that is its own source; its first channel is its indication, the others what is recorded also."""

    safe_state = "none: read only"

    def __init__(
        self, name: str, settings: LinkedAnalyserSettings, link: Link, *, resolution: float, further: Sequence[Channel] = ()
    ) -> None:
        self.name = name
        self.resource = settings.resource
        self.channel = name
        self.unit = settings.unit
        self.low, self.high = settings.range
        self.update_s = self.interval_s = settings.update_s
        self.channels = (Channel(name, settings.measurand, settings.unit, resolution), *further)
        self._link = link
        self._factors: dict[tuple[str, str], float] = {}

    @property
    def source(self) -> Self:
        """The device is read itself."""
        return self

    def open(self) -> None:
        """Connect."""
        self._link.open()

    def close(self) -> None:
        """Disconnect."""
        self._link.close()

    def trace(self, listener: Listener | None) -> None:
        """Let a listener hear every byte of the session; None ends it."""
        self._link.trace = listener

    def drive_safe(self) -> SafeOutcome:
        """Do nothing: an analyser that is only read is safe."""
        return SafeOutcome(self.name, self.safe_state, verified=True, read_back="")

    def adjust(self, point: Adjustment, indicated: float, target: float) -> None:
        """Raise AdjustmentByOperatorError: no command for it is known."""
        raise AdjustmentByOperatorError(f"{self.name}: no command to adjust {point.value} is known; adjust at the analyser")

    def _converted(self, value: float, found: str, unit: str) -> float:
        """A number in the unit that the analyser answers, in another; raise InstrumentError where that cannot be."""
        return value / self._factor_between(found, unit)  # a quotient keeps decimal digits as they were written

    def _factor_between(self, found: str, unit: str) -> float:
        """How many of the unit that the analyser answers make one of another; raise InstrumentError where that cannot be."""
        factor = self._factors.get((found, unit))
        if factor is None:
            try:
                factor = self._factors[found, unit] = 1.0 if found == unit else conversion(unit, unit_of(found))
            except UnitError as error:
                raise InstrumentError(
                    f"{self.name} ({self.resource}): answers in {found!r}, which cannot be converted into {unit} ({error}); "
                    "set its gas unit to ppm"
                ) from error
        return factor


def unit_of(text: str) -> str:
    """A unit as analysers print it, as the station file writes it ("PPB" is ppb); unknown ones as they are."""
    return _AS_THE_FIELD_WRITES.get(text.strip().upper(), text.strip())


def digit_step(largest: float, digits: int) -> float:
    """Step of the last digit of a number as large as `largest` that is printed with so many digits (0 where it is 0)."""
    if largest == 0:
        return 0.0
    return float(f"1e{math.floor(math.log10(abs(largest)) + 1e-9) - digits + 1}")
