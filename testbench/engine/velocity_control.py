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
from testbench.engine.steps import VelocitySet, Window

EVERY_S = 1.0  # how often the reference is read meanwhile


Sampling = Callable[[float, float, Callable[[], bool]], Window]
"""Samples everything for a duration at an interval (s), until the last argument says so."""


def reach_velocity(
    velocity: float,
    reckoning: Reckoning,
    clock: Clock,
    sample: Sampling,
    tell: Callable[[str], None],
    *,
    quieten: Callable[[], None],
    timeout_s: float,
) -> VelocitySet:
    """Set a velocity (m/s), and return the evidence; `tell` hears of one that was not reached in `timeout_s` of bench time.

    `quieten` lets no answer be outstanding when the fan is spoken to amid the sampling. Raises UnsuppliableError for what
    the rig cannot make, before the fan is touched.
    """
    rig, series = reckoning.rig, reckoning.seen.series
    rig.set_velocity(velocity)
    changed = clock.now()

    def there() -> bool:
        nonlocal changed
        now = clock.now()
        if now < changed + rig.response_s + rig.stable_s:
            return False
        measured, evidence = velocity_evidence(series, rig, velocity, now)
        if measured is None or abs(measured - velocity) <= rig.tolerance(velocity):
            return evidence.stable
        if velocity > 0.0:
            quieten()
            rig.regulate(measured)
            changed = now
        return False

    least = rig.response_s + rig.stable_s + EVERY_S
    found = reckoning.velocity_set(velocity, sample(max(timeout_s, least), EVERY_S, there))
    if not found.reached:
        waited = found.window.end - found.window.start
        shown = "no reading" if found.measured is None else f"{found.measured:.3g} m/s"
        tell(f"{rig.name}: {velocity:g} m/s not reached in {waited:.0f} s, the reference shows {shown}; the readings go on")
    return found
