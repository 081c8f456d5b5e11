"""QAL2 and AST (EN 14181:2014): calibration function, valid range, test of variability, and when to calibrate again.

    pairs at the AMS's own conditions ──method A, B or C──► ŷ = a + b·x
                                                              │ standardised
    reference at standard conditions y_s ────────────────────► D = y_s − ŷ_s ──► s_D ≤ σ0·k_v

x is the signal of the automated measuring system (AMS), y the standard reference method (SRM). E is the emission limit
value, P·E the 95 % interval that the law permits at it; both are at standard conditions.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray
from scipy import special

from testbench.metrology.arguments import checked, number

Floats = NDArray[np.float64]

SIGMA_FACTOR = 1.96
LOW_SHARE = 0.15  # of the limit value: the smallest reference below which method B does not serve
LEAST_RANGE_SHARE = 0.20  # of the limit value: the valid range reaches at least so far
RANGE_MARGIN = 0.10  # of the largest calibrated value
AST_FACTOR = 1.5

PERMITTED_PERCENT: Mapping[str, float] = {
    "CO": 10.0,
    "SO2": 20.0,
    "NOx": 20.0,
    "dust": 30.0,
    "TOC": 30.0,
    "HCl": 40.0,
    "HF": 40.0,
}
"""95 % interval of a single measured value, percent of the daily limit value (Directive 2010/75/EU, Annexes V and VI)."""


class Method(StrEnum):
    """How the calibration function is found (EN 14181:2014, QAL2).

    A: regression. B: through the reading at zero and the mean, for a small spread of values well above zero. C: regression
    with readings of reference gas added, for a small spread near zero.
    """

    A = "A"
    B = "B"
    C = "C"


@dataclass(frozen=True, slots=True)
class Pair:
    """One parallel measurement: AMS signal x, reference y at AMS conditions, and what turns y into y_s: y_s = y·to_standard.

    `to_standard` is the factor from AMS conditions to standard conditions (`standard_conditions`), 1 where they are one.
    """

    signal: float
    reference: float
    to_standard: float = 1.0

    def __post_init__(self) -> None:
        for name in ("signal", "reference", "to_standard"):
            value = getattr(self, name)
            if type(value) is not float:
                object.__setattr__(self, name, number(value, name))

    @property
    def standard_reference(self) -> float:
        """Reference at standard conditions."""
        return self.reference * self.to_standard


@dataclass(frozen=True, slots=True)
class CalibrationFunction:
    """ŷ = intercept + slope·x at AMS conditions, and the range of ŷ_s (standard conditions) in which it is valid.

    `r_squared` is the coefficient of determination of reference and signal, guidance only; None where either does not
    vary. `spread` is y_s,max − y_s,min, which chose the method.
    """

    method: Method
    intercept: float
    slope: float
    valid_upper: float
    spread: float
    r_squared: float | None
    pairs: int

    def __call__(self, signal: float) -> float:
        """Calibrated value at AMS conditions."""
        return self.intercept + self.slope * signal


@dataclass(frozen=True, slots=True)
class Variability:
    """Test of variability: s_D against σ0·k_v, in the unit of the limit value; the D_i are y_s − ŷ_s.

    `percent_of_permitted` is 100·s_D/permitted; up to 100 it is passed.
    """

    differences: tuple[float, ...]
    mean_difference: float
    standard_deviation: float
    sigma0: float
    k_v: float
    permitted: float

    @property
    def percent_of_permitted(self) -> float:
        """s_D in percent of what is permitted."""
        return 100.0 * self.standard_deviation / self.permitted

    @property
    def passed(self) -> bool:
        """Whether s_D is not above what is permitted."""
        return self.standard_deviation <= self.permitted


@dataclass(frozen=True, slots=True)
class SurveillanceTest:
    """Annual surveillance test: variability with the factor 1.5, and whether the calibration function still holds.

    `permitted_difference` is t(0.95; N − 1)·s_D/√N + σ0, one-sided t, in the unit of the limit value.
    """

    variability: Variability
    t: float
    permitted_difference: float

    @property
    def difference_percent_of_permitted(self) -> float:
        """|mean D| in percent of what is permitted."""
        return 100.0 * abs(self.variability.mean_difference) / self.permitted_difference

    @property
    def valid(self) -> bool:
        """Whether the calibration function still holds."""
        return abs(self.variability.mean_difference) <= self.permitted_difference


@checked
def standard_conditions(
    *,
    temperature_c: float = 0.0,
    pressure_kpa: float = 101.325,
    moisture_percent: float = 0.0,
    oxygen_percent: float | None = None,
    reference_oxygen_percent: float | None = None,
) -> float:
    """The factor from a mass concentration at the AMS's conditions to 0 °C, 101.325 kPa, dry, at the reference oxygen.

    (273.15 + ϑ)/273.15 · 101.325/p · 100/(100 − h) · (21 − O2,ref)/(21 − O2), the oxygen measured dry (EN 14181:2014).
    Leave out what the AMS's conditions have already. Raises ValueError for what cannot be, or oxygen without its reference.
    """
    if not (temperature_c > -273.15 and pressure_kpa > 0):
        raise ValueError("temperature and pressure must be above absolute zero")
    if not 0 <= moisture_percent < 100:
        raise ValueError(f"moisture must be from 0 to below 100 %, got {moisture_percent:g}")
    factor = (273.15 + temperature_c) / 273.15 * 101.325 / pressure_kpa * 100.0 / (100.0 - moisture_percent)
    if (oxygen_percent is None) != (reference_oxygen_percent is None):
        raise ValueError("the oxygen content and its reference are given together")
    if oxygen_percent is not None and reference_oxygen_percent is not None:
        for name, oxygen in (("oxygen", oxygen_percent), ("reference oxygen", reference_oxygen_percent)):
            if not 0 <= oxygen < 21:
                raise ValueError(f"{name} must be from 0 to below 21 %, got {oxygen:g}")
        factor *= (21.0 - reference_oxygen_percent) / (21.0 - oxygen_percent)
    return factor


@checked
def choose_method(pairs: Sequence[Pair], *, limit_value: float, permitted_percent: float) -> Method:
    """A where y_s,max − y_s,min reaches P·E; else B where y_s,min is at least 15 % of E, C where it is less."""
    _check(pairs, 2, limit_value, permitted_percent)
    values = [pair.standard_reference for pair in pairs]
    if max(values) - min(values) >= permitted_percent / 100.0 * limit_value:
        return Method.A
    return Method.B if min(values) >= LOW_SHARE * limit_value else Method.C


@checked
def calibration_function(
    pairs: Sequence[Pair],
    *,
    limit_value: float,
    permitted_percent: float,
    zero_signal: float | None = None,
    reference_gas: Sequence[Pair] = (),
    method: Method | None = None,
) -> CalibrationFunction:
    """Find the calibration function of an AMS (EN 14181:2014, QAL2) by the method that the pairs ask for, or by `method`.

    A: b = Σ(x − x̄)(y − ȳ)/Σ(x − x̄)², a = ȳ − b·x̄. B: b = ȳ/(x̄ − Z), a = −b·Z with Z the signal at zero (`zero_signal`).
    C: as A, the pairs of `reference_gas` (at zero and near the limit value) added. Valid from 0 to 110 % of the largest
    ŷ_s, or to 20 % of the limit value where that is more.

    Raises ValueError for fewer than 3 pairs, gaps, signals that are all equal, or where the method lacks its zero signal or
    its reference gas.
    """
    _check(pairs, 3, limit_value, permitted_percent)
    chosen = choose_method(pairs, limit_value=limit_value, permitted_percent=permitted_percent) if method is None else method
    _check_gaps(reference_gas)
    x, y = _columns(pairs)
    if chosen is Method.B:
        if zero_signal is None:
            raise ValueError("method B needs the signal of the AMS at zero: the references spread too little for a line")
        distance = float(x.mean()) - zero_signal
        if distance == 0:
            raise ValueError("the mean signal is that at zero; no calibration function goes through both")
        slope = float(y.mean()) / distance
        intercept = -slope * zero_signal
    else:
        if chosen is Method.C and len(reference_gas) < 2:
            raise ValueError("method C needs readings of reference gas at zero and near the limit value")
        intercept, slope = _line(*_columns([*pairs, *reference_gas] if chosen is Method.C else pairs))
    calibrated = [(intercept + slope * pair.signal) * pair.to_standard for pair in pairs]
    values = [pair.standard_reference for pair in pairs]
    upper = max((1.0 + RANGE_MARGIN) * max(calibrated), LEAST_RANGE_SHARE * limit_value)
    return CalibrationFunction(chosen, intercept, slope, upper, max(values) - min(values), _r_squared(x, y), len(pairs))


@checked
def k_factor(pairs: int) -> float:
    """k_v = sqrt(χ²(0.5; N − 1)/(N − 1)) (EN 14181:2014), for N of at least 2 pairs; ValueError below."""
    if pairs < 2:
        raise ValueError(f"the test of variability needs at least 2 pairs, got {pairs}")
    median = 2.0 * float(special.gammaincinv((pairs - 1) / 2.0, 0.5))
    return math.sqrt(median / (pairs - 1))


@checked
def sigma0(*, limit_value: float, permitted_percent: float) -> float:
    """σ0 = P·E/1.96, the standard deviation that the permitted 95 % interval stands for, in the limit value's unit."""
    return permitted_percent / 100.0 * limit_value / SIGMA_FACTOR


