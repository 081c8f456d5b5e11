"""Flow bench: K-factor with what swirl, a skewed profile and a turned probe do to it, hysteresis, and R².

    K = V_ref/V        change = (K/K₀ − 1)·100 %, K₀ at the same velocities in undistorted flow
    u²(K) = u²(reference, area, T, p, ρ) + u²(repeats) + (half-range of K over all conditions/√3)²

A protocol that follows from how national institutes calibrate stack flow meters; no standard. What is common to two
conditions (reference, area) cancels in a change, since it is carried by name. The half-range is that of a rectangular
distribution (GUM 4.3.7): in a stack the distortion is somewhere between those that were tried.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from GTC.lib import UncertainReal

from testbench.metrology.arguments import checked
from testbench.metrology.coverage import Expanded, expand
from testbench.metrology.quantity import Component, Quantity
from testbench.metrology.scatter import check_units, degrees_of_freedom, mean_of
from testbench.metrology.uncertain import Influences, budget

DISTORTION_INFLUENCE = "profile and swirl"


@checked
@dataclass(frozen=True, slots=True)
class Distortion:
    """Swirl and yaw in degrees, skew of the profile in percent; all 0 is undistorted."""

    swirl: float = 0.0
    yaw: float = 0.0
    skew: float = 0.0


UNDISTORTED = Distortion()


@checked
@dataclass(frozen=True, slots=True)
class BenchPoint:
    """One reading: its velocity by name, whether it was reached from below, the condition, reference and indication."""

    nominal: float
    rising: bool
    distortion: Distortion
    reference: Quantity
    indication: Quantity


@dataclass(frozen=True, slots=True)
class ConditionResult:
    """K-factor in one condition, and its change against undistorted flow in percent, with U (95 %)."""

    distortion: Distortion
    k_factor: float
    change_percent: float
    expanded: Expanded


@dataclass(frozen=True, slots=True)
class BenchK:
    """K-factor over the velocities in undistorted flow, U without and with distortion, and the budget in units of K.

    `half_range` is half of the largest K minus the smallest, of all conditions, 0 with undistorted flow alone.
    """

    k_factor: float
    undistorted: Expanded
    half_range: float
    expanded: Expanded
    budget: Mapping[str, float]
    conditions: tuple[ConditionResult, ...]

    def largest(self, quantity: str) -> ConditionResult | None:
        """The condition of largest change among those where only `quantity` (swirl, yaw, skew) is distorted."""
        others = [name for name in ("swirl", "yaw", "skew") if name != quantity]
        own = [c for c in self.conditions if not any(getattr(c.distortion, name) for name in others)]
        return max(own, key=lambda c: abs(c.change_percent), default=None)


@checked
def bench_k(points: Sequence[BenchPoint]) -> BenchK:
    """K-factor of all points with the influence of each condition; the points need some in undistorted flow.

    Each condition is compared over the velocities that it has in common with undistorted flow. Raises ValueError without
    undistorted points, for values not above zero, units that differ, and a condition without a common velocity.
    """
    _check(points)
    influences = Influences()
    plain = _levels(influences, points, UNDISTORTED)
    if not plain:
        raise ValueError("no readings in undistorted flow; the changes have nothing to be compared with")
    base = mean_of(list(plain.values()))
    results = []
    for distortion in dict.fromkeys(point.distortion for point in points if point.distortion != UNDISTORTED):
        levels = _levels(influences, points, distortion)
        common = [nominal for nominal in levels if nominal in plain]
        if not common:
            raise ValueError("a distorted condition has no velocity in common with undistorted flow")
        here = mean_of([levels[nominal] for nominal in common])
        ratio = here / mean_of([plain[nominal] for nominal in common])
        change = 100.0 * (ratio - 1.0)
        expanded = expand(float(change.u), degrees_of_freedom(change))
        results.append(ConditionResult(distortion, float(here.x), float(change.x), expanded))
    k = float(base.x)
    factors = [1.0, *(1.0 + result.change_percent / 100.0 for result in results)]
    half_range = k * (max(factors) - min(factors)) / 2.0
    total = base + half_range / math.sqrt(3.0) * influences.influence(DISTORTION_INFLUENCE)
    return BenchK(
        k_factor=k,
        undistorted=expand(float(base.u), degrees_of_freedom(base)),
        half_range=half_range,
        expanded=expand(float(total.u), degrees_of_freedom(total)),
        budget=budget(influences.quantity(total, "1")),
        conditions=tuple(results),
    )


@dataclass(frozen=True, slots=True)
class Hysteresis:
    """K reached from below minus K reached from above, percent of K, at the velocity where it is largest."""

    nominal: float
    percent: float
    expanded: Expanded


@checked
def hysteresis(points: Sequence[BenchPoint]) -> Hysteresis:
    """Largest difference of K between rising and falling velocity in undistorted flow; U holds for all velocities at once.

    Raises ValueError where no velocity was reached from both sides, else as `bench_k`.
    """
    _check(points)
    influences = Influences()
    sides = [
        _levels(influences, [p for p in points if p.rising is rising], UNDISTORTED, "rising" if rising else "falling")
        for rising in (True, False)
    ]
    common = [nominal for nominal in sides[0] if nominal in sides[1]]
    if not common:
        raise ValueError("no velocity was reached both from below and from above; use an order that goes up and down")
    differences = {
        nominal: 100.0 * (sides[0][nominal] - sides[1][nominal]) / ((sides[0][nominal] + sides[1][nominal]) / 2.0)
        for nominal in common
    }
    nominal = max(common, key=lambda one: abs(float(differences[one].x)))
    found = differences[nominal]
    return Hysteresis(nominal, float(found.x), expand(float(found.u), degrees_of_freedom(found), of=len(common)))


@checked
def r_squared(points: Sequence[BenchPoint]) -> float:
    """R² of the least squares line of indication on reference in undistorted flow, over all readings (at least 3).

    Raises ValueError for fewer readings and for velocities that are all equal.
    """
    plain = [p for p in points if p.distortion == UNDISTORTED]
    if len(plain) < 3:
        raise ValueError(f"R² needs at least 3 readings in undistorted flow, got {len(plain)}")
    x, y = [p.reference.value for p in plain], [p.indication.value for p in plain]
    mean_x, mean_y = math.fsum(x) / len(x), math.fsum(y) / len(y)
    sxx = math.fsum((one - mean_x) ** 2 for one in x)
    syy = math.fsum((one - mean_y) ** 2 for one in y)
    if not (sxx > 0 and syy > 0):
        raise ValueError("the velocities are all equal; R² has no meaning")
    return math.fsum((a - mean_x) * (b - mean_y) for a, b in zip(x, y, strict=True)) ** 2 / (sxx * syy)


def _check(points: Sequence[BenchPoint]) -> None:
    if not points:
        raise ValueError("a K-factor needs at least one reading")
    check_units([quantity for point in points for quantity in (point.reference, point.indication)])
    for point in points:
        if not (point.reference.value > 0 and point.indication.value > 0):
            raise ValueError(
                f"at {point.nominal:g} reference and indication must be above zero, "
                f"got {point.reference.value:g} and {point.indication.value:g}"
            )


def _levels(
    influences: Influences, points: Sequence[BenchPoint], distortion: Distortion, side: str = ""
) -> dict[float, UncertainReal]:
    """K of one condition by velocity: mean of its readings, their scatter as one influence (with one, its window's)."""
    found: dict[float, UncertainReal] = {}
    here = [point for point in points if point.distortion == distortion]
    for nominal in sorted({point.nominal for point in here}):
        own = [point for point in here if point.nominal == nominal]
        n = len(own)
        keep = _all_of if n < 2 else _type_b
        ratios = [influences.number(keep(p.reference)) / influences.number(keep(p.indication)) for p in own]
        mean = mean_of(ratios)
        if n > 1:
            deviation = math.sqrt(math.fsum((float(one.x) - float(mean.x)) ** 2 for one in ratios) / (n - 1))
            name = f"scatter between readings.{side}{distortion.swirl:g}/{distortion.yaw:g}/{distortion.skew:g}-{nominal:g}"
            mean = mean + deviation / math.sqrt(n) * influences.influence(name, float(n - 1))
        found[nominal] = mean
    return found


def _all_of(quantity: Quantity) -> Quantity:
    return quantity


def _type_b(quantity: Quantity) -> Quantity:
    parts: dict[str, Component] = {n: c for n, c in quantity.components.items() if math.isinf(c.degrees_of_freedom)}
    return Quantity(quantity.value, quantity.unit, parts)
