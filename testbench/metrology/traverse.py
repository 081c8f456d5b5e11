"""Traverse of a duct: where the points lie, and the mean velocity of the section with its uncertainty.

Every scheme here gives all its points the same weight, so the mean velocity is the mean of the points. Positions of the log
schemes are tabulated in ISO 3966; equal areas are those of EPA Method 1 and GB/T 16157 (centroids of N equal areas):
r/R = sqrt[(2i − 1)/(2N)] for the i-th of N rings of a round duct.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from testbench.metrology.arguments import checked
from testbench.metrology.quantity import Component, Quantity
from testbench.metrology.scatter import check_units, mean_of
from testbench.metrology.uncertain import Influences
from testbench.metrology.velocity import pitot_velocity_of

INTEGRATION_INFLUENCE = "traverse.integration"


class Scheme(StrEnum):
    """How the points are laid."""

    EQUAL_AREAS = "equal-areas"
    LOG_LINEAR = "log-linear"
    LOG_CHEBYSHEV = "log-chebyshev"


# r/R of the points of one radius, ISO 3966.
_ROUND = {
    Scheme.LOG_LINEAR: {3: (0.3586, 0.7302, 0.9358), 5: (0.2776, 0.5658, 0.6950, 0.8470, 0.9622)},
    Scheme.LOG_CHEBYSHEV: {
        3: (0.3754, 0.7252, 0.9358),
        4: (0.3314, 0.6124, 0.8000, 0.9524),
        5: (0.2866, 0.5700, 0.6892, 0.8472, 0.9622),
    },
}
# Distance from the middle over the length of the side, one half of the points, ISO 3966.
_SIDE = {5: (0.0, 0.212, 0.426), 6: (0.063, 0.265, 0.439), 7: (0.0, 0.134, 0.297, 0.447)}


@checked
def round_positions(scheme: Scheme, per_radius: int) -> tuple[float, ...]:
    """Distances from the wall over the diameter of the 2·`per_radius` points of one diameter, ascending.

    Raises ValueError for a number of points that the scheme does not have.
    """
    if scheme is Scheme.EQUAL_AREAS:
        if per_radius < 1:
            raise ValueError(f"a radius needs at least 1 point, got {per_radius}")
        radii: Sequence[float] = [math.sqrt((2 * i - 1) / (2 * per_radius)) for i in range(1, per_radius + 1)]
    else:
        known = _ROUND[scheme]
        if per_radius not in known:
            numbers = ", ".join(map(str, known))
            raise ValueError(f"{scheme} has no {per_radius} points on a radius; there are {numbers}")
        radii = known[per_radius]
    near = [(1.0 - radius) / 2.0 for radius in reversed(radii)]
    return (*near, *(1.0 - position for position in reversed(near)))


@checked
def side_positions(scheme: Scheme, points: int) -> tuple[float, ...]:
    """Distances from the wall over the length of a side of a rectangular duct, ascending; the grid has them on both sides.

    Raises ValueError for a number of points that the scheme does not have, and for log-linear, which has no such grid.
    """
    if scheme is Scheme.EQUAL_AREAS:
        if points < 1:
            raise ValueError(f"a side needs at least 1 point, got {points}")
        return tuple((2 * i - 1) / (2 * points) for i in range(1, points + 1))
    if scheme is not Scheme.LOG_CHEBYSHEV or points not in _SIDE:
        numbers = ", ".join(map(str, _SIDE))
        raise ValueError(f"{scheme} has no grid of {points} points a side; log-chebyshev has {numbers}, equal-areas any")
    half = _SIDE[points]
    return tuple(sorted({0.5 + sign * offset for offset in half for sign in (-1.0, 1.0)}))


@checked
def rectangular_grid(scheme: Scheme, across: int, along: int) -> tuple[tuple[float, float], ...]:
    """Positions (x/width, y/height) of `across` times `along` points of a rectangular duct, each from its wall."""
    return tuple((x, y) for y in side_positions(scheme, along) for x in side_positions(scheme, across))


@checked
@dataclass(frozen=True, slots=True)
class TraversePoint:
    """Differential pressure of a Pitot tube at one point, Pa; the share of the area it stands for (relative)."""

    pressure: Quantity
    weight: float = 1.0


@checked
def traverse_mean(
    points: Sequence[TraversePoint], *, density: Quantity, coefficient: Quantity, integration_percent: float = 0.0
) -> Quantity:
    """Mean velocity of a section, m/s, by V = Kp·sqrt(2Δp/ρ) at each point and the weights of the points.

    Density (kg/m³) and coefficient are common to all points, and so is what the pressures name in common: it does not
    average out. `integration_percent` is the standard uncertainty of taking a sum for the integral, in percent. Raises
    ValueError without points, for weights not above zero, and for a pressure, density or coefficient that is not above zero.
    """
    if not integration_percent >= 0:
        raise ValueError(f"the uncertainty of the integration must be 0 or more, got {integration_percent:g} %")
    velocities = [pitot_velocity_of(point.pressure, density, coefficient) for point in points]
    mean = weighted_mean(velocities, [point.weight for point in points])
    if not integration_percent:
        return mean
    part = Component(mean.value * integration_percent / 100.0)
    return Quantity(mean.value, mean.unit, {**mean.components, INTEGRATION_INFLUENCE: part})


@checked
def weighted_mean(velocities: Sequence[Quantity], weights: Sequence[float] | None = None) -> Quantity:
    """Σ w·V/Σ w of n velocities in one unit; without weights all count alike. Raises ValueError as `traverse_mean`."""
    if not velocities:
        raise ValueError("a traverse needs at least one point")
    check_units(velocities)
    influences = Influences()
    if weights is None:
        return influences.quantity(mean_of([influences.number(one) for one in velocities]), velocities[0].unit)
    if len(weights) != len(velocities) or not all(0 < weight < math.inf for weight in weights):
        raise ValueError("every point of a traverse needs a weight above zero")
    total = math.fsum(weights)
    shares = [one.scaled(weight / total * len(weights), one.unit) for one, weight in zip(velocities, weights, strict=True)]
    return influences.quantity(mean_of([influences.number(one) for one in shares]), velocities[0].unit)
