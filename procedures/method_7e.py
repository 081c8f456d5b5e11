"""Method 7E (仪器参比方法的检查): calibration error, system bias and drift of an analyser used as reference method.

40 CFR 60 Appendix A-4, Method 7E (3A, 6C and 10 refer to it): direct calibration at zero, mid and high gas, ACE in percent
of the calibration span; then low and upscale gas through the whole system before and after a run, bias against the direct
reading; drift is the change of the bias over the run. Every gas is read for at least twice the response time. The
calibration span is the high gas. On a bench without a sampling system a person is asked to connect the gas to the probe.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated

from pydantic import Field

from procedures.adjustment import adjust_zero_and_span
from procedures.injections import Injection, error_at, level_words, point_of, read_gas
from procedures.level_error import rule_unit
from procedures.reading import response_s
from testbench.engine.bench import Bench
from testbench.engine.operator import Prompt
from testbench.engine.procedure import Settings, Text, procedure, setting
from testbench.engine.steps import Averages, DeviceInfo
from testbench.findings import Finding
from testbench.metrology.coverage import expand
from testbench.metrology.scatter import degrees_of_freedom
from testbench.metrology.uncertain import Influences, budget

READ_RESPONSES = 2.0


class Method7ESettings(Settings):
    """The gases of the direct calibration, the upscale gas of the bias checks, and how long the run lasts."""

    levels: tuple[Annotated[float, Field(ge=0, le=1)], ...] = setting(
        (0.0, 0.5, 1.0), unit="F.S.", title=Text(zh="校准气", en="calibration gases"), min_length=2, max_length=5
    )
    low: float = setting(
        0.0, unit="F.S.", title=Text(zh="偏差检查的低浓度气", en="low gas of the bias checks"), ge=0, le=0.2
    )
    upscale: float = setting(
        0.5, unit="F.S.", title=Text(zh="偏差检查的上标气", en="upscale gas of the bias checks"), gt=0, le=1
    )
    run_s: float = setting(3600.0, unit="s", title=Text(zh="测试历时", en="length of the run"), ge=60, le=86400)
    adjust_first: bool = setting(True, title=Text(zh="测试前调整零点和量程", en="adjust zero and span before"))
    ask_to_connect: bool = setting(
        True, title=Text(zh="提示把气体接到探头", en="ask for the gas to be connected to the probe")
    )


@procedure(
    "method-7e",
    title=Text(zh="仪器参比方法检查（方法 7E）", en="Checks of an instrumental reference method (Method 7E)"),
    roles=("divider",),
    characteristics=("calibration_error_direct", "system_bias", "system_drift"),
)
def method_7e(bench: Bench, settings: Method7ESettings) -> None:
    """Direct calibration error, system bias before and after a run, and its drift, percent of the calibration span."""
    bench.check_conditions()
    span = max(settings.levels)
    if settings.adjust_first:
        adjust_zero_and_span(bench, max(0.5, span))
    least_s = READ_RESPONSES * response_s(bench.devices)
    direct = [Injection(1, level, read_gas(bench, level, least_s=least_s)) for level in settings.levels]
    checks = (settings.low, settings.upscale)
    compared = {level: _direct(bench, direct, level, least_s) for level in checks}
    if settings.ask_to_connect:
        bench.ask(
            Prompt("Connect the calibration gas to the probe, ahead of the sampling line and the filter. Answer when done")
        )
    before = {level: read_gas(bench, level, least_s=least_s) for level in checks}
    bench.wait(settings.run_s)
    after = {level: read_gas(bench, level, least_s=least_s) for level in checks}
    for device in bench.devices:
        for level in settings.levels:
            bench.determine(device, "calibration_error_direct", "%", _calibration_error, direct, level, span)
        for level in checks:
            for when, system in (("before the run", before), ("after the run", after)):
                bench.determine(device, "system_bias", "%", _change, system[level], compared[level], level, when, span)
            bench.determine(device, "system_drift", "%", _change, after[level], before[level], level, "", span)


def _direct(bench: Bench, injections: list[Injection], level: float, least_s: float) -> Averages:
    """The direct reading of a gas of the bias checks; it is read once more where it was none of the calibration gases."""
    known = [one.averages for one in injections if one.level == level]
    return known[0] if known else read_gas(bench, level, least_s=least_s)


def _calibration_error(
    device: DeviceInfo, characteristic: str, direct: list[Injection], level: float, span: float
) -> Finding:
    error = error_at(device, direct, level).absolute
    expanded = error.expanded
    return _finding(device, characteristic, error.value, expanded.uncertainty, expanded.factor, level_words(level), span)


def _change(
    device: DeviceInfo, characteristic: str, later: Averages, earlier: Averages, level: float, when: str, span: float
) -> Finding:
    """Difference of two readings of one gas, each taken against the gas as it was: what the divider repeats cancels."""
    points = [point_of(device, averages, level) for averages in (later, earlier)]
    influences = Influences()
    number = influences.number
    errors = [number(point.indication) - number(point.reference) for point in points]
    difference = errors[0] - errors[1]
    change = influences.quantity(difference, device.unit)
    value = points[0].indication.value - points[1].indication.value
    expanded = expand(change.standard_uncertainty, degrees_of_freedom(difference))
    index = f"{level_words(level)}, {when}" if when else level_words(level)
    if characteristic == "system_drift":
        value = abs(value)
    found = _finding(device, characteristic, value, expanded.uncertainty, expanded.factor, index, span)
    shares = {name: 100.0 * share / (span * device.full_scale) for name, share in budget(change).items()}
    return replace(found, details={**found.details, "budget": shares})


def _finding(
    device: DeviceInfo, characteristic: str, value: float, uncertainty: float, factor: float, index: str, span: float
) -> Finding:
    """The finding of a difference in the device's unit, in percent of the calibration span."""
    calibration_span = span * device.full_scale
    unit, scale = rule_unit(device)
    return Finding(
        device.name,
        characteristic,
        100.0 * value / calibration_span,
        "%",
        expanded_uncertainty=100.0 * uncertainty / calibration_span,
        coverage_factor=factor,
        index=index,
        details={
            "unit": device.unit,
            "variables": {"difference": abs(value) * scale, "span": calibration_span * scale},
            "expressed": {"absolute": {"value": value * scale, "unit": unit, "expanded_uncertainty": uncertainty * scale}},
        },
    )
