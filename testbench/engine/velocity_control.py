"""Brings a flow rig to a velocity: set the fan, wait, measure, correct, until the reference is there and stands still.

set the fan ─► response ─► measure over stable_s ─► off its tolerance? ─ yes ─► correct the fan ─┐
                  ▲                                        │ no                                  │
                  └────────────────────────────────────────┼─────────────────────────────────────┘
                                                    stable? ─► there
"""

from __future__ import annotations

from collections.abc import Callable

from testbench.engine.clock import Clock
from testbench.engine.reckoning import Reckoning
from testbench.engine.reference_velocity import velocity_evidence
from testbench.engine.sampling import Sampler
from testbench.engine.steps import VelocitySet

EVERY_S = 1.0  # how often the reference is read meanwhile


class VelocityControl:
    """The closed loop of a rig; `busy` is called after every tick, `tell` hears (kind, text) of what was not reached."""

    def __init__(
        self,
        reckoning: Reckoning,
        clock: Clock,
        sampler: Sampler,
        *,
        busy: Callable[[], None],
        tell: Callable[[str, str], None],
    ) -> None:
        self._reckoning = reckoning
        self._clock = clock
        self._sampler = sampler
        self._busy = busy
        self._tell = tell

    def reach(self, velocity: float, timeout_s: float) -> VelocitySet:
        """Set a velocity (m/s) and return the evidence, at the latest after `timeout_s` of bench time.

        Raises UnsuppliableError for what the rig cannot make, before the fan is touched.
        """
        rig, series = self._reckoning.rig, self._reckoning.seen.series
        rig.set_velocity(velocity)
        changed = self._clock.now()

        def there() -> bool:
            nonlocal changed
            now = self._clock.now()
            if now < changed + rig.response_s + rig.stable_s:
                return False
            measured, evidence = velocity_evidence(series, rig, velocity, now)
            if measured is None or abs(measured - velocity) <= rig.tolerance(velocity):
                return evidence.stable
            if velocity > 0.0:
                self._sampler.settle()  # no answer is outstanding when the fan is spoken to
                rig.regulate(measured)
                changed = now
            return False

        longest_s = max(timeout_s, rig.response_s + rig.stable_s + EVERY_S)
        window = self._sampler.sample(longest_s, EVERY_S, until=there, busy=self._busy)
        found = self._reckoning.velocity_set(velocity, window)
        if not found.reached:
            waited = window.end - window.start
            shown = "no reading" if found.measured is None else f"{found.measured:.3g} m/s"
            self._tell(
                "not stable",
                f"{rig.name}: {velocity:g} m/s not reached in {waited:.0f} s, the reference shows {shown}; "
                "the readings go on",
            )
        return found
