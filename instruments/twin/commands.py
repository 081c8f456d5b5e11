"""Commands that change the plant, with the bench time they came at: with the seed, all that its state is made of."""

from __future__ import annotations

import math
from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field


class Action(StrEnum):
    """What a command does; `values` of a command hold what is said here."""

    SET_FLOW = "set_flow"  # name: controller; values: flow in its unit
    ADJUST_ZERO = "adjust_zero"  # name: device; values: indicated, target in its unit
    ADJUST_SPAN = "adjust_span"  # name: device; values: indicated, target in its unit
    SET_CONDITION = "set_condition"  # name: quantity; values: value in the unit of its table


class Command(BaseModel):
    """One command; it acts on what is strictly later than `time_s`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    time_s: Annotated[float, Field(ge=0, lt=math.inf)]
    action: Action
    name: str
    values: tuple[float, ...]
