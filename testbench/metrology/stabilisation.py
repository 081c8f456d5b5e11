"""Stabilisation time after a change of gas: from the change until the readings stay within a tolerance of their plateau.

    plateau      median of the readings of the last 30 min before the next change
    step         |plateau − plateau before the change|
    tolerance    max(5 % of the step, 1 % of |plateau|, 0.001 in the unit of the readings)
    stable       the first of 10 consecutive readings that are all within the tolerance
    time         of that reading, minus the time of the first reading under the new set-point

This is how stabilisation times of interlaboratory comparisons with a dilution generator are stated; every figure is an
argument. It tells nothing of a response time by 90 % of a step: see testbench.metrology.response.
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from testbench.metrology.arguments import checked

HALF_DAY_MIN = 720.0


@checked
@dataclass(frozen=True, slots=True)
class StabilityRule:
    """When readings count as stable; times in minutes, shares as fractions, `least` in the unit of the readings."""

    plateau_min: float = 30.0
    share_of_step: float = 0.05
    share_of_plateau: float = 0.01
    least: float = 0.001
    consecutive: int = 10

    def __post_init__(self) -> None:
        shares = (self.share_of_step, self.share_of_plateau, self.least)
        if not (self.plateau_min > 0 and self.consecutive >= 1 and min(shares) >= 0 and max(shares) > 0):
            raise ValueError(
                "a rule of stability needs a plateau time above 0, at least 1 reading, and a tolerance above 0; none below 0"
            )

    def tolerance(self, step: float, plateau: float) -> float:
        """The tolerance for a step and a plateau, in the unit of the readings."""
        return max(self.share_of_step * abs(step), self.share_of_plateau * abs(plateau), self.least)


DEFAULT_RULE = StabilityRule()


@dataclass(frozen=True, slots=True)
class Stabilisation:
    """One change of the set-point and what came of it; `minutes` is None where the readings never became stable.

    `before` and `plateau` are the medians at the end of the set-points `from_setpoint` and `to_setpoint`; `readings` is
    their number under the new set-point.
    """

    from_setpoint: float
    to_setpoint: float
    before: float
    plateau: float
    tolerance: float
    minutes: float | None
    readings: int


@checked
def plateau_of(times_min: Sequence[float], readings: Sequence[float], *, plateau_min: float = 30.0) -> float:
    """Median of the readings of the last `plateau_min` minutes (later than the last time − `plateau_min`).

    Times in minutes, ascending. Raises ValueError for none, for unequal lengths, and for times that do not ascend.
    """
    _check(times_min, readings)
    since = times_min[-1] - plateau_min
    return statistics.median(value for time, value in zip(times_min, readings, strict=True) if time > since)


@checked
def stabilisation_time(
    times_min: Sequence[float],
    readings: Sequence[float],
    *,
    before: float,
    rule: StabilityRule = DEFAULT_RULE,
    setpoints: tuple[float, float] = (math.nan, math.nan),
) -> Stabilisation:
    """Stabilisation time of readings (n) at times (n, minutes) that begin with the change, from the plateau `before`.

    Raises ValueError for fewer readings than must be consecutive, numbers that are not finite, and times that do not ascend.
    """
    _check(times_min, readings)
    if len(readings) < rule.consecutive:
        raise ValueError(f"{len(readings)} readings after the change, at least {rule.consecutive} are needed")
    if not math.isfinite(before):
        raise ValueError("the plateau before the change must be a number")
    plateau = plateau_of(times_min, readings, plateau_min=rule.plateau_min)
    tolerance = rule.tolerance(plateau - before, plateau)
    run = 0
    stable = None
    for index, reading in enumerate(readings):
        run = run + 1 if abs(reading - plateau) <= tolerance else 0
        if run == rule.consecutive:
            stable = times_min[index - rule.consecutive + 1] - times_min[0]
            break
    return Stabilisation(*setpoints, before, plateau, tolerance, stable, len(readings))


@checked
def stabilisation_times(
    times_min: Sequence[float],
    setpoints: Sequence[float],
    readings: Sequence[float],
    rule: StabilityRule = DEFAULT_RULE,
) -> tuple[Stabilisation, ...]:
    """Stabilisation after every change of the set-point in a series: times (n, minutes), set-points (n), readings (n).

    A change is where a set-point differs from that of the reading before. Raises ValueError as `stabilisation_time`.
    """
    _check(times_min, readings)
    if len(setpoints) != len(readings):
        raise ValueError(f"{len(setpoints)} set-points for {len(readings)} readings")
    starts = [0, *(i for i in range(1, len(setpoints)) if setpoints[i] != setpoints[i - 1]), len(setpoints)]
    parts = [slice(start, end) for start, end in pairwise(starts)]
    found = []
    for earlier, later in pairwise(parts):
        before = plateau_of(times_min[earlier], readings[earlier], plateau_min=rule.plateau_min)
        change = (setpoints[earlier.start], setpoints[later.start])
        found.append(stabilisation_time(times_min[later], readings[later], before=before, rule=rule, setpoints=change))
    return tuple(found)


@checked
def without_half_day_slips(times_min: Sequence[float], *, reach_min: float = 60.0) -> tuple[float, ...]:
    """Times in minutes with the slips of a twelve-hour clock (AM for PM) undone; those that ascend as they should stay.

    The order of the readings is taken as recorded. A time that follows its predecessor by none or less, or by more than
    `reach_min`, and that lies within (0, `reach_min`] of it when half days are added or taken off, is shifted by these; a
    real gap that no half day explains stays a gap. What comes after is compared with the corrected time.
    """
    corrected: list[float] = []
    for time in times_min:
        if corrected and not 0 < time - corrected[-1] <= reach_min:
            last = corrected[-1]
            halves = math.ceil((last - time) / HALF_DAY_MIN)
            shifted = time + HALF_DAY_MIN * (halves + 1 if time + HALF_DAY_MIN * halves == last else halves)
            corrected.append(shifted if 0 < shifted - last <= reach_min else time)
        else:
            corrected.append(time)
    return tuple(corrected)


def _check(times_min: Sequence[float], readings: Sequence[float]) -> None:
    if not readings or len(times_min) != len(readings):
        raise ValueError(f"{len(times_min)} times for {len(readings)} readings; give one time a reading, and at least one")
    if not all(map(math.isfinite, (*times_min, *readings))):
        raise ValueError("times and readings must be finite numbers; leave out those that are missing")
    if any(later <= earlier for earlier, later in pairwise(times_min)):
        raise ValueError("the times must ascend; for the slips of a twelve-hour clock use without_half_day_slips")
