"""Instrument response time (仪表响应时间): time to 90 % of a step of gas, rising and falling.

HJ 76-2017, laboratory items, response time (Tr up, Tf down): zero gas until stable; switch to span gas and start the clock;
stop at 90 % of nominal. Then zero gas; stop at 10 %. Repeat; rise and fall are averaged separately. The clock starts when
the gas changes at the device's inlet: the switching command plus the line's stated delay.
"""

from __future__ import annotations

from typing import Literal

import numpy as np

from procedures.adjustment import adjust_zero_and_span
from testbench.engine.bench import Bench
from testbench.engine.procedure import Settings, Text, procedure, setting
from testbench.engine.steps import DeviceInfo, Transition
from testbench.findings import Finding
from testbench.metrology.response import LineDelay, StepResponse, mean_response, step_response
from testbench.station import Line

DRAWN_POINTS = 300


class ResponseTimeSettings(Settings):
    """Which step, how often, and where it ends."""

    level: float = setting(1.0, unit="F.S.", title=Text(zh="量程气", en="span gas"), ge=0.5, le=1.0)
    repeats: int = setting(3, title=Text(zh="重复次数", en="repeats"), join="most", ge=1, le=20)
    fraction: float = setting(0.9, title=Text(zh="终点占阶跃的份额", en="end point, share of the step"), ge=0.5, le=0.99)
    end_point: Literal["nominal", "final"] = setting(
        "nominal",
        title=Text(zh="终点基准", en="end point relative to"),
        choices={
            "nominal": Text(zh="标称值（HJ 76）", en="nominal value (HJ 76)"),
            "final": Text(zh="稳定后的最终值（ISO 9169）", en="stable final value (ISO 9169)"),
        },
    )
    adjust_first: bool = setting(True, title=Text(zh="测试前调整零点和量程", en="adjust zero and span before"))


@procedure(
    "response-time",
    title=Text(zh="响应时间", en="Response time"),
    roles=("divider",),
    characteristics=("response_time_rise", "response_time_fall"),
)
def response_time(bench: Bench, settings: ResponseTimeSettings) -> None:
    """Time from the change of gas at the inlet to 90 % of the step, rising and falling, mean of the repeats."""
    bench.check_conditions()
    if settings.adjust_first:
        adjust_zero_and_span(bench, settings.level)
    rises: list[Transition] = []
    falls: list[Transition] = []
    for _ in range(settings.repeats):
        rises.append(bench.transition(0.0, settings.level))
        falls.append(bench.transition(settings.level, 0.0))
    for device in bench.devices:
        bench.determine(device, "response_time_rise", "s", _response_time, rises, bench.line, settings)
        bench.determine(device, "response_time_fall", "s", _response_time, falls, bench.line, settings)


def _response_time(
    device: DeviceInfo, characteristic: str, transitions: list[Transition], line: Line, settings: ResponseTimeSettings
) -> Finding:
    responses = [_response(device, transition, line, settings) for transition in transitions]
    mean = mean_response(responses)
    notes = () if line.delay_s is not None else ("system response time: the station states no line delay",)
    first = responses[0]
    return Finding(
        device.name,
        characteristic,
        mean.value_s,
        "s",
        expanded_uncertainty=mean.expanded.uncertainty,
        coverage_factor=mean.expanded.factor,
        details={
            "unit": device.unit,
            "runs_done": len(responses),
            "repeats": [
                {"response_time_s": r.response_s, "lag_s": r.lag_s, "transition_s": r.transition_s} for r in responses
            ],
            "curves": [_drawn(device, transition, line) for transition in transitions],
            "start": (first.threshold - settings.fraction * first.end_value) / (1.0 - settings.fraction),
            "nominal": first.end_value,
            "threshold": first.threshold,
            "end_point": settings.end_point,
            "line_delay_s": line.delay_s,
            "budget": dict(mean.budget),
        },
        notes=notes,
    )


def _response(device: DeviceInfo, transition: Transition, line: Line, settings: ResponseTimeSettings) -> StepResponse:
    before, after = transition.before.readings[device.name], transition.after.readings[device.name]
    if before.indication is None or before.reference is None or after.indication is None or after.reference is None:
        raise ValueError("no reading before or after the change of gas")
    curve = transition.curves[device.name]
    target = after.reference if settings.end_point == "nominal" else after.indication
    start = before.reference if settings.end_point == "nominal" else before.indication
    return step_response(
        np.array(curve.time),
        np.array([np.nan if value is None else value for value in curve.value]),
        switch_time=transition.switched,
        start_value=start.value,
        nominal_value=target.value,
        fraction=settings.fraction,
        end_point=settings.end_point,
        line=None if line.delay_s is None else LineDelay(line.delay_s, line.delay_uncertainty_s, line.mixing_s),
        reading_uncertainty=max(before.deviation or 0.0, after.deviation or 0.0),
        target_uncertainty=target.standard_uncertainty,
        update_s=device.update_s,
    )


def _drawn(device: DeviceInfo, transition: Transition, line: Line) -> dict[str, list[float | None]]:
    """The curve for the report, from clock zero, thinned to what a figure can show."""
    curve = transition.curves[device.name]
    zero = transition.switched + (line.delay_s or 0.0)
    step = max(1, len(curve.time) // DRAWN_POINTS)
    return {"time_s": [round(time - zero, 3) for time in curve.time[::step]], "value": list(curve.value[::step])}
