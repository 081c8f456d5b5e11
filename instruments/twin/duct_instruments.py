"""What stands in the simulated duct: the reference, a Pitot tube with its transmitter, and the devices under test."""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass

from instruments.twin.duct import Duct, Follower
from instruments.twin.duct_truth import DifferentialPressureTruth, ReferenceVelocityTruth, VelocityDeviceTruth
from instruments.twin.noise import Stream
from instruments.twin.tick import SAME_TICK_S, update_number
from testbench.engine.roles import Adjustment
from testbench.errors import InstrumentError
from testbench.metrology.measurand import MeasurandKind, from_si, kind_of


@dataclass(frozen=True, slots=True)
class VelocityScale:
    """The unit of a device, and the ends of its range in it."""

    unit: str
    low: float
    high: float


class _Seen:
    """What an instrument sees of the fan and of the turbulence."""

    def __init__(self, name: str, duct: Duct, t90_s: float, turbulence_share: float) -> None:
        self._duct = duct
        self._follower = Follower(duct.fan, t90_s)
        self._turbulence = duct.turbulence(name)
        self._intensity = turbulence_share * duct.truth.turbulence_percent / 100.0

    def speed(self, now: float) -> float:
        """Speed of the fan, percent."""
        return self._follower.speed(now)

    def ripple(self, now: float) -> float:
        """Factor that the turbulence makes."""
        return 1.0 + self._intensity * self._turbulence.at(now) if self._intensity else 1.0


class ReferenceVelocity:
    """The reference of the rig, m/s; `error` is relative, `zero_error` in m/s."""

    def __init__(
        self, name: str, truth: ReferenceVelocityTruth, duct: Duct, chance: Stream, *, error: float, zero_error: float
    ) -> None:
        self.name = name
        self.truth = truth
        self._duct = duct
        self._chance = chance
        self._error = error
        self._zero_error = zero_error
        self._seen = _Seen(name, duct, truth.t90_s, truth.turbulence_share)

    def indication(self, now: float) -> float:
        """What it shows at bench time `now`."""
        update = update_number(now, self.truth.update_s)
        time_s = update * self.truth.update_s
        velocity = self._duct.reference_velocity(self._seen.speed(time_s), time_s) * self._seen.ripple(time_s)
        noise = self.truth.noise_m_per_s * self._chance.normal(update) if self.truth.noise_m_per_s else 0.0
        return velocity * (1.0 + self._error) + self._zero_error + noise


class DifferentialPressure:
    """A Pitot tube of the reference and its transmitter, Pa: dp = density/2 (v/C)²; `coefficient` is the true one."""

    def __init__(
        self,
        name: str,
        truth: DifferentialPressureTruth,
        duct: Duct,
        chance: Stream,
        *,
        coefficient: float,
        error_pa: float,
    ) -> None:
        self.name = name
        self.truth = truth
        self._duct = duct
        self._chance = chance
        self._coefficient = coefficient
        self._error_pa = error_pa
        self._seen = _Seen(name, duct, truth.t90_s, truth.turbulence_share)

    def indication(self, now: float) -> float:
        """What it shows at bench time `now`."""
        update = update_number(now, self.truth.update_s)
        time_s = update * self.truth.update_s
        velocity = self._duct.reference_velocity(self._seen.speed(time_s), time_s) * self._seen.ripple(time_s)
        noise = self.truth.noise_pa * self._chance.normal(update) if self.truth.noise_pa else 0.0
        return 0.5 * self._duct.climate(time_s).density * (velocity / self._coefficient) ** 2 + self._error_pa + noise


@dataclass(frozen=True, slots=True)
class _Adjusted:
    time_s: float
    point: Adjustment
    indicated: float
    target: float


class VelocityDevice:
    """A velocity or flow device under test; asked in the order of bench time, never backwards."""

    def __init__(self, name: str, truth: VelocityDeviceTruth, scale: VelocityScale, duct: Duct, chance: Stream) -> None:
        self.name = name
        self.truth = truth
        self.scale = scale
        self._duct = duct
        self._chance = chance
        self._seen = _Seen(name, duct, truth.t90_s, truth.turbulence_share)
        area = duct.area if kind_of(scale.unit) is MeasurandKind.FLOW else 1.0
        self._unit = from_si(scale.unit) * area
        self._feels = {
            "swirl": truth.swirl_percent_per_degree,
            "yaw": truth.yaw_percent_per_degree,
            "skew": truth.skew_percent_per_percent,
        }
        self._shift = 0.0  # adjustments so far: an offset in its unit, …
        self._factor = 1.0  # … and a factor
        self._pending: deque[_Adjusted] = deque()

    def indication(self, now: float) -> float:
        """What it shows at bench time `now`, in its unit: the value of its last update."""
        update = update_number(now, self.truth.update_s)
        time_s = update * self.truth.update_s
        while self._pending and self._pending[0].time_s < time_s - SAME_TICK_S:
            self._apply(self._pending.popleft())
        truth, full_scale = self.truth, self.scale.high - self.scale.low
        velocity = self._duct.test_velocity(self._seen.speed(time_s), time_s, truth.position)
        share = (self._gain(time_s) * velocity * self._seen.ripple(time_s) - self.scale.low) / full_scale
        percent = 100.0 * share + truth.zero_offset_percent_fs + 4.0 * truth.linearity_percent_fs * share * (1.0 - share)
        if truth.noise_percent_fs:
            percent += truth.noise_percent_fs * self._chance.normal(update)
        return (self.scale.low + full_scale * percent / 100.0) * self._factor + self._shift

    def _gain(self, time_s: float) -> float:
        """Its indication over the velocity that it sees."""
        distorted = math.fsum(felt * self._duct.distortions[name].shown(time_s) for name, felt in self._feels.items())
        return self._unit * (1.0 + (self.truth.coefficient_error_percent + distorted) / 100.0)

    def updated_s(self, now: float) -> float:
        """Bench time of the last update, s."""
        return update_number(now, self.truth.update_s) * self.truth.update_s

    def content(self, component: str, now: float) -> float:
        """Raise InstrumentError: it measures no gas."""
        raise InstrumentError(f"device {self.name}: measures velocity, not {component}")

    def adjust(self, point: Adjustment, indicated: float, target: float, now: float) -> None:
        """Make an indication of `indicated` become `target` (in its unit) from the first update after `now` on.

        Zero shifts all indications, span multiplies them. Raise InstrumentError for a factor that no device would accept.
        """
        if not (math.isfinite(indicated) and math.isfinite(target)):
            raise InstrumentError(f"device {self.name}: cannot adjust {point} from {indicated} to {target}: not a number")
        if point is Adjustment.SPAN and not 0.5 <= target / (indicated or math.inf) <= 2.0:
            raise InstrumentError(
                f"device {self.name}: refuses the span adjustment from {indicated:g} to {target:g} {self.scale.unit}: "
                "the factor must be from 0.5 to 2; is the fan running?"
            )
        self._pending.append(_Adjusted(now, point, indicated, target))

    def _apply(self, adjusted: _Adjusted) -> None:
        if adjusted.point is Adjustment.ZERO:
            self._shift += adjusted.target - adjusted.indicated
        else:
            factor = adjusted.target / adjusted.indicated
            self._factor, self._shift = self._factor * factor, self._shift * factor