@checked
def variability(
    pairs: Sequence[Pair],
    function: CalibrationFunction,
    *,
    limit_value: float,
    permitted_percent: float,
    factor: float = 1.0,
) -> Variability:
    """Test of variability (EN 14181:2014): D = y_s − ŷ_s, s_D = sqrt(Σ(D − D̄)²/(N − 1)) ≤ factor·σ0·k_v.

    The factor is 1 for QAL2 and 1.5 for the annual test. Raises ValueError for fewer than 2 pairs or gaps.
    """
    _check(pairs, 2, limit_value, permitted_percent)
    differences = [pair.standard_reference - function(pair.signal) * pair.to_standard for pair in pairs]
    deviation = float(np.std(differences, ddof=1))
    sigma, k_v = sigma0(limit_value=limit_value, permitted_percent=permitted_percent), k_factor(len(pairs))
    mean = math.fsum(differences) / len(pairs)
    return Variability(tuple(differences), mean, deviation, sigma, k_v, factor * sigma * k_v)


@checked
def surveillance_test(
    pairs: Sequence[Pair], function: CalibrationFunction, *, limit_value: float, permitted_percent: float
) -> SurveillanceTest:
    """Annual surveillance test (EN 14181:2014, AST): s_D ≤ 1.5·σ0·k_v, and |D̄| ≤ t(0.95; N − 1)·s_D/√N + σ0.

    `function` is that of the last QAL2. Raises ValueError for fewer than 2 pairs or gaps.
    """
    result = variability(pairs, function, limit_value=limit_value, permitted_percent=permitted_percent, factor=AST_FACTOR)
    t = float(special.stdtrit(len(pairs) - 1, 0.95))
    return SurveillanceTest(result, t, t * result.standard_deviation / math.sqrt(len(pairs)) + result.sigma0)


