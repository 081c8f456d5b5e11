"""Brings a condition of the environment to a value: set it, wait until its readings stay within the tolerance.

check the range ─► set ─► read ─► all readings of the last `stable_s` within `tolerance`? ─ yes ─► there
                            ▲                                   │ no, and `reach_s` is not over
                            └───────────────────────────────────┘

A condition that no instrument of the station sets is set by a person, who is asked for what was really reached.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping

import numpy as np

from testbench.engine.clock import Clock
from testbench.engine.observation import Readable
from testbench.engine.operator import Operator, Prompt
from testbench.engine.roles import ConditionControl
from testbench.engine.steps import Answer, ConditionSet, Window
from testbench.errors import InputError

UNITS: Mapping[str, str] = {
    "temperature": "°C",
    "humidity": "%",
    "pressure": "kPa",
    "voltage": "V",
    "frequency": "Hz",
    "sample flow": "L/min",
    "swirl": "°",
    "yaw": "°",
    "skew": "%",
}
"""The unit in which a person is asked for a condition that no sensor of the station measures."""

POSSIBLE: Mapping[str, tuple[float, float]] = {
    "°C": (-100.0, 200.0),
    "%": (0.0, 100.0),
    "°": (-180.0, 180.0),
    "kPa": (1.0, 200.0),
    "hPa": (10.0, 2000.0),
    "V": (0.0, 1000.0),
    "Hz": (0.0, 1000.0),
}
"""What a condition can be at all on a bench, by unit: an answer outside is a slip of the pen."""

NEAR_PERCENT = 5.0  # of the value: what a person reached is noted if it is further away; of a temperature:
NEAR_C = 2.0
SAMPLES = 20  # readings at least in the time for which a condition must be stable
FASTEST_S, SLOWEST_S = 1.0, 30.0
TELL_S = 600.0  # how often those who wait are told how far it is


Sampling = Callable[[float, float, Callable[[], bool]], Window]
"""Samples everything for a duration at an interval (s), until the last argument says so."""


def every_s(control: ConditionControl) -> float:
    """How often the condition is read while it is waited for, s."""
    return min(max(control.stable_s / SAMPLES, FASTEST_S), SLOWEST_S)


def expected_s(control: ConditionControl) -> float:
    """How long setting a condition takes as a plan reckons, s: halfway between the least and the most that it may take."""
    return (control.stable_s + max(control.reach_s, control.stable_s)) / 2.0


def condition_reached(readings: Readable, control: ConditionControl, value: float, now: float) -> tuple[float | None, bool]:
    """Mean of the last `stable_s`, and whether every reading of that time was within the tolerance of `value`.

    A time of which more than half the readings are gaps is none to judge by.
    """
    _, values = readings.between(now - control.stable_s, now)
    valid = values[~np.isnan(values)]
    if valid.size == 0 or 2 * valid.size < values.size:
        return None, False
    return float(np.mean(valid)), bool(np.all(np.abs(valid - value) <= control.tolerance))


def reach_condition(
    control: ConditionControl,
    value: float,
    readings: Callable[[], Readable],
    clock: Clock,
    sample: Sampling,
    tell: Callable[[str], None],
) -> Window:
    """Set a condition and wait until it is there, at most `reach_s`; return the window in which it was waited for.

    `tell` hears now and then how far it is. Raises UnsuppliableError for a value outside the control's range, before
    anything is touched.
    """
    control.check(value)
    control.set_condition(value)
    told = clock.now()
    earliest = told + control.stable_s

    def there() -> bool:
        nonlocal told
        now = clock.now()
        mean, reached = condition_reached(readings(), control, value, now)
        if now >= earliest and reached:
            return True
        if mean is not None and now >= told + TELL_S:
            told = now
            tell(f"{control.name}: at {mean:.4g} {control.unit} on its way to {value:g} {control.unit}")
        return False

    pace = every_s(control)
    return sample(max(control.reach_s, control.stable_s + pace), pace, there)


def condition_prompt(quantity: str, value: float, unit: str) -> Prompt:
    """The question to a person who sets a condition by hand."""
    return Prompt(f"Set {quantity} to {value:g} {unit}, wait until it is stable, and enter what it is", unit, value)


def ask_condition(operator: Operator, quantity: str, prompt: Prompt, tell: Callable[[str], None]) -> Answer:
    """Have a person set a condition; ask until the answer is possible at all; `tell` hears of one that is not."""
    low, high = POSSIBLE.get(prompt.unit or "", (-math.inf, math.inf))
    while True:
        answer = operator.set_condition(quantity, prompt)
        if answer.number is not None and low <= answer.number <= high:
            return answer
        given = answer.text if answer.number is None else f"{answer.number:g}"
        tell(f"{given} {prompt.unit} cannot be, it lies outside {low:g} to {high:g} {prompt.unit}; enter what was reached")


def unit_of(quantity: str, sensed: str | None) -> str:
    """The unit of a condition: that of the station's sensor, else the usual one; InputError for an unknown quantity."""
    if sensed is not None:
        return sensed
    if quantity not in UNITS:
        raise InputError(f"there is no condition {quantity!r} to set; there are {', '.join(UNITS)}")
    return UNITS[quantity]


def complaint(found: ConditionSet) -> str | None:
    """What is to be noted on the findings of a condition that is not what was asked for; None if it is."""
    wanted = f"{found.quantity} was to be {found.value:g} {found.unit}"
    if found.reached is None:
        return f"{wanted}, but there is no reading of it"
    near = NEAR_C if found.unit == "°C" else NEAR_PERCENT / 100.0 * abs(found.value)
    if not found.stable or (found.window is None and abs(found.reached - found.value) > near):
        return f"{wanted}, it is {found.reached:g} {found.unit}"
    return None
