"""Cross-sensitivity (交叉灵敏度): change of the reading by each interferent alone, and in a small content of the measurand.

OIML R 144:2013: nitrogen, then each interferent alone, then each with the measurand at 10 % of the range; the change is at
most half of the permissible intrinsic error.
"""

from __future__ import annotations

from collections.abc import Sequence

from procedures.interference import read_interferent
from procedures.measured_components import measured_components
from procedures.reading import averaging_s
from testbench.engine.bench import Bench
from testbench.engine.procedure import Settings, Text, procedure, setting
from testbench.engine.steps import Averages, DeviceInfo
from testbench.findings import Finding
from testbench.metrology.amount import to_fraction
from testbench.metrology.interference import InterferenceEffect, InterferencePoint, interference
from testbench.metrology.quantity import Quantity


class CrossSensitivitySettings(Settings):
    """Interferents, and the content of the measurand."""

    interferents: tuple[str, ...] = setting(
        ("H2O 2 %",),
        title=Text(zh="干扰气体及含量", en='interferents with their content, as "CO 300 mg/m3" or "CO2 15 %"'),
        min_length=1,
        max_length=30,
    )
    level: float = setting(0.1, unit="F.S.", title=Text(zh="被测组分含量", en="content of the measurand"), gt=0, le=1)


@procedure(
    "cross-sensitivity",
    title=Text(zh="交叉灵敏度", en="Cross-sensitivity"),
    roles=("divider",),
    characteristics=("cross_sensitivity",),
)
def cross_sensitivity(bench: Bench, settings: CrossSensitivitySettings) -> None:
    """Change of the reading by each interferent alone and with the measurand, µmol/mol."""
    measurands = measured_components(bench.devices)
    interferents = [
        each
        for each in (read_interferent(text) for text in settings.interferents)
        if each.component.casefold() not in measurands
    ]
    bench.check_conditions()
    changes: list[tuple[float, str, Averages, Averages]] = []
    for level in (0.0, settings.level):
        for interferent in interferents:
            if level == 0.0:
                bench.zero_gas()
            else:
                bench.supply(level)
            bench.settle()
            without = bench.average(averaging_s(bench.devices))
            bench.supply_other(interferent.component, interferent.content, fraction=level)
            bench.settle()
            changes.append((level, interferent.written, without, bench.average(averaging_s(bench.devices))))
    for device in bench.devices:
        for level, written, without, present in changes:
            index = f"{written}, {100 * level:g} %F.S."
            bench.determine(device, "cross_sensitivity", "µmol/mol", _change, index, level, without, present)


def _change(
    device: DeviceInfo, characteristic: str, index: str, present_level: float, without: Averages, present: Averages
) -> Finding:
    quantities = [*_both(device, index, without), *_both(device, index, present)]
    point = InterferencePoint(index, quantities[1], quantities[0], quantities[3], quantities[2])
    effect = interference([point], full_scale=device.full_scale).effects[0]
    micro = 1e4 * to_fraction(device.full_scale, device.unit)
    variables = {
        "content": 100.0 * micro * present_level,
        # alone there is no content that the change could be a share of; criteria ask for a content above 0
        "percent_of_content": effect.percent_fs / present_level if present_level > 0.0 else 0.0,
    }
    return Finding(
        device.name,
        characteristic,
        micro * effect.percent_fs,
        "µmol/mol",
        expanded_uncertainty=micro * effect.expanded.uncertainty,
        coverage_factor=effect.expanded.factor,
        index=index,
        details={
            "unit": device.unit,
            "without": effect.without,
            "with": effect.present,
            "percent_fs": effect.percent_fs,
            "budget": {name: micro * part for name, part in effect.budget.items()},
            "variables": variables,
            "expressed": _of_content(effect, present_level),
        },
    )


def _of_content(effect: InterferenceEffect, level: float) -> dict[str, object]:
    """The change in percent of the measurand's content, where there is any."""
    if level <= 0.0:
        return {}
    uncertainty = effect.expanded.uncertainty / level
    return {"percent_of_nominal": {"value": effect.percent_fs / level, "unit": "%", "expanded_uncertainty": uncertainty}}


def _both(device: DeviceInfo, index: str, averages: Averages) -> Sequence[Quantity]:
    reading = averages.readings[device.name]
    if reading.indication is None or reading.reference is None:
        raise ValueError(f"no reading of {index}")
    return reading.indication, reading.reference
