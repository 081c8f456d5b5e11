"""System response time (系统响应时间): from the change of gas at the probe to 90 % of its nominal value.

HJ 75-2017 and HJ 76-2017, field items: T = T1 + T2, T1 the transport through the line until the reading moves, T2 from then
to 90 % of nominal; mean of three repeats. The clock starts with the switching command: the line's delay belongs to the
system. T1 is told apart as the time to 10 % of the step.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from procedures.adjustment import adjust_zero_and_span
from testbench.engine.bench import Bench
from testbench.engine.procedure import Settings, Text, procedure, setting
from testbench.engine.steps import DeviceInfo, Transition
from testbench.findings import Finding
from testbench.metrology.response import StepResponse, mean_response, step_response


class SystemResponseTimeSettings(Settings):
    """Which step, and how often."""

    level: float = setting(0.9, unit="F.S.", title=Text(zh="量程气", en="span gas"), ge=0.5, le=1.0)
    repeats: int = setting(3, title=Text(zh="重复次数", en="repeats"), ge=1, le=20, join="most")
    adjust_first: bool = setting(True, title=Text(zh="测试前调整零点和量程", en="adjust zero and span before"), join="any")


@procedure(
    "system-response-time",
    title=Text(zh="系统响应时间", en="System response time"),
    roles=("divider",),
    characteristics=("system_response_time",),
)
def system_response_time(bench: Bench, settings: SystemResponseTimeSettings) -> None:
    """Time from the switching of the gas to 90 % of nominal, transport included, mean of the repeats."""
    bench.check_conditions()
    if settings.adjust_first:
        adjust_zero_and_span(bench, settings.level)
    rises: list[Transition] = [bench.transition(0.0, settings.level) for _ in range(settings.repeats)]
    for device in bench.devices:
        bench.determine(device, "system_response_time", "s", _system_response_time, rises)


def _system_response_time(device: DeviceInfo, characteristic: str, transitions: Sequence[Transition]) -> Finding:
    responses = [_response(device, transition) for transition in transitions]
    mean = mean_response(responses)
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
            "transport_s": mean.lag_s,
            "transition_s": mean.transition_s,
            "repeats": [
                {"response_time_s": r.response_s, "lag_s": r.lag_s, "transition_s": r.transition_s} for r in responses
            ],
            "budget": dict(mean.budget),
        },
    )


def _response(device: DeviceInfo, transition: Transition) -> StepResponse:
    before, after = transition.before.readings[device.name], transition.after.readings[device.name]
    if before.reference is None or after.reference is None:
        raise ValueError("no reading before or after the change of gas")
    curve = transition.curves[device.name]
    return step_response(
        np.array(curve.time),
        np.array([np.nan if value is None else value for value in curve.value]),
        switch_time=transition.switched,
        start_value=before.reference.value,
        nominal_value=after.reference.value,
        reading_uncertainty=max(before.deviation or 0.0, after.deviation or 0.0),
        target_uncertainty=after.reference.standard_uncertainty,
        update_s=device.update_s,
    )
