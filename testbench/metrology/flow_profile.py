"""Profile of a section from a traverse: largest swirl, crest factor, skewness, as EN ISO 16911-2 asks before a calibration.

    crest factor = V_max/V̄        skewness = larger mean of the two halves/smaller mean of the two halves

The definitions are recalled and not read in the standard; the limits (swirl 15°, 1.3 and 1.2) stand in its criteria file.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from testbench.metrology.arguments import checked


@checked
@dataclass(frozen=True, slots=True)
class ProfilePoint:
    """Velocity at one point (any unit, the same for all), its angle of swirl in degrees, and the half of the section."""

    velocity: float
    swirl_degrees: float = 0.0
    first_half: bool = True


@dataclass(frozen=True, slots=True)
class FlowProfile:
    """Mean velocity, and the three numbers; `swirl_degrees` is the largest magnitude of the points."""

    mean: float
    swirl_degrees: float
    crest_factor: float
    skewness: float


def flow_profile(points: Sequence[ProfilePoint]) -> FlowProfile:
    """Profile of n points of equal areas, some in each half.

    Raises ValueError for fewer than 4 points, a half without points, numbers that are not finite, and a half whose mean is
    not above zero (the flow is reversed there).
    """
    if len(points) < 4:
        raise ValueError(f"a profile needs at least 4 points, got {len(points)}")
    if not all(math.isfinite(p.velocity) and math.isfinite(p.swirl_degrees) for p in points):
        raise ValueError("velocities and angles must be finite numbers")
    halves = []
    for first in (True, False):
        own = [p.velocity for p in points if p.first_half is first]
        if not own:
            raise ValueError("both halves of the section need points; say of each in which half it lies")
        halves.append(math.fsum(own) / len(own))
    if not min(halves) > 0:
        raise ValueError("the mean velocity of a half is not above zero: the flow is reversed there")
    mean = math.fsum(p.velocity for p in points) / len(points)
    return FlowProfile(
        mean=mean,
        swirl_degrees=max(abs(p.swirl_degrees) for p in points),
        crest_factor=max(p.velocity for p in points) / mean,
        skewness=max(halves) / min(halves),
    )
