"""A flow rig: a fan, the reference that measures the velocity, and a duct in which devices are tested.

    [flow_rig]
    driver = "flow-rig"
    fan = "fan"                            # an [instruments.NAME] table
    reference = "ultrasonic"               # an [instruments.NAME] table that reads velocity …
    # differential_pressure = "pitot-dp"   # … or an [environment.NAME] table, with duct-temperature, -pressure, -humidity:
    # pitot_coefficient = 0.998
    # temperature = "duct-temperature"
    # pressure = "duct-pressure"
    # humidity = "duct-humidity"
    range = [1.0, 28.0]                    # velocities that can be set, m/s
    curve = [[0.0, 0.0], [100.0, 30.0]]    # fan in percent, velocity in m/s: where the fan is set first
    area_m2 = 0.785
    area_uncertainty_percent = 0.2         # all uncertainties expanded, k = 2
    homogeneity_percent = 0.3              # of the velocity between the reference and the devices

The fan is first set by its curve, then corrected until the reference is within `tolerance_percent` (or `tolerance_m_per_s`,
what is larger) of what was asked for. The influence "NAME.homogeneity" is common to all velocities.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, ClassVar, Protocol, cast, runtime_checkable

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, Field, model_validator

from instruments.deadline import pause
from instruments.rig_reference import MeterReference, PitotCertificate, PitotReference, Reference, VelocityMeter
from instruments.station_keys import DriverSettings
from testbench.engine.roles import Identity, Parts, SafeOutcome, Sensor, Source
from testbench.errors import InstrumentError, StationError, UnsuppliableError, suggest
from testbench.metrology.quantity import Component, Quantity
from testbench.metrology.settling import MINIMUM_READINGS
from testbench.metrology.velocity import VELOCITY_UNIT

FALLING_S = 0.5  # how long the velocity is watched after the fan was stopped
STANDSTILL = 0.5  # m/s
LARGEST_STEP = 1.5  # factor by which one correction changes the fan at most

Percent = Field(default=0.0, ge=0, le=100, description="expanded (k = 2), percent")


@runtime_checkable
class RigFan(Source, Protocol):
    """A fan as the rig needs it; speeds in percent."""

    maximum_percent: float

    def set_speed(self, percent: float) -> None:
        """Set the speed and start it."""
        ...

    def stop(self) -> None:
        """Stop it."""
        ...


class FlowRigSettings(DriverSettings):
    """Keys of the `[flow_rig]` table with driver "flow-rig"; uncertainties are expanded (k = 2)."""

    fan: str = Field(description="name of the fan, an [instruments.NAME] table")
    reference: str | None = Field(default=None, description="name of a meter of velocity, an [instruments.NAME] table")
    differential_pressure: str | None = Field(
        default=None, description="in place of it, differential pressure of a Pitot tube: an [environment.NAME] table"
    )
    pitot_coefficient: float = Field(default=1.0, gt=0, le=2, description="coefficient of the Pitot tube")
    pitot_uncertainty_percent: float = Percent
    differential_pressure_uncertainty_pa: float = Field(default=0.0, ge=0, description="expanded (k = 2), Pa")
    temperature: str | None = Field(default=None, description="temperature of the gas, an [environment.NAME] table")
    pressure: str | None = Field(default=None, description="absolute pressure in the duct, an [environment.NAME] table")
    humidity: str | None = Field(default=None, description="relative humidity of the gas, an [environment.NAME] table")
    temperature_uncertainty_c: float = Field(default=0.5, ge=0, description="expanded (k = 2), °C")
    pressure_uncertainty_kpa: float = Field(default=0.1, ge=0, description="expanded (k = 2), kPa")
    humidity_uncertainty_percent: float = Field(default=5.0, ge=0, description="expanded (k = 2), percent of humidity")
    range: tuple[float, float] = Field(description="lowest and highest velocity that can be set, m/s")
    curve: tuple[tuple[float, float], ...] = Field(
        default=(), description="pairs of fan speed in percent and velocity in m/s, ascending; default: in proportion"
    )
    area_m2: float = Field(gt=0, description="area of the duct where the devices stand, m²")
    area_uncertainty_percent: float = Percent
    homogeneity_percent: float = Percent
    tolerance_percent: float = Field(default=1.0, gt=0, le=20, description="how near to a velocity it must come, percent")
    tolerance_m_per_s: float = Field(default=0.05, gt=0, description="or in m/s, where that is more")
    response_s: float = Field(default=20.0, ge=0, le=3600, description="time in which the velocity follows the fan, s")
    stable_s: float = Field(default=30.0, ge=10, le=3600, description="time over which it must stand still, s")
    rest_velocity: float | None = Field(
        default=None, gt=0, description="velocity while the bench is paused, m/s; default: the fan is stopped"
    )

    @model_validator(mode="after")
    def _one_reference(self) -> FlowRigSettings:
        if (self.reference is None) == (self.differential_pressure is None):
            raise ValueError("state reference, or differential_pressure in place of it")
        if self.differential_pressure is not None and None in (self.temperature, self.pressure, self.humidity):
            raise ValueError("differential_pressure needs temperature, pressure and humidity of the gas")
        return self

    @model_validator(mode="after")
    def _range_and_curve_ascend(self) -> FlowRigSettings:
        low, high = self.range
        if not 0.0 < low < high:
            raise ValueError(f"range must be [low, high] with 0 < low < high, got {list(self.range)}")
        for one, other in zip(self.curve, self.curve[1:], strict=False):
            if not (one[0] < other[0] and one[1] < other[1]):
                raise ValueError("curve must ascend in both speed and velocity")
        if len(self.curve) == 1:
            raise ValueError("curve needs at least two points")
        if self.curve and not self.curve[0][1] <= low <= high <= self.curve[-1][1]:
            raise ValueError(f"curve goes from {self.curve[0][1]:g} to {self.curve[-1][1]:g} m/s and must hold the range")
        if self.rest_velocity is not None and not low <= self.rest_velocity <= high:
            raise ValueError(f"rest_velocity must be within the range, {low:g} to {high:g} m/s")
        return self

    def fan_percent(self, velocity: float) -> float:
        """Speed of the fan for a velocity, by the curve."""
        if not self.curve:
            return 100.0 * velocity / self.range[1]
        percents, velocities = zip(*self.curve, strict=True)
        return float(np.interp(velocity, velocities, percents))


class FlowRig:
    """A flow rig (role `FlowRig`); fan and reference have the sessions."""

    driver: ClassVar[str] = "flow-rig"
    kind: ClassVar[str] = "flow-rig"
    summary: ClassVar[str] = "flow rig: fan and reference velocity in one closed loop"
    documented_by: ClassVar[str] = "EN ISO 16911-1 and ISO 3966 for the velocity, CIPM-2007 for the density"
    verified: ClassVar[str] = "arithmetic by hand calculation; not against hardware"
    Settings: ClassVar[type[BaseModel]] = FlowRigSettings

    def __init__(self, name: str, settings: FlowRigSettings, parts: Parts) -> None:
        self.name = name
        self.settings = settings
        self._fan = _fan(settings.fan, parts)
        self._reference = _reference(settings, parts)
        sources = {id(source): source for source in (self._fan, *self._reference.sources)}
        self.sources: tuple[Source, ...] = tuple(sources.values())
        self.channel = self._reference.channel
        self.inputs = self._reference.inputs
        self.low, self.high = settings.range
        self.response_s, self.stable_s = settings.response_s, settings.stable_s
        u_area = settings.area_m2 * settings.area_uncertainty_percent / 200.0
        self.area = Quantity(settings.area_m2, "m²", {f"{name}.area": Component(u_area)} if u_area > 0 else {})
        self.safe_state = "fan stopped"
        rest = settings.rest_velocity
        self.rest_state = "fan stopped" if rest is None else f"{rest:g} m/s, not controlled"
        self._target: float | None = None
        self._percent = 0.0
        self._refuse_a_slow_reference()

    def _refuse_a_slow_reference(self) -> None:
        """Raise StationError where `stable_s` holds too few readings to tell whether the velocity stands still."""
        read = next(source for source in self._reference.sources if self.channel in (c.name for c in source.channels))
        least = MINIMUM_READINGS * read.interval_s
        if self.stable_s < least:
            raise StationError(
                f"stable_s: {self.stable_s:g} s hold too few readings of {read.name}, which is read every "
                f"{read.interval_s:g} s; give it at least {least:g} s"
            )

    # ---- instrument ----------------------------------------------------------------------------------------------------

    def open(self) -> None:
        """Do nothing: fan and reference connect."""

    def close(self) -> None:
        """Do nothing: fan and reference disconnect."""

    def identify(self) -> Identity:
        """Return nothing: a rig has no interface of its own."""
        return Identity()

    def drive_safe(self) -> SafeOutcome:
        """Stop the fan, and say how the velocity was read back: it falls as the fan runs down, for which nobody waits."""
        before = self._now()
        self.stop()
        outcome = self._fan.drive_safe()
        waited_s = 0.0
        while (after := self._now()) > max(STANDSTILL, 0.98 * before) and waited_s < FALLING_S:
            pause(0.1)
            waited_s += 0.1
        seen = "" if math.isnan(after) else f"; velocity {before:.3g} m/s, then {after:.3g} m/s"
        read_back = f"{outcome.read_back}{seen}"
        return SafeOutcome(self.name, self.safe_state, outcome.verified, read_back)

    def _now(self) -> float:
        """The velocity at this moment, m/s; NaN where it cannot be read."""
        readings: dict[str, NDArray[np.float64]] = {}
        try:
            for source in self._reference.sources:
                source.request()
                samples = source.collect()
                readings |= {c.name: np.array([s.value]) for c, s in zip(source.channels, samples, strict=True)}
        except InstrumentError:
            return math.nan
        return float(self._reference.velocities(readings)[0])

    # ---- setting -------------------------------------------------------------------------------------------------------

    def check(self, velocity: float) -> None:
        """Raise UnsuppliableError, naming the range, for a velocity that cannot be set; 0 is the fan at a standstill."""
        if velocity != 0.0 and not self.low <= velocity <= self.high:
            raise UnsuppliableError(
                f"{self.name}: a velocity of {velocity:g} m/s cannot be set; it can be 0, or from {self.low:g} to "
                f"{self.high:g} m/s"
            )

    def set_velocity(self, velocity: float) -> None:
        """Set the fan for a velocity by its curve; see the role."""
        self.check(velocity)
        if velocity == 0.0:
            self.stop()
            return
        self._percent = min(self.settings.fan_percent(velocity), self._fan.maximum_percent)
        self._fan.set_speed(self._percent)
        self._target = velocity

    def regulate(self, measured: float) -> None:
        """Correct the fan in proportion to what was measured, m/s; the velocity of a duct follows its fan's speed."""
        if self._target is None or not math.isfinite(measured):
            return
        factor = LARGEST_STEP if measured <= 0.0 else self._target / measured
        factor = min(max(factor, 1.0 / LARGEST_STEP), LARGEST_STEP)
        self._percent = min(self._percent * factor, self._fan.maximum_percent)
        self._fan.set_speed(self._percent)

    def tolerance(self, velocity: float) -> float:
        """How near the reference must come to a velocity, m/s; at a standstill half a metre a second of draught is left."""
        if velocity == 0.0:
            return STANDSTILL
        return max(self.settings.tolerance_m_per_s, self.settings.tolerance_percent / 100.0 * velocity)

    def rest(self) -> None:
        """Stop the fan, or let it blow at the velocity for pauses, uncontrolled."""
        if self.settings.rest_velocity is None:
            self.stop()
            return
        self._target = None
        self._fan.set_speed(min(self.settings.fan_percent(self.settings.rest_velocity), self._fan.maximum_percent))

    def stop(self) -> None:
        """Stop the fan."""
        self._target = None
        self._percent = 0.0
        self._fan.stop()

    # ---- reference -----------------------------------------------------------------------------------------------------

    def velocities(self, readings: Mapping[str, NDArray[np.float64]]) -> NDArray[np.float64]:
        """Velocity for every reading of `channel`, m/s."""
        return self._reference.velocities(readings)

    def reference(self, velocity: float, readings: Mapping[str, float], setting: int) -> Quantity:
        """A velocity where the devices stand, with its influences."""
        known = self._reference.quantity(velocity, readings)
        u = self.settings.homogeneity_percent / 200.0 * velocity
        added = {f"{self.name}.homogeneity": Component(u)} if u > 0 else {}
        return Quantity(known.value, VELOCITY_UNIT, dict(known.components) | added)

    def predict(self, velocity: float, setting: int) -> Quantity:
        """The velocity as it would be known in usual room air, without what readings bring."""
        return self.reference(velocity, {}, setting)


