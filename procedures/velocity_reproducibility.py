"""Reproducibility of two flow monitors (流速仪再现性): both see the same air, their differences make R_f.

EN 15267-3, flow AMS: as for gases, with the velocities of a flow rig in place of the gases. What the profile of the duct
makes of devices at different places is in their differences.
"""

from __future__ import annotations

from procedures.order import in_order
from procedures.reading import independent_readings
from procedures.reproducibility import ReproducibilitySettings, reproducibility_among
from procedures.velocity_lack_of_fit import velocity_at
from testbench.engine.bench import Bench
from testbench.engine.procedure import Text, procedure
from testbench.engine.steps import Averages


@procedure(
    "velocity-reproducibility",
    title=Text(zh="流速仪再现性", en="Reproducibility of two flow monitors"),
    roles=("flow_rig",),
    characteristics=("reproducibility",),
)
def velocity_reproducibility(bench: Bench, settings: ReproducibilitySettings) -> None:
    """Reproducibility R_f of devices in the same air, percent of full scale."""
    bench.check_conditions()
    readings: list[Averages] = []
    for number in range(1, settings.passes + 1):
        for level in in_order(settings.levels, number, settings.order, settings.seed):
            bench.set_velocity(velocity_at(bench.devices[0], level))
            bench.settle()
            readings.extend(independent_readings(bench, settings.readings, least_s=60.0))
    bench.set_velocity(0.0)
    for device in bench.devices:
        others = [other for other in bench.devices if other.name != device.name]
        bench.determine(device, "reproducibility", "%F.S.", reproducibility_among, others, readings)
