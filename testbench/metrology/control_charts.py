"""QAL3: control charts of an analyser's zero and span readings, carried on from one reading to the next for months.

EN 14181:2014, QAL3. Each chart is a state and a step: the state after a reading is all that the next one needs,
so a chart may be carried on from where it was left. One chart a gas: zero and span have each their own.

    state = CusumState()
    for reading in readings:
        state = cusum_step(state, reading.deviation, s_ams)
        if state.advice(s_ams).action is Action.ADJUST:
            …                                             # adjust; then state = state.after_adjustment()

The deviation is reading minus reference, s_AMS the standard deviation that QAL1 expects in service, both in one unit.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from enum import StrEnum

from testbench.metrology.arguments import checked

SHIFT = 0.501  # k_x / s_AMS
SHIFT_LIMIT = 2.85  # h_x / s_AMS
SPREAD = 1.85  # k_s / s_AMS²
SPREAD_LIMIT = 6.90  # h_s / s_AMS²
ADJUSTED_SHARE = 0.7  # of the estimated shift: what is adjusted

EWMA_WEIGHT = 0.2
EWMA_LIMIT = 3.0  # times the standard deviation of the average

WARNING_LIMIT = 2.0  # times s_AMS
ACTION_LIMIT = 3.0


class Action(StrEnum):
    """What a chart asks for."""

    NONE = "none"
    WATCH = "watch"
    ADJUST = "adjust"
    REPAIR = "repair"


@dataclass(frozen=True, slots=True)
class Advice:
    """What to do, and by how much the reading should be changed (signed, in the unit of the readings; None: not known)."""

    action: Action
    adjust_by: float | None = None


@checked
@dataclass(frozen=True, slots=True)
class CusumState:
    """Sums of the CUSUM chart after a reading.

    `spread` (unit squared) counts against the precision, `up` and `down` against positive and negative drift; `n_…` is how
    many readings each sum has been above zero. `previous` is the last deviation, None at the start and after an adjustment,
    which is not to be taken for a lack of precision.
    """

    spread: float = 0.0
    n_spread: int = 0
    up: float = 0.0
    n_up: int = 0
    down: float = 0.0
    n_down: int = 0
    previous: float | None = None

    def after_adjustment(self) -> CusumState:
        """The state with which the chart goes on after the analyser was adjusted: drift begins at zero again."""
        return replace(self, up=0.0, n_up=0, down=0.0, n_down=0, previous=None)

    def advice(self, s_ams: float) -> Advice:
        """What the chart asks for.

        Spread above h_s = 6.90·s_AMS²: loss of precision, stop and repair. Drift above h_x = 2.85·s_AMS: adjust by
        −0.7·(k_x + Σ⁺/N⁺) or +0.7·(k_x + Σ⁻/N⁻).
        """
        if self.spread > SPREAD_LIMIT * s_ams**2:
            return Advice(Action.REPAIR)
        limit, shift = SHIFT_LIMIT * s_ams, SHIFT * s_ams
        if self.up > limit:
            return Advice(Action.ADJUST, -ADJUSTED_SHARE * (shift + self.up / self.n_up))
        if self.down > limit:
            return Advice(Action.ADJUST, ADJUSTED_SHARE * (shift + self.down / self.n_down))
        return Advice(Action.NONE)


@checked
def cusum_step(state: CusumState, deviation: float, s_ams: float) -> CusumState:
    """One reading on the CUSUM chart (EN 14181:2014, QAL3).

    Precision: s = max(0, s + (d − d_previous)²/2 − k_s), k_s = 1.85·s_AMS²; the first reading has none before it and adds
    nothing. Drift: Σ⁺ = max(0, Σ⁺ + d − k_x), Σ⁻ = max(0, Σ⁻ − d − k_x), k_x = 0.501·s_AMS. A sum that is 0 counts no
    readings. Raises ValueError for a deviation that is not finite and an s_AMS that is not above zero.
    """
    _check(deviation, s_ams)
    shift = SHIFT * s_ams
    spread = state.spread
    if state.previous is not None:
        spread = max(0.0, spread + (deviation - state.previous) ** 2 / 2.0 - SPREAD * s_ams**2)
    up = max(0.0, state.up + deviation - shift)
    down = max(0.0, state.down - deviation - shift)
    return CusumState(
        spread=spread,
        n_spread=_counted(state.n_spread, spread, unchanged=state.previous is None),
        up=up,
        n_up=_counted(state.n_up, up),
        down=down,
        n_down=_counted(state.n_down, down),
        previous=deviation,
    )


def _counted(count: int, total: float, *, unchanged: bool = False) -> int:
    if unchanged:
        return count
    return count + 1 if total > 0 else 0


@checked
@dataclass(frozen=True, slots=True)
class EwmaState:
    """Exponentially weighted moving average of the deviations after `count` readings, in their unit."""

    average: float = 0.0
    count: int = 0

    def limit(self, s_ams: float) -> float:
        """Half-width of the action limits: L·s_AMS·sqrt(λ/(2 − λ)·(1 − (1 − λ)^(2t))), L = 3, λ = 0.2."""
        grown = 1.0 - (1.0 - EWMA_WEIGHT) ** (2 * self.count)
        return EWMA_LIMIT * s_ams * math.sqrt(EWMA_WEIGHT / (2.0 - EWMA_WEIGHT) * grown)

    def advice(self, s_ams: float) -> Advice:
        """Adjust by what takes the average to zero where it is outside the limits."""
        if abs(self.average) > self.limit(s_ams):
            return Advice(Action.ADJUST, -self.average)
        return Advice(Action.NONE)


@checked
def ewma_step(state: EwmaState, deviation: float, s_ams: float) -> EwmaState:
    """One reading on the EWMA chart: E = λ·d + (1 − λ)·E, λ = 0.2. Raises ValueError as `cusum_step` does."""
    _check(deviation, s_ams)
    return EwmaState(EWMA_WEIGHT * deviation + (1.0 - EWMA_WEIGHT) * state.average, state.count + 1)


@checked
def shewhart(deviation: float, s_ams: float) -> Advice:
    """One reading on the Shewhart chart: above 2·s_AMS watch, above 3·s_AMS adjust by −d. Raises ValueError likewise."""
    _check(deviation, s_ams)
    if abs(deviation) > ACTION_LIMIT * s_ams:
        return Advice(Action.ADJUST, -deviation)
    return Advice(Action.WATCH if abs(deviation) > WARNING_LIMIT * s_ams else Action.NONE)


@dataclass(frozen=True, slots=True)
class Charted:
    """All three charts after one reading, and what each asks for."""

    deviation: float
    cusum: CusumState
    ewma: EwmaState
    cusum_advice: Advice
    ewma_advice: Advice
    shewhart_advice: Advice


@dataclass(frozen=True, slots=True)
class ChartState:
    """Where the three charts of one gas stand."""

    cusum: CusumState = CusumState()
    ewma: EwmaState = EwmaState()

    def after_adjustment(self) -> ChartState:
        """Where they stand after the analyser was adjusted: both averages of drift begin anew."""
        return ChartState(self.cusum.after_adjustment(), EwmaState())

    def step(self, deviation: float, s_ams: float) -> Charted:
        """One reading on all three charts."""
        cusum, ewma = cusum_step(self.cusum, deviation, s_ams), ewma_step(self.ewma, deviation, s_ams)
        return Charted(deviation, cusum, ewma, cusum.advice(s_ams), ewma.advice(s_ams), shewhart(deviation, s_ams))


@checked
def service_deviation(*parts: float) -> float:
    """s_AMS = sqrt(Σ u²) of the QAL1 parts present in service: temperature, voltage, pressure, reference gas, repeatability.

    Standard uncertainties in one unit. Raises ValueError for none, a negative one, or all zero.
    """
    if not parts or any(not (math.isfinite(part) and part >= 0) for part in parts) or not any(parts):
        raise ValueError("s_AMS needs at least one standard uncertainty, none negative and not all zero")
    return math.hypot(*parts)


def _check(deviation: float, s_ams: float) -> None:
    if not math.isfinite(deviation):
        raise ValueError("the deviation of a reading must be a finite number")
    if not (math.isfinite(s_ams) and s_ams > 0):
        raise ValueError(f"s_AMS must be above zero, got {s_ams:g}")
