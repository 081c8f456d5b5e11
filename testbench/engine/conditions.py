"""Ambient and supply conditions: read from the station's sensors or asked for, compared with what the standard allows."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from testbench.engine.observation import Observation
from testbench.engine.operator import Prompt
from testbench.engine.roles import Sensor
from testbench.engine.steps import Answer, Condition


@dataclass(frozen=True, slots=True)
class ConditionLimit:
    """What the standard allows of one ambient or supply condition."""

    quantity: str
    unit: str
    low: float | None
    high: float | None

    def __str__(self) -> str:
        """The range in words."""
        if self.low is not None and self.high is not None:
            return f"{self.low:g} to {self.high:g} {self.unit}"
        return f"at least {self.low:g} {self.unit}" if self.high is None else f"at most {self.high:g} {self.unit}"


class ConditionCheck:
    """Gives the conditions that a standard limits; what no sensor measures is asked for once."""

    def __init__(self, limits: Sequence[ConditionLimit], sensors: Mapping[str, Sensor], seen: Observation) -> None:
        self._limits = limits
        self._sensors = sensors
        self._seen = seen

    def questions(self) -> dict[str, Prompt]:
        """What must be asked of the operator, by quantity."""
        return {limit.quantity: _question(limit) for limit in self._limits if limit.quantity not in self._sensors}

    def conditions(self, time: float, answers: Mapping[str, Answer]) -> tuple[Condition, ...]:
        """The conditions by the readings of the sensors at a moment, or as the operator stated them."""
        return tuple(self._condition(limit, time, answers) for limit in self._limits)

    def complaints(self, conditions: Sequence[Condition]) -> Iterator[str]:
        """One sentence for every condition that the standard does not allow."""
        for limit, condition in zip(self._limits, conditions, strict=True):
            if condition.allowed is False:
                yield f"{condition.quantity} is {condition.value:g} {condition.unit}; the standard asks for {limit}"

    def _condition(self, limit: ConditionLimit, time: float, answers: Mapping[str, Answer]) -> Condition:
        sensor = self._sensors.get(limit.quantity)
        if sensor is not None:
            value, origin, unit = self._seen.value(sensor.channel, time), sensor.name, sensor.unit
        else:
            answer = answers[limit.quantity]
            value, origin, unit = answer.number, answer.by, limit.unit
        allowed = None
        if value is not None and unit == limit.unit:
            allowed = (limit.low is None or value >= limit.low) and (limit.high is None or value <= limit.high)
        return Condition(limit.quantity, value, unit, origin, limit.low, limit.high, allowed)


def _question(limit: ConditionLimit) -> Prompt:
    bounds = [bound for bound in (limit.low, limit.high) if bound is not None]
    middle = math.fsum(bounds) / len(bounds) if bounds else None
    return Prompt(f"The station has no sensor of {limit.quantity}. Enter it", limit.unit, middle)
