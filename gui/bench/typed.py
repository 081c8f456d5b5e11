"""What a person types as a number, and the action it means. Without Qt; what is wrong is said by a `TypingError`."""

from __future__ import annotations

import math
from enum import Enum

from testbench.engine.manual.actions import SupplyGas
from testbench.engine.manual.parts import Part
from testbench.metrology.amount import UnitError, to_fraction
from testbench.typed_number import plain_number

FULL_SCALE = "%F.S."
CONTENT_UNITS = ("%", "µmol/mol")


class Typo(Enum):
    """What is wrong with what was typed."""

    EMPTY = "empty"
    NO_NUMBER = "no number"
    OUTSIDE = "outside"


class TypingError(ValueError):
    """`low` and `high` are there for a number outside of them, in the unit that was typed."""

    def __init__(self, typo: Typo, low: float | None = None, high: float | None = None) -> None:
        super().__init__(typo.value)
        self.typo = typo
        self.low = low
        self.high = high


def number(text: str, low: float | None = None, high: float | None = None) -> float:
    """The number that was typed; a comma, full-width digits and spaces are understood. Raises TypingError."""
    bare = "".join(text.split())
    if not bare:
        raise TypingError(Typo.EMPTY)
    spelled = plain_number(bare)
    value = math.nan if spelled is None else float(spelled)
    if not math.isfinite(value):
        raise TypingError(Typo.NO_NUMBER)
    if (low is not None and value < low) or (high is not None and value > high):
        raise TypingError(Typo.OUTSIDE, low, high)
    return value


def content_units(part: Part) -> tuple[str, ...]:
    """Units in which a divider's content can be typed: percent of full scale where the devices share a range."""
    shared = (FULL_SCALE,) if part.low is not None and part.high is not None else ()
    return (*shared, *CONTENT_UNITS)


def supply(part: Part, text: str, unit: str) -> SupplyGas:
    """The content that was typed, as the divider is asked for it; raises TypingError."""
    if unit == FULL_SCALE and part.low is not None and part.high is not None:
        share = number(text, 0.0, 100.0) / 100.0
        try:
            return SupplyGas(part.component, to_fraction(part.low + share * (part.high - part.low), part.unit))
        except UnitError:
            raise TypingError(Typo.NO_NUMBER) from None
    high = 100.0 if unit == "%" else 1e6
    return SupplyGas(part.component, to_fraction(number(text, 0.0, high), unit))
