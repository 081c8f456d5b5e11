"""Interference (干扰成分的影响): reading of gases that are not the measurand, in percent of full scale, summed by sign.

HJ 76-2017, laboratory items, influence of interfering components (IE): zero gas, reading a; gas with one interferent,
reading b; three repeats; IE_j = (b̄ − ā)/R·100 %; the positive and the negative ones are summed apart. EN 15267-3 asks for
the same in zero gas and in span gas.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from procedures.adjustment import adjust_zero_and_span
from procedures.in_device_unit import absolute
from procedures.injections import read_gas
from procedures.measured_components import measured_components
from procedures.reading import averaging_s
from testbench.engine.bench import Bench
from testbench.engine.procedure import Settings, Text, procedure, setting
from testbench.engine.steps import Averages, DeviceInfo
from testbench.errors import InputError
from testbench.findings import Finding
from testbench.metrology.amount import UnitError, to_fraction
from testbench.metrology.hj75_conversions import MOLAR_MASSES, amount_fraction
from testbench.metrology.interference import Interference, InterferencePoint, interference

WRITTEN = re.compile(r"\s*([A-Za-z][A-Za-z0-9]*)\s+([0-9]*\.?[0-9]+)\s*(\S+)\s*")
MASS_UNITS = frozenset({"mg/m3", "mg/m³"})
HJ76_INTERFERENTS = ("CO 300 mg/m3", "CO2 15 %", "CH4 50 mg/m3", "NH3 20 mg/m3", "HCl 200 mg/m3")


class InterferenceSettings(Settings):
    """Which interferents, in which gas, how often."""

    interferents: tuple[str, ...] = setting(
        HJ76_INTERFERENTS,
        title=Text(zh="干扰气体及含量", en='interferents with their content, as "CO 300 mg/m3" or "CO2 15 %"'),
        min_length=1,
        max_length=30,
    )
    repeats: int = setting(3, title=Text(zh="重复次数", en="repeats"), ge=1, le=20, join="most")
    read_zero: bool = setting(True, title=Text(zh="在零点气中测试", en="test in zero gas"), join="any")
    read_span: bool = setting(False, title=Text(zh="在量程气中测试", en="test in span gas"), join="any")
    span: float = setting(0.7, unit="F.S.", title=Text(zh="量程气", en="span gas"), ge=0.1, le=1.0)
    average_s: float = setting(
        60.0, unit="s", title=Text(zh="读数最短平均时间", en="least averaging time"), ge=10, le=3600, join="most"
    )
    adjust_first: bool = setting(True, title=Text(zh="测试前调整零点和量程", en="adjust zero and span before"), join="any")


@dataclass(frozen=True, slots=True)
class Interferent:
    """A component, its content in mol/mol, and both as they were written."""

    component: str
    content: float
    written: str


@dataclass(frozen=True, slots=True)
class Pair:
    """Readings of the gas without and with one interferent."""

    interferent: str
    without: Averages
    present: Averages


@procedure(
    "interference",
    title=Text(zh="干扰成分的影响", en="Interference"),
    roles=("divider",),
    characteristics=(
        "interference_positive_zero",
        "interference_negative_zero",
        "interference_positive_span",
        "interference_negative_span",
    ),
)
def interference_of_components(bench: Bench, settings: InterferenceSettings) -> None:
    """Effect of each interferent against the gas without it, summed by sign, percent of full scale."""
    levels = {
        point: level for point, level in (("zero", 0.0), ("span", settings.span)) if getattr(settings, f"read_{point}")
    }
    if not levels:
        raise InputError("interference: choose zero gas, span gas or both")
    measurands = measured_components(bench.devices)
    written = [read_interferent(text) for text in settings.interferents]
    interferents = [one for one in written if one.component.casefold() not in measurands]
    left_out = tuple(one.component for one in written if one not in interferents)
    if not interferents:
        raise InputError("interference: every component of the list is measured by the devices themselves; name others")
    bench.check_conditions()
    if settings.adjust_first:
        adjust_zero_and_span(bench, max(0.5, settings.span))
    for point, level in levels.items():
        pairs: list[Pair] = []
        for interferent in interferents:
            for _ in range(settings.repeats):
                without = read_gas(bench, level, least_s=settings.average_s)
                bench.supply_other(interferent.component, interferent.content, fraction=level)
                bench.settle()
                present = bench.average(averaging_s(bench.devices, least_s=settings.average_s))
                pairs.append(Pair(interferent.written, without, present))
        for device in bench.devices:
            for sign in ("positive", "negative"):
                bench.determine(device, f"interference_{sign}_{point}", "%F.S.", _sum, sign, pairs, left_out)


def read_interferent(text: str) -> Interferent:
    """Read "CO 300 mg/m3" or "CO2 15 %"; InputError for what is not component, number and unit.

    mg/m³ are at 0 °C and 101.325 kPa and need a component whose molar mass is known.
    """
    match = WRITTEN.fullmatch(text)
    if match is None:
        raise InputError(f'interferent {text!r}: write component, content and unit, such as "CO 300 mg/m3" or "CO2 15 %"')
    component, number, unit = match[1], float(match[2]), match[3]
    if unit in MASS_UNITS:
        masses = {name.casefold(): mass for name, mass in MOLAR_MASSES.items()}
        if component.casefold() not in masses:
            raise InputError(
                f"interferent {text!r}: the molar mass of {component} is not known here; give an amount fraction"
            )
        content = amount_fraction(number, masses[component.casefold()]) * 1e-6
    else:
        try:
            content = to_fraction(number, unit)
        except UnitError as error:
            raise InputError(f"interferent {text!r}: {error}, and mg/m3") from error
    if not 0.0 < content <= 1.0:
        raise InputError(f"interferent {text!r}: the content must be above 0 and at most 100 %")
    return Interferent(component, content, " ".join(text.split()))


def _sum(device: DeviceInfo, characteristic: str, sign: str, pairs: Sequence[Pair], left_out: tuple[str, ...]) -> Finding:
    result = interference([_point(device, pair) for pair in pairs], full_scale=device.full_scale)
    found = result.positive if sign == "positive" else result.negative
    notes = [f"{component} is what the device measures; it was left out" for component in left_out]
    return Finding(
        device.name,
        characteristic,
        found.percent_fs,
        "%F.S.",
        expanded_uncertainty=found.expanded.uncertainty,
        coverage_factor=found.expanded.factor,
        details={
            "unit": device.unit,
            "interferents": _rows(result),
            "summed": list(found.interferents),
            "expressed": absolute(device, found.percent_fs, found.expanded.uncertainty),
        },
        notes=tuple(notes),
    )


def _point(device: DeviceInfo, pair: Pair) -> InterferencePoint:
    without, present = (averages.readings[device.name] for averages in (pair.without, pair.present))
    if without.indication is None or without.reference is None or present.indication is None or present.reference is None:
        raise ValueError(f"no reading with or without {pair.interferent}")
    return InterferencePoint(pair.interferent, without.reference, without.indication, present.reference, present.indication)


def _rows(result: Interference) -> list[dict[str, object]]:
    return [
        {
            "interferent": effect.interferent,
            "repeats": effect.repeats,
            "without": effect.without,
            "with": effect.present,
            "percent_fs": effect.percent_fs,
            "expanded_uncertainty_percent_fs": effect.expanded.uncertainty,
        }
        for effect in result.effects
    ]
