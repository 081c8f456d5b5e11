"""A simulated analyser: static curve, drift, dynamics, noise, adjustment, all from its truth table.

With x = (content - low) / full scale of the gas at the inlet and d = days since the start, in percent of full scale:

    indication before dynamics  Y = 100 x + z + g x + 4 L x (1 - x) + d [dz (1 - x) + ds x] + sum(cross-sensitivities)

The dynamics are a pure lag and a first-order filter of time constant (T90 - lag) / ln 10. The filter acts on x, x² and the
contents of the interfering components; the curve is then formed from the filtered values. Since Y is linear in these, that
is the filtered Y, but for d, which is taken at the moment of the update instead of being filtered as well (the difference,
drift a day x time constant, is below 0.001 % of full scale for 1 % a day and a minute).

A condition of the environment that the device feels adds to what it indicates at once, for each unit that the condition is
away from where it began: percent of full scale, and percent of the filtered content, x times as much of full scale.

A device of NOx has a converter: its content is NOx + NO + efficiency x NO2.

An adjustment corrects z (zero) and g (span) as they are at that moment: it adds to the indication a constant, or a share of
x. Linearity and drift stay as the truth states them, in percent of full scale, whatever the device was adjusted to.

What the device shows beside its measurand is filtered in the same way, with the measurand's time constant.

Which of the two time constants holds is decided at each change of gas: rising if the new content is above the filtered one.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from instruments.twin.environment import Condition
from instruments.twin.gas import AMBIENT_AIR, SUMS, Change, Content, Line
from instruments.twin.noise import Stream
from instruments.twin.tick import SAME_TICK_S, update_number
from instruments.twin.truth import AnalyserTruth
from testbench.engine.roles import Adjustment
from testbench.errors import InstrumentError

DAY_S = 86400.0
LN10 = math.log(10.0)
LEAST_SPAN = 0.05  # of full scale: with less gas there is nothing to adjust a span to


def filtered_decay(elapsed_s: float, decay_rate: float, filter_rate: float) -> float:
    """Answer of a first-order filter, at rest before, to exp(-decay_rate t), `elapsed_s` after it began.

    m (exp(-a s) - exp(-m s)) / (m - a), written so that equal rates and long times do no harm. Rates in 1/s; the decay rate
    may be infinite (nothing decays: 0).
    """
    if decay_rate == math.inf:
        return 0.0
    slow, fast = (decay_rate, filter_rate) if decay_rate < filter_rate else (filter_rate, decay_rate)
    difference = fast - slow
    spread = -math.expm1(-difference * elapsed_s) / difference if difference > 1e-12 * fast else elapsed_s
    return filter_rate * math.exp(-slow * elapsed_s) * spread


@dataclass(frozen=True, slots=True)
class Scale:
    """What an analyser measures: index of its component among the plant's, and its range in its unit and in mol/mol.

    `also` are other components that it measures as its own: index, and the share of each that counts.
    """

    component: int
    unit: str
    low: float
    high: float
    low_fraction: float
    high_fraction: float
    also: tuple[tuple[int, float], ...] = ()

    def content(self, gas: Content) -> float:
        """Content of a gas as this analyser counts it, mol/mol."""
        return gas[self.component] + sum(share * gas[index] for index, share in self.also)


@dataclass(frozen=True, slots=True)
class Interference:
    """A component that the analyser takes for its own: its index, and percent of full scale per mol/mol of it."""

    component: int
    percent_fs: float


@dataclass(frozen=True, slots=True)
class Felt:
    """A condition that an analyser feels: percent of full scale, and percent of the content, for each unit of departure."""

    condition: Condition
    percent_fs: float
    percent: float


@dataclass(frozen=True, slots=True)
class _Pending:
    time_s: float
    point: Adjustment
    indicated: float
    target: float


class Analyser:
    """One analyser at the end of the line. Values are asked for in the order of bench time, never backwards."""

    def __init__(
        self,
        name: str,
        truth: AnalyserTruth,
        scale: Scale,
        interferences: tuple[Interference, ...],
        line: Line,
        chance: Stream,
        shown: Mapping[str, int],
        felt: Sequence[Felt] = (),
    ) -> None:
        """`shown` are the components that the device shows, its measurand included, with their index among the plant's.

        `felt` are conditions of the environment, with what one unit of departure does.
        """
        self.name = name
        self.truth = truth
        self.scale = scale
        self._components = shown
        followed = {i.component for i in interferences} | {scale.component}
        only_shown = sorted(set(shown.values()) - followed)
        self._interferences = (*interferences, *(Interference(index, 0.0) for index in only_shown))
        self._felt = felt
        self._line = line
        self._chance = chance
        self._rise_rate = LN10 / (truth.t90_rise_s - truth.lag_s)
        self._fall_rate = LN10 / (truth.t90_fall_s - truth.lag_s)
        self._transport_s = line.delay_s + truth.lag_s
        self._seen = 0  # index of the change of gas that the filter is following
        first = line.changes[0].start
        x = self._normalise(scale.content(first))
        self._state = (
            x,
            x * x,
            *(first[i.component] for i in self._interferences),
        )  # filtered when that change arrived
        self._zero_correction = 0.0  # adjustments so far, in percent of full scale: of z …
        self._gain_correction = 0.0  # … and of g
        self._pending: deque[_Pending] = deque()
        self._update = -1
        self._shown = math.nan
        self._averaged: deque[float] = deque(maxlen=max(1, round(truth.average_s / truth.update_s)))

    def indication(self, now: float) -> float:
        """What it shows at bench time `now`, in its unit: the value of its last update, or the mean of the last ones."""
        update = update_number(now, self.truth.update_s)
        if update != self._update:
            since = max(self._update + 1, update + 1 - (self._averaged.maxlen or 1), 0)
            self._averaged.extend(map(self._value, range(since, update + 1)))
            self._update = update
            self._shown = math.fsum(self._averaged) / len(self._averaged)
        return self._shown

    def updated_s(self, now: float) -> float:
        """Bench time of the last update, s."""
        return update_number(now, self.truth.update_s) * self.truth.update_s

    def content(self, component: str, now: float) -> float:
        """Content of a component that the sensor saw at its last update, mol/mol; what is not shown is as in ambient air."""
        if component in SUMS and component not in self._components:
            return math.fsum(self.content(part, now) for part in SUMS[component])
        if component not in self._components:
            return AMBIENT_AIR.get(component, 0.0)
        self.indication(now)  # its mean needs the updates before this one, and time never goes backwards
        x, _, *others = self._filtered_now(self.updated_s(now))
        scale, index = self.scale, self._components[component]
        if index == scale.component:
            return scale.low_fraction + (scale.high_fraction - scale.low_fraction) * x
        return next(c for i, c in zip(self._interferences, others, strict=True) if i.component == index)

    def adjust(self, point: Adjustment, indicated: float, target: float, now: float) -> None:
        """Make an indication of `indicated` become `target` (in its unit) from the first update after `now` on.

        A zero adjustment shifts all indications; a span adjustment shifts them by a share of the content, so that it leaves
        an adjusted zero where it is. Raise InstrumentError for a span that no analyser would accept.
        """
        if not (math.isfinite(indicated) and math.isfinite(target)):
            raise InstrumentError(f"device {self.name}: cannot adjust {point} from {indicated} to {target}: not a number")
        self.indication(now)
        low = self.scale.low
        if point is Adjustment.SPAN and (
            not 0.1 <= (target - low) / ((indicated - low) or math.inf) <= 10.0 or self._filtered_now(now)[0] < LEAST_SPAN
        ):
            raise InstrumentError(
                f"device {self.name}: refuses the span adjustment from {indicated:g} to {target:g} {self.scale.unit}: "
                "the factor must be from 0.1 to 10; is span gas flowing?"
            )
        self._pending.append(_Pending(now, point, indicated, target))

    def _value(self, update: int) -> float:
        time_s = update * self.truth.update_s
        while self._pending and self._pending[0].time_s < time_s - SAME_TICK_S:
            self._apply(self._pending.popleft())
        percent = self._indicated_percent(time_s)
        if self.truth.noise_percent_fs:
            percent += self.truth.noise_percent_fs * self._chance.normal(update)
        return self.scale.low + (self.scale.high - self.scale.low) * percent / 100.0

    def _apply(self, adjustment: _Pending) -> None:
        shift = 100.0 * (adjustment.target - adjustment.indicated) / (self.scale.high - self.scale.low)
        if adjustment.point is Adjustment.ZERO:
            self._zero_correction += shift
        else:
            self._gain_correction += shift / self._filtered_now(adjustment.time_s)[0]

    def _filtered_now(self, time_s: float) -> tuple[float, ...]:
        """Filtered x, x² and interfering contents at a bench time."""
        changes = self._line.changes
        while self._seen + 1 < len(changes) and changes[self._seen + 1].time_s + self._transport_s < time_s - SAME_TICK_S:
            following = changes[self._seen + 1]
            self._state = self._filtered(changes[self._seen], following.time_s - changes[self._seen].time_s)
            self._seen += 1
        change = changes[self._seen]
        return self._filtered(change, time_s - self._transport_s - change.time_s)

    def _indicated_percent(self, time_s: float) -> float:
        x, xx, *others = self._filtered_now(time_s)
        truth = self.truth
        drift = truth.zero_drift_percent_fs_per_day * (1.0 - x) + truth.span_drift_percent_fs_per_day * x
        percent = (
            100.0 * x
            + truth.zero_offset_percent_fs
            + self._zero_correction
            + (truth.gain_error_percent + self._gain_correction) * x
            + 4.0 * truth.linearity_percent_fs * (x - xx)
            + time_s / DAY_S * drift
        )
        for interference, content in zip(self._interferences, others, strict=True):
            percent += interference.percent_fs * content
        for felt in self._felt:
            percent += (felt.percent_fs + felt.percent * x) * felt.condition.departure(time_s)
        return percent

    def _filtered(self, change: Change, elapsed_s: float) -> tuple[float, ...]:
        """Filtered x, x² and interfering contents, `elapsed_s` after the change reached the sensor."""
        counted = self.scale.content
        start, end = self._normalise(counted(change.start)), self._normalise(counted(change.target))
        rate = self._rise_rate if end > self._state[0] else self._fall_rate
        left = math.exp(-rate * elapsed_s)
        step = start - end
        x, xx = self._state[0], self._state[1]
        mixing = self._line.mixing_rate
        moving = change.start != change.target and mixing != math.inf
        once = filtered_decay(elapsed_s, mixing, rate) if moving else 0.0
        twice = filtered_decay(elapsed_s, 2.0 * mixing, rate) if moving else 0.0
        result = [
            end + (x - end) * left + step * once,
            end * end + (xx - end * end) * left + 2.0 * end * step * once + step * step * twice,
        ]
        for interference, state in zip(self._interferences, self._state[2:], strict=True):
            first, last = change.start[interference.component], change.target[interference.component]
            result.append(last + (state - last) * left + (first - last) * once)
        return tuple(result)

    def _normalise(self, content: float) -> float:
        return (content - self.scale.low_fraction) / (self.scale.high_fraction - self.scale.low_fraction)
