"""An ambient or supply condition of the simulated bench: a value that an operator sets, with white noise if any."""

from __future__ import annotations

import math

from instruments.twin.gas import SAME_TICK_S
from instruments.twin.noise import Stream
from instruments.twin.truth import SensorTruth


class Condition:
    """One condition, in the unit of its table; noise is held between updates."""

    def __init__(self, truth: SensorTruth, chance: Stream) -> None:
        self._truth = truth
        self._chance = chance
        self._value = self._before = truth.value
        self._changed_s = -math.inf

    def set(self, value: float, now: float) -> None:
        """Take a new value from after bench time `now` on."""
        if now > self._changed_s + SAME_TICK_S:
            self._before = self._value
            self._changed_s = now
        self._value = value

    def indication(self, now: float) -> float:
        """The condition as its transmitter shows it at bench time `now`."""
        value = self._value if now > self._changed_s + SAME_TICK_S else self._before
        if self._truth.noise:
            value += self._truth.noise * self._chance.normal(int((now + SAME_TICK_S) / self._truth.update_s))
        return value
