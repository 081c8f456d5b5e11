"""The simulated flow rig: a fan, the velocity in its duct, and the turbulence that every instrument there sees.

    drive command ─► fan speed (first order) ─► mean velocity ─► × homogeneity ─► devices under test
                                                     └─► reference

Between two commands everything is a closed form of the time since the last one, and turbulence is counter-based, so nothing
depends on how often it is read. The mean velocity is proportional to the fan's speed (a duct of constant resistance). What
an instrument sees is filtered by its own response as far as the fan moves it; of turbulence it sees the share that its
truth states, at the moment of its update.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from instruments.twin.analyser import filtered_decay
from instruments.twin.duct_truth import DuctTruth, FanTruth
from instruments.twin.noise import Stream
from instruments.twin.tick import SAME_TICK_S, Commanded, update_number
from testbench.metrology.gas_density import moist_air_density
from testbench.metrology.velocity import power_law_mean

LN10 = math.log(10.0)
QUICKEST_S = 1e-3  # time constant of a fan that follows at once
STEPS = 4  # of turbulence in its correlation time
REACH = 28  # steps after which nothing of a step is left: exp(-28/4) = 0.0009


@dataclass(frozen=True, slots=True)
class FanChange:
    """From `time_s` on the fan goes from `start` to `target`, percent of its full speed."""

    time_s: float
    start: float
    target: float


class Fan:
    """A fan whose speed follows its drive with one time constant; percent of full speed."""

    def __init__(self, name: str, truth: FanTruth) -> None:
        self.name = name
        self.truth = truth
        self.rate = 1.0 / max(truth.time_constant_s, QUICKEST_S)
        self.changes = [FanChange(-math.inf, 0.0, 0.0)]

    @property
    def commanded(self) -> float:
        """The speed last commanded, percent."""
        return self.changes[-1].target

    def set_speed(self, percent: float, now: float) -> None:
        """Go to a speed from bench time `now` on."""
        start = self.speed(now)
        if now <= self.changes[-1].time_s + SAME_TICK_S:
            self.changes.pop()
        self.changes.append(FanChange(now, start, percent))

    def speed(self, now: float) -> float:
        """Speed at bench time `now`, percent."""
        last = self.changes[-1]
        if last.start == last.target:
            return last.target
        return last.target + (last.start - last.target) * math.exp(-self.rate * max(0.0, now - last.time_s))


class Follower:
    """A first-order response to the fan's speed; asked in the order of bench time, never backwards."""

    def __init__(self, fan: Fan, t90_s: float) -> None:
        self._fan = fan
        self._rate = LN10 / t90_s if t90_s > 0.0 else math.inf
        self._seen = 0
        self._state = 0.0  # what it showed when the change it follows began

    def speed(self, now: float) -> float:
        """The speed as it is seen at bench time `now`, percent."""
        changes = self._fan.changes
        while self._seen + 1 < len(changes) and changes[self._seen + 1].time_s < now - SAME_TICK_S:
            self._state = self._after(changes[self._seen], changes[self._seen + 1].time_s)
            self._seen += 1
        return self._after(changes[min(self._seen, len(changes) - 1)], now)

    def _after(self, change: FanChange, now: float) -> float:
        elapsed = now - change.time_s
        step = change.start - change.target
        if self._rate == math.inf:
            return change.target + step * (math.exp(-self._fan.rate * elapsed) if step else 0.0)
        moving = step * filtered_decay(elapsed, self._fan.rate, self._rate) if step else 0.0
        return change.target + (self._state - change.target) * math.exp(-self._rate * elapsed) + moving


class Turbulence:
    """A fluctuation of standard deviation 1 whose correlation falls as exp(-t/`time_s`), held for a quarter of that time."""

    def __init__(self, stream: Stream, time_s: float) -> None:
        self._stream = stream
        self._step_s = time_s / STEPS
        share = math.exp(-1.0 / STEPS)
        weights = [share**age for age in range(REACH)]
        norm = math.sqrt(math.fsum(weight * weight for weight in weights))
        self._weights = [weight / norm for weight in weights]
        self._drawn: dict[int, float] = {}

    def at(self, now: float) -> float:
        """Its value at bench time `now`."""
        last = update_number(now, self._step_s) + REACH
        if len(self._drawn) > 8 * REACH:
            self._drawn.clear()
        return math.fsum(weight * self._chance(last - age) for age, weight in enumerate(self._weights))

    def _chance(self, index: int) -> float:
        if index not in self._drawn:
            self._drawn[index] = self._stream.normal(index)
        return self._drawn[index]


@dataclass(frozen=True, slots=True)
class Climate:
    """State of the gas in the duct: temperature in °C, absolute pressure in kPa, relative humidity in %."""

    temperature: float = 20.0
    pressure: float = 101.325
    humidity: float = 50.0

    @property
    def density(self) -> float:
        """Density of the moist air, kg/m³."""
        return moist_air_density(self.temperature, 1e3 * self.pressure, self.humidity / 100.0)


class Duct:
    """The velocity in the duct; `homogeneity` and `area` (m²) as they really are."""

    def __init__(
        self, fan: Fan, truth: DuctTruth, seed: int, *, homogeneity: float, area: float, climate: Callable[[float], Climate]
    ) -> None:
        self.fan = fan
        self.truth = truth
        self.area = area
        self.climate = climate
        self._seed = seed
        self.homogeneity = homogeneity
        self._unsteady = Turbulence(Stream(seed, "duct", "unsteadiness"), truth.turbulence_time_s)
        self.distortions = {
            "swirl": Commanded(truth.swirl_degrees),
            "yaw": Commanded(truth.yaw_degrees),
            "skew": Commanded(truth.skew_percent),
        }
        self._axis = 1.0 / power_law_mean(truth.profile_exponent)

    def distort(self, quantity: str, value: float, now: float) -> None:
        """Set the swirl or yaw (degrees) or the skew (percent) from after bench time `now` on."""
        self.distortions[quantity].set(value, now)

    def turbulence(self, name: str) -> Turbulence:
        """The turbulence where an instrument stands."""
        return Turbulence(Stream(self._seed, "turbulence", name), self.truth.turbulence_time_s)

    def reference_velocity(self, speed: float, now: float) -> float:
        """Mean velocity at the reference, m/s, for a speed of the fan in percent."""
        intensity = self.truth.unsteadiness_percent / 100.0
        wandering = intensity * self._unsteady.at(now) if intensity else 0.0
        return self.fan.truth.full_speed_velocity * speed / 100.0 * (1.0 + wandering)

    def test_velocity(self, speed: float, now: float, position: float | None) -> float:
        """Velocity where the devices stand, m/s: the mean, or that at a distance from the wall over the radius."""
        profile = 1.0 if position is None else self._axis * position ** (1.0 / self.truth.profile_exponent)
        return self.reference_velocity(speed, now) * (1.0 + self.homogeneity) * profile
