"""What the readings of a flow rig say: its reference velocity over a window, and whether it stands still."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from testbench.engine.observation import Readable
from testbench.engine.roles import FlowRig
from testbench.engine.steps import Settled, Window
from testbench.metrology.average import average
from testbench.metrology.quantity import Quantity
from testbench.metrology.settling import settled
from testbench.metrology.velocity import VELOCITY_UNIT, independent_readings

Series = Mapping[str, Readable]
Floats = NDArray[np.float64]


def velocities(series: Series, rig: FlowRig, start: float, end: float) -> tuple[Floats, Floats]:
    """Bench times (s) and reference velocities (m/s, NaN is a gap) with start <= time <= end."""
    times, _ = series[rig.channel].between(start, end)
    return times, rig.velocities(_readings(series, rig, start, end))


def reference_velocity(series: Series, rig: FlowRig, setting: int, window: Window, influence: str) -> Quantity | None:
    """Mean reference velocity of a window, m/s; None where it, or what it is computed with, gave no reading.

    Beside the rig's own influences it has what is random in the window: s/√n_eff (GUM 4.2.3) with as many independent
    readings as their correlation leaves; `influence` begins its name.
    """
    readings = _readings(series, rig, window.start, window.end)
    if any(not np.isfinite(values).any() for values in readings.values()):
        return None
    found = rig.velocities(readings)
    if not np.isfinite(found).any():
        return None
    independent = max(1, independent_readings(found).independent)
    mean = average(found, independent=independent, influence=influence, unit=VELOCITY_UNIT).quantity
    means = {name: float(np.nanmean(values)) for name, values in readings.items()}
    reference = rig.reference(mean.value, means, setting)
    return Quantity(reference.value, VELOCITY_UNIT, dict(reference.components) | dict(mean.components))


def velocity_evidence(series: Series, rig: FlowRig, velocity: float, now: float) -> tuple[float | None, Settled]:
    """Mean of the reference over the last `stable_s` of the rig (m/s, None without a reading), and if it stood still."""
    times, values = velocities(series, rig, now - rig.stable_s, now)
    measured = float(np.nanmean(values)) if np.isfinite(values).any() else None
    found = settled(times, values, tolerance=rig.tolerance(velocity))
    return measured, Settled(found.stable, found.shift, found.allowed, found.residual)


def _readings(series: Series, rig: FlowRig, start: float, end: float) -> dict[str, Floats]:
    return {name: series[name].between(start, end)[1] for name in rig.inputs}
