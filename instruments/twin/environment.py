"""An ambient or supply condition of the simulated bench: a value that an operator sets, with white noise if any."""

from __future__ import annotations

from instruments.twin.noise import Stream
from instruments.twin.tick import Commanded, update_number
from instruments.twin.truth import SensorTruth


class Condition:
    """One condition, in the unit of its table; noise is held between updates."""

    def __init__(self, truth: SensorTruth, chance: Stream) -> None:
        self._truth = truth
        self._chance = chance
        self._value = Commanded(truth.value)

    def set(self, value: float, now: float) -> None:
        """Take a new value from after bench time `now` on."""
        self._value.set(value, now)

    def indication(self, now: float) -> float:
        """The condition as its transmitter shows it at bench time `now`."""
        value = self._value.shown(now)
        if self._truth.noise:
            value += self._truth.noise * self._chance.normal(update_number(now, self._truth.update_s))
        return value
