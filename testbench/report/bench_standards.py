"""What an evaluation rests on, and where each instrument stood: measurement standards and roles, by the station file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from testbench.report.content import InstrumentRole, MeasurementStandard, StandardKind
from testbench.station import DriverTable, Station
from testbench.text import Text

NBSP = "\u00a0"


def measurement_standards(station: Station, flow_units: Mapping[str, str]) -> Iterator[MeasurementStandard]:
    """Cylinders, flow controllers, dividers and the flow rig with its reference, as their certificates state them.

    `flow_units` has the controllers by name with the unit of their flow.
    """
    for name, cylinder in station.cylinders.items():
        zero = cylinder.fraction_percent == 0
        relative = cylinder.expanded_uncertainty_percent
        impurity = cylinder.impurity_umol_per_mol
        yield MeasurementStandard(
            name,
            StandardKind.CYLINDER,
            component=cylinder.component,
            balance=cylinder.balance,
            content=cylinder.fraction_percent,
            unit="%",
            expanded_uncertainty=None if zero else cylinder.fraction_percent * relative / 100.0,
            uncertainty_text=Text(
                zh=f"零点气，{cylinder.component} ≤\u00a0{impurity:g}\u00a0µmol/mol",
                en=f"zero gas, {cylinder.component} ≤\u00a0{impurity:g}\u00a0µmol/mol",
            )
            if zero
            else "",
            certificate=cylinder.certificate,
            valid_until=cylinder.valid_until,
        )
    for name, table in station.instruments.items():
        if name not in flow_units:
            continue
        options, full_scale = table.options, table.options.get("full_scale")
        percent, scatter = options.get("uncertainty_percent", 0.0), options.get("reproducibility_percent", 0.0)
        yield MeasurementStandard(
            name,
            StandardKind.CONTROLLER,
            content=None if full_scale is None else float(full_scale),
            unit=flow_units[name],
            uncertainty_text=Text(
                zh=f"读数的 {percent:g}\u00a0%（k\u00a0=\u00a02），重复设定 {scatter:g}\u00a0%",
                en=f"{percent:g}\u00a0% of reading (k\u00a0=\u00a02), setting to setting {scatter:g}\u00a0%",
            ),
            certificate=table.certificate,
            valid_until=table.valid_until,
        )
    if station.divider is not None and station.divider.resource is not None:
        yield _divider(station.divider, of_flows="divider" in flow_units)
    if station.flow_rig is not None:
        yield from _flow_rig(station, station.flow_rig)


def _divider(table: DriverTable, *, of_flows: bool) -> MeasurementStandard:
    """A divider with a certificate of its own: for the flow of every port, or for the content that it makes."""
    percent, scatter = table.options.get("uncertainty_percent", 0.0), table.options.get("reproducibility_percent", 0.0)
    return MeasurementStandard(
        "divider",
        StandardKind.DIVIDER,
        uncertainty_text=Text(
            zh=f"{'流量' if of_flows else '含量'}的 {percent:g}\u00a0%（k\u00a0=\u00a02），重复设定 {scatter:g}\u00a0%",
            en=f"{percent:g}\u00a0% of {'a flow' if of_flows else 'the content'} (k\u00a0=\u00a02), "
            f"setting to setting {scatter:g}\u00a0%",
        ),
        certificate=table.certificate,
        valid_until=table.valid_until,
    )


def _flow_rig(station: Station, rig: DriverTable) -> Iterator[MeasurementStandard]:
    """The meter that reads the reference velocity, or the Pitot tube; and the rig, for homogeneity and area."""
    options = rig.options
    meter = station.instruments.get(str(options.get("reference", "")))
    if meter is not None:
        percent, absolute = (meter.options.get(f"uncertainty_{unit}", 0.0) for unit in ("percent", "m_per_s"))
        yield MeasurementStandard(
            str(options["reference"]),
            StandardKind.VELOCITY_METER,
            uncertainty_text=Text(
                zh=f"读数的 {percent:g}{NBSP}% 加 {absolute:g}{NBSP}m/s（k{NBSP}={NBSP}2）",
                en=f"{percent:g}{NBSP}% of reading and {absolute:g}{NBSP}m/s (k{NBSP}={NBSP}2)",
            ),
            certificate=meter.certificate,
            valid_until=meter.valid_until,
        )
    gauge = station.environment.get(str(options.get("differential_pressure", "")))
    if gauge is not None:
        percent = options.get("pitot_uncertainty_percent", 0.0)
        pascals = options.get("differential_pressure_uncertainty_pa", 0.0)
        coefficient = options.get("pitot_coefficient", 1.0)
        yield MeasurementStandard(
            str(options["differential_pressure"]),
            StandardKind.VELOCITY_METER,
            uncertainty_text=Text(
                zh=f"皮托管系数 {coefficient:g}，{percent:g}{NBSP}%；差压 {pascals:g}{NBSP}Pa（k{NBSP}={NBSP}2）",
                en=f"Pitot tube of coefficient {coefficient:g}, {percent:g}{NBSP}%; differential pressure "
                f"{pascals:g}{NBSP}Pa (k{NBSP}={NBSP}2)",
            ),
            certificate=gauge.certificate,
            valid_until=gauge.valid_until,
        )
    homogeneity, area = (options.get(key, 0.0) for key in ("homogeneity_percent", "area_uncertainty_percent"))
    yield MeasurementStandard(
        "flow_rig",
        StandardKind.FLOW_RIG,
        content=float(options["area_m2"]) if "area_m2" in options else None,
        unit="m²",
        uncertainty_text=Text(
            zh=f"截面积 {area:g}{NBSP}%，标准与被测位置间 {homogeneity:g}{NBSP}%（k{NBSP}={NBSP}2）",
            en=f"area {area:g}{NBSP}%, between reference and devices {homogeneity:g}{NBSP}% (k{NBSP}={NBSP}2)",
        ),
        certificate=rig.certificate,
        valid_until=rig.valid_until,
    )


def place_of(station: Station, name: str, flow_units: Mapping[str, str]) -> tuple[str, InstrumentRole]:
    """Driver and role of an instrument by its name in the station file, and by what was recorded of it."""
    if name in station.devices:
        return station.devices[name].driver, InstrumentRole.DEVICE
    rig = station.flow_rig
    if rig is not None and name == "flow_rig":
        return rig.driver, InstrumentRole.FLOW_RIG
    if rig is not None and name in (rig.options.get("fan"), rig.options.get("reference")):
        return station.instruments[name].driver, InstrumentRole.FLOW_RIG
    if station.divider is not None and name in station.divider.options.get("selectors", {}).values():
        return station.instruments[name].driver, InstrumentRole.SELECTOR
    if name in station.instruments:
        role = InstrumentRole.CONTROLLER if name in flow_units else InstrumentRole.SCANNER
        return station.instruments[name].driver, role
    if name == "divider" and station.divider is not None:
        return station.divider.driver, InstrumentRole.DIVIDER
    sensor = station.environment.get(name.removeprefix("environment."))
    return (sensor.driver, InstrumentRole.SENSOR) if sensor is not None else ("", InstrumentRole.OTHER)