@checked
@dataclass(frozen=True, slots=True)
class Week:
    """A week of service: how many values were measured, and how many of them outside the valid range."""

    values: int
    outside: int

    @property
    def percent_outside(self) -> float:
        """Share outside in percent; 0 for a week without values."""
        return 100.0 * self.outside / self.values if self.values else 0.0


@dataclass(frozen=True, slots=True)
class RangeUse:
    """How the valid range was kept: weeks with more than 5 % outside, and those (counted from 1) with more than 40 %."""

    weeks_above_5_percent: int
    weeks_above_40_percent: tuple[int, ...]

    @property
    def calibrate_again(self) -> bool:
        """Whether a new QAL2 is due."""
        return self.weeks_above_5_percent > 5 or bool(self.weeks_above_40_percent)


def range_use(weeks: Sequence[Week]) -> RangeUse:
    """Whether a new QAL2 is due between two annual tests (EN 14181:2014): the weekly counts decide.

    It is due where more than 5 % of the values of a week are outside the valid range in more than 5 weeks, or more than 40 %
    in one. Raises ValueError for a week with more values outside than measured.
    """
    for place, week in enumerate(weeks, start=1):
        if not 0 <= week.outside <= week.values:
            raise ValueError(f"week {place}: {week.outside} of {week.values} values cannot be outside")
    above = sum(20 * week.outside > week.values for week in weeks)
    return RangeUse(above, tuple(n for n, week in enumerate(weeks, start=1) if 5 * week.outside > 2 * week.values))


def _columns(pairs: Sequence[Pair]) -> tuple[Floats, Floats]:
    return np.array([pair.signal for pair in pairs]), np.array([pair.reference for pair in pairs])


def _line(x: Floats, y: Floats) -> tuple[float, float]:
    dx = x - x.mean()
    sxx = float(dx @ dx)
    if sxx == 0:
        raise ValueError("the signals of the AMS are all equal; no line goes through them")
    slope = float(dx @ (y - y.mean())) / sxx
    return float(y.mean()) - slope * float(x.mean()), slope


def _r_squared(x: Floats, y: Floats) -> float | None:
    dx, dy = x - x.mean(), y - y.mean()
    product = float(dx @ dx) * float(dy @ dy)
    return float(dx @ dy) ** 2 / product if product > 0 else None


def _check(pairs: Sequence[Pair], least: int, limit_value: float, permitted_percent: float) -> None:
    if len(pairs) < least:
        raise ValueError(f"at least {least} pairs are needed, got {len(pairs)}")
    _check_gaps(pairs)
    if not (limit_value > 0 and permitted_percent > 0):
        raise ValueError("the limit value and the permitted uncertainty must be above zero")


def _check_gaps(pairs: Sequence[Pair]) -> None:
    for place, pair in enumerate(pairs, start=1):
        if not all(math.isfinite(value) for value in (pair.signal, pair.reference, pair.to_standard)):
            raise ValueError(f"pair {place} has a gap")
