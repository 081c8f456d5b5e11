"""Interference check (干扰检查) of Method 7E and PS-18: the responses to interferent gases, summed by magnitude.

40 CFR 60 Appendix A-4, Method 7E, 8.2.7: zero gas, then each interferent; the magnitudes of the changes are summed and given
in percent of the calibration span. With `level` the measurand is in both gases, as PS-18 has it at the level of HCl.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from procedures.injections import point_of, read_gas
from procedures.level_error import rule_unit
from procedures.measured_components import measured_components
from procedures.reading import averaging_s
from testbench.engine.bench import Bench
from testbench.engine.procedure import Settings, Text, procedure, setting
from testbench.engine.steps import Averages, DeviceInfo
from testbench.errors import InputError
from testbench.findings import Finding
from testbench.metrology.interference import InterferencePoint, interference


class InterferenceCheckSettings(Settings):
    """Interferents with their contents, and the content of the measurand beside them."""

    components: tuple[str, ...] = setting(
        ("CO2", "CO2", "H2O", "NO", "NO2", "N2O", "CO", "NH3", "CH4", "SO2", "H2", "HCl", "HCN"),
        title=Text(zh="干扰组分", en="interferents"),
        min_length=1,
        max_length=30,
    )
    contents: tuple[Annotated[float, Field(gt=0, le=1_000_000)], ...] = setting(
        (50_000.0, 150_000.0, 250_000.0, 15.0, 15.0, 10.0, 50.0, 10.0, 50.0, 20.0, 50.0, 10.0, 10.0),
        unit="µmol/mol",
        title=Text(zh="干扰组分含量", en="contents of the interferents"),
        min_length=1,
        max_length=30,
    )
    level: float = setting(0.0, unit="F.S.", title=Text(zh="被测组分含量", en="content of the measurand"), ge=0, le=1)


@procedure(
    "interference-check",
    title=Text(zh="干扰检查（方法 7E）", en="Interference check (Method 7E)"),
    roles=("divider",),
    characteristics=("interference",),
)
def interference_check(bench: Bench, settings: InterferenceCheckSettings) -> None:
    """Sum of the magnitudes of the responses to interferents, percent of span; the measurand itself is left out."""
    if len(settings.components) != len(settings.contents):
        raise InputError(
            f"{len(settings.components)} interferents and {len(settings.contents)} contents: give one content for each"
        )
    bench.check_conditions()
    measured = measured_components(bench.devices)
    readings: list[tuple[str, Averages, Averages]] = []
    for component, content in zip(settings.components, settings.contents, strict=True):
        if component.casefold() in measured:
            continue
        without = read_gas(bench, settings.level)
        bench.supply_other(component, content * 1e-6, fraction=settings.level)
        bench.settle()
        readings.append((f"{component} {content:g} µmol/mol", without, bench.average(averaging_s(bench.devices))))
    for device in bench.devices:
        bench.determine(device, "interference", "%", _interference, readings, settings.level)


def _interference(
    device: DeviceInfo, characteristic: str, readings: list[tuple[str, Averages, Averages]], level: float
) -> Finding:
    points = []
    for name, without, present in readings:
        one, other = point_of(device, without, level), point_of(device, present, level)
        points.append(InterferencePoint(name, one.reference, one.indication, other.reference, other.indication))
    found = interference(points, full_scale=device.full_scale)
    total, expanded = found.magnitude.percent_fs, found.magnitude.expanded
    unit, factor = rule_unit(device)
    scale = factor * device.full_scale / 100.0
    expressed = {"absolute": {"value": total * scale, "unit": unit, "expanded_uncertainty": expanded.uncertainty * scale}}
    if level > 0:
        expressed["percent_of_nominal"] = {
            "value": total / level,
            "unit": "%",
            "expanded_uncertainty": expanded.uncertainty / level,
        }
    return Finding(
        device.name,
        characteristic,
        total,
        "%",
        expanded_uncertainty=expanded.uncertainty,
        coverage_factor=expanded.factor,
        details={
            "unit": device.unit,
            "responses": [
                {
                    "interferent": effect.interferent,
                    "percent_of_span": effect.percent_fs,
                    "expanded_uncertainty_percent_of_span": effect.expanded.uncertainty,
                }
                for effect in found.effects
            ],
            "variables": {"difference": total * scale, "span": device.full_scale * factor},
            "expressed": expressed,
        },
    )
