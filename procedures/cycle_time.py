"""Cycle time (循环时间): time to 95 % of an upscale and of a downscale step; the longest is the result.

40 CFR 75 Appendix A, 6.4: zero gas until stable, high gas (80 to 100 % of span) until stable, and the other way round; from
the change of gas to 95.0 % of the way from the stable start to the stable end. PS-4A and PS-18 call it response time. The
clock starts when the gas changes at the inlet: the switching command plus the line's stated delay.
"""

from __future__ import annotations

import numpy as np

from testbench.engine.bench import Bench
from testbench.engine.procedure import Settings, Text, procedure, setting
from testbench.engine.steps import DeviceInfo, Transition
from testbench.findings import Finding
from testbench.metrology.coverage import expand
from testbench.metrology.cycle_time import SECONDS_IN_A_MINUTE, step_cycle_time
from testbench.metrology.response import LineDelay, StepResponse
from testbench.station import Line


class CycleTimeSettings(Settings):
    """The high gas and how often each step is made."""

    level: float = setting(0.9, unit="F.S.", title=Text(zh="高浓度气", en="high gas"), ge=0.5, le=1.0)
    repeats: int = setting(1, title=Text(zh="重复次数", en="repeats"), ge=1, le=20, join="most")


@procedure("cycle-time", title=Text(zh="循环时间", en="Cycle time"), roles=("divider",), characteristics=("cycle_time",))
def cycle_time(bench: Bench, settings: CycleTimeSettings) -> None:
    """Time from the change of gas to 95 % of the change of the reading, upscale and downscale, the longest, min."""
    bench.check_conditions()
    steps: list[Transition] = []
    for _ in range(settings.repeats):
        steps.append(bench.transition(0.0, settings.level))
        steps.append(bench.transition(settings.level, 0.0))
    for device in bench.devices:
        bench.determine(device, "cycle_time", "min", _cycle_time, steps, bench.line)


def _cycle_time(device: DeviceInfo, characteristic: str, steps: list[Transition], line: Line) -> Finding:
    responses = [_response(device, step, line) for step in steps]
    longest = max(range(len(responses)), key=lambda number: responses[number].response_s)
    found = responses[longest]
    expanded = expand(found.standard_uncertainty_s / SECONDS_IN_A_MINUTE, of=len(responses))
    notes = () if line.delay_s is not None else ("system response time: the station states no line delay",)
    minutes = found.response_s / SECONDS_IN_A_MINUTE
    return Finding(
        device.name,
        characteristic,
        minutes,
        "min",
        expanded_uncertainty=expanded.uncertainty,
        coverage_factor=expanded.factor,
        index="upscale" if longest % 2 == 0 else "downscale",
        details={
            "unit": device.unit,
            "steps": [
                {"direction": response.direction.value, "minutes": response.response_s / SECONDS_IN_A_MINUTE}
                for response in responses
            ],
            "line_delay_s": line.delay_s,
            "budget": {name: part / SECONDS_IN_A_MINUTE for name, part in found.budget.items()},
            "variables": {"span": device.full_scale},
            "expressed": {
                "seconds": {
                    "value": found.response_s,
                    "unit": "s",
                    "expanded_uncertainty": expanded.uncertainty * SECONDS_IN_A_MINUTE,
                }
            },
        },
        notes=notes,
    )


def _response(device: DeviceInfo, step: Transition, line: Line) -> StepResponse:
    before, after = step.before.readings[device.name], step.after.readings[device.name]
    if before.indication is None or after.indication is None:
        raise ValueError("no reading before or after the change of gas")
    curve = step.curves[device.name]
    return step_cycle_time(
        np.array(curve.time),
        np.array([np.nan if value is None else value for value in curve.value]),
        switch_time=step.switched,
        start_value=before.indication.value,
        end_value=after.indication.value,
        line=None if line.delay_s is None else LineDelay(line.delay_s, line.delay_uncertainty_s, line.mixing_s),
        reading_uncertainty=max(before.deviation or 0.0, after.deviation or 0.0),
        end_uncertainty=after.indication.standard_uncertainty,
        update_s=device.update_s,
    )
