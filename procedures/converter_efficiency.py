"""Efficiency of the NO2 converter (NO2 转换效率): with a cylinder of NO2, or from an entered gas phase titration.

HJ 76-2017, laboratory items, NO2 conversion efficiency: NO2 cylinder direct, η = mean C_NOx/C_NO2·100 %; or NO with ozone,
η = (1 − ΔNOx/ΔNO)·100 %; three repeats. What the ozone generator does is not seen by the bench: the four readings of a
titration are entered. Gas of the divider at the same content shows the analyser's own error, which would pass for
efficiency: it is in the uncertainty. Devices of other measurands have no converter; nothing is done for them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from procedures.adjustment import adjust_zero_and_span
from procedures.injections import read_gas
from procedures.reading import averaging_s
from testbench.engine.bench import Bench
from testbench.engine.entering import Column, Entered, Form, number_in
from testbench.engine.procedure import Settings, Text, procedure, setting
from testbench.engine.steps import Averages, DeviceInfo, Supplied
from testbench.findings import Finding
from testbench.metrology.converter import ConverterPoint, Titration, converter_efficiency, titration_efficiency
from testbench.metrology.measurand import from_si
from testbench.metrology.rounding import decimal_of

READINGS = ("no_without", "nox_without", "no_with", "nox_with")


class ConverterEfficiencySettings(Settings):
    """Which way, how much NO2, how often."""

    method: Literal["cylinder", "titration"] = setting(
        "cylinder",
        title=Text(zh="方法", en="method"),
        choices={
            "cylinder": Text(zh="NO2 标准气体", en="cylinder of NO2"),
            "titration": Text(zh="气相滴定（录入读数）", en="gas phase titration, readings entered"),
        },
    )
    content: float = setting(
        0.5, unit="F.S.", title=Text(zh="NO2 含量", en="content of NO2, share of full scale"), gt=0, le=1.0
    )
    repeats: int = setting(3, title=Text(zh="重复次数", en="repeats"), ge=1, le=20, join="most")
    average_s: float = setting(
        60.0, unit="s", title=Text(zh="读数最短平均时间", en="least averaging time"), ge=10, le=3600, join="most"
    )
    adjust_first: bool = setting(True, title=Text(zh="测试前调整零点和量程", en="adjust zero and span before"), join="any")


@procedure(
    "converter-efficiency",
    title=Text(zh="NO2 转换效率", en="NO2 converter efficiency"),
    roles=("divider",),
    characteristics=("converter_efficiency",),
)
def no2_converter_efficiency(bench: Bench, settings: ConverterEfficiencySettings) -> None:
    """NOx indicated in percent of the NO2 supplied, or from the losses of NO and NOx in a titration with ozone."""
    devices = [device for device in bench.devices if device.measurand.casefold() == "nox"]
    for device in bench.devices:
        if device not in devices:
            bench.determine(device, "converter_efficiency", "%", _without_converter)
    if not devices:
        return
    bench.check_conditions()
    if settings.method == "titration":
        entered = bench.enter(_titration_form(devices, settings.repeats))
        for device in devices:
            bench.determine(device, "converter_efficiency", "%", _by_titration, entered)
        return
    if settings.adjust_first:
        adjust_zero_and_span(bench, 0.9)
    content = devices[0].content_at(settings.content)
    without_no2 = read_gas(bench, settings.content, least_s=settings.average_s)
    readings: list[tuple[Supplied, Averages]] = []
    for _ in range(settings.repeats):
        bench.zero_gas()
        bench.settle()
        supplied = bench.supply_other("NO2", content)
        bench.settle()
        readings.append((supplied, bench.average(averaging_s(bench.devices, least_s=settings.average_s))))
    for device in devices:
        bench.determine(device, "converter_efficiency", "%", _by_cylinder, readings, without_no2)


def _without_converter(device: DeviceInfo, characteristic: str) -> Finding:
    raise ValueError(f"{device.name} measures {device.measurand}: only devices for NOx have a converter of NO2")


def _by_cylinder(
    device: DeviceInfo, characteristic: str, readings: Sequence[tuple[Supplied, Averages]], without_no2: Averages
) -> Finding:
    own = without_no2.readings[device.name]
    if own.indication is None or own.reference is None:
        raise ValueError("no reading of gas without NO2")
    analyser = ConverterPoint(own.reference, own.indication)
    result = converter_efficiency([_point(device, *reading) for reading in readings], analyser=analyser)
    return Finding(
        device.name,
        characteristic,
        result.percent,
        "%",
        expanded_uncertainty=result.expanded.uncertainty,
        coverage_factor=result.expanded.factor,
        details={
            "unit": device.unit,
            "repeats": list(result.single),
            "analyser_percent": result.analyser_percent,
            "budget": dict(result.budget),
        },
    )


def _point(device: DeviceInfo, supplied: Supplied, averages: Averages) -> ConverterPoint:
    reading = averages.readings[device.name]
    if reading.indication is None or supplied.other is None:
        raise ValueError("no reading of NO2")
    return ConverterPoint(supplied.other.predicted.scaled(from_si(device.unit), device.unit), reading.indication)


def _titration_form(devices: Sequence[DeviceInfo], repeats: int) -> Form:
    unit = devices[0].unit
    titles = {
        "no_without": Text(zh="NO（无臭氧）", en="NO without ozone"),
        "nox_without": Text(zh="NOx（无臭氧）", en="NOx without ozone"),
        "no_with": Text(zh="NO（有臭氧）", en="NO with ozone"),
        "nox_with": Text(zh="NOx（有臭氧）", en="NOx with ozone"),
    }
    given = tuple({"device": device.name, "repeat": float(n)} for device in devices for n in range(1, repeats + 1))
    # The simulated operator titrates 90 % of full scale of NO to a tenth of full scale; its converter is perfect.
    shares = {"no_without": 0.9, "nox_without": 0.9, "no_with": 0.1, "nox_with": 0.9}
    full_scale = {device.name: device.full_scale for device in devices}
    return Form(
        title=Text(zh="NO2 转换效率：气相滴定", en="NO2 converter efficiency: gas phase titration"),
        instruction=Text(
            zh="先通 NO 标准气体，读数稳定后记录 NO 和 NOx；再加臭氧，稳定后再次记录。",
            en="Supply NO, wait until stable, note NO and NOx; then add ozone, wait, and note both again.",
        ),
        columns=(
            Column("device", Text(zh="被测仪器", en="device"), kind="text"),
            Column("repeat", Text(zh="次序", en="repeat")),
            *(Column(name, titles[name], unit) for name in READINGS),
        ),
        given=given,
        expected=tuple(
            {**row, **{name: share * full_scale[str(row["device"])] for name, share in shares.items()}} for row in given
        ),
    )


def _by_titration(device: DeviceInfo, characteristic: str, entered: Entered) -> Finding:
    titrations = [
        Titration(*(decimal_of(number_in(row, name)) for name in READINGS)) for row in entered.of("device", device.name)
    ]
    value = titration_efficiency(titrations)
    return Finding(
        device.name,
        characteristic,
        float(value),
        "%",
        details={
            "unit": device.unit,
            "repeats": [float(titration.efficiency_percent) for titration in titrations],
            "entered_by": entered.by,
            "source": entered.source,
        },
    )
