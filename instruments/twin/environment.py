"""An ambient or supply condition of the simulated bench: a value that is set, goes there, and has white noise if any."""

from __future__ import annotations

import math

from instruments.twin.noise import Stream
from instruments.twin.tick import Commanded, update_number
from instruments.twin.truth import SensorTruth


class Condition:
    """One condition, in the unit of its table; noise is held between updates.

    After it is set at a time t0 it is target + (start - target) exp(-(t - t0) / settling_s).
    """

    def __init__(self, truth: SensorTruth, chance: Stream) -> None:
        self._truth = truth
        self._chance = chance
        self._start = self._target = truth.value
        self._set_s = -math.inf
        self._commanded = Commanded(truth.value)

    @property
    def setpoint(self) -> float:
        """The value last set."""
        return self._target

    def set(self, value: float, now: float) -> None:
        """Take a new value from after bench time `now` on."""
        self._start, self._target, self._set_s = self.value(now), value, now
        self._commanded.set(value, now)

    def value(self, now: float) -> float:
        """The condition itself at bench time `now`."""
        if not self._truth.settling_s:
            return self._commanded.shown(now)
        passed = max(0.0, now - self._set_s)
        return self._target + (self._start - self._target) * math.exp(-passed / self._truth.settling_s)

    def departure(self, now: float) -> float:
        """How far it is from where it began."""
        return self.value(now) - self._truth.value

    def indication(self, now: float) -> float:
        """The condition as its transmitter shows it at bench time `now`."""
        value = self.value(now)
        if self._truth.noise:
            value += self._truth.noise * self._chance.normal(update_number(now, self._truth.update_s))
        return value
