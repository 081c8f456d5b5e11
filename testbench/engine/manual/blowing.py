"""Keeps the velocity that a person has set: measures it, and corrects the fan while the bench is in the hand."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from testbench.engine.manual.sight import Reading
from testbench.engine.roles import FlowRig


@dataclass(slots=True)
class Blowing:
    """A velocity (m/s) that the rig was told at a bench time, and what was measured since the fan was changed last."""

    rig: FlowRig
    velocity: float
    changed_at: float
    measured: list[float] = field(default_factory=list)

    def look(self, now: float, readings: Mapping[str, Reading]) -> None:
        """Take the readings of a bench time; correct the fan when its velocity has followed and was measured long enough.

        Raises InstrumentError when the fan cannot be reached.
        """
        rig = self.rig
        if now < self.changed_at + rig.response_s:
            return
        values = {name: readings[name].value for name in rig.inputs if name in readings}
        known = {name: np.array([value]) for name, value in values.items() if value is not None}
        if len(known) == len(rig.inputs) and math.isfinite(velocity := float(rig.velocities(known)[0])):
            self.measured.append(velocity)
        if now < self.changed_at + rig.response_s + rig.stable_s or not self.measured:
            return
        mean = math.fsum(self.measured) / len(self.measured)
        if abs(mean - self.velocity) > rig.tolerance(self.velocity):
            rig.regulate(mean)
            self.changed_at = now
        else:
            self.changed_at = now - rig.response_s  # it stands; look at the next stretch of time
        self.measured.clear()
