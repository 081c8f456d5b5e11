"""Repeatability of a flow monitor (流速仪重复性): standard deviation of repeated readings at a low and a high velocity.

EN 15267-3, flow AMS: as for gases, percent of full scale; still air stands for zero.
"""

from __future__ import annotations

from procedures.reading import independent_readings
from procedures.repeatability_zero_span import repeatability_of
from procedures.velocity_lack_of_fit import velocity_at
from testbench.engine.bench import Bench
from testbench.engine.procedure import Settings, Text, procedure, setting


class VelocityRepeatabilitySettings(Settings):
    """Velocity of the upper point, and how many readings are taken."""

    span: float = setting(0.7, unit="F.S.", title=Text(zh="高流速点", en="upper velocity"), ge=0.1, le=1.0)
    readings: int = setting(20, title=Text(zh="每点读数次数", en="readings at each velocity"), ge=3, le=100, join="most")
    least_s: float = setting(
        60.0, unit="s", title=Text(zh="读数最短平均时间", en="least averaging time"), ge=10, le=3600, join="most"
    )


@procedure(
    "velocity-repeatability",
    title=Text(zh="流速仪重复性", en="Repeatability of a flow monitor"),
    roles=("flow_rig",),
    characteristics=("repeatability_zero", "repeatability_span"),
)
def velocity_repeatability(bench: Bench, settings: VelocityRepeatabilitySettings) -> None:
    """Standard deviation of independent readings in still air and at one velocity, percent of full scale."""
    bench.check_conditions()
    taken = {}
    for point, velocity in (("zero", 0.0), ("span", velocity_at(bench.devices[0], settings.span))):
        bench.set_velocity(velocity)
        bench.settle()
        taken[point] = independent_readings(bench, settings.readings, least_s=settings.least_s)
    bench.set_velocity(0.0)
    for device in bench.devices:
        for point, readings in taken.items():
            bench.determine(device, f"repeatability_{point}", "%F.S.", repeatability_of, readings)