def _fan(name: str, parts: Parts) -> RigFan:
    fans = {key: made for key, made in parts.instruments.items() if isinstance(made, RigFan)}
    if name not in fans:
        raise StationError(f"fan: {name!r} is no fan of the station; {suggest(name, fans)}")
    return fans[name]


def _reference(settings: FlowRigSettings, parts: Parts) -> Reference:
    if settings.reference is not None:
        meters = {key: made for key, made in parts.instruments.items() if isinstance(made, VelocityMeter)}
        if settings.reference not in meters:
            raise StationError(
                f"reference: {settings.reference!r} is no meter of velocity of the station; "
                f"{suggest(settings.reference, meters)}"
            )
        return MeterReference(meters[settings.reference])
    certificate = PitotCertificate(
        settings.pitot_coefficient,
        settings.pitot_uncertainty_percent,
        settings.differential_pressure_uncertainty_pa,
        settings.temperature_uncertainty_c,
        settings.pressure_uncertainty_kpa,
        settings.humidity_uncertainty_percent,
    )
    sensors = {key: _sensor(key, getattr(settings, key), parts) for key in ("temperature", "pressure", "humidity")}
    gauge = _sensor("differential_pressure", settings.differential_pressure, parts)
    return PitotReference(certificate, gauge, sensors)


def _sensor(key: str, name: Any, parts: Parts) -> Sensor:
    sensors = {k.removeprefix("environment."): made for k, made in parts.instruments.items() if k.startswith("environment.")}
    if name not in sensors:
        raise StationError(f"{key}: {name!r} is no [environment] table of the station; {suggest(str(name), sensors)}")
    return cast(Sensor, sensors[name])
