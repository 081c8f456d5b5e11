"""Accuracy of velocity, temperature and moisture in a stack (流速、烟温、湿度准确度): pairs with a reference method.

HJ 75-2017 and HJ 76-2017, field items: at least 5 pairs a day; RE = (CMS̄ − RM̄)/RM̄·100 %, AE = CMS̄ − RM̄, and the mean of the
reference chooses the limit. The pairs are entered, or for velocity read on a flow rig beside its reference.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, Literal

from pydantic import Field

from procedures.reach import reach
from testbench.engine.bench import Bench
from testbench.engine.entering import Column, Entered, Form, number_in
from testbench.engine.procedure import Settings, Text, procedure, setting
from testbench.engine.steps import Averages, DeviceInfo
from testbench.errors import InputError
from testbench.findings import Finding
from testbench.metrology.coverage import Expanded
from testbench.metrology.measurand import MeasurandKind
from testbench.metrology.pair_accuracy import Pair, exact_pair, pair_accuracy

CHARACTERISTICS = {
    "velocity": "velocity_error",
    "temperature": "temperature_error",
    "moisture": "moisture_error",
    "h2o": "moisture_error",
}


class VelocityErrorSettings(Settings):
    """Where the reference comes from, how many pairs, and the velocities of the rig."""

    source: Literal["rig", "entered"] = setting(
        "rig",
        title=Text(zh="参比来源", en="the reference is"),
        choices={
            "rig": Text(zh="流量装置的参比", en="the reference of the flow rig"),
            "entered": Text(zh="录入的参比方法数据", en="a reference method, entered"),
        },
    )
    pairs: int = setting(5, title=Text(zh="数据对数", en="pairs"), ge=2, le=200, join="most")
    velocities: tuple[Annotated[float, Field(gt=0, le=100)], ...] = setting(
        (12.0,), unit="m/s", title=Text(zh="依次设定的流速", en="velocities, in turn"), min_length=1, max_length=50
    )
    average_s: float = setting(
        300.0, unit="s", title=Text(zh="每对平均时间", en="averaging time of a pair"), ge=10, le=3600, join="most"
    )


@procedure(
    "velocity-error",
    title=Text(zh="流速、烟温、湿度准确度", en="Accuracy of velocity, temperature and moisture"),
    roles=(),
    characteristics=("velocity_error", "temperature_error", "moisture_error"),
)
def error_of_velocity(bench: Bench, settings: VelocityErrorSettings) -> None:
    """Relative and absolute error of the mean of pairs of reference and device."""
    names = {device.name: characteristic_of(device) for device in bench.devices}
    if settings.source == "entered":
        entered = bench.enter(pairs_form(bench.devices, settings.pairs))
        for device in bench.devices:
            bench.determine(device, names[device.name], device.unit, _from_entered, entered)
        return
    if still := [device.name for device in bench.devices if device.kind is not MeasurandKind.VELOCITY]:
        raise InputError(f"{', '.join(still)}: measures no velocity; have the pairs entered, --set source=entered")
    bench.check_conditions()
    readings: list[Averages] = []
    for number in range(settings.pairs):
        bench.set_velocity(settings.velocities[number % len(settings.velocities)])
        bench.settle()
        readings.append(bench.average(settings.average_s))
    bench.set_velocity(0.0)
    for device in bench.devices:
        bench.determine(device, names[device.name], device.unit, _from_rig, readings)


def characteristic_of(device: DeviceInfo) -> str:
    """What is determined of a device, by its measurand; InputError for gases."""
    name = "velocity" if device.kind is MeasurandKind.VELOCITY else device.measurand.casefold()
    if name not in CHARACTERISTICS:
        raise InputError(
            f"{device.name} measures {device.measurand}; this procedure is for velocity, temperature and moisture, "
            "for gases use relative-accuracy"
        )
    return CHARACTERISTICS[name]


def pairs_form(devices: Sequence[DeviceInfo], pairs: int) -> Form:
    """The form for the pairs, one row a device and pair."""
    unit = "/".join(sorted({device.unit for device in devices}))
    given = tuple({"device": device.name, "pair": float(n)} for device in devices for n in range(1, pairs + 1))
    middle = {device.name: device.at(0.5) for device in devices}
    lower, upper = reach(devices)
    return Form(
        title=Text(zh="与参比方法的数据对", en="Pairs with the reference method"),
        instruction=Text(
            zh="逐对录入参比方法与被测仪器在同一时段的平均值。",
            en="Enter pair by pair the means of reference method and device over the same time.",
        ),
        columns=(
            Column("device", Text(zh="被测仪器", en="device"), kind="text"),
            Column("pair", Text(zh="序号", en="pair"), lower=1),
            Column("reference", Text(zh="参比方法", en="reference method"), unit, lower=lower, upper=upper),
            Column("cms", Text(zh="被测仪器示值", en="device"), unit, lower=lower, upper=upper),
        ),
        given=given,
        expected=tuple({**row, "reference": middle[str(row["device"])], "cms": middle[str(row["device"])]} for row in given),
    )


def _from_entered(device: DeviceInfo, characteristic: str, entered: Entered) -> Finding:
    rows = entered.of("device", device.name)
    pairs = [exact_pair(number_in(row, "reference"), number_in(row, "cms"), device.unit) for row in rows]
    return _finding(device, characteristic, pairs, {"entered_by": entered.by, "source": entered.source})


def _from_rig(device: DeviceInfo, characteristic: str, readings: Sequence[Averages]) -> Finding:
    pairs = []
    for number, averages in enumerate(readings, start=1):
        reading = averages.readings[device.name]
        if reading.indication is None or reading.reference is None:
            raise ValueError(f"no reading of pair {number}")
        pairs.append(Pair(reading.reference, reading.indication))
    return _finding(device, characteristic, pairs, {})


def _finding(device: DeviceInfo, characteristic: str, pairs: Sequence[Pair], more: dict[str, Any]) -> Finding:
    result = pair_accuracy(pairs)
    reference = float(result.audit.mean_reference)

    def one(value: float, unit: str, expanded: Expanded) -> dict[str, Any]:
        return {"value": value, "unit": unit, "expanded_uncertainty": expanded.uncertainty}

    relative = one(result.relative_error, "%", result.relative_error_expanded)
    absolute = one(result.absolute_error, device.unit, result.absolute_error_expanded)
    return Finding(
        device.name,
        characteristic,
        result.absolute_error,
        device.unit,
        expanded_uncertainty=result.absolute_error_expanded.uncertainty,
        coverage_factor=result.absolute_error_expanded.factor,
        details={
            "unit": device.unit,
            "pairs": [
                {"pair": number, "reference": pair.reference.value, "cms": pair.measured.value}
                for number, pair in enumerate(pairs, start=1)
            ],
            "mean_cems": float(result.audit.mean_cems),
            "mean_reference": reference,
            "budget": dict(result.budget),
            "variables": {
                "reference_mean": reference,
                "mean_reference": reference,
                "difference": abs(result.absolute_error),
                "full_scale": device.full_scale,
            },
            "expressed": {"mean_error_percent_of_reference_mean": relative, "percent": relative, "absolute": absolute},
            **more,
        },
    )
