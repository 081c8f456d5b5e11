"""The simulated flow rig of a station: its fan, duct and reference, and the velocity devices under test in it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from instruments.twin.duct import Climate, Duct, Fan
from instruments.twin.duct_instruments import DifferentialPressure, ReferenceVelocity, VelocityDevice, VelocityScale
from instruments.twin.duct_truth import (
    DifferentialPressureTruth,
    DuctTruth,
    FanTruth,
    ReferenceVelocityTruth,
    VelocityDeviceTruth,
)
from instruments.twin.environment import Condition
from instruments.twin.noise import Stream
from instruments.twin.truth import Drawn, read_truth
from testbench.errors import StationError
from testbench.metrology.amount import UnitError
from testbench.metrology.measurand import kind_of
from testbench.station import DeviceTable, Station

DIFFERENTIAL_PRESSURE = "differential pressure"
DUCT_QUANTITIES: Mapping[str, str] = {
    "duct temperature": "temperature",
    "duct pressure": "pressure",
    "duct humidity": "humidity",
}
"""Quantities of [environment] tables that say in which state the gas in the duct is."""


class Rig:
    """Fan, duct and reference; a station's rig has a reference that reads velocity, or a gauge of differential pressure."""

    def __init__(self, station: Station, seed: int, conditions: Mapping[str, Condition], options: Mapping[str, Any]) -> None:
        self._seed = seed
        self._felt = {
            DUCT_QUANTITIES[table.quantity]: conditions[name]
            for name, table in station.environment.items()
            if table.quantity in DUCT_QUANTITIES and name in conditions
        }
        truth = read_truth(DuctTruth, (station.flow_rig.truth if station.flow_rig else None), "[flow_rig.truth]")
        name = str(options.get("fan", ""))
        if name not in station.instruments:
            raise StationError(f"[flow_rig] fan: there is no [instruments.{name or 'NAME'}]")
        self.fan = Fan(name, read_truth(FanTruth, station.instruments[name].truth, f"[instruments.{name}.truth]"))
        error = self._drawn(truth.homogeneity_error_percent, options, "homogeneity_percent", "homogeneity")
        area = self._drawn(truth.area_error_percent, options, "area_uncertainty_percent", "area")
        area_m2 = _number(options, "area_m2", "[flow_rig]", 1.0) * (1.0 + area / 100.0)
        self.duct = Duct(self.fan, truth, seed, homogeneity=error / 100.0, area=area_m2, climate=self.climate)
        self.reference = self._reference(station, options.get("reference"))
        self.gauge = self._gauge(station, options)

    @classmethod
    def of(cls, station: Station, seed: int, conditions: Mapping[str, Condition]) -> Rig | None:
        """The rig of a station, None where it has none; raise StationError for a wrong truth.

        `conditions` are those of the [environment] tables by name; those of the duct are the state of the gas in it.
        """
        return None if station.flow_rig is None else cls(station, seed, conditions, station.flow_rig.options)

    def climate(self, now: float) -> Climate:
        """State of the gas in the duct at bench time `now`; what the station does not state is that of usual room air."""
        return Climate(**{quantity: condition.indication(now) for quantity, condition in self._felt.items()})

    def device(self, name: str, table: DeviceTable) -> VelocityDevice:
        """A velocity or flow device in the duct."""
        truth = read_truth(VelocityDeviceTruth, table.truth, f"[devices.{name}.truth]")
        scale = VelocityScale(table.unit, table.range[0], table.range[1])
        return VelocityDevice(name, truth, scale, self.duct, Stream(self._seed, "velocity", name))

    def true_velocity(self, percent: float) -> float:
        """Mean velocity where the devices stand, m/s, when the fan runs at `percent` and nothing wanders."""
        steady = self.fan.truth.full_speed_velocity * percent / 100.0
        return steady * (1.0 + self.duct.homogeneity)

    def _reference(self, station: Station, name: Any) -> ReferenceVelocity | None:
        if name is None:
            return None
        if name not in station.instruments:
            raise StationError(f"[flow_rig] reference: there is no [instruments.{name}]")
        table = station.instruments[name]
        truth = read_truth(ReferenceVelocityTruth, table.truth, f"[instruments.{name}.truth]")
        error = self._drawn(truth.error_percent, table.options, "uncertainty_percent", name)
        zero = self._drawn(truth.zero_error_m_per_s, table.options, "uncertainty_m_per_s", f"{name} zero")
        chance = Stream(self._seed, "reference", name)
        return ReferenceVelocity(name, truth, self.duct, chance, error=error / 100.0, zero_error=zero)

    def _gauge(self, station: Station, options: Mapping[str, Any]) -> DifferentialPressure | None:
        name = options.get("differential_pressure")
        if name is None:
            return None
        if name not in station.environment:
            raise StationError(f"[flow_rig] differential_pressure: there is no [environment.{name}]")
        truth = read_truth(DifferentialPressureTruth, station.environment[name].truth, f"[environment.{name}.truth]")
        error = self._drawn(truth.coefficient_error_percent, options, "pitot_uncertainty_percent", f"{name} coefficient")
        pressure = self._drawn(truth.error_pa, options, "differential_pressure_uncertainty_pa", name)
        coefficient = _number(options, "pitot_coefficient", "[flow_rig]", 1.0) * (1.0 + error / 100.0)
        chance = Stream(self._seed, "gauge", name)
        return DifferentialPressure(name, truth, self.duct, chance, coefficient=coefficient, error_pa=pressure)

    def _drawn(self, given: float | Drawn, options: Mapping[str, Any], key: str, name: str) -> float:
        """An error as stated; "drawn" is normal with half of the expanded uncertainty that the table states under `key`."""
        if given != "drawn":
            return given
        return _number(options, key, "the flow rig", 0.0) / 2.0 * Stream(self._seed, "rig", name).normal(0)


def is_velocity(table: DeviceTable) -> bool:
    """Whether a device measures velocity or flow, by its unit; one of an unknown unit does not."""
    try:
        return kind_of(table.unit).moves
    except UnitError:
        return False


def _number(options: Mapping[str, Any], key: str, place: str, default: float) -> float:
    value = options.get(key, default)
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0.0 <= value < math.inf:
        raise StationError(f"{place} {key}: must be a number, 0 or larger, got {value!r}")
    return float(value)
