"""The reference of a flow rig: a meter that reads velocity, or a Pitot tube with the state of the gas.

Influences on a velocity, beside those that the readings of a window bring:

    reference.NAME, reference.NAME.zero    certificate of the meter: relative, and the same at every velocity
    pitot.coefficient                      certificate of the Pitot tube
    pitot.differential pressure            its transmitter
    duct.temperature, .pressure, .humidity the sensors of the state of the gas, through its density
    CIPM-2007                              the equation of the density itself
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from testbench.engine.roles import Sensor, Source
from testbench.errors import StationError
from testbench.metrology.gas_density import moist_air_density, moist_air_density_of
from testbench.metrology.quantity import Component, Quantity
from testbench.metrology.velocity import VELOCITY_UNIT, pitot_velocity, pitot_velocity_of

Floats = NDArray[np.float64]
PASCALS: Mapping[str, float] = {"Pa": 1.0, "hPa": 100.0, "mbar": 100.0, "kPa": 1000.0}


@runtime_checkable
class VelocityMeter(Source, Protocol):
    """An instrument whose first channel is a velocity in m/s, and that knows how well."""

    def velocity_influences(self, velocity: float) -> Mapping[str, float]:
        """Standard uncertainties of a velocity by influence, m/s."""
        ...


class Reference(Protocol):
    """How a rig knows its velocity: from which channels, and with which influences."""

    sources: tuple[Source, ...]
    channel: str
    inputs: tuple[str, ...]

    def velocities(self, readings: Mapping[str, Floats]) -> Floats:
        """Velocity for every reading of `channel`, m/s."""
        ...

    def quantity(self, velocity: float, readings: Mapping[str, float]) -> Quantity:
        """A velocity with its influences, by the mean readings; those that lack are as in usual room air."""
        ...


class MeterReference:
    """A meter that reads velocity."""

    def __init__(self, meter: VelocityMeter) -> None:
        self._meter = meter
        self.sources: tuple[Source, ...] = (meter,)
        self.channel = meter.channels[0].name
        self.inputs: tuple[str, ...] = (self.channel,)

    def velocities(self, readings: Mapping[str, Floats]) -> Floats:
        """Its readings."""
        return readings[self.channel]

    def quantity(self, velocity: float, readings: Mapping[str, float]) -> Quantity:
        """The velocity with what the meter's certificate says."""
        parts = {name: Component(u) for name, u in self._meter.velocity_influences(velocity).items()}
        return Quantity(velocity, VELOCITY_UNIT, parts)


@dataclass(frozen=True, slots=True)
class PitotCertificate:
    """Coefficient of a Pitot tube, and expanded uncertainties (k = 2) of what its velocity is computed with."""

    coefficient: float
    coefficient_percent: float
    differential_pressure_pa: float
    temperature_c: float
    pressure_kpa: float
    humidity_percent: float


class PitotReference:
    """A Pitot tube: v = C·sqrt(2·Δp/ρ), ρ of moist air (CIPM-2007) by the sensors of the duct."""

    def __init__(self, certificate: PitotCertificate, gauge: Sensor, climate: Mapping[str, Sensor]) -> None:
        self._certificate = certificate
        self._gauge = gauge
        self._climate = climate
        self._pascals = _pascals(gauge)
        self._kilopascals = _pascals(climate["pressure"]) / 1000.0
        self.sources: tuple[Source, ...] = (gauge.source, *(sensor.source for sensor in climate.values()))
        self.channel = gauge.channel
        self.inputs: tuple[str, ...] = (gauge.channel, *(sensor.channel for sensor in climate.values()))

    def velocities(self, readings: Mapping[str, Floats]) -> Floats:
        """Velocity for every differential pressure, with the mean state of the gas; NaN where the density is not known."""
        state = {}
        for name, sensor in self._climate.items():
            values = readings[sensor.channel]
            state[name] = float(np.nanmean(values)) if np.isfinite(values).any() else math.nan
        density = self._density(state["temperature"], state["pressure"] * self._kilopascals, state["humidity"])
        if math.isnan(density):
            return np.full(readings[self.channel].shape, math.nan)
        return pitot_velocity(readings[self.channel] * self._pascals, density, self._certificate.coefficient)

    def quantity(self, velocity: float, readings: Mapping[str, float]) -> Quantity:
        """The velocity with the influences of coefficient, differential pressure and density."""
        told = self._certificate
        state = {name: readings.get(sensor.channel) for name, sensor in self._climate.items()}
        pressure = state["pressure"]
        density = moist_air_density_of(
            _known(20.0 if state["temperature"] is None else state["temperature"], "°C", "temperature", told.temperature_c),
            _known(101.325 if pressure is None else pressure * self._kilopascals, "kPa", "pressure", told.pressure_kpa),
            _known(50.0 if state["humidity"] is None else state["humidity"], "%", "humidity", told.humidity_percent),
        )
        coefficient = told.coefficient
        u_pressure = told.differential_pressure_pa / 2.0
        dynamic = density.value / 2.0 * (velocity / coefficient) ** 2
        if not dynamic > u_pressure or velocity <= 0.0:  # at a standstill the square root has no slope
            u = coefficient * math.sqrt(2.0 * u_pressure / density.value)
            return Quantity(velocity, VELOCITY_UNIT, {"pitot.differential pressure": Component(u)} if u > 0 else {})
        u_coefficient = coefficient * told.coefficient_percent / 200.0
        return pitot_velocity_of(
            Quantity(dynamic, "Pa", {"pitot.differential pressure": Component(u_pressure)}),
            density,
            Quantity(coefficient, "1", {"pitot.coefficient": Component(u_coefficient)}),
        )

    def _density(self, temperature: float, pressure_kpa: float, humidity: float) -> float:
        """Density of the air, NaN where it is not known or no air is so."""
        try:
            return moist_air_density(temperature, 1e3 * pressure_kpa, min(1.0, max(0.0, humidity / 100.0)))
        except ValueError:
            return math.nan


def _known(value: float, unit: str, name: str, expanded: float) -> Quantity:
    return Quantity(value, unit, {f"duct.{name}": Component(expanded / 2.0)} if expanded > 0 else {})


def _pascals(sensor: Sensor) -> float:
    """Pascals that one of the unit of a pressure sensor makes."""
    if sensor.unit not in PASCALS:
        raise StationError(f"{sensor.name}: {sensor.unit!r} is no unit of pressure; known are {', '.join(PASCALS)}")
    return PASCALS[sensor.unit]
