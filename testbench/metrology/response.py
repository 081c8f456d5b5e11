"""Step response time: from the change of gas at the device's inlet to 90 % of the change of the indication.

The curve that was read is made monotone before it is intersected with the end point: single spikes go by a running median of
three (which leaves a monotone curve as it is), noise by isotonic regression. Between samples it is interpolated linearly.

Words: *response time* (T90) is from the change of gas at the inlet to 90 % of the change, *lag* to 10 %, *transition* (rise
or fall time) is response time minus lag (ISO 9169). For an ideal first-order device with time constant τ and dead time d,
T90 = d + τ·ln 10.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from testbench.metrology.arguments import checked, one_axis
from testbench.metrology.coverage import Expanded, expand, standard_deviation_interval

Floats = NDArray[np.float64]

LAG_FRACTION = 0.1
MINIMUM_UPDATES_PAST_END = 3
LINE_DELAY, LINE_MIXING, TARGET, UPDATE_AGE = "line delay", "line mixing", "target", "age of the reading"
READING, SAMPLING = "reading", "sampling"
SHARED_BY_REPEATS = frozenset({LINE_DELAY, LINE_MIXING, TARGET, UPDATE_AGE})


class NotReachedError(ValueError):
    """The curve does not pass its end point within the readings, or was past it from the beginning."""


class Direction(StrEnum):
    """Whether the indication rises or falls."""

    RISE = "rise"
    FALL = "fall"


@checked
@dataclass(frozen=True, slots=True)
class LineDelay:
    """Transport delay of the gas line in s, its standard uncertainty, and the time constant of mixing on the way, in s."""

    delay_s: float
    standard_uncertainty_s: float = 0.0
    mixing_s: float = 0.0


@dataclass(frozen=True, slots=True)
class StepResponse:
    """Response to one step; all times in s, counted from the change of gas at the inlet.

    Without a stated line delay they count from the switching command, and `system` is true: the time is a system response
    time. `threshold` and `end_value` (what the fraction is of) are in the unit of the readings. `budget` gives the standard
    uncertainties of `response_s` by influence.
    """

    direction: Direction
    response_s: float
    lag_s: float
    transition_s: float
    end_value: float
    threshold: float
    system: bool
    standard_uncertainty_s: float
    expanded: Expanded
    budget: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class MeanResponse:
    """Mean response time of repeated steps in one direction, s; `lag_s` and `transition_s` are means as well.

    `standard_deviation_s` is that of the single times, None for a single step.
    """

    direction: Direction
    value_s: float
    lag_s: float
    transition_s: float
    count: int
    standard_deviation_s: float | None
    system: bool
    standard_uncertainty_s: float
    degrees_of_freedom: float
    expanded: Expanded
    budget: Mapping[str, float]


@checked
def step_response(
    times: ArrayLike,
    values: ArrayLike,
    *,
    switch_time: float,
    start_value: float,
    nominal_value: float,
    fraction: float = 0.9,
    end_point: Literal["nominal", "final"] = "nominal",
    line: LineDelay | None = None,
    reading_uncertainty: float = 0.0,
    target_uncertainty: float = 0.0,
    update_s: float = 1.0,
) -> StepResponse:
    """Determine the response time to a step from `start_value` to a gas of `nominal_value`.

    `times` (s, strictly ascending) and `values` are arrays of one length; NaN is a gap. `switch_time` is the switching
    command on the same clock; clock zero is switch_time + line delay. The end point is start + fraction·(end − start), where
    end is the nominal value (HJ 76) or the stable final value, taken as the median of the last tenth of the updates, at
    least five (ISO 9169). `update_s` is how often the device renews its output.

    Standard uncertainties, in s:
    - reading: the noise left in the curve over its slope f′ at the end point. `reading_uncertainty` σ is the standard
      deviation of one update (white, unit of the values). Isotonic regression of updates Δ apart leaves
      0.5134·(4·σ²·f′·Δ)^(1/3) (Brunk 1970; 0.5134 is the standard deviation of Chernoff's distribution), at most σ;
    - target: fraction·`target_uncertainty` over the same slope;
    - sampling: the larger of update and sampling interval, over √12;
    - age of the reading: a value was renewed up to the smaller of update and sampling interval before it was read; half of
      that is taken off every time, and the rest is rectangular: that interval over √12;
    - line delay: as stated;
    - line mixing: a mixing stage with time constant m before a slower first-order device delays the response by about m, and
      by up to m·ln 10 before a fast one. It is not corrected for; rectangular with half-width m·(1 + 1.31·m/τ), at most
      m·ln 10, τ = transition/ln 9, which covers that delay for every ratio of the two.

    Raises NotReachedError when the end point is not reached and kept for three updates, or was passed before clock zero;
    ValueError for arrays that do not fit, a step of no height, or too few readings.
    """
    t, v = _readings(times, values)
    interval = float(np.median(np.diff(t)))
    t, v = device_updates(t, v, update_s)
    t, v = _from_switching(t, v, switch_time)
    if t.size < 2 * MINIMUM_UPDATES_PAST_END:
        raise ValueError(f"only {t.size} updates of the device were read after switching; a step response needs more")
    if not LAG_FRACTION < fraction < 1:
        raise ValueError(f"the end point must be between 10 % and 100 % of the change, got {100 * fraction:g} %")
    end_value, end_uncertainty = nominal_value, target_uncertainty
    if end_point == "final":
        end_value, scatter = _final_value(v)
        end_uncertainty = math.hypot(target_uncertainty, scatter)
    change = end_value - start_value
    if not math.isfinite(change) or change == 0:
        raise ValueError(f"a step from {start_value:g} to {end_value:g} has no height")

    age = min(update_s, interval)
    elapsed = t - switch_time - (line.delay_s if line else 0.0) - age / 2
    curve = monotone((v - start_value) / change)
    end = _crossing(elapsed, curve, fraction, required=MINIMUM_UPDATES_PAST_END)
    if end <= 0:
        raise NotReachedError(
            f"{100 * fraction:g} % of the change was passed {-end:.3g} s before the gas changed at the inlet; "
            "are the line delay and the moment of switching right?"
        )
    lag = _crossing(elapsed, curve, LAG_FRACTION, required=1)
    slope = _slope(elapsed, curve, fraction) * abs(change)
    mixing = line.mixing_s if line else 0.0
    parts = {
        READING: _noise_left(reading_uncertainty, slope, max(update_s, interval)) / slope,
        TARGET: fraction * end_uncertainty / slope,
        SAMPLING: max(update_s, interval) / math.sqrt(12),
        UPDATE_AGE: age / math.sqrt(12),
        LINE_DELAY: line.standard_uncertainty_s if line else 0.0,
        LINE_MIXING: mixing_half_width(mixing, end - lag) / math.sqrt(3),
    }
    u = math.hypot(*parts.values())
    return StepResponse(
        direction=Direction.RISE if change > 0 else Direction.FALL,
        response_s=end,
        lag_s=lag,
        transition_s=end - lag,
        end_value=end_value,
        threshold=start_value + fraction * change,
        system=line is None,
        standard_uncertainty_s=u,
        expanded=expand(u),
        budget=parts,
    )


def mean_response(responses: Sequence[StepResponse]) -> MeanResponse:
    """Average the response times of n repeated steps in one direction.

    Line delay, mixing, target gas and the age of a reading are the same in every repeat: their mean stays. Reading and
    sampling average: u = sqrt(Σu²)/n. Where the times scatter more than that explains (s above the 95 % interval of the
    stated standard deviation), s/√n with n − 1 degrees of freedom takes its place.

    Raises ValueError without responses, or for steps of differing direction or clock zero.
    """
    if not responses:
        raise ValueError("a mean response time needs at least one step")
    if len({(each.direction, each.system) for each in responses}) > 1:
        raise ValueError("steps of different direction, or with and without line delay, have no common mean")
    n = len(responses)
    times = np.array([each.response_s for each in responses])
    parts = {name: math.fsum(each.budget[name] for each in responses) / n for name in sorted(SHARED_BY_REPEATS)}
    random = {name: math.hypot(*(each.budget[name] for each in responses)) / n for name in (READING, SAMPLING)}
    single = math.hypot(*random.values()) * math.sqrt(n)
    deviation = float(times.std(ddof=1)) if n > 1 else None
    shared = math.hypot(*parts.values())
    dof = math.inf
    if deviation is not None and standard_deviation_interval(deviation, n, 0.9)[0] > single:
        type_a = deviation / math.sqrt(n)
        u = math.hypot(shared, type_a)
        dof = (n - 1) * (u / type_a) ** 4  # Welch-Satterthwaite: the rest has infinite degrees of freedom
        parts["scatter of the repeats"] = type_a
    else:
        u = math.hypot(shared, *random.values())
        parts |= random
    return MeanResponse(
        direction=responses[0].direction,
        value_s=float(times.mean()),
        lag_s=math.fsum(each.lag_s for each in responses) / n,
        transition_s=math.fsum(each.transition_s for each in responses) / n,
        count=n,
        standard_deviation_s=deviation,
        system=responses[0].system,
        standard_uncertainty_s=u,
        degrees_of_freedom=dof,
        expanded=expand(u, dof),
        budget=parts,
    )


def device_updates(times: Floats, values: Floats, update_s: float) -> tuple[Floats, Floats]:
    """Reduce readings without gaps to one for each update of a device that holds its output in between.

    Kept is the first reading of each new value, and of an equal value one more whenever `update_s` has passed. A device that
    is read no faster than it updates keeps every reading.
    """
    interval = float(np.median(np.diff(times)))
    if update_s <= interval * (1 + 1e-9):
        return times, values
    keep = [0]
    for i in range(1, times.size):
        if values[i] != values[keep[-1]] or times[i] - times[keep[-1]] >= update_s - 1e-6 * interval:
            keep.append(i)
    return times[keep], values[keep]


def monotone(curve: Floats) -> Floats:
    """Return the ascending curve nearest to `curve` (least squares) after a running median of three."""
    from scipy.optimize import isotonic_regression  # heavy; needed here only

    smooth = curve.copy()
    smooth[1:-1] = np.median(np.stack([curve[:-2], curve[1:-1], curve[2:]]), axis=0)
    smooth[0] = min(curve[0], float(np.median(curve[:3])))
    smooth[-1] = float(np.median(curve[-3:]))
    return np.asarray(isotonic_regression(smooth).x, dtype=np.float64)


@checked
def mixing_half_width(mixing_s: float, transition_s: float) -> float:
    """Return the largest delay, in s, that mixing can add to the T90 of a first-order device with this 10-90 % time."""
    if mixing_s <= 0:
        return 0.0
    tau = max(transition_s, 1e-9) / math.log(9)
    return mixing_s * min(math.log(10), 1 + 1.31 * mixing_s / tau)


def _readings(times: ArrayLike, values: ArrayLike) -> tuple[Floats, Floats]:
    t = one_axis(times, "times")
    v = one_axis(values, "values")
    if t.size != v.size:
        raise ValueError(f"as many times as values are needed, got {t.size} and {v.size}")
    if not np.isfinite(t).all() or (np.diff(t) <= 0).any():
        raise ValueError("times must be finite and strictly ascending")
    valid = ~np.isnan(v)
    if not np.isfinite(v[valid]).all():
        raise ValueError("a reading is infinite")
    if valid.sum() < 2 * MINIMUM_UPDATES_PAST_END:
        raise ValueError(f"only {valid.sum()} of {t.size} readings are valid; a step response needs more")
    return t[valid], v[valid]


def _from_switching(t: Floats, v: Floats, switch_time: float) -> tuple[Floats, Floats]:
    """Readings after the switching command, before them the last one until then, which held at that moment."""
    first = int(np.searchsorted(t, switch_time, side="right"))
    if first == 0:
        return t, v
    return np.concatenate(([switch_time], t[first:])), v[first - 1 :]


def _noise_left(sigma: float, slope: float, spacing: float) -> float:
    """Standard deviation of an isotonic regression at one point."""
    return min(sigma, 0.5134 * math.cbrt(4 * sigma**2 * slope * spacing)) if sigma else 0.0


def _final_value(v: Floats) -> tuple[float, float]:
    """Median of the last tenth (at least 5) and its standard uncertainty, 1.2533·s/√n for normal noise."""
    last = v[-max(5, v.size // 10) :]
    return float(np.median(last)), 1.2533 * float(last.std(ddof=1)) / math.sqrt(last.size)


def _crossing(elapsed: Floats, curve: Floats, level: float, *, required: int) -> float:
    """When the ascending curve passes a level; at least `required` updates must be past it."""
    past = int(np.searchsorted(curve, level, side="left"))
    if curve.size - past < required:
        raise NotReachedError(
            f"{100 * level:g} % of the change was not reached and kept within {elapsed[-1]:.4g} s; "
            f"the highest is {100 * curve[-1]:.4g} %: watch longer, or the device does not get there"
        )
    if past == 0:
        raise NotReachedError(
            f"the first reading after switching is already at {100 * curve[0]:.4g} % of the change, past {100 * level:g} %; "
            "is the start value right?"
        )
    before, after = curve[past - 1], curve[past]
    return float(elapsed[past - 1] + (level - before) / (after - before) * (elapsed[past] - elapsed[past - 1]))


def _slope(elapsed: Floats, curve: Floats, fraction: float) -> float:
    """Slope at the end point, per s: that of the chord from as far below it as above, at most 5 % of the change."""
    reach = max(min((1 - fraction) / 2, 0.05, float(curve[-1]) - fraction), 1e-6)
    below = _crossing(elapsed, curve, fraction - reach, required=1) if curve[0] < fraction - reach else float(elapsed[0])
    past = int(np.searchsorted(curve, fraction + reach, side="left"))
    above = _crossing(elapsed, curve, fraction + reach, required=1) if past < curve.size else float(elapsed[-1])
    return 2 * reach / max(above - below, 1e-9)
